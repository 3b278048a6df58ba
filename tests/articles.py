"""Articles for tests: lines of JSON, files of them, and what a database holds of them."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Engine


def line(n: int = 0, **changes: object) -> bytes:
    """One good line; `n` tells it from others, None takes a key out."""
    record = {
        "publication_name": f"Paper {n % 3}",
        "publication_date": f"2026-05-{n % 28 + 1:02}",
        "title": f"Title {n}",
        "body": f"Body of article {n}: రోడ్లు and drains.",
        "city": "Hyderabad",
    }
    record |= changes
    return json.dumps({key: value for key, value in record.items() if value is not None}, ensure_ascii=False).encode()


def write(path: Path, lines: Iterable[bytes]) -> Path:
    """A file of lines, each ended by LF."""
    path.write_bytes(b"".join(one + b"\n" for one in lines))
    return path


DIGEST = {
    "epaper": "SELECT sha256, publication_name, publication_date, title, raw_text, city, party, language, url, "
    "date_guessed, withdrawn_reason FROM epaper ORDER BY sha256",
    "post": "SELECT epaper.sha256, post.text, author.name, post.city, post.emotion, post.party, post.created_at "
    "FROM post LEFT JOIN epaper ON epaper.id = post.epaper_id LEFT JOIN author ON author.id = post.author_id "
    "ORDER BY 1, 2, 3",
}


def digest(engine: Engine) -> str:
    """What the archive holds, as a hash: all of epaper and post but ids, times of storing and runs."""
    total = hashlib.sha256()
    with engine.connect() as connection:
        for query in DIGEST.values():
            for row in connection.execute(sa.text(query)):
                total.update(repr(tuple(row)).encode())
    return total.hexdigest()


def counts(engine: Engine) -> tuple[int, int, int, int]:
    """(epapers, distinct fingerprints, posts, epapers that have more than one post)."""
    with engine.connect() as connection:
        epapers, hashes, distinct = connection.execute(
            sa.text("SELECT count(*), count(sha256), count(DISTINCT sha256) FROM epaper")
        ).one()
        assert epapers == hashes
        posts = connection.execute(sa.text("SELECT count(*) FROM post")).scalar_one()
        doubled = connection.execute(
            sa.text("SELECT count(*) FROM (SELECT FROM post GROUP BY epaper_id HAVING count(epaper_id) > 1) AS doubled")
        ).scalar_one()
    return epapers, distinct, posts, doubled
