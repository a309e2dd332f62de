"""Drives whichever `chatkit` is installed through every operation, event, error and cancellation; prints what comes.

One JSON array a line: the scenario's name, and what was seen: each frame as text, each JSON answer, each exception by
the first of its types that is everyone's, what hooks were called with, and what the store was asked to do.
"""

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

from chatkit.errors import CustomStreamError, ErrorCode, StreamError
from chatkit.server import ChatKitServer
from chatkit.store import AttachmentStore, NotFoundError, Store
from chatkit.types import (
    ActiveStatus,
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    AttachmentUploadDescriptor,
    ClientEffectEvent,
    ClientToolCallItem,
    ClosedStatus,
    CustomSummary,
    CustomTask,
    DurationSummary,
    EndOfTurnItem,
    EntitySource,
    ErrorEvent,
    FileAttachment,
    FileSource,
    FileTask,
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    HiddenContextItem,
    ImageAttachment,
    ImageTask,
    LockedStatus,
    NoticeEvent,
    Page,
    ProgressUpdateEvent,
    SDKHiddenContextItem,
    SearchTask,
    StreamOptions,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    SyncCustomActionResponse,
    TaskItem,
    ThoughtTask,
    Thread,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadUpdatedEvent,
    TranscriptionResult,
    URLSource,
    UserMessageItem,
    WidgetComponentUpdated,
    WidgetItem,
    WidgetRootUpdated,
    WidgetStreamingTextValueDelta,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from chatkit.widgets import Button, Card, DynamicWidgetRoot, Text

logging.disable(logging.CRITICAL)

NOW = datetime(2020, 1, 1, tzinfo=UTC)
THREAD = "thr_1"
NAN = {"metadata": {"number": float("nan")}}
KNOWN_ERRORS = (NotFoundError, NotImplementedError, RuntimeError, ValueError, TypeError)


class RecordingStore(Store[Any]):
    """A store in memory that writes down what it is asked, reads apart from writes."""

    def __init__(self) -> None:
        self.threads: dict[str, ThreadMetadata] = {THREAD: ThreadMetadata(id=THREAD, created_at=NOW, metadata={"a": 1})}
        self.items: dict[str, Any] = {}
        self.attachments: dict[str, Any] = {}
        self.writes: list[Any] = []
        self.count = 0

    def generate_thread_id(self, context: Any) -> str:
        return "thr_new"

    def generate_item_id(self, item_type: Any, thread: ThreadMetadata, context: Any) -> str:
        self.count += 1
        return f"{item_type}_{self.count}"

    def put(self, *items: Any) -> None:
        self.items.update({item.id: item for item in items})

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        return self._get(self.threads, thread_id).model_copy(deep=True)

    async def save_thread(self, thread: ThreadMetadata, context: Any) -> None:
        fields = thread.model_dump(exclude={"items"})
        self.writes.append(["save_thread", thread.id, fields["title"], fields["metadata"], fields["status"]])
        self.threads[thread.id] = ThreadMetadata(**fields)

    async def load_thread_items(self, thread_id: str, after: str | None, limit: int, order: str, context: Any) -> Any:
        items = list(self.items.values())
        if order == "desc":
            items.reverse()
        start = [item.id for item in items].index(after) + 1 if after else 0
        shown = items[start : start + limit]
        more = start + limit < len(items)
        return Page(data=shown, has_more=more, after=shown[-1].id if more else None)

    async def save_attachment(self, attachment: Any, context: Any) -> None:
        self.writes.append(["save_attachment", attachment.id, attachment.thread_id])
        self.attachments[attachment.id] = attachment

    async def load_attachment(self, attachment_id: str, context: Any) -> Any:
        return self._get(self.attachments, attachment_id)

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        self.writes.append(["delete_attachment", attachment_id])

    async def load_threads(self, limit: int, after: str | None, order: str, context: Any) -> Any:
        return Page(data=list(self.threads.values())[:limit], has_more=True, after=f"{limit} {after} {order}")

    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        self.writes.append(["add_thread_item", thread_id, _item(item)])
        self.items[item.id] = item

    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        self.writes.append(["save_item", thread_id, _item(item)])
        self.items[item.id] = item

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        return self._get(self.items, item_id)

    async def delete_thread(self, thread_id: str, context: Any) -> None:
        self.writes.append(["delete_thread", thread_id])

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None:
        self.writes.append(["delete_thread_item", item_id])
        self.items.pop(item_id, None)

    def _get(self, table: dict[str, Any], name: str) -> Any:
        if name not in table:
            raise NotFoundError(name)
        return table[name]


def _item(item: Any) -> Any:
    """An item as it is stored, without what each package words for itself."""
    dumped = json.loads(item.model_dump_json(exclude_none=True))
    dumped.pop("created_at")
    if item.type == "sdk_hidden_context":
        dumped["content"] = "…"
    return dumped


class Files(AttachmentStore[Any]):
    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        pass

    async def create_attachment(self, input: Any, context: Any) -> Any:
        upload = AttachmentUploadDescriptor(url="https://files.test/put", method="PUT", headers={"x-a": "b"})
        common = {"id": "atc_1", "name": input.name, "mime_type": input.mime_type, "metadata": {"secret": 1}}
        if input.mime_type.startswith("image/"):
            return ImageAttachment(**common, preview_url="https://files.test/1.png", upload_descriptor=upload)
        return FileAttachment(**common, upload_descriptor=upload)


Hook = Callable[[ThreadMetadata], AsyncIterator[Any]]


class Server(ChatKitServer[Any]):
    """Plays the scenario's hook and writes down what hooks are called with."""

    hook: Hook
    calls: list[Any]
    cancellable = True

    async def respond(self, thread: ThreadMetadata, input_user_message: Any, context: Any) -> Any:
        self.calls.append(["respond", thread.id, input_user_message and _item(input_user_message)])
        async for event in self.hook(thread):
            yield event

    async def action(self, thread: ThreadMetadata, action: Any, sender: Any, context: Any) -> Any:
        self.calls.append(["action", thread.id, action.model_dump(), sender and _item(sender)])
        async for event in self.hook(thread):
            yield event

    async def sync_action(self, thread: ThreadMetadata, action: Any, sender: Any, context: Any) -> Any:
        self.calls.append(["sync_action", thread.id, action.model_dump(), sender and _item(sender)])
        return SyncCustomActionResponse(updated_item=sender)

    async def add_feedback(self, thread_id: str, item_ids: list[str], feedback: Any, context: Any) -> None:
        self.calls.append(["add_feedback", thread_id, item_ids, feedback])

    async def transcribe(self, audio_input: Any, context: Any) -> TranscriptionResult:
        self.calls.append(["transcribe", audio_input.mime_type, audio_input.media_type])
        return TranscriptionResult(text=audio_input.data.decode())

    def get_stream_options(self, thread: ThreadMetadata, context: Any) -> StreamOptions:
        return StreamOptions(allow_cancel=self.cancellable)


class Bare(ChatKitServer[Any]):
    """Overrides only what it must."""

    async def respond(self, thread: ThreadMetadata, input_user_message: Any, context: Any) -> Any:
        return
        yield


async def _nothing(thread: ThreadMetadata) -> Any:
    return
    yield


async def exchange(server: Any, request: Any, cancel_after: int | None = None, close_after: int | None = None) -> Any:
    """Sends one request; what came back, and what was written meanwhile."""
    seen: list[Any] = []
    body = request if isinstance(request, str | bytes) else json.dumps(request)
    server.calls = []
    server.store.writes = []

    async def read() -> None:
        result = await server.process(body, {})
        if hasattr(result, "json"):
            seen.append(["json", result.json.decode()])
            return
        async for frame in result:
            seen.append(frame.decode())
            if close_after is not None and len(seen) == close_after:
                await result.json_events.aclose()
                return
            if cancel_after is not None and len(seen) == cancel_after:
                reached.set()

    reached = asyncio.Event()
    task = asyncio.create_task(read())
    try:
        if cancel_after is not None:
            await reached.wait()
            await asyncio.sleep(0)  # now it waits for the hook's next event
            task.cancel()
        await task
    except asyncio.CancelledError:
        seen.append(["cancelled"])
    except Exception as error:  # noqa: BLE001 - whatever comes is what is compared
        kind = next((known.__name__ for known in KNOWN_ERRORS if isinstance(error, known)), type(error).__name__)
        seen.append(["raised", kind])
    return {"seen": seen, "calls": server.calls, "writes": server.store.writes}


def make(hook: Hook = _nothing, kind: type[Any] = Server) -> Any:
    server = kind(RecordingStore(), Files())
    server.hook = hook
    return server


def message(**fields: Any) -> Any:
    return {
        "content": [{"type": "input_text", "text": "hi"}],
        "attachments": [],
        "inference_options": {"tool_choice": {"id": "search"}, "model": "m"},
        **fields,
    }


def say(thread_id: str = THREAD, **fields: Any) -> Any:
    return {"type": "threads.add_user_message", "params": {"thread_id": thread_id, "input": message(**fields)}}


def op(name: str, /, **params: Any) -> Any:
    return {"type": name, "params": params}


def answer(item_id: str = "msg_a", *parts: str) -> AssistantMessageItem:
    content = [AssistantMessageContent(text=part) for part in parts]
    return AssistantMessageItem(id=item_id, thread_id=THREAD, created_at=NOW, content=content)


def delta(text: str, item_id: str = "msg_a", index: int = 0) -> ThreadItemUpdatedEvent:
    update = AssistantMessageContentPartTextDelta(content_index=index, delta=text)
    return ThreadItemUpdatedEvent(item_id=item_id, update=update)


def updated(item_id: str, update: Any) -> ThreadItemUpdatedEvent:
    return ThreadItemUpdatedEvent(item_id=item_id, update=update)


def hidden(content: Any = "secret", item_id: str = "hid_1") -> HiddenContextItem:
    return HiddenContextItem(id=item_id, thread_id=THREAD, created_at=NOW, content=content)


SCENARIOS: dict[str, Callable[[], Any]] = {}


def scenario(name: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    def register(run: Callable[[], Any]) -> Callable[[], Any]:
        SCENARIOS[name] = run
        return run

    return register


def plays(name: str, *events: Any) -> None:
    """A scenario in which the hook yields these events in answer to a message."""

    async def hook(thread: ThreadMetadata) -> Any:
        for event in events:
            yield event

    SCENARIOS[name] = lambda: exchange(make(hook), say())


def asks(name: str, request: Any, *items: Any, kind: type[Any] = Server) -> None:
    """A scenario of one request to a thread with these items."""

    def run() -> Any:
        server = make(kind=kind)
        server.store.put(*(item.model_copy(deep=True) for item in items))
        return exchange(server, request)

    SCENARIOS[name] = run


def _events() -> None:
    url = URLSource(url="https://a.test", title="A", attribution="a", group="g", description="d", timestamp="t")
    file = FileSource(filename="f.txt", title="F")
    entity = EntitySource(
        id="e", title="E", icon="star", label="l", inline_label="i", interactive=True, data={"k": None}
    )
    plays(
        "events: assistant message",
        ThreadItemAddedEvent(item=answer()),
        updated("msg_a", AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text=""))),
        delta('Hé\n"llo"\\ \u2028\x01 😀'),
        *(
            updated(
                "msg_a",
                AssistantMessageContentPartAnnotationAdded(
                    content_index=0, annotation_index=index, annotation=Annotation(source=source, index=index)
                ),
            )
            for index, source in enumerate((url, file, entity))
        ),
        updated("msg_a", AssistantMessageContentPartDone(content_index=0, content=AssistantMessageContent(text="Hé"))),
        ThreadItemDoneEvent(item=answer("msg_a", "Hé")),
    )
    card = Card(children=[Text(id="t", value="a", streaming=True)], size="sm")
    plays(
        "events: widget",
        ThreadItemAddedEvent(item=WidgetItem(id="w", thread_id=THREAD, created_at=NOW, widget=card, copy_text="c")),
        updated("w", WidgetStreamingTextValueDelta(component_id="t", delta="b", done=False)),
        updated("w", WidgetComponentUpdated(component_id="t", component=Text(id="t", value="x"))),
        updated("w", WidgetRootUpdated(widget=DynamicWidgetRoot(type="ListView", children=[], limit=3))),
        ThreadItemReplacedEvent(item=WidgetItem(id="w", thread_id=THREAD, created_at=NOW, widget=card)),
        ThreadItemDoneEvent(item=WidgetItem(id="w", thread_id=THREAD, created_at=NOW, widget=card)),
        ThreadItemRemovedEvent(item_id="w"),
    )
    tasks = [
        CustomTask(title="c", icon="bolt", content="x", status_indicator="loading"),
        SearchTask(title="s", title_query="q", queries=["a", "b"], sources=[url]),
        ThoughtTask(title="t", content="hm"),
        FileTask(title="f", sources=[file]),
        ImageTask(title="i", status_indicator="complete"),
    ]
    workflow = Workflow(type="custom", tasks=tasks[:1])
    plays(
        "events: workflow",
        ThreadItemAddedEvent(item=WorkflowItem(id="wf", thread_id=THREAD, created_at=NOW, workflow=workflow)),
        *(updated("wf", WorkflowTaskAdded(task_index=index, task=task)) for index, task in enumerate(tasks)),
        updated("wf", WorkflowTaskUpdated(task_index=0, task=tasks[1])),
        *(
            ThreadItemDoneEvent(
                item=WorkflowItem(
                    id="wf",
                    thread_id=THREAD,
                    created_at=NOW,
                    workflow=Workflow(type="reasoning", tasks=tasks, summary=summary, expanded=True),
                )
            )
            for summary in (CustomSummary(title="s", icon="star"), DurationSummary(duration=3))
        ),
        *(ThreadItemDoneEvent(item=TaskItem(id="task", thread_id=THREAD, created_at=NOW, task=task)) for task in tasks),
    )
    image = GeneratedImage(id="i", url="data:image/png;base64,AA==")
    plays(
        "events: generated image, client tool call, structured input, end of turn",
        ThreadItemAddedEvent(item=GeneratedImageItem(id="g", thread_id=THREAD, created_at=NOW)),
        updated("g", GeneratedImageUpdated(image=image, progress=0.5)),
        ThreadItemDoneEvent(item=GeneratedImageItem(id="g", thread_id=THREAD, created_at=NOW, image=image)),
        ThreadItemDoneEvent(
            item=ClientToolCallItem(
                id="tc", thread_id=THREAD, created_at=NOW, call_id="c", name="n", arguments={"a": None, "b": [1]}
            )
        ),
        ThreadItemDoneEvent(item=questions()),
        ThreadItemDoneEvent(item=EndOfTurnItem(id="end", thread_id=THREAD, created_at=NOW)),
    )
    plays(
        "events: transient",
        ProgressUpdateEvent(text="p", icon="search"),
        ProgressUpdateEvent(text="p", icon="lucide:list-todo"),
        ClientEffectEvent(name="e", data={"a": {"b": None}}),
        NoticeEvent(level="danger", message="m", title="t"),
        ErrorEvent(code="custom", message="m", allow_retry=True),
        ErrorEvent(code=ErrorCode.STREAM_ERROR),
    )
    plays("events: hidden items that are done are stored, not sent", ThreadItemDoneEvent(item=hidden({"a": [1]})))
    sdk = SDKHiddenContextItem(id="sdk", thread_id=THREAD, created_at=NOW, content="x")
    plays("events: hidden items of the package that are done are stored, not sent", ThreadItemDoneEvent(item=sdk))
    plays(
        "events: hidden items added or replaced",
        ThreadItemAddedEvent(item=hidden()),
        ThreadItemReplacedEvent(item=hidden()),
        ThreadItemDoneEvent(item=hidden()),
    )
    plays(
        "events: a thread that the hook sends itself",
        ThreadUpdatedEvent(thread=Thread(id=THREAD, title="t", created_at=NOW, items=Page())),
    )
    plays(
        "events: a thread with metadata that the hook sends itself",
        ThreadUpdatedEvent(thread=Thread(id=THREAD, created_at=NOW, items=Page(), metadata={"secret": 1})),
    )
    plays("events: none")
    nulls = Button(label="x", onClickAction={"type": "a", "payload": {"a": None, "b": {"c": None}}})
    plays(
        "events: nulls inside a widget's objects",
        ThreadItemDoneEvent(item=WidgetItem(id="w", thread_id=THREAD, created_at=NOW, widget=Card(children=[nulls]))),
    )
    listed = Button(label="x", onClickAction={"type": "a", "payload": {"a": [None, 1]}})
    plays(
        "events: nulls inside a widget's lists",
        ThreadItemDoneEvent(item=WidgetItem(id="w", thread_id=THREAD, created_at=NOW, widget=Card(children=[listed]))),
    )


