"""Judge one day of one delimitation, and store what it raises."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.pulse.alerts.counts import Counts, Day
from lokdarpan_core.pulse.alerts.history import read_counts, window_before
from lokdarpan_core.pulse.alerts.judging import Finding, Judged, judge
from lokdarpan_core.pulse.alerts.model import HISTORY_DAYS, MIN_HISTORY_DAYS
from lokdarpan_core.pulse.alerts.records import CityReport, NotJudged, Raised
from lokdarpan_core.pulse.alerts.severity import severity
from lokdarpan_core.pulse.alerts.storing import Written, store
from lokdarpan_core.pulse.alerts.term_history import read_terms
from lokdarpan_core.pulse.alerts.told import Telling, source_articles, stories_of
from lokdarpan_core.pulse.alerts.wording import describe
from lokdarpan_core.schema import ward

NO_ARTICLES = "no articles that day"
NO_HISTORY = f"no source has {MIN_HISTORY_DAYS} days of history"
NO_WARDS = "no wards"
UNTOUCHED = Written(0, 0, 0, 0)


def judge_city(connection: Connection, delimitation_id: str, day: date) -> CityReport:
    """Judge all wards of a delimitation on a day; the caller holds the day's lock."""
    counts = read_counts(connection, delimitation_id, window_before(day, HISTORY_DAYS), day)
    today = counts.day(day)
    reason = _reason(counts, today)
    if reason is not None:
        written = store(connection, delimitation_id, day, ()) if reason == NO_ARTICLES else UNTOUCHED
        return _report(today, Judged(0, ()), written, [], delimitation_id=delimitation_id, reason=reason)
    told = stories_of(connection, delimitation_id, day, today.sources)
    judged = judge(today, *read_terms(connection, delimitation_id, day, told))
    names = {row.ward_id: row.name for row in connection.execute(sa.select(ward.c.ward_id, ward.c.name))}
    rows = [_row(finding, names[finding.ward_id], day, told[finding.ward_id]) for finding in judged.findings]
    written = store(connection, delimitation_id, day, rows)
    return _report(today, judged, written, rows, delimitation_id=delimitation_id, reason=None)


def _reason(counts: Counts, today: Day) -> str | None:
    """Why a day can't be judged."""
    if not counts.wards:
        return NO_WARDS
    if today.sources:
        return None
    return NO_HISTORY if today.fresh else NO_ARTICLES


def _row(finding: Finding, name: str, day: date, told: Sequence[Telling]) -> dict[str, Any]:
    """An alert as it is stored. Figures are rounded, so that the last bit of a sum does not make another alert."""
    tellings = _about(finding, told)
    figures = {
        "observed": finding.observed,
        "expected": round(finding.expected, 4),
        "p_value": float(f"{finding.p_value:.6g}"),
        "q_value": float(f"{finding.q_value:.6g}"),
    }
    stories = len({one.story for one in told})
    values = {"day": day.isoformat(), "subject": finding.subject, "terms": list(finding.terms), "stories": stories}
    message = {"id": f"alert.{finding.kind}", "values": values | figures | {"copies": len(tellings)}}
    return figures | {
        "ward_id": finding.ward_id,
        "published_on": day.isoformat(),
        "kind": finding.kind,
        "subject": finding.subject,
        "ward": name,
        "description": describe(message, name, "en"),
        "message": message,
        "severity": severity(finding.p_value, finding.observed),
        "source_articles": source_articles(tellings, day),
        "window_start": _midnight(day).isoformat(),
        "window_end": _midnight(day + timedelta(days=1)).isoformat(),
    }


def _about(finding: Finding, told: Sequence[Telling]) -> list[Telling]:
    """The tellings that a finding counts."""
    if finding.kind == "party":
        own = {one.story for one in told if one.party == finding.subject}
    elif finding.kind == "issue":
        own = set(finding.stories)
    else:
        return list(told)
    return [one for one in told if one.story in own]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _report(
    today: Day,
    judged: Judged,
    written: Written,
    rows: list[dict[str, Any]],
    *,
    delimitation_id: str,
    reason: str | None,
) -> CityReport:
    left_out = [NotJudged(source, NO_ARTICLES) for source in today.silent]
    left_out += [NotJudged(source, f"fewer than {MIN_HISTORY_DAYS} days of history") for source in today.fresh]
    names = ("kind", "subject", "severity", "description", "observed", "expected", "p_value", "q_value")
    return CityReport(
        delimitation_id,
        reason,
        list(today.sources),
        left_out,
        today.history_days,
        len(today.wards),
        judged.questions,
        written.new,
        written.changed,
        written.unchanged,
        written.withdrawn,
        [Raised(row["ward_id"], row["ward"], *(row[name] for name in names)) for row in rows],
    )
