"""Liveness and readiness."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chatkit.logger import logger
from chatkit.store import Store, StoreUnavailableError

__all__ = ["Health", "StoreHealth"]

_PATIENCE_SECONDS = 2.0
_KEPT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """Whether the store answers, and if not, what is wrong."""

    ok: bool
    message: str | None = None


class Health:
    """Asks the store how it is, at most once a second however often it is asked about."""

    def __init__(self, store: Store[Any], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._asked_at = float("-inf")
        self._known = StoreHealth(ok=True)
        self._lock = asyncio.Lock()

    async def check(self) -> StoreHealth:
        """Never raises."""
        async with self._lock:
            if self._clock() - self._asked_at >= _KEPT_SECONDS:
                known = await self._ask()
                if known.ok != self._known.ok:
                    logger.warning("The store is %s", "back" if known.ok else f"unavailable: {known.message}")
                self._known = known
                self._asked_at = self._clock()
            return self._known

    async def _ask(self) -> StoreHealth:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._store.ping()
        except StoreUnavailableError as error:
            return StoreHealth(ok=False, message=str(error))
        except TimeoutError:
            return StoreHealth(ok=False, message=f"The store did not answer within {_PATIENCE_SECONDS:g} s.")
        except Exception:  # noqa: BLE001 - health reports failures, it has none
            logger.exception("Asking the store whether it is there failed.")
            return StoreHealth(ok=False, message="The store failed in an unexpected way. The log has the details.")
        return StoreHealth(ok=True)

    async def report(self) -> dict[str, Any]:
        """For `/health` and `/ready`."""
        store = await self.check()
        told: dict[str, Any] = {"status": "ok" if store.ok else "unavailable"}
        if store.message is not None:
            told["message"] = store.message
        return {"status": "ok" if store.ok else "degraded", "checks": {"store": told}}
