"""Every `lokdarpan` command that a page shows, run in the order of the page, beside files of the names that it uses."""

import gzip
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from articles import line, write
from commands import in_text
from form20_sheets import NAMES, PARTIES, as_csv, booths, classic, write_xlsx

ROOT = Path(__file__).resolve().parents[2]
SHOWN = re.compile(r"^(?:    |\$ )?(lokdarpan [a-z](?:.*\\\n)*.*)$", re.MULTILINE)
PAGES = sorted(
    path
    for folder in ("docs", "src/lokdarpan_core", "src/lokdarpan_web", "src/lokdarpan_jobs", ".")
    for path in (ROOT / folder).glob("*.md")
    if SHOWN.search(path.read_text())
)
ELSEWHERE = {  # what serves until it is stopped, and what has its own server or archive: run by their own tests
    *("serve", "up", "worker", "demo", "db start", "db stop", "db adopt", "ping", "enqueue"),
    "backtest",  # of panels that are not ours to give away: tests/elections/test_backtest.py
}
NOT_THERE = ("12", "13", "17", "42", "ID")  # runs, jobs and articles that a page makes up
BESIDE = {
    "stations.csv": "ps_id,ward_id\n60-1,WARD_095\n61-1,WARD_095\n",
    "winners.csv": "ward,party\nWARD_001,BRS\n",
    "ghmc_2020.csv": "ward,party\nWARD_001,TRS\n",
    "candidates.csv": "ward,party\nWARD_095,BRS\nWARD_095,INC\n",
    "candidates-61.csv": "number,name,party\n"
    + "".join(f'{n},"{" ".join(name.split())}",{PARTIES[n - 1]}\n' for n, name in enumerate(NAMES[:3], 1)),
    "article.txt": "Drains overflow in Uppal, Hyderabad",
    "pune.csv": "number,name\n1,Aundh Gaon\n2,Kothrud\n",
    "segments.csv": "ward,segment\nWARD_001,69\n",
    "ac60.csv": as_csv(classic(booths(), titles=("FORM 20", "60-Kukatpally Assembly Constituency"))),
    "ac61.csv": as_csv(classic(booths())),
    "wards.geojson": json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"name": "Kapra", "ward_no": 1},
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[78.5, 17.4], [78.6, 17.4], [78.6, 17.5], [78.5, 17.4]]],
                    },
                }
            ],
        }
    ),
}

PREPARED = (
    *("wards import", "seed", "ingest news.jsonl"),
    "form20 import ac60.csv --election ASSEMBLY-2023 --segment 60",
    "form20 import ac61.csv --election LOKSABHA-2024 --segment 61",
    "stations assign stations.csv --delimitation ghmc-2016",
    "refresh",
)


def commands_of(page: Path) -> Iterator[str]:
    """Without what a page says beside them: after two blanks, or after a #."""
    for found in SHOWN.findall(page.read_text()):
        yield re.split(r"  +(?=[^-\s])| #|; --", found.replace("\\\n", " "))[0].rstrip(" &")


def is_elsewhere(command: str) -> bool:
    return any(f"{command} ".startswith(f"lokdarpan {name} ") for name in ELSEWHERE)


@pytest.fixture
def files(tmp_path: Path) -> None:
    """What the pages name."""
    for name, text in BESIDE.items():
        (tmp_path / name).write_text(text)
    write_xlsx(tmp_path / "ac61.xlsx", Sheet1=classic(booths()))
    for name in ("news.jsonl", "last-week.jsonl"):
        write(tmp_path / name, [line(n) for n in range(10)])
    (tmp_path / "news.jsonl.gz").write_bytes(gzip.compress((tmp_path / "news.jsonl").read_bytes()))


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_of_a_page_do_what_they_are_shown_for(lokdarpan, page):
    """They end with 0, or with 1 where something needs a look; 2 is for what a page only names."""
    for prepared in PREPARED:
        assert 0 == lokdarpan(*prepared.split()).returncode, prepared
    wrong = []
    for command in commands_of(page):
        if is_elsewhere(command):
            continue
        words, _, given = command.removeprefix("lokdarpan ").partition(" < ")
        done = in_text(lokdarpan(*shlex.split(words), stdin=BESIDE[given].encode() if given else b""))
        named = any(word in NOT_THERE for word in words.split())
        if done.returncode not in ((0, 1, 2) if named else (0, 1)) or "Usage: " in done.stderr + done.stdout:
            wrong.append((command, done.returncode, done.stderr[-500:]))
        assert "Traceback" not in done.stderr
    assert [] == wrong
