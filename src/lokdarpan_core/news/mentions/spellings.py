"""How a name may be written, beyond the spellings that the gazetteer has.

Papers write Sanathnagar and Sanath Nagar, Petbasheerabad and Pet Basheerabad, Malkajgiri and Malkajigiri; in Telugu
long and short vowels, aspirates and the three sibilants change places, doubled consonants are written once, and a
closed m is a letter or an anusvara. So a name stands for a small family: each blank in it may be missing, a blank may
come before an ending that is a word of its own (nagar, guda, bagh), and one letter may deviate in one of the ways
listed here. Only one, since two make other names; and short names stay as they are.

What a ward or a place is really called is never overruled by a deviation of another name.
"""

import itertools
import re
from collections.abc import Iterable, Iterator

from lokdarpan_core.news.mentions import letters

SHORT = 6  # letters; a shorter name is written as it is
SHORT_WITH_SIGNS = 4  # the same where vowels are signs at consonants, and no letters

ENDINGS = """
nagar bagh bazar bazaar guda gutta kunta puram pura pet hills colony manzil mandi city banda bowli house jagir
chowki foundry lingampally lingampalli pochampally pochampalli annaram cheru chabutra gatti garh gopalpet
నగర్ బాగ్ బజార్ గూడ గుట్ట కుంట పురం పురా పేట పేట్ హిల్స్ కాలనీ మండి సిటీ బండ హౌస్ జాగీర్ మెట్ గడ్డ చౌకి చౌకీ
లింగంపల్లి మార్కెట్ అన్నారం చెరు చెరువు
नगर बाग बाजार गुडा गुट्टा कुंटा पुरम पुरा पेट हिल्स कॉलोनी मंडी सिटी
نگر باغ بازار گوڑہ پورہ پیٹ ہلز کالونی
"""
# What may take the place of what, as pairs of pattern and replacement, by script
LATIN = """
th>t t(?!h)>th ee>i oo>u aa>a kh>k gh>g bh>b dh>d ph>f sh>s z>j w>v v>w ou>au ou>ow au>ou pally$>palli pally$>palle
pally$>pallay pet$>peta pet$>pett bazar>bazaar guda>gooda nagar>nagara nn>n ll>l tt>t mm>m kk>k dd>d rr>r pp>p ee>e
i(?=[a-z])>ee u(?=[a-z])>oo a(?=[a-z])>aa l(?=[aeiou])>ll jg>jig h(?=[aeiou])> s(?=[aeiou])>sh d(?=[aeiou])>dh
g(?=[aeiou])>gh k(?=[aeiou])>kh b(?=[aeiou])>bh (?<=[^aeiou])nagar$>anagar pur$>pura pura$>pur q>k ^e>ye ai>y j>z
ia>iya i$>y tt>th ch>chh n(?=u)>nn m(?=j)>n
"""
TELUGU = """
ి>ీ ీ>ి ు>ూ ూ>ు ె>ే ే>ె ొ>ో ో>ొ ధ>ద ద>ధ భ>బ బ>భ ఘ>గ గ>ఘ ఖ>క క>ఖ ఠ>ట ట>ఠ ఛ>చ చ>ఛ ఫ>ప ప>ఫ ళ>ల ల>ళ ణ>న న>ణ
శ>ష ష>శ ష>స స>ష శ>స స>శ మ్>ం ం>మ్ పేట$>పేట్ పేట్$>పేట పేట$>పేటా ర్$>రు రు$>ర్ ల్$>లు గూడ$>గూడా ా(?=.)> ([క-హ])(?=[క-హ])>\\1ా
పూర్$>పుర్ రావు>రావ్ నుమా$>నుమ పురా$>పుర పుర$>పురా గుడా$>గూడ గుడ$>గూడ
ట>డ డ>ట ల్ల>ల ట్ట>ట డ్డ>డ క్క>క త్త>త న్న>న ప్ప>ప మ్మ>మ
"""
DEVANAGARI = "ि>ी ी>ि ु>ू ू>ु न>ण ण>न ट>ठ ठ>ट द>ड ड>द ं>न् न्>ं ं>म् म्>ं कॉलोनी>कालोनी पल्ली$>पल्लि"
URDU = "گوڑہ$>گوڑا گوڑہ$>گڑہ پورہ$>پورا"
_SCRIPTS = {"[a-z]": LATIN, "[ఀ-౿]": TELUGU, "[ऀ-ॿ]": DEVANAGARI, "[؀-ۿ]": URDU}


def _deviations(pairs: str) -> list[tuple[re.Pattern[str], str]]:
    parted = (pair.partition(">") for pair in pairs.split())
    return [(re.compile(old), new) for old, _, new in parted]


