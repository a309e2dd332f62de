"""Server-sent events of a model's answer, taken as whole frames instead of line by line.

Nearly all frames are `data: …`, or `event: …` and `data: …`, and an empty line. As soon as a stream has something else
(ids, retry times, data over several lines, mixed ends of lines), the SDK's own decoder reads on from there. So what
comes out is what the SDK makes of the same bytes.
"""

import itertools
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from openai._streaming import (  # pyright: ignore[reportPrivateImportUsage]
    ServerSentEvent,
    SSEDecoder,
)
from pydantic_core import from_json

__all__ = ["Frame", "FrameDecoder", "OddObject"]


class OddObject(dict[str, Any]):
    """A JSON object that only Python's own parser takes; half of a surrogate pair in a string, say."""


class Frame(ServerSentEvent):
    """One event: the text of its data, and its name if it has one."""

    # Slots in place of the SDK's properties: they are read for every delta.
    __slots__ = ("data", "event")
    _id = None
    _retry = None

    def __init__(self, data: str, event: str | None) -> None:
        self.data = data  # pyright: ignore[reportAttributeAccessIssue, reportIncompatibleMethodOverride]
        self.event = event  # pyright: ignore[reportAttributeAccessIssue, reportIncompatibleMethodOverride]

    def json(self) -> Any:
        """The value of the data. Raises `json.JSONDecodeError`."""
        try:
            return from_json(self.data)
        except ValueError:
            value = json.loads(self.data)
            return OddObject(cast(dict[str, Any], value)) if isinstance(value, dict) else value


@dataclass(frozen=True)
class _Ends:
    """How a stream ends its lines. `others` are the ends of lines that the SDK knows besides."""

    line: str
    frame: bytes
    others: re.Pattern[bytes]


_LF = _Ends("\n", b"\n\n", re.compile(rb"\r"))
_CRLF = _Ends("\r\n", b"\r\n\r\n", re.compile(rb"\r(?!\n|\Z)|(?<!\r)\n"))


class FrameDecoder(SSEDecoder):
    """Takes frames for as long as they are simple; from then on it is the SDK's decoder."""

    def __init__(self) -> None:
        super().__init__()
        self._rest = bytearray()
        self._searched = 0
        """The length of the rest in which no frame ends."""
        self._ends: _Ends | None = None
        self._simple = True

    def iter_bytes(self, iterator: Iterator[bytes]) -> Iterator[ServerSentEvent]:
        """The events in the bytes."""
        for chunk in iterator:
            yield from self._frames(chunk)
            if not self._simple:
                break
        yield from super().iter_bytes(itertools.chain((bytes(self._rest),), iterator))

    async def aiter_bytes(self, iterator: AsyncIterator[bytes]) -> AsyncGenerator[ServerSentEvent, None]:
        """The events in the bytes."""
        async for chunk in iterator:
            for frame in self._frames(chunk):
                yield frame
            if not self._simple:
                break
        async for event in super().aiter_bytes(_after(bytes(self._rest), iterator)):
            yield event

    def _frames(self, chunk: bytes) -> Iterator[Frame]:
        """The frames that end in the chunk. It stops at one that is not simple, and leaves that one in the rest."""
        if self._rest:
            chunk = self._with_rest(chunk)
        ends = self._ends or self._find_ends(chunk)
        start = 0
        while (end := chunk.find(ends.frame, start)) >= 0:
            read = _read(chunk[start:end], ends)
            if read is None:
                self._simple = False
                break
            start = end + len(ends.frame)
            if read:
                yield read
        if start < len(chunk):
            self._keep(chunk[start:], ends)

    def _with_rest(self, chunk: bytes) -> bytes:
        """The bytes that are not read yet, if a frame ends in them; else none, and the chunk joins the rest."""
        self._rest += chunk
        ends = self._ends or self._find_ends(self._rest)
        if self._rest.find(ends.frame, self._searched) < 0:
            self._look_on(ends)
            return b""
        seen = bytes(self._rest)
        self._rest.clear()
        return seen

    def _keep(self, left: bytes, ends: _Ends) -> None:
        self._rest += left
        self._searched = 0
        self._look_on(ends)

    def _find_ends(self, seen: bytes | bytearray) -> _Ends:
        """How lines end, by the first one; until there is one, a line may end in either way."""
        at = seen.find(b"\n")
        if at < 0:
            return _CRLF
        self._ends = _CRLF if seen.endswith(b"\r", 0, at) else _LF
        return self._ends

    def _look_on(self, ends: _Ends) -> None:
        """No simple frame ends in the rest. If lines end there in another way, the SDK's may: then it reads on."""
        if ends.others.search(self._rest, max(0, self._searched - 1)):
            self._simple = False
        self._searched = max(0, len(self._rest) - 3)


def _read(frame: bytes, ends: _Ends) -> Frame | Literal[False] | None:
    """The event in a frame; `False` for a comment or nothing; nothing for what is not simple."""
    if b"\r" in frame if ends is _LF else frame.endswith(b"\r") or ends.others.search(frame):
        return None
    text = frame.decode()
    event: str | None = None
    if text.startswith("event:"):
        event, _, text = text[6:].partition(ends.line)
        event = event.removeprefix(" ") or None
    if ends.line in text:
        return None
    if text.startswith("data:"):
        return Frame(text[6:] if text.startswith(" ", 5) else text[5:], event)
    return False if event is None and (not text or text[0] == ":") else None


async def _after(first: bytes, iterator: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    yield first
    async for chunk in iterator:
        yield chunk
