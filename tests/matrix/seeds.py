"""A conversation with one of everything, and for each operation a request about it that is right."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chatkit.server import ChatKitServer
from chatkit.store import AttachmentStore, Store
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    Attachment,
    AttachmentCreateParams,
    ClientToolCallItem,
    CustomTask,
    FileAttachment,
    HiddenContextItem,
    InferenceOptions,
    LockedStatus,
    StructuredInputFreeform,
    StructuredInputItem,
    SyncCustomActionResponse,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
    TranscriptionResult,
    UserMessageItem,
    UserMessageTextContent,
    WidgetItem,
    Workflow,
    WorkflowItem,
)
from chatkit.widgets import Button, Card, Text

__all__ = ["NOW", "OTHER", "USER", "BytesInMemory", "Everything", "Ids", "requests", "seed", "snapshot"]

USER, OTHER = {"user_id": "ada"}, {"user_id": "eve"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = "what-ada-wrote"


class BytesInMemory(AttachmentStore[Any]):
    """Knows which attachments have bytes."""

    def __init__(self) -> None:
        self.held: set[str] = set()

    async def create_attachment(self, input: AttachmentCreateParams, context: Any) -> Attachment:
        attachment = FileAttachment(
            id=self.generate_attachment_id(input.mime_type, context), name=input.name, mime_type=input.mime_type
        )
        self.held.add(attachment.id)
        return attachment

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        self.held.discard(attachment_id)


class Everything(ChatKitServer[Any]):
    """Answers whatever it is asked."""

    def __init__(self, store: Store[Any]) -> None:
        super().__init__(store, BytesInMemory())

    async def respond(self, thread: ThreadMetadata, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
        thread.metadata = {**thread.metadata, "turns": thread.metadata.get("turns", 0) + 1}
        yield ThreadItemDoneEvent(item=self._answer(thread, "An answer.", context))

    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> AsyncIterator[Any]:
        yield ThreadItemDoneEvent(item=self._answer(thread, "Done.", context))

    async def sync_action(self, thread: Any, action: Any, sender: Any, context: Any) -> SyncCustomActionResponse:
        return SyncCustomActionResponse(updated_item=sender)

    async def transcribe(self, audio_input: Any, context: Any) -> TranscriptionResult:
        return TranscriptionResult(text=f"{len(audio_input.data)} bytes")

    def _answer(self, thread: ThreadMetadata, text: str, context: Any) -> AssistantMessageItem:
        return AssistantMessageItem(
            id=self.store.generate_item_id("message", thread, context),
            thread_id=thread.id,
            created_at=NOW,
            content=[AssistantMessageContent(text=text)],
        )


@dataclass(frozen=True, slots=True)
class Ids:
    """What a request can name."""

    thread: str
    locked: str
    message: str
    widget: str
    form: str
    attachment: str


def _items(thread_id: str, who: str) -> list[ThreadItem]:
    base: dict[str, Any] = {"thread_id": thread_id, "created_at": NOW}
    return [
        UserMessageItem(
            id=f"msg_{who}_{thread_id}",
            content=[UserMessageTextContent(text=SECRET)],
            inference_options=InferenceOptions(),
            **base,
        ),
        AssistantMessageItem(id=f"a_{thread_id}", content=[AssistantMessageContent(text=SECRET)], **base),
        HiddenContextItem(id=f"h_{thread_id}", content={"deep": [SECRET]}, **base),
        WorkflowItem(id=f"wf_{thread_id}", workflow=Workflow(type="custom", tasks=[CustomTask(title="t")]), **base),
        WidgetItem(id=f"w_{thread_id}", widget=Card(children=[Text(value="Hi"), Button(label="Go")]), **base),
        StructuredInputItem(id=f"si_{thread_id}", inputs=[StructuredInputFreeform(id="q", question="?")], **base),
        ClientToolCallItem(id=f"tc_{thread_id}", call_id="c", name="n", arguments={"a": 1}, **base),
    ]


async def seed(store: Store[Any], context: Any) -> Ids:
    """Two threads of one owner, the second locked, both with a file, and one of each item that operations name."""
    who = context["user_id"]
    threads = [
        ThreadMetadata(id=store.generate_thread_id(context), created_at=NOW, title=SECRET),
        ThreadMetadata(
            id=store.generate_thread_id(context), created_at=NOW, status=LockedStatus(reason="Later"), title="locked"
        ),
    ]
    for thread in threads:
        await store.save_thread(thread, context)
        for item in _items(thread.id, who):
            await store.add_thread_item(thread.id, item, context)
    attachment = FileAttachment(
        id=f"atc_{who}_{threads[0].id}", name="n", mime_type="text/plain", thread_id=threads[0].id
    )
    await store.save_attachment(attachment, context)
    first = threads[0].id
    return Ids(first, threads[1].id, f"msg_{who}_{first}", f"w_{first}", f"si_{first}", attachment.id)


def requests(ids: Ids) -> list[dict[str, Any]]:
    """Each operation, asked rightly."""
    thread = ids.thread
    message = {
        "content": [
            {"type": "input_text", "text": SECRET},
            {"type": "input_tag", "id": "t", "text": "tag", "data": {}},
        ],
        "attachments": [ids.attachment],
        "quoted_text": "quoted",
        "inference_options": {"tool_choice": {"id": "t"}, "model": "m"},
    }
    action = {"type": "go", "payload": {"n": 1, "list": [None, {"a": "b"}]}}
    answers = {"status": "answered", "answers": {"q": {"values": ["yes"], "skipped": False}}}
    asked: dict[str, dict[str, Any]] = {
        "threads.create": {"input": message},
        "threads.add_user_message": {"thread_id": thread, "input": message},
        "threads.add_client_tool_output": {"thread_id": thread, "result": {"ok": [1, 2.5, None]}},
        "threads.add_structured_input": {"thread_id": thread, "item_id": ids.form, "input": answers},
        "threads.retry_after_item": {"thread_id": thread, "item_id": ids.message, "input": message},
        "threads.custom_action": {"thread_id": thread, "item_id": ids.widget, "action": action},
        "threads.sync_custom_action": {"thread_id": thread, "item_id": ids.widget, "action": action},
        "threads.get_by_id": {"thread_id": thread},
        "threads.list": {"limit": 2, "order": "asc", "after": thread},
        "threads.update": {"thread_id": thread, "title": "A new title"},
        "threads.delete": {"thread_id": thread},
        "items.list": {"thread_id": thread, "limit": 3, "order": "desc", "after": ids.widget},
        "items.feedback": {"thread_id": thread, "item_ids": [ids.message, ids.widget], "kind": "positive"},
        "attachments.create": {"name": "a.png", "size": 10, "mime_type": "image/png"},
        "attachments.delete": {"attachment_id": ids.attachment},
        "input.transcribe": {"audio_base64": base64.b64encode(b"sound").decode(), "mime_type": "audio/webm"},
    }
    return [{"type": name, "params": params, "metadata": {"from": "page"}} for name, params in asked.items()]


async def snapshot(store: Store[Any], contexts: list[Any]) -> list[str]:
    """Everything that the store has of these owners."""
    seen: list[str] = []
    for context in contexts:
        async for thread in _threads(store, context):
            seen.append(thread.model_dump_json())
            seen += [item.model_dump_json() async for item in _thread_items(store, thread.id, context)]
            for attachment_id in sorted(await store.list_thread_attachment_ids(thread.id, context)):
                seen.append((await store.load_attachment(attachment_id, context)).model_dump_json())
    return seen


async def _threads(store: Store[Any], context: Any) -> AsyncIterator[ThreadMetadata]:
    after: str | None = None
    while True:
        page = await store.load_threads(100, after, "asc", context)
        for thread in page.data:
            yield thread
        if not page.has_more:
            return
        after = page.after


async def _thread_items(store: Store[Any], thread_id: str, context: Any) -> AsyncIterator[ThreadItem]:
    after: str | None = None
    while True:
        page = await store.load_thread_items(thread_id, after, 100, "asc", context)
        for item in page.data:
            yield item
        if not page.has_more:
            return
        after = page.after
