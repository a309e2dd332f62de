"""What is sent several times at once is carried out once; what is refused changes nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import create_async_engine

from chatkit.errors import RequestError
from chatkit.server import ChatKitServer, NonStreamingResult
from chatkit.store import AttachmentStore, NotFoundError, Store, ThreadChanges
from chatkit.stores import MemoryStore, SQLStore
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    AttachmentCreateParams,
    ClientToolCallItem,
    ClosedStatus,
    FileAttachment,
    HiddenContextItem,
    LockedStatus,
    StructuredInputFreeform,
    StructuredInputItem,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)
from tests.server.conftest import message
from tests.support.plain_store import PlainStore

AT_ONCE = 5
CONTEXT: dict[str, Any] = {"user_id": "ada"}


class Files(AttachmentStore[Any]):
    """Bytes are names in a set; deleting what is not there is an error, as with many."""

    def __init__(self) -> None:
        self.kept: set[str] = set()

    async def create_attachment(self, input: AttachmentCreateParams, context: Any) -> FileAttachment:
        await asyncio.sleep(0)
        self.kept.add(input.name)
        await asyncio.sleep(0)
        return FileAttachment(id=input.name, name=input.name, mime_type=input.mime_type)

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        await asyncio.sleep(0)
        if attachment_id not in self.kept:
            raise NotFoundError(attachment_id)
        self.kept.remove(attachment_id)
        await asyncio.sleep(0)


class Counting(ChatKitServer[Any]):
    """Answers with one message, after a while, and counts its answers."""

    def __init__(self, store: Store[Any]) -> None:
        super().__init__(store, Files())
        self.answers = 0
        self.feedback: list[tuple[str, list[str]]] = []

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        self.answers += 1
        await asyncio.sleep(0)
        yield ThreadItemDoneEvent(item=said(thread.id, "answer"))

    async def add_feedback(self, thread_id: str, item_ids: list[str], feedback: Any, context: Any) -> None:
        self.feedback.append((thread_id, item_ids))

    async def send(self, operation: str, **params: Any) -> Any:
        result = await self.process(json.dumps({"type": operation, "params": params}), CONTEXT)
        if isinstance(result, NonStreamingResult):
            return json.loads(result.json)
        return [json.loads(frame.removeprefix(b"data: ")) async for frame in result]

    async def items(self, thread_id: str) -> list[ThreadItem]:
        return (await self.store.load_thread_items(thread_id, None, 100, "asc", CONTEXT)).data

    async def new_thread(self, *items: Callable[[str], ThreadItem]) -> str:
        """A thread with a message, its answer, and these items."""
        thread_id = (await self.send("threads.create", input=message()))[0]["thread"]["id"]
        for make in items:
            await self.store.add_thread_item(thread_id, make(thread_id), CONTEXT)
        self.answers = 0
        return thread_id

    async def new_file(self, name: str) -> str:
        await self.store.save_attachment(FileAttachment(id=name, name=name, mime_type="text/plain"), CONTEXT)
        assert isinstance(self.attachment_store, Files)
        self.attachment_store.kept.add(name)
        return name

    @property
    def files(self) -> set[str]:
        assert isinstance(self.attachment_store, Files)
        return self.attachment_store.kept


def common(thread_id: str, item_id: str) -> dict[str, Any]:
    return {"id": item_id, "thread_id": thread_id, "created_at": datetime.now(UTC)}


def said(thread_id: str, text: str, item_id: str | None = None) -> AssistantMessageItem:
    name = item_id or f"msg_{datetime.now(UTC).timestamp()}_{text[:8]}"
    return AssistantMessageItem(**common(thread_id, name), content=[AssistantMessageContent(text=text)])


def question(thread_id: str) -> StructuredInputItem:
    return StructuredInputItem(**common(thread_id, "si"), inputs=[StructuredInputFreeform(id="q", question="Why?")])


def call(thread_id: str) -> ClientToolCallItem:
    return ClientToolCallItem(**common(thread_id, "tc"), call_id="c", name="look", arguments={})


def secret(thread_id: str) -> HiddenContextItem:
    return HiddenContextItem(**common(thread_id, "hidden"), content="secret")


@pytest.fixture(params=["memory", "plain", "sqlite"])
async def server(request: pytest.FixtureRequest, tmp_path: Any) -> AsyncIterator[Counting]:
    made: dict[str, Callable[[], Store[Any]]] = {
        "memory": MemoryStore,
        "plain": PlainStore,
        "sqlite": lambda: SQLStore(f"sqlite:///{tmp_path / 'chat.db'}"),
    }
    store = made[request.param]()
    yield Counting(store)
    await store.close()


async def outcomes(server: Counting, operation: str, requests: list[dict[str, Any]]) -> list[str]:
    """What became of requests sent at once: "answered", or the error's code."""
    done = await asyncio.gather(*(server.send(operation, **params) for params in requests), return_exceptions=True)
    assert all(isinstance(one, RequestError | list) for one in done), done
    return sorted(one.code if isinstance(one, RequestError) else "answered" for one in done)


