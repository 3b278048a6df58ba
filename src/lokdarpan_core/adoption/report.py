"""The report: every row of the original accounted for, and every repair counted.

    rows of the original = copied + merged + recomputed + set aside

What is copied is counted twice: as what the notes leave over, and, once it is done, as what has arrived; `missing` is
the difference and `differing` counts rows that arrived with another text or number than they had. Both must be 0.
"""

from collections.abc import Iterator
from datetime import datetime

import attrs
import cattrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.adoption.copies import example_rows
from lokdarpan_core.adoption.fates import REASONS
from lokdarpan_core.adoption.original import SHAPES, Original, stage
from lokdarpan_core.adoption.repairs import COUNT_OTHER_TEXT, OTHER_TEXT, REPAIRS, count_statement
from lokdarpan_core.display import Shown

OTHER_SHAPE = "the table has another shape than the original's"


@attrs.frozen
class TableAccount(Shown):
    """What became of one table's rows. `missing` and `differing` are None in a dry run, where nothing has arrived."""

    table: str
    rows: int
    copied: int
    merged: int
    recomputed: int
    set_aside: int
    missing: int | None = None
    differing: int | None = None


@attrs.frozen
class Fate(Shown):
    """Rows of a table that are not copied, why, and the ids of the first of them."""

    table: str
    fate: str
    reason: str
    rows: int
    ids: tuple[int, ...]


@attrs.frozen
class Repair(Shown):
    """Rows of a table that are copied with a change, or as they are although they look odd. `look` when somebody should
    see them."""

    table: str
    what: str
    rows: int
    look: bool


@attrs.frozen
class AdoptionReport(Shown):
    """An adoption, or (`applied` is False) what it would do. `source` is the database that it is from, `found` says in
    words what stage it is at, and `bytes` is the size of its tables; about as much again is needed."""

    source: str
    in_place: bool
    applied: bool
    found: tuple[str, ...]
    bytes: int
    accounts: tuple[TableAccount, ...]
    fates: tuple[Fate, ...]
    repairs: tuple[Repair, ...]
    finished_at: datetime | None = None

    @property
    def balanced(self) -> bool:
        """Whether every row that should have arrived has, as it was."""
        return not any(one.missing or one.differing for one in self.accounts)

    @property
    def needs_a_look(self) -> bool:
        """Whether rows were set aside, or kept with something that a person should decide on."""
        return not self.balanced or any(one.set_aside for one in self.accounts) or any(one.look for one in self.repairs)


_COUNTS = """
    SELECT (SELECT count(*) FROM old_{table}), count(*) FILTER (WHERE fate = 'merged'),
           count(*) FILTER (WHERE fate = 'recomputed'), count(*) FILTER (WHERE fate = 'set aside')
    FROM fate WHERE of_table = '{table}'
"""
_ARRIVED = """
    SELECT count(*), count(*) FILTER (WHERE {differs}) FROM old_{table} AS old JOIN {table} AS ours USING (id)
"""
_DIFFERS = {
    "author": "(ours.name, ours.party) IS DISTINCT FROM (old.name, old.party)",
    "epaper": "(ours.publication_name, ours.publication_date, ours.raw_text)"
    " IS DISTINCT FROM (old.publication_name, old.publication_date, old.raw_text)",
    "post": "old.text IS NOT NULL AND (ours.text, ours.city, ours.emotion, ours.party)"
    " IS DISTINCT FROM (old.text, old.city, old.emotion, old.party)"
    " OR old.created_at IS NOT NULL AND ours.created_at <> old.created_at",
    "alert": "(ours.description, ours.severity) IS DISTINCT FROM (old.description, old.severity)",
    "result_ps": "(ours.ps_id, ours.party, ours.candidate, ours.votes)"
    " IS DISTINCT FROM (old.ps_id, old.party, old.candidate, old.votes)",
    "polling_station": "(ours.ps_id, ours.name, ours.ward_id) IS DISTINCT FROM (old.ps_id, old.name, old.ward_id)",
}
_FATES = sa.text("""
    SELECT of_table, fate, reason, count(*) AS rows, (array_agg(id ORDER BY id))[1:5] AS ids
    FROM fate GROUP BY of_table, fate, reason ORDER BY of_table, fate, reason
""")


def make_report(
    connection: Connection, original: Original, source: str, *, in_place: bool, odd_rows: dict[str, int], arrived: bool
) -> AdoptionReport:
    """Count everything; `arrived` when the copies are made. `odd_rows` are the rows of tables of another shape."""
    accounts = [_account(connection, table, arrived) for table in original.tables]
    accounts += [TableAccount(table, rows, 0, 0, 0, rows) for table, rows in odd_rows.items()]
    fates = [
        Fate(of_table, fate, REASONS[reason], rows, tuple(ids))
        for of_table, fate, reason, rows, ids in connection.execute(_FATES)
    ]
    fates += [Fate(table, "set aside", OTHER_SHAPE, rows, ()) for table, rows in odd_rows.items() if rows]
    place = {table: number for number, table in enumerate(SHAPES)}
    repairs = [one for one in _repairs(connection) if one.rows]
    return AdoptionReport(
        source=source,
        in_place=in_place,
        applied=arrived,
        found=tuple(stage(original)),
        bytes=original.bytes,
        accounts=tuple(sorted(accounts, key=lambda one: place[one.table])),
        fates=tuple(sorted(fates, key=lambda one: (place[one.table], one.fate, one.reason))),
        repairs=tuple(sorted(repairs, key=lambda one: place[one.table])),
    )


def _account(connection: Connection, table: str, arrived: bool) -> TableAccount:
    rows, merged, recomputed, set_aside = connection.exec_driver_sql(_COUNTS.format(table=table)).one()
    copied = rows - merged - recomputed - set_aside
    account = TableAccount(table, rows, copied, merged, recomputed, set_aside)
    if not arrived:
        return account
    query = _ARRIVED.format(table=table, differs=_DIFFERS.get(table, "false"))
    there, differing = connection.exec_driver_sql(query).one()
    return attrs.evolve(account, missing=copied - there, differing=differing)


def _repairs(connection: Connection) -> Iterator[Repair]:
    for table, what, look, condition in REPAIRS:
        rows = int(connection.exec_driver_sql(count_statement(table, condition)).scalar_one())
        yield Repair(table, what, rows, look)
    yield Repair(*OTHER_TEXT, rows=int(connection.execute(COUNT_OTHER_TEXT).scalar_one()), look=True)
    for table, ids in example_rows(connection).items():
        yield Repair(table, "invented by the original's seed script: marked as an example", len(ids), look=False)


_converter = cattrs.Converter()
_converter.register_unstructure_hook(datetime, datetime.isoformat)
_converter.register_structure_hook(datetime, lambda text, _type: datetime.fromisoformat(text))


def to_record(report: AdoptionReport) -> dict[str, object]:
    """The report as JSON values, to be kept with the adoption."""
    record: dict[str, object] = _converter.unstructure(report)
    return record


def from_record(record: dict[str, object]) -> AdoptionReport:
    """The report again."""
    return _converter.structure(record, AdoptionReport)
