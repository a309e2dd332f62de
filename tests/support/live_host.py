"""A server in a process of its own, whose answers the user's message directs: to be killed, stopped and woken.

    python -m tests.support.live_host PORT DATABASE [SCHEMA [REDIS]]

The message is JSON: `words` (how many), `pause` (seconds between them), `block` (seconds that the event loop stands
still after the first word), `title` (the thread's, at the end), `ignore` (a cancellation is not heeded), `die` (the
process kills itself before its write number x, counted from 0.5 in halves: 1 is right after the first).
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import uvicorn

from chatkit.http import ChatKit, Settings
from chatkit.server import ChatKitServer
from chatkit.stores import SQLStore
from chatkit.types import ThreadItemAddedEvent, ThreadItemDoneEvent, ThreadMetadata, ThreadStreamEvent, UserMessageItem
from tests.support.runs import delta, message

__all__ = ["word"]


def word(number: int) -> str:
    """What is said."""
    return f"word{number} "


class Host(ChatKitServer[Any]):
    """Does as it is told."""

    max_active_runs = 0

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        assert input_user_message is not None
        told: dict[str, Any] = json.loads(input_user_message.content[0].text)
        answer = message(thread, self.store.generate_item_id("message", thread, context))
        yield ThreadItemAddedEvent(item=answer)
        said = ""
        for number in range(told.get("words", 3)):
            yield delta(answer.id, word(number))
            said += word(number)
            if number == 0 and "block" in told:
                time.sleep(told["block"])  # noqa: ASYNC251 - what a careless hook does
            try:
                await asyncio.sleep(told.get("pause", 0))
            except asyncio.CancelledError:
                if not told.get("ignore"):
                    raise
        if told.get("title"):
            thread.title = told["title"]
        yield ThreadItemDoneEvent(item=message(thread, answer.id, said))


class DyingStore(SQLStore[Any]):
    """Kills its process right before a write, or right after it."""

    countdown: float | None = None

    def die(self, told: UserMessageItem) -> None:
        """From the next write on."""
        with suppress(ValueError):
            if "IMMORTAL" not in os.environ:
                self.countdown = json.loads(told.content[0].text).get("die", self.countdown)


def _dying(name: str) -> Any:
    async def write(self: DyingStore, *arguments: Any, **named: Any) -> Any:
        for argument in arguments:
            if isinstance(argument, UserMessageItem):
                self.die(argument)
        if self.countdown is not None:
            self.countdown -= 0.5
            if self.countdown <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
        done = await getattr(SQLStore, name)(self, *arguments, **named)
        if self.countdown is not None:
            self.countdown -= 0.5
            if self.countdown <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return done

    return write


for _name in (
    "store_user_message",
    "add_thread_item",
    "save_item",
    "update_thread",
    "delete_thread_item",
    "save_thread",
):
    setattr(DyingStore, _name, _dying(_name))


def main() -> None:
    """Serves until it is told to stop."""
    port, url, schema, live = [*sys.argv[1:], "", ""][:4]
    store = DyingStore(url, schema_name=schema or None, live=live or None)
    settings = Settings(turns_per_minute=0, shutdown_seconds=int(os.environ.get("SHUTDOWN_SECONDS", "5")))
    app = ChatKit(
        Host(store), context=lambda request: {"user_id": request.headers.get("x-user", "ada")}, settings=settings
    )
    uvicorn.run(app, port=int(port), log_level="warning", timeout_graceful_shutdown=settings.shutdown_seconds)


if __name__ == "__main__":
    main()
