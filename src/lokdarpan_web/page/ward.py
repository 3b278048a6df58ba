"""What a ward's page shows, read from the database: every part by the core function that the API answers with."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import attrs
from sqlalchemy import Connection

from lokdarpan_core import (
    Embargo,
    EmbargoError,
    Freshness,
    NotFoundError,
    Prediction,
    Settings,
    Ward,
    WardMeta,
    WardResults,
    WardSheet,
    namesake,
    prediction,
    ward_meta,
    ward_results,
    ward_sheets,
    without_sensitive,
)
from lokdarpan_core import Gazetteer as Wards
from lokdarpan_core.pulse.evidence import AlsoIn, Evidence
from lokdarpan_core.pulse.pulse import Pulse, pulse
from lokdarpan_core.pulse.trends import Trends, trends
from lokdarpan_web.page.alerts import Band, RaisedAlert, alerts_in
from lokdarpan_web.page.links import web_link

DAYS, DAYS_SHOWN = 14, 30
LEAST_RIVAL = 0.05
EXAMPLE = "example"


@attrs.frozen
class Votes:
    """How a ward voted: what is known of it, its results by election, and the sheets that they come from."""

    ward: Ward
    meta: WardMeta | None
    results: WardResults | None
    sheets: tuple[WardSheet, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing of the ward's own."""
        own = self.results is not None and self.results.results
        return not own and (self.meta is None or self.meta.features is None)


@attrs.frozen
class ShownEvidence:
    """A story as the page shows it: the excerpt in pieces, of which some are marked, and a link only where it leads to
    the web."""

    publication: str | None
    date: date
    title: str | None
    excerpt: str
    pieces: tuple[tuple[str, bool], ...]
    url: str | None
    language: str | None
    copies: int
    also_in: list[AlsoIn]


@attrs.frozen
class WardPage:
    """All of it. `until` is the newest day with articles, None where there are none at all. `old` is the ward of the
    same name before the city was cut anew, where this one has no votes of its own."""

    ward: Ward
    spellings: dict[str, str]
    day: date
    until: date | None
    fresh: Freshness
    own: Votes
    old: Votes | None
    prediction: Prediction | None
    embargo: tuple[Embargo, ...]
    pulse: Pulse | None
    days: Trends | None
    usual: Band
    alerts: tuple[RaisedAlert, ...]

    @property
    def votes(self) -> Votes:
        """The votes that are shown: the ward's own, else those of the old ward."""
        return self.old if self.old is not None and self.own.is_empty else self.own

    @property
    def of_old_ward(self) -> bool:
        """Whether the votes shown are those of the old ward."""
        return self.votes is self.old

    @property
    def evidence(self) -> list[ShownEvidence]:
        """The stories behind the counts."""
        return [_evidence(one) for one in self.pulse.evidence] if self.pulse is not None else []

    @property
    def favourite(self) -> str:
        """The party that the forecast gives most chances."""
        chances = self.prediction.win_probability if self.prediction is not None else {}
        return max(chances, key=lambda party: chances[party], default="")

    @property
    def rivals(self) -> list[str]:
        """The next two, if they have a chance of one in twenty or more."""
        chances = self.prediction.win_probability if self.prediction is not None else {}
        ordered = sorted(chances, key=lambda party: -chances[party])
        return [party for party in ordered[1:3] if chances[party] >= LEAST_RIVAL]

    def headline(self, name: str) -> Any:
        """A figure of the comparison: of the profile, or `stories` and `alerts`; None where it is not known."""
        if name == "alerts":
            return None if self.pulse is None else len(self.alerts)
        if name == "stories":
            return None if self.pulse is None else self.pulse.metrics.stories
        meta = self.votes.meta
        return getattr(meta.profile, name) if meta is not None and meta.profile is not None else None

    @property
    def is_example(self) -> bool:
        """Whether any figure shown is an invented one."""
        meta = self.votes.meta
        parts = [meta.profile, meta.features, meta.demographics] if meta is not None else []
        sources = {part.source for part in parts if part is not None}
        return EXAMPLE in sources or (self.prediction is not None and self.prediction.source == EXAMPLE)


