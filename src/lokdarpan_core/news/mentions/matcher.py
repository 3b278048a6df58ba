"""Search texts for wards: once over each text for all names of all delimitations, then the rules where one is found."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

import attrs

from lokdarpan_core.news.mentions import forms as all_forms
from lokdarpan_core.news.mentions import letters, numbers, rules, signs
from lokdarpan_core.news.mentions.automaton import Words
from lokdarpan_core.news.mentions.forms import Form, Wards
from lokdarpan_core.news.mentions.rules import Found, Verdict
from lokdarpan_core.news.mentions.spellings import in_one_piece
from lokdarpan_core.wards.gazetteer import Gazetteer

RULES = 3  # to be raised when the rules change what counts: then all posts are searched again
ORDER = ("name", "alias", "number", "indirect")  # what a ward is linked by, if in several ways


@attrs.frozen
class Match:
    """A name or a number in a text, at characters `start` to `end`: the wards that it stands for, and the verdict.

    `wards` are (ward id, delimitation, `name`, `alias` or `number`: what the words are to the ward); `how` is the first
    ward's, or `indirect`, or None when the match was dropped; `reason` and `because` say why.
    """

    start: int
    end: int
    text: str
    wards: Wards
    how: str | None
    reason: str
    because: str


@attrs.frozen
class Mention:
    """A ward that a text mentions, how (`name`, `alias`, `number`, `indirect`), and the words that were matched."""

    ward_id: str
    delimitation: str
    how: str
    matched: str


class Matcher:
    """Finds the wards of a gazetteer in texts. It never changes; make it anew when aliases change (half a second)."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        found = all_forms.forms(gazetteer)
        self._forms = list(found.values())
        self._words = Words(found)

    @property
    def fingerprint(self) -> str:
        """What the answers depend on, as a hash: wards, spellings, days in force, the packaged lists and the rules."""
        total = hashlib.sha256(f"{RULES}\x1d{signs.all_rows()}".encode())
        for record in (*self.gazetteer.delimitations, *self.gazetteer.wards, *self.gazetteer.spellings):
            kept = [
                str(getattr(record, name, "")) for name in ("id", "ward_id", "delimitation", "number", "name", "alias")
            ]
            days = [str(getattr(record, name, "")) for name in ("valid_from", "valid_to")]
            total.update("\x1f".join(kept + days).encode() + b"\x1e")
        return total.hexdigest()

    def mentions(self, texts: Sequence[str], days: Sequence[date | None] | None = None) -> list[list[Mention]]:
        """The wards that each text mentions, each ward once, by id. `days` are the days on which the texts were
        published: wards by number are those of the lists in force then, and none without a day."""
        result: list[list[Mention]] = [[] for _ in texts]
        for number, matches in self.matches(texts, days):
            result[number] = _mentions(matches)
        return result

    def matches(
        self, texts: Sequence[str], days: Sequence[date | None] | None = None, *, dropped: bool = False
    ) -> Iterator[tuple[int, list[Match]]]:
        """Texts that have names of wards, by their place in `texts`, with all that counts, in the order of the text;
        with `dropped`, all that does not count too."""
        prepared = letters.Prepared.of(texts)
        for number, founds in self._found(prepared, dropped).items():
            day = days[number] if days else None
            matches = self._judged(prepared, number, founds, day, dropped)
            yield number, sorted(matches, key=lambda match: (match.start, match.end))

    def _found(self, prepared: letters.Prepared, dropped: bool) -> dict[int, list[Found]]:
        """The names in each text; those that only begin a Latin word are left out unless asked for."""
        result: dict[int, list[Found]] = {}
        searched = prepared.searched
        for start, end, form in self._words.places(searched):
            whole = end
            if searched[end : end + 1] not in (" ", ""):
                if not dropped and searched[end] < "\x80":
                    continue
                whole = end + len(signs.ending(searched, end))
            number = prepared.text_at(start)
            offset = prepared.starts[number] - 1
            result.setdefault(number, []).append(Found(start - offset, end - offset, whole - offset, form))
        return result

    def _judged(
        self, prepared: letters.Prepared, number: int, founds: list[Found], day: date | None, dropped: bool
    ) -> Iterator[Match]:
        begin, end = prepared.bounds(number)
        text = _Text(
            prepared.data[begin - 1 : end], prepared.searched[begin - 1 : end], self._forms, self.gazetteer, day
        )
        for first, last, wards, verdict in text.judged(founds):
            if verdict.how or dropped:
                start, stop = prepared.span(number, first + begin - 1, last + begin - 1)
                how = wards[0][2] if verdict.how == "name" else verdict.how
                yield Match(
                    start, stop, prepared.texts[number][start:stop], wards, how, verdict.reason, verdict.because
                )


