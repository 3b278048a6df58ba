"""Ask a LokDarpan server: what a ward is like, and every post that mentions it, page after page.

pip install httpx
python examples/call_with_httpx.py http://127.0.0.1:8000/api/v1 "Kapra"
"""

import argparse
import os
import time
from collections.abc import Iterator
from typing import Any

import httpx


def get(client: httpx.Client, url: str, **query: Any) -> httpx.Response:
    """An answer; when the server is busy or its database away, it says for how long to wait."""
    for _ in range(5):
        answer = client.get(url, params=query or None)
        if answer.status_code not in (429, 503):
            break
        time.sleep(int(answer.headers["Retry-After"]))
    if answer.is_error:
        raise SystemExit(f"{url}: {answer.json()['detail']}")  # application/problem+json, RFC 9457
    return answer


def posts(client: httpx.Client, ward: str) -> Iterator[dict[str, Any]]:
    """Every post, the newest first: `Link: <…>; rel="next"` leads from page to page until there is none."""
    answer = get(client, "posts", ward=ward)
    while True:
        yield from answer.json()["posts"]
        if "next" not in answer.links:
            return
        answer = get(client, str(answer.url.join(answer.links["next"]["url"])))


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("api", help="such as http://127.0.0.1:8000/api/v1")
    parser.add_argument("ward", help="an id, a number or a name")
    chosen = parser.parse_args()
    key = os.environ.get("LOKDARPAN_KEY")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(base_url=f"{chosen.api}/", headers=headers, timeout=30) as client:
        meta = get(client, f"ward/meta/{chosen.ward}").json()
        print(f"{meta['ward']} {meta['name']}: {(meta['profile'] or {}).get('electors')} electors")
        for post in posts(client, meta["ward"]):
            print(f"{post['publication_date']}  {post['publication_name']}: {post['title'] or post['excerpt'][:60]}")


if __name__ == "__main__":
    main()
