"""`threads.watch`: who listens for changes in an owner's threads."""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable

from chatkit._runs.frames import plain_frame
from chatkit._sse import frame
from chatkit.types import ThreadChangedEvent, WatchOpenedEvent

__all__ = ["Watchers", "signal_for"]

_PREFIX = "own:"
_MOST_WAITING = 100
_LONGEST_SECONDS = 600.0
"""After which a watcher has to come again: servers that shut down wait for it, proxies cut what lasts longer."""


def _digest(owner: str) -> str:
    return hashlib.sha256(owner.encode(errors="surrogatepass")).hexdigest()[:24]


def signal_for(owner: str, event: bytes) -> str | None:
    """The signal that tells an owner's watchers of an event, given as JSON; None when it is too long for one."""
    text = f"{_PREFIX}{_digest(owner)}:{event.decode()}"
    return text if len(text.encode()) <= 500 else None


class _Watcher:
    def __init__(self) -> None:
        self.waiting: deque[bytes] = deque(maxlen=_MOST_WAITING)
        self.missed = False
        self.news = asyncio.Event()


class Watchers:
    """Those of one process."""

    def __init__(self) -> None:
        self._by_owner: dict[str, set[_Watcher]] = {}
        self._closed = False

    def __len__(self) -> int:
        return len(self._by_owner)

    def hear(self, text: str) -> None:
        """A signal."""
        if text.startswith(_PREFIX):
            owner, _, event = text.removeprefix(_PREFIX).partition(":")
            for watcher in self._by_owner.get(owner, ()):
                watcher.missed |= len(watcher.waiting) == _MOST_WAITING
                watcher.waiting.append(event.encode())
                watcher.news.set()

    def miss(self) -> None:
        """Something may not have been heard."""
        for watchers in self._by_owner.values():
            for watcher in watchers:
                watcher.missed = True
                watcher.news.set()

    def close(self) -> None:
        """Ends all of them."""
        self._closed = True
        self.miss()

    async def watch(self, find: Callable[[], Awaitable[str]]) -> AsyncGenerator[bytes, None]:
        """The frames for a watcher of the owner that `find` gives."""
        owner = _digest(await find())
        me = _Watcher()
        self._by_owner.setdefault(owner, set()).add(me)
        try:
            yield plain_frame(WatchOpenedEvent())
            until = asyncio.get_running_loop().time() + _LONGEST_SECONDS
            while not self._closed:
                try:
                    async with asyncio.timeout_at(until):
                        await me.news.wait()
                except TimeoutError:
                    return
                me.news.clear()
                if me.missed and not self._closed:
                    me.missed = False
                    me.waiting.clear()
                    yield plain_frame(ThreadChangedEvent())
                while me.waiting:
                    yield frame(me.waiting.popleft())
        finally:
            self._by_owner[owner].discard(me)
            if not self._by_owner[owner]:
                del self._by_owner[owner]
