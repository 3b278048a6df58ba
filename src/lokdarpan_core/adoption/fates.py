"""What becomes of each row of the original: copied, unless a note here says otherwise.

`merged` into a row that says the same: the earliest of equal epapers, authors, elections and stations; of results that
a repeated import doubled (same election, station, party, candidate and votes); of several rows for one ward the newest.

`set aside` when it can't be kept without inventing something: a post without any time, a result that another row of
the same station and candidate contradicts. It stays where it was, is counted with its reason, and is named.

`recomputed`, for ward aggregates of elections whose stations are assigned to wards.

Posts find their home first: the epaper that they name, or that of their fingerprint. An epaper has one linked post;
what else belongs to it keeps its own text and stays unlinked.
"""

from functools import partial

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.adoption.notes import Work
from lokdarpan_core.errors import AmbiguousWardError, UnknownWardError
from lokdarpan_core.wards.gazetteer import Gazetteer

REASONS = {
    "same-name": "an author of the same name",
    "same-article": "the same article: publication, date and text",
    "same-election": "the same type, year and round",
    "same-station": "the same station id",
    "same-result": "the same election, station, party, candidate and votes",
    "older-row": "an older row of the same ward",
    "recomputed": "computed anew from the stations' results",
    "no-name": "an author without a name",
    "no-text": "no text",
    "no-publication": "no publication",
    "no-date": "no publication date",
    "no-time": "no time, and no epaper that would tell it",
    "no-type-or-year": "no type, or a year that is none",
    "no-station": "no station id",
    "no-election": "no such election",
    "no-ward": "no ward",
    "no-party": "no party",
    "no-votes": "no number of votes",
    "contradiction": "another row of the same station and candidate has other votes",
}

