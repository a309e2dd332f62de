"""Editing a user message and answering it anew: what is kept, what is refused, what is announced."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chatkit.errors import RequestError
from chatkit.server import NonStreamingResult
from chatkit.store import NotFoundError
from chatkit.testing import InProcessClient
from chatkit.types import (
    ActiveStatus,
    AssistantMessageItem,
    FileAttachment,
    LockedStatus,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)
from tests.server.conftest import ScriptedServer, message

CONTEXT: dict[str, Any] = {}


class Answering(ScriptedServer):
    """Remembers what it was asked to answer."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[UserMessageItem | None] = []

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: dict[str, Any]
    ) -> AsyncIterator[ThreadStreamEvent]:
        self.asked.append(input_user_message)
        return
        yield


@pytest.fixture
def server() -> Answering:
    return Answering()


async def conversation(server: Answering) -> tuple[str, UserMessageItem]:
    """A thread with two questions and their answers; its id and the first question."""
    thread_id = await server.new_thread()
    await answered(server, thread_id, "first")
    await server.send("threads.add_user_message", thread_id=thread_id, input=message("and then?"))
    await answered(server, thread_id, "second")
    first = (await server.items(thread_id))[0]
    server.asked.clear()
    return thread_id, first


async def answered(server: Answering, thread_id: str, name: str) -> None:
    item = AssistantMessageItem(id=f"msg_{name}", thread_id=thread_id, created_at=datetime.now(UTC), content=[])
    await server.store.add_thread_item(thread_id, item, CONTEXT)


async def edit(server: Answering, thread_id: str, item_id: str, **fields: Any) -> Any:
    return await server.send("threads.retry_after_item", thread_id=thread_id, item_id=item_id, input=message(**fields))


async def contents(server: Answering, thread_id: str) -> list[str]:
    return [item.model_dump_json() for item in await server.items(thread_id)]


async def test_the_edited_message_keeps_its_place_and_what_followed_is_gone(server: Answering) -> None:
    thread_id, first = await conversation(server)
    events = await edit(server, thread_id, first.id, text="hello", quoted_text="so there")
    assert [event["type"] for event in events] == ["thread.item.replaced", "stream_options"]
    assert events[0]["item"]["id"] == first.id
    assert events[0]["item"]["content"] == [{"type": "input_text", "text": "hello"}]
    [kept] = await server.items(thread_id)
    assert isinstance(kept, UserMessageItem)
    assert (kept.id, kept.created_at) == (first.id, first.created_at)
    assert (kept.content[0].text, kept.quoted_text) == ("hello", "so there")
    assert server.asked == [kept]


async def test_tags_tool_and_model_are_those_of_the_edit(server: Answering) -> None:
    thread_id, first = await conversation(server)
    tag = {"type": "input_tag", "id": "t_1", "text": "Ada", "data": {"k": "v"}}
    await edit(server, thread_id, first.id, content=[tag], inference_options={"tool_choice": {"id": "x"}, "model": "m"})
    [kept] = await server.items(thread_id)
    assert kept.content[0].model_dump(include={"id", "text", "data"}) == {
        "id": "t_1",
        "text": "Ada",
        "data": {"k": "v"},
    }
    assert kept.inference_options.tool_choice.id == "x"
    assert kept.inference_options.model == "m"


async def test_attachments_named_again_are_kept(server: Answering) -> None:
    await server.store.save_attachment(FileAttachment(id="atc_1", name="n", mime_type="text/plain"), CONTEXT)
    thread_id = await server.new_thread()
    await server.send("threads.add_user_message", thread_id=thread_id, input=message(attachments=["atc_1"]))
    asked = (await server.items(thread_id))[-1]
    await edit(server, thread_id, asked.id, text="read it", attachments=["atc_1"])
    kept = (await server.items(thread_id))[-1]
    assert [attachment.id for attachment in kept.attachments] == ["atc_1"]
    assert kept.attachments[0].thread_id == thread_id


@pytest.mark.parametrize(
    "fields",
    [
        {"attachments": ["atc_none"]},
        {"attachments": ["atc_theirs"]},
        {"content": []},
        {"content": [{"type": "input_text", "text": " \n"}]},
        {"item_id": "msg_first"},
        {"item_id": "msg_none"},
        {"content": [{"type": "input_text"}]},
        {"content": "hello"},
    ],
    ids=["no attachment", "their attachment", "empty", "blank", "an answer", "no item", "no text", "no list"],
)
async def test_a_wrong_edit_changes_nothing(server: Answering, fields: dict[str, Any]) -> None:
    theirs = FileAttachment(id="atc_theirs", name="n", mime_type="text/plain")
    await server.store.save_attachment(theirs, {"user_id": "them"})
    thread_id, first = await conversation(server)
    before = await contents(server, thread_id)
    item_id = fields.pop("item_id", first.id)
    with pytest.raises((NotFoundError, RequestError, ValueError)):
        await edit(server, thread_id, item_id, **fields)
    assert await contents(server, thread_id) == before
    assert server.asked == []


async def test_a_locked_thread_refuses_an_edit_and_keeps_everything(server: Answering) -> None:
    thread_id, first = await conversation(server)
    thread = await server.store.load_thread(thread_id, CONTEXT)
    thread.status = LockedStatus(reason="Under review.")
    await server.store.save_thread(thread, CONTEXT)
    before = await contents(server, thread_id)
    events = await edit(server, thread_id, first.id, text="hello")
    assert [(event["type"], event["code"]) for event in events] == [("error", "thread.locked")]
    assert await contents(server, thread_id) == before
    thread.status = ActiveStatus()
    await server.store.save_thread(thread, CONTEXT)
    assert (await edit(server, thread_id, first.id, text="hello"))[0]["type"] == "thread.item.replaced"


async def test_the_client_for_tests_edits_too(server: Answering) -> None:
    thread_id, first = await conversation(server)
    client = InProcessClient(server, CONTEXT)
    events = [event async for event in client.retry_after_item(thread_id, first.id, "hello")]
    assert isinstance(events[0], ThreadItemReplacedEvent)
    assert [event.type async for event in client.retry_after_item(thread_id, first.id)] == ["stream_options"]


async def ask(server: Answering, operation: str, extensions: list[str] | None, **params: Any) -> Any:
    asking = {} if extensions is None else {"extensions": extensions}
    result = await server.process(json.dumps({"type": operation, "params": params, **asking}), CONTEXT)
    if isinstance(result, NonStreamingResult):
        return json.loads(result.json)
    return [json.loads(frame.removeprefix(b"data: ")) async for frame in result]


@pytest.mark.parametrize(
    ("asked", "told"), [(None, None), ([], None), (["edit"], ["edit"]), (["edit", "x"], ["edit"]), (["x"], [])]
)
async def test_extensions_are_told_to_those_who_ask(
    server: Answering, asked: list[str] | None, told: list[str] | None
) -> None:
    thread_id, _ = await conversation(server)
    thread = await ask(server, "threads.get_by_id", asked, thread_id=thread_id)
    events = await ask(server, "threads.add_user_message", asked, thread_id=thread_id, input=message())
    options = next(event for event in events if event["type"] == "stream_options")
    assert [answer.get("extensions") for answer in (thread, options)] == [told, told]
    assert ("extensions" in thread, "extensions" in options) == (told is not None, told is not None)