async def test_one_structured_input_sent_five_times_at_once_has_one_answer(server: Counting) -> None:
    thread_id = await server.new_thread(question)
    requests = [
        {"thread_id": thread_id, "item_id": "si", "input": {"answers": {"q": {"values": [str(number)]}}}}
        for number in range(AT_ONCE)
    ]
    found = await outcomes(server, "threads.add_structured_input", requests)
    assert found == ["answered", *["item.not_pending"] * (AT_ONCE - 1)]
    assert server.answers == 1


async def test_one_tool_output_sent_five_times_at_once_has_one_answer(server: Counting) -> None:
    thread_id = await server.new_thread(call)
    requests = [{"thread_id": thread_id, "result": number} for number in range(AT_ONCE)]
    found = await outcomes(server, "threads.add_client_tool_output", requests)
    assert found == ["answered", *["item.wrong_kind"] * (AT_ONCE - 1)]
    assert server.answers == 1


async def test_the_answered_form_is_shown_after_the_options_and_stored_before_the_answer(server: Counting) -> None:
    thread_id = await server.new_thread(question)
    params = {"thread_id": thread_id, "item_id": "si", "input": {"answers": {"q": {"values": ["because"]}}}}
    result = await server.process(json.dumps({"type": "threads.add_structured_input", "params": params}), CONTEXT)
    assert not isinstance(result, NonStreamingResult)
    frames = result.json_events
    assert b"stream_options" in await anext(frames)
    stored = await server.store.load_item(thread_id, "si", CONTEXT)
    assert isinstance(stored, StructuredInputItem)
    assert stored.status == "answered"
    assert server.answers == 0
    shown = json.loads((await anext(frames)).removeprefix(b"data: "))
    assert (shown["type"], shown["item"]["inputs"][0]["answer"]["values"]) == ("thread.item.replaced", ["because"])
    await frames.aclose()


@pytest.mark.parametrize("status", [LockedStatus(reason="r"), ClosedStatus(reason="r")])
async def test_a_locked_thread_refuses_the_users_words_and_nothing_changes(server: Counting, status: Any) -> None:
    thread_id = await server.new_thread(question)
    first = (await server.items(thread_id))[0].id
    await server.store.update_thread(thread_id, ThreadChanges(fields={"status": status}), CONTEXT)
    before = await server.items(thread_id)
    for operation, params in (
        ("threads.add_user_message", {"input": message()}),
        ("threads.retry_after_item", {"item_id": first}),
        ("threads.retry_after_item", {"item_id": first, "input": message("edited")}),
        ("threads.add_structured_input", {"item_id": "si", "input": {}}),
    ):
        [refused] = await server.send(operation, thread_id=thread_id, **params)
        assert (refused["code"], refused["message"]) == (f"thread.{status.type}", "r")
    assert await server.items(thread_id) == before
    assert server.answers == 0
    server.refuse_messages_to_inactive_threads = False
    await server.send("threads.retry_after_item", thread_id=thread_id, item_id=first)
    assert server.answers == 1


