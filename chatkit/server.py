"""`ChatKitServer`: the hooks that an application writes, and `process()`, which answers the protocol's requests."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from chatkit._diff import diff_widget
from chatkit._known_names import known_names
from chatkit._operations import DEFAULT_PAGE_SIZE, answer, plan
from chatkit._turn import Plan, play
from chatkit._user_agent import agents_sdk_is_loaded, agents_sdk_user_agent_override, with_user_agent
from chatkit._wire import event_frame, parse_request
from chatkit.actions import Action
from chatkit.errors import NotSupportedError
from chatkit.logger import current_run_id, current_thread_id, new_run_id
from chatkit.store import AttachmentStore, Store, StoreItemType, default_generate_id
from chatkit.types import (
    AssistantMessageItem,
    AudioInput,
    ChatKitReq,
    FeedbackKind,
    SDKHiddenContextItem,
    StreamingReq,
    StreamOptions,
    SyncCustomActionResponse,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadStreamEvent,
    TranscriptionResult,
    UserMessageItem,
    WidgetItem,
    is_streaming_req,
)
from chatkit.widgets import WidgetRoot

__all__ = [
    "DEFAULT_ERROR_MESSAGE",
    "DEFAULT_PAGE_SIZE",
    "ChatKitServer",
    "JSONResult",
    "NonStreamingResult",
    "StreamingResult",
    "agents_sdk_user_agent_override",
    "current_request_metadata",
    "diff_widget",
    "stream_widget",
]

DEFAULT_ERROR_MESSAGE = "An error occurred when generating a response."
"""What a client may show for an error that says nothing of itself."""

TContext = TypeVar("TContext")

_request_metadata: ContextVar[dict[str, Any] | None] = ContextVar("chatkit_request_metadata", default=None)


def current_request_metadata() -> dict[str, Any]:
    """The `metadata` of the request being answered and of its message. It comes from the client: do not trust it."""
    return _request_metadata.get() or {}


def _metadata_of(request: ChatKitReq) -> dict[str, Any]:
    match request:
        case ThreadsCreateReq() | ThreadsAddUserMessageReq():
            return request.metadata | request.params.input.metadata
        case _:
            return request.metadata


async def stream_widget(
    thread: ThreadMetadata,
    widget: WidgetRoot | AsyncGenerator[WidgetRoot, None],
    copy_text: str | None = None,
    generate_id: Callable[[StoreItemType], str] = default_generate_id,
) -> AsyncIterator[ThreadStreamEvent]:
    """The events that show a widget.

    One widget is done at once. States from a generator are `added`, then updated by what changed from each to the next,
    then `done` with the last; a generator without states gives no events.
    """
    item = WidgetItem.model_construct(
        id=generate_id("message"), thread_id=thread.id, created_at=datetime.now(UTC), widget=widget, copy_text=copy_text
    )
    if not isinstance(widget, AsyncGenerator):
        yield ThreadItemDoneEvent(item=item)
        return
    shown: WidgetRoot | None = None
    async for state in widget:
        if shown is None:
            yield ThreadItemAddedEvent(item=item.model_copy(update={"widget": state}))
        else:
            for update in diff_widget(shown, state):
                yield ThreadItemUpdatedEvent(item_id=item.id, update=update)
        shown = state
    if shown is not None:
        yield ThreadItemDoneEvent(item=item.model_copy(update={"widget": shown}))


class StreamingResult(AsyncIterable[bytes]):
    """An answer in frames of server-sent events (`text/event-stream`).

    Errors of the request are raised at the first frame. Closing `json_events` is the user's stop, unless `interrupted`
    was set before: then the server breaks the answer off, which is recorded as that.
    """

    json_events: AsyncGenerator[bytes, None]
    interrupted: bool = False

    def __init__(self, stream: AsyncGenerator[bytes, None]) -> None:
        self.json_events = stream

    def __aiter__(self) -> AsyncGenerator[bytes, None]:
        return self.json_events


class NonStreamingResult:
    """An answer in one JSON document (`application/json`)."""

    json: bytes

    def __init__(self, result: bytes) -> None:
        self.json = result

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The document in one piece, for endpoints that hand any result to a streaming response."""
        yield self.json


JSONResult = NonStreamingResult
"""The name that some tutorials have for it."""


