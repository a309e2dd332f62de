"""Liveness and readiness."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chatkit._shown import shown
from chatkit.logger import logger
from chatkit.store import Store, StoreUnavailableError

__all__ = ["Health", "StoreHealth"]

_PATIENCE_SECONDS = 2.0
_KEPT_SECONDS = 1.0
_SEEN_SECONDS = 5.0
"""How long a request's failure counts, whatever the store then says of itself."""
_REMINDER_SECONDS = 60.0
"""Between two lines of the log on one outage."""


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """Whether the store answers, and if not, what is wrong: for the log and the operator, not for strangers."""

    ok: bool
    message: str | None = None


class Health:
    """How the store is. It is asked at most once a second, however often the question comes; requests that fail because
    of it are `noticed`.

    The log has a line when an outage begins, one a minute while it lasts, and one when it is over.
    """

    def __init__(self, store: Store[Any], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._asked_at = float("-inf")
        self._seen_at = float("-inf")
        self._told_at = float("-inf")
        self._failed = 0
        self._known = StoreHealth(ok=True)
        self._live_asked_at = float("-inf")
        self._live: bool | None = None
        self._lock = asyncio.Lock()

    async def check(self) -> StoreHealth:
        """Never raises."""
        async with self._lock:
            if self._clock() - self._asked_at >= _KEPT_SECONDS:
                asked = await self._ask()
                self._asked_at = self._clock()
                if asked.ok and self._clock() - self._seen_at < _SEEN_SECONDS:
                    return self._known
                self._learn(asked)
            return self._known

    def noticed(self, error: Exception) -> None:
        """A request failed with this. What is not the store's doing is nothing to remember."""
        if isinstance(error, StoreUnavailableError):
            self._seen_at = self._clock()
            self._failed += 1
            cause = error.__cause__
            because = f" ({type(cause).__name__})" if cause is not None else ""
            self._learn(StoreHealth(ok=False, message=f"{error}{because}"), told=error.is_logged)

    def _learn(self, known: StoreHealth, *, told: bool = False) -> None:
        """`told`: the store has told the log itself."""
        if known.ok and not self._known.ok:
            logger.warning("The store is back; %d requests failed meanwhile.", self._failed)
            self._failed = 0
            self._told_at = float("-inf")
        elif not known.ok and not told and self._clock() - self._told_at >= _REMINDER_SECONDS:
            self._told_at = self._clock()
            logger.error("The store is unavailable: %s (requests failed: %d)", shown(known.message, 500), self._failed)
        self._known = known

    async def _ask(self) -> StoreHealth:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._store.ping()
        except StoreUnavailableError as error:
            return StoreHealth(ok=False, message=str(error))
        except TimeoutError:
            return StoreHealth(ok=False, message=f"The store did not answer within {_PATIENCE_SECONDS:g} s.")
        except Exception as error:  # noqa: BLE001 - health reports failures, it has none
            if self._known.ok:
                logger.error("Asking the store whether it is there failed.", exc_info=error)
            return StoreHealth(ok=False, message="The store failed in an unexpected way.")
        return StoreHealth(ok=True)

    async def report(self) -> dict[str, Any]:
        """For `/health` and `/ready`, which anybody may ask: up or down. What is wrong is in the log.

        `live` is told where the log of runs is kept apart from the store.
        """
        checks = {"store": (await self.check()).ok}
        live = await self._check_live()
        if live is not None:
            checks["live"] = live
        return {
            "status": "ok" if all(checks.values()) else "degraded",
            "checks": {name: {"status": "ok" if ok else "unavailable"} for name, ok in checks.items()},
        }

    async def _check_live(self) -> bool | None:
        """Whether the log of runs answers. None: it is the store's, or there is none."""
        async with self._lock:
            if self._clock() - self._live_asked_at >= _KEPT_SECONDS:
                self._live = await self._ask_live()
                self._live_asked_at = self._clock()
            return self._live

    async def _ask_live(self) -> bool | None:
        engine = self._store.live_engine()
        if engine is None:
            return None
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return True if await engine.log.ping() else None
        except (StoreUnavailableError, TimeoutError):
            return False
        except Exception as error:  # noqa: BLE001 - as above
            if self._live is not False:
                logger.error("Asking the log of live runs whether it is there failed.", exc_info=error)
            return False
