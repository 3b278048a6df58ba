"""The words around a name that decide what it is part of, in English, Telugu, Hindi and Urdu.

Texts are as `letters.plain` leaves them: without zero-width joiners and nukta. In the lists `_` is a blank, `*` any
ending.
"""

import re


def _any(*lists: str) -> str:
    """A pattern for any of these words."""
    words = sorted({word for words in lists for word in words.split()}, key=len, reverse=True)
    return "|".join(re.escape(word).replace("_", r"\s+").replace(r"\*", r"\S*") for word in words)


# -- What has its name from a place, but is wider or elsewhere: police, seats, circles, courts, stations, jails
OF_POLICE = """
police police_station traffic_police ps p.s. inspector sub-inspector sub_inspector sho acp dcp adcp cp ci si
sot cop cops commissionerate commissioner deputy_commissioner assistant_commissioner special_operations_team she_team
she_teams
"""
OF_ELECTIONS = """
mla mlas mp mps mlc legislator constituency constituencies assembly parliament parliamentary lok_sabha
segment bypoll by-poll by-election by-elections byelection bypolls in-charge incharge
"""
OF_OFFICES = """
zone zones zonal circle circles municipal_corporation municipal_commissioner municipality corporation mandal
tahsildar tehsildar mro rdo rta rto sub-registrar court courts magistrate metro railway rly mmts terminal
jail prison prisons prisoner prisoners inmate inmates ganesh ganapati bada_ganesh road_transport_authority
district_congress dcc
"""
BETWEEN = """
town rural traffic law_and_order excise women cyber_crime cybercrime urban central open former ex sitting
brs bjp congress aimim mim
"""
AFTER_EN = re.compile(
    rf"(?:'s)?\s*[-(]?\s*(?:(?:{_any(BETWEEN)})[\s-]+){{0,2}}"
    rf"(?P<of>{_any(OF_POLICE, OF_ELECTIONS, OF_OFFICES)})(?![a-z])",
    re.IGNORECASE,
)
BEFORE_EN = re.compile(
    rf"(?<![a-z])(?P<of>{_any(OF_POLICE)}|mla|mp|tahsildar|tehsildar|constituency|circle|zone)"
    r"\s*(?:of|from|for|representing|,|\(|\))?\s*(?:the\s+)?$",
    re.IGNORECASE,
)
BETWEEN_TE = "ట్రాఫిక్* శాసనసభ* అసెంబ్లీ* లోక్సభ* పార్లమెంట్* మాజీ బీజేపీ కాంగ్రెస్ బీఆర్ఎస్ మహిళా ఎక్సైజ్ కేంద్ర ప్రత్యేక పోక్సో"
INSTITUTION_TE = """
పోలీ* పీఎస్ ఠాణా* ఇన్స్పెక్టర్* ఇన్పెక్టర్* ఎస్సై ఎస్ఐ ఎస్హెచ్ఓ సీఐ ఏసీపీ డీసీపీ జోన్* సర్కిల్* కమిషనరేట్*
మున్సిప* మునిసిప* ఎమ్మెల్యే* ఎంపీ* నియోజకవర్గ* అసెంబ్లీ సెగ్మెంట్* మండల* తహసీల్* తాసీల్* తహశీల్* కోర్టు*
న్యాయస్థాన* మెట్రో రైల్వే ఎంఎంటీఎస్ జైలు* జైల్* ఖైదీ* ఇన్చార్జి* ఇన్చార్జ్ ఆర్టీఏ ఆర్టీవో ఆర్టీఓ ఉప_ఎన్నిక*
ఉపఎన్నిక* గణేశ* గణేష* బడా_గణేశ* బడాగణేశ* వినాయకు* మహాగణపతి* మహా_గణపతి* కారాగార*
"""
AFTER_TE = re.compile(rf"[\s(-]*(?:(?:{_any(BETWEEN_TE)})\s+){{0,2}}(?P<of>{_any(INSTITUTION_TE)})")
INSTITUTION_HI = "पुलिस थान* विधायक विधानसभा संसदीय लोकसभा सांसद मेट्रो रेलवे मंडल कोर्ट अदालत जेल उपचुनाव"
AFTER_HI = re.compile(rf"\s*(?:के|की|का)?\s*(?:पूर्व\s+)?(?P<of>{_any(INSTITUTION_HI)})")
INSTITUTION_UR = "پولیس تھانہ اسمبلی رکن حلقہ میٹرو ریلوے منڈل عدالت جیل کمشنریٹ"
AFTER_UR = re.compile(rf"\s*(?:کے|کی|کا)?\s*(?P<of>{_any(INSTITUTION_UR)})")

