"""The frames of a web socket: what a client's say, and how events of a stream are put into the server's. No I/O.

`docs/protocol.md` has the wire.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from pydantic_core import from_json, to_json

from chatkit._json import objection
from chatkit._sse import SseDecoder
from chatkit.http.errors import HttpError, Problem

__all__ = ["Asked", "Cancelled", "EventFrames", "FrameError", "Pinged", "error_frame", "read_frame", "told"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. `headers` are those that the client gives it in place of the handshake's, names in lower case.

    `goes_on`: what it asks for, if it is a stream, does not end with the connection.
    """

    id: str
    body: bytes
    goes_on: bool
    headers: dict[str, bytes] = field(default_factory=dict[str, bytes])


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nothing more of a request is wanted."""

    id: str


@dataclass(frozen=True, slots=True)
class Pinged:
    """Is anybody there? `token` is the JSON to say back."""

    token: str


class FrameError(HttpError):
    """A frame that cannot be used. `id` is that of the request in it, as far as it can be told."""

    def __init__(self, problem: Problem, id: str | None = None) -> None:
        super().__init__(problem)
        self.id = id


_LONGEST_ID = 100
_LONGEST_PING = 200
_ENVELOPE_BYTES = 64 * 1024
"""What a frame may hold beside its request: a token can be long."""
_ID_AT_ONCE = re.compile(r'\s*\{\s*"id"\s*:\s*("(?:[^"\\]|\\.){1,600}")')
"""Where every client should have it: of a frame that is not parsed at all, too, it tells whose it is."""
_HEADERS = ("authorization", "accept-language")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]{1,16384}")
_BLANK = re.compile(r"[ \t\r\n]*")
_read = json.JSONDecoder().raw_decode


def read_frame(text: str, *, max_bytes: int, max_depth: int) -> Asked | Cancelled | Pinged:
    """What a client's frame says; raises `FrameError`.

    The request itself is only cut out: it is read like any body, by whoever reads those. `max_bytes` is for it alone.
    """
    given = text.encode(errors="surrogatepass")
    if len(given) > max_bytes + _ENVELOPE_BYTES:
        raise FrameError(_too_large(max_bytes), _likely_id(text))
    wrong = objection(given, depth=max_depth + 1)
    if wrong is not None:
        raise FrameError(_malformed(f"The frame cannot be read: {wrong}."), _likely_id(text))
    try:
        members = _members(text)
    except (ValueError, RecursionError):
        raise FrameError(_malformed("A frame is a JSON object."), _likely_id(text)) from None
    if "ping" in members:
        return _ping_in(members["ping"].text)
    asking = _id_in(members)
    if "cancel" in members:
        return Cancelled(asking)
    text, request = members.get("request", _NOTHING)
    if not isinstance(request, dict):
        problem = "A frame has a `request` with the operation, or `cancel`, beside its `id`; or it is a `ping`."
        raise FrameError(_malformed(problem), asking)
    goes_on = _goes_on(cast("dict[str, object]", request))
    return Asked(asking, text.encode(errors="surrogatepass"), goes_on, _headers_in(members, asking))


class _Member(NamedTuple):
    """A member of an object: as it stands there, and what that means."""

    text: str
    value: object


_NOTHING = _Member("", None)
_Members = dict[str, _Member]


def _members(text: str) -> _Members:
    """The members of the JSON object that the text is. Raises `ValueError`."""
    members: _Members = {}
    at = _expect(text, 0, "{")
    ends = text[at : at + 1] == "}"
    while not ends:
        name, at = cast("tuple[object, int]", _read(text, at))
        if not isinstance(name, str):
            raise ValueError(name)
        begin = _expect(text, at, ":")
        value, at = cast("tuple[object, int]", _read(text, begin))
        members[name] = _Member(text[begin:at], value)
        at = _skip(text, at)
        ends = text[at : at + 1] == "}"
        if not ends:
            at = _expect(text, at, ",")
    if _skip(text, at + 1) != len(text):
        raise ValueError(text)
    return members


def _skip(text: str, at: int) -> int:
    return cast("re.Match[str]", _BLANK.match(text, at)).end()


def _expect(text: str, at: int, sign: str) -> int:
    """Where it goes on behind the sign."""
    at = _skip(text, at)
    if text[at : at + 1] != sign:
        raise ValueError(at)
    return _skip(text, at + 1)


def _ping_in(token: str) -> Pinged:
    if len(token) > _LONGEST_PING:
        raise FrameError(_malformed(f"What a `ping` says is not longer than {_LONGEST_PING} characters."))
    return Pinged(token)


def _id_in(members: _Members) -> str:
    given = members.get("id", _NOTHING).value
    if not isinstance(given, str) or not 0 < len(given) <= _LONGEST_ID:
        raise FrameError(_malformed(f"`id` is a text of 1 to {_LONGEST_ID} characters."))
    return given


def _likely_id(text: str) -> str | None:
    found = _ID_AT_ONCE.match(text)
    with suppress(ValueError, FrameError):
        return _id_in(_members(f'{{"id":{found[1]}}}')) if found is not None else None
    return None


def _goes_on(request: dict[str, object]) -> bool:
    extensions = request.get("extensions")
    asks = isinstance(extensions, list) and "runs" in extensions
    return asks or request.get("type") in ("threads.resume", "threads.watch")


def _headers_in(members: _Members, id: str) -> dict[str, bytes]:
    given: object = members["headers"].value if "headers" in members else {}
    if not isinstance(given, dict):
        raise FrameError(_wrong_header("headers", "an object is needed"), id)
    headers: dict[str, bytes] = {}
    for name, value in cast("dict[str, object]", given).items():
        path = f"headers.{name}"
        if name.lower() not in _HEADERS:
            raise FrameError(_wrong_header(path, f"only {' and '.join(_HEADERS)} can be given"), id)
        if not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
            raise FrameError(_wrong_header(path, "this cannot be a header's value"), id)
        headers[name.lower()] = value.encode("latin-1")
    return headers


def _malformed(message: str) -> Problem:
    return Problem(400, "socket.malformed", message)


def _wrong_header(path: str, reason: str) -> Problem:
    return Problem(422, "request.invalid_params", f"{path}: {reason}", path)


def _too_large(limit: int) -> Problem:
    return Problem(413, "request.too_large", f"The request is larger than the {limit} bytes that this server takes.")


def told(id: str | None, member: str, value: str) -> str:
    """A frame of the server's, about a request or about none. `value` is JSON."""
    about = f'"id":{_json(id)},' if id is not None else ""
    return f'{{{about}"{member}":{value}}}'


