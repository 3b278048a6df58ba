"""API keys: random tokens that are shown once and kept as hashes.

A token has 256 random bits, so that a plain sha256 of it is as good as a slow password hash, and looking it up by its
hash tells an attacker's clock nothing: to come near a stored hash is as hard as to find the token. What a key may do is
its scopes; what it did, the ingest runs that name it.
"""

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime

import attrs
import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core.errors import LokDarpanError, NotFoundError
from lokdarpan_core.schema import api_key, ingest_run
from lokdarpan_core.timestamps import as_utc

SCOPES = {
    "read": "read everything that is open, and the advice in alerts",
    "demographics": "see the shares of Muslims and of Scheduled Castes and Tribes",
    "ingest": "send articles",
    "admin": "all of these",
}
TOKEN_PREFIX = "lkd_"  # noqa: S105 (so that a scanner recognises a leaked one)
SHOWN = len(TOKEN_PREFIX) + 6  # how much of a token is kept, to tell keys apart
USE_INTERVAL_S = 60


@attrs.frozen
class ApiKey:
    """A key as it is kept: `prefix` is the beginning of its token. Times are UTC; None means never."""

    id: int
    name: str
    prefix: str
    scopes: tuple[str, ...] = attrs.field(converter=tuple)
    expires_at: datetime | None
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def may(self, scope: str) -> bool:
        """Has it this scope, by name or as `admin`?"""
        return scope in self.scopes or "admin" in self.scopes


@attrs.frozen
class NewKey:
    """A key that was just made, with its token, which nobody can be told again."""

    key: ApiKey
    token: str = attrs.field(repr=False)


_FIELDS = [api_key.c[field.name] for field in attrs.fields(ApiKey)]


def create_key(
    connection: Connection, name: str, scopes: Collection[str], *, expires_at: datetime | None = None
) -> NewKey:
    """Make a key with these scopes (of SCOPES). Raises LokDarpanError for a blank name and for an unknown scope."""
    unknown = sorted(set(scopes) - SCOPES.keys())
    if unknown or not scopes:
        said = f"There is no scope {', '.join(unknown)}" if unknown else "A key needs a scope"
        raise LokDarpanError(f"{said}; there are {', '.join(SCOPES)}")
    if not name.strip() or "\0" in name:
        raise LokDarpanError("A key needs a name, so that whoever finds it in a list knows whose it is")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    values = {
        "name": name.strip(),
        "prefix": token[:SHOWN],
        "key_sha256": _hash(token),
        "scopes": sorted(set(scopes)),
        "expires_at": None if expires_at is None else as_utc(expires_at),
    }
    row = connection.execute(sa.insert(api_key).values(values).returning(*_FIELDS)).mappings().one()
    return NewKey(ApiKey(**row), token)


def find_key(connection: Connection, token: str) -> ApiKey | None:
    """The key of a token, if it is neither revoked nor past its end."""
    valid = (api_key.c.revoked_at.is_(None), sa.func.coalesce(api_key.c.expires_at > sa.func.now(), sa.true()))
    query = sa.select(*_FIELDS).where(api_key.c.key_sha256 == _hash(token), *valid)
    row = connection.execute(query).mappings().one_or_none()
    return ApiKey(**row) if row else None


def note_use(connection: Connection, key: ApiKey) -> None:
    """Record that a key was used, at most once a minute: requests must not queue for one row. On a read replica, where
    nothing can be written, it is not recorded."""
    if connection.execute(sa.select(sa.func.current_setting("transaction_read_only"))).scalar_one() == "on":
        return
    before = api_key.c.last_used_at
    stale = sa.or_(before.is_(None), before < sa.func.now() - sa.text(f"interval '{USE_INTERVAL_S} seconds'"))
    free = sa.select(api_key.c.id).where(api_key.c.id == key.id, stale).with_for_update(skip_locked=True)
    connection.execute(
        sa.update(api_key).where(api_key.c.id.in_(free.scalar_subquery())).values(last_used_at=sa.func.now())
    )


def api_keys(connection: Connection) -> list[ApiKey]:
    """All keys, also those that are revoked, the newest first."""
    return [ApiKey(**row) for row in connection.execute(sa.select(*_FIELDS).order_by(api_key.c.id.desc())).mappings()]


@attrs.frozen
class Revocation:
    """A key that is no longer good, and the ingest runs that it began: what it brought may have to go as well."""

    key: ApiKey
    runs: tuple[int, ...]


def revoke_key(connection: Connection, which: str) -> Revocation:
    """Revoke a key by its id or the beginning of its token. Safe to repeat: the first time of revocation stays.

    Raises NotFoundError, also when the beginning fits more than one.
    """
    same = api_key.c.id == int(which) if re.fullmatch(r"[0-9]{1,18}", which) else api_key.c.prefix == which[:SHOWN]
    ids = connection.scalars(sa.select(api_key.c.id).where(same)).all()
    if len(ids) != 1:
        found = f"{len(ids)} keys begin with {which[:SHOWN]!r}: give the id" if ids else f"There is no key {which!r}"
        raise NotFoundError(f"{found}; `lokdarpan keys list` shows them")
    revoked_at = sa.func.coalesce(api_key.c.revoked_at, sa.func.now())
    statement = sa.update(api_key).where(api_key.c.id == ids[0]).values(revoked_at=revoked_at).returning(*_FIELDS)
    row = connection.execute(statement).mappings().one()
    runs = sa.select(ingest_run.c.id).where(ingest_run.c.api_key_id == ids[0]).order_by(ingest_run.c.id)
    return Revocation(ApiKey(**row), tuple(connection.scalars(runs)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
