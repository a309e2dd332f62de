"""The way to Redis: few connections, limits of time, and its faults in words of our own."""

import asyncio
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from chatkit._masking import masked, secrets_in, shown_url
from chatkit._shown import shown
from chatkit.logger import logger
from chatkit.store import StoreUnavailableError

__all__ = ["Link"]

_SCHEMES = {
    "redis": "redis",
    "rediss": "rediss",
    "unix": "unix",
    "valkey": "redis",
    "valkeys": "rediss",
}
"""As in addresses, and as the client has them."""

_CONNECTIONS = 2
"""For commands: one who writes and one who reads at a time. One more listens."""
_PATIENCE_SECONDS = 2.0
"""For one trip, a connection included."""
_PAUSE_SECONDS = 0.5
"""After a fault, before Redis is asked again: nobody else waits for what has just not come."""
_REMINDER_SECONDS = 60.0
"""Between two lines of the log on one outage."""


class Link:
    """Connections to one Redis. Nothing is connected before it is asked for.

    Raises `ImportError` when the client is not installed, `ValueError` for an address that is none.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        scheme, colon, rest = url.partition(":")
        if scheme not in _SCHEMES or not colon:
            raise ValueError(
                f"{shown_url(url)} is no place for live runs: write it as redis://host:6379/0, rediss://…, valkey://… "
                "or unix:///path/to/socket."
            )
        try:
            self._package: Any = import_module("redis.asyncio")
        except ModuleNotFoundError as error:
            raise ImportError(
                f"Live runs in Redis need the package {error.name!r}: pip install 'open-chatkit[redis]'."
            ) from error
        self.where = shown_url(url)
        self._url = f"{_SCHEMES[scheme]}:{rest}"
        self._secrets = secrets_in(url)
        self._clock = clock
        self._client: Any = None
        self._running: set[asyncio.Task[list[Any]]] = set()
        self._paused_until = float("-inf")
        self._paused_by: StoreUnavailableError | None = None
        self._told_at = float("-inf")
        try:
            options: dict[str, Any] = self.connect(connections=1).connection_pool.connection_kwargs
        except (ValueError, TypeError) as error:
            raise ValueError(f"{self.where} is no address of Redis ({type(error).__name__}).") from None
        self.database = str(options.get("db") or 0)
        self.faults: tuple[type[Exception], ...] = (self._package.RedisError, OSError, TimeoutError)

    def connect(self, *, connections: int) -> Any:
        """A client with so many connections, which whoever asks for it closes."""
        pool = self._package.BlockingConnectionPool.from_url(
            self._url,
            max_connections=connections,
            timeout=_PATIENCE_SECONDS,
            protocol=2,
            socket_timeout=_PATIENCE_SECONDS,
            socket_connect_timeout=_PATIENCE_SECONDS,
        )
        return self._package.Redis(connection_pool=pool)

    def pipeline(self) -> Any:
        """Commands for one trip."""
        if self._client is None:
            self._client = self.connect(connections=_CONNECTIONS)
        return self._client.pipeline(transaction=False)

    async def execute(self, pipeline: Any) -> list[Any]:
        """What Redis says to each command; of one that it refused, the error. Raises `StoreUnavailableError`.

        It is done to its end, also when the caller is cancelled: a connection is not left in the middle of something.
        """
        task = asyncio.create_task(self._execute(pipeline))
        self._running.add(task)
        task.add_done_callback(self._forget)
        return await asyncio.shield(task)

    def _forget(self, task: asyncio.Task[list[Any]]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # if the caller is gone, nobody else will look

    async def _execute(self, pipeline: Any) -> list[Any]:
        if self._paused_by is not None and self._clock() < self._paused_until:
            raise self._noted(str(self._paused_by)) from self._paused_by.__cause__
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                answers: list[Any] = await pipeline.execute(raise_on_error=False)
        except self.faults as error:
            self._paused_by = self.unavailable(error)
            self._paused_until = self._clock() + _PAUSE_SECONDS
            raise self._paused_by from error
        self.reached()
        return answers

    def reached(self) -> None:
        """Redis has answered somebody: nobody need wait any more."""
        if self._paused_by is not None:
            self._paused_by, self._told_at = None, float("-inf")
            logger.warning("The log of live runs is back: %s answers.", self.where)

    def unavailable(self, error: BaseException) -> StoreUnavailableError:
        """What to raise for a fault. The log is told at once, then once a minute."""
        reason = masked(str(error).strip().partition("\n")[0], self._secrets) or type(error).__name__
        return self._noted(f"The log of live runs, {self.where}, does not answer: {shown(reason).rstrip('.')}")

    def _noted(self, text: str) -> StoreUnavailableError:
        fault = StoreUnavailableError(text)
        fault.is_logged = True
        if self._clock() - self._told_at >= _REMINDER_SECONDS:
            self._told_at = self._clock()
            logger.warning("%s. Runs go on for those who follow them in the process that answers.", text)
        return fault

    async def close(self) -> None:
        """Closes the connections for commands. A later use opens others."""
        if self._running:
            await asyncio.wait(self._running)
        client, self._client = self._client, None
        if client is not None:
            await client.connection_pool.disconnect()