@cache
def packaged() -> Matcher:
    """The matcher for the packaged lists."""
    return Matcher(Gazetteer.packaged())


@attrs.frozen
class _Text:
    """One text, as plain bytes and as it is searched, both with a blank or NUL in front."""

    data: bytes
    searched: str
    forms: Sequence[Form]
    gazetteer: Gazetteer
    day: date | None

    def judged(self, founds: list[Found]) -> Iterator[tuple[int, int, Wards, Verdict]]:
        """(start, end, wards, verdict) of each name and number."""
        names, units = [], []
        reach = 0
        for found in sorted(founds, key=lambda one: (one.start, -one.end)):
            form = self.forms[found.form]
            if found.start < reach and form.cut:
                continue
            if found.start < reach:
                yield found.start, found.end, form.wards, Verdict(None, "longer-name")
            elif found.whole > found.end and not signs.ends_word(self.searched, found.end):
                yield found.start, found.end, form.wards, Verdict(None, "inside-word")
            elif form.unit:
                units.append(found)
            elif (form.cut and not rules.is_cut_off(self.data, found)) or (
                form.look_alike and not in_one_piece(self.data, found.start, found.end)
            ):
                continue
            else:
                reach = found.end
                if form.look_alike:
                    yield found.start, found.end, form.wards, Verdict(None, "look-alike", form.look_alike)
                else:
                    names.append(found)
        pairs = [(unit, numbers.numbered(self.data, unit)) for unit in units]
        with_number = [one for _, one in pairs if one is not None]
        if names or with_number:
            yield from self._settled(names, with_number)

    def _settled(
        self, founds: list[Found], with_number: list[numbers.Numbered]
    ) -> Iterator[tuple[int, int, Wards, Verdict]]:
        names = [self._read(found) for found in founds]
        persons = {one.form.wards for one in names if one.verdict and one.verdict.reason == "person"}
        villages = {one.form.wards for one in names if rules.is_village(one.after)}
        own = [one.found for one in names if one.verdict is None and one.form.same.here == "own"]
        scene = rules.Scene(self.data, self.searched, founds, own)
        named = []
        for one in names:
            form, verdict = one.form, one.verdict
            if verdict is None and form.wards in persons and one.found.whole == one.found.end:
                verdict = Verdict(None, "person")
            verdict = verdict or rules.common_name(form.same, one.before, one.after)
            verdict = verdict or rules.where(one, scene, village=form.wards in villages)
            if verdict.how:
                named.append((one.found, form.wards))
            yield one.found.start, one.found.end, form.wards, verdict
        for number in with_number:
            for wards, verdict in numbers.judged(number, scene, self.gazetteer, self.day, named):
                yield number.start, number.end, wards, verdict

    def _read(self, found: Found) -> rules.Name:
        before, after = rules.around(self.data, found)
        verdict = rules.no_place(self.data, found, before, after)
        return rules.Name(found, self.forms[found.form], before, after, verdict)


def _mentions(matches: list[Match]) -> list[Mention]:
    best: dict[str, Mention] = {}
    for match in matches:
        if match.how is None:
            continue
        for ward_id, delimitation, by in match.wards:
            how = "indirect" if match.how == "indirect" else by
            old = best.get(ward_id)
            if old is None or ORDER.index(how) < ORDER.index(old.how):
                best[ward_id] = Mention(ward_id, delimitation, how, match.text)
    return sorted(best.values(), key=lambda mention: mention.ward_id)
