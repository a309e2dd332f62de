"""The signal to stop, passed on: apps hear of it at once, not when all connections are closed."""

import asyncio
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from types import FrameType

from starlette.types import ASGIApp, Receive, Scope, Send

from chatkit.http.shutdown import begin_shutdown

__all__ = ["told_of_stop"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def told_of_stop(app: ASGIApp) -> ASGIApp:
    """The app, in whose process every `ChatKit` that is up begins its shutdown when a signal says so.

    It works from inside, since uvicorn lets nobody choose what its worker processes run. The server's own handlers,
    there by the time that the app starts, are called as well.
    """

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        with _passed_on():
            await app(scope, receive, send)

    return told


@contextmanager
def _passed_on() -> Generator[None]:
    if threading.current_thread() is not threading.main_thread():  # nobody else can handle signals
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def stop(number: int, frame: FrameType | None) -> None:
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(begin_shutdown)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in _SIGNALS:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is stop:
                signal.signal(number, handler)
