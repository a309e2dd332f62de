"""The in-process client speaks every operation, typed both ways."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import AnyUrl

from chatkit.actions import Action
from chatkit.server import ChatKitServer
from chatkit.store import AttachmentStore, NotFoundError, default_generate_id
from chatkit.stores import MemoryStore
from chatkit.testing import InProcessClient
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    Attachment,
    AttachmentCreateParams,
    AttachmentUploadDescriptor,
    AudioInput,
    ClientToolCallItem,
    FeedbackKind,
    FileAttachment,
    InferenceOptions,
    Page,
    SDKHiddenContextItem,
    StreamOptionsEvent,
    StructuredInputAnswerSubmission,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputSubmission,
    SyncCustomActionResponse,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    TranscriptionResult,
    UserMessageInput,
    UserMessageItem,
    UserMessageTextContent,
    WidgetItem,
)
from chatkit.widgets import Card, Text

CONTEXT = {"user_id": "alice"}


class Files(AttachmentStore[Any]):
    def __init__(self) -> None:
        self.deleted: list[str] = []

    async def create_attachment(self, input: AttachmentCreateParams, context: Any) -> Attachment:
        upload = AttachmentUploadDescriptor(url=AnyUrl("https://files.example/u"), method="PUT")
        return FileAttachment(
            id=self.generate_attachment_id(input.mime_type, context),
            name=input.name,
            mime_type=input.mime_type,
            upload_descriptor=upload,
        )

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        self.deleted.append(attachment_id)


class Server(ChatKitServer[Any]):
    """Echoes; asks a tool or a question of the page when told to."""

    def __init__(self) -> None:
        super().__init__(MemoryStore(), Files())
        self.feedback: list[tuple[list[str], FeedbackKind]] = []

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        said = input_user_message.content[0].text if input_user_message else "went on"
        common = {"id": default_generate_id("message"), "thread_id": thread.id, "created_at": datetime.now(UTC)}
        answer: ThreadItem
        match said:
            case "tool":
                answer = ClientToolCallItem(**common, call_id="call", name="look", arguments={})
            case "question":
                answer = StructuredInputItem(**common, inputs=[StructuredInputFreeform(id="q", question="Why?")])
            case "widget":
                answer = WidgetItem(**common, widget=Card(children=[Text(value="w")]))
            case _:
                answer = AssistantMessageItem(**common, content=[AssistantMessageContent(text=f"echo {said}")])
                yield ThreadItemAddedEvent(item=answer)
        yield ThreadItemDoneEvent(item=answer)

    async def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        assert sender is not None
        sender.copy_text = action.payload["text"]
        yield ThreadItemReplacedEvent(item=sender)

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: Any
    ) -> SyncCustomActionResponse:
        return SyncCustomActionResponse(updated_item=sender)

    async def add_feedback(self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: Any) -> None:
        self.feedback.append((item_ids, feedback))

    async def transcribe(self, audio_input: AudioInput, context: Any) -> TranscriptionResult:
        return TranscriptionResult(text=f"{audio_input.data!r} {audio_input.media_type}")


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def client(server: Server) -> InProcessClient[Any]:
    return InProcessClient(server, CONTEXT)


async def start(client: InProcessClient[Any], message: str) -> tuple[str, list[ThreadStreamEvent]]:
    events = [event async for event in client.create_thread(message)]
    assert isinstance(events[0], ThreadCreatedEvent)
    return events[0].thread.id, events


async def items(client: InProcessClient[Any], thread_id: str) -> list[ThreadItem]:
    page = await client.list_items(thread_id, order="asc")
    assert isinstance(page, Page)
    return page.data


async def test_messages_are_answered_with_typed_events(client: InProcessClient[Any]) -> None:
    thread_id, events = await start(client, "héllo 🧵")
    assert isinstance(events[2], StreamOptionsEvent)
    done = [event.item for event in events if isinstance(event, ThreadItemDoneEvent)]
    assert [type(item) for item in done] == [UserMessageItem, AssistantMessageItem]
    message = UserMessageInput(
        content=[UserMessageTextContent(text="again")], attachments=[], inference_options=InferenceOptions()
    )
    assert [e async for e in client.add_user_message(thread_id, message)]
    assert await items(client, thread_id) == (await client.get_thread(thread_id)).items.data
    assert len(await items(client, thread_id)) == 4


async def test_closing_the_stream_is_the_users_stop(client: InProcessClient[Any], server: Server) -> None:
    async with aclosing(client.create_thread("stop me")) as events:
        async for event in events:
            if isinstance(event, ThreadItemAddedEvent):
                break
    thread = (await client.list_threads()).data[0]
    stored = await server.store.load_thread_items(thread.id, None, 10, "asc", CONTEXT)
    assert [type(item) for item in stored.data] == [UserMessageItem, AssistantMessageItem, SDKHiddenContextItem]


async def test_client_tool_goes_on_with_its_output(client: InProcessClient[Any]) -> None:
    thread_id, _ = await start(client, "tool")
    events = [e async for e in client.add_client_tool_output(thread_id, {"seen": [1, None]})]
    assert isinstance(events[-1], ThreadItemDoneEvent)
    call = (await items(client, thread_id))[1]
    assert isinstance(call, ClientToolCallItem)
    assert (call.status, call.output) == ("completed", {"seen": [1, None]})


async def test_structured_input_goes_on_with_its_answers(client: InProcessClient[Any]) -> None:
    thread_id, _ = await start(client, "question")
    question = (await items(client, thread_id))[1]
    answers = StructuredInputSubmission(answers={"q": StructuredInputAnswerSubmission(values=["because"])})
    assert [e async for e in client.add_structured_input(thread_id, question.id, answers)]
    answered = (await items(client, thread_id))[1]
    assert isinstance(answered, StructuredInputItem)
    assert answered.status == "answered"


async def test_retry_answers_anew(client: InProcessClient[Any]) -> None:
    thread_id, _ = await start(client, "hello")
    message, answer = await items(client, thread_id)
    assert [e async for e in client.retry_after_item(thread_id, message.id)]
    again = await items(client, thread_id)
    assert again[0] == message
    assert again[1].id != answer.id


async def test_actions_of_widgets(client: InProcessClient[Any]) -> None:
    thread_id, _ = await start(client, "widget")
    widget = (await items(client, thread_id))[1]
    action = Action(type="mark", payload={"text": "marked"})
    events = [e async for e in client.custom_action(thread_id, action, item_id=widget.id)]
    assert any(isinstance(event, ThreadItemReplacedEvent) for event in events)
    answer = await client.sync_custom_action(thread_id, action, item_id=widget.id)
    assert isinstance(answer.updated_item, WidgetItem)
    assert answer.updated_item.copy_text == "marked"


async def test_threads_are_listed_renamed_and_deleted(client: InProcessClient[Any]) -> None:
    ids = [(await start(client, "hello"))[0] for _ in range(3)]
    page = await client.list_threads(limit=2)
    rest = await client.list_threads(limit=2, after=page.after)
    assert sorted(t.id for t in (*page.data, *rest.data)) == sorted(ids)
    assert (await client.update_thread(ids[0], "Title")).title == "Title"
    await client.delete_thread(ids[0])
    with pytest.raises(NotFoundError):
        await client.get_thread(ids[0])


async def test_feedback_attachments_and_dictation(client: InProcessClient[Any], server: Server) -> None:
    thread_id, _ = await start(client, "hello")
    _, answer = await items(client, thread_id)
    await client.give_feedback(thread_id, [answer.id], "positive")
    assert server.feedback == [([answer.id], "positive")]
    attachment = await client.create_attachment("notes.txt", "text/plain", 5)
    assert attachment.upload_descriptor is not None
    await client.delete_attachment(attachment.id)
    assert isinstance(server.attachment_store, Files)
    assert server.attachment_store.deleted == [attachment.id]
    assert await client.transcribe(b"\x00\xff", "audio/webm;codecs=opus") == "b'\\x00\\xff' audio/webm"


async def test_plain_requests(client: InProcessClient[Any]) -> None:
    events = await client.send(
        {
            "type": "threads.create",
            "params": {
                "input": {
                    "content": [{"type": "input_text", "text": "hi"}],
                    "attachments": [],
                    "inference_options": {},
                }
            },
        }
    )
    assert [event["type"] for event in events][:2] == ["thread.created", "thread.item.done"]
    assert (await client.send({"type": "threads.list", "params": {}}))["data"][0]["id"] == events[0]["thread"]["id"]


async def test_other_owners_threads_are_not_found(client: InProcessClient[Any], server: Server) -> None:
    thread_id, _ = await start(client, "hello")
    stranger = InProcessClient(server, {"user_id": "bob"})
    with pytest.raises(NotFoundError):
        await stranger.get_thread(thread_id)
    with pytest.raises(NotFoundError):
        _ = [event async for event in stranger.add_user_message(thread_id, "hi")]
