"""What the heading of a column means.

Sheets of all states say the same in many words: `No. Of Rejected Votes`, `Rejected votes`, `अस्वीकृत मत`. A heading is
folded (lower case, no marks) and held against the patterns below, the most particular first. What none of them knows
is a candidate, or a column to be reported.
"""

import re
from functools import lru_cache

from lokdarpan_core.elections.form20.cells import backwards, folded
from lokdarpan_core.elections.form20.reversal import is_reversed

CANDIDATES = "candidates"  # the heading over all candidates
IGNORED = "ignored"
SUMS = ("tendered", "valid", "rejected", "polled", "cast", "evm", "postal")  # what stands beside the candidates
_KINDS = ("electors", "turnout")
COUNTS = (  # what is counted at a station, besides the votes of each candidate
    *(f"{kind}{sex}" for kind in _KINDS for sex in ("-male", "-female", "-other", "")),
    *("epic", "nota", "elected", "others", *SUMS),
)

_NO = r"(?:no|nos|number|numbers|num|sl|serial|code|id)"
_COUNT = r"(?:(?:total|the|all|overall|no|nos|number|numbers|of|count|gross)\s+)*"
_KENDRA = r"मतदान क(?:े|ें)(?:न्द्र|द्र)"
_KENDRAM = r"పోలింగ్ (?:కేంద్రం|స్టేషన్)"
_MATHAK = r"મતદાન મથક"
_POLLING = r"polling (?:stations?|stn|booths?|centres?|centers?)(?: p ?s)?"
_STATION = rf"(?:{_POLLING}|(?:ac )?p ?s|booth|station|{_KENDRA}|{_KENDRAM}|{_MATHAK})"
_PLACE = rf"(?:part|{_STATION}|building|location)"
_MEN, _WOMEN, _OTHERS = r"(?:male|men)", r"(?:female|women)", r"(?:others?|tg|third gender)"

