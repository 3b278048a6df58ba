"""Settings come from the environment alone, and a wrong one is one clear line."""

import pytest
from sqlalchemy.engine import make_url

from lokdarpan_core import Settings, SettingsError
from lokdarpan_core.settings import NAMES, described, notices


def test_defaults():
    settings = Settings.from_environment({})

    assert (None, None, "Asia/Kolkata", "ghmc-2016", None) == (
        settings.database_url,
        settings.home,
        settings.timezone.key,
        settings.delimitation,
        settings.require_key,
    )


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_form_of_a_postgresql_url_works(scheme):
    settings = Settings.from_environment({"LOKDARPAN_DATABASE_URL": f"{scheme}://me:p%40ss@host:5433/name"})

    assert make_url("postgresql+psycopg://me:p%40ss@host:5433/name") == settings.database_url


def test_names_of_the_original_are_read_where_ours_are_absent():
    theirs = {"DATABASE_URL": "postgres://h/theirs", "SECRET_KEY": "theirs", "REDIS_URL": "redis://theirs"}
    ours = {"LOKDARPAN_DATABASE_URL": "postgres://h/ours", "LOKDARPAN_SECRET_KEY": "ours"}

    alone, both = Settings.from_environment(theirs), Settings.from_environment(theirs | ours)

    assert ("theirs", "theirs", "theirs") == (alone.database_url.database, alone.secret_key, alone.redis_url.host)
    assert ("ours", "ours", "theirs") == (both.database_url.database, both.secret_key, both.redis_url.host)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("LOKDARPAN_DATABASE_URL", "mysql://root:hunter2@h/x", "starts with mysql://"),
        ("LOKDARPAN_DATABASE_URL", "hunter2", "is no URL"),
        ("LOKDARPAN_DATABASE_URL", "postgresql://u:hunter2@h:port/x", "has a port that is no number"),
        ("DATABASE_URL", "sqlite:///hunter2", "starts with sqlite://"),
        ("LOKDARPAN_TIMEZONE", "Asia/Hyderabad", "'Asia/Hyderabad' is no time zone"),
        ("LOKDARPAN_TIMEZONE", "/etc/passwd", "is no time zone"),
        ("LOKDARPAN_REQUIRE_KEY", "perhaps", "'perhaps' is neither true nor false"),
        ("LOKDARPAN_REDIS_URL", "http://:hunter2@h", "must start with redis://"),
        ("LOKDARPAN_DATABASE_URI", "x", "did you mean LOKDARPAN_DATABASE_URL?"),
        ("LOKDARPAN_XYZZY", "x", "`lokdarpan settings` lists"),
    ],
)
def test_wrong_setting_is_one_line_that_names_it_and_shows_no_secret(name, value, message):
    with pytest.raises(SettingsError, match=message.replace("?", r"\?")) as error:
        Settings.from_environment({name: value})

    assert name in str(error.value)
    assert "hunter2" not in str(error.value)
    assert 1 == len(str(error.value).splitlines())


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("No", False), ("FALSE", False), ("", None)])
def test_truth_values(text, value):
    assert value is Settings.from_environment({"LOKDARPAN_REQUIRE_KEY": text}).require_key


def test_unset_and_empty_are_the_same():
    assert Settings.from_environment({}) == Settings.from_environment(dict.fromkeys(NAMES, ""))


def test_secrets_are_masked():
    secrets = {
        "LOKDARPAN_DATABASE_URL": "postgresql://u:hunter2@h/x",
        "LOKDARPAN_SECRET_KEY": "hunter2",
        "LOKDARPAN_REDIS_URL": "redis://:hunter2@h",
    }
    settings = Settings.from_environment(secrets)

    shown = described(settings)

    assert list(NAMES) == [name for name, _, _ in shown]
    assert "hunter2" not in str(shown)
    assert "hunter2" not in repr(settings)
    assert all(explanation for _, _, explanation in shown)


def test_retired_names_give_one_notice():
    assert [] == notices({"PATH": "x"})
    (notice,) = notices({"CELERY_BROKER_URL": "x", "FLASK_ENV": "y", "PATH": "z"})
    assert "CELERY_BROKER_URL, FLASK_ENV" in notice


def test_example_file_names_every_setting(pytestconfig):
    example = (pytestconfig.rootpath / ".env.example").read_text()

    assert set(NAMES) == {line[1:].partition("=")[0] for line in example.splitlines() if line.startswith("#LOKDARPAN_")}
