"""A city whose figures are invented, over the packaged lists of wards: enough of everything that a page shows.

All figures follow from the wards' numbers, so that every run shows the same.
"""

import math
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Engine

from lokdarpan_core import (
    assign_stories,
    detect_alerts,
    import_list,
    ingest_jsonl,
    packaged_list,
    refresh_forecasts,
    sample_articles,
    seed,
    to_json,
)
from lokdarpan_core.schema import (
    election,
    result_ward_agg,
    ward_demographics,
    ward_features,
    ward_profile,
)

SOURCE = "example"
PARTIES = ("BRS", "BJP", "INC", "AIMIM")
NEWEST = date(2026, 6, 30)
PAST = (("GHMC", 2009, date(2009, 11, 23)), ("GHMC", 2016, date(2016, 2, 2)), ("GHMC", 2020, date(2020, 12, 1)))
QUIET = "Quiet Weekly (sample)"
UPPAL = (
    ("Uppal: pump fails, taps stay dry", "The pump house lost both motors before dawn; no tap ran until the evening."),
    (
        "Tankers sent to Uppal",
        "Fourteen tankers brought drinking water to the lanes behind the stadium, people queued.",
    ),
    (
        "Uppal schools close at noon",
        "Without water in the kitchens, five schools sent their pupils home at noon today.",
    ),
    ("Water board names a cause in Uppal", "Engineers blame a burnt cable for the dry taps and order a new panel."),
    (
        "Uppal councillor asks for an inquiry",
        "The councillor wants to know why the spare motor was lent away in March.",
    ),
    (
        "Traders of Uppal ask for help",
        "Tea stalls and laundries lost a day's trade and ask for a rebate on their dues.",
    ),
    (
        "Hospital in Uppal puts off operations",
        "Surgeons postponed nine operations since the tanks held water for an hour.",
    ),
    (
        "Uppal metro station gives out bottles",
        "Volunteers handed bottles of water to passengers until the last train had left.",
    ),
    (
        "When will the water be back in Uppal?",
        "The board promises full pressure by Thursday and a second feeder by autumn.",
    ),
)
URDU = "اپل میں پانی کی فراہمی پھر شروع ہوئی، مکینوں نے راحت کی سانس لی۔ محکمے نے کہا کہ مرمت کا کام مکمل ہو گیا ہے۔"
TELUGU = "ఉప్పల్ డివిజన్‌లో రోడ్ల మరమ్మతు పనులు మొదలయ్యాయి. వర్షాకాలం లోపు పూర్తి చేస్తామని అధికారులు చెప్పారు."
HINDI = "उप्पल में सड़क की मरम्मत का काम शुरू हुआ। अधिकारियों ने कहा कि बारिश से पहले काम पूरा होगा।"


def fill(engine: Engine, folder: object) -> None:
    """Fill an empty database."""
    with engine.begin() as connection:
        for id in ("ghmc-2016", "hyderabad-2026"):
            import_list(connection, packaged_list(id))
        seed(connection)
        _figures(connection)
        refresh_forecasts(connection, NEWEST)
    with sample_articles() as path:
        ingest_jsonl(engine, path)
    news = folder / "news.jsonl"
    news.write_bytes(b"\n".join(to_json(one) for one in articles()))
    ingest_jsonl(engine, news)
    assign_stories(engine)
    with engine.begin() as connection:
        detect_alerts(connection, NEWEST)


def shares(number: int, year: int) -> dict[str, float]:
    """A ward's shares in a year (fractions): each party is strong somewhere, and moves with the years."""
    weights = {
        party: math.exp(1.1 * math.sin(number / (5 + place) + place * 1.7) + 0.25 * math.cos(year * (place + 1)))
        for place, party in enumerate(PARTIES)
    }
    total = sum(weights.values())
    return {party: round(weight / total, 4) for party, weight in weights.items()}


