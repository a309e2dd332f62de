"""Server-sent events: frames written, and a decoder for frames received in any chunks. Pure, no I/O.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

import codecs
from dataclasses import dataclass

__all__ = ["SseDecoder", "SseEvent", "comment", "frame"]


def frame(data: bytes) -> bytes:
    """One event with one line of data; `data` must hold no line ends (JSON on one line holds none)."""
    return b"data: " + data + b"\n\n"


def comment(text: str = "") -> bytes:
    """A comment, which keeps a silent connection open; `text` must hold no line ends."""
    return f": {text}\n\n".encode()


@dataclass(frozen=True, slots=True)
class SseEvent:
    """A decoded event. `retry` is the reconnection time in milliseconds that came with it, if any."""

    data: str
    event: str = "message"
    id: str = ""
    retry: int | None = None


class SseDecoder:
    """Decodes a stream chunk by chunk.

    Chunks may end anywhere: inside a UTF-8 sequence, between `\\r` and `\\n`. An event that is not closed by a blank
    line when the stream ends is dropped, as the format says; so there is nothing to flush.
    """

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._started = False
        self._after_cr = False
        self._data: list[str] = []
        self._event = ""
        self._retry: int | None = None
        self.last_event_id = ""

    def decode(self, chunk: bytes) -> list[SseEvent]:
        """The events that this chunk completes, in order."""
        text = self._decode(chunk)
        if not text:
            return []
        if not self._started:
            self._started = True
            text = text.removeprefix("\ufeff")
        events: list[SseEvent] = []
        for line in self._lines(text):
            if line:
                self._field(line)
            elif (event := self._dispatch()) is not None:
                events.append(event)
        return events

    def _lines(self, text: str) -> list[str]:
        if self._after_cr and text:
            self._after_cr = False
            text = text.removeprefix("\n")
        if not text:
            return []
        if text.endswith("\r"):
            self._after_cr = True
        text = (self._rest + text).replace("\r\n", "\n").replace("\r", "\n")
        *lines, self._rest = text.split("\n")
        return lines

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
            case "event":
                self._event = value
            case "id" if "\0" not in value:
                self.last_event_id = value
            case "retry" if value.isascii() and value.isdigit():
                self._retry = int(value)
            case _:  # a comment (its name is empty), or a field this format does not know
                pass

    def _dispatch(self) -> SseEvent | None:
        data, event, retry = self._data, self._event, self._retry
        self._data, self._event, self._retry = [], "", None
        if not data:
            return None
        return SseEvent("\n".join(data), event or "message", self.last_event_id, retry)