# the kinds of institutions that are packaged, by the beginning of the word beside the name
KINDS = tuple(
    (kind, re.compile(_any(words), re.IGNORECASE))
    for kind, words in (
        (
            "constituency",
            f"{OF_ELECTIONS} ఎమ్మెల్ ఎంపీ నియోజ అసెంబ్లీ సెగ్మెంట్ ఇన్చార్ ఉప विधा सांसद लोकसभा संसदीय उपचुनाव اسمبلی رکن حلقہ",
        ),
        ("mandal", "mandal tahsildar tehsildar mro మండల తహ తాసీ मंडल منڈل"),
        ("metro station", "metro మెట్రో मेट्रो میٹرو"),
        ("zone", "zon circle జోన్ సర్కిల్"),
        ("police station", f"{OF_POLICE} పోలీ పీఎస్ ఠాణా ఇన్ ఎస్ సీఐ ఏసీపీ డీసీపీ पुलिस थान پولیس تھانہ"),
    )
)

# -- What has a place's name and is no place
DISTRICT_AFTER = re.compile(
    r"\s*(?:-?\s*(?:rural|urban)\s+)?(?:districts?\b(?!\s+congress)|dist\b)|\s*(?:జిల్లా|जिला|जिले|ضلع)", re.IGNORECASE
)
DISTRICT_OF_TWO_NAMES = re.compile(
    r"Medchal(?:\s*[,&-]\s*|\s+and\s+|\s+)M[a-z]+giri\s+(?:districts?|dist)\b"
    r"|మేడ్చల్[\s,-]+మ[\u0c00-\u0c7f]+గిరి\s+జిల్లా",
    re.IGNORECASE,
)
THANDA_AFTER = re.compile(r"\s+(?:th?anda\b|తండా|తాండా)", re.IGNORECASE)
TRAIN_AFTER = re.compile(
    r"(?:\s*-\s*\w+){0,2}\s+(?:(?:superfast|intercity|vande\s+bharat|special|weekly)\s+){0,2}"
    r"(?:express\b|passenger\s+train)"
    r"|(?:\s*-\s*\S+){0,2}\s+(?:ఎక్స్ప్రెస్|एक्सप्रेस|ایکسپریس)",
    re.IGNORECASE,
)
COMPANIES = """
ltd limited pvt private_limited inc llp industries textiles jewellers diamond diamonds pharma
pharmaceuticals constructions enterprises motors
"""
COMPANY_AFTER = re.compile(rf"\s+(?:{_any(COMPANIES)})\b(?!\s+(?:area|estate|park))", re.IGNORECASE)
GIVEN_NAMES = """
Srinivas Sreenivas Srinivasa Satyam Sathyam Reddy Rao Goud Yadav Kumar Singh Laxmaiah Lakshmaiah Bhaskar
Narayana Narayan Ramesh Suresh Mahesh Rajesh Venkat Venkatesh Venkateswara Prasad Raju Chary Sharma Varma
Verma Krishna Ramulu Anjaiah Mallesh Narsimha Narasimha Jagan Mohan Balu Chandra Shekhar Shankar Ravi Kiran
Praveen Naveen Sudhakar Prabhakar Madhu Gopal Swamy Naidu Babu
"""
GIVEN_NAMES_TE = """
శ్రీనివాస్* శ్రీనివాస* శ్రీను సత్యం లక్ష్మయ్య భాస్కర్* వెంకటరెడ్డి వెంకట్రెడ్డి వెంకటేశ్* రమేశ్* రమేష్*
సురేశ్* సురేష్* మహేశ్* నర్సింహ* నరసింహ* రాములు మల్లేశ్ కృష్ణ కిరణ్ ప్రవీణ్ నవీన్ సుధాకర్* ప్రభాకర్* రాజు
గోపాల్* బాలు శంకర్ శంకర్కు శంకర్ను శంకర్తో శంకర్పై
"""
PERSON_AFTER = re.compile(rf"\s+(?:(?:{_any(GIVEN_NAMES)})\b|(?:{_any(GIVEN_NAMES_TE)})(?=[\s,.]|$))")
PERSON_BEFORE = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Shri|Sri|Smt|Prof)\.? [A-Z]\w+ $")

# -- A quarter with a longer name than is listed: Sai Ganesh Nagar
BEFORE_LONGER = re.compile(r"(?:^|[^\w'.])(?P<word>[A-Z][\w.]*) $")
_SMALL_WORDS = """
in at near from of to and the for on by via towards toward beyond around behind opposite between with under over inside
outside off city police traffic road main junction x roads metro station tims esic rtc mmts brs bjp congress aimim mla
mp ps inspector acp dcp ci si man woman youth boy girl fire two three four five north south east west central old new
greater
"""
NO_PART_OF_A_NAME = frozenset(_SMALL_WORDS.split())

