"""What one run has said so far, as its followers read it and as its log keeps it. Pure, but for waking who waits.

Events are numbered from 1, without gaps. What a run says is first a frame of its own (`recent`), which followers of the
same process get at once. Every tick the frames are put together (`collect`): deltas of one text become one *piece*,
which remembers how long each of them was, so that a follower can come back in the middle of it. A piece's text stays as
JSON has it: two strings are joined by leaving out the quotes between them.
"""

import asyncio
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from chatkit._fold import PendingItems
from chatkit._wire import event_frame, parse_event
from chatkit.live import Entry
from chatkit.types import ThreadItem, ThreadItemAddedEvent

__all__ = ["MOST_BYTES", "Book", "LogGapError", "Position"]

MOST_BYTES = 1024 * 1024
"""Of what a run has said; beyond that what is older than the pending items is dropped."""

Position = tuple[int, int]
"""A fence and a number: where a follower has got to."""

_DATA = len(b"data: ")
_END = len(b"\n\n")
_UPDATED = b'{"type":"thread.item.updated"'
_TEXT_DELTA = b'"update":{"type":"assistant_message.content_part.text_delta","content_index":'
_DELTA = b',"delta":'
_AFTER = b'"}}'
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
        self._opening: list[bytes] = []
        self._pieces: list[_Piece] = []
        self._firsts: list[int] = []
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def last(self) -> int:
        """The number of the newest event."""
        return self.collected + len(self.recent)

    # Saying

    def say(self, frame: bytes) -> None:
        """Adds a frame as a turn gives it. Effects are for who began the turn, while it listens, and for no log."""
        if frame.startswith(_EFFECTS):
            if self.origin is None:
                return
            self.effects.append((self.last, frame))
        else:
            self.recent.append(frame)
        if self._waiting:
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
        self.fence = max(self.fence, entry.fence)
        self.wake()

    def trim(self) -> Entry | None:
        """Drops what was said, if it is too long, and keeps what is pending. The entry that does the same in the log.

        To be called when there are no recent frames.
        """
        if self.size <= MOST_BYTES:
            return None
        entry = self.whole_entry()
        self._begin_at((self.fence, self.collected), _lines(entry))
        return entry

    def whole_entry(self) -> Entry:
        """A base for the log that stands for all that was collected."""
        pending = _pending([*self._opening, *(piece.json() for piece in self._pieces)])
        opening = [event_frame(ThreadItemAddedEvent(item=item))[_DATA:-_END] for item in pending]
        return Entry(self.run_id, self.fence, self.collected, self.collected, b"\n".join(opening).decode(), base=True)

    def forget(self, fence: int) -> None:
        """What was read is of no use: whoever follows is told to look into the store."""
        self._begin_at((fence, self.last + 1), [])
        self.fence = fence

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
            frames = self.recent[after - self.collected : None if until is None else max(until - self.collected, 0)]
            prefix = f"id: {self.fence}-"
            if len(frames) == 1:
                return f"{prefix}{after + 1}\n".encode() + frames[0], after + 1
            numbered = [f"{prefix}{after + at}\n".encode() + frame for at, frame in enumerate(frames, 1)]
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
    head, texts, number = b"", list[bytes](), first
    for frame in frames:
        json = frame[_DATA:-_END]
        if head and json.startswith(head) and (text := _text(json, len(head))) is not None:
            texts.append(text)
            continue
        if texts:
            yield _Piece(number, fence, head, b"".join(texts), [len(text) for text in texts])
            number += len(texts)
            head, texts = b"", []
        head = _head(json)
        if head and (text := _text(json, len(head))) is not None:
            texts.append(text)
        else:
            head = b""
            yield _Piece(number, fence, b"", json, [len(json)])
            number += 1
    if texts:
        yield _Piece(number, fence, head, b"".join(texts), [len(text) for text in texts])


def _head(json: bytes) -> bytes:
    """What stands before the text, if this is a delta of one; else nothing."""
    if not json.startswith(_UPDATED) or _TEXT_DELTA not in json:
        return b""
    at = json.find(_DELTA)
    return json[: at + len(_DELTA)] if at >= 0 else b""


def _text(json: bytes, head: int) -> bytes | None:
    """A delta's text without its quotes, if nothing else comes behind it.

    Inside of a string a quote has a backslash before it, so that `","` is never part of one.
    """
    rest = json[head:]
    if not rest.startswith(b'"') or not rest.endswith(_AFTER) or b'","' in rest:
        return None
    return rest[1 : -len(_AFTER)]


def _piece_of_line(line: bytes, first: int, fence: int) -> _Piece:
    """What `_Piece.line` wrote."""
    if line.startswith(b"{"):
        return _Piece(first, fence, b"", line, [len(line)])
    counted, _, json = line.partition(b" ")
    head = _head(json)
    lengths = [int(length) for length in counted.split(b",")]
    return _Piece(first, fence, head, json[len(head) + 1 : -len(_AFTER)], lengths)
