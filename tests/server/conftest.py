"""A server whose answers the tests write."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from chatkit.server import ChatKitServer, NonStreamingResult, StreamingResult
from chatkit.stores import MemoryStore
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem

Hook = Callable[[ThreadMetadata], AsyncIterator[ThreadStreamEvent]]


class ScriptedServer(ChatKitServer[dict[str, Any]]):
    """Answers with the hook it is given."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())
        self.hook: Hook | None = None

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: dict[str, Any]
    ) -> AsyncIterator[ThreadStreamEvent]:
        if self.hook is not None:
            async for event in self.hook(thread):
                yield event

    async def send(self, operation: str, **params: Any) -> Any:
        """The JSON answer, or the list of events."""
        result = await self.process(json.dumps({"type": operation, "params": params}), {})
        if isinstance(result, NonStreamingResult):
            return json.loads(result.json)
        return [json.loads(frame.removeprefix(b"data: ")) async for frame in result]

    async def stream(self, operation: str, **params: Any) -> StreamingResult:
        result = await self.process(json.dumps({"type": operation, "params": params}), {})
        assert isinstance(result, StreamingResult)
        return result

    async def new_thread(self) -> str:
        hook, self.hook = self.hook, None
        events = await self.send("threads.create", input=message())
        self.hook = hook
        return events[0]["thread"]["id"]

    async def items(self, thread_id: str) -> list[Any]:
        """All items, hidden ones too, oldest first."""
        page = await self.store.load_thread_items(thread_id, None, 100, "asc", {})
        return page.data


def message(text: str = "hi", **fields: Any) -> dict[str, Any]:
    content = [{"type": "input_text", "text": text}]
    return {"content": content, "attachments": [], "inference_options": {}, **fields}


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer()