async def test_a_locked_thread_takes_the_output_of_a_tool_that_was_called_before(server: Counting) -> None:
    thread_id = await server.new_thread(call)
    await server.store.update_thread(thread_id, ThreadChanges(fields={"status": LockedStatus()}), CONTEXT)
    await server.send("threads.add_client_tool_output", thread_id=thread_id, result="r")
    assert server.answers == 1


async def test_renaming_changes_the_title_and_nothing_that_others_change_meanwhile(server: Counting) -> None:
    thread_id = await server.new_thread()
    changes = [ThreadChanges(metadata={str(number): number}) for number in range(AT_ONCE)]
    await asyncio.gather(
        *(server.store.update_thread(thread_id, change, CONTEXT) for change in changes),
        server.send("threads.update", thread_id=thread_id, title="New"),
    )
    thread = await server.store.load_thread(thread_id, CONTEXT)
    assert (thread.title, thread.metadata) == ("New", {str(number): number for number in range(AT_ONCE)})


async def test_renaming_a_thread_while_it_is_deleted_never_brings_it_back(server: Counting) -> None:
    for _ in range(20):
        thread_id = await server.new_thread()
        renaming = [server.send("threads.update", thread_id=thread_id, title="New") for _ in range(3)]
        deleting = server.send("threads.delete", thread_id=thread_id)
        await asyncio.gather(*renaming, deleting, return_exceptions=True)
        with pytest.raises(NotFoundError):
            await server.store.load_thread(thread_id, CONTEXT)


async def test_a_file_is_loaded_and_stored_once_however_often_a_message_names_it(server: Counting) -> None:
    name = await server.new_file("atc_1")
    thread_id = await server.new_thread()
    loads = 0
    load = server.store.load_attachment

    async def counted(*arguments: Any) -> Any:
        nonlocal loads
        loads += 1
        return await load(*arguments)

    server.store.load_attachment = counted
    await server.send("threads.add_user_message", thread_id=thread_id, input=message(attachments=[name] * 20_000))
    assert loads <= 2  # stores without transactions look again before they save
    sent = (await server.items(thread_id))[-2]
    assert isinstance(sent, UserMessageItem)
    assert [attachment.id for attachment in sent.attachments] == [name]


async def test_a_message_has_a_hundred_files_at_most(server: Counting) -> None:
    thread_id = await server.new_thread()
    before = await server.items(thread_id)
    names = [f"atc_{number}" for number in range(101)]
    first = before[0].id
    for operation, params in (
        ("threads.create", {}),
        ("threads.add_user_message", {"thread_id": thread_id}),
        ("threads.retry_after_item", {"thread_id": thread_id, "item_id": first}),
    ):
        with pytest.raises(ValidationError, match="There may be at most 100 of these") as raised:
            await server.send(operation, **params, input=message(attachments=names))
        assert raised.value.errors()[0]["loc"][-3:] == ("params", "input", "attachments")
    assert await server.items(thread_id) == before


@pytest.mark.parametrize(
    "fields",
    [
        {"content": [{"type": "input_text", "text": "x" * 1000}]},
        {"content": [{"type": "input_text", "text": "🧵" * 250}]},
        {"content": [{"type": "input_text", "text": "x"}] * 30},
        {"content": [{"type": "input_tag", "id": "t", "text": "t", "data": {"k": ["x" * 1000]}}]},
        {"quoted_text": "x" * 1000},
        {"inference_options": {"model": "x" * 1000}},
    ],
    ids=["text", "bytes", "parts", "tag", "quotation", "options"],
)
async def test_a_message_that_is_too_long_is_refused_before_anything_is_stored(
    server: Counting, fields: dict[str, Any]
) -> None:
    thread_id = await server.new_thread()
    before = await server.items(thread_id)
    server.max_message_bytes = 1000
    for operation, params in (
        ("threads.create", {}),
        ("threads.add_user_message", {"thread_id": thread_id}),
        ("threads.retry_after_item", {"thread_id": thread_id, "item_id": before[0].id}),
    ):
        with pytest.raises(RequestError) as raised:
            await server.send(operation, **params, input=message(**fields))
        assert (raised.value.code, raised.value.param) == ("message.too_long", "params.input")
    assert await server.items(thread_id) == before
    assert len((await server.send("threads.list"))["data"]) == 1
    await server.send("threads.add_user_message", thread_id=thread_id, input=message("x" * 800))


