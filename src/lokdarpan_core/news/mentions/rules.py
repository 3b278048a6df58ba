"""Which names in a text are mentions of a ward, and which are false friends.

A name counts when it stands as a word: nothing before it but a blank or a mark, nothing after it but an ending that its
language puts to names (ఉప్పల్‌లో, అమీర్‌పేటకు). Then, in this order:

1. **The longer name wins.** Pedda Amberpet is not Amberpet, Macha Bollaram is not Bollaram; the list of look-alikes has
   longer names that are no wards (Medchal-Malkajgiri, the district; Golconda Express, the train; Chintal Basti).
2. **A name in parts is one name** only over a blank, a hyphen or the dot of an initial: "Vijay, Nagar Colony" is none.
3. **A district, a train, a company, a person** of that name is no place: *Medchal district*, *Ramnagar-Dehradun
   Express*, *Kapra Industries*, *Pocharam Srinivas Reddy*. Who is once called by his full name is meant by the bare
   name too, in the rest of the text.
4. **A quarter with a longer name** than is listed: *Rajiv Gandhi Nagar*, *Sai Ganesh Nagar* (a capitalised word before
   a name that every town has).
5. **The same name elsewhere.** Most names are this city's own; they are dropped only where the text puts them elsewhere
   in so many words (*Begumpet village in Siddipet*). Names that other places have too are listed, with what they are
   there. Those that are *often* here (Kondapur, Balapur) count unless a sign of another place is nearer than any of
   this city; those that are *seldom* here (Gandhi Nagar, Venkatapuram) only if a sign of this city is nearer. A sign of
   this city is its name, its authorities, its quarters, and any ward with a name of its own; the dateline
   (*Hyderabad: …*) and the districts around count only where no other place is named. Where somebody comes from is no
   sign, nor is what is named after a place (*Warangal highway*). A village, its head or its mandal beside the name
   speaks against the city; a police station or a seat that the city is known to have speaks for it. A name that is once
   called a village is one all through the text.
6. **A word of the language** (GSI, also the Geological Survey) counts only beside *ward*, *division* or *colony*.

What is left is a mention: `name` when it is the ward's own name, `alias` for another spelling, and `indirect` when the
name is part of something that has it from there but is wider or elsewhere: police, constituency, circle, mandal, court,
jail, metro or railway station. In a sentence about electors the name of a seat means the seat.
"""

import re
from collections.abc import Sequence
from functools import cached_property

import attrs

from lokdarpan_core.news.mentions import letters, wording
from lokdarpan_core.news.mentions.forms import Form
from lokdarpan_core.news.mentions.signs import SameName, Sign, city_words, institutions, kind_of, signs
from lokdarpan_core.news.mentions.spellings import in_one_piece

BESIDE = 4  # bytes: `Himayatnagar (Hyderabad): …` is no mere dateline
NEAR = 60  # bytes: a sign of another place so near outweighs one of this city that is farther


@attrs.frozen
class Found:
    """A name found in a text: where (bytes), what is written to it, and what it is in the lists."""

    start: int
    end: int
    whole: int  # end with what is written to it
    form: int  # number of the spelling


@attrs.frozen
class Verdict:
    """`how` it counts (None: not at all), and why: a reason code and, where there is one, the words that decided."""

    how: str | None
    reason: str
    because: str = ""


@attrs.frozen
class Name:
    """A name in its text, with what stands before and after it, and the verdict so far."""

    found: Found
    form: Form
    before: str
    after: str
    verdict: Verdict | None


def around(data: bytes, found: Found) -> tuple[str, str]:
    """The text before and after a name, as far as rules look."""
    return letters.decoded(data[max(0, found.start - 120) : found.start]), letters.decoded(
        data[found.whole : found.whole + 160]
    )


