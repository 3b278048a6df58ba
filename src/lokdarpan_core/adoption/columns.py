"""What each column of ours is made of: the repairs, as SQL over the uniform views.

`old` is the row of the original, `home` the note on a post's epaper. Times are UTC already. JSON that can't be parsed
is kept as `{"unparsed": "the text"}`, blank and `null` are NULL. Times of storing that the original lacks are those of
the adoption; an epaper's is its publication date.
"""

SOURCE = "adopted"

_ELECTION = (
    "coalesce((SELECT into_id FROM fate WHERE of_table = 'election' AND fate.id = old.election_id), election_id)"
)
_WARD = "coalesce((SELECT ward_id FROM ward_label WHERE label = old.ward_id), upper(btrim(old.ward_id)))"
_HOME_DAY = """
    (SELECT CAST(publication_date AS timestamp) AT TIME ZONE 'UTC' FROM old_epaper WHERE id = home.epaper_id)
"""
_AUTHOR = """
    (SELECT coalesce(into_id, old_author.id)
     FROM old_author LEFT JOIN fate ON of_table = 'author' AND fate.id = old_author.id
     WHERE old_author.id = old.author_id AND fate IS DISTINCT FROM 'set aside')
"""
_FIRST_REFERENCE = """
    coalesce(official_ref, (SELECT min(official_ref) FROM old_election WHERE id IN
                            (SELECT fate.id FROM fate WHERE of_table = 'election' AND into_id = old.id)))
"""


def _same(names: str) -> dict[str, str]:
    return {name: f"old.{name}" for name in names.split()}


def _json(names: str) -> dict[str, str]:
    return {name: f"pg_temp.as_jsonb(old.{name})" for name in names.split()}


_OF_WARD = {"ward_id": _WARD, "source": f"'{SOURCE}'", "updated_at": "coalesce(updated_at, now())"}

COLUMNS: dict[str, dict[str, str]] = {
    "author": _same("name party"),
    "epaper": _same("publication_name publication_date raw_text")
    | {
        "created_at": "coalesce(created_at, CAST(publication_date AS timestamp) AT TIME ZONE 'UTC')",
        "sha256": "fingerprint.sha256",
    },
    "post": _same("city emotion party")
    | {
        "text": "coalesce(text, CASE WHEN NOT linked THEN"
        " (SELECT raw_text FROM old_epaper WHERE id = home.epaper_id) END)",
        "author_id": _AUTHOR,
        "created_at": f"coalesce(created_at, pg_temp.as_time(written_time), {_HOME_DAY})",
        "epaper_id": "CASE WHEN linked THEN home.epaper_id END",
    },
    "alert": _same("description severity")
    | _json("opportunities threats actionable_alerts source_articles")
    | {
        "ward": "coalesce(ward, '')",
        "ward_id": "(SELECT ward_id FROM ward_label WHERE label = old.ward)",
        "created_at": "coalesce(created_at, updated_at)",
        "updated_at": "coalesce(updated_at, created_at)",
    },
    "election": _same("year round") | {"type": "upper(btrim(type))", "official_ref": _FIRST_REFERENCE},
    "polling_station": _same("ps_id name address lat lon ac_id pc_id ward_id ward_name") | _json("source_meta"),
    "result_ps": _same("ps_id party candidate votes total_polled rejected")
    | {
        "election_id": _ELECTION,
        "candidate_no": "(SELECT candidate_no FROM candidate_number WHERE result_id = old.id)",
        "created_at": "coalesce(created_at, now())",
    },
    "result_ward_agg": _same("party votes vote_share")
    | {"election_id": _ELECTION, "ward_id": _WARD, "computed_at": "coalesce(computed_at, now())"},
    "ward_profile": _same("electors votes_cast turnout_pct last_winner_party last_winner_year") | _OF_WARD,
    "ward_demographics": _same("literacy_idx muslim_idx scst_idx secc_deprivation_idx") | _OF_WARD,
    "ward_features": _json("as23_party_shares ls24_party_shares dvi incumbency_weakness")
    | _same("aci_23 turnout_volatility")
    | _OF_WARD,
}


_SOURCES = {
    "epaper": "old_epaper AS old JOIN fingerprint ON fingerprint.epaper_id = old.id",
    "post": "old_post AS old LEFT JOIN post_home AS home ON home.post_id = old.id",
}


def copied_rows(table: str) -> str:
    """FROM and WHERE of the rows of a table that are copied."""
    parts = (
        "FROM",
        _SOURCES.get(table, f"old_{table} AS old"),
        f"WHERE NOT EXISTS (SELECT FROM fate WHERE of_table = '{table}' AND fate.id = old.id)",
    )
    return " ".join(parts)


def copy_statement(table: str) -> str:
    """The statement that copies one batch, `:after` < id <= `:upto`, of a table."""
    columns = {"id": "old.id"} | COLUMNS[table]
    parts = (
        f"INSERT INTO {table} ({', '.join(columns)})",
        "SELECT",
        ", ".join(columns.values()),
        copied_rows(table),
        "AND old.id > :after AND old.id <= :upto",
    )
    return " ".join(parts)
