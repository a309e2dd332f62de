"""What the suites of live runs are given, and how they wait."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest

from chatkit.live import Fence, LiveEngine, RunRecord, current_fence

__all__ = ["Engines", "LiveFixtures", "Write", "die", "held", "new_id", "opened", "under", "until"]

Engines = Callable[[], LiveEngine]
Write = Callable[[LiveEngine], Awaitable[object]]

PATIENCE = 10.0
"""Seconds, far more than everything here takes."""


class LiveFixtures:
    """Override `engines`, and `write`, if there is a store whose writes the engine's fences guard."""

    @pytest.fixture
    def engines(self) -> Engines:
        """Makes an engine, of a process of its own so to say; all of them have one database. Who starts them closes
        them; what they stand on is closed with the fixture."""
        raise NotImplementedError(f"{type(self).__name__} must define the fixture `engines`.")

    @pytest.fixture
    def write(self) -> Write | None:
        """Writes anything to the store that an engine belongs to. None: there is none."""
        return None

    @pytest.fixture
    async def one(self, engines: Engines) -> AsyncGenerator[LiveEngine]:
        """An engine that has begun."""
        async for engine in _started(engines):
            yield engine

    @pytest.fixture
    async def other(self, engines: Engines) -> AsyncGenerator[LiveEngine]:
        """Another process's."""
        async for engine in _started(engines):
            yield engine


async def _started(engines: Engines) -> AsyncGenerator[LiveEngine]:
    engine = engines()
    await engine.leases.start(lambda: None)
    yield engine
    await engine.log.close()
    await engine.leases.close()


def new_id(kind: str) -> str:
    """An id that no earlier test used."""
    return f"{kind}_{uuid4().hex}"


async def opened(engine: LiveEngine, owner: str | None = None, **request: Any) -> str:
    """The id of a run that was opened."""
    run_id = new_id("run")
    assert await engine.leases.open(owner or new_id("alice"), run_id, **request) is None  # noqa: S101
    return run_id


async def held(engine: LiveEngine, owner: str | None = None, thread_id: str | None = None, **request: Any) -> Fence:
    """What a run holds its thread with."""
    fence = await engine.leases.acquire(await opened(engine, owner, **request), thread_id or new_id("thr"))
    assert isinstance(fence, Fence), fence  # noqa: S101
    await engine.log.hold(fence)
    return fence


async def die(engine: LiveEngine) -> None:
    """The engine's process goes without a word about its runs. What was begun with it is dead from then on."""
    await engine.leases.close()


@contextmanager
def under(fence: Fence | None) -> Generator[None]:
    """What is written inside is written under the fence."""
    token = current_fence.set(fence)
    try:
        yield
    finally:
        current_fence.reset(token)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Returns when it holds."""
    async with asyncio.timeout(PATIENCE):
        while not await condition():  # noqa: ASYNC110 - nothing tells when the database changes
            await asyncio.sleep(0.01)


def alive(found: RunRecord | None) -> bool:
    """Whether there is such a run, and it is alive."""
    return found is not None and found.alive