_LABELS = sa.text("""
    SELECT label FROM (
        SELECT ward_id AS label FROM old_polling_station UNION SELECT ward_name FROM old_polling_station
        UNION SELECT ward FROM old_alert UNION SELECT ward_id FROM old_result_ward_agg
        UNION SELECT ward_id FROM old_ward_profile UNION SELECT ward_id FROM old_ward_demographics
        UNION SELECT ward_id FROM old_ward_features
    ) AS labels WHERE btrim(label) <> ''
""")
_KEEP_LABELS = sa.text("""
    INSERT INTO ward_label (label, ward_id, delimitation_id)
    SELECT * FROM unnest(CAST(:labels AS text[]), CAST(:wards AS text[]), CAST(:delimitations AS text[]))
""")
_AUTHORS = """
    INSERT INTO fate (of_table, id, fate, reason, into_id)
    SELECT 'author', id, CASE WHEN name IS NULL THEN 'set aside' ELSE 'merged' END,
           CASE WHEN name IS NULL THEN 'no-name' ELSE 'same-name' END, CASE WHEN name IS NOT NULL THEN first END
    FROM (SELECT id, name, min(id) OVER (PARTITION BY name) AS first FROM old_author) AS one
    WHERE name IS NULL OR id <> first
"""
_EPAPERS = """
    INSERT INTO fate (of_table, id, fate, reason)
    SELECT 'epaper', id, 'set aside', CASE WHEN raw_text IS NULL THEN 'no-text'
                                           WHEN publication_name IS NULL THEN 'no-publication' ELSE 'no-date' END
    FROM old_epaper WHERE raw_text IS NULL OR publication_name IS NULL OR publication_date IS NULL
"""
_EQUAL_EPAPERS = """
    INSERT INTO fate (of_table, id, fate, reason, into_id)
    SELECT 'epaper', epaper_id, 'merged', 'same-article', first
    FROM (SELECT epaper_id, min(epaper_id) OVER (PARTITION BY sha256) AS first FROM fingerprint) AS one
    WHERE epaper_id <> first
"""
_POST_HOMES = """
    WITH archived AS (
        SELECT epaper_id AS id, coalesce(into_id, epaper_id) AS epaper_id, sha256, cut, undated
        FROM fingerprint LEFT JOIN fate ON of_table = 'epaper' AND fate.id = epaper_id
    ), kept AS (
        SELECT * FROM archived WHERE id = epaper_id
    ), candidate AS (
        SELECT old_post.id AS post_id, archived.epaper_id,
               CASE WHEN old_post.epaper_id = archived.epaper_id THEN 0 ELSE 1 END AS place
        FROM old_post JOIN archived ON archived.id = old_post.epaper_id
        UNION ALL
        SELECT post_id, kept.epaper_id, 2 FROM post_fingerprint JOIN kept USING (sha256)
        UNION ALL
        SELECT post_id, kept.epaper_id, 3 FROM post_fingerprint JOIN kept ON kept.cut = post_fingerprint.sha256
        UNION ALL
        SELECT post_id, kept.epaper_id, 4 FROM post_fingerprint JOIN kept USING (undated)
    ), home AS (
        SELECT DISTINCT ON (post_id) post_id, epaper_id, place FROM candidate ORDER BY post_id, place, epaper_id
    )
    INSERT INTO post_home (post_id, epaper_id, how, linked)
    SELECT post_id, epaper_id, (ARRAY['named', 'repointed', 'fingerprint', 'beginning', 'undated'])[place + 1],
           row_number() OVER (PARTITION BY epaper_id ORDER BY place, post_id) = 1
    FROM home
"""
_POSTS = """
    INSERT INTO fate (of_table, id, fate, reason)
    SELECT 'post', id, 'set aside', CASE WHEN text IS NULL THEN 'no-text' ELSE 'no-time' END
    FROM old_post
    WHERE (text IS NULL OR coalesce(created_at, pg_temp.as_time(written_time)) IS NULL)
      AND NOT EXISTS (SELECT FROM post_home WHERE post_id = old_post.id)
"""
_ALERTS = """
    INSERT INTO fate (of_table, id, fate, reason)
    SELECT 'alert', id, 'set aside', 'no-time' FROM old_alert WHERE coalesce(created_at, updated_at) IS NULL
"""
_ELECTIONS = """
    INSERT INTO fate (of_table, id, fate, reason, into_id)
    SELECT 'election', id, CASE WHEN usable THEN 'merged' ELSE 'set aside' END,
           CASE WHEN usable THEN 'same-election' ELSE 'no-type-or-year' END, CASE WHEN usable THEN first END
    FROM (
        SELECT id, usable, min(id) OVER (PARTITION BY usable, upper(btrim(type)), year, round) AS first
        FROM (SELECT *, coalesce(btrim(type) <> '' AND year BETWEEN 1 AND 9999, false) AS usable FROM old_election)
             AS election
    ) AS one
    WHERE NOT usable OR id <> first
"""
_STATIONS = """
    INSERT INTO fate (of_table, id, fate, reason, into_id)
    SELECT 'polling_station', id, CASE WHEN usable THEN 'merged' ELSE 'set aside' END,
           CASE WHEN usable THEN 'same-station' ELSE 'no-station' END, CASE WHEN usable THEN first END
    FROM (
        SELECT id, coalesce(btrim(ps_id) <> '', false) AS usable, min(id) OVER (PARTITION BY ps_id) AS first
        FROM old_polling_station
    ) AS one
    WHERE NOT usable OR id <> first
"""
_RESULTS = """
    WITH held AS (
        SELECT old_election.id, coalesce(into_id, old_election.id) AS election_id
        FROM old_election LEFT JOIN fate ON of_table = 'election' AND fate.id = old_election.id
        WHERE fate IS DISTINCT FROM 'set aside'
    ), result AS (
        SELECT old_result_ps.id, held.election_id, coalesce(btrim(ps_id) <> '', false) AS has_station, votes,
               min(votes) OVER same AS fewest, max(votes) OVER same AS most,
               first_value(old_result_ps.id) OVER (same ORDER BY votes IS NULL, old_result_ps.id) AS first
        FROM old_result_ps LEFT JOIN held ON held.id = old_result_ps.election_id
        WINDOW same AS (PARTITION BY held.election_id, ps_id, party, candidate)
    ), judged AS (
        SELECT id, first, CASE WHEN election_id IS NULL THEN 'no-election' WHEN NOT has_station THEN 'no-station'
                               WHEN fewest <> most THEN 'contradiction'
                               WHEN id <> first THEN 'same-result' END AS reason
        FROM result
    )
    INSERT INTO fate (of_table, id, fate, reason, into_id)
    SELECT 'result_ps', id, CASE reason WHEN 'same-result' THEN 'merged' ELSE 'set aside' END, reason,
           CASE reason WHEN 'same-result' THEN first END
    FROM judged WHERE reason IS NOT NULL
"""
_CANDIDATES = """
    INSERT INTO candidate_number (result_id, candidate_no)
    SELECT id, dense_rank() OVER (PARTITION BY election_id, ac_id ORDER BY first)
    FROM (
        SELECT result.id, election_id, ac_id,
               min(result.id) OVER (PARTITION BY election_id, ac_id, party, candidate) AS first
        FROM (
            SELECT old_result_ps.id, coalesce(into_id, election_id) AS election_id, ps_id, party, candidate
            FROM old_result_ps LEFT JOIN fate ON of_table = 'election' AND fate.id = election_id
            WHERE NOT EXISTS (SELECT FROM fate WHERE of_table = 'result_ps' AND fate.id = old_result_ps.id)
        ) AS result
        LEFT JOIN (
            SELECT ps_id, ac_id FROM old_polling_station
            WHERE NOT EXISTS (SELECT FROM fate WHERE of_table = 'polling_station' AND id = old_polling_station.id)
        ) AS station USING (ps_id)
    ) AS one
"""
_WARDS = """
    INSERT INTO fate (of_table, id, fate, reason, into_id)
    SELECT '{table}', id, CASE WHEN ward IS NULL THEN 'set aside' ELSE 'merged' END,
           CASE WHEN ward IS NULL THEN 'no-ward' ELSE 'older-row' END, CASE WHEN ward IS NOT NULL THEN newest END
    FROM (
        SELECT id, ward, first_value(id) OVER (PARTITION BY ward ORDER BY updated_at DESC NULLS LAST, id DESC) AS newest
        FROM (
            SELECT old.id, updated_at, coalesce(ward_label.ward_id, nullif(upper(btrim(old.ward_id)), '')) AS ward
            FROM old_{table} AS old LEFT JOIN ward_label ON label = old.ward_id
        ) AS named
    ) AS one
    WHERE ward IS NULL OR id <> newest
"""
_AGGREGATES = """
    WITH held AS (
        SELECT old_election.id, coalesce(into_id, old_election.id) AS election_id
        FROM old_election LEFT JOIN fate ON of_table = 'election' AND fate.id = old_election.id
        WHERE fate IS DISTINCT FROM 'set aside'
    ), assigned AS (
        SELECT DISTINCT held.election_id
        FROM old_result_ps JOIN held ON held.id = old_result_ps.election_id
        JOIN old_polling_station AS station USING (ps_id)
        WHERE EXISTS (SELECT FROM ward_label WHERE label IN (station.ward_id, ward_name))
          AND NOT EXISTS (SELECT FROM fate WHERE of_table = 'polling_station' AND fate.id = station.id)
          AND NOT EXISTS (SELECT FROM fate WHERE of_table = 'result_ps' AND fate.id = old_result_ps.id)
    ), named AS (
        SELECT old.id, held.election_id, votes, party, computed_at,
               coalesce(ward_label.ward_id, nullif(nullif(upper(btrim(old.ward_id)), ''), 'UNKNOWN')) AS ward
        FROM old_result_ward_agg AS old
        LEFT JOIN held ON held.id = old.election_id LEFT JOIN ward_label ON label = old.ward_id
    ), judged AS (
        SELECT id, first_value(id) OVER (
                   PARTITION BY election_id, ward, party ORDER BY votes IS NULL, computed_at DESC NULLS LAST, id DESC
               ) AS newest,
               CASE WHEN election_id IN (SELECT election_id FROM assigned) THEN 'recomputed'
                    WHEN election_id IS NULL THEN 'no-election' WHEN ward IS NULL THEN 'no-ward'
                    WHEN party IS NULL THEN 'no-party' WHEN votes IS NULL THEN 'no-votes' END AS reason
        FROM named
    )
    INSERT INTO fate (of_table, id, fate, reason, into_id)
    SELECT 'result_ward_agg', id,
           CASE WHEN reason = 'recomputed' THEN reason WHEN reason IS NULL THEN 'merged' ELSE 'set aside' END,
           coalesce(reason, 'older-row'), CASE WHEN reason IS NULL THEN newest END
    FROM judged WHERE reason IS NOT NULL OR id <> newest
"""

