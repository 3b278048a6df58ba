"""What a sheet's totals mean: is NOTA a part of the total of valid votes, and of the total?

The form of 2013 and later keeps NOTA beside the valid votes, and counts both, with the rejected votes, in the total;
sheets in use differ. What holds for most of the stations is taken for the sheet's convention; the others are then the
ones that do not add up. Only NOTA's place is open: rejected votes always belong into the total of votes polled (Conduct
of Elections Rules 1961, Form 20), so that a total without them is reported station by station.
"""

from lokdarpan_core.elections.form20.draft import Draft, Line


def find_convention(draft: Draft) -> None:
    """Set the draft's `nota_in_valid` and `total_of`, and note them."""
    if draft.candidates:
        draft.nota_in_valid = _nota_in_valid(draft.lines)
        if draft.nota_in_valid is None:  # no station has votes for NOTA; the postal votes may
            draft.nota_in_valid = _nota_in_valid(draft.totals)
    if draft.has("polled"):
        draft.total_of = _total_of(draft)
        if not draft.candidates and "nota" in draft.total_of:
            draft.nota_in_valid = False
    if draft.has("valid") or draft.has("polled"):
        draft.note("totals", _described(draft))


def expected_valid(draft: Draft, line: Line) -> int:
    """The total of valid votes by the candidates' votes and the sheet's convention."""
    return line.candidates_sum + ((line.count("nota") or 0) if draft.nota_in_valid else 0)


def expected_total(draft: Draft, line: Line) -> int:
    """The total by its parts, as they are printed; the total of valid votes is computed where it is not printed."""
    return _total(draft, line, draft.total_of)


def _nota_in_valid(lines: list[Line]) -> bool | None:
    """By the stations where it shows: those with votes for NOTA."""
    within = beside = 0
    for line in lines:
        nota, valid = line.count("nota"), line.count("valid")
        if nota and valid is not None:
            beside += valid == line.candidates_sum
            within += valid == line.candidates_sum + nota
    return within > beside if within or beside else None


def _total_of(draft: Draft) -> tuple[str, ...]:
    parts = ("valid", *(["rejected"] if draft.has("rejected") else []))
    if draft.nota_in_valid or not draft.has("nota"):
        return parts
    with_nota = (*parts, "nota")
    lines = draft.lines if any(line.count("nota") for line in draft.lines) else draft.totals
    telling = [line for line in lines if line.count("nota") and line.count("nota") != line.count("rejected")]
    right = sum(_total(draft, line, with_nota) == line.count("polled") for line in telling)  # a tie is the form's way
    without = sum(_total(draft, line, parts) == line.count("polled") for line in telling)
    return parts if without > right else with_nota


def _total(draft: Draft, line: Line, parts: tuple[str, ...]) -> int:
    valid = line.count("valid")
    if valid is None:
        valid = expected_valid(draft, line) if draft.candidates else 0
    return valid + sum(line.count(part) or 0 for part in parts if part != "valid")


def _described(draft: Draft) -> str:
    said = []
    if draft.nota_in_valid is not None:
        said.append(f"the total of valid votes is {'with' if draft.nota_in_valid else 'without'} NOTA")
    elif draft.candidates and draft.has("valid") and draft.has("nota"):
        said.append("whether the total of valid votes is with NOTA does not show")
    if draft.total_of:
        names = {"valid": "valid votes", "rejected": "rejected votes", "nota": "NOTA"}
        said.append(f"the total is that of {' + '.join(names[part] for part in draft.total_of)}")
    text = ", ".join(said) or "there are no votes for NOTA"
    return text[0].upper() + text[1:]
