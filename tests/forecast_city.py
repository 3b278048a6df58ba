"""A city in the database whose wards can be forecast: stations in wards, and their results at several elections."""

import json
import random
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from results import add_election, add_station, add_wards

from lokdarpan_core import refresh
from lokdarpan_core.schema import result_ps, ward_forecast

DAYS = (date(2009, 11, 23), date(2016, 2, 2), date(2020, 12, 1))
NEXT, TODAY = date(2026, 2, 8), date(2026, 1, 10)
NOON = datetime(2026, 1, 10, 6, 30, tzinfo=UTC)
WARDS, ELECTORS = 12, 40_000
PARTIES = ("INC", "BJP", "BRS", "AIMIM")
LEVELS = {"INC": 0.3, "BJP": 0.1, "BRS": 0.4, "AIMIM": -0.5}


def printed(party, day):
    """What a sheet says: BRS was called TRS before 2022."""
    return "TRS" if party == "BRS" and day.year < 2022 else party


def add_votes(connection, election_id, day, wards=range(1, WARDS + 1), seed=1):
    """One election's station results: a station a ward, four parties and an independent."""
    draw, of_ward = random.Random(seed * 10_000 + day.toordinal()), random.Random(seed)
    lean = {(ward, party): of_ward.gauss(0, 0.5) for ward in range(1, WARDS + 1) for party in PARTIES}
    swing = {party: draw.gauss(0, 0.2) for party in PARTIES}
    rows = []
    for ward in wards:
        weight = {
            party: 2.718 ** (LEVELS[party] + lean[ward, party] + swing[party] + draw.gauss(0, 0.15))
            for party in PARTIES
        }
        votes = {party: round(20_000 * value / sum(weight.values())) for party, value in weight.items()}
        candidates = [(printed(party, day), f"{party} {ward}", count) for party, count in votes.items()]
        candidates.append(("IND", f"Independent {ward} of {day.year}", 300 + ward))
        rows += [
            {"election_id": election_id, "ps_id": f"60-{ward}", "candidate_no": number, "party": party}
            | {"candidate": name, "votes": count}
            for number, (party, name, count) in enumerate(candidates, start=1)
        ]
    connection.execute(sa.insert(result_ps), rows)


def add_city(connection, days=DAYS, next_day=NEXT):
    """Twelve wards with station results of GHMC elections on these days, aggregated; and the next election's row, where
    it has a day. Returns the ids of the elections with results."""
    add_wards(connection, WARDS)
    elections = {day: add_election(connection, "GHMC", day.year, held_on=day) for day in days}
    turnouts = dict.fromkeys(elections.values(), (ELECTORS, ELECTORS // 2))
    for ward in range(1, WARDS + 1):
        add_station(connection, f"60-{ward}", {f"WARD_{ward:03}": 1}, turnouts)
    for day, election_id in elections.items():
        add_votes(connection, election_id, day)
    if next_day is not None:
        add_election(connection, "GHMC", next_day.year, held_on=next_day)
    refresh(connection)
    return elections


def today():
    """The day that it is in this city."""
    return datetime.now(ZoneInfo("Asia/Kolkata")).date()


def soon():
    """A day for the next election, for programs that look at the clock."""
    return today() + timedelta(days=90)


def embargo(start, end, order="SEC/12"):
    """The setting, in JSON, of one window from `start` to `end` (aware)."""
    window = {"start": start.isoformat(), "end": end.isoformat(), "authority": "State Election Commission"}
    return json.dumps([window | {"order": order, "text": "Silence before the poll."}])


def embargo_now():
    """The setting of a window that holds while a test runs."""
    now = datetime.now(UTC)
    return embargo(now - timedelta(hours=1), now + timedelta(hours=1))


def telling(said):
    """The texts that would give a prediction away (an API's answer, as bytes): its chances and bounds as they are
    printed, as fractions and per cent."""
    answer = json.loads(said)
    numbers = [chance for chance in answer["win_probability"].values() if chance > 0.001]
    bounds = [bound for interval in answer["intervals"].values() for bound in interval]
    texts = {f"{number:.4f}".rstrip("0") for number in numbers} | {f"{100 * number:.2f}" for number in numbers}
    texts |= {f"{bound:.2f}" for bound in bounds} | {f"{bound / 100:.4f}" for bound in bounds}
    return {text for text in texts if len(text) > 4} | {"win-probability", "win_probability"}


def given_away(secrets, *texts):
    """Those that stand in one of the texts, as a whole: a bound of 36.73 is in a share of 36.7347 by chance."""
    return [
        secret
        for secret in sorted(secrets)
        if any(re.search(rf"(?<![0-9.]){re.escape(secret)}(?![0-9])", text) for text in texts)
    ]


def forecast_of(connection, ward_id):
    """What is stored of a ward's forecast."""
    query = sa.select(ward_forecast.c.forecast).where(ward_forecast.c.ward_id == ward_id)
    return connection.execute(query).scalar_one()