def _thread_changes() -> None:
    def change(name: str, *steps: Callable[[ThreadMetadata], Any], error: Exception | None = None) -> None:
        async def hook(thread: ThreadMetadata) -> Any:
            for step in steps:
                step(thread)
                yield ProgressUpdateEvent(text="p")
            if error is not None:
                thread.metadata["late"] = True
                raise error

        SCENARIOS[name] = lambda: exchange(make(hook), say())

    def title(thread: ThreadMetadata) -> None:
        thread.title = "New"

    def lock(thread: ThreadMetadata) -> None:
        thread.status = LockedStatus(reason="r")

    def relock(thread: ThreadMetadata) -> None:
        thread.status.reason = "other"  # type: ignore[union-attr]

    def deep(thread: ThreadMetadata) -> None:
        thread.metadata.setdefault("list", []).append(1)

    def domains(thread: ThreadMetadata) -> None:
        thread.allowed_image_domains = [*(thread.allowed_image_domains or []), "a.test"]

    change("thread: title set once", title, title)
    change("thread: status, also inside", lock, relock)
    change("thread: metadata inside", deep, deep)
    change("thread: image domains", domains)
    change("thread: back to active", lock, lambda thread: setattr(thread, "status", ActiveStatus()))
    change("thread: unchanged", lambda thread: None)
    change("thread: changed and then an error", title, error=RuntimeError("secret"))

    async def late(thread: ThreadMetadata) -> Any:
        yield ProgressUpdateEvent(text="p")
        thread.title = "Late"

    SCENARIOS["thread: changed after the last event"] = lambda: exchange(make(late), say())