class ChatKitServer(ABC, Generic[TContext]):
    """An application's side of the chat: subclass, write `respond`, and pass requests to `process()`.

    `context` is the application's own, for example the user and the request; every hook and store call gets it.
    """

    refuse_messages_to_inactive_threads: bool = True
    """Whether a locked or closed thread refuses new messages here too, with an `error` event."""

    def __init__(self, store: Store[TContext], attachment_store: AttachmentStore[TContext] | None = None) -> None:
        self.store = store
        self.attachment_store = attachment_store

    @abstractmethod
    def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: TContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """The answer to a message, as events; usually an async generator.

        `input_user_message` is already stored; it is None when the answer goes on after a client tool's output or a
        structured input. Changes to `thread` are saved and sent.
        """

    def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: TContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """What a widget's action does, as events. `sender` is the widget it came from, if it came from one."""
        raise NotSupportedError(f"{type(self).__name__} must override action() to handle the action {action.type!r}.")

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: TContext
    ) -> SyncCustomActionResponse:
        """What a widget's action with `streaming: false` does; the answer may carry the item it changed."""
        raise NotSupportedError(
            f"{type(self).__name__} must override sync_action() to handle the action {action.type!r}."
        )

    async def add_feedback(
        self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: TContext
    ) -> None:
        """Records what the user thinks of some items. Does nothing unless overridden."""

    async def transcribe(self, audio_input: AudioInput, context: TContext) -> TranscriptionResult:
        """Turns recorded speech into text."""
        raise NotSupportedError(f"{type(self).__name__} must override transcribe() to support dictation.")

    def get_stream_options(self, thread: ThreadMetadata, context: TContext) -> StreamOptions:
        """The settings of an answer about to begin."""
        return StreamOptions(allow_cancel=True)

    async def handle_stream_cancelled(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: TContext
    ) -> None:
        """Keeps what is worth keeping of an answer that the user stopped.

        `pending_items` are as far as they got. Unless overridden, messages with text are stored, and so is a note for
        the model that the user stopped it. It runs to its end although the turn is being cancelled.
        """
        await self._keep_written(thread, pending_items, context)
        note = SDKHiddenContextItem(
            id=self.store.generate_item_id("sdk_hidden_context", thread, context),
            thread_id=thread.id,
            created_at=datetime.now(UTC),
            content="The user stopped the previous response before it was complete.",
        )
        await self.store.add_thread_item(thread.id, note, context)

    async def handle_stream_interrupted(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: TContext
    ) -> None:
        """Keeps what is worth keeping of an answer that the server had to break off, because it shuts down.

        The user did not stop it, so the model is told nothing. Unless overridden, messages with text are stored.
        """
        await self._keep_written(thread, pending_items, context)

    async def _keep_written(self, thread: ThreadMetadata, items: list[ThreadItem], context: TContext) -> None:
        for item in items:
            if isinstance(item, AssistantMessageItem) and any(part.text.strip() for part in item.content):
                await self.store.add_thread_item(thread.id, item, context)

    async def process(
        self, request: str | bytes | bytearray, context: TContext
    ) -> StreamingResult | NonStreamingResult:
        """Answers one request, given as its JSON body.

        Raises pydantic's `ValidationError` for a request that is not one, `RequestError` for one that does not fit the
        thread, `NotFoundError` for unknown ids, `NotSupportedError` for what the application does not provide; a
        streaming request raises the last three at its first frame.
        """
        parsed = parse_request(request)
        _request_metadata.set(_metadata_of(parsed))
        current_thread_id.set(vars(parsed.params).get("thread_id", "-"))
        if is_streaming_req(parsed):
            return self._stream(parsed, context)
        with agents_sdk_user_agent_override():
            return NonStreamingResult(await answer(self, parsed, context))

    def _stream(self, request: StreamingReq, context: TContext) -> StreamingResult:
        prepare = partial(self._plan, request, context)
        result = StreamingResult(play(self, prepare, context, event_frame, lambda: result.interrupted))
        return result

    async def _plan(self, request: StreamingReq, context: TContext) -> Plan:
        prepared = await plan(self, request, context)
        if prepared.turn is not None:
            thread, source = prepared.turn
            current_thread_id.set(thread.id)
            current_run_id.set(new_run_id())
            if agents_sdk_is_loaded():
                prepared.turn = thread, with_user_agent(source)
        return prepared


if not TYPE_CHECKING:  # type checkers see what is declared here, and nothing else
    __getattr__ = known_names(__name__)
