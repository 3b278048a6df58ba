"""How often one may ask: by key, else by address. In Redis, where one is set, for all processes together; else each
process counts for itself."""

import logging
import math
import time
from threading import Lock
from typing import Any

from limits.errors import ConfigurationError
from limits.limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from lokdarpan_core import LokDarpanError, Settings

WINDOW_S = 60.0
MOST_COUNTED = 100_000  # keys and addresses at a time: about 20 MB
REDIS_PAUSE_S = 30.0  # how long one that is away is left alone

log = logging.getLogger(__name__)


class TooManyRequestsError(LokDarpanError):
    """Too many requests from this key or address; `retry_after` is in seconds."""

    def __init__(self, message: str | None = None, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Counters:
    """Counts in this process: for each key in a window that begins with its first request."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, float]] = {}
        self._lock = Lock()

    def add(self, key: str) -> tuple[int, float]:
        """Count one; how many there are in the window, and in how many seconds it ends."""
        now = time.monotonic()
        with self._lock:
            count, end = self._counts.get(key, (0, 0.0))
            if end <= now:
                count, end = 0, now + WINDOW_S
                if len(self._counts) >= MOST_COUNTED:
                    self._forget(now)
            self._counts[key] = count + 1, end
        return count + 1, end - now

    def _forget(self, now: float) -> None:
        self._counts = {key: kept for key, kept in self._counts.items() if kept[1] > now}
        if len(self._counts) >= MOST_COUNTED:
            self._counts.clear()


class Limits:
    """Counts requests and refuses those above the limit. Nothing is opened before the first request."""

    def __init__(self, settings: Settings) -> None:
        self._redis_url = None if settings.redis_url is None else settings.redis_url.render_as_string(False)
        self._of_keys, self._of_others = settings.rate_limit_with_key, settings.rate_limit
        self._here = Counters()
        self._there: FixedWindowRateLimiter | None = None
        self._away_until = 0.0

    def spend(self, who: str, *, with_key: bool) -> None:
        """Count one request. Raises TooManyRequestsError."""
        most = self._of_keys if with_key else self._of_others
        if not most:
            return
        found = None if self._redis_url is None else self._count_there(who, most)
        count, left = found or self._here.add(who)
        if count > most:
            kind = "this key" if with_key else "this address"
            raise TooManyRequestsError(f"More than {most} requests a minute from {kind}", max(1, math.ceil(left)))

    def _count_there(self, who: str, most: int) -> tuple[int, float] | None:
        """The same in Redis; None while that is away, for then it must not close the API."""
        if time.monotonic() < self._away_until:
            return None
        limit = RateLimitItemPerMinute(most, namespace="lokdarpan")
        try:
            limiter = self._limiter()
            granted = limiter.hit(limit, who)
            left = limiter.get_window_stats(limit, who).reset_time - time.time() if not granted else WINDOW_S
        except Exception as error:  # noqa: BLE001 (whatever Redis' client raises)
            self._away_until = time.monotonic() + REDIS_PAUSE_S
            absent = isinstance(error, ConfigurationError)
            said = "its client is not installed: pip install 'lokdarpan-web[redis]'" if absent else type(error).__name__
            log.warning("Requests are counted in each process alone: Redis can't be asked (%s)", said)
            return None
        return (0 if granted else most + 1), left

    def _limiter(self) -> FixedWindowRateLimiter:
        if self._there is None:
            options: dict[str, Any] = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
            url = str(self._redis_url).replace("unix://", "redis+unix://", 1)
            self._there = FixedWindowRateLimiter(storage_from_string(url, **options))
        return self._there
