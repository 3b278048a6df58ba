"""The repairs, each with the rows that it is counted by: (table, what, whether somebody should look, condition).

The conditions hold for copied rows, and read the original and the notes alone, so that a dry run counts the same.
"""

import sqlalchemy as sa

from lokdarpan_core.adoption.columns import copied_rows
from lokdarpan_core.adoption.original import SHAPES

_TIME = "coalesce(old.created_at, pg_temp.as_time(written_time))"
_LABELLED = "EXISTS (SELECT FROM ward_label WHERE label IN (old.ward_id, old.ward_name))"
_NO_SUCH_STATION = "ps_id NOT IN (SELECT ps_id FROM old_polling_station WHERE ps_id IS NOT NULL)"
_SPELT_OTHERWISE = """
    old.ward_id <> coalesce((SELECT ward_id FROM ward_label WHERE label = old.ward_id), upper(btrim(old.ward_id)))
"""
_NOT_MIDNIGHT = """
    linked AND old.created_at <> (
        SELECT CAST(publication_date AS timestamp) AT TIME ZONE 'UTC' FROM old_epaper WHERE id = home.epaper_id
    )
"""
_OTHER_VOTES = """
    EXISTS (SELECT FROM fate JOIN old_result_ward_agg AS older ON older.id = fate.id
            WHERE of_table = 'result_ward_agg' AND into_id = old.id AND older.votes IS DISTINCT FROM old.votes)
"""

REPAIRS: tuple[tuple[str, str, bool, str], ...] = (
    ("epaper", "sha256 missing or none: computed", False, "(lower(old.sha256) ~ '^[0-9a-f]{64}$') IS NOT TRUE"),
    ("epaper", "created_at missing: its publication date", False, "created_at IS NULL"),
    ("post", "moved to the epaper that its own was merged into", False, "how = 'repointed' AND linked"),
    (
        "post",
        "linked to its epaper, found by fingerprint",
        False,
        "how IN ('fingerprint', 'beginning', 'undated') AND linked",
    ),
    (
        "post",
        "link removed, text kept: another post has the epaper",
        False,
        "how IN ('named', 'repointed') AND NOT linked",
    ),
    (
        "post",
        "link removed, text kept: no such epaper",
        False,
        "old.epaper_id IS NOT NULL AND home.epaper_id IS NULL",
    ),
    ("post", "created_at missing: its epaper's date", False, f"{_TIME} IS NULL"),
    ("post", "created_at missing: read from another column", False, f"old.created_at IS NULL AND {_TIME} IS NOT NULL"),
    ("post", "no such author: without one", False, "author_id NOT IN (SELECT id FROM old_author)"),
    ("post", "time is not the midnight (UTC) of its epaper's date: kept as it is", False, _NOT_MIDNIGHT),
    ("alert", "without a ward: kept with an empty one", True, "coalesce(btrim(ward), '') = ''"),
    (
        "alert",
        "ward is in no ward list: kept without an id",
        False,
        "btrim(ward) <> '' AND NOT EXISTS (SELECT FROM ward_label WHERE label = old.ward)",
    ),
    *(
        (
            "alert",
            f'{name} is no JSON: kept as {{"unparsed": text}}',
            True,
            f"{name} ~ '[^[:space:]]' AND NOT pg_temp.is_json({name})",
        )
        for name, kind in SHAPES["alert"].columns.items()
        if kind == "json"
    ),
    ("polling_station", "assigned to its ward", False, _LABELLED),
    (
        "polling_station",
        "ward is in no ward list: not assigned",
        False,
        f"concat(btrim(ward_id), btrim(ward_name)) <> '' AND NOT {_LABELLED}",
    ),
    ("result_ps", "votes missing: NULL as it was", False, "votes IS NULL"),
    ("result_ps", "of a station that polling_station lacks", False, _NO_SUCH_STATION),
    (
        "result_ward_agg",
        "turnout_pct left out: it was votes divided by votes",
        False,
        "turnout_pct IS NOT NULL",
    ),
    ("result_ward_agg", "computed several times, with different votes: the newest is kept", True, _OTHER_VOTES),
    *(
        (table, "ward_id spelt as in the ward lists", False, _SPELT_OTHERWISE)
        for table in ("ward_profile", "ward_demographics", "ward_features")
    ),
    (
        "ward_features",
        "turnout_volatility is 0, which the original wrote without computing it: kept, but a prediction rests on it",
        True,
        "turnout_volatility = 0",
    ),
)
OTHER_TEXT = (
    "epaper",
    "sha256 is not its text's: computed; the old one is kept withdrawn, so that no delivery brings its text back",
)
COUNT_OTHER_TEXT = sa.text("""
    SELECT count(*) FROM old_epaper AS old JOIN fingerprint ON epaper_id = old.id
    WHERE lower(old.sha256) ~ '^[0-9a-f]{64}$' AND lower(old.sha256) <> fingerprint.sha256
""")


def count_statement(table: str, condition: str) -> str:
    """The query that counts the copied rows of a table for which a condition holds."""
    return " ".join(("SELECT count(*)", copied_rows(table), "AND", f"({condition})"))
