"""An embargo holds from its first moment to its end, is read strictly, and carries its orders to whoever asks."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lokdarpan_core.embargo import EmbargoError, active, forbid, next_change, parse_embargo, read_embargo
from lokdarpan_core.errors import SettingsError

SILENCE = {
    "start": "2026-02-06T17:00:00+05:30",
    "end": "2026-02-08T17:00:00+05:30",
    "authority": "State Election Commission",
    "order": "SEC/12",
    "text": "Silence before the poll.",
}
EXIT_POLLS = SILENCE | {"start": "2026-02-08T07:00:00+05:30", "end": "2026-02-08T18:30:00+05:30", "order": "SEC/13"}
TOML = """
[[window]]
start = 2026-02-08T07:00:00+05:30
end = 2026-02-08T18:30:00+05:30
authority = "State Election Commission"
order = "SEC/13"
text = "Silence before the poll."
"""


def at(text):
    return datetime.fromisoformat(text)


@pytest.fixture
def windows():
    return parse_embargo(json.dumps([EXIT_POLLS, SILENCE]))


def test_windows_are_utc_and_in_order_of_their_start(windows):
    assert [datetime(2026, 2, 6, 11, 30, tzinfo=UTC), datetime(2026, 2, 8, 1, 30, tzinfo=UTC)] == [
        window.start for window in windows
    ]


def test_toml_and_json_say_the_same(tmp_path):
    path = tmp_path / "embargo.toml"
    path.write_text(TOML, encoding="utf-8")

    assert parse_embargo(json.dumps({"window": [EXIT_POLLS]})) == read_embargo(path)


@pytest.mark.parametrize(
    ("now", "orders"),
    [
        ("2026-02-06T16:59:59+05:30", []),
        ("2026-02-06T17:00:00+05:30", ["SEC/12"]),
        ("2026-02-08T12:00:00+05:30", ["SEC/12", "SEC/13"]),
        ("2026-02-08T17:00:00+05:30", ["SEC/13"]),
        ("2026-02-08T13:00:00+00:00", []),
    ],
)
def test_window_holds_from_its_start_to_before_its_end(windows, now, orders):
    assert orders == [window.order for window in active(windows, at(now))]


def test_error_carries_the_windows_and_says_until_when(windows):
    with pytest.raises(EmbargoError, match=r"before 2026-02-08 13:00 UTC.*SEC/12.*SEC/13") as caught:
        forbid(windows, at("2026-02-08T12:00:00+05:30"))

    assert windows == caught.value.windows


def test_nothing_is_forbidden_outside_of_all_windows(windows):
    assert forbid(windows, at("2026-02-09T00:00:00+05:30")) is None


def test_next_change_is_the_next_start_or_end(windows):
    first, last = at("2026-02-06T17:00:00+05:30"), at("2026-02-08T18:30:00+05:30")

    assert first == next_change(windows, first - timedelta(days=3))
    assert at("2026-02-08T07:00:00+05:30") == next_change(windows, first)
    assert next_change(windows, last) is None


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(2026, 2, 5), max_value=datetime(2026, 2, 10)))
def test_what_holds_does_not_change_before_the_next_change(now):
    """A copy of an answer may be kept until then, and no longer."""
    windows = parse_embargo(json.dumps([EXIT_POLLS, SILENCE]))
    change = next_change(windows, now)

    if change is not None:
        assert active(windows, now) == active(windows, change - timedelta(microseconds=1))
        assert active(windows, change) != active(windows, change - timedelta(microseconds=1))


@pytest.mark.parametrize("text", ["", " \n", "[]", '{"window": []}', "# none yet"])
def test_no_windows_forbid_nothing(text):
    assert () == parse_embargo(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[window]", "neither TOML nor JSON"),
        ('{"window": [', "neither TOML nor JSON"),
        ("windows = 3", "holds `window` entries and nothing else"),
        ("window = 3", "no list of windows"),
        ("window = [3]", "window 1 is no table"),
        (json.dumps([SILENCE, SILENCE | {"start": "2026-02-06T17:00:00"}]), "window 2: 'start' is .* with its zone"),
        (json.dumps([SILENCE | {"end": "soon"}]), "'end' is soon"),
        (json.dumps([SILENCE | {"end": SILENCE["start"]}]), "not after its start"),
        (json.dumps([SILENCE | {"order": ""}]), "has no 'order'"),
        (json.dumps([SILENCE | {"order": 12}]), "should be a text"),
        (json.dumps([SILENCE | {"place": "Hyderabad"}]), "has 'place'"),
        (TOML.replace("07:00:00+05:30", "07:00:00"), "with its zone"),
    ],
)
def test_what_is_wrong_is_said_with_the_window(text, message):
    with pytest.raises(SettingsError, match=message):
        parse_embargo(text)


def test_file_that_is_not_there_is_a_settings_error(tmp_path):
    with pytest.raises(SettingsError, match="No such file"):
        read_embargo(tmp_path / "absent.toml")


def test_naive_now_is_refused(windows):
    with pytest.raises(ValueError, match="time zone"):
        active(windows, datetime(2026, 2, 8))
