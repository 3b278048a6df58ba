"""Does a sheet add up? Every check of a station, a footer and the sheet as a whole.

An error is a dispute about votes: sums that fail, lines counted twice. Columns that do not bear on votes (tendered
votes, electors identified by their EPIC card) give warnings: on real sheets they contradict the rest in hundreds of
lines. No check changes a figure.
"""

from collections import defaultdict
from collections.abc import Iterable

from lokdarpan_core.elections.form20.cells import serial_key, tidied
from lokdarpan_core.elections.form20.convention import expected_total, expected_valid, find_convention
from lokdarpan_core.elections.form20.draft import Draft, Line
from lokdarpan_core.elections.form20.reversal import is_reversed, turned
from lokdarpan_core.elections.form20.sheet import Layout

PLAUSIBLE = 5_000  # votes at one polling station; the Election Commission plans for 1,500 electors
MOST_SERIALS = 10_000  # in a segment; where there are higher ones they are no running numbers
MANY_TENDERED = 0.01  # of the votes polled; tendered votes are a few in a segment


def check(draft: Draft) -> None:
    """All checks, but those of the footers. The findings go into the draft."""
    if _all_zero(draft):
        return
    find_convention(draft)
    for line in draft.lines:
        check_sums(draft, line)
        _check_station(draft, line)
    _check_evm_columns(draft)
    _check_tendered(draft)


def check_sums(draft: Draft, line: Line) -> None:
    """The sums within a line, of a station or of totals."""
    station = line.station
    valid, polled = line.count("valid"), line.count("polled")
    if draft.candidates and valid is not None and (expected := expected_valid(draft, line)) != valid:
        with_nota = " and NOTA" if draft.nota_in_valid else ""
        message = f"The votes of the candidates{with_nota} are {expected:,}, the total of valid votes {valid:,}"
        draft.error("station-sum", message, draft.cell(line, "valid"), station)
    if polled is not None and (expected := expected_total(draft, line)) != polled:
        parts = " + ".join("NOTA" if part == "nota" else part for part in draft.total_of)
        message = f"{parts} are {expected:,}, the total {polled:,}"
        if expected - (line.count("rejected") or 0) == polled:
            message += ", which leaves out the rejected votes"
        draft.error("total-sum", message, draft.cell(line, "polled"), station)
    _check_by_sex(draft, line, "electors", line.count("electors"))
    _check_by_sex(draft, line, "turnout", polled if line.count("turnout") is None else line.count("turnout"))
    _check_turnout(draft, line)
    _check_elected(draft, line)


def _check_by_sex(draft: Draft, line: Line, kind: str, total: int | None) -> None:
    male, female, other = (line.count(f"{kind}-{sex}") for sex in ("male", "female", "other"))
    if male is None or female is None or total is None or male + female + (other or 0) == total:
        return
    message = f"The {kind} by sex is {male + female + (other or 0):,}, in all {total:,}"
    draft.error(f"{kind}-sum", message, draft.cell(line, kind if kind in draft.places else "polled"), line.station)


def _check_turnout(draft: Draft, line: Line) -> None:
    turnout, polled = line.count("turnout"), line.count("polled")
    if turnout is not None and polled is not None and turnout != polled:
        message = f"The turnout is {turnout:,}, the total of votes {polled:,}"
        draft.error("turnout-differs", message, draft.cell(line, "turnout"), line.station)


def _check_elected(draft: Draft, line: Line) -> None:
    """A summary's votes: of who was elected, and of all others."""
    elected, others, valid = (line.count(role) for role in ("elected", "others", "valid"))
    if others is not None and valid is not None and (elected or 0) + others != valid:
        message = (
            f"The votes of the elected and of the others are {(elected or 0) + others:,}, all valid votes {valid:,}"
        )
        draft.error("station-sum", message, draft.cell(line, "valid"), line.station)
    evm, postal, cast = (line.count(role) for role in ("evm", "postal", "cast"))
    if evm is not None and cast is not None and evm + (postal or 0) != cast:
        message = f"EVM and postal votes are {evm + (postal or 0):,}, the votes polled {cast:,}"
        draft.error("polled-sum", message, draft.cell(line, "cast"), line.station)


def _check_station(draft: Draft, line: Line) -> None:
    serial, polled = line.serial, line.count("polled")
    votes = polled if polled is not None else max(line.count("valid") or 0, line.candidates_sum)
    electors = line.count("electors")
    if electors is not None and votes > electors:
        message = f"{votes:,} votes of {electors:,} electors"
        draft.error(
            "over-electors", message, draft.cell(line, "polled" if "polled" in draft.places else "valid"), serial
        )
    for sex in ("male", "female", "other"):
        voted, listed = line.count(f"turnout-{sex}"), line.count(f"electors-{sex}")
        if voted is not None and listed is not None and voted > listed:
            message = f"{voted:,} voters of {listed:,} electors ({sex})"
            draft.warn("over-electors-sex", message, draft.cell(line, f"turnout-{sex}"), serial)
    most = max((votes, *(value or 0 for value in line.votes)))
    if most > PLAUSIBLE:
        message = f"{most:,} votes are more than one polling station has"
        draft.warn("implausible", message, draft.cell(line), serial)
    if all(value is None for value in (*line.votes, line.count("valid"), polled)):
        draft.warn("no-figures", "No figures at this station", draft.cell(line), serial)
    elif not votes and not line.candidates_sum:
        draft.note("no-votes", "No votes at this station", draft.cell(line), serial)
    elif polled is None and "polled" in draft.places:
        draft.warn(
            "no-total", "The total is empty, so that the line can't be checked", draft.cell(line, "polled"), serial
        )
    elif draft.candidates and line.count("valid") is None and "valid" in draft.places:
        draft.warn("no-total", "The total of valid votes is empty", draft.cell(line, "valid"), serial)
    _check_cards(draft, line, votes)


