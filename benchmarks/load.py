"""Requests as fast as they are answered, over a few connections: by wrk, or by threads of our own where it is not."""

import http.client
import re
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import attrs

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


@attrs.frozen
class Load:
    """Answers a second, how many there were, and the milliseconds in which half and 99 % of them came."""

    rate: float
    answers: int
    p50_ms: float
    p99_ms: float


def load(url: str, seconds: float, connections: int, headers: Mapping[str, str]) -> Load:
    """Ask for one address for some seconds. Raises RuntimeError when an answer is neither 200 nor 304."""
    if shutil.which("wrk"):
        return _wrk(url, seconds, connections, headers)
    return _threads(url, seconds, connections, headers)


def _wrk(url: str, seconds: float, connections: int, headers: Mapping[str, str]) -> Load:
    words = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    options = ["-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency", *words, url]
    told = subprocess.run(["wrk", *options], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in told:
        raise RuntimeError(told)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    answers = re.search(r"(\d+) requests in", told)
    assert rate, told
    assert answers, told
    return Load(float(rate[1]), int(answers[1]), _percentile(told, "50%"), _percentile(told, "99%"))


def _percentile(told: str, which: str) -> float:
    found = re.search(rf"^\s+{which}\s+([\d.]+)(us|ms|s)$", told, re.MULTILINE)
    assert found, told
    return float(found[1]) * UNITS[found[2]]


def _threads(url: str, seconds: float, connections: int, headers: Mapping[str, str]) -> Load:
    place, end, times = urlsplit(url), time.perf_counter() + seconds, list[float]()

    def one() -> None:
        while (begun := time.perf_counter()) < end:
            connection = http.client.HTTPConnection(place.netloc, timeout=30)
            connection.request("GET", f"{place.path}?{place.query}", headers=dict(headers))
            answer = connection.getresponse()
            answer.read()
            connection.close()
            if answer.status not in (200, 304):
                raise RuntimeError(f"{url}: {answer.status}")
            times.append(1000 * (time.perf_counter() - begun))

    threads = [threading.Thread(target=one) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cuts = statistics.quantiles(times, n=100)
    return Load(len(times) / seconds, len(times), cuts[49], cuts[98])