_STEPS = {
    "authors": (_AUTHORS,),
    "epapers": (_EPAPERS, _EQUAL_EPAPERS),
    "posts": (_POST_HOMES, _POSTS),
    "alerts": (_ALERTS,),
    "elections": (_ELECTIONS, _STATIONS),
    "results": (_RESULTS, _CANDIDATES),
    "wards": tuple(_WARDS.format(table=name) for name in ("ward_profile", "ward_demographics", "ward_features")),
    "ward aggregates": (_AGGREGATES,),
}


def judge(work: Work, gazetteer: Gazetteer) -> None:
    """Fill the notes: which ward each label means, and the fate of every row."""
    work.whole("wards: what their labels mean", lambda connection: _read_labels(connection, gazetteer))
    for name, statements in _STEPS.items():
        work.analyze()
        work.whole(f"{name}: what becomes of them", partial(_run, statements))
    work.analyze()


def _run(statements: tuple[str, ...], connection: Connection) -> None:
    for statement in statements:
        connection.execute(sa.text(statement))


def _read_labels(connection: Connection, gazetteer: Gazetteer) -> None:
    found = []
    for label in connection.execute(_LABELS).scalars().all():
        try:
            found.append((label, gazetteer.resolve(label)))
        except (UnknownWardError, AmbiguousWardError):
            continue
    values = {
        "labels": [label for label, _ in found],
        "wards": [ward.ward_id for _, ward in found],
        "delimitations": [ward.delimitation for _, ward in found],
    }
    connection.execute(_KEEP_LABELS, values)