def _errors() -> None:
    def fails(name: str, error: BaseException, *before: Any) -> None:
        async def hook(thread: ThreadMetadata) -> Any:
            for event in before:
                yield event
            raise error

        SCENARIOS[f"error: {name}"] = lambda: exchange(make(hook), say())

    started = (ThreadItemAddedEvent(item=answer()), delta("half"))
    fails("custom", CustomStreamError("boo"), *started)
    fails("custom, retry", CustomStreamError("boo", allow_retry=True))
    fails("stream", StreamError(ErrorCode.STREAM_ERROR))
    fails("stream, no retry", StreamError(ErrorCode.STREAM_ERROR, allow_retry=False))
    fails("any other", RuntimeError("secret"), *started)
    fails("not found, from a hook", NotFoundError("x"))


def _cancellations() -> None:
    async def hook(thread: ThreadMetadata) -> Any:
        yield ThreadItemAddedEvent(item=answer())
        yield delta("", index=0)
        yield delta("half ")
        yield delta("an answer")
        yield ThreadItemAddedEvent(item=answer("msg_b"))
        yield delta("  ", "msg_b")
        workflow = Workflow(type="custom", tasks=[])
        yield ThreadItemAddedEvent(item=WorkflowItem(id="wf", thread_id=THREAD, created_at=NOW, workflow=workflow))
        yield ThreadItemAddedEvent(item=WidgetItem(id="w", thread_id=THREAD, created_at=NOW, widget=Card(children=[])))
        yield ThreadItemDoneEvent(item=answer("msg_a", "half an answer, whole"))
        yield ThreadItemAddedEvent(item=answer("msg_c"))
        yield delta("second part", "msg_c", 1)
        yield ThreadItemAddedEvent(item=answer("msg_d"))
        yield delta("gone", "msg_d")
        yield ThreadItemRemovedEvent(item_id="msg_d")

    # A cancelled task is noticed while it waits for the hook: so the hook waits after so many events.
    def waits(events: int) -> Hook:
        async def waiting(thread: ThreadMetadata) -> Any:
            count = 0
            async for event in hook(thread):
                if count == events:
                    await asyncio.Event().wait()
                count += 1
                yield event
            await asyncio.Event().wait()

        return waiting

    for events in (0, 1, 3, 4, 6, 8, 9, 11, 14):
        SCENARIOS[f"cancelled after {events} events"] = lambda events=events: exchange(
            make(waits(events)), say(), cancel_after=2 + events
        )

    async def changes(thread: ThreadMetadata) -> Any:
        yield ProgressUpdateEvent(text="p")
        thread.title = "New"
        yield ProgressUpdateEvent(text="q")
        await asyncio.Event().wait()

    SCENARIOS["cancelled after the thread changed"] = lambda: exchange(make(changes), say(), cancel_after=5)
    for frames in (3, 5, 6):
        SCENARIOS[f"closed after {frames} frames"] = lambda frames=frames: exchange(
            make(hook), say(), close_after=frames
        )