def no_place(data: bytes, found: Found, before: str, after: str) -> Verdict | None:
    """Rules 2 and 3, but for persons named elsewhere in the text."""
    if not in_one_piece(data, found.start, found.end):
        return Verdict(None, "not-one-name")
    first = data[found.start : found.start + 1]
    if first.islower():
        return Verdict(None, "no-capital")
    if match := wording.DISTRICT_OF_TWO_NAMES.match(letters.decoded(data[found.start : found.whole]) + after):
        return Verdict(None, "district", match[0])
    for pattern, reason in (
        (wording.DISTRICT_AFTER, "district"),
        (wording.THANDA_AFTER, "another-quarter"),
        (wording.TRAIN_AFTER, "train"),
        (wording.COMPANY_AFTER, "company"),
    ):
        if match := pattern.match(after):
            return Verdict(None, reason, match[0].strip())
    person = wording.PERSON_AFTER.match(after) or wording.PERSON_BEFORE.search(before[-30:])
    if person and found.whole == found.end:
        return Verdict(None, "person", person[0].strip())
    return None


def institution(before: str, after: str) -> str | None:
    """What the name is part of, where that is wider than the place."""
    for pattern in (wording.AFTER_EN, wording.AFTER_TE, wording.AFTER_HI, wording.AFTER_UR):
        if match := pattern.match(after):
            return match["of"]
    if match := wording.BEFORE_EN.search(before[-40:]):
        return match["of"]
    return None


def longer_name(before: str) -> str | None:
    """The capitalised word that makes a common name another one."""
    match = wording.BEFORE_LONGER.search(before[-24:])
    if match is None:
        return None
    word = match["word"].lower().strip(".")
    return None if word in wording.NO_PART_OF_A_NAME or word in city_words() else match["word"]


_CUT = re.compile(rb" \.+(?:\s|$)| ?\.{3}")


def is_cut_off(data: bytes, found: Found) -> bool:
    """Whether the text is cut off behind this word: `in Banjara …`."""
    return (
        found.whole == found.end and data[found.start : found.start + 1].isupper() and bool(_CUT.match(data, found.end))
    )


def common_name(same: SameName, before: str, after: str) -> Verdict | None:
    """Rules 4 and 6: a verdict against the name, or None."""
    if same.here == "word" and not wording.UNIT_AFTER.match(after):
        return Verdict(None, "word")
    if same.here == "seldom" and (word := longer_name(before)):
        return Verdict(None, "another-quarter", word)
    return None


def where(name: Name, scene: "Scene", *, village: bool) -> Verdict:
    """Rule 5, and whether what is left is the place or something that has its name. `village` tells that the text
    somewhere calls it one."""
    part_of = institution(name.before, name.after)
    kind = kind_of(part_of) if part_of else None
    listed = kind is not None and (kind, name.form.ward_key) in institutions()
    verdict = elsewhere(name, scene, listed=listed, village=village)
    if verdict is not None:
        return verdict
    if part_of:
        return Verdict("indirect", "indirect", f"{part_of} ({kind})" if listed and kind else part_of)
    if ("constituency", name.form.ward_key) in institutions() and by_votes(scene.data, name.found, name.after):
        return Verdict("indirect", "indirect", "constituency")
    return Verdict("name", "kept")


def is_village(after: str) -> bool:
    """Whether the name is called a village, or the seat of a mandal."""
    return wording.VILLAGE_AFTER.match(after) is not None


def is_dateline(data: bytes, found: Found) -> bool:
    """Whether the name opens a line and a colon follows: `బంజారాహిల్స్‌: …`."""
    line = data[max(0, found.start - 60) : found.start].replace(b"\0", b"\n").rpartition(b"\n")[2]
    return data[found.whole : found.whole + 3].lstrip(b" ").startswith(b":") and (
        not line.strip() or letters.decoded(line).rstrip(" ,/").endswith(("హైదరాబాద్", "Hyderabad"))
    )


def by_votes(data: bytes, found: Found, after: str) -> bool:
    """Whether the sentence is about electors: then a constituency's name means the constituency."""
    before = letters.decoded(data[max(0, found.start - 200) : found.start])
    sentence = wording.STOP.split(before)[-1] + " " + wording.STOP.split(after)[0]
    return wording.VOTES.search(sentence) is not None


def distance(found: Found, start: int, end: int) -> int:
    """Bytes between a name and something else in the text."""
    return max(start - found.whole, found.start - end, 0)


