"""Sheets in which a cell was changed after they were written."""

from form20_sheets import booths

BOOTHS = booths(many=6)
FIRST = 6  # index of the first station's row in the classic sheet


def changed(rows, row, place, value):
    """The sheet with one cell changed."""
    rows = [list(one) for one in rows]
    rows[row][place] = value
    return rows