def _check_cards(draft: Draft, line: Line, votes: int) -> None:
    epic, tendered = line.count("epic"), line.count("tendered")
    if epic is not None and epic > votes:
        message = f"{epic:,} voters showed their EPIC card, of {votes:,} who voted"
        draft.warn("epic", message, draft.cell(line, "epic"), line.serial)
    if tendered is not None and tendered > votes:
        message = f"{tendered:,} tendered votes, with {votes:,} votes polled"
        draft.warn("tendered", message, draft.cell(line, "tendered"), line.serial)


def _check_tendered(draft: Draft) -> None:
    telling = [line for line in draft.lines if line.count("tendered") and line.count("polled")]
    without_card = [
        line
        for line in telling
        if (epic := line.count("epic")) is not None and epic + (line.count("tendered") or 0) == line.count("polled")
    ]
    tendered = sum(line.count("tendered") or 0 for line in telling)
    polled = sum(line.count("polled") or 0 for line in draft.lines)
    if len(telling) > 2 and len(without_card) * 2 > len(telling):
        message = (
            f"At {len(without_card)} of {len(telling)} stations the tendered votes are the voters without EPIC card"
        )
        draft.warn("tendered", f"{message}: the column holds something else", draft.cell(telling[0], "tendered"))
    elif tendered > polled * MANY_TENDERED and len(telling) > 2:
        message = f"{tendered:,} tendered votes, with {polled:,} votes polled, are more than there can be"
        draft.warn("tendered", message, draft.cell(telling[0], "tendered"))


def _check_evm_columns(draft: Draft) -> None:
    """The votes on machines are the valid votes or the total, by what holds for most stations."""
    telling = [line for line in draft.lines if line.count("evm") is not None]
    roles = [role for role in ("valid", "polled") if draft.has(role)]
    if not telling or not roles:
        return
    agreeing = {role: sum(line.count("evm") == line.count(role) for line in telling) for role in roles}
    role = max(roles, key=lambda one: agreeing[one])
    for line in telling:
        elected, others, evm = line.count("elected"), line.count("others"), line.count("evm") or 0
        told = others is not None and (elected or 0) + others == evm  # the same contradiction is reported there
        if line.count(role) is not None and evm != line.count(role) and not told:
            named = "total of valid votes" if role == "valid" else "total"
            message = f"{evm:,} votes on machines, but the {named} is {line.count(role):,}"
            draft.error("evm-differs", message, draft.cell(line, "evm"), line.serial)


def _all_zero(draft: Draft) -> bool:
    if any(
        any(line.votes) or any(line.count(role) for role in ("valid", "polled", "rejected", "nota"))
        for line in draft.lines
    ):
        return False
    draft.error("all-zero", f"Not one vote at any of the {len(draft.lines):,} stations: the sheet was never filled in")
    return True


def check_serials(draft: Draft) -> None:
    """Serials that stand twice, and the numbers up to the highest that none has."""
    seen: dict[tuple[int | str, ...], Line] = {}
    for line in draft.lines:
        first = seen.setdefault(serial_key(line.serial), line)
        if line.serial and first is not line:
            message = f"Serial {line.serial} stands in row {first.row} already"
            draft.error("repeated-serial", message, draft.cell(line), line.serial)
    if draft.layout is Layout.TIDY:
        return
    numbers = {key[0] for key in seen if isinstance(key[0], int) and not any(isinstance(part, int) for part in key[1:])}
    highest = max(numbers, default=0)
    missing = _ranges(number for number in range(1, highest) if number not in numbers) if highest < MOST_SERIALS else []
    if missing:
        listed = ", ".join(missing[:40]) + (", …" if len(missing) > 40 else "")
        draft.note("serial-gap", f"No polling station has the serial {listed}")


def _ranges(numbers: Iterable[int]) -> list[str]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]


def check_texts(draft: Draft) -> None:
    """Words that read backwards, in titles, headings and names: one finding for each text."""
    places: defaultdict[str, list[str | None]] = defaultdict(list)
    for cell, text in draft.texts:
        places[text].append(cell)
    for line in (*draft.lines, *draft.totals):
        for text in {line.serial, line.name or "", line.label} - {""}:
            places[text].append(line.label_cell or draft.cell(line))
    for candidate in draft.candidates:
        places[candidate.name or ""].append(None)
    for text, cells in places.items():
        if is_reversed(text):
            message = f"{tidied(text)[:80]} reads backwards: {turned(text)[:80]}"
            draft.warn("reversed-text", message, next((cell for cell in cells if cell), None))
