"""Connections of `chatkit serve`: uvicorn's, with what it leaves out."""

import asyncio
import socket
from typing import TYPE_CHECKING, Any, Protocol, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.protocols.websockets.auto import AutoWebSocketsProtocol

from chatkit.cli.problems import UsageProblem
from chatkit.http import Settings

__all__ = ["connections", "sockets"]

_LARGER = 4
"""Frames that are too large by as much are still answered with an error; what is larger closes the socket."""


class _Cycle(Protocol):
    """Uvicorn's request and response."""

    response_complete: bool


class _Uvicorns(Protocol):
    """What both of uvicorn's protocols have."""

    cycle: _Cycle | None


class _Patience:
    """Cuts off a peer that takes nothing of what is written to it for so many seconds; 0 is no limit."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unwritten = 0

    def begin(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._transport = cast(asyncio.Transport, transport)

    def end(self) -> None:
        """The connection is gone."""
        self.stop()
        self._transport = None

    def wait(self) -> None:
        """The peer does not take what is written."""
        if self._seconds and self._transport is not None:
            self._unwritten = self._transport.get_write_buffer_size()
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._check)

    def stop(self) -> None:
        """The peer has taken it."""
        self._timer = _stopped(self._timer)

    def cut_off(self) -> None:
        """Ends the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _check(self) -> None:
        if self._transport is not None and self._transport.get_write_buffer_size() < self._unwritten:
            self.wait()
        else:
            self.cut_off()


class _Waiting:
    """What a protocol of uvicorn's does when its peer takes nothing, whatever is spoken on it."""

    _patience: _Patience

    def pause_writing(self) -> None:
        """The peer does not take what is written to it."""
        cast(Any, super()).pause_writing()
        self._patience.wait()

    def resume_writing(self) -> None:
        """The peer has taken it."""
        self._patience.stop()
        cast(Any, super()).resume_writing()


class _Connection(_Waiting, AutoHTTPProtocol):  # pyright: ignore[reportGeneralTypeIssues, reportUntypedBaseClass]
    """One connection.

    What is written goes out at once (`TCP_NODELAY`), also on listening sockets of which asyncio cannot tell that they
    are TCP's. A request's line and headers have to be there in time, counted from the connection or from the first byte
    after an answer; uvicorn's own timer for connections at rest ends with that byte. And a peer that takes nothing of
    what is written to it is cut off, later than any stream would have ended for it.
    """

    def __init__(self, *arguments: Any, head_seconds: float, stall_seconds: float, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_seconds = head_seconds
        self._late_head: asyncio.TimerHandle | None = None
        self._patience = _Patience(stall_seconds)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._patience.begin(transport)
        _send_at_once(transport.get_extra_info("socket"))
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Bytes came. Nothing of them is looked at but whether they end a head, which begins a cycle."""
        super().data_received(data)
        cycle = cast(_Uvicorns, self).cycle
        if cycle is None or cycle.response_complete:
            self._await_head()
        else:
            self._late_head = _stopped(self._late_head)

    def handle_websocket_upgrade(self, *arguments: Any) -> None:
        """The connection is a web socket's from here on, which has a protocol of its own."""
        cast(Any, super()).handle_websocket_upgrade(*arguments)
        self._let_go()
        self._head_seconds = 0

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._let_go()
        super().connection_lost(exc)

    def _let_go(self) -> None:
        self._late_head = _stopped(self._late_head)
        self._patience.end()

    def _await_head(self) -> None:
        if self._late_head is None and self._head_seconds:
            self._late_head = asyncio.get_running_loop().call_later(self._head_seconds, self._patience.cut_off)


if TYPE_CHECKING:
    _UvicornsSocket = asyncio.Protocol
else:
    _UvicornsSocket = AutoWebSocketsProtocol or asyncio.Protocol


class _Socket(_Waiting, _UvicornsSocket):
    """One web socket. Its peer is cut off when it takes nothing of what is written to it, as by a connection."""

    def __init__(self, *arguments: Any, stall_seconds: float, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._patience = _Patience(stall_seconds)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._patience.begin(transport)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._patience.end()
        super().connection_lost(exc)


def _send_at_once(connected: socket.socket | None) -> None:
    if connected is not None and connected.family in (socket.AF_INET, socket.AF_INET6):
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _stopped(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


class _Made:
    """Makes them, as uvicorn asks for them. Worker processes get it by pickling."""

    def __init__(self, kind: type[asyncio.Protocol], **given: float) -> None:
        self._kind = kind
        self._given = given

    def __call__(self, *arguments: Any, **named: Any) -> asyncio.Protocol:
        return self._kind(*arguments, **self._given, **named)


def _stall_seconds(settings: Settings) -> float:
    """A stalled stream notices so at its next write, which is a heartbeat away at most."""
    return settings.stall_seconds and settings.stall_seconds * 1.2 + 2 * settings.heartbeat_seconds


def connections(settings: Settings) -> type[asyncio.Protocol]:
    """For uvicorn's option `http`."""
    made = _Made(_Connection, head_seconds=settings.header_seconds, stall_seconds=_stall_seconds(settings))
    return cast("type[asyncio.Protocol]", made)


def sockets(settings: Settings) -> dict[str, Any]:
    """Uvicorn's options for web sockets. Raises `UsageProblem` when a package for them is missing."""
    if not settings.websocket:
        return {"ws": "none"}
    if AutoWebSocketsProtocol is None:
        raise UsageProblem("CHATKIT_WEBSOCKET needs the package websockets: pip install 'open-chatkit[serve]'")
    return {
        "ws": _Made(_Socket, stall_seconds=_stall_seconds(settings)),
        "ws_max_size": _LARGER * settings.max_body_bytes,
        "ws_per_message_deflate": False,  # its window takes more memory than all the rest of a connection
    }
