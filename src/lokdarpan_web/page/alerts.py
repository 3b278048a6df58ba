"""Alerts as pages show them: the sentence that core makes of each, and the articles behind it.

An alert of an older program has what that program wrote, in whatever form: of its articles those are shown that are
records with a title.
"""

from datetime import date
from typing import Any

import attrs
from sqlalchemy import Connection

from lokdarpan_core import UnknownWardError
from lokdarpan_core.pulse.alerts.reading import alerts_of, newest_alerts
from lokdarpan_core.pulse.alerts.records import Alert
from lokdarpan_web.page.language import direction, language_of
from lokdarpan_web.page.links import web_link

MOST_ARTICLES = 3
OF_WARD = "mentions"

Band = tuple[tuple[date, float, float], ...]


@attrs.frozen
class ShownArticle:
    """An article behind an alert; `direction` is `rtl` where its script is written so."""

    publication: str | None
    title: str
    url: str | None
    language: str | None
    direction: str | None


@attrs.frozen
class RaisedAlert:
    """An alert: the day that it is about, what it says, stories observed and expected, and articles behind it."""

    ward: str
    published_on: date | None
    kind: str | None
    severity: str | None
    text: str
    observed: float | None
    expected: float | None
    articles: tuple[ShownArticle, ...]

    @property
    def is_of_ward_itself(self) -> bool:
        """Whether the ward rose, and not a party or an issue in it."""
        return self.kind == OF_WARD and self.published_on is not None

    @property
    def above(self) -> float:
        """How many stories more than expected."""
        return (self.observed or 0.0) - (self.expected or 0.0)


def alerts_in(connection: Connection, ward_id: str, since: date, lang: str) -> tuple[RaisedAlert, ...]:
    """A ward's alerts of the days from `since`, and those of an older program, the newest first."""
    try:
        found = alerts_of(connection, ward_id, lang=lang).alerts
    except UnknownWardError:
        return ()
    return tuple(_raised(one) for one in found if one.published_on is None or one.published_on >= since)


def newest_in(connection: Connection, delimitation: str, lang: str) -> tuple[RaisedAlert, ...]:
    """The newest alerts of a city's wards."""
    return tuple(_raised(one) for one in newest_alerts(connection, delimitation, lang=lang))


def band_of(connection: Connection, ward_id: str, start: date, end: date) -> Band:
    """On each day with an expectation the bounds that 9 of 10 such days stay in."""
    from lokdarpan_core.pulse.alerts.band import expected_band  # noqa: PLC0415 (numpy: only where it is drawn)

    days = expected_band(connection, ward_id, start, end)
    return tuple((one.day, one.low, one.high) for one in days if one.low is not None and one.high is not None)


def _raised(one: Alert) -> RaisedAlert:
    listed = one.source_articles if isinstance(one.source_articles, list) else []
    articles = [_article(article) for article in listed if isinstance(article, dict)]
    return RaisedAlert(
        one.ward,
        one.published_on,
        one.kind,
        one.severity,
        one.description or "",
        one.observed,
        one.expected,
        tuple(article for article in articles if article is not None)[:MOST_ARTICLES],
    )


def _article(said: dict[str, Any]) -> ShownArticle | None:
    title, publication, url = (said.get(name) for name in ("title", "publication", "url"))
    if not isinstance(title, str) or not title.strip():
        return None
    language = language_of(title)
    return ShownArticle(
        publication if isinstance(publication, str) else None,
        title,
        web_link(url) if isinstance(url, str) else None,
        language,
        direction(language),
    )