# -- Villages
VILLAGE_AFTER = re.compile(
    r"\s*(?:(?:village|gram\s+panchayat|mandal|panchayat|sarpanch|revenue)\b"
    rf"|(?:{_any('గ్రామ మండల రెవెన్యూ గ్రామపంచాయతీ తండా गांव ग्राम मंडल')}))",
    re.IGNORECASE,
)
VILLAGE_LIFE = re.compile(
    r"\b(?:sarpanch|gram\s+panchayat|mandal\s+headquarters?|zptc|mptc|mpp)\b"
    r"|సర్పంచ్|గ్రామ\s?పంచాయతీ|మండల\s?కేంద్ర|జెడ్పీటీసీ|ఎంపీటీసీ|ఎంపీపీ|గ్రామాభివృద్ధి",
    re.IGNORECASE,
)

# -- Where somebody is from, or goes to, is not where something happens
ORIGINS = """
native_of natives_of hails_from hailing_from hailed_from belongs_to belonging_to from originally resident_of to
bound_for
"""
ORIGIN_BEFORE = re.compile(
    rf"(?:\b(?:{_any(ORIGINS)})\s+|निवासी\s+)"
    r"(?:[A-Z]\w+(?:,|\s+in|\s+district\s+of|'s)?\s+){0,2}$"
)
PEOPLE = """
native natives man men woman women youth youths gang gangs national nationals worker workers migrant techie techies
migrants labourer labourers couple police family student students
"""
ORIGIN_AFTER = re.compile(
    rf"(?:n|i|ese)?(?:\s+(?:{_any(PEOPLE)})\b|-based|-bound|-born)"
    r"|(?:కు|కి)\s+చెంద|\s+(?:జిల్లా|జిల్లాకు|రాష్ట్రానికి)?\s*చెంద|వాసి|\s+जिले\s+के\s+रहने"
)

# -- What is named after a place lies elsewhere, or anywhere: Warangal highway, Delhi Public School, Andhra Bank
NAMED_AFTER = re.compile(
    r"\s+(?:national\s+)?(?:highways?|expressway|road(?!\s+(?:accident|mishap|crash))|bank|public\s+school)\b"
    r"|\s+(?:జాతీయ\s+)?(?:హైవే|రహదారి|బ్యాంక్|బ్యాంకు)",
    re.IGNORECASE,
)

# -- Votes are counted by constituency
VOTES = re.compile(
    r"\b(?:electors?|voters?|assembly\s+(?:elections?|segments?|constituenc))|ఓటర్|శాసనసభ ఎన్నిక|అసెంబ్లీ ఎన్నిక",
    re.IGNORECASE,
)
STOP = re.compile(r"[.!?।](?:\s|$)|\n")

# -- A ward as such
UNIT_AFTER = re.compile(rf"\s*(?:{_any('colony ward division quarters కాలనీ వార్డు డివిజన్ कॉलोनी वार्ड')})", re.IGNORECASE)

# -- Endings that Telugu puts to a name, and words that it may write to it without a blank
CASES = """
లో లోని లోనూ లోనే లోనుంచి లోనుండి లోకి లోంచి లోపల లోకే లోనికి లోగల లోఉన్న లోనున్న కు కూ కి ని ను నూ నే నుంచి
నుండి తో తోనూ పై పైన పైకి మీద మీదుగా వద్ద దగ్గర వరకు వరకూ దాకా వైపు లా లాంటి వంటి గా గాను కే కోసం వాసి
వాసులు వాసుల వాసులకు వాసికి వాసిని ల లు లలో లకు ల్లో యే యొక్క ది దే సహా కా కైనా
"""
_NOUNS = """
రోడ్డు రోడ్ చౌరస్తా సర్కిల్ జంక్షన్ మెట్రో స్టేషన్ పోలీసులు పోలీసు పోలీస్ పోలీస్స్టేషన్ పీఎస్ డివిజన్ జోన్
చెరువు ఎమ్మెల్యే మండలం మండల నియోజకవర్గం నియోజకవర్గ కమిషనరేట్ ఎక్స్రోడ్డు ఎక్స్రోడ్ స్టేడియం గుట్ట పరిధి
బస్తీ ఠాణా ఏరియా ప్రాంతం ప్రాంత మార్కెట్ ఫ్లైఓవర్ నాలా
"""
ENDINGS = frozenset(
    noun + vowel + case for noun in ["", *_NOUNS.split()] for vowel in ("", "ు") for case in ["", *CASES.split()]
) | {"ా"}
# what Hindi and Urdu write apart, as a rule
ENDINGS |= frozenset(_any("में के की का को से पर स्थित ने तक वाले वाली میں کے کی کا کو سے پر").split("|"))
