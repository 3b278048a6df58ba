"""A city of two wards, and an archive that speaks of them, for tests of what is counted."""

from datetime import UTC, date, datetime, time

import sqlalchemy as sa
from sqlalchemy import Connection

from lokdarpan_core import fingerprint
from lokdarpan_core.schema import author, delimitation, epaper, post, post_ward, story, ward, ward_alias

CITY = "testville-2020"
WARD, OTHER = "TEST_001", "TEST_002"
UNTIL = date(2026, 6, 30)


def build_city(connection: Connection) -> None:
    """Two wards; the first has a Telugu name."""
    connection.execute(sa.insert(delimitation).values(id=CITY, authority="Testville", source="test"))
    rows = [{"ward_id": WARD, "number": 1, "name": "Lakeside"}, {"ward_id": OTHER, "number": 2, "name": "Old Town"}]
    connection.execute(sa.insert(ward), [row | {"delimitation_id": CITY} for row in rows])
    spellings = [("లేక్\u200cసైడ్", True), ("లేక్", False)]
    connection.execute(
        sa.insert(ward_alias),
        [{"ward_id": WARD, "alias": one, "language": "te", "verified": sure} for one, sure in spellings],
    )


def add_story(connection: Connection, language: str = "en") -> int:
    """A story without articles yet."""
    return connection.execute(sa.insert(story).values(language=language, lead_id=0).returning(story.c.id)).scalar_one()


def add_post(
    connection: Connection,
    day: date = UNTIL,
    text: str = "Rain in Lakeside today.",
    *,
    title: str | None = None,
    publication: str = "Paper",
    wards: tuple[str, ...] = (WARD,),
    how: str = "name",
    matched: str = "Lakeside",
    **more: object,
) -> int:
    """An article with its post, linked to wards; `more` are columns of epaper and post. Returns the post's id."""
    whole = f"{title}\n\n{text}" if title else text
    of_epaper = {name: more.pop(name) for name in ("story_id", "language", "url") if name in more}
    epaper_id = connection.execute(
        sa.insert(epaper)
        .values(
            publication_name=publication,
            publication_date=day,
            title=title,
            raw_text=whole,
            sha256=fingerprint(publication, day, whole),
            **{"language": "en"} | of_epaper,
        )
        .returning(epaper.c.id)
    ).scalar_one()
    at = datetime.combine(day, time(), UTC)
    return add_bare_post(connection, at, wards, how, matched, author_name=publication, epaper_id=epaper_id, **more)


def add_bare_post(
    connection: Connection,
    at: datetime,
    wards: tuple[str, ...] = (WARD,),
    how: str = "name",
    matched: str = "Lakeside",
    *,
    author_name: str | None = None,
    **values: object,
) -> int:
    """A post, with the article that `values` name, or with a text of its own. Returns its id."""
    if author_name is not None:
        values["author_id"] = author_of(connection, author_name)
    id = connection.execute(sa.insert(post).values(created_at=at, **values).returning(post.c.id)).scalar_one()
    links = [
        {"post_id": id, "ward_id": ward_id, "published_on": at.date(), "how": how, "matched": matched}
        for ward_id in wards
    ]
    if links:
        connection.execute(sa.insert(post_ward), links)
    return id


def author_of(connection: Connection, name: str, party: str | None = None) -> int:
    """The author of that name, made if there is none."""
    found = connection.execute(sa.select(author.c.id).where(author.c.name == name)).scalar()
    if found is not None:
        return found
    return connection.execute(sa.insert(author).values(name=name, party=party).returning(author.c.id)).scalar_one()
