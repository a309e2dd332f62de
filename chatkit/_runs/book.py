"""What one run has said so far, as its followers read it and as its log keeps it. Pure, but for waking who waits.

Events are numbered from 1, without gaps. What a run says is first a frame of its own (`recent`), which followers of the
same process get at once. Every tick the frames are put together (`collect`): deltas of one text become one *piece*,
which remembers how long each of them was, so that a follower can come back in the middle of it. A piece's text stays as
JSON has it: two strings are joined by leaving out the quotes between them.
"""

import asyncio
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from chatkit._fold import PendingItems
from chatkit._wire import event_frame, parse_event
from chatkit.live import Entry
from chatkit.types import ThreadItem, ThreadItemAddedEvent

__all__ = ["MOST_BYTES", "Book", "LogGapError", "Position"]

MOST_BYTES = 1024 * 1024
"""Of what a run has said since it was trimmed last; beyond that what is older than the pending items is dropped."""

Position = tuple[int, int]
"""A fence and a number: where a follower has got to."""

_TICKS_KEPT = 32
"""Whoever is no more than so many ticks behind is not told to begin anew when a run is trimmed."""

_DATA = len(b"data: ")
_END = len(b"\n\n")
_UPDATED = b'{"type":"thread.item.updated"'
_TEXT_DELTA = b'"update":{"type":"assistant_message.content_part.text_delta","content_index":'
_DELTA = b',"delta":'
_AFTER = b'"}}'
_AFTER_TEXT = b'"}}\n\n'
_EFFECTS = (b'data: {"type":"client_effect"', b'data: {"type":"notice"')


class LogGapError(Exception):
    """The log has lost some of a run."""


class _Piece:
    """Events that follow each other: one, or deltas of one text.

    `head` is what stands before a delta's text, and `body` the text, without quotes; of anything else `head` is empty
    and `body` the JSON. `lengths` are those of the deltas in `body`, in bytes.
    """

    __slots__ = ("body", "fence", "first", "head", "lengths")

    def __init__(self, first: int, fence: int, head: bytes, body: bytes, lengths: Sequence[int]) -> None:
        self.first = first
        self.fence = fence
        self.head = head
        self.body = bytearray(body) if head else body
        self.lengths = array("L", lengths)

    @property
    def last(self) -> int:
        return self.first + len(self.lengths) - 1

    def json(self, after: int = 0) -> bytes:
        """The event; of a text, what came after that number."""
        if not self.head:
            return bytes(self.body)
        later = self.body
        if after >= self.first:
            later = later[len(later) - sum(self.lengths[after - self.first + 1 :]) :]
        return b"".join((self.head, b'"', later, _AFTER))

    def grow(self, body: bytes, lengths: Sequence[int]) -> None:
        """More of the same text."""
        assert isinstance(self.body, bytearray)  # noqa: S101 - only texts grow
        self.body += body
        self.lengths.extend(lengths)

    def split(self, number: int) -> tuple[Sequence["_Piece"], Sequence["_Piece"]]:
        """What is up to that number, and what comes behind it."""
        if number >= self.last:
            return [self], []
        count = number - self.first + 1
        until = sum(self.lengths[:count])
        before = _Piece(self.first, self.fence, self.head, bytes(self.body[:until]), self.lengths[:count])
        return [before], [_Piece(number + 1, self.fence, self.head, bytes(self.body[until:]), self.lengths[count:])]

    def line(self) -> bytes:
        """The piece in an entry of the log."""
        if not self.head:
            return self.json()
        return b"%b %b" % (",".join(map(str, self.lengths)).encode(), self.json())


