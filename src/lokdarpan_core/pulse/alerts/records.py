"""Alerts as records: what a ward's answer holds, and what became of a day that was judged."""

from datetime import date, datetime
from typing import Any

import attrs

from lokdarpan_core.display import Shown


@attrs.frozen
class Window:
    """From `start` up to `end` (UTC), which is no part of it; None in alerts of an older program."""

    start: datetime | None
    end: datetime | None


@attrs.frozen
class Alert(Shown):
    """What rose in a ward. `observed` and `expected` are stories of the window; `p_value` is the chance of as many
    where nothing has changed, `q_value` the same after the correction for all that was judged that day.

    `kind` is `mentions` (the ward itself), `party` or `issue`, `subject` the party or the term, empty for the ward.
    `terms` are those that rose. `source_articles` has an entry for each story: publication, date, title, url and
    `copies`, the articles that tell it. An alert of an older program has what that program wrote, and no
    `published_on`.
    """

    id: int
    ward: str
    name: str | None
    published_on: date | None
    severity: str | None
    kind: str | None
    subject: str | None
    description: str | None
    terms: list[str]
    observed: float | None
    expected: float | None
    p_value: float | None
    q_value: float | None
    window: Window
    source_articles: Any
    withdrawn_at: datetime | None
    updated_at: datetime


@attrs.frozen
class AdvisedAlert(Alert):
    """The same with what an older program advised; null in alerts of this one."""

    opportunities: Any = None
    threats: Any = None
    actionable_alerts: Any = None


@attrs.frozen
class WardAlerts(Shown):
    """A ward's alerts, the newest first; `updated_at` is the newest of theirs, None when there are none."""

    ward: str
    name: str | None
    delimitation: str | None
    alerts: list[Alert]
    updated_at: datetime | None


@attrs.frozen
class AdvisedWardAlerts(WardAlerts):
    """The same with what an older program advised."""

    alerts: list[AdvisedAlert]  # type: ignore[assignment]
    updated_at: datetime | None  # again, so that it stays the last


@attrs.frozen
class NotJudged:
    """A source that was left out of a day, and why: `no articles that day`, or too few days of history."""

    source: str
    reason: str


@attrs.frozen
class Raised:
    """A finding of a day, as it is stored: stories observed and expected, and the chance of as many."""

    ward: str
    name: str
    kind: str
    subject: str
    severity: str
    description: str
    observed: int
    expected: float
    p_value: float
    q_value: float


@attrs.frozen
class CityReport(Shown):
    """One delimitation's day. `reason` says why it was not judged, else it is None. `history_days` are the days before
    it on which its sources delivered, `questions` all that was asked: wards, their parties, their issues. Of its
    alerts, `new` are there for the first time or again, `changed` say something else than before, `withdrawn` no longer
    hold."""

    delimitation: str
    reason: str | None
    sources: list[str]
    not_judged: list[NotJudged]
    history_days: int
    wards: int
    questions: int
    new: int
    changed: int
    unchanged: int
    withdrawn: int
    alerts: list[Raised]


@attrs.frozen
class AlertReport(Shown):
    """What came of judging a day, for each delimitation."""

    day: date
    cities: list[CityReport]


@attrs.frozen
class ExpectedDay(Shown):
    """One day of a ward: stories of the sources that are judged, stories expected, and the bounds within which
    `level` (a fraction) of such days lie. Where `reason` says why there is no expectation, the rest is None."""

    day: date
    observed: int | None
    expected: float | None
    low: int | None
    high: int | None
    level: float
    reason: str | None = None
