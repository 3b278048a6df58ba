"""Candidates: what a heading says of one (`3 - NAME`, `NAME (PARTY)`, `NAME` over `PARTY`), and the candidates file.

Whether the last words of a heading are a party or a part of the name (`MOHD. SALIM (PAPPU)`, a line break inside a
long name) is decided for the sheet as a whole: they are parties when at least half of them are known by name, or when
most headings end in brackets.
"""

import difflib
import re
from collections import Counter
from pathlib import Path

import attrs

from lokdarpan_core.elections.form20.cells import folded, number, tidied
from lokdarpan_core.elections.form20.delimited import read_delimited
from lokdarpan_core.elections.form20.headings import role_of
from lokdarpan_core.elections.form20.parties import is_party
from lokdarpan_core.elections.form20.sheet import Candidate, Finding, Severity
from lokdarpan_core.elections.form20.worksheets import read_bytes
from lokdarpan_core.errors import Form20Error

_NUMBERED = re.compile(r"\(?\s*(\d{1,3})\s*[)\].:\-–—]+\s*(?=\D)(.+)|(\d{1,3})\s+(?=[^\W\d])(.+)", re.DOTALL)
_PARTY = re.compile(r"(.+?)\s*[(\[]\s*([^()\[\]]*(?:\([^()]*\))*[^()\[\]]*)\s*[)\]]\s*", re.DOTALL)
_DASHED = re.compile(r"(.+?)\s+[-–—]\s+(\S.*)|(.+?),\s*(\S.*)", re.DOTALL)
MAX_HEADING = 300  # characters; a longer one is no name
CLOSE = 0.8  # from here on two spellings are taken for one name (difflib's ratio)


def numbered(heading: str) -> tuple[int | None, str]:
    """The number before a name, if there is one, and the rest: `3 - NAME`, `3. NAME`, `(3) NAME`."""
    match = _NUMBERED.fullmatch(heading.strip())
    if match is None:
        return None, heading.strip()
    return int(match[1] or match[3]), (match[2] or match[4]).strip()


def read_headings(headings: list[list[str]], notas: list[str]) -> tuple[list[Candidate], list[Finding]]:
    """The candidates by their headings: for each column the texts in it, from the top.

    `notas` are the headings of NOTA's columns, whose numbers are no gaps. Findings have no cells.
    """
    numbers, texts = [], []
    in_rows = sum(len([text for text in heading if not text.strip().isdecimal()]) > 1 for heading in headings)
    for heading in headings:  # names and parties are in rows, or in the lines of a cell
        parts = [[tidied(text)] if in_rows * 2 > len(headings) else text.splitlines() for text in heading]
        lines = [line.strip() for part in parts for line in part if line.strip()]
        alone = [int(line) for line in lines if line.isdecimal() and len(line) < 4]
        number_, rest = numbered("\n".join(line for line in lines if not line.isdecimal()))
        numbers.append(alone[0] if alone else number_)
        texts.append(rest)
    named = _with_parties(texts)
    findings: list[Finding] = []
    unique = [n for n in numbers if n]
    if len(set(unique)) == len(headings):
        gaps = set(range(1, max(unique, default=0))) - set(unique) - {numbered(one)[0] for one in notas}
        if gaps:
            message = f"No candidate has the number {', '.join(map(str, sorted(gaps)))}"
            findings.append(Finding(Severity.NOTE, "candidate-gap", message))
    else:
        if unique:
            message = "The candidates' printed numbers are not complete and unique: numbered by column instead"
            findings.append(Finding(Severity.WARNING, "candidate-numbers", message))
        numbers = list(range(1, len(headings) + 1))
    return [Candidate(n or 0, name, party) for n, (name, party) in zip(numbers, named, strict=True)], findings


