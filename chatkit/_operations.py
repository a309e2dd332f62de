"""The protocol's operations, one function each: the streaming ones prepare a turn, the others answer at once."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from chatkit._hook_events import started
from chatkit._lookups import found, load_attachment, load_item, load_thread
from chatkit._messages import edited_message, refuse_too_long, user_message
from chatkit._origins_of_errors import name_origin
from chatkit._pages import DEFAULT_PAGE_SIZE, list_items, list_threads, page_limit
from chatkit._tool_outputs import add_client_tool_output
from chatkit._turn import Plan
from chatkit._uncancelled import uncancelled
from chatkit._wire import client_json, client_page, client_thread, is_hidden
from chatkit.errors import ErrorCode, NotSupportedError, RequestError
from chatkit.live.opening import is_run, opening_thread
from chatkit.logger import logger
from chatkit.store import AttachmentStore, NotFoundError, ThreadChanges
from chatkit.store.borrowed import as_attachment_store, as_store
from chatkit.store.turns import one_at_a_time
from chatkit.types import (
    ActiveRun,
    Attachment,
    AttachmentsCreateReq,
    AttachmentsDeleteReq,
    AudioInput,
    BaseReq,
    ClosedStatus,
    ErrorEvent,
    InputTranscribeReq,
    ItemsFeedbackReq,
    ItemsListReq,
    LockedStatus,
    NonStreamingReq,
    Page,
    StreamingReq,
    StructuredInputAnswer,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputSubmission,
    ThreadAddStructuredInputParams,
    ThreadAddUserMessageParams,
    ThreadChangedEvent,
    ThreadCreatedEvent,
    ThreadCreateParams,
    ThreadCustomActionParams,
    ThreadDeletedEvent,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadRetryAfterItemParams,
    ThreadsAddClientToolOutputReq,
    ThreadsAddStructuredInputReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
    ThreadsDeleteReq,
    ThreadsGetByIdReq,
    ThreadsListReq,
    ThreadsRetryAfterItemReq,
    ThreadsSyncCustomActionReq,
    ThreadStreamEvent,
    ThreadsUpdateReq,
    UserMessageItem,
    WidgetItem,
)
from chatkit.types.plain_requests import PlainMessageParams, plain_path

if TYPE_CHECKING:
    from chatkit.server import ChatKitServer

__all__ = ["answer", "plan", "refusal"]

MAX_TITLE_LENGTH = 1000
"""Characters of a title that a client gives."""
EXTENSIONS = ("edit", "runs")
"""What this server does beyond the reference's protocol for a client that asks: `edit`, `input` in
`threads.retry_after_item`; `runs`, answers that go on without their connection, unless `resumable_answers` is off."""

TContext = TypeVar("TContext")
AnyHooks: TypeAlias = "ChatKitServer[Any]"


async def plan(hooks: "ChatKitServer[TContext]", request: StreamingReq, context: TContext) -> Plan:
    """Does what comes before a turn: loads and checks first, then stores. Raises without having stored anything."""
    try:
        prepared = await _STREAMING[type(request)](hooks, request.params, context)
    except Exception as error:
        if isinstance(error, RequestError):
            error.param = plain_path(request.params, error.param)
        name_origin(error, hooks, hooks.store)
        raise
    prepared.extensions = _extensions(hooks, request)
    return prepared


class Live(Protocol):
    """What operations need to know of runs."""

    async def active(self, thread_ids: Sequence[str], context: Any, *, recovers: bool) -> Mapping[str, ActiveRun]:
        """By thread, the runs that are going on."""
        ...

    async def stop_thread(self, thread_id: str, context: Any) -> None:
        """Ends what is going on in a thread."""
        ...

    async def tell(self, event: ThreadChangedEvent | ThreadDeletedEvent, context: Any) -> None:
        """Tells whoever watches the owner's threads."""
        ...


async def answer(
    hooks: "ChatKitServer[TContext]", request: NonStreamingReq, context: TContext, live: Live | None = None
) -> bytes:
    """Carries out an operation that has one JSON answer. `live` knows of runs, if there are any."""
    try:
        match request:
            case ThreadsGetByIdReq():
                return await _get_by_id(hooks, request, context, live)
            case ThreadsListReq():
                return await _list_threads(hooks, request, context, live)
            case ThreadsDeleteReq() if live is not None:
                await live.stop_thread(request.params.thread_id, context)
            case _:
                pass
        answered = await _NON_STREAMING[type(request)](hooks, request, context)
        if live is not None and (event := _told(request)) is not None:
            await live.tell(event, context)
        return answered
    except Exception as error:
        name_origin(error, hooks, hooks.store, hooks.attachment_store)
        raise


