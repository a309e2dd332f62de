"""How much one owner, and everybody at one address, may ask for: budgets, and who counts what was taken of them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

__all__ = ["Budget", "RateLimiter", "TokenBuckets"]

_SWEEP_AT = 10_000


@dataclass(frozen=True, slots=True)
class Budget:
    """What one key may take: `per_minute` at once, and as much again in each minute. 0 is no limit."""

    key: str
    per_minute: int


@runtime_checkable
class RateLimiter(Protocol):
    """Counts what was taken of budgets. One is passed to `ChatKit(limiter=…)`."""

    async def take(self, budgets: Sequence[Budget]) -> float:
        """Takes one of each budget and gives 0; or, if one of them is used up, the seconds until there is some.

        Called before the work, once for each costly operation, and by several requests at once. What is taken is not
        given back when the work fails. When a budget is used up, taking of the others should be avoided; budgets come
        in the order in which to ask, the owner's before the address's. Must not raise: a limiter that cannot count
        lets pass.
        """
        ...


class TokenBuckets:
    """A token bucket per key, in this process: full at first, refilled evenly over a minute.

    With several processes each has its own. Full buckets are forgotten, so that what is kept is bounded by the keys of
    the last minute.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[str, tuple[float, float, int]] = {}
        self._sweep_at = _SWEEP_AT

    async def take(self, budgets: Sequence[Budget]) -> float:
        """Takes one of each, or of none when one of them is used up."""
        now = self._clock()
        limited = [budget for budget in budgets if budget.per_minute]
        levels = {budget: self._level(budget, now) for budget in limited}
        wait = max(((1 - level) * 60 / budget.per_minute for budget, level in levels.items()), default=0.0)
        if wait > 0:
            return wait
        for budget, level in levels.items():
            self._buckets[budget.key] = (level - 1, now, budget.per_minute)
        if len(self._buckets) > self._sweep_at:
            self._sweep(now)
        return 0.0

    def _level(self, budget: Budget, now: float) -> float:
        level, since, _ = self._buckets.get(budget.key, (float(budget.per_minute), now, 0))
        return min(float(budget.per_minute), level + (now - since) * budget.per_minute / 60)

    def _sweep(self, now: float) -> None:
        """Forgets the buckets that are full again. The next sweep is due when as many are left have come anew."""
        self._buckets = {
            key: (level, since, per_minute)
            for key, (level, since, per_minute) in self._buckets.items()
            if level + (now - since) * per_minute / 60 < per_minute
        }
        self._sweep_at = max(_SWEEP_AT, 2 * len(self._buckets))