def read_ward(
    connection: Connection,
    gazetteer: Wards,
    fresh: Freshness,
    settings: Settings,
    ward_id: str,
    *,
    day: date,
    lang: str,
    sensitive: bool,
    band: Callable[[str, date, date], Band],
) -> WardPage:
    """Read a ward's page. `day` is today; `sensitive` shows the shares of communities; `band` tells in which bounds a
    ward's days usually stay (it reads the whole city, so that it is remembered). Raises UnknownWardError."""
    ward = _listed(gazetteer, ward_id)
    own = _votes(connection, ward, sensitive=sensitive)
    older = namesake(gazetteer, ward) if own.is_empty and ward.delimitation else None
    forecast, embargo = _prediction(connection, settings, ward.ward_id)
    said = None
    until = fresh.newest
    if until is not None and ward.delimitation:
        said = pulse(connection, ward.ward_id, days=DAYS, until=until, lang=lang, timezone=settings.timezone)
    days = None
    usual: Band = ()
    if until is not None and ward.delimitation:
        days = trends(connection, ward.ward_id, days=DAYS_SHOWN, until=until, timezone=settings.timezone)
        usual = band(ward.ward_id, days.start_date, until)
    return WardPage(
        ward=ward,
        spellings=_spellings(gazetteer, ward),
        day=day,
        until=until,
        fresh=fresh,
        own=own,
        old=None if older is None else _votes(connection, older, sensitive=False),
        prediction=forecast,
        embargo=embargo,
        pulse=said,
        days=days,
        usual=usual,
        alerts=()
        if until is None
        else alerts_in(connection, ward.ward_id, until - timedelta(days=DAYS_SHOWN - 1), lang),
    )


def _listed(gazetteer: Wards, ward_id: str) -> Ward:
    """The ward of the lists; one that figures alone know is its id and nothing more."""
    found = next((ward for ward in gazetteer.wards if ward.ward_id == ward_id), None)
    return found or Ward(ward_id, "", 0, ward_id)


def _spellings(gazetteer: Wards, ward: Ward) -> dict[str, str]:
    """The ward's name in other languages, the shortest that somebody has verified."""
    found: dict[str, str] = {}
    for one in gazetteer.spellings:
        if one.ward_id == ward.ward_id and one.verified and one.language and one.kind == "alias":
            known = found.get(one.language)
            if known is None or (len(one.alias), one.alias) < (len(known), known):
                found[one.language] = one.alias
    return found


def _votes(connection: Connection, ward: Ward, *, sensitive: bool) -> Votes:
    meta: WardMeta | None
    results: WardResults | None
    try:
        meta = ward_meta(connection, ward.ward_id)
        meta = meta if sensitive else without_sensitive(meta)
    except NotFoundError:
        meta = None
    try:
        results = ward_results(connection, ward.ward_id)
    except NotFoundError:
        results = None
    return Votes(ward, meta, results, ward_sheets(connection, ward.ward_id) if results is not None else ())


def _prediction(
    connection: Connection, settings: Settings, ward_id: str
) -> tuple[Prediction | None, tuple[Embargo, ...]]:
    try:
        return prediction(connection, ward_id, embargo=settings.embargo), ()
    except EmbargoError as error:
        return None, error.windows
    except NotFoundError:
        return None, ()


def _evidence(one: Evidence) -> ShownEvidence:
    pieces, at = [], 0
    for mark in sorted(one.marks, key=lambda mark: mark.start):
        if mark.start < at:
            continue
        pieces += [(one.excerpt[at : mark.start], False), (one.excerpt[mark.start : mark.end], True)]
        at = mark.end
    pieces.append((one.excerpt[at:], False))
    return ShownEvidence(
        one.publication,
        one.date,
        one.title,
        one.excerpt,
        tuple(piece for piece in pieces if piece[0]),
        web_link(one.url),
        one.language,
        one.copies,
        one.also_in,
    )