def _with_parties(texts: list[str]) -> list[tuple[str | None, str | None]]:
    """Name and party of each heading."""
    texts = [text if len(text) <= MAX_HEADING else tidied(text)[:MAX_HEADING] for text in texts]
    if sum(is_party(text) for text in texts) * 2 > len(texts):
        return [(None, tidied(text)) if is_party(text) else (tidied(text) or None, None) for text in texts]
    for part in (_in_brackets, _over_a_symbol, _on_the_last_line, _on_the_first_line, _after_a_dash):
        parted = [part(text) for text in texts]
        parties = [party for _, party in parted if party]
        known = sum(map(is_party, parties))
        usual = part is _in_brackets and len(parties) > max(2, len(texts) // 2)
        if parties and (usual or known * 2 >= len(parties)):
            return [(tidied(name) or None, tidied(party) or None) for name, party in parted]
    return [(tidied(text) or None, None) for text in texts]


def _in_brackets(text: str) -> tuple[str, str]:
    match = _PARTY.fullmatch(text)
    return (match[1], match[2]) if match else (text, "")


def _over_a_symbol(text: str) -> tuple[str, str]:
    lines = text.split("\n")
    return (lines[0], lines[1]) if len(lines) == 3 else (text, "")


def _on_the_last_line(text: str) -> tuple[str, str]:
    name, _, party = text.rpartition("\n")
    return (name, party) if name else (text, "")


def _on_the_first_line(text: str) -> tuple[str, str]:
    party, _, name = text.partition("\n")
    return (name, party) if name else (text, "")


def _after_a_dash(text: str) -> tuple[str, str]:
    match = _DASHED.fullmatch(text)
    return (match[1] or match[3], match[2] or match[4]) if match else (text, "")


def repeated_names(candidates: tuple[Candidate, ...]) -> list[Finding]:
    """Candidates of one name: namesakes do stand, but a column may as well have been read twice."""
    names = Counter(folded(one.name) for one in candidates if one.name)
    return [
        Finding(
            Severity.WARNING,
            "candidate-name-repeated",
            f"{names[folded(one.name)]} candidates have the name {one.name}: namesakes, or one read twice?",
        )
        for index, one in enumerate(candidates)
        if one.name
        and names[folded(one.name)] > 1
        and folded(one.name) not in {folded(other.name or "") for other in candidates[:index]}
    ]


def read_candidates(path: Path) -> tuple[Candidate, ...]:
    """A candidates file: a CSV with the columns number, name, party. NOTA's line is passed by.

    Raises Form20Error when it is none, or when a number is missing or stands twice.
    """
    rows = read_delimited(path, read_bytes(path)).rows
    header = [folded(cell) for cell in rows[0]] if rows else []
    try:
        places = [header.index(name) for name in ("number", "name", "party")]
    except ValueError:
        raise Form20Error(f"{path}: a candidates file begins with the line number,name,party") from None
    found: dict[int, Candidate] = {}
    for row_number, row in enumerate(rows[1:], 2):
        cells = [row[place].strip() if place < len(row) else "" for place in places]
        if not any(cells) or role_of(cells[1]) == "nota":
            continue
        try:
            number_ = number(cells[0])
        except ValueError:
            number_ = None
        if not number_ or number_ in found:
            raise Form20Error(f"{path}, row {row_number}: {cells[0]!r} is no number, or stands twice")
        found[number_] = Candidate(number_, tidied(cells[1]) or None, tidied(cells[2]) or None)
    if not found:
        raise Form20Error(f"{path} names no candidates")
    return tuple(found.values())


def with_parties(
    candidates: tuple[Candidate, ...], listed: tuple[Candidate, ...]
) -> tuple[tuple[Candidate, ...], list[Finding]]:
    """The sheet's candidates with the parties of a candidates file; what does not agree is found, not taken over."""
    by_number = {one.number: one for one in listed}
    findings, named = [], []
    for one in candidates:
        other = by_number.pop(one.number, None)
        findings.append(_difference(one, other))
        agree = other is not None and (findings[-1] is None or findings[-1].severity is not Severity.ERROR)
        named.append(_joined(one, other) if agree and other else one)
    findings += [
        Finding(
            Severity.ERROR, "candidate-missing", f"The candidates file has {other.number} - {other.name}, the sheet not"
        )
        for other in by_number.values()
    ]
    return tuple(named), [finding for finding in findings if finding]


def _joined(one: Candidate, other: Candidate) -> Candidate:
    return attrs.evolve(one, name=one.name or other.name, party=other.party or one.party)


def _difference(one: Candidate, other: Candidate | None) -> Finding | None:
    mine = f"{one.number} - {one.name or one.party}"
    if other is None:
        return Finding(Severity.ERROR, "candidate-missing", f"The sheet has {mine}, the candidates file not")
    names = [folded(candidate.name or "") for candidate in (one, other)]
    if all(names) and names[0] != names[1]:
        if not alike(*names):
            message = f"The sheet has {mine}, the candidates file {other.number} - {other.name}"
            return Finding(Severity.ERROR, "candidate-differs", message)
        return Finding(Severity.WARNING, "candidate-spelling", f"{mine} is spelt {other.name} in the candidates file")
    if one.party and other.party and folded(one.party) != folded(other.party):
        message = f"{mine} stands for {one.party} in the sheet, for {other.party} in the candidates file"
        return Finding(Severity.WARNING, "party-differs", message)
    return None


def alike(one: str, other: str) -> bool:
    """Are two folded names spellings of one? The order of the words does not matter."""
    words = [" ".join(sorted(name.split())) for name in (one, other)]
    return difflib.SequenceMatcher(None, words[0], words[1]).ratio() >= CLOSE
