"""How many turns an owner may start."""

import math
import time
from collections.abc import Callable

from chatkit.http.errors import HttpError, Problem

__all__ = ["RateLimit"]

_SWEEP_AT = 10_000


class RateLimit:
    """A token bucket per key: `per_minute` at once, refilled evenly over a minute. 0 is no limit.

    The buckets are this process's own: with several workers each has its own. Full buckets are forgotten, so that what
    is kept is bounded by the keys of the last minute.
    """

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}
        self._sweep_at = _SWEEP_AT

    def take(self, key: str) -> None:
        """Takes one token, or raises an `HttpError` of status 429 that says in how many seconds there is one."""
        if not self._capacity:
            return
        now = self._clock()
        tokens, since = self._buckets.get(key, (self._capacity, now))
        tokens = min(self._capacity, tokens + (now - since) * self._per_second)
        if tokens < 1:
            self._buckets[key] = (tokens, now)
            seconds = math.ceil((1 - tokens) / self._per_second)
            raise HttpError(
                Problem(
                    429,
                    "rate.limited",
                    f"Too many messages in a short time. Try again in {seconds} s.",
                    headers={"Retry-After": str(seconds)},
                )
            )
        self._buckets[key] = (tokens - 1, now)
        if len(self._buckets) > self._sweep_at:
            self._sweep(now)

    def _sweep(self, now: float) -> None:
        """Forgets the buckets that are full again. The next sweep is due when as many are left have come anew."""
        self._buckets = {
            key: (tokens, since)
            for key, (tokens, since) in self._buckets.items()
            if tokens + (now - since) * self._per_second < self._capacity
        }
        self._sweep_at = max(_SWEEP_AT, 2 * len(self._buckets))
