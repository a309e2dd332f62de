"""Titles in the making: beside the end of the answer, and to their end, whoever still reads it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from chatkit.logger import logger
from chatkit.store import NotFoundError

__all__ = ["MakingTitles", "Title"]

_CLOSING_SECONDS: Final = 10.0


class MakingTitles:
    """The titles that a server is making."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, making: Coroutine[Any, Any, str | None], save: Callable[[str], Awaitable[object]]) -> "Title":
        """Begins to make a title, in a task of its own. `save` stores it when nobody takes it."""
        return Title(self.run(making), save, self)

    def run(self, work: Coroutine[Any, Any, str | None]) -> asyncio.Task[str | None]:
        """Runs something to its end, or to the end of the server."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self, seconds: float = _CLOSING_SECONDS) -> None:
        """Waits for what is being made, at most so long, and ends what is not ready by then."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self._tasks:  # a title that was made may still have to be saved, by another task
            left = deadline - asyncio.get_running_loop().time()
            _, late = await asyncio.wait(set(self._tasks), timeout=max(left, 0))
            if late:
                for task in late:
                    task.cancel()
                await asyncio.wait(late)


class Title:
    """One of them. Whoever began it takes it, to store it with the thread, or leaves it."""

    def __init__(
        self, making: asyncio.Task[str | None], save: Callable[[str], Awaitable[object]], makers: MakingTitles
    ) -> None:
        self._making = making
        self._save = save
        self._makers = makers
        self._taken = False

    async def take(self) -> str | None:
        """The title, once it is made; nothing when there is none to be made."""
        title = await asyncio.shield(self._making)
        self._taken = True
        return title

    def leave(self) -> None:
        """Unless it was taken, it is stored as soon as it is made."""
        if not self._taken:
            self._makers.run(self._keep())

    async def _keep(self) -> None:
        title = await self._making
        if title is None:
            return
        try:
            await self._save(title)
        except NotFoundError:
            logger.info("A thread was deleted before its title was made")
        except Exception:  # noqa: BLE001 - nobody waits for it
            logger.warning("A title could not be saved", exc_info=True)