_DEVIATIONS = [(re.compile(letter), _deviations(pairs)) for letter, pairs in _SCRIPTS.items()]
_BLANK_BEFORE_ENDING = re.compile(
    f"(?<=[^ ]{{3}})({'|'.join(sorted(map(re.escape, ENDINGS.split()), key=len, reverse=True))})$"
)
_CAPITALS = re.compile(r"\b[A-Z]{2,4}\b")  # AS Rao Nagar is A. S. Rao Nagar
_INITIAL = re.compile(r"\b([a-z]) (?=[a-z])")
# The names of the letters that initials are written with in Telugu: ఆర్‌సీ పురం is R. C. Puram
_LETTERS = """
ఏ ఎ బీ బి సీ సి డీ డి ఈ ఇ ఎఫ్ జీ జి హెచ్ ఐ జే జె కే కె ఎల్ ఎం ఎన్ ఓ ఒ పీ పి క్యూ ఆర్ ఎస్ టీ టి యూ యు వీ వి ఎక్స్ వై జెడ్
"""
_TELUGU_NAMES = frozenset(_LETTERS.split())
_TELUGU_LETTER = re.compile("|".join(sorted(_TELUGU_NAMES, key=len, reverse=True)))
_TELUGU_INITIALS = re.compile(rf"(?:{_TELUGU_LETTER.pattern}){{2,4}}(?=[ క-హ])")
_SHORT_VOWELS = str.maketrans("ీేఏఈఓూ", "ిెఎఇఒు")
_LAST_INITIAL = re.compile(r"\b([a-z]) (?=[a-z]{2})")
_M_BEFORE_CASE = "ం"


def written(name: str) -> Iterator[str]:
    """The ways to write a name that are no deviations: with and without its blanks and the dots of its initials, as it
    is searched (`letters.key`).

    Telugu names in -ం also with the stem that they have before an ending (నాచారానికి).
    """
    found = _with_and_without_blanks(name)
    found |= _with_and_without_blanks(_CAPITALS.sub(lambda capitals: " ".join(capitals[0]), name))
    parts = letters.key(name).encode("latin-1").decode("utf-8").split(" ")
    if len(parts) > 2:
        found |= {" ".join(["".join(parts[:cut]), *parts[cut:]]) for cut in range(2, len(parts))}
        found.add(" ".join([*parts[:-2], "".join(parts[-2:])]))
    found |= {initial.sub(r"\1  ", one) for one in tuple(found) for initial in (_INITIAL, _LAST_INITIAL)}
    found |= set(_with_dotted_initials(parts))
    stems = {one[:-1] for one in found if one.endswith(_M_BEFORE_CASE)}
    yield from found | {stem + ending for stem in stems for ending in ("ానికి", "ాన్ని", "ానిది")}


def _with_dotted_initials(parts: list[str]) -> Iterator[str]:
    """The ways to write a Telugu name with its initials apart: ఆర్. సి. పురం."""
    match = _TELUGU_INITIALS.match(" ".join(parts))
    if match is None:
        return
    initials, rest = _TELUGU_LETTER.findall(match[0]), " ".join(parts)[match.end() :].lstrip(" ")
    ends = _with_and_without_blanks(rest)
    yield from ("".join(initials) + " " + end for end in ends)
    for vowels in itertools.product(*({one, one.translate(_SHORT_VOWELS)} for one in initials)):
        yield from (dot.join((*vowels, end)) for dot in (" ", "  ") for end in ends)


def _with_and_without_blanks(name: str) -> set[str]:
    words = letters.key(name).encode("latin-1").decode("utf-8")
    joined = words.replace(" ", "")
    return {words, joined, _BLANK_BEFORE_ENDING.sub(r" \1", words), _BLANK_BEFORE_ENDING.sub(r" \1", joined)}


def deviating(name: str) -> Iterator[str]:
    """The ways to write a name with one letter that deviates, in the same form as `written`."""
    count = sum(character.isalpha() for character in name)
    if count < (SHORT if name.isascii() else SHORT_WITH_SIGNS):
        return
    ways = [way for letter, ways in _DEVIATIONS if letter.search(name.lower()) for way in ways]
    for one in _with_and_without_blanks(name):
        for old, new in ways:
            for match in old.finditer(one):
                put = match.expand(new) if "\\" in new else new  # expanding takes as long as all the rest
                other = one[: match.start()] + put + one[match.end() :]
                if other != one:
                    yield other


def searched(forms: Iterable[str]) -> set[str]:
    """Forms of a name as words for the search: bytes of UTF-8, one a character."""
    return {letters.lowered(letters.encoded(letters.plain(form))).strip(" ") for form in forms}


_GAP = re.compile(rb"[^\w\x80-\xff]+")


def in_one_piece(data: bytes, start: int, end: int) -> bool:
    """Whether only blanks, hyphens and dots of initials part the words of a name, at bytes `start` to `end`."""
    begin = start
    for gap in _GAP.finditer(data, start, end):
        marks = gap[0].strip(b" \n\t")
        if marks not in (b"", b"-") and not (marks == b"." and _is_initial(data, start, begin, gap.start())):
            return False
        begin = gap.end()
    return True


def _is_initial(data: bytes, first: int, begin: int, end: int) -> bool:
    """Whether what stands before a dot is an initial: near the name's beginning, or a letter by its Telugu name."""
    return end - first <= 6 or letters.decoded(data[begin:end]) in _TELUGU_NAMES
