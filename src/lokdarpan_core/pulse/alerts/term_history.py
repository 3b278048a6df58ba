"""What the stories of a day say, and how often the eight weeks before said the same: the ward, and the city."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.pulse.alerts.history import window_before
from lokdarpan_core.pulse.alerts.model import HISTORY_DAYS, MIN_STORIES
from lokdarpan_core.pulse.alerts.terms import CityTerms, WardTerms, shared
from lokdarpan_core.pulse.alerts.told import Telling
from lokdarpan_core.pulse.names import OwnName, names
from lokdarpan_core.schema import post_terms

# A story is read by its first article: its copies say the same. OFFSET 0 keeps the planner at the window's rows.
BEFORE = sa.text("""
    WITH mention AS MATERIALIZED (
        SELECT ward.ward_id, link.post_id, coalesce(article.story_id, -link.post_id) AS story, said.terms
        FROM ward
        CROSS JOIN LATERAL (
            SELECT post_id FROM post_ward
            WHERE post_ward.ward_id = ward.ward_id AND post_ward.published_on BETWEEN :start AND :end OFFSET 0
        ) AS link
        CROSS JOIN LATERAL (SELECT epaper_id FROM post WHERE post.id = link.post_id OFFSET 0) AS post
        CROSS JOIN LATERAL (SELECT terms FROM post_terms WHERE post_terms.post_id = link.post_id OFFSET 0) AS said
        LEFT JOIN LATERAL (
            SELECT story_id, date_guessed FROM epaper WHERE epaper.id = post.epaper_id OFFSET 0
        ) AS article ON true
        WHERE ward.delimitation_id = :delimitation AND article.date_guessed IS NOT TRUE
    ), told AS (
        SELECT DISTINCT ON (story) story, terms FROM mention ORDER BY story, post_id
    ), city AS MATERIALIZED (
        SELECT term, count(*) AS stories FROM told CROSS JOIN unnest(terms) AS said (term) GROUP BY term
    ), told_of AS MATERIALIZED (
        SELECT DISTINCT ON (ward_id, story) ward_id, story, terms FROM mention
        WHERE ward_id = ANY(:wards) ORDER BY ward_id, story, post_id
    )
    SELECT 'words' AS what, NULL AS ward_id, NULL AS term, count(*) AS stories FROM city
    UNION ALL SELECT 'city', NULL, NULL, count(DISTINCT story) FROM mention
    UNION ALL SELECT 'city', NULL, term, stories FROM city WHERE term = ANY(:terms)
    UNION ALL SELECT 'ward', ward_id, NULL, count(*) FROM told_of GROUP BY ward_id
    UNION ALL SELECT 'ward', ward_id, term, count(*) FROM told_of CROSS JOIN unnest(terms) AS said (term)
              WHERE term = ANY(:terms) GROUP BY ward_id, term
""")
SPELT = sa.text("SELECT ward_id, name FROM ward UNION ALL SELECT ward_id, alias FROM ward_alias")
NO_TERMS = CityTerms(0, {}, 0)


def read_terms(
    connection: Connection, delimitation_id: str, day: date, told: Mapping[str, Sequence[Telling]]
) -> tuple[dict[str, WardTerms], CityTerms]:
    """The terms of each ward that was in enough stories, and those of the city. Stories whose terms were not looked for
    yet say nothing."""
    today = _without_names(connection, _today(connection, told))
    if not today:
        return {}, NO_TERMS
    terms = sorted({term for said in today.values() for term in shared(said)})
    asked = {
        "delimitation": delimitation_id,
        "start": window_before(day, HISTORY_DAYS),
        "end": day - timedelta(days=1),
        "terms": terms,
        "wards": sorted(today),
    }
    counted: dict[tuple[str, str | None], dict[str | None, int]] = {}
    for what, ward_id, term, stories in connection.execute(BEFORE, asked):
        counted.setdefault((what, ward_id), {})[term] = stories
    of_wards = {ward_id: _ward(said, counted.get(("ward", ward_id), {})) for ward_id, said in today.items()}
    city = counted["city", None]
    return of_wards, CityTerms(city[None], _named(city), counted["words", None][None])


def _without_names(
    connection: Connection, today: Mapping[str, Mapping[int, frozenset[str]]]
) -> dict[str, dict[int, frozenset[str]]]:
    """The terms in several of a ward's stories that could be an issue: that its stories name it, a place around it or a
    party is none (see `keywords`)."""
    spelt = connection.execute(SPELT).all() if today else []
    known = names("\n".join(row.name for row in spelt))
    topics: dict[str, set[str]] = {}
    for ward_id, said in today.items():
        own = OwnName.of(row.name for row in spelt if row.ward_id == ward_id)
        topics[ward_id] = {term for term in shared(said) if not own.is_in(term) and known.kind(term) == "topic"}
    return {
        ward_id: {story: terms & topics[ward_id] for story, terms in said.items()} for ward_id, said in today.items()
    }


def _ward(today: Mapping[int, frozenset[str]], counted: Mapping[str | None, int]) -> WardTerms:
    return WardTerms(today, counted.get(None, 0), _named(counted))


def _named(counted: Mapping[str | None, int]) -> dict[str, int]:
    return {term: stories for term, stories in counted.items() if term is not None}


def _today(connection: Connection, told: Mapping[str, Sequence[Telling]]) -> dict[str, dict[int, frozenset[str]]]:
    """Ward -> story -> its terms, for wards in enough stories."""
    enough = {ward: ones for ward, ones in told.items() if len({one.story for one in ones}) >= MIN_STORIES}
    posts = sorted({one.post_id for ones in enough.values() for one in ones})
    if not posts:
        return {}
    wanted = post_terms.c.post_id == sa.func.any(sa.literal(posts, sa.ARRAY(sa.BigInteger)))
    rows = connection.execute(sa.select(post_terms.c.post_id, post_terms.c.terms).where(wanted))
    terms: dict[int, list[str]] = {row.post_id: row.terms for row in rows}
    found: dict[str, dict[int, frozenset[str]]] = {}
    for ward, ones in enough.items():
        for one in ones:
            if one.post_id in terms:
                said = found.setdefault(ward, {})
                said[one.story] = said.get(one.story, frozenset()) | frozenset(terms[one.post_id])
    return found