async def test_answers_to_a_form_that_are_too_long_are_refused(server: Counting) -> None:
    thread_id = await server.new_thread(question)
    server.max_message_bytes = 1000
    answers = {"answers": {"q": {"values": ["x" * 1000]}}}
    with pytest.raises(RequestError) as raised:
        await server.send("threads.add_structured_input", thread_id=thread_id, item_id="si", input=answers)
    assert raised.value.code == "message.too_long"
    await server.send("threads.add_structured_input", thread_id=thread_id, item_id="si", input={})
    assert server.answers == 1


async def test_a_title_that_is_too_long_is_refused(server: Counting) -> None:
    thread_id = await server.new_thread()
    await server.send("threads.update", thread_id=thread_id, title="x" * 1000)
    with pytest.raises(RequestError) as raised:
        await server.send("threads.update", thread_id=thread_id, title="x" * 1001)
    assert raised.value.param == "params.title"
    assert (await server.store.load_thread(thread_id, CONTEXT)).title == "x" * 1000


async def test_feedback_reaches_the_hook_with_ids_of_the_users_own_only(server: Counting) -> None:
    thread_id = await server.new_thread(question, secret)
    await server.new_thread(lambda thread: said(thread, "elsewhere", "msg_other"))
    ids = [item.id for item in await server.items(thread_id) if item.id != "hidden"]
    await server.send("items.feedback", thread_id=thread_id, item_ids=ids, kind="positive")
    assert server.feedback == [(thread_id, ids)]
    for where, names in (
        (thread_id, ["nope"]),
        ("nope", []),
        (thread_id, ["si", "msg_other"]),
        (thread_id, ["hidden"]),
    ):
        with pytest.raises(NotFoundError):
            await server.send("items.feedback", thread_id=where, item_ids=names, kind="positive")
    with pytest.raises(ValidationError):
        await server.send("items.feedback", thread_id=thread_id, item_ids=["si"] * 101, kind="positive")
    assert server.feedback == [(thread_id, ids)]


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_pages_of_long_items_end_at_a_size_and_go_on(server: Counting, order: str) -> None:
    length = 700_000
    thread_id = await server.new_thread(
        *(lambda thread, number=number: said(thread, "x" * length, f"msg_{number}") for number in range(15)), secret
    )
    expected = [item.id for item in await server.items(thread_id) if item.id != "hidden"]
    seen: list[str] = []
    after: str | None = None
    pages = 0
    while True:
        page = await server.send("items.list", thread_id=thread_id, limit=100, order=order, after=after)
        assert len(json.dumps(page)) < 5_000_000
        seen += [item["id"] for item in page["data"]]
        pages += 1
        after = page.get("after")
        if not page["has_more"]:
            break
    assert seen == (expected if order == "asc" else expected[::-1])
    assert pages == 3
    first = (await server.send("threads.get_by_id", thread_id=thread_id))["items"]
    assert (len(first["data"]), first["has_more"], first["after"]) == (7, True, first["data"][-1]["id"])