# Streaming operations


async def _create(hooks: AnyHooks, params: ThreadCreateParams, context: Any) -> Plan:
    thread = ThreadMetadata(id=as_store(hooks.store).generate_thread_id(context), created_at=datetime.now(UTC))
    item = await user_message(hooks, thread, params.input, context)
    await opening_thread(thread.id)
    await uncancelled(as_store(hooks.store).store_user_message(thread, item, context, opens_thread=True))
    created = ThreadCreatedEvent(thread=client_thread(thread))
    return Plan([created, ThreadItemDoneEvent(item=item)], (thread, started(hooks.respond, thread, item, context)))


async def _add_user_message(hooks: AnyHooks, params: ThreadAddUserMessageParams, context: Any) -> Plan:
    try:
        thread = await load_thread(hooks, params.thread_id, context)
    except NotFoundError:
        if not isinstance(params, PlainMessageParams):
            raise
        # Not under the client's id: it may be another owner's thread, which not every store would keep.
        return await _create(hooks, ThreadCreateParams(input=params.input), context)
    if (refused := refusal(hooks, thread)) is not None:
        return Plan([refused])
    item = await user_message(hooks, thread, params.input, context)
    await uncancelled(as_store(hooks.store).store_user_message(thread, item, context, opens_thread=False))
    return Plan([ThreadItemDoneEvent(item=item)], (thread, started(hooks.respond, thread, item, context)))


async def _add_structured_input(hooks: AnyHooks, params: ThreadAddStructuredInputParams, context: Any) -> Plan:
    thread = await load_thread(hooks, params.thread_id, context)
    if (refused := refusal(hooks, thread)) is not None:
        return Plan([refused])
    item = await load_item(hooks, thread.id, params.item_id, context)
    if not isinstance(item, StructuredInputItem):
        raise RequestError("item.wrong_kind", f"Item {item.id} is not a structured input.", param="params.item_id")
    if item.status != "pending":
        raise _not_pending(item)
    refuse_too_long(hooks, params.input)
    done = _answered(item, params.input)
    if not await uncancelled(as_store(hooks.store).claim_item(thread.id, done, context)):
        raise _not_pending(item)
    answered = ThreadItemReplacedEvent(item=done)
    return Plan(turn=(thread, started(hooks.respond, thread, None, context)), stored=[answered])


async def _retry_after_item(hooks: AnyHooks, params: ThreadRetryAfterItemParams, context: Any) -> Plan:
    thread = await load_thread(hooks, params.thread_id, context)
    if (refused := refusal(hooks, thread)) is not None:
        return Plan([refused])
    message = await load_item(hooks, thread.id, params.item_id, context)
    if not isinstance(message, UserMessageItem):
        raise RequestError("item.wrong_kind", f"Item {message.id} is not a user message.", param="params.item_id")
    edited: UserMessageItem | None = None
    if params.input is not None:
        message = edited = await edited_message(hooks, thread, message, params.input, context)
    removed = await as_store(hooks.store).ids_after(thread.id, message.id, context) if is_run() else []
    await uncancelled(as_store(hooks.store).delete_items_after(thread.id, message.id, context, replaced=edited))
    shown: list[ThreadStreamEvent] = [] if edited is None else [ThreadItemReplacedEvent(item=edited)]
    shown += [ThreadItemRemovedEvent(item_id=item_id) for item_id in removed]  # other tabs still show them
    return Plan(shown, (thread, started(hooks.respond, thread, message, context)))


async def _custom_action(hooks: AnyHooks, params: ThreadCustomActionParams, context: Any) -> Plan:
    thread = await load_thread(hooks, params.thread_id, context)
    sender = await _sender(hooks, thread, params, context)
    if sender is not None and not isinstance(sender, WidgetItem):
        logger.warning("Action %s names item %s as its sender, which is no widget", params.action.type, sender.id)
        return Plan([ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=False)])
    act = hooks._chatkit_action  # pyright: ignore[reportPrivateUsage] - a name that no application has
    return Plan(turn=(thread, started(act, thread, params.action, sender, context)), hook="action")


# Operations with one answer


async def _sync_custom_action(hooks: AnyHooks, request: ThreadsSyncCustomActionReq, context: Any) -> bytes:
    params = request.params
    thread = await load_thread(hooks, params.thread_id, context)
    sender = await _sender(hooks, thread, params, context)
    if sender is not None and not isinstance(sender, WidgetItem):
        raise RequestError("item.wrong_kind", f"Item {sender.id} is not a widget.", param="params.item_id")
    return client_json(await hooks.sync_action(thread, params.action, sender, context))


