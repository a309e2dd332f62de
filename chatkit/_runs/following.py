"""Following a run: from a position on, until it ends."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from chatkit._runs.book import Book, Position
from chatkit._runs.frames import reset_frame

__all__ = ["Following", "follow"]


async def _goes_on() -> bool:
    return True


@dataclass(slots=True)
class Following:
    """What a follower reads. `after` is where it has got to; None: it has nothing.

    `pause` is awaited when there is nothing new, and says whether to go on waiting. `origin`: it is the tab that began
    the turn. `before` is sent ahead of everything. `held` is closed at the end.
    """

    book: Book
    after: Position | None = None
    origin: bool = False
    pause: Callable[[], Awaitable[bool]] = _goes_on
    before: bytes = b""
    held: ExitStack = field(default_factory=ExitStack)


async def follow(find: Callable[[], Awaitable[Following]]) -> AsyncGenerator[bytes, None]:
    """The frames of a run. Errors of `find` are raised at the first.

    It ends behind the run's last frame; or without that, when the follower has to come again. One generator does all of
    it: another around it would cost each delta a tenth.
    """
    following = await find()
    book, me = following.book, object()
    with following.held:
        if following.origin:
            book.origin = me
        try:
            if following.before:
                yield following.before
            number = await _place(following)
            if number is None:
                yield reset_frame(book) + book.opening()
                number = book.base[1]
            while True:
                if number < book.base[1]:
                    yield reset_frame(book) + book.opening()
                    number = book.base[1]
                if book.effects and book.origin is me:
                    effects, number = _with_effects(book, number)
                    yield effects
                    continue
                if number < book.last:
                    frames, number = book.read(number)
                    yield frames
                    del frames  # many followers wait, and none needs to hold what it has handed on
                    continue
                if book.ending is not None:
                    yield book.ending
                    return
                if book.is_lost or not await following.pause():
                    return
                if number >= book.last and book.ending is None and not book.effects:
                    await book.news()
        finally:
            if book.origin is me:
                book.origin = None
                book.effects.clear()


async def _place(following: Following) -> int | None:
    """The number to go on behind; None when what the follower has is of no use."""
    book, after = following.book, following.after
    if after is None:
        return None if book.base[1] or (book.ending is not None and not book.last) else 0
    if book.knows(after):
        return after[1]
    if book.ending is not None and after == (book.fence, book.last + 1):  # it has seen the end
        return book.last
    return None


def _with_effects(book: Book, number: int) -> tuple[bytes, int]:
    """What comes up to the last effect, and that, in order."""
    told: list[bytes] = []
    effects, book.effects = book.effects, []
    for behind, effect in effects:
        frames, number = book.read(number, behind) if number < behind else (b"", number)
        told += [frames, effect]
    return b"".join(told), number
