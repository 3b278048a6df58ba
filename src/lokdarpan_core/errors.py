"""What can go wrong, for people: each error says what was wrong, where, and what would be right.

Every error that LokDarpan raises on purpose is a `LokDarpanError`. A class's docstring is its default message.
"""

import inspect
from collections.abc import Iterable, Sequence
from typing import Any

import attrs


@attrs.frozen
class Candidate:
    """A ward that may have been meant."""

    ward_id: str
    name: str
    delimitation: str


class LokDarpanError(Exception):
    """Something went wrong in LokDarpan."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.getdoc(type(self)) or type(self).__name__)


class SettingsError(LokDarpanError):
    """A setting in the environment is wrong."""


class NoDatabaseError(SettingsError):
    """No database is named, and there is no embedded one yet: set LOKDARPAN_DATABASE_URL (or DATABASE_URL) to a
    PostgreSQL URL, or run `lokdarpan db start` for a private server."""


class DatabaseUnavailableError(LokDarpanError):
    """The database can't be reached."""


class SchemaError(LokDarpanError):
    """The database is not at this version's schema: run `lokdarpan db upgrade`."""


class LockTimeoutError(LokDarpanError):
    """Another session holds a lock that the upgrade needs. Nothing was changed; try again when it is gone."""


class EmbeddedServerError(LokDarpanError):
    """The embedded PostgreSQL server can't run."""


class SourceError(LokDarpanError):
    """The input can't be read."""


class Form20Error(SourceError):
    """The file is no Form 20 sheet that can be read."""


class DisputedSheetError(Form20Error):
    """The sheet does not add up, or has no candidates: `findings` says what and where."""

    def __init__(self, message: str | None = None, findings: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class PanelError(SourceError):
    """The election panel can't be used: each row is one party's votes or share in one unit at one election."""


class ParameterError(LokDarpanError):
    """A parameter can't be used; `field` names it, and the message says what is allowed."""

    def __init__(self, message: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFoundError(LokDarpanError):
    """There is no such thing."""


class UnknownWardError(NotFoundError):
    """There is no ward of that id; ward ids look like WARD_001."""

    def __init__(self, message: str | None = None, candidates: Iterable[Candidate] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class AmbiguousWardError(LokDarpanError):
    """The label fits more than one ward, or its number and its name are of different ones: give a ward id."""

    def __init__(self, message: str | None = None, candidates: Iterable[Candidate] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class ConflictError(LokDarpanError):
    """The state of the database does not allow this now."""
