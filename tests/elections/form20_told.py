"""What a sheet says of the stations that these tests write into it."""

from form20_sheets import booths

BOOTHS = booths()


def told(sheet):
    """What the sheet says of each station, as the votes it was written from."""
    return [(one.serial, one.votes, one.nota, one.rejected, one.polled) for one in sheet.stations]


def expected(listed=BOOTHS, rejected=True):
    return [(one.serial, one.votes, one.nota, one.rejected if rejected else None, one.polled) for one in listed]
