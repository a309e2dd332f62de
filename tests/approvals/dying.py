"""A server that dies by SIGKILL somewhere between a decision and its effect: `python -m tests.approvals.dying …`."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chatkit.stores import SQLStore
from chatkit.types import ThreadItem
from tests.approvals.chat import Chat

POINTS = ("before the decision", "after the decision", "before the effect", "after the effect", "after the answer")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingStore(SQLStore[Any]):
    point = ""
    decisions = 0

    async def save_if_unchanged(
        self, thread_id: str, seen: ThreadItem, items: Sequence[ThreadItem], context: Any
    ) -> bool:
        self.decisions += 1
        if self.point == "before the decision" or (self.point == "after the answer" and self.decisions == 2):
            die()
        saved = await super().save_if_unchanged(thread_id, seen, items, context)
        if self.point == "after the decision":
            die()
        return saved


async def main(url: str, schema: str, thread_id: str, point: str, effects: str) -> None:
    def send(to: str) -> str:
        if point == "before the effect":
            die()
        with Path(effects).open("a", encoding="utf-8") as file:
            file.write(f"{to}\n")
            file.flush()
            os.fsync(file.fileno())
        if point == "after the effect":
            die()
        return "sent"

    store = DyingStore(url, schema_name=schema or None)
    store.point = point
    chat = Chat("Sent.", store=store, thread_id=thread_id, tool=send)
    await chat.click("approve")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