def _told(request: NonStreamingReq) -> ThreadChangedEvent | ThreadDeletedEvent | None:
    """What other tabs are to hear of a request that was carried out."""
    match request:
        case ThreadsUpdateReq() | ThreadsSyncCustomActionReq():
            return ThreadChangedEvent(thread_id=request.params.thread_id)
        case ThreadsDeleteReq():
            return ThreadDeletedEvent(thread_id=request.params.thread_id)
        case _:
            return None


async def _get_by_id(hooks: AnyHooks, request: ThreadsGetByIdReq, context: Any, live: Live | None) -> bytes:
    thread = await load_thread(hooks, request.params.thread_id, context)
    extensions = _extensions(hooks, request)
    # Before the items: what is done by then is among them.
    active = await _active(live, [thread.id], extensions, context, recovers=True)

    def write(items: Page[ThreadItem]) -> bytes:
        return client_json(client_thread(thread, items, extensions, active.get(thread.id)))

    return await list_items(hooks, thread.id, None, DEFAULT_PAGE_SIZE, "asc", context, write)


async def _active(
    live: Live | None, thread_ids: Sequence[str], extensions: list[str] | None, context: Any, *, recovers: bool
) -> Mapping[str, ActiveRun]:
    """The runs that a client which knows of them is told of."""
    if live is None or extensions is None or "runs" not in extensions or not thread_ids:
        return {}
    return await live.active(thread_ids, context, recovers=recovers)


async def _list_threads(hooks: AnyHooks, request: ThreadsListReq, context: Any, live: Live | None) -> bytes:
    params, extensions = request.params, _extensions(hooks, request)

    async def active(threads: Sequence[ThreadMetadata]) -> Mapping[str, ActiveRun]:
        return await _active(live, [thread.id for thread in threads], extensions, context, recovers=False)

    return await list_threads(hooks, params.after, page_limit(params.limit), params.order, context, active, extensions)


async def _update_thread(hooks: AnyHooks, request: ThreadsUpdateReq, context: Any) -> bytes:
    params = request.params
    if len(params.title) > MAX_TITLE_LENGTH:
        raise RequestError(
            "request.invalid_params",
            f"A title may have at most {MAX_TITLE_LENGTH} characters, not {len(params.title)}.",
            param="params.title",
        )
    changes = ThreadChanges(fields={"title": params.title})
    renaming = uncancelled(as_store(hooks.store).update_thread(params.thread_id, changes, context))
    thread = await found(renaming, params.thread_id, "update_thread")
    return client_json(client_thread(thread))


async def _delete_thread(hooks: AnyHooks, request: ThreadsDeleteReq, context: Any) -> bytes:
    await uncancelled(_delete_with_files(hooks, request.params.thread_id, context))
    return b"{}"


async def _delete_with_files(hooks: AnyHooks, thread_id: str, context: Any) -> None:
    if hooks.attachment_store is not None:
        # Bytes first: a crash in between leaves a thread to delete again, not bytes that nothing knows of.
        for attachment_id in await as_store(hooks.store).list_thread_attachment_ids(thread_id, context):
            with suppress(NotFoundError):  # the bytes went in an earlier attempt
                await _attachment_store(hooks).delete_attachment(attachment_id, context)
    async with one_at_a_time(as_store(hooks.store), thread_id):  # see Store.update_thread
        await as_store(hooks.store).delete_thread(thread_id, context)


async def _list_items(hooks: AnyHooks, request: ItemsListReq, context: Any) -> bytes:
    params = request.params
    limit = page_limit(params.limit)

    def write(items: Page[ThreadItem]) -> bytes:
        return client_json(client_page(items))

    return await list_items(hooks, params.thread_id, params.after, limit, params.order, context, write)


async def _feedback(hooks: AnyHooks, request: ItemsFeedbackReq, context: Any) -> bytes:
    params = request.params
    # The hook may take the ids for what they say they are: the user's own, and such that the user can see.
    thread = await load_thread(hooks, params.thread_id, context)
    for item_id in dict.fromkeys(params.item_ids):
        if is_hidden(await load_item(hooks, thread.id, item_id, context)):
            raise NotFoundError(f"There is no item {item_id} in this thread.")
    await hooks.add_feedback(params.thread_id, params.item_ids, params.kind, context)
    return b"{}"


async def _create_attachment(hooks: AnyHooks, request: AttachmentsCreateReq, context: Any) -> bytes:
    files = _attachment_store(hooks)

    async def create() -> Attachment:
        attachment = await files.create_attachment(request.params, context)
        await as_store(hooks.store).save_attachment(attachment, context)
        return attachment

    return client_json(await uncancelled(create()))


