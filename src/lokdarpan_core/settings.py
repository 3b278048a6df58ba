"""Settings: one frozen class, read from the environment and from nowhere else.

Every name starts with `LOKDARPAN_`. Three names that existing deployments use are accepted where ours is absent:
`DATABASE_URL`, `SECRET_KEY`, `REDIS_URL`. A name that starts with `LOKDARPAN_` and is not known is refused, since a
misspelt setting that is silently ignored is found on election day.
"""

import difflib
import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import environ
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from lokdarpan_core.embargo import Embargo, parse_embargo, read_embargo
from lokdarpan_core.errors import SettingsError

PREFIX = "LOKDARPAN"
FALLBACKS = {
    "LOKDARPAN_DATABASE_URL": "DATABASE_URL",
    "LOKDARPAN_SECRET_KEY": "SECRET_KEY",
    "LOKDARPAN_REDIS_URL": "REDIS_URL",
}
TEST_NAMES = {"LOKDARPAN_REAL_DATA"}  # read by the test suite, harmless everywhere else
RETIRED_PREFIX, RETIRED_NAMES = "CELERY_", {"FLASK_ENV"}
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
DRIVERS = {"postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2", "postgresql+asyncpg"}


def _database_url(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError("is no URL; expected postgresql://user:password@host:5432/database") from None
    except ValueError:
        raise ValueError("has a port that is no number; expected postgresql://user:password@host:5432/name") from None
    if url.drivername not in DRIVERS:
        raise ValueError(f"starts with {url.drivername}://, but LokDarpan runs on PostgreSQL only (postgresql://…)")
    return url.set(drivername="postgresql+psycopg")


def _redis_url(text: str) -> URL:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must start with redis://, rediss:// or unix://")
    return make_url(text)


class Secret(str):
    """Text that no representation shows; `str(secret)` is the text itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def _timezone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{text!r} is no time zone; expected a name such as Asia/Kolkata") from None


def _schedule(text: str) -> str | None:
    parts = text.strip("'\"").split()  # a container's env file keeps the quotes that a shell needs
    if parts == ["never"]:
        return None
    if len(parts) != 5 or not all(re.fullmatch(r"[\d*/,-]+", part) for part in parts):
        raise ValueError(f"{text!r} is no schedule; expected minute, hour, day, month, weekday ('0 6 * * *') or never")
    return " ".join(parts)


def _number(kind: type[int] | type[float], least: float, most: float) -> Any:
    def convert(text: Any) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = kind(-1)
        if not least <= value <= most:
            raise ValueError(f"{text!r} is no number from {least:g} to {most:g}")
        return value

    return convert


def _embargo(text: str | tuple[Embargo, ...]) -> tuple[Embargo, ...]:
    """Windows from text, or as `from_environment` has put them together from text and file."""
    if not isinstance(text, str):
        return text
    bare = text.strip()
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"":  # see `_schedule`
        bare = bare[1:-1]
    return parse_embargo(bare, f"{PREFIX}_EMBARGO")


def _proxies(text: str) -> tuple[Network | str, ...]:
    return tuple(_network(word) for word in _words(text))


def _network(word: str) -> Network | str:
    if word == "unix":
        return word
    try:
        return ipaddress.ip_network(word)
    except ValueError:
        raise ValueError(f"{word!r} is no network; expected such as 127.0.0.1, 10.0.0.0/8 or unix") from None


def _origins(text: str) -> tuple[str, ...]:
    for word in (words := _words(text)):
        if word != "*" and not re.fullmatch(
            r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?", word
        ):
            raise ValueError(f"{word!r} is no origin; expected such as https://example.org or http://localhost:8080")
    return words


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.strip("'\"").replace(",", " ").split())


def _truth(text: str) -> bool:
    values = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in values:
        raise ValueError(f"{text!r} is neither true nor false")
    return values[text.lower()]


def _optional(converter: Any) -> Any:
    """An absent or blank value is None; anything else goes through the converter."""
    return lambda value: converter(value) if isinstance(value, str) and value else None


@environ.config(prefix=PREFIX, frozen=True)
class Settings:
    """All settings of one process. Make it with `Settings.from_environment(os.environ)`; tests pass a plain dict."""

    database_url: URL | None = environ.var(
        default=None, converter=_optional(_database_url), help="PostgreSQL, as postgresql://user:password@host/name"
    )
    home: Path | None = environ.var(
        default=None, converter=_optional(Path), help="Folder of the embedded PostgreSQL (default: user data folder)"
    )
    pg_bin: Path | None = environ.var(
        default=None, converter=_optional(Path), help="Folder with PostgreSQL's programs, for the embedded server"
    )
    pg_user: str | None = environ.var(
        default=None, converter=_optional(str), help="Account that runs the embedded server when root starts it"
    )
    timezone: ZoneInfo = environ.var(
        default="Asia/Kolkata", converter=_timezone, help="The zone in which a day begins and ends"
    )
    delimitation: str = environ.var(default="ghmc-2016", help="The delimitation in which a ward is looked up first")
    require_key: bool | None = environ.var(
        default=None, converter=_optional(_truth), help="Whether reading needs a key; must be set to serve a network"
    )
    rate_limit: int = environ.var(
        default="600", converter=_number(int, 0, 10**9), help="Requests a minute from one address without key; 0: any"
    )
    rate_limit_with_key: int = environ.var(
        default="6000", converter=_number(int, 0, 10**9), help="Requests a minute with one key; 0 is without limit"
    )
    trusted_proxies: tuple[Network | str, ...] = environ.var(
        default="", converter=_proxies, help="Proxies whose word is taken for who asks: networks, or unix for a socket"
    )
    cors_origins: tuple[str, ...] = environ.var(
        default="", converter=_origins, help="Origins whose pages may read the API in a browser (https://…), or *"
    )
    embargo: tuple[Embargo, ...] = environ.var(
        default="", converter=_embargo, help="When no forecast is shown: windows as TOML or JSON, and those of the file"
    )
    embargo_file: Path | None = environ.var(
        default=None, converter=_optional(Path), help="A file with such windows; it is read at the start"
    )
    imprint: str | None = environ.var(
        default=None, converter=_optional(str), help="Printer and publisher, for what is printed from the page"
    )
    secret_key: Secret | None = environ.var(
        default=None, converter=_optional(Secret), help="Signs the messages in the job queue"
    )
    redis_url: URL | None = environ.var(
        default=None, converter=_optional(_redis_url), help="Redis or Valkey for the job queue (default: PostgreSQL)"
    )
    host: str | None = environ.var(
        default=None, converter=_optional(str), help="This machine's name in the job ledger (default: its host name)"
    )
    sweep_seconds: float = environ.var(
        default="60", converter=_number(float, 1, 3600), help="How often waiting and orphaned jobs are looked for"
    )
    job_attempts: int = environ.var(
        default="8", converter=_number(int, 1, 1000), help="How often a job is tried before it has failed"
    )
    inbox: Path | None = environ.var(
        default=None, converter=_optional(Path), help="Folder that files are taken from; jobs read no others"
    )
    inbox_settle_seconds: float = environ.var(
        default="5", converter=_number(float, 0, 600), help="How long a file must not have grown to be taken"
    )
    schedule_inbox: str | None = environ.var(
        default="0 6 * * *", converter=_schedule, help="When the inbox is emptied, in the time zone above; or never"
    )
    schedule_refresh: str | None = environ.var(
        default="30 6 * * *", converter=_schedule, help="When aggregates, features and forecasts are computed; or never"
    )
    schedule_alerts: str | None = environ.var(
        default="0 7 * * *", converter=_schedule, help="When the newest days are searched for alerts; or never"
    )
    schedule_purge: str | None = environ.var(
        default="never", converter=_schedule, help="When `lokdarpan purge` is done as a job"
    )
    keep_rejects_days: int = environ.var(
        default="90", converter=_number(int, 1, 36_500), help="How long a purge leaves the bytes of rejected lines"
    )
    keep_jobs_days: int = environ.var(
        default="30", converter=_number(int, 2, 36_500), help="How long a purge leaves jobs that are over"
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings from a mapping like os.environ.

        Raises SettingsError, in one line, for a value that can't be used or a `LOKDARPAN_` name that does not exist.
        """
        values = {name: environment.get(name) or environment.get(FALLBACKS.get(name, ""), "") for name in NAMES}
        for name in environment:
            if name.startswith(f"{PREFIX}_") and name not in NAMES and name not in TEST_NAMES:
                bare = {known.removeprefix(f"{PREFIX}_"): known for known in NAMES}
                near = difflib.get_close_matches(name.removeprefix(f"{PREFIX}_"), bare, n=1)
                hint = f"did you mean {bare[near[0]]}?" if near else "`lokdarpan settings` lists the names that exist"
                raise SettingsError(f"There is no setting {name}: {hint}")
        present: dict[str, Any] = {name: value for name, value in values.items() if value}
        for name, value in present.items():
            _check(name, value)
        present[f"{PREFIX}_EMBARGO"] = _windows(values)
        settings: Settings = environ.to_config(cls, environ=present)
        return settings


NAMES = {f"{PREFIX}_{field.name.upper()}": field for field in attrs.fields(Settings)}  # type: ignore[arg-type]


def _check(name: str, value: str) -> None:
    """Try one value by itself, so that the message names the variable and never shows a secret."""
    converter = NAMES[name].converter
    try:
        if converter is not None:
            converter(value)
    except ValueError as error:
        raise SettingsError(f"{name} {error}") from None


def _windows(values: Mapping[str, str]) -> tuple[Embargo, ...]:
    """Those of the setting and those of the file together."""
    windows, path = _embargo(values[f"{PREFIX}_EMBARGO"]), values[f"{PREFIX}_EMBARGO_FILE"]
    if path:
        try:
            windows += read_embargo(Path(path))
        except SettingsError as error:
            raise SettingsError(f"{PREFIX}_EMBARGO_FILE: {error}") from None
    return tuple(sorted(windows, key=lambda one: (one.start, one.end)))


def notices(environment: Mapping[str, str]) -> list[str]:
    """One line about names of the Flask and Celery backend that mean nothing here; empty when there are none."""
    old = sorted(name for name in environment if name.startswith(RETIRED_PREFIX) or name in RETIRED_NAMES)
    return [f"Not used any more: {', '.join(old)} (jobs run on Huey; see .env.example)"] if old else []


def described(settings: Settings) -> list[tuple[str, str, str]]:
    """(name, value, help) of every setting, with secrets masked: for `lokdarpan settings`."""
    rows = []
    for name, field in NAMES.items():
        value = getattr(settings, field.name)
        rows.append((name, "" if value is None else _shown(value), _help(field)))
    return rows


def _shown(value: object) -> str:
    if isinstance(value, Secret):
        return "***"
    if isinstance(value, tuple) and not isinstance(value, URL):  # a URL is one, and masks its own password
        return "; ".join(map(str, value))
    return str(value)


def _help(field: Any) -> str:
    return str(next(iter(field.metadata.values())).help)
