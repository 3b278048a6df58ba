"""How often one may ask: by key, else by address. In Redis, where one is set, for all processes together; else each
process counts for itself."""

import time
from threading import Lock
from typing import Any

import limits
from limits.limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from lokdarpan_core import LokDarpanError, Settings

MOST_COUNTED = 100_000  # keys and addresses at a time: about 20 MB
REDIS_PAUSE_S = 30.0  # how long one that is away is left alone


class TooManyRequestsError(LokDarpanError):
    """Too many requests from this key or address; `retry_after` is in seconds."""

    def __init__(self, message: str | None = None, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Counters(Storage):
    """Counts in this process, without the thread that the package's own storage starts: a server may fork."""

    def __init__(self) -> None:
        super().__init__(None)
        self._counts: dict[str, tuple[int, float]] = {}
        self._lock = Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """None is to be expected."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, in a window that ends `expiry` seconds after its first count."""
        now = time.time()
        with self._lock:
            count, end = self._counts.get(key, (0, 0.0))
            if end <= now:
                count, end = 0, now + expiry
                if len(self._counts) >= MOST_COUNTED:
                    self._forget(now)
            self._counts[key] = count + amount, end
        return count + amount

    def _forget(self, now: float) -> None:
        self._counts = {key: kept for key, kept in self._counts.items() if kept[1] > now}
        if len(self._counts) >= MOST_COUNTED:
            self._counts.clear()

    def get(self, key: str) -> int:
        """The count of the window that is open."""
        count, end = self._counts.get(key, (0, 0.0))
        return count if end > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since 1970."""
        return self._counts.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        """It is always there."""
        return True

    def reset(self) -> int | None:
        """Forget all."""
        self._counts.clear()
        return None

    def clear(self, key: str) -> None:
        """Forget one."""
        self._counts.pop(key, None)


class Limits:
    """Counts requests and refuses those above the limit. Nothing is opened before the first request."""

    def __init__(self, settings: Settings) -> None:
        self._redis_url = None if settings.redis_url is None else settings.redis_url.render_as_string(False)
        self._of_keys = _per_minute(settings.rate_limit_with_key)
        self._of_others = _per_minute(settings.rate_limit)
        self._here = FixedWindowRateLimiter(Counters())
        self._there: FixedWindowRateLimiter | None = None
        self._away_until = 0.0

    def spend(self, who: str, *, with_key: bool) -> None:
        """Count one request. Raises TooManyRequestsError."""
        limit = self._of_keys if with_key else self._of_others
        if limit is None:
            return
        limiter = self._limiter()
        try:
            granted = limiter.hit(limit, who)
        except Exception:  # noqa: BLE001 (whatever Redis' client raises: who is away must not close the API)
            self._away_until = time.monotonic() + REDIS_PAUSE_S
            limiter, granted = self._here, self._here.hit(limit, who)
        if not granted:
            wait = max(1, round(limiter.get_window_stats(limit, who).reset_time - time.time()))
            kind = "this key" if with_key else "this address"
            raise TooManyRequestsError(f"More than {limit.amount} requests a minute from {kind}", wait)

    def _limiter(self) -> FixedWindowRateLimiter:
        if self._redis_url is None or time.monotonic() < self._away_until:
            return self._here
        if self._there is None:
            options: dict[str, Any] = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
            try:
                self._there = FixedWindowRateLimiter(storage_from_string(_scheme(self._redis_url), **options))
            except (limits.errors.ConfigurationError, OSError):
                self._away_until = time.monotonic() + REDIS_PAUSE_S
                return self._here
        return self._there


def _per_minute(amount: int) -> RateLimitItem | None:
    return RateLimitItemPerMinute(amount, namespace="lokdarpan") if amount else None


def _scheme(url: str) -> str:
    return url.replace("unix://", "redis+unix://", 1)
