"""A client that talks to a `ChatKitServer` in the same process: no socket, no HTTP, the protocol's own JSON."""

import base64
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, TypeAdapter

from chatkit._sse import SseDecoder
from chatkit._wire import parse_event
from chatkit.actions import Action
from chatkit.server import ChatKitServer, NonStreamingResult, StreamingResult
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    FeedbackKind,
    InferenceOptions,
    Page,
    StructuredInputSubmission,
    SyncCustomActionResponse,
    Thread,
    ThreadItem,
    ThreadStreamEvent,
    TranscriptionResult,
    UserMessageInput,
    UserMessageTextContent,
)

__all__ = ["InProcessClient"]

TContext = TypeVar("TContext")
T = TypeVar("T")

Order = Literal["asc", "desc"]

_ATTACHMENT: TypeAdapter[Attachment] = TypeAdapter(Attachment)
_ITEMS = TypeAdapter(Page[ThreadItem])
_THREADS = TypeAdapter(Page[Thread])
_THREAD = TypeAdapter(Thread)
_UPDATED = TypeAdapter(SyncCustomActionResponse)
_TEXT = TypeAdapter(TranscriptionResult)


class InProcessClient(Generic[TContext]):
    """One method for each operation, typed both ways.

    Streaming operations are async generators of events. Closing one before its end is what a user's stop is:

        async with aclosing(client.create_thread("Hello")) as events:
            async for event in events:
                ...

    Errors of a request are raised as `process()` raises them. `metadata` goes with every request.
    """

    def __init__(
        self, server: ChatKitServer[TContext], context: TContext, *, metadata: Mapping[str, Any] | None = None
    ) -> None:
        self.server = server
        self.context = context
        self.metadata = dict(metadata or {})

    async def send(self, request: Mapping[str, Any]) -> Any:
        """Sends a request as it stands. Gives the answer's JSON; that of a stream as the list of its events."""
        result = await self.server.process(json.dumps(request), self.context)
        if isinstance(result, NonStreamingResult):
            return json.loads(result.json)
        async with aclosing(_data(result)) as events:
            return [json.loads(event) async for event in events]

    # Streaming operations

    def create_thread(self, message: UserMessageInput | str) -> AsyncGenerator[ThreadStreamEvent, None]:
        """Opens a thread with a message, and streams the answer."""
        return self._stream("threads.create", input=_message(message))

    def add_user_message(
        self, thread_id: str, message: UserMessageInput | str
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        """Adds a message, and streams the answer."""
        return self._stream("threads.add_user_message", thread_id=thread_id, input=_message(message))

    def add_client_tool_output(self, thread_id: str, result: object) -> AsyncGenerator[ThreadStreamEvent, None]:
        """Hands in what the pending client tool gave, and streams how the answer goes on."""
        return self._stream("threads.add_client_tool_output", thread_id=thread_id, result=result)

    def add_structured_input(
        self, thread_id: str, item_id: str, answers: StructuredInputSubmission
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        """Hands in answers to a structured input, and streams how the answer goes on."""
        return self._stream("threads.add_structured_input", thread_id=thread_id, item_id=item_id, input=answers)

    def retry_after_item(
        self, thread_id: str, item_id: str, message: UserMessageInput | str | None = None
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        """Deletes everything after a user message, and streams a new answer to it, or to what `message` makes of it."""
        edited = None if message is None else _message(message)
        return self._stream("threads.retry_after_item", thread_id=thread_id, item_id=item_id, input=edited)

    def custom_action(
        self, thread_id: str, action: Action[str, Any], *, item_id: str | None = None
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        """Runs a widget's action, and streams what it does. `item_id` names the widget it came from."""
        return self._stream("threads.custom_action", thread_id=thread_id, item_id=item_id, action=action)

    # Operations with one answer

    async def sync_custom_action(
        self, thread_id: str, action: Action[str, Any], *, item_id: str | None = None
    ) -> SyncCustomActionResponse:
        """Runs a widget's action that answers at once."""
        return await self._ask(
            _UPDATED, "threads.sync_custom_action", thread_id=thread_id, item_id=item_id, action=action
        )

    async def get_thread(self, thread_id: str) -> Thread:
        """The thread with its first page of items, oldest first."""
        return await self._ask(_THREAD, "threads.get_by_id", thread_id=thread_id)

    async def list_threads(
        self, *, limit: int | None = None, order: Order = "desc", after: str | None = None
    ) -> Page[Thread]:
        """A page of threads without their items."""
        return await self._ask(_THREADS, "threads.list", limit=limit, order=order, after=after)

    async def update_thread(self, thread_id: str, title: str) -> Thread:
        """Renames the thread."""
        return await self._ask(_THREAD, "threads.update", thread_id=thread_id, title=title)

    async def delete_thread(self, thread_id: str) -> None:
        """Deletes the thread and its items."""
        await self._ask(_ANYTHING, "threads.delete", thread_id=thread_id)

    async def list_items(
        self, thread_id: str, *, limit: int | None = None, order: Order = "desc", after: str | None = None
    ) -> Page[ThreadItem]:
        """A page of the thread's items."""
        return await self._ask(_ITEMS, "items.list", thread_id=thread_id, limit=limit, order=order, after=after)

    async def give_feedback(self, thread_id: str, item_ids: list[str], kind: FeedbackKind) -> None:
        """Says what the user thinks of some items."""
        await self._ask(_ANYTHING, "items.feedback", thread_id=thread_id, item_ids=item_ids, kind=kind)

    async def create_attachment(self, name: str, mime_type: str, size: int) -> Attachment:
        """Registers a file of `size` bytes; the answer says where to upload it."""
        params = AttachmentCreateParams(name=name, mime_type=mime_type, size=size)
        return await self._ask(_ATTACHMENT, "attachments.create", **params.model_dump())

    async def delete_attachment(self, attachment_id: str) -> None:
        """Deletes an attachment."""
        await self._ask(_ANYTHING, "attachments.delete", attachment_id=attachment_id)

    async def transcribe(self, audio: bytes, mime_type: str) -> str:
        """The text of recorded speech."""
        encoded = base64.b64encode(audio).decode()
        return (await self._ask(_TEXT, "input.transcribe", audio_base64=encoded, mime_type=mime_type)).text

    async def _stream(self, operation: str, /, **params: object) -> AsyncGenerator[ThreadStreamEvent, None]:
        result = await self.server.process(self._request(operation, params), self.context)
        if not isinstance(result, StreamingResult):
            raise TypeError(f"{operation} must be answered by a stream, got {type(result).__name__}.")
        async with aclosing(_data(result)) as events:
            async for event in events:
                yield parse_event(event)

    async def _ask(self, answer: TypeAdapter[T], operation: str, /, **params: object) -> T:
        result = await self.server.process(self._request(operation, params), self.context)
        if not isinstance(result, NonStreamingResult):
            raise TypeError(f"{operation} must be answered by one document, got {type(result).__name__}.")
        return answer.validate_json(result.json)

    def _request(self, operation: str, params: Mapping[str, object]) -> str:
        request = {"type": operation, "params": params, "metadata": self.metadata}
        return json.dumps(request, default=_plain)


_ANYTHING: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])


async def _data(result: StreamingResult) -> AsyncGenerator[str, None]:
    decoder = SseDecoder()
    async with aclosing(result.json_events) as frames:
        async for frame in frames:
            for event in decoder.decode(frame):
                yield event.data


def _message(message: UserMessageInput | str) -> UserMessageInput:
    if isinstance(message, UserMessageInput):
        return message
    return UserMessageInput(
        content=[UserMessageTextContent(text=message)], attachments=[], inference_options=InferenceOptions()
    )


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    raise TypeError(f"{type(value).__name__} is not JSON.")
