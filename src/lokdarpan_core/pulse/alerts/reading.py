"""Alerts as they are read: of a ward, and the newest of a city."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import UnknownWardError
from lokdarpan_core.pulse.alerts.records import AdvisedAlert, AdvisedWardAlerts, Alert, WardAlerts, Window
from lokdarpan_core.pulse.alerts.wording import describe
from lokdarpan_core.pulse.messages import require_language
from lokdarpan_core.schema import epaper
from lokdarpan_core.timestamps import latest

MOST = 100
COLUMNS = """
    alert.id, alert.ward AS label, alert.ward_id, alert.published_on, alert.severity, alert.kind, alert.subject,
    alert.description, alert.message, alert.observed, alert.expected, alert.p_value, alert.q_value, alert.window_start,
    alert.window_end, alert.source_articles, alert.withdrawn_at, alert.updated_at, alert.opportunities, alert.threats,
    alert.actionable_alerts
"""
SPELLING = """
    (SELECT alias FROM ward_alias
     WHERE ward_alias.ward_id = ward.ward_id AND ward_alias.language = :lang AND ward_alias.verified
     ORDER BY length(alias), alias LIMIT 1) AS spelling
"""
NEWEST = "coalesce(alert.window_start, alert.created_at) DESC, alert.p_value NULLS LAST, alert.id DESC"
WARD = sa.text(f"""
    SELECT ward.name, ward.delimitation_id, {SPELLING} FROM ward WHERE ward.ward_id = :ward
""")  # noqa: S608
OF_WARD = sa.text(f"""
    SELECT {COLUMNS} FROM alert
    WHERE alert.ward_id = :ward AND (:withdrawn OR alert.withdrawn_at IS NULL)
    ORDER BY {NEWEST} LIMIT :limit
""")  # noqa: S608
OF_CITY = sa.text(f"""
    SELECT {COLUMNS}, ward.name, {SPELLING} FROM alert JOIN ward ON ward.ward_id = alert.ward_id
    WHERE ward.delimitation_id = :delimitation AND (:withdrawn OR alert.withdrawn_at IS NULL)
      AND (CAST(:since AS date) IS NULL OR alert.published_on >= :since)
    ORDER BY {NEWEST} LIMIT :limit
""")  # noqa: S608


def alerts_of(
    connection: Connection,
    ward_id: str,
    *,
    lang: str = "en",
    limit: int = MOST,
    full: bool = False,
    withdrawn: bool = False,
) -> WardAlerts:
    """A ward's alerts, the newest first, described in English (`en`) or Telugu (`te`).

    `full` adds what an older program advised, `withdrawn` those that no longer hold. A ward without alerts has an empty
    list. Raises ParameterError, and UnknownWardError for a ward that no loaded list has and no alert is about.
    """
    asked = {"ward": ward_id.strip().upper(), "lang": require_language(lang)}
    known = rows = None
    if "\0" not in ward_id:  # PostgreSQL takes it in no text
        known = connection.execute(WARD, asked).one_or_none()
        rows = connection.execute(OF_WARD, asked | {"withdrawn": withdrawn, "limit": limit}).mappings().all()
    if known is None and not rows:
        raise UnknownWardError(f"Nothing is known of a ward {ward_id!r}; ward ids look like WARD_001")
    name, place = (known.name, known.spelling or known.name) if known else (None, None)
    found = _alerts(connection, [dict(row) | {"name": name, "spelling": place} for row in rows or ()], lang, full)
    updated_at = latest(*(one.updated_at for one in found))
    record: Any = AdvisedWardAlerts if full else WardAlerts
    answer: WardAlerts = record(asked["ward"], name, known.delimitation_id if known else None, found, updated_at)
    return answer


def newest_alerts(
    connection: Connection,
    delimitation_id: str,
    limit: int = MOST,
    *,
    lang: str = "en",
    since: Any = None,
    full: bool = False,
    withdrawn: bool = False,
) -> list[Alert]:
    """The newest alerts of a delimitation's wards, of one day the least likely first; `since` a day of publication
    (date), which leaves an older program's alerts out. Raises ParameterError."""
    asked = {"delimitation": delimitation_id, "lang": require_language(lang), "since": since, "withdrawn": withdrawn}
    rows = connection.execute(OF_CITY, asked | {"limit": limit}).mappings()
    return _alerts(connection, [dict(row) for row in rows], lang, full)


def _alerts(connection: Connection, rows: list[dict[str, Any]], lang: str, full: bool) -> list[Alert]:
    articles = _articles(connection, rows)
    return [_alert(row, articles, lang, full) for row in rows]


def _alert(row: Mapping[str, Any], articles: Mapping[int, Any], lang: str, full: bool) -> Alert:
    message = row["message"]
    ours = row["published_on"] is not None and message is not None
    place = row["spelling"] or row["name"] or row["label"]
    values = {
        "id": row["id"],
        "ward": row["ward_id"],
        "name": row["name"] or row["label"],
        "description": describe(message, place, lang) if ours else row["description"],
        "terms": list(message["values"]["terms"]) if ours else [],
        "window": Window(row["window_start"], row["window_end"]),
        "source_articles": [_shown(one, articles) for one in row["source_articles"]]
        if ours
        else row["source_articles"],
    }
    record = AdvisedAlert if full else Alert
    rest = {field.name: row[field.name] for field in attrs.fields(record) if field.name not in values}
    return record(**values, **rest)


def _articles(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> dict[int, Any]:
    """Title and address of the articles behind our alerts, by id; those that are gone or withdrawn have none."""
    listed = [one for row in rows if row["published_on"] is not None for one in row["source_articles"] or ()]
    ids = sorted({one["epaper"] for one in listed if one["epaper"] is not None})
    if not ids:
        return {}
    wanted = epaper.c.id == sa.func.any(sa.literal(ids, sa.ARRAY(sa.BigInteger)))
    found = connection.execute(sa.select(epaper.c.id, epaper.c.title, epaper.c.url).where(wanted))
    return {row.id: row for row in found}


def _shown(article: Mapping[str, Any], articles: Mapping[int, Any]) -> dict[str, Any]:
    found = articles.get(article["epaper"]) if article["epaper"] is not None else None
    return {
        **{name: article[name] for name in ("epaper", "publication", "date")},
        "title": None if found is None else found.title,
        "url": None if found is None else found.url,
        "copies": article["copies"],
    }
