"""Two owners, every operation, each other's ids and cursors: nothing but not found, and nothing changes."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chatkit.server import ChatKitServer, NonStreamingResult
from chatkit.store import AttachmentStore, NotFoundError, Store
from chatkit.stores import MemoryStore, SQLStore
from chatkit.types import (
    ClientToolCallItem,
    FileAttachment,
    StructuredInputFreeform,
    StructuredInputItem,
    SyncCustomActionResponse,
    ThreadItem,
    WidgetItem,
)
from chatkit.widgets import Card
from tests.server.conftest import message

MINE, THEIRS = {"user_id": "mine"}, {"user_id": "theirs"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Files(AttachmentStore[Any]):
    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        self.deleted = [*getattr(self, "deleted", []), attachment_id]


class Server(ChatKitServer[Any]):
    called = False

    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
        self.called = True
        return
        yield

    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> AsyncIterator[Any]:
        self.called = True
        return
        yield

    async def sync_action(self, thread: Any, action: Any, sender: Any, context: Any) -> SyncCustomActionResponse:
        self.called = True
        return SyncCustomActionResponse(updated_item=sender)


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store[Any]]:
    made = MemoryStore() if request.param == "memory" else SQLStore(f"sqlite+aiosqlite:///{tmp_path / 'chat.sqlite3'}")
    yield made
    await made.close()


@pytest.fixture
async def server(store: Store[Any]) -> Server:
    return Server(store, Files())


async def send(server: Server, operation: str, context: Any, **params: Any) -> Any:
    result = await server.process(json.dumps({"type": operation, "params": params}), context)
    if isinstance(result, NonStreamingResult):
        return json.loads(result.json)
    return [json.loads(frame.removeprefix(b"data: ")) async for frame in result]


async def furnish(server: Server, context: Any) -> dict[str, str]:
    """A thread with one item of each kind that operations name, and an attachment."""
    events = await send(server, "threads.create", context, input=message())
    thread_id, message_id = events[0]["thread"]["id"], events[1]["item"]["id"]
    who = context["user_id"]
    attachment = FileAttachment(id=f"atc_{who}", name="n", mime_type="text/plain")
    await server.store.save_attachment(attachment, context)
    base = {"thread_id": thread_id, "created_at": NOW}
    items: list[ThreadItem] = [
        WidgetItem(id=f"w_{who}", widget=Card(children=[]), **base),
        StructuredInputItem(id=f"si_{who}", inputs=[StructuredInputFreeform(id="q", question="?")], **base),
        ClientToolCallItem(id=f"tc_{who}", call_id="c", name="n", arguments={}, **base),
    ]
    for item in items:
        await server.store.add_thread_item(thread_id, item, context)
    return {
        "thread": thread_id,
        "message": message_id,
        "widget": items[0].id,
        "form": items[1].id,
        "attachment": attachment.id,
    }


def requests(ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Every operation that takes an id, with these."""
    thread, action = ids["thread"], {"type": "a", "payload": None}
    return {
        "threads.get_by_id": {"thread_id": thread},
        "threads.update": {"thread_id": thread, "title": "stolen"},
        "threads.delete": {"thread_id": thread},
        "items.list": {"thread_id": thread},
        "threads.add_user_message": {"thread_id": thread, "input": message()},
        "threads.retry_after_item": {"thread_id": thread, "item_id": ids["message"]},
        "threads.retry_after_item, edited": {
            "thread_id": thread,
            "item_id": ids["message"],
            "input": message(attachments=[ids["attachment"]]),
        },
        "threads.custom_action": {"thread_id": thread, "item_id": ids["widget"], "action": action},
        "threads.sync_custom_action": {"thread_id": thread, "item_id": ids["widget"], "action": action},
        "threads.add_structured_input": {"thread_id": thread, "item_id": ids["form"], "input": {"answers": {}}},
        "threads.add_client_tool_output": {"thread_id": thread, "result": 1},
        "attachments.delete": {"attachment_id": ids["attachment"]},
    }


async def everything(store: Store[Any], ids: dict[str, str], context: Any) -> list[str]:
    page = await store.load_thread_items(ids["thread"], None, 100, "asc", context)
    thread = await store.load_thread(ids["thread"], context)
    attachment = await store.load_attachment(ids["attachment"], context)
    return [model.model_dump_json() for model in (thread, attachment, *page.data)]


async def test_another_owners_ids_are_not_found_and_nothing_changes(server: Server) -> None:
    theirs = await furnish(server, THEIRS)
    mine = await furnish(server, MINE)
    before = await everything(server.store, theirs, THEIRS)
    server.called = False
    mixed = {**theirs, "thread": mine["thread"]}
    for ids in (theirs, mixed):
        for operation, params in requests(ids).items():
            named = [value for value in params.values() if value in theirs.values()]
            if not named:  # my own thread, with nothing of theirs
                continue
            with pytest.raises(NotFoundError):
                await send(server, operation.partition(",")[0], MINE, **params)
    with pytest.raises(NotFoundError):
        await send(server, "threads.create", MINE, input=message(attachments=[theirs["attachment"]]))
    with pytest.raises(NotFoundError):
        await send(
            server,
            "threads.add_user_message",
            MINE,
            thread_id=mine["thread"],
            input=message(attachments=[theirs["attachment"]]),
        )
    assert not server.called
    assert await everything(server.store, theirs, THEIRS) == before


async def test_another_owners_ids_are_no_cursors(server: Server) -> None:
    theirs, mine = await furnish(server, THEIRS), await furnish(server, MINE)
    with pytest.raises(NotFoundError):
        await send(server, "threads.list", MINE, after=theirs["thread"])
    with pytest.raises(NotFoundError):
        await send(server, "items.list", MINE, thread_id=mine["thread"], after=theirs["message"])


async def test_lists_show_only_what_is_mine(server: Server) -> None:
    await furnish(server, THEIRS)
    mine = await furnish(server, MINE)
    assert [thread["id"] for thread in (await send(server, "threads.list", MINE))["data"]] == [mine["thread"]]


async def test_an_attachment_whose_deletion_is_refused_keeps_its_bytes(server: Server) -> None:
    theirs = await furnish(server, THEIRS)
    with pytest.raises(NotFoundError):
        await send(server, "attachments.delete", MINE, attachment_id=theirs["attachment"])
    assert not hasattr(server.attachment_store, "deleted")


async def test_deleting_a_thread_deletes_its_attachments_bytes_and_only_its_owner_may(server: Server) -> None:
    ids = await furnish(server, THEIRS)
    sent = message(attachments=[ids["attachment"]])
    await send(server, "threads.add_user_message", THEIRS, thread_id=ids["thread"], input=sent)
    with pytest.raises(NotFoundError):
        await send(server, "threads.delete", MINE, thread_id=ids["thread"])
    assert not hasattr(server.attachment_store, "deleted")
    await send(server, "threads.delete", THEIRS, thread_id=ids["thread"])
    assert server.attachment_store.deleted == [ids["attachment"]]  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
    with pytest.raises(NotFoundError):
        await server.store.load_attachment(ids["attachment"], THEIRS)
