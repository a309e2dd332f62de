"""What the page says of the moment reaches hooks, and is not stored."""

from collections.abc import AsyncIterator
from typing import Any

from chatkit.server import current_request_metadata
from chatkit.types import ThreadMetadata, ThreadStreamEvent
from tests.server.conftest import ScriptedServer, message


async def test_metadata_of_request_and_message_reaches_the_hook_and_nothing_else(server: ScriptedServer) -> None:
    seen: list[dict[str, Any]] = []

    async def hook(thread: ThreadMetadata) -> AsyncIterator[ThreadStreamEvent]:
        seen.append(current_request_metadata())
        return
        yield

    server.hook = hook
    events = await server.send("threads.create", input=message(metadata={"pageContext": {"title": "Cart"}}))
    assert seen == [{"pageContext": {"title": "Cart"}}]
    assert "Cart" not in str(events)
    await server.send("threads.create", input=message())
    assert seen[1] == {}