def questions(item_id: str = "si", **fields: Any) -> StructuredInputItem:
    return StructuredInputItem(
        id=item_id,
        thread_id=THREAD,
        created_at=NOW,
        inputs=[
            StructuredInputMultipleChoice(id="one", question="?", options=[{"value": "a"}, {"value": "b"}]),
            StructuredInputMultipleChoice(id="many", question="?", options=[{"value": "a"}], multiple=True),
            StructuredInputFreeform(id="free", question="?", description="d"),
            StructuredInputFreeform(id="left", question="?"),
        ],
        **fields,
    )


def _operations() -> None:
    user = UserMessageItem(
        id="msg_u",
        thread_id=THREAD,
        created_at=NOW,
        content=[{"type": "input_text", "text": "q"}],
        inference_options={},
    )
    widget = WidgetItem(id="w", thread_id=THREAD, created_at=NOW, widget=Card(children=[Text(value="t")]))
    reply = answer("msg_r", "r")
    everything = (user, reply, hidden(), widget)

    asks("threads.create", op("threads.create", input=message(quoted_text="q")))
    asks("threads.create, attachment unknown", op("threads.create", input=message(attachments=["nope"])))
    tag = {"type": "input_tag", "id": "e", "text": "E", "data": {"k": None, "l": [None]}, "group": "g"}
    asks("threads.add_user_message, tags", say(content=[{"type": "input_text", "text": "a"}, tag]))
    asks("threads.add_user_message, thread unknown", say("nope"))
    asks("threads.add_user_message, attachment unknown", say(attachments=["nope"]))
    for status in (LockedStatus(reason="r"), ClosedStatus()):

        def refused(status: Any = status) -> Any:
            server = make()
            server.store.threads[THREAD].status = status
            return exchange(server, say())

        SCENARIOS[f"threads.add_user_message, thread {status.type}"] = refused

    def with_attachments() -> Any:
        server = make()
        server.store.attachments = {
            "a": FileAttachment(id="a", name="n", mime_type="text/plain", metadata={"secret": 1}),
            "b": ImageAttachment(id="b", name="n", mime_type="image/png", preview_url="https://files.test/b"),
        }
        return exchange(server, say(attachments=["a", "b"]))

    SCENARIOS["threads.add_user_message, attachments"] = with_attachments

    def attachment_twice() -> Any:
        server = make()
        server.store.attachments = {"a": FileAttachment(id="a", name="n", mime_type="text/plain")}
        return exchange(server, say(attachments=["a", "a"]))

    SCENARIOS["threads.add_user_message, one attachment twice"] = attachment_twice

    def not_cancellable() -> Any:
        server = make()
        server.cancellable = False
        return exchange(server, say())

    SCENARIOS["stream options of the hook"] = not_cancellable

    asks("threads.get_by_id", op("threads.get_by_id", thread_id=THREAD), *everything)
    many = [answer(f"msg_{index:02}", "x") for index in range(25)]
    asks("threads.get_by_id, more than a page", op("threads.get_by_id", thread_id=THREAD), *many)
    asks("threads.get_by_id, unknown", op("threads.get_by_id", thread_id="nope"))
    asks("threads.list", op("threads.list"))
    asks("threads.list, page", op("threads.list", limit=7, order="asc", after="x"))
    asks("threads.list, limit 0", op("threads.list", limit=0))
    asks("threads.list, limit -1", op("threads.list", limit=-1))
    asks("threads.list, limit 1000", op("threads.list", limit=1000))
    asks("threads.update", op("threads.update", thread_id=THREAD, title="T"))
    asks("threads.update, unknown", op("threads.update", thread_id="nope", title="T"))
    asks("threads.delete", op("threads.delete", thread_id=THREAD))
    asks("items.list", op("items.list", thread_id=THREAD), *many)
    asks("items.list, page", op("items.list", thread_id=THREAD, limit=2, order="asc", after="msg_03"), *many)
    asks("items.list, hidden items", op("items.list", thread_id=THREAD, limit=3, order="asc"), *everything)
    asks(
        "items.feedback", op("items.feedback", thread_id=THREAD, item_ids=["msg_r", "w"], kind="negative"), *everything
    )
    asks("items.feedback, unknown item", op("items.feedback", thread_id=THREAD, item_ids=["nope"], kind="negative"))
    asks("items.feedback, unknown thread", op("items.feedback", thread_id="nope", item_ids=[], kind="negative"))
    asks("items.feedback, 101 items", op("items.feedback", thread_id=THREAD, item_ids=["msg_r"] * 101, kind="negative"))
    asks("threads.update, NaN in the metadata", op("threads.update", thread_id=THREAD, title="T") | NAN)
    asks(
        "items.feedback, not overridden",
        op("items.feedback", thread_id=THREAD, item_ids=[], kind="positive"),
        kind=Bare,
    )
    asks("attachments.create", op("attachments.create", name="n", size=3, mime_type="text/plain"))
    asks("attachments.create, image", op("attachments.create", name="n", size=3, mime_type="image/png"))
    asks("attachments.delete, unknown", op("attachments.delete", attachment_id="nope"))

    def known_file() -> Any:
        server = make()
        server.store.attachments["a"] = FileAttachment(id="a", name="n", mime_type="text/plain")
        return exchange(server, op("attachments.delete", attachment_id="a"))

    SCENARIOS["attachments.delete"] = known_file

    def without_files(request: Any) -> Callable[[], Any]:
        def run() -> Any:
            server = make()
            server.attachment_store = None
            return exchange(server, request)

        return run

    SCENARIOS["attachments.create, no store"] = without_files(op("attachments.create", name="n", size=3, mime_type="m"))
    SCENARIOS["attachments.delete, no store"] = without_files(op("attachments.delete", attachment_id="a"))
    speech = base64.b64encode(b"spoken").decode()
    asks("input.transcribe", op("input.transcribe", audio_base64=speech, mime_type="audio/webm;codecs=opus"))
    asks("input.transcribe, not base64", op("input.transcribe", audio_base64="!", mime_type="audio/webm"))
    asks("input.transcribe, not overridden", op("input.transcribe", audio_base64=speech, mime_type="a/b"), kind=Bare)

    retry = "threads.retry_after_item"
    asks(retry, op(retry, thread_id=THREAD, item_id="msg_u"), answer("msg_0", "before"), *everything)
    asks(f"{retry}, last item", op(retry, thread_id=THREAD, item_id="msg_u"), user)
    asks(f"{retry}, far back", op(retry, thread_id=THREAD, item_id="msg_u"), user, *many)
    asks(f"{retry}, not a user message", op(retry, thread_id=THREAD, item_id="msg_r"), *everything)
    asks(f"{retry}, unknown", op(retry, thread_id=THREAD, item_id="nope"), *everything)

    def locked(request: Any, *items: Any) -> Callable[[], Any]:
        def run() -> Any:
            server = make()
            server.store.put(*(item.model_copy(deep=True) for item in items))
            server.store.threads[THREAD].status = LockedStatus(reason="r")
            return exchange(server, request)

        return run

    SCENARIOS[f"{retry}, thread locked"] = locked(op(retry, thread_id=THREAD, item_id="msg_u"), *everything)

    action = {"type": "a", "payload": {"x": None, "y": [1]}}
    for name in ("threads.custom_action", "threads.sync_custom_action"):
        asks(name, op(name, thread_id=THREAD, item_id="w", action=action), *everything)
        asks(f"{name}, no sender", op(name, thread_id=THREAD, action=action))
        asks(f"{name}, sender no widget", op(name, thread_id=THREAD, item_id="msg_r", action=action), *everything)
        asks(f"{name}, sender unknown", op(name, thread_id=THREAD, item_id="nope", action=action))
        asks(f"{name}, thread unknown", op(name, thread_id="nope", action=action))
        asks(f"{name}, not overridden", op(name, thread_id=THREAD, action=action), kind=Bare)
        SCENARIOS[f"{name}, thread locked"] = locked(op(name, thread_id=THREAD, action=action))

    tool = "threads.add_client_tool_output"
    calls = [
        ClientToolCallItem(
            id=f"tc_{index}", thread_id=THREAD, created_at=NOW, call_id=f"c{index}", name="n", arguments={}
        )
        for index in range(3)
    ]
    asks(tool, op(tool, thread_id=THREAD, result={"a": None, "b": [1, None]}), user, *calls[:1])
    SCENARIOS[f"{tool}, thread locked"] = locked(op(tool, thread_id=THREAD, result=1), *calls[:1])
    asks(f"{tool}, null", op(tool, thread_id=THREAD, result=None), *calls[:1])
    asks(f"{tool}, others pending", op(tool, thread_id=THREAD, result="r"), user, *calls)
    asks(f"{tool}, none pending", op(tool, thread_id=THREAD, result="r"), user)
    completed = calls[0].model_copy(update={"status": "completed"})
    asks(f"{tool}, already completed", op(tool, thread_id=THREAD, result="r"), completed)
    asks(f"{tool}, not the newest", op(tool, thread_id=THREAD, result="r"), calls[0], user)
    asks(f"{tool}, empty thread", op(tool, thread_id=THREAD, result="r"))

    form = "threads.add_structured_input"
    given = {
        "one": {"values": ["a", "b"]},
        "many": {"values": ["own words", "a"]},
        "free": {"values": [], "skipped": False},
        "bogus": {"values": ["x"]},
    }
    asks(form, op(form, thread_id=THREAD, item_id="si", input={"answers": given}), user, questions())
    every = {name: {"values": ["v"], "skipped": name == "one"} for name in ("one", "many", "free", "left")}
    SCENARIOS[f"{form}, thread locked"] = locked(
        op(form, thread_id=THREAD, item_id="si", input={"answers": given}), questions()
    )
    asks(f"{form}, one skipped", op(form, thread_id=THREAD, item_id="si", input={"answers": every}), questions())
    skip = {"status": "skipped", "answers": given}
    asks(f"{form}, all skipped", op(form, thread_id=THREAD, item_id="si", input=skip), questions())
    asks(f"{form}, nothing", op(form, thread_id=THREAD, item_id="si", input={}), questions())
    asks(f"{form}, not pending", op(form, thread_id=THREAD, item_id="si", input={}), questions(status="answered"))
    asks(f"{form}, wrong kind", op(form, thread_id=THREAD, item_id="msg_u", input={}), user)
    asks(f"{form}, unknown", op(form, thread_id=THREAD, item_id="nope", input={}))


def _payloads() -> None:
    bad: dict[str, Any] = {
        "empty": "",
        "not JSON": "{",
        "not UTF-8": b"\xff\xfe",
        "an array": "[]",
        "no type": "{}",
        "unknown type": '{"type": "threads.nope", "params": {}}',
        "no params": '{"type": "threads.get_by_id"}',
        "wrong params": '{"type": "threads.get_by_id", "params": {"thread_id": 3}}',
        "no input": '{"type": "threads.create", "params": {"input": {}}}',
        "unknown content": json.dumps(say(content=[{"type": "nope"}])),
        "unknown order": '{"type": "threads.list", "params": {"order": "up"}}',
        "metadata no object": '{"type": "threads.list", "params": {}, "metadata": 3}',
        "bytes": json.dumps(op("threads.list")).encode(),
        "unknown fields": '{"type": "threads.list", "params": {"x": 1}, "y": 2}',
    }
    for name, body in bad.items():
        asks(f"payload: {name}", body)


async def main() -> None:
    for register in (_events, _thread_changes, _errors, _cancellations, _operations, _payloads):
        register()
    for name, run in SCENARIOS.items():
        print(json.dumps([name, await asyncio.wait_for(run(), 20)]))


asyncio.run(main())
