"""Connections of `chatkit serve`: uvicorn's, with what it leaves out."""

import asyncio
import socket
from typing import Any, Protocol, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from chatkit.http import Settings

__all__ = ["connections"]


class _Cycle(Protocol):
    """Uvicorn's request and response."""

    response_complete: bool


class _Uvicorns(Protocol):
    """What both of uvicorn's protocols have."""

    cycle: _Cycle | None


class _Connection(AutoHTTPProtocol):  # pyright: ignore[reportGeneralTypeIssues, reportUntypedBaseClass]
    """One connection.

    What is written goes out at once (`TCP_NODELAY`), also on listening sockets of which asyncio cannot tell that they
    are TCP's. A request's line and headers have to be there in time, counted from the connection or from the first byte
    after an answer; uvicorn's own timer for connections at rest ends with that byte. And a peer that takes nothing of
    what is written to it is cut off, later than any stream would have ended for it.
    """

    def __init__(self, *arguments: Any, head_seconds: float, stall_seconds: float, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_seconds = head_seconds
        self._stall_seconds = stall_seconds
        self._socket: asyncio.Transport | None = None
        self._late_head: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._unwritten = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._socket = cast(asyncio.Transport, transport)
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

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._late_head, self._stalled = _stopped(self._late_head), _stopped(self._stalled)
        super().connection_lost(exc)
        self._socket = None

    def pause_writing(self) -> None:
        """The peer does not take what is written to it."""
        super().pause_writing()
        self._await_progress()

    def resume_writing(self) -> None:
        """The peer has taken it."""
        self._stalled = _stopped(self._stalled)
        super().resume_writing()

    def _await_head(self) -> None:
        if self._late_head is None and self._head_seconds:
            self._late_head = asyncio.get_running_loop().call_later(self._head_seconds, self._cut_off)

    def _await_progress(self) -> None:
        if self._stall_seconds and self._socket is not None:
            self._unwritten = self._socket.get_write_buffer_size()
            self._stalled = asyncio.get_running_loop().call_later(self._stall_seconds, self._check_progress)

    def _check_progress(self) -> None:
        if self._socket is not None and self._socket.get_write_buffer_size() < self._unwritten:
            self._await_progress()
        else:
            self._cut_off()

    def _cut_off(self) -> None:
        if self._socket is not None:
            self._socket.abort()


def _send_at_once(connected: socket.socket | None) -> None:
    if connected is not None and connected.family in (socket.AF_INET, socket.AF_INET6):
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _stopped(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


class _Connections:
    """Makes them, as uvicorn asks for them. Worker processes get it by pickling."""

    def __init__(self, head_seconds: float, stall_seconds: float) -> None:
        self._given = {"head_seconds": head_seconds, "stall_seconds": stall_seconds}

    def __call__(self, *arguments: Any, **named: Any) -> asyncio.Protocol:
        return cast(asyncio.Protocol, _Connection(*arguments, **self._given, **named))


def connections(settings: Settings) -> type[asyncio.Protocol]:
    """For uvicorn's option `http`."""
    # A stalled stream notices so at its next write, which is a heartbeat away at most.
    patience = settings.stall_seconds and settings.stall_seconds * 1.2 + 2 * settings.heartbeat_seconds
    return cast("type[asyncio.Protocol]", _Connections(settings.header_seconds, patience))