_WORDS: dict[str, tuple[str, ...]] = {
    "elected": (r".*\bfavou?r of (?:the )?elected\b.*",),
    "others": (r"(?:votes? of )?other candidates?(?: valid)? votes?",),
    "ignored: winner": (
        r".*\belected person\b.*",
        r".*\bwinn(?:er|ing)\b.*",
        r"margin(?: of votes)?",
        r"lead(?: votes)?",
    ),
    "polled: of all": (
        r"(?:grand )?total .*\bvalid\b.*\brejected\b.*|(?:grand )?total .*\b(?:incl|including|with) rejected\b.*",
        r"(?:grand )?total (?:votes? )?(?:polled|cast|recorded) (?:in|on|by) (?:the )?(?:evms?|voting machines?)",
    ),
    "ignored: machine": (r"(?:evm|machine|control unit|ballot(?:ing)? unit) (?:serial )?(?:no|nos|number|id)",),
    "valid: with NOTA": (r"total (?:votes? )?(?:of )?candidates? (?:and )?nota",),
    "valid: of all candidates": (r"total\b.*\bvotes?\b.*\bcandidates?", r"votes? (?:secured|polled) by all candidates"),
    CANDIDATES: (
        r".*\bfavou?r of\b.*",
        r".*\bcandidates?\b.*\bnames?\b.*|.*\bnames?\b.*\bcandidates?\b.*",
        r"(?:contesting |valid )?candidates?(?: wise)?(?: votes?)?",
        r"(?:valid )?votes (?:polled|secured|cast|obtained) (?:by|for)\b.*",
        r".*पक्ष में.*|.*उम्मीदवार.*|.*अभ्यर्थि.*|.*उमेदवार.*|.*ઉમેદવાર.*|(?!.*స్వతంత్ర).*అభ్యర్థ.*",
    ),
    "valid: with or without NOTA": (r".*\bvalid\b.*\bnota\b.*", r".*\bnota\b.*\bvalid\b.*"),
    "polled: with or without NOTA": (
        r"(?:grand )?total.*\b(?:incl|including|excl|excluding|with|without)\b.*\bnota\b.*",
    ),
    "nota": (
        r".*\bnota\b.*|.*\bnone of (?:the |these )?(?:above|candidates)\b.*",
        r".*नोटा.*|.*(?:इनमें|उपर्युक्त में) से कोई (?:भी )?नहीं.*|.*उपरोक्त.*नहीं.*|.*यापैकी.*नाही.*|.*वरीलपैकी.*नाही.*",
        r".*నోటా.*|.*ఎవరూ కాదు.*|.*નોટા.*|.*நோட்டா.*|.*নোটা.*|.*ನೋಟಾ.*|.*ਨੋਟਾ.*|.*നോട്ട.*|.*ନୋଟା.*",
    ),
    "rejected": (
        r".*\b(?:rejected|invalid)\b.*\bvotes?\b.*",
        rf"{_COUNT}(?:votes? )?(?:rejected|invalid)(?: ballots?)?",
        r".*अस्वीकृत.*|.*प्रतिक्षेपित.*|.*अवैध.*|.*अविधिमान्य.*|.*नाकार.*|.*नामंजूर.*|.*తిరస్కర.*|.*చెల్లని.*",
        r".*અમાન્ય.*|.*રદ .*|રદ",
    ),
    "tendered": (r".*\btendere?d?\b.*", r".*निविद.*|.*प्रदत्त.*|.*టెండర్.*|.*ટેન્ડર.*"),
    "epic": (r".*\bepic\b.*", r".*\bidentif(?:ying|ied|ication)\b.*"),
    "postal": (r".*\bpostal\b.*", r"(?:.* )?(?:डाक|टपाली?|पोस्टल)(?: .*)?|.*పోస్టల్.*|.*ટપાલ.*"),
    "evm": (r".*\bevm\b.*", r".*\bvoting machines?\b.*"),
    "valid": (
        rf"{_COUNT}valid votes?(?: polled| cast| secured)?|(?:total (?:of )?)?valid|votes? valid|totalvalid votes?",
        rf"{_COUNT}votes? secured|.*\bvalid\b.*\bvotes?\b.*|.*\bvotes?\b.*\bvalid\b.*",
        r".*वैध मत.*|.*विधिमान्य मत.*|.*માન્ય મત.*|.*చెల్లిన ఓట్ల.*|.*చెల్లుబాటు.*",
    ),
    "ignored: per cent": (
        r".*\b(?:percentage|per cent|percent|pct)\b.*|.*%.*",
        r"(?:average |avg )?(?:poll|vote share)",
    ),
    "turnout-male": (rf"{_MEN} (?:voters? )?(?:turn ?out|voted|polled)|.*\b(?:turn ?out|voted|polled) {_MEN}",),
    "turnout-female": (rf"{_WOMEN} (?:voters? )?(?:turn ?out|voted|polled)|.*\b(?:turn ?out|voted|polled) {_WOMEN}",),
    "turnout-other": (rf"{_OTHERS} (?:voters? )?(?:turn ?out|voted|polled)|.*\b(?:turn ?out|voted|polled) {_OTHERS}",),
    "turnout": (rf"{_COUNT}(?:(?:voters?|electors?) )?(?:who )?(?:turn ?out|voted)(?: total)?",),
    "electors-male": (rf"{_MEN} (?:electors?|voters?)|.*\b(?:electors?|voters?) {_MEN}",),
    "electors-female": (rf"{_WOMEN} (?:electors?|voters?)|.*\b(?:electors?|voters?) {_WOMEN}",),
    "electors-other": (rf"{_OTHERS} (?:electors?|voters?)|.*\b(?:electors?|voters?) {_OTHERS}",),
    "electors": (
        rf"{_COUNT}(?:registered |assigned |eligible )?(?:electors?|voters?|electorate)(?: total| assigned)?",
        r".*कुल मतदार.*|.*निर्वाचकों की.*|.*मतदाताओं की संख्या.*|.*మొత్తం ఓటర్ల.*|.*મતદારોની.*",
    ),
    "cast": (rf"(?:grand )?{_COUNT}(?:votes? (?:polled|cast|recorded|counted)|polled(?: votes?)?)(?: total)?",),
    "polled": (
        r"(?:grand |gr |g |all |overall |net )?totals?(?: no of| number of| of)?(?: all)?(?: votes?)?|total no votes",
        r"कुल(?: योग| मत)?|योग|एक(?:ू|ु)ण(?: मते)?|మొత్తం(?: ఓట్లు)?|કુલ(?: મતો?)?",
    ),
    "segment": (
        r"(?:assembly |legislative )?(?:constituency|segment|assembly|a ?c)(?: segment)? (?:no|number|id|code)|segment",
    ),
    "pc": (r"(?:parliamentary |lok sabha )?(?:constituency|p ?c) (?:no|number|id|code)",),
    "ignored: place": (
        r"(?:name of )?(?:the )?(?:district|dist|state|tehsil|taluka?|mandal|jilha|village|block)(?: name| no| id)?",
        r"(?:zone|sector|circle)(?: name| no| number)?",
        r"(?:name of )?(?:the )?(?:assembly |parliamentary )?(?:constituency|segment|ac|pc)(?: name)?",
        r"address|lat|lon|latitude|longitude",
    ),
    "ignored: note": (r"remarks?|notes?|date|(?:round|table|page)(?: no)?|signature|unique ?code|rank",),
    "station-no": (
        rf"{_STATION} (?:serial |sl |sr )?{_NO}|{_NO} of (?:the )?{_STATION}",
        rf"psno|part (?:no|number) (?:and )?{_STATION} {_NO}",
        rf"(?:serial|serail|sl|sr|s) ?{_NO}? ?(?:of )?(?:the )?{_STATION}|serial poll(?:ing)?(?: no)?",
        rf"polling (?:serial |sl )?{_NO} station",
        rf"{_KENDRA}(?:ाचा|ांचा)? (?:(?:की|का|के) )?(?:क्रम |अनु)?(?:क्रमांक|संख्यांक|संख्या|क्र|सं|नं)",
        rf"{_KENDRAM} (?:క్రమ )?(?:సంఖ్య|నెం)|{_MATHAK}(?:નો|ના|નું)? (?:અનુ)?(?:ક્રમ|ક્રમાંક|નંબર)(?: નંબર)?",
    ),
    "part-no": (r"part(?: no| number| id)?|भाग (?:संख्या|क्रमांक|सं)",),
    "running-no": (
        r"(?:table )?(?:serial|serail|sl|si|sr|s) ?(?:no|number|num)|s ?n|serial|nos?",
        r"(?:अनु)?क्र(?:म)?(?: ?सं(?:ख्या(?:ंक)?)?)?|(?:अनु)?क्रमांक|अ क्र|క్రమ సంఖ్య|వ సంఖ్య|(?:અનુ ?)?ક્રમ(?: નંબર)?",
    ),
    "name": (
        rf"{_PLACE} (?:name|address|location)(?: and (?:address|location|name))?",
        rf"(?:no (?:and )?)?names?(?: and (?:no|number|address|location))?(?: of (?:the )?{_PLACE})?",
        rf"locality|location|building|{_KENDRA}(?:ाचे|ांचे| (?:का|की|के))? ना(?:म|व)|{_KENDRAM} పేరు|{_MATHAK}નું નામ",
    ),
    "station": (rf"{_STATION}(?: no and name| name and no| no name)?|no and name of {_STATION}",),
}
_HEADINGS = tuple((role.partition(":")[0], re.compile("|".join(ways))) for role, ways in _WORDS.items())
_COLUMNS = re.compile(r"(?<=[^\d\s])(?: \d{1,2})+$")  # `Total (5+6+7)`, `NOTA (8)`: the numbers of columns
_SEX = (
    ("-male", re.compile(r"males?|men|m|पुरुष|పురుషులు")),
    ("-female", re.compile(r"females?|women|f|महिला|स्त्री|మహిళలు")),
    ("-other", re.compile(r"others?|t ?g|third gender|transgender|अन्य|इतर|ఇతరులు")),
    ("", re.compile(r"total|all|कुल|योग|एकूण|మొత్తం")),
)
_BY_SEX = (
    ("turnout", re.compile(r".*\b(?:turn ?out|voted|vote(?:r?s)? polled|polled voters?)\b.*|.*मतदान (?:करने|केलेले).*")),
    ("electors", re.compile(r".*\b(?:electors?|electorate|voters)\b.*|.*निर्वाचक.*|.*मतदारांची.*|.*ఓటర్ల.*")),
)


@lru_cache(maxsize=1 << 12)
def role_of(heading: str, group: str = "") -> str | None:
    """The role of a column by its heading, and by the merged heading over it; None when the words are not known.

    A heading may read backwards.
    """
    role = _role_of(heading, group)
    return _role_of(backwards(heading), "") if role is None and is_reversed(heading) else role


def _role_of(heading: str, group: str) -> str | None:
    words, over = _COLUMNS.sub("", folded(heading)), folded(group)
    if not words or len(words) + len(over) > 400:
        return None
    sex = next((suffix for suffix, pattern in _SEX if pattern.fullmatch(words)), None)
    if sex is not None:
        for kind, pattern in _BY_SEX:
            if pattern.fullmatch(over):
                return kind + sex
    return next((role for role, pattern in _HEADINGS if pattern.fullmatch(words)), None)