async def _delete_attachment(hooks: AnyHooks, request: AttachmentsDeleteReq, context: Any) -> bytes:
    params = request.params
    files = _attachment_store(hooks)
    # The store knows whose it is; whoever keeps the bytes may not. So it is asked before they are gone.
    await load_attachment(hooks, params.attachment_id, context)

    async def delete() -> None:
        await files.delete_attachment(params.attachment_id, context)
        await as_store(hooks.store).delete_attachment(params.attachment_id, context)

    await uncancelled(delete())
    return b"{}"


async def _transcribe(hooks: AnyHooks, request: InputTranscribeReq, context: Any) -> bytes:
    params = request.params
    try:
        data = base64.b64decode(params.audio_base64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError(
            "request.invalid_params", "The audio is not valid base64.", param="params.audio_base64"
        ) from error
    return client_json(await hooks.transcribe(AudioInput(data=data, mime_type=params.mime_type), context))


# What they share


def _not_pending(item: StructuredInputItem) -> RequestError:
    return RequestError("item.not_pending", f"Structured input {item.id} is not pending.", param="params.item_id")


def refusal(hooks: AnyHooks, thread: ThreadMetadata) -> ErrorEvent | None:
    """What a locked or closed thread answers to new words of the user's: messages, retries, structured inputs.

    Client tools' outputs end what began before, and a widget's actions are for the application to judge (a button that
    opens the thread again, say): both are taken.
    """
    if not hooks.refuse_messages_to_inactive_threads:
        return None
    match thread.status:
        case LockedStatus(reason=reason):
            return ErrorEvent(code=ErrorCode.THREAD_LOCKED, message=reason or "This conversation is locked.")
        case ClosedStatus(reason=reason):
            return ErrorEvent(code=ErrorCode.THREAD_CLOSED, message=reason or "This conversation is closed.")
        case _:
            return None


def _answered(item: StructuredInputItem, submission: StructuredInputSubmission) -> StructuredInputItem:
    """The item with the answers applied."""
    unknown = submission.answers.keys() - {question.id for question in item.inputs}
    if unknown:
        logger.warning("Structured input %s has no questions %s; ignored", item.id, ", ".join(sorted(unknown)))
    done = item.model_copy(deep=True)
    done.status = submission.status
    for question in done.inputs:
        given = submission.answers.get(question.id)
        if submission.status == "skipped" or given is None or given.skipped or not given.values:
            question.answer = StructuredInputAnswer(skipped=True)
            continue
        single = isinstance(question, StructuredInputMultipleChoice) and not question.multiple
        question.answer = StructuredInputAnswer(values=given.values[:1] if single else given.values)
    return done


async def _sender(
    hooks: AnyHooks, thread: ThreadMetadata, params: ThreadCustomActionParams, context: Any
) -> ThreadItem | None:
    return await load_item(hooks, thread.id, params.item_id, context) if params.item_id else None


def _attachment_store(hooks: AnyHooks) -> AttachmentStore[Any]:
    if hooks.attachment_store is None:
        raise NotSupportedError("This server takes no attachments: give ChatKitServer an attachment_store.")
    return as_attachment_store(hooks.attachment_store)


def _extensions(hooks: AnyHooks, request: BaseReq) -> list[str] | None:
    """Those the client asked for and that there are; None for a client that asked for nothing."""
    if not request.extensions:
        return None
    there_are = EXTENSIONS if hooks.resumable_answers else tuple(name for name in EXTENSIONS if name != "runs")
    return [name for name in there_are if name in request.extensions]


_STREAMING: Mapping[type[StreamingReq], Callable[[AnyHooks, Any, Any], Awaitable[Plan]]] = {
    ThreadsCreateReq: _create,
    ThreadsAddUserMessageReq: _add_user_message,
    ThreadsAddClientToolOutputReq: add_client_tool_output,
    ThreadsAddStructuredInputReq: _add_structured_input,
    ThreadsRetryAfterItemReq: _retry_after_item,
    ThreadsCustomActionReq: _custom_action,
}
_NON_STREAMING: Mapping[type[NonStreamingReq], Callable[[AnyHooks, Any, Any], Awaitable[bytes]]] = {
    ThreadsUpdateReq: _update_thread,
    ThreadsDeleteReq: _delete_thread,
    ItemsListReq: _list_items,
    ItemsFeedbackReq: _feedback,
    AttachmentsCreateReq: _create_attachment,
    AttachmentsDeleteReq: _delete_attachment,
    InputTranscribeReq: _transcribe,
    ThreadsSyncCustomActionReq: _sync_custom_action,
}
