"""API keys: a token is shown once, and good until it is revoked or past its end."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from lokdarpan_core.api_keys import api_keys, create_key, find_key, note_use, revoke_key
from lokdarpan_core.errors import LokDarpanError, NotFoundError
from lokdarpan_core.news import runs
from lokdarpan_core.schema import api_key, ingest_run
from lokdarpan_core.timestamps import utc_now


def test_a_token_finds_its_key_and_nothing_else_does(connection):
    made, other = create_key(connection, "feed", ["ingest"]), create_key(connection, "page", ["read"])

    assert made.key == find_key(connection, made.token)
    assert other.key == find_key(connection, other.token)
    wrong = ["", made.token[:-1], made.token + "x", made.token.upper(), "\ud800", "lkd_\0"]
    assert [None] * len(wrong) == [find_key(connection, token) for token in wrong]


def test_the_token_is_kept_nowhere(connection):
    made = create_key(connection, "feed", ["ingest"])

    stored = str(connection.execute(sa.select(api_key)).mappings().one())
    assert made.token[10:] not in stored + repr(made) + repr(api_keys(connection))


def test_tokens_have_256_bits_and_never_come_twice(connection):
    tokens = {create_key(connection, "k", ["read"]).token for _ in range(50)}

    assert 50 == len(tokens)
    assert {len("lkd_") + 43} == set(map(len, tokens))  # 32 bytes in base64


def test_a_revoked_key_and_one_past_its_end_are_good_for_nothing(connection):
    revoked = create_key(connection, "old", ["admin"])
    ended = create_key(connection, "guest", ["read"], expires_at=utc_now() - timedelta(seconds=1))
    good = create_key(connection, "new", ["read"], expires_at=utc_now() + timedelta(days=1))

    revoke_key(connection, str(revoked.key.id))

    assert [None, None] == [find_key(connection, made.token) for made in (revoked, ended)]
    assert good.key == find_key(connection, good.token)


def test_revoking_again_keeps_the_first_time_and_lists_the_runs(connection):
    made = create_key(connection, "feed", ["ingest"])
    run = runs.begin(connection, "x.jsonl", "0" * 64, 1, {})
    connection.execute(sa.update(ingest_run).where(ingest_run.c.id == run).values(api_key_id=made.key.id))

    first, second = revoke_key(connection, made.token), revoke_key(connection, made.key.prefix)

    assert first == second
    assert (run,) == first.runs


def test_scopes_are_what_a_key_may_do(connection):
    made = create_key(connection, "two", ["read", "demographics", "read"])
    admin = create_key(connection, "all", ["admin"])

    assert ("demographics", "read") == made.key.scopes
    assert [True, True, False] == [made.key.may(scope) for scope in ("read", "demographics", "ingest")]
    assert admin.key.may("ingest")


def test_use_is_recorded_at_most_once_a_minute(connection):
    key = create_key(connection, "feed", ["read"]).key
    note_use(connection, key)
    an_hour_ago = utc_now() - timedelta(hours=1)
    half_a_minute_ago = utc_now() - timedelta(seconds=30)

    (first,) = api_keys(connection)
    connection.execute(sa.update(api_key).values(last_used_at=half_a_minute_ago))
    note_use(connection, key)
    (soon,) = api_keys(connection)
    connection.execute(sa.update(api_key).values(last_used_at=an_hour_ago))
    note_use(connection, key)
    (later,) = api_keys(connection)

    assert first.last_used_at is not None
    assert half_a_minute_ago == soon.last_used_at
    assert an_hour_ago < later.last_used_at


@pytest.mark.parametrize(
    ("name", "scopes"), [("", ["read"]), (" ", ["read"]), ("x", []), ("x", ["root"]), ("\0", ["read"])]
)
def test_what_is_no_key_is_refused(connection, name, scopes):
    with pytest.raises(LokDarpanError):
        create_key(connection, name, scopes)


@pytest.mark.parametrize("which", ["0", "lkd_nobody", "", "99999999999999999999"])
def test_no_such_key(connection, which):
    with pytest.raises(NotFoundError):
        revoke_key(connection, which)


def test_a_key_is_good_on_a_read_replica_where_its_use_can_not_be_noted(connection):
    made = create_key(connection, "reader", ["read"])
    connection.execute(sa.text("SET TRANSACTION READ ONLY"))

    key = find_key(connection, made.token)
    note_use(connection, key)

    assert find_key(connection, made.token).last_used_at is None