@pytest.mark.parametrize("earlier", [True, False])
async def test_deleting_a_thread_leaves_files_that_another_one_uses(server: Counting, earlier: bool) -> None:
    shared, own = await server.new_file("atc_shared"), await server.new_file("atc_own")
    first, second = await server.new_thread(), await server.new_thread()
    gone, left = (first, second) if earlier else (second, first)
    await server.send("threads.add_user_message", thread_id=gone, input=message(attachments=[own]))
    for thread_id in (first, second):
        await server.send("threads.add_user_message", thread_id=thread_id, input=message(attachments=[shared]))
    await server.send("threads.delete", thread_id=gone)
    assert server.files == {shared}
    await server.send("threads.delete", thread_id=left)
    assert server.files == set()


async def test_files_of_messages_that_a_retry_dropped_go_with_their_thread() -> None:
    server = Counting(MemoryStore())
    name = await server.new_file("atc_1")
    thread_id = await server.new_thread()
    first = (await server.items(thread_id))[0].id
    await server.send("threads.add_user_message", thread_id=thread_id, input=message(attachments=[name]))
    await server.send("threads.retry_after_item", thread_id=thread_id, item_id=first)
    assert server.files == {name}  # the user may attach it again
    await server.send("threads.delete", thread_id=thread_id)
    assert server.files == set()


async def test_a_thread_whose_files_are_gone_already_can_be_deleted() -> None:
    server = Counting(MemoryStore())
    name = await server.new_file("atc_1")
    thread_id = await server.new_thread()
    await server.send("threads.add_user_message", thread_id=thread_id, input=message(attachments=[name]))
    server.files.clear()  # a crash came between the bytes and the thread
    await server.send("threads.delete", thread_id=thread_id)
    with pytest.raises(NotFoundError):
        await server.store.load_thread(thread_id, CONTEXT)


async def left_after(steps: int, work: Coroutine[Any, Any, Any]) -> None:
    """Begins something, and leaves so many turns of the event loop later."""
    task = asyncio.ensure_future(work)
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_files_and_what_is_known_of_them_come_and_go_together_whoever_leaves_meanwhile() -> None:
    server = Counting(PlainStore())

    async def known(name: str) -> bool:
        try:
            await server.store.load_attachment(name, CONTEXT)
        except NotFoundError:
            return False
        return True

    for steps in range(15):
        name = f"atc_{steps}"
        await left_after(steps, server.send("attachments.create", name=name, size=1, mime_type="text/plain"))
        assert await known(name) == (name in server.files), f"created, left after {steps}"
        await server.send("attachments.create", name=name, size=1, mime_type="text/plain")
        await left_after(steps, server.send("attachments.delete", attachment_id=name))
        assert await known(name) == (name in server.files), f"deleted, left after {steps}"
        used = await server.new_file(f"atc_used_{steps}")
        thread_id = await server.new_thread()
        await server.send("threads.add_user_message", thread_id=thread_id, input=message(attachments=[used]))
        await left_after(steps, server.send("threads.delete", thread_id=thread_id))
        try:
            await server.store.load_thread(thread_id, CONTEXT)
        except NotFoundError:
            assert used not in server.files
        else:
            assert used in server.files, f"deleted a thread's file, left after {steps}"


async def test_going_back_past_a_thousand_items_is_one_transaction(tmp_path: Any) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'chat.db'}")
    server = Counting(SQLStore(engine=engine))
    thread_id = await server.new_thread()
    first = (await server.items(thread_id))[0].id
    async with engine.begin() as connection:
        rows = [
            {
                "thread": thread_id,
                "id": f"msg_{n}",
                "place": n,
                "document": said(thread_id, "x", f"msg_{n}").model_dump_json(),
            }
            for n in range(10, 1010)
        ]
        await connection.execute(text("INSERT INTO chatkit_items VALUES (:thread, :id, :place, :document)"), rows)
    statements: list[str] = []

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def seen(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement.split()[0])

    await server.send("threads.retry_after_item", thread_id=thread_id, item_id=first)
    assert len(await server.items(thread_id)) == 2
    assert statements.count("DELETE") == 1
    assert len(statements) < 20
    await engine.dispose()
