"""`ChatKitServer`: the hooks that an application writes, and `process()`, which answers the protocol's requests."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Generator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar, Token
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from chatkit._asides import Asides, current_asides
from chatkit._diff import WidgetState, diff_widget, snapshot
from chatkit._iterators import iterating
from chatkit._known_names import known_names
from chatkit._operations import answer, plan
from chatkit._pages import DEFAULT_PAGE_SIZE
from chatkit._runs import Follower, frames_of, runs_of
from chatkit._turn import Plan, play
from chatkit._user_agent import agents_sdk_user_agent_override, override_user_agent
from chatkit._wire import client_json, parse_request
from chatkit.actions import Action
from chatkit.errors import NotSupportedError
from chatkit.logger import current_run_id, current_thread_id, logger, new_run_id
from chatkit.store import AttachmentStore, Store, StoreItemType, default_generate_id
from chatkit.store.borrowed import as_store
from chatkit.types import (
    AssistantMessageItem,
    AudioInput,
    ChatKitReq,
    FeedbackKind,
    InputTranscribeReq,
    ItemsClaimReq,
    ItemsFeedbackReq,
    NonStreamingReq,
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
    ThreadsResumeReq,
    ThreadsStopReq,
    ThreadsSyncCustomActionReq,
    ThreadStreamEvent,
    ThreadsWatchReq,
    TranscriptionResult,
    UserMessageItem,
    WidgetItem,
    is_streaming_req,
)
from chatkit.widgets import WidgetRoot
from chatkit.widgets.checks import as_root

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


_WITH_HOOKS = (ThreadsSyncCustomActionReq, ItemsFeedbackReq, InputTranscribeReq)
"""Requests with one answer that run hooks."""


def current_request_metadata() -> dict[str, Any]:
    """The `metadata` of the request being answered and of its message. It comes from the client: do not trust it."""
    return _request_metadata.get() or {}


def _metadata_of(request: ChatKitReq) -> dict[str, Any]:
    match request:
        case ThreadsCreateReq() | ThreadsAddUserMessageReq():
            return request.metadata | request.params.input.metadata
        case _:
            return request.metadata


def _enter(request: ChatKitReq) -> tuple[Token[Any], Token[str]]:
    """Has the running context say what request it answers. What to undo it with."""
    thread_id = vars(request.params).get("thread_id", "-")
    return _request_metadata.set(_metadata_of(request)), current_thread_id.set(thread_id)


async def stream_widget(
    thread: ThreadMetadata,
    widget: WidgetRoot | AsyncGenerator[WidgetRoot, None],
    copy_text: str | None = None,
    generate_id: Callable[[StoreItemType], str] = default_generate_id,
) -> AsyncGenerator[ThreadStreamEvent, None]:
    """The events that show a widget; one may be given as a dict. Raises `ValidationError` for what is no widget's root.

    One widget is done at once. States from a generator are `added`, then updated by what changed from each to the next,
    then `done` with the last; a generator without states gives no events. The generator may yield the same object again
    and again, changed. Raises `ValueError` for a widget nested more than 160 levels deep.
    """
    item = WidgetItem.model_construct(
        id=generate_id("message"), thread_id=thread.id, created_at=datetime.now(UTC), widget=widget, copy_text=copy_text
    )
    if not isinstance(widget, AsyncIterable):
        root = as_root(widget, "stream_widget", stacklevel=3)
        yield ThreadItemDoneEvent(item=item.model_copy(update={"widget": snapshot(root)}))
        return
    shown: WidgetState | None = None
    state: WidgetRoot | None = None
    async with iterating(widget) as states:
        async for given in states:
            state = as_root(given, "stream_widget", stacklevel=3)
            before, shown = shown, WidgetState(state)
            if before is None:
                yield ThreadItemAddedEvent(item=item.model_copy(update={"widget": snapshot(state)}))
            else:
                for update in before.updates_to(shown):
                    yield ThreadItemUpdatedEvent(item_id=item.id, update=update)
    if state is not None:
        yield ThreadItemDoneEvent(item=item.model_copy(update={"widget": snapshot(state)}))


def _written(items: list[ThreadItem]) -> list[AssistantMessageItem]:
    """The messages that have text which is not blank."""
    messages = (item for item in items if isinstance(item, AssistantMessageItem))
    return [message for message in messages if any(part.text.strip() for part in message.content)]


class StreamingResult(AsyncIterable[bytes]):
    """An answer in frames of server-sent events (`text/event-stream`).

    Of a run, closing `json_events` ends nothing: the answer goes on, and can be followed again. `follower` is then
    another way to read it, without a task that waits, unless `json_events` was replaced (`is_run` is also true of
    `threads.watch`, which has none).

    Errors of the request are raised at the first frame. Closing `json_events` is the user's stop, unless `interrupted`
    was set before: then the server breaks the answer off, which is recorded as that. Set `has_own_task` before the
    first frame if one task reads all, and closes it, and does nothing else: the hook then runs in that task's context.
    """

    json_events: AsyncGenerator[bytes, None]
    interrupted: bool = False
    has_own_task: bool = False
    is_run: bool = False
    _followed: tuple[AsyncGenerator[bytes, None], Follower] | None = None

    def __init__(
        self, stream: AsyncGenerator[bytes, None], *, is_run: bool = False, follower: Follower | None = None
    ) -> None:
        self.json_events = stream
        self.is_run = is_run
        if follower is not None:
            self._followed = stream, follower

    @property
    def follower(self) -> Follower | None:
        """Reads what `json_events` gives; None when there is no other way than that."""
        if self._followed is None or self.json_events is not self._followed[0]:
            return None
        return self._followed[1]

    def __aiter__(self) -> AsyncGenerator[bytes, None]:
        return self.json_events


def _following(follower: Follower) -> StreamingResult:
    return StreamingResult(frames_of(follower), is_run=True, follower=follower)


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
    """Whether a locked or closed thread refuses messages, retries and answers to structured inputs, with an `error`
    event."""

    max_message_bytes: int = 256 * 1024
    """How long what a user sends may be: a message's text, tags, quotation and options, or the answers to a structured
    input, in bytes of JSON (UTF-8). More is a `RequestError` with the code `message.too_long`."""

    resumable_answers: bool = True
    """Whether clients that ask for the extension `runs` get it: their answers go on when the connection is lost. The
    context then has to live as long as the answer, not as long as the request."""

    max_active_runs: int = 8
    """Answers that one owner can have at a time, with `runs`. 0 is no limit."""

    def __init__(self, store: Store[TContext], attachment_store: AttachmentStore[TContext] | None = None) -> None:
        self.store = store
        self.attachment_store = attachment_store

    @abstractmethod
    def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: TContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """The answer to a message, as events; usually an async generator.

        `input_user_message` is already stored; it is None when the answer goes on after a client tool's output or a
        structured input. Changes to `thread` are saved and sent after the next event, and at the end; only what was
        changed is saved, so that a title which the user set meanwhile stays.

        - Items are stored before `thread.item.done` and `thread.item.replaced` are sent; nothing is for other events.
        - `CustomStreamError` shows the user its message, `StreamError` the client's words for its code. Any other
          exception, and an event that cannot be stored (nested more than 170 levels deep), is logged with its traceback
          and shows only that something failed. `handle_stream_failed` then keeps what was written.
        - When the user stops the answer, `CancelledError` or `GeneratorExit` is raised where the hook stands, and
          `handle_stream_cancelled` keeps what was written; when the server shuts down, `handle_stream_interrupted`
          does.
        - A cancellation by the hook's own `asyncio.timeout` stays its own, also while an event of it is being stored.
          That write is done to its end.
        - The hook runs in a context of its own: context variables that it sets are its alone.
        - When somebody deletes the thread meanwhile, the hook is closed and the stream ends.
        """

    def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: TContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """What a widget's action does, as events. `sender` is the widget it came from, if it came from one.

        What holds of `respond` holds here.
        """
        raise NotSupportedError(f"{type(self).__name__} must override action() to handle the action {action.type!r}.")

    def _chatkit_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: TContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """What `process()` calls for a widget's action: actions of this package's own come before the application's."""
        return self.action(thread, action, sender, context)

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: TContext
    ) -> SyncCustomActionResponse:
        """What a widget's action with `streaming: false` does; the answer may carry the item it changed.

        Storing that item is up to this hook. Changes to `thread` are not saved.
        """
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
        """The settings of an answer about to begin. It may be a coroutine."""
        return StreamOptions(allow_cancel=True)

    async def handle_stream_cancelled(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: TContext
    ) -> None:
        """Keeps what is worth keeping of an answer that the user stopped.

        `pending_items` were added and are not done, in that order, each as far as it got; what is done is stored
        already, and `thread` is saved afterwards. Unless overridden, messages with text that is not blank are stored as
        stopped, and, when anything was pending, a note for the model that the user stopped it. It runs to its end
        although the turn is being cancelled, after the hook has ended. What it raises is logged and changes nothing.
        """
        await self._keep_written(thread, pending_items, "stopped", context)
        if not pending_items:
            return
        note = SDKHiddenContextItem(
            id=as_store(self.store).generate_item_id("sdk_hidden_context", thread, context),
            thread_id=thread.id,
            created_at=datetime.now(UTC),
            content="The user stopped the previous response before it was complete.",
        )
        await as_store(self.store).add_thread_item(thread.id, note, context)

    async def handle_stream_interrupted(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: TContext
    ) -> None:
        """Keeps what is worth keeping of an answer that the server had to break off, because it shuts down.

        As `handle_stream_cancelled`, but the user did not stop it: unless overridden, messages with text that is not
        blank are stored as incomplete, and there is no note.
        """
        await self._keep_written(thread, pending_items, "incomplete", context)

    async def handle_stream_failed(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: TContext
    ) -> None:
        """Keeps what is worth keeping of an answer that ended with an error, of the hook or of the store.

        As `handle_stream_interrupted`. It runs before the `error` event is sent. Items that the hook removed, as those
        that a guardrail takes back, are not pending.
        """
        await self._keep_written(thread, pending_items, "incomplete", context)

    async def _keep_written(
        self,
        thread: ThreadMetadata,
        items: list[ThreadItem],
        status: Literal["incomplete", "stopped"],
        context: TContext,
    ) -> None:
        for message in _written(items):
            kept = message.model_copy(update={"status": status})
            await as_store(self.store).add_thread_item(thread.id, kept, context)

    async def process(
        self, request: str | bytes | bytearray, context: TContext
    ) -> StreamingResult | NonStreamingResult:
        """Answers one request, given as its JSON body.

        Raises pydantic's `ValidationError` for a request that is not one, `RequestError` for one that does not fit the
        thread, `NotFoundError` for unknown ids, `NotSupportedError` for what the application does not provide; a
        streaming request raises the last three at its first frame.
        """
        parsed = parse_request(request)
        if is_streaming_req(parsed):
            return self._stream(parsed, context)
        if isinstance(parsed, ThreadsResumeReq | ThreadsWatchReq):
            return self._chatkit_follow(parsed, context)
        metadata, thread_id = _enter(parsed)
        try:
            unheard = self._unheard(parsed) if isinstance(parsed, _WITH_HOOKS) else nullcontext()
            with agents_sdk_user_agent_override(), unheard:
                return NonStreamingResult(await self._chatkit_answer(parsed, context))
        finally:
            _request_metadata.reset(metadata)
            current_thread_id.reset(thread_id)

    def _chatkit_has_runs(self, request: ChatKitReq) -> bool:
        return self.resumable_answers and "runs" in request.extensions

    def _chatkit_follow(self, request: ThreadsResumeReq | ThreadsWatchReq, context: TContext) -> StreamingResult:
        if not self.resumable_answers:
            raise NotSupportedError(f"{type(self).__name__} has no resumable answers.")
        match request:
            case ThreadsResumeReq():
                return _following(runs_of(self).resume(request, context))
            case ThreadsWatchReq():
                return StreamingResult(runs_of(self).watch(context), is_run=True)

    async def _chatkit_answer(
        self, request: NonStreamingReq | ThreadsStopReq | ItemsClaimReq, context: TContext
    ) -> bytes:
        runs = runs_of(self) if self.resumable_answers else None
        match request:
            case ThreadsStopReq() | ItemsClaimReq() if runs is None:
                raise NotSupportedError(f"{type(self).__name__} has no resumable answers.")
            case ThreadsStopReq():
                return client_json(await runs_of(self).stop(request, context))
            case ItemsClaimReq():
                return client_json(await runs_of(self).claim(request, context))
            case _:
                return await answer(self, request, context, runs)

    @contextmanager
    def _unheard(self, request: ChatKitReq) -> Generator[None]:
        """Tells the log what hooks stream into an agent's context where there is no stream to send it."""
        asides = Asides()
        token = current_asides.set(asides)
        try:
            yield
        finally:
            current_asides.reset(token)
            if unsent := asides.close():
                logger.warning(
                    "What %s.%s() streamed into an AgentContext is not sent, since %s answers with one JSON document: "
                    "%s. Return the item that changed (updated_item), or have the action stream (streaming=True)",
                    type(self).__qualname__,
                    "sync_action" if isinstance(request, ThreadsSyncCustomActionReq) else "process",
                    request.type,
                    ", ".join(str(event.type) for event in unsent),
                )

    def _stream(self, request: StreamingReq, context: TContext) -> StreamingResult:
        if self._chatkit_has_runs(request):
            return _following(runs_of(self).turn(request, context))
        prepare = partial(self._plan, request, context)
        result = StreamingResult(play(self, prepare, context, lambda: result.interrupted, lambda: result.has_own_task))
        return result

    async def _plan(self, request: StreamingReq, context: TContext, run_id: str | None = None) -> Plan:
        """What it sets stays set for the turn, which has a context of its own, and for nothing else."""
        _enter(request)
        override_user_agent()
        prepared = await plan(self, request, context)
        if prepared.turn is not None:
            current_thread_id.set(prepared.turn[0].id)
            current_run_id.set(run_id or new_run_id())
        return prepared


if not TYPE_CHECKING:  # type checkers see what is declared here, and nothing else
    __getattr__ = known_names(__name__)