@attrs.frozen
class Scene:
    """What a text has to say about where it is set: its signs, and the names in it, `own` those that are this city's
    alone.

    `data` and `searched` are the text as plain bytes and as it is searched. Most texts need no more than the names.
    """

    data: bytes
    searched: str
    names: Sequence[Found]
    own: Sequence[Found]

    @cached_property
    def signs(self) -> list[Sign]:
        """The signs of place, in the order of the text."""
        return [sign for sign in self._all_signs if not sign.origin]

    @cached_property
    def origins(self) -> list[Sign]:
        """Where people come from."""
        return [sign for sign in self._all_signs if sign.origin]

    def state_of(self, found: Found) -> Sign | None:
        """The place of origin that stands behind a name: `from Gandhi Nagar, Gujarat`."""
        behind = (sign for sign in self.origins if self.data[found.whole : sign.start].strip() == b",")
        return next(behind, None)

    @cached_property
    def _all_signs(self) -> list[Sign]:
        """But for places within a name: Srinagar Colony."""
        found = signs(self.data, self.searched)
        return [one for one in found if one.kind != "elsewhere" or not any(_within(one, name) for name in self.names)]

    @cached_property
    def village_life(self) -> str:
        """What tells of a village: its head, its council, the seat of a mandal."""
        match = wording.VILLAGE_LIFE.search(letters.decoded(self.data))
        return match[0].strip() if match else ""


def _within(sign: Sign, found: Found) -> bool:
    inside = found.start <= sign.start and sign.end <= found.end
    return inside and (sign.start, sign.end) != (found.start, found.end)


def elsewhere(name: Name, scene: Scene, *, listed: bool, village: bool) -> Verdict | None:
    """Rule 5: a verdict against the name, or None. `listed` tells that it is part of an institution that this city
    has."""
    found, same = name.found, name.form.same
    if same.here == "anywhere":
        return None
    if same.here == "own":
        return _claimed(scene, name)
    if state := scene.state_of(found):
        return Verdict(None, "elsewhere", state.word)
    listed_there = [one for one in scene.signs if any(place in same.where for place in one.place.split("|"))]
    if village and listed_there and not listed:
        return Verdict(None, "elsewhere", listed_there[0].word)
    others = [one for one in scene.signs if one.kind == "elsewhere" or one in listed_there]
    nearest = min(others, key=lambda sign: distance(found, sign.start, sign.end), default=None)
    cities = [(distance(found, one.start, one.end), one) for one in scene.signs if one.kind == "city"]
    ours = [far for far, one in cities if not one.dateline or far <= BESIDE]
    ours += [distance(found, one.start, one.whole) for one in scene.own]
    rural = "a village" if village else scene.village_life
    if same.here == "often" and (listed or not rural):
        if listed or nearest is None:
            return None
        if is_dateline(scene.data, found):
            ours.append(NEAR)
        gap = _within_sentence(scene.data, found, nearest)
        return None if ours and (min(ours) <= gap or gap > NEAR) else Verdict(None, "elsewhere", nearest.word)
    if nearest is not None:
        nearer = ours and min(ours) < distance(found, nearest.start, nearest.end)
        return None if nearer else Verdict(None, "elsewhere", nearest.word)
    weak = any(one.kind == "around" or one.dateline for one in scene.signs) or (listed and same.here == "often")
    return None if ours or (weak and not rural) else Verdict(None, "no-sign", rural)


def _within_sentence(data: bytes, found: Found, sign: Sign) -> int:
    """The distance of a sign; more than NEAR where it is in another sentence."""
    between = data[found.whole : sign.start] if sign.start >= found.whole else data[sign.end : found.start]
    return distance(found, sign.start, sign.end) + (NEAR + 1) * bool(re.search(rb"[.!?;]\s|\n", between))


_CLAIMS_AFTER = re.compile(r"\s*(?:village\s+|mandal\s+)?(?:in|of)\s+")
_CLAIMS_BEFORE = re.compile(r"(?:'s|లోని|జిల్లా|के)\s+$")


def _claimed(scene: Scene, name: Name) -> Verdict | None:
    """Whether another place claims the name in so many words: `Begumpet village in Siddipet`."""
    if match := _CLAIMS_AFTER.match(name.after):
        at = name.found.whole + len(match[0].encode())
        claims = [one for one in scene.signs if one.start == at]
    elif match := _CLAIMS_BEFORE.search(name.before[-12:]):
        at = name.found.start - len(match[0].encode())
        claims = [one for one in scene.signs if one.end == at]
    else:
        return None
    return next((Verdict(None, "elsewhere", one.word) for one in claims if one.kind == "elsewhere"), None)
