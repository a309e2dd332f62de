"""What is sent and stored is JSON, whatever numbers an application has: NaN and the infinities are null."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chatkit.actions import ActionConfig
from chatkit.http import PageOptions
from chatkit.stores import MemoryStore
from chatkit.stores.sql import SQLStore
from chatkit.types import (
    ClientEffectEvent,
    ClientToolCallItem,
    SyncCustomActionResponse,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    WidgetItem,
)
from chatkit.widgets import BarSeries, Box, Button, Card, Chart
from tests.http.servers import EchoServer, chatkit, client, create

NUMBERS = [float("nan"), float("inf"), float("-inf")]


def refuse(literal: str) -> Any:
    raise AssertionError(f"{literal} is not JSON")


def strictly(text: str | bytes) -> Any:
    return json.loads(text, parse_constant=refuse)


def widget(server: EchoServer, thread: ThreadMetadata, context: Any, number: float) -> WidgetItem:
    chart = Chart(data=[{"x": "a", "y": number}], series=[BarSeries(dataKey="y", label="Y")], xAxis="x")
    button = Button(label="Go", onClickAction=ActionConfig(type="go", payload={"at": [number, {"b": number}]}))
    return WidgetItem(
        id=server.store.generate_item_id("message", thread, context),
        thread_id=thread.id,
        created_at=datetime.now(UTC),
        widget=Card(children=[chart, button, Box(width=number, aspectRatio=number)]),
    )


class Unmeasured(EchoServer):
    """Has numbers that are none, everywhere."""

    def __init__(self, number: float, store: Any) -> None:
        super().__init__(store)
        self.number = number

    async def respond(
        self, thread: ThreadMetadata, input_user_message: Any, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        thread.metadata["number"] = self.number
        yield ThreadItemDoneEvent(item=widget(self, thread, context, self.number))
        yield ClientEffectEvent(name="effect", data={"number": self.number})
        call = ClientToolCallItem(
            id=self.store.generate_item_id("tool_call", thread, context),
            thread_id=thread.id,
            created_at=datetime.now(UTC),
            call_id="c",
            name="tool",
            arguments={"number": self.number},
            output=[self.number],
            status="completed",
        )
        yield ThreadItemDoneEvent(item=call)

    async def sync_action(self, thread: ThreadMetadata, action: Any, sender: Any, context: Any) -> Any:
        return SyncCustomActionResponse(updated_item=widget(self, thread, context, self.number))


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("stored_in", ["memory", "sqlite"])
async def test_no_frame_answer_or_document_has_numbers_that_are_none(
    number: float, stored_in: str, tmp_path: Any
) -> None:
    store: Any = MemoryStore() if stored_in == "memory" else SQLStore(f"sqlite+aiosqlite:///{tmp_path}/chat.db")
    async with client(chatkit(Unmeasured(number, store))) as http:
        answer = await http.post("/chatkit", json=create())
        frames = [strictly(part.removeprefix("data: ")) for part in answer.text.strip().split("\n\n")]
        assert not [frame for frame in frames if frame["type"] == "error"]
        thread = frames[0]["thread"]["id"]
        loaded = strictly(
            (await http.post("/chatkit", json={"type": "threads.get_by_id", "params": {"thread_id": thread}})).content
        )
        assert len(loaded["items"]["data"]) == 3, "what was stored can be read again"
        action = {"type": "threads.sync_custom_action", "params": {"thread_id": thread, "action": {"type": "x"}}}
        strictly((await http.post("/chatkit", json=action)).content)
        strictly((await http.post("/chatkit", json={"type": "threads.list", "params": {}})).content)
    await store.close()


@pytest.mark.parametrize("number", NUMBERS)
async def test_the_pages_configuration_is_json(server: EchoServer, number: float) -> None:
    page = PageOptions(options={"composer": {"number": number}})
    async with client(chatkit(server, page=page)) as http:
        assert strictly((await http.get("/api/config")).content)["options"]["composer"] == {"number": None}
