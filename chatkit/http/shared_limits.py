"""Budgets that several processes share, counted in Redis, Valkey or Memcached. Needs the extra `limits`."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import Any

from chatkit._masking import masked, secrets_in, shown_url
from chatkit._shown import shown
from chatkit.http.limits import Budget, TokenBuckets
from chatkit.logger import logger

__all__ = ["SharedLimiter"]

_PATIENCE_SECONDS = 1.0
"""For all that one operation asks of the storage."""
_PAUSE_SECONDS = 5.0
"""After a failure, before the storage is asked again."""


class SharedLimiter:
    """Counts in a storage, by the package `limits`: in each minute, and so much of the minute before as still counts.

    While the storage cannot be reached, which the log says, this process counts for itself.

    `url`: `redis://host:6379/0`, `rediss://`, `valkey://`, `memcached://` and whatever else `limits` has for asyncio.
    Raises `ImportError` when a package for it is missing, `ValueError` when `limits` does not know it.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.where = shown_url(url)
        self._secrets = secrets_in(url)
        self._clock = clock
        self._item, self._storage = _opened(url)
        self._strategy: Any = import_module("limits.aio.strategies").SlidingWindowCounterRateLimiter(self._storage)
        self._alone = TokenBuckets(clock=clock)
        self._paused_until = float("-inf")
        self._failing = False

    async def take(self, budgets: Sequence[Budget]) -> float:
        """One of each budget in turn, until one is used up; then the seconds to wait. Never raises."""
        if self._clock() < self._paused_until:
            return await self._alone.take(budgets)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                wait = await self._take(budgets)
        except Exception as error:  # noqa: BLE001 - each storage has errors of its own; none may keep people from working
            self._failed(error)
            return await self._alone.take(budgets)
        if self._failing:
            self._failing = False
            logger.warning("Rate limits are shared again through %s.", self.where)
        return wait

    async def reaches_storage(self) -> bool:
        """Whether the storage answers."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return bool(await self._storage.check())
        except Exception:  # noqa: BLE001 - as above
            return False

    async def aclose(self) -> None:
        """Closes the connections. A later use opens others."""
        bridge = getattr(self._storage, "bridge", None)
        client = bridge.get_connection() if bridge is not None else None
        close: Callable[[], Awaitable[None]] | None = getattr(client, "aclose", None)
        if close is not None:
            await close()

    async def _take(self, budgets: Sequence[Budget]) -> float:
        for budget in budgets:
            if not budget.per_minute:
                continue
            item = self._item(budget.per_minute)
            key = hashlib.sha256(budget.key.encode("utf-8", "replace")).hexdigest()[:32]  # whose it is, is not stored
            if not await self._strategy.hit(item, key):
                stats = await self._strategy.get_window_stats(item, key)
                return max(1.0, min(60.0, stats.reset_time - time.time()))
        return 0.0

    def _failed(self, error: Exception) -> None:
        self._paused_until = self._clock() + _PAUSE_SECONDS
        if not self._failing:
            self._failing = True
            text = shown(masked(f"{type(error).__name__}: {error}", self._secrets))
            logger.warning(
                "Rate limits cannot be shared, each process counts for itself: %s does not answer (%s).",
                self.where,
                text,
            )


def _opened(url: str) -> tuple[Any, Any]:
    """What makes a limit of so many a minute, and the storage. Nothing is connected yet."""
    try:
        package: Any = import_module("limits")
        storages: Any = import_module("limits.storage")
        errors: Any = import_module("limits.errors")
    except ModuleNotFoundError as error:
        raise ImportError(_needs(error.name)) from error
    is_redis = url.startswith("redis")
    if is_redis and "+" not in url.partition(":")[0]:
        options: dict[str, Any] = {
            "socket_timeout": _PATIENCE_SECONDS,
            "socket_connect_timeout": _PATIENCE_SECONDS,
        }
    else:
        options = {}
    if is_redis:
        options["implementation"] = "redispy"
    try:
        return package.RateLimitItemPerMinute, storages.storage_from_string(f"async+{url}", **options)
    except errors.ConfigurationError:
        scheme = url.partition(":")[0]
        raise ImportError(f"{_needs(None)} For {scheme}:// `limits` wants the package of its client too.") from None
    except Exception as error:  # noqa: BLE001 - each client has errors of its own for addresses
        raise ValueError(f"{shown_url(url)} is no storage for rate limits ({type(error).__name__}).") from None


def _needs(package: str | None) -> str:
    which = f"the package {package!r}" if package is not None else "a package that is not installed"
    return f"CHATKIT_RATE_LIMIT_STORAGE needs {which}: pip install 'open-chatkit[limits]'."