def error_frame(id: str | None, status: int, body: bytes, retry_after: int | None = None) -> str:
    """What is an answer with a status over HTTP. `body` is that answer's, `{"error": {…}}`."""
    error = {**cast("dict[str, Any]", from_json(body))["error"], "status": status}
    if retry_after is not None:
        error["retry_after"] = retry_after
    return told(id, "error", to_json(error).decode())


def _json(text: str) -> str:
    return json.dumps(text)  # escapes half characters, which no frame may hold


class EventFrames:
    """Puts the events of one stream into frames, as they come in server-sent events.

    Those that this package writes are whole and of one form, and just change their clothes. What an application sends
    in their place may have any form that server-sent events can have; it is decoded.
    """

    __slots__ = ("_decoder", "_head", "_heartbeat")

    def __init__(self, id: str) -> None:
        self._head = f'{{"id":{_json(id)},"event":'
        self._heartbeat = told(id, "heartbeat", "true")
        self._decoder: SseDecoder | None = None

    def of(self, body: bytes) -> Iterator[str]:
        """The frames for a piece of the stream."""
        if self._decoder is None:
            pieces = body.split(b"\n\n")
            frames = [self._of_own(piece) for piece in pieces[:-1]] if not pieces[-1] else [None]
            if None not in frames:
                yield from cast("list[str]", frames)
                return
            self._decoder = SseDecoder()
        if body.startswith(b":"):
            yield self._heartbeat
        for event in self._decoder.decode(body):
            yield self._event(event.data, event.id)

    def _of_own(self, piece: bytes) -> str | None:
        position, data = b"", piece
        if piece.startswith(b"id: "):
            position, _, data = piece[4:].partition(b"\n")
        if data.startswith(b"data: ") and b"\n" not in data and b"\r" not in piece:
            return self._event(data[6:].decode(errors="replace"), position.decode(errors="replace"))
        return self._heartbeat if piece == b": " else None

    def _event(self, data: str, position: str) -> str:
        if not position:
            return f"{self._head}{data}}}"
        return f'{self._head}{data},"position":{_json(position)}}}'