def articles() -> list[dict[str, object]]:
    """Articles of June 2026: each day a few about some wards, more about Uppal in its last week, in four languages."""
    wards = [ward.name for ward in packaged_list("ghmc-2016").wards]
    found: list[dict[str, object]] = []
    for day in range(30):
        for nth in range(2):
            name = wards[(7 * day + 40 * nth) % 150]
            text = (
                f"Residents of {name} asked for repairs of the road that leads to the market on day {day + 1}. "
                f"Officials noted complaint {day * 2 + nth} and promised an answer within the week."
            )
            found.append(_article("Example Daily (sample)", day, f"Road repairs asked for in {name}", text, "en"))
        name = wards[(11 * day + 3) % 150]
        text = f"A meeting in {name} heard {day + 3} requests; the minutes of meeting {day} are on the notice board."
        found.append(_article("Sample Times (sample)", day, f"{name} meets for the {day + 1}. time", text, "en"))
    for title, text in UPPAL:
        found.append(_article("Sample Times (sample)", 29, title, f"{text} Uppal division, Hyderabad.", "en"))
        found.append(_article("Example Daily (sample)", 29, title, f"{text} Uppal division, Hyderabad.", "en"))
    found.append(_article("నమూనా పత్రిక (sample)", 29, "ఉప్పల్‌లో రోడ్ల మరమ్మతు", TELUGU, "te"))
    found.append(_article("نمونہ اخبار (sample)", 29, "اپل میں پانی کی فراہمی بحال", URDU, "ur"))
    found.append(_article("नमूना समाचार (sample)", 28, "उप्पल में सड़क की मरम्मत", HINDI, "hi"))
    found.append(_article(QUIET, 3, "Uppal library opens late", "The library in Uppal opens at ten from now on.", "en"))
    return found


def _article(paper: str, day: int, title: str, body: str, language: str) -> dict[str, object]:
    when = date(2026, 6, 1) + timedelta(days=day)
    return {
        "publication_name": paper,
        "publication_date": when.isoformat(),
        "title": title,
        "body": body,
        "city": "Hyderabad",
        "language": language,
        "url": f"https://example.org/{paper[:6].strip().replace(' ', '-')}/{when}/{abs(hash_of(title))}",
    }


def hash_of(text: str) -> int:
    """A number of a text that is the same in every run."""
    return sum((place + 1) * ord(character) for place, character in enumerate(text))


def _figures(connection: sa.Connection) -> None:
    now = datetime(2026, 6, 30, 6, tzinfo=UTC)
    ids = {}
    for type, year, held_on in PAST:
        statement = sa.insert(election).values(type=type, year=year, held_on=held_on).returning(election.c.id)
        ids[year] = connection.execute(statement).scalar_one()
    rows: dict[sa.Table, list[dict[str, object]]] = {
        table: [] for table in (result_ward_agg, ward_profile, ward_demographics, ward_features)
    }
    for ward in packaged_list("ghmc-2016").wards:
        number, electors = ward.number, 42_000 + 173 * (ward.number * 37 % 150)
        turnout = 40 + (ward.number * 53 % 190) / 10
        cast = round(electors * turnout / 100)
        for year, id in ids.items():
            rows[result_ward_agg] += [
                {
                    "election_id": id, "ward_id": ward.ward_id, "party": "TRS" if party == "BRS" else party,
                    "votes": round(cast * share), "vote_share": 100 * share, "turnout_pct": turnout,
                }
                for party, share in shares(number, year).items()
            ]  # fmt: skip
        if ward.ward_id == "WARD_001":
            continue
        as23, ls24 = shares(number, 2023), shares(number, 2024)
        last = shares(number, 2020)
        rows[ward_profile].append(
            {
                "ward_id": ward.ward_id, "electors": electors, "votes_cast": cast, "turnout_pct": round(turnout, 2),
                "last_winner_party": max(last, key=last.__getitem__), "last_winner_year": 2020, "source": SOURCE,
                "updated_at": now,
            }
        )  # fmt: skip
        rows[ward_demographics].append(
            {
                "ward_id": ward.ward_id, "literacy_idx": 0.7 + number % 20 / 100, "muslim_idx": number % 50 / 100,
                "scst_idx": number % 15 / 100, "secc_deprivation_idx": number % 40 / 100, "census_year": 2011,
                "source": SOURCE, "updated_at": now,
            }
        )  # fmt: skip
        rows[ward_features].append(
            {
                "ward_id": ward.ward_id, "as23_party_shares": as23, "ls24_party_shares": ls24,
                "dvi": {party: round(ls24[party] - as23[party], 4) for party in PARTIES}, "aci_23": 0.5,
                "turnout_volatility": 4.0, "incumbency_weakness": {}, "source": SOURCE, "updated_at": now,
            }
        )  # fmt: skip
    for table, values in rows.items():
        connection.execute(sa.insert(table), values)