class Book:
    """One run's events. `fence` is the number under which what comes next is said."""

    def __init__(self, run_id: str, fence: int = 0) -> None:
        self.run_id = run_id
        self.fence = fence
        self.base: Position = (0, 0)
        """Up to here what was said is dropped, and `opening` stands for what was pending then."""
        self.recent: list[bytes] = []
        """Frames that were not collected yet."""
        self.effects: list[tuple[int, bytes]] = []
        """Frames for the tab that began the turn alone, each with the number it comes behind."""
        self.origin: object | None = None
        """Whoever reads effects now."""
        self.ending: bytes | None = None
        """The last frame, which is in no log."""
        self.is_lost = False
        """Nothing comes any more from here: whoever follows has to come again."""
        self.collected = 0
        """The number of the last event that is no frame any more."""
        self.size = 0
        """Bytes of what was said behind the base."""
        self._marks: deque[int] = deque(maxlen=_TICKS_KEPT)
        """The last numbers of the latest ticks."""
        self._opening: list[bytes] = []
        self._pieces: list[_Piece] = []
        self._firsts: list[int] = []
        self._waiting: list[asyncio.Future[None]] = []
        self.listeners: list[Callable[[], None]] = []
        """Called when there may be something new."""
        self._is_untold = False

    @property
    def last(self) -> int:
        """The number of the newest event."""
        return self.collected + len(self.recent)

    # Saying

    def say(self, frame: bytes) -> None:
        """Adds a frame as a turn gives it. Effects are for who began the turn, while it listens, and for no log.

        Nobody is told until `tell()`.
        """
        if frame.startswith(_EFFECTS):
            if self.origin is None:
                return
            self.effects.append((self.last, frame))
        else:
            self.recent.append(frame)
        self._is_untold = True

    def tell(self) -> None:
        """Tells whoever follows of what was said."""
        if self._is_untold:
            self._is_untold = False
            self.wake()

    def end(self, frame: bytes) -> None:
        """Nothing comes any more, but this."""
        self.ending = frame
        self.wake()

    def lose(self) -> None:
        """Nothing comes any more from here."""
        self.is_lost = True
        self.wake()

    def wake(self) -> None:
        """Has whoever waits look again."""
        for listener in self.listeners:
            listener()
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for waiter in waiting:
                if not waiter.done():
                    waiter.set_result(None)

    def news(self) -> asyncio.Future[None]:
        """Comes true when there may be something new. To be awaited at once."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        return waiter

    # Keeping

    def collect(self) -> Entry | None:
        """Puts the recent frames together; the entry that says the same to the log."""
        if not self.recent:
            return None
        first = self.collected + 1
        lines: list[bytes] = []
        for piece in _pieces_of(self.recent, first, self.fence):
            lines.append(piece.line())
            self._add(piece)
        self.recent.clear()
        self._marks.append(self.collected)
        return Entry(self.run_id, self.fence, first, self.collected, b"\n".join(lines).decode())

    def read_entry(self, entry: Entry) -> None:
        """Adds what the log says. What is known already is left out. Raises `LogGapError`."""
        if entry.last <= self.last:
            return
        if entry.base:
            self._begin_at((entry.fence, entry.last), _lines(entry))
        else:
            if entry.first != self.last + 1:
                raise LogGapError(f"Run {self.run_id} has a gap: {self.last} is followed by {entry.first}.")
            for line in _lines(entry):
                self._add(_piece_of_line(line, self.collected + 1, entry.fence))
            self._marks.append(self.collected)
        self.fence = max(self.fence, entry.fence)
        self.wake()

    def trim(self) -> Entry | None:
        """Drops what was said some ticks ago, if there is too much, and keeps what was pending then. The entry that
        does the same in the log.

        To be called when there are no recent frames. What one tick says is kept, however much it is.
        """
        until = self._marks[0] if len(self._marks) == _TICKS_KEPT or self.size > 4 * MOST_BYTES else 0
        if self.size <= MOST_BYTES or until <= self.base[1]:
            return None
        at = bisect_right(self._firsts, until) - 1
        cut = self._pieces[at]
        before, rest = cut.split(until)
        entry = self._base_entry(until, cut.fence, [*self._pieces[:at], *before])
        kept = [*rest, *self._pieces[at + 1 :]]
        self._begin_at((cut.fence, until), _lines(entry))
        for piece in kept:
            self._add(piece)
        return entry

    def whole_entry(self) -> Entry:
        """A base for the log that stands for all that was collected."""
        return self._base_entry(self.collected, self.fence, self._pieces)

    def _base_entry(self, until: int, fence: int, pieces: Sequence[_Piece]) -> Entry:
        pending = _pending([*self._opening, *(piece.json() for piece in pieces)])
        opening = [event_frame(ThreadItemAddedEvent(item=item))[_DATA:-_END] for item in pending]
        return Entry(self.run_id, fence, until, until, b"\n".join(opening).decode(), base=True)

    def _begin_at(self, base: Position, opening: list[bytes]) -> None:
        self.base, self.collected, self._opening = base, base[1], opening
        self._pieces.clear()
        self._firsts.clear()
        self.size = 0

    def _add(self, piece: _Piece) -> None:
        self.size += len(piece.body) + len(piece.head)
        self.collected = piece.last
        before = self._pieces[-1] if self._pieces else None
        if before is not None and piece.head and before.head == piece.head and before.fence == piece.fence:
            before.grow(bytes(piece.body), piece.lengths)
            return
        self._pieces.append(piece)
        self._firsts.append(piece.first)

    # Reading

    def knows(self, position: Position) -> bool:
        """Whether a follower that has got there can go on."""
        fence, number = position
        if (position == self.base and number) or (number > self.collected and fence == self.fence):
            return self.base[1] <= number <= self.last
        if not self.base[1] < number <= self.collected:
            return False
        return self._pieces[bisect_right(self._firsts, number) - 1].fence == fence

    def opening(self) -> bytes:
        """For whoever begins at the base: what was pending there."""
        return b"".join(self._framed(self.base[0], self.base[1], json) for json in self._opening)

    def read(self, after: int, until: int | None = None) -> tuple[bytes, int]:
        """The frames behind a number, deltas of one text as one, and the number of the last.

        Those behind `until` are left out, if they are recent.
        """
        if after >= self.collected:
            recent, at, fence = self.recent, after - self.collected, self.fence
            if at + 1 == len(recent):  # nearly always
                return b"id: %d-%d\n%b" % (fence, after + 1, recent[at]), after + 1
            frames = recent[at : None if until is None else max(until - self.collected, 0)]
            numbered = [b"id: %d-%d\n%b" % (fence, number, frame) for number, frame in enumerate(frames, after + 1)]
            return b"".join(numbered), after + len(frames)
        at = max(bisect_right(self._firsts, after + 1) - 1, 0)
        frames = [self._framed(piece.fence, piece.last, piece.json(after)) for piece in self._pieces[at:]]
        rest, last = self.read(self.collected, until)
        return b"".join([*frames, rest]), last

    def position(self, number: int) -> bytes:
        """As a client gets it."""
        if number <= self.base[1] or number > self.collected or not self._pieces:
            fence = self.base[0] if number <= self.base[1] and self.base[1] else self.fence
        else:
            fence = self._pieces[bisect_right(self._firsts, number) - 1].fence
        return b"%d-%d" % (fence, number)

    def pending(self) -> list[ThreadItem]:
        """The items that have begun and are not final, as far as they got."""
        collected = (piece.json() for piece in self._pieces)
        return _pending([*self._opening, *collected, *(frame[_DATA:-_END] for frame in self.recent)])

    @staticmethod
    def _framed(fence: int, number: int, json: bytes) -> bytes:
        return b"id: %d-%d\ndata: %b\n\n" % (fence, number, json)


def _lines(entry: Entry) -> list[bytes]:
    return [line for line in entry.text.encode().split(b"\n") if line]


def _pending(events: Iterable[bytes]) -> list[ThreadItem]:
    pending = PendingItems()
    for json in events:
        pending.see(parse_event(json))
    return pending.items


def _pieces_of(frames: Sequence[bytes], first: int, fence: int) -> Iterator[_Piece]:
    """The frames, neighbouring deltas of one text put together."""
    begin, texts, number = b"", list[bytes](), first
    for frame in frames:
        if texts and frame.startswith(begin) and (text := _text(frame, len(begin))) is not None:
            texts.append(text)
            continue
        if texts:
            yield _Piece(number, fence, begin[_DATA:-1], b"".join(texts), list(map(len, texts)))
            number += len(texts)
            texts = []
        head = _head(frame[_DATA:-_END])
        begin = b'data: %b"' % head
        if head and (text := _text(frame, len(begin))) is not None:
            texts.append(text)
        else:
            yield _Piece(number, fence, b"", frame[_DATA:-_END], (len(frame),))
            number += 1
    if texts:
        yield _Piece(number, fence, begin[_DATA:-1], b"".join(texts), list(map(len, texts)))


def _head(json: bytes) -> bytes:
    """What stands before the text, if this is a delta of one; else nothing."""
    if not json.startswith(_UPDATED) or _TEXT_DELTA not in json:
        return b""
    at = json.find(_DELTA)
    return json[: at + len(_DELTA)] if at >= 0 else b""


def _text(frame: bytes, begin: int) -> bytes | None:
    """What stands behind a delta's first quote, without the last, if nothing else comes behind it.

    Inside of a string a quote has a backslash before it, so that `","` is never part of one.
    """
    if not frame.endswith(_AFTER_TEXT):
        return None
    text = frame[begin : -len(_AFTER_TEXT)]
    return None if b'","' in text else text


def _piece_of_line(line: bytes, first: int, fence: int) -> _Piece:
    """What `_Piece.line` wrote."""
    if line.startswith(b"{"):
        return _Piece(first, fence, b"", line, [len(line)])
    counted, _, json = line.partition(b" ")
    head = _head(json)
    lengths = [int(length) for length in counted.split(b",")]
    return _Piece(first, fence, head, json[len(head) + 1 : -len(_AFTER)], lengths)
