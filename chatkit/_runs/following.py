"""Following a run: from a position on, until it ends."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from chatkit._runs.book import Book, Position
from chatkit._runs.frames import reset_frame

__all__ = ["Follower", "Following", "frames_of"]


@dataclass(slots=True)
class Following:
    """What a follower reads. `after` is where it has got to; None: it has nothing.

    `pause` is awaited when there is nothing new, and says whether to go on waiting. `origin`: it is the tab that began
    the turn. `before` is sent ahead of everything. `held` is closed at the end.
    """

    book: Book
    after: Position | None = None
    origin: bool = False
    pause: Callable[[], Awaitable[bool]] | None = None
    before: bytes = b""
    held: ExitStack = field(default_factory=ExitStack)


class Follower:
    """One connection that follows a run. `open()` it, `take()` what there is, `wait()` when there is nothing.

    It ends behind the run's last frame; or without that, when the follower has to come again.
    """

    __slots__ = ("_before", "_book", "_find", "_following", "_number", "_on_news", "ended")

    def __init__(self, find: Callable[[], Awaitable[Following]]) -> None:
        self._find = find
        self._following: Following | None = None
        self._book = Book("")
        self._number = 0
        self._before = b""
        self._on_news: Callable[[], None] | None = None
        self.ended = False
        """Nothing comes any more."""

    async def open(self) -> None:
        """Finds the run. Raises what is wrong with the request."""
        self._following = following = await self._find()
        self._book = book = following.book
        if following.origin:
            book.origin = self
        place = _place(following)
        self._number = book.base[1] if place is None else place
        self._before = following.before + (_anew(book) if place is None else b"")

    def take(self) -> bytes:
        """The frames that are there; nothing when there are none, or no more."""
        book, number = self._book, self._number
        if self._before:
            before, self._before = self._before, b""
            return before
        if book.effects and book.origin is self:
            effects, self._number = _with_effects(book, number)
            return effects
        if number < book.base[1]:
            self._number = book.base[1]
            return _anew(book)
        if number < book.collected + len(book.recent):
            frames, self._number = book.read(number)
            return frames
        if self.ended or book.is_lost:
            self.ended = True
            return b""
        if book.ending is not None:
            self.ended = True
            return book.ending
        return b""

    async def wait(self) -> None:
        """Waits until there may be something new."""
        if await self.pause():
            await self._book.news()

    @property
    def pauses(self) -> bool:
        """Whether there is something to do when there is no news."""
        return self._following is not None and self._following.pause is not None

    async def pause(self) -> bool:
        """To be awaited when there is nothing new, before waiting for it. Whether there is still nothing."""
        following, book = self._following, self._book
        if following is not None and following.pause is not None and not await following.pause():
            self.ended = True
        news = self._number != book.last or book.ending is not None or book.is_lost or bool(book.effects)
        return not (self.ended or news)

    def listen(self, on_news: Callable[[], None]) -> None:
        """Has `on_news` called each time that there may be something new."""
        self._on_news = on_news
        self._book.listeners.append(on_news)

    def close(self) -> None:
        """Follows no more."""
        self.ended = True
        if self._on_news is not None:
            self._book.listeners.remove(self._on_news)
            self._on_news = None
        if self._book.origin is self:
            self._book.origin = None
            self._book.effects.clear()
        if self._following is not None:
            self._following.held.close()


async def frames_of(follower: Follower) -> AsyncGenerator[bytes, None]:
    """What a follower gets, for whoever reads it piece by piece."""
    try:
        await follower.open()
        while True:
            frames = follower.take()
            if frames:
                yield frames
                del frames  # many followers wait, and none needs to hold what it has handed on
            elif follower.ended:
                return
            else:
                await follower.wait()
    finally:
        follower.close()


def _place(following: Following) -> int | None:
    """The number to go on behind; None when what the follower has is of no use."""
    book, after = following.book, following.after
    if after is None:
        return None if book.base[1] or (book.ending is not None and not book.last) else 0
    if book.knows(after):
        return after[1]
    if book.ending is not None and after == (book.fence, book.last + 1):  # it has seen the end
        return book.last
    return None


def _anew(book: Book) -> bytes:
    return reset_frame(book) + book.opening()


def _with_effects(book: Book, number: int) -> tuple[bytes, int]:
    """What comes up to the last effect, and that, in order."""
    told: list[bytes] = []
    effects, book.effects = book.effects, []
    for behind, effect in effects:
        frames, number = book.read(number, behind) if number < behind else (b"", number)
        told += [frames, effect]
    return b"".join(told), number
