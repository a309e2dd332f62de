"""The protocol's operations, one function each: the streaming ones prepare a turn, the others answer at once."""

import base64
import binascii
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from pydantic import BaseModel

from chatkit._origins_of_errors import name_origin
from chatkit._turn import Plan, uncancelled
from chatkit._waiting_calls import Waiting, waiting_behind
from chatkit._wire import client_json, client_page, client_thread, is_hidden, threads_page
from chatkit.errors import ErrorCode, NotSupportedError, RequestError
from chatkit.logger import logger
from chatkit.store import AttachmentStore, NotFoundError, ThreadChanges
from chatkit.store.borrowed import as_attachment_store, as_store
from chatkit.store.ports import as_page, cut, reads_whole_pages
from chatkit.store.turns import one_at_a_time
from chatkit.types import (
    Attachment,
    AttachmentsCreateReq,
    AttachmentsDeleteReq,
    AudioInput,
    BaseReq,
    ClientToolCallItem,
    ClosedStatus,
    EndOfTurnItem,
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
    ThreadAddClientToolOutputParams,
    ThreadAddStructuredInputParams,
    ThreadAddUserMessageParams,
    ThreadCreatedEvent,
    ThreadCreateParams,
    ThreadCustomActionParams,
    ThreadItem,
    ThreadItemDoneEvent,
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
    UserMessageInput,
    UserMessageItem,
    WidgetItem,
)
from chatkit.types.plain_requests import PlainMessageParams, plain_path

if TYPE_CHECKING:
    from chatkit.server import ChatKitServer

__all__ = ["DEFAULT_PAGE_SIZE", "MAX_PAGE_SIZE", "answer", "plan", "refusal"]

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
MAX_PAGE_BYTES = 4 * 1024 * 1024
"""A page ends before it is longer, but not before its first row."""
MAX_TITLE_LENGTH = 1000
"""Characters of a title that a client gives."""
EXTENSIONS = ("edit",)
"""What this server does beyond the reference's protocol for a client that asks: `edit`, `input` in
`threads.retry_after_item`."""

_NOT_WRITTEN = {"metadata", "attachments"}
"""What of a message is not stored with it, or limited by itself."""

T = TypeVar("T")
TContext = TypeVar("TContext")
Row = TypeVar("Row", ThreadItem, ThreadMetadata)
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
    prepared.extensions = _extensions(request)
    return prepared


async def answer(hooks: "ChatKitServer[TContext]", request: NonStreamingReq, context: TContext) -> bytes:
    """Carries out an operation that has one JSON answer."""
    try:
        return await _NON_STREAMING[type(request)](hooks, request, context)
    except Exception as error:
        name_origin(error, hooks, hooks.store, hooks.attachment_store)
        raise


# Streaming operations


async def _create(hooks: AnyHooks, params: ThreadCreateParams, context: Any) -> Plan:
    thread = ThreadMetadata(id=as_store(hooks.store).generate_thread_id(context), created_at=datetime.now(UTC))
    item = await _user_message(hooks, thread, params.input, context)
    await uncancelled(as_store(hooks.store).store_user_message(thread, item, context, opens_thread=True))
    created = ThreadCreatedEvent(thread=client_thread(thread))
    return Plan([created, ThreadItemDoneEvent(item=item)], (thread, _hook(hooks.respond, thread, item, context)))


async def _add_user_message(hooks: AnyHooks, params: ThreadAddUserMessageParams, context: Any) -> Plan:
    try:
        thread = await _thread(hooks, params.thread_id, context)
    except NotFoundError:
        if not isinstance(params, PlainMessageParams):
            raise
        # Not under the client's id: it may be another owner's thread, which not every store would keep.
        return await _create(hooks, ThreadCreateParams(input=params.input), context)
    if (refused := refusal(hooks, thread)) is not None:
        return Plan([refused])
    item = await _user_message(hooks, thread, params.input, context)
    await uncancelled(as_store(hooks.store).store_user_message(thread, item, context, opens_thread=False))
    return Plan([ThreadItemDoneEvent(item=item)], (thread, _hook(hooks.respond, thread, item, context)))


async def _add_client_tool_output(hooks: AnyHooks, params: ThreadAddClientToolOutputParams, context: Any) -> Plan:
    thread = await _thread(hooks, params.thread_id, context)
    newest = await _newest_items(hooks, thread, context)
    pending = [item for item in newest if isinstance(item, ClientToolCallItem) and item.status == "pending"]
    if not pending or next(filter(_is_shown, newest), None) is not pending[0]:
        raise _no_pending_call(thread)
    call, *abandoned = pending
    done = call.model_copy(update={"output": params.result, "status": "completed"})
    if not await uncancelled(_hand_in(hooks, thread, done, abandoned, context)):
        raise _no_pending_call(thread)
    waiting = waiting_behind(call, newest)
    if waiting is None:
        return Plan(turn=(thread, _hook(hooks.respond, thread, None, context)))
    await uncancelled(_keep_waiting(hooks, thread, waiting, context))
    return Plan(turn=(thread, _show_next(waiting)))


async def _newest_items(hooks: AnyHooks, thread: ThreadMetadata, context: Any) -> list[ThreadItem]:
    """The newest items, the newest first, at least back to one that the client can see."""
    items: list[ThreadItem] = []
    after: str | None = None
    while True:
        store = as_store(hooks.store)
        page = as_page(await store.load_thread_items(thread.id, after, DEFAULT_PAGE_SIZE, "desc", context))
        items += page.data
        if any(map(_is_shown, page.data)) or not page.has_more or not page.data:
            return items
        after = page.after or page.data[-1].id


def _is_shown(item: ThreadItem) -> bool:
    """Whether a client takes the item for its newest one: hidden ones it never sees, ends of turns say nothing."""
    return not is_hidden(item) and not isinstance(item, EndOfTurnItem)


async def _keep_waiting(hooks: AnyHooks, thread: ThreadMetadata, waiting: Waiting, context: Any) -> None:
    if waiting.rest is not None:
        await as_store(hooks.store).save_item(thread.id, waiting.rest, context)
        return
    with suppress(NotFoundError):
        await as_store(hooks.store).delete_thread_item(thread.id, waiting.item_id, context)


async def _show_next(waiting: Waiting) -> AsyncIterator[ThreadStreamEvent]:
    """The turn that has the page run its next call."""
    yield ThreadItemDoneEvent(item=waiting.next)


async def _add_structured_input(hooks: AnyHooks, params: ThreadAddStructuredInputParams, context: Any) -> Plan:
    thread = await _thread(hooks, params.thread_id, context)
    if (refused := refusal(hooks, thread)) is not None:
        return Plan([refused])
    item = await _item(hooks, thread.id, params.item_id, context)
    if not isinstance(item, StructuredInputItem):
        raise RequestError("item.wrong_kind", f"Item {item.id} is not a structured input.", param="params.item_id")
    if item.status != "pending":
        raise _not_pending(item)
    _refuse_too_long(hooks, params.input)
    done = _answered(item, params.input)
    if not await uncancelled(as_store(hooks.store).claim_item(thread.id, done, context)):
        raise _not_pending(item)
    answered = ThreadItemReplacedEvent(item=done)
    return Plan(turn=(thread, _hook(hooks.respond, thread, None, context)), stored=[answered])


async def _retry_after_item(hooks: AnyHooks, params: ThreadRetryAfterItemParams, context: Any) -> Plan:
    thread = await _thread(hooks, params.thread_id, context)
    if (refused := refusal(hooks, thread)) is not None:
        return Plan([refused])
    message = await _item(hooks, thread.id, params.item_id, context)
    if not isinstance(message, UserMessageItem):
        raise RequestError("item.wrong_kind", f"Item {message.id} is not a user message.", param="params.item_id")
    edited: UserMessageItem | None = None
    if params.input is not None:
        message = edited = await _edited(hooks, thread, message, params.input, context)
    await uncancelled(as_store(hooks.store).delete_items_after(thread.id, message.id, context, replaced=edited))
    shown: list[ThreadStreamEvent] = [] if edited is None else [ThreadItemReplacedEvent(item=edited)]
    return Plan(shown, (thread, _hook(hooks.respond, thread, message, context)))


async def _custom_action(hooks: AnyHooks, params: ThreadCustomActionParams, context: Any) -> Plan:
    thread = await _thread(hooks, params.thread_id, context)
    sender = await _sender(hooks, thread, params, context)
    if sender is not None and not isinstance(sender, WidgetItem):
        logger.warning("Action %s names item %s as its sender, which is no widget", params.action.type, sender.id)
        return Plan([ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=False)])
    act = hooks._chatkit_action  # pyright: ignore[reportPrivateUsage] - a name that no application has
    return Plan(turn=(thread, _hook(act, thread, params.action, sender, context)), hook="action")


# Operations with one answer


async def _sync_custom_action(hooks: AnyHooks, request: ThreadsSyncCustomActionReq, context: Any) -> bytes:
    params = request.params
    thread = await _thread(hooks, params.thread_id, context)
    sender = await _sender(hooks, thread, params, context)
    if sender is not None and not isinstance(sender, WidgetItem):
        raise RequestError("item.wrong_kind", f"Item {sender.id} is not a widget.", param="params.item_id")
    return client_json(await hooks.sync_action(thread, params.action, sender, context))


async def _get_by_id(hooks: AnyHooks, request: ThreadsGetByIdReq, context: Any) -> bytes:
    thread = await _thread(hooks, request.params.thread_id, context)
    extensions = _extensions(request)

    def write(items: Page[ThreadItem]) -> bytes:
        return client_json(client_thread(thread, items, extensions))

    return await _items(hooks, thread.id, None, DEFAULT_PAGE_SIZE, "asc", context, write)


async def _list_threads(hooks: AnyHooks, request: ThreadsListReq, context: Any) -> bytes:
    params = request.params
    store, limit = as_store(hooks.store), _limit(params.limit)
    if reads_whole_pages(store):
        page = as_page(await store.load_threads(limit, params.after, params.order, context))
    else:
        page = await store.load_threads_within(limit, params.after, params.order, MAX_PAGE_BYTES, context)
    return _within_size(page, threads_page)


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
    thread = await _found(renaming, params.thread_id, "update_thread")
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
    limit = _limit(params.limit)

    def write(items: Page[ThreadItem]) -> bytes:
        return client_json(client_page(items))

    return await _items(hooks, params.thread_id, params.after, limit, params.order, context, write)


async def _feedback(hooks: AnyHooks, request: ItemsFeedbackReq, context: Any) -> bytes:
    params = request.params
    # The hook may take the ids for what they say they are: the user's own, and such that the user can see.
    thread = await _thread(hooks, params.thread_id, context)
    for item_id in dict.fromkeys(params.item_ids):
        if is_hidden(await _item(hooks, thread.id, item_id, context)):
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
    await _attachment(hooks, params.attachment_id, context)

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


async def _items(
    hooks: AnyHooks,
    thread_id: str,
    after: str | None,
    limit: int,
    order: str,
    context: Any,
    write: Callable[[Page[ThreadItem]], bytes],
) -> bytes:
    """A page of a thread's items as `write` writes it."""
    store = as_store(hooks.store)
    if reads_whole_pages(store):
        page = as_page(await store.load_thread_items(thread_id, after, limit, order, context))
    else:
        page = await store.load_thread_items_within(thread_id, after, limit, order, MAX_PAGE_BYTES, context)
    return _within_size(page, write)


def _within_size(page: Page[Row], write: Callable[[Page[Row]], bytes]) -> bytes:
    """The page as it is written; one that comes out longer than `MAX_PAGE_BYTES` is cut. Nearly none does."""
    written = write(page)
    return written if len(written) <= MAX_PAGE_BYTES or len(page.data) < 2 else write(cut(page, MAX_PAGE_BYTES))


def _hook(hook: Callable[..., AsyncIterator[ThreadStreamEvent]], *arguments: Any) -> AsyncIterator[ThreadStreamEvent]:
    """What a hook returns. One that is no generator and fails at once fails as any other: what was sent is stored."""
    try:
        return hook(*arguments)
    except NotSupportedError:
        raise
    except Exception as error:  # noqa: BLE001 - raised by the turn
        return _failing(error)


async def _failing(error: Exception) -> AsyncGenerator[ThreadStreamEvent, None]:
    raise error
    yield


async def _thread(hooks: AnyHooks, thread_id: str, context: Any) -> ThreadMetadata:
    return await _found(as_store(hooks.store).load_thread(thread_id, context), thread_id, "load_thread")


async def _item(hooks: AnyHooks, thread_id: str, item_id: str, context: Any) -> ThreadItem:
    return await _found(as_store(hooks.store).load_item(thread_id, item_id, context), item_id, "load_item")


async def _attachment(hooks: AnyHooks, attachment_id: str, context: Any) -> Attachment:
    return await _found(as_store(hooks.store).load_attachment(attachment_id, context), attachment_id, "load_attachment")


async def _found(loading: Awaitable[T], asked: str, method: str) -> T:
    """What a store has under an id. Many say that there is nothing by None, or by the `KeyError` of a dict."""
    try:
        found: T | None = await loading
    except KeyError as error:
        if error.args != (asked,):
            raise
        found = None
    if found is None:
        raise NotFoundError(f"There is nothing under the id {asked}.")
    if not isinstance(found, BaseModel):
        kind = type(found).__name__
        raise TypeError(
            f"The store's {method}() must give one of the models in chatkit.types, not an object of type {kind}."
        )
    return found


async def _user_message(
    hooks: AnyHooks, thread: ThreadMetadata, message: UserMessageInput, context: Any
) -> UserMessageItem:
    """The item for a message, its attachments loaded and stamped with the thread."""
    _refuse_too_long(hooks, message)
    attachments = await _attachments(hooks, thread, message, context)
    return UserMessageItem(
        id=as_store(hooks.store).generate_item_id("message", thread, context),
        thread_id=thread.id,
        created_at=datetime.now(UTC),
        content=message.content,
        attachments=attachments,
        quoted_text=message.quoted_text,
        inference_options=message.inference_options,
    )


async def _edited(
    hooks: AnyHooks, thread: ThreadMetadata, item: UserMessageItem, message: UserMessageInput, context: Any
) -> UserMessageItem:
    """The item with what it says replaced; its id, its time and its place stay. Raises before anything is stored."""
    _refuse_too_long(hooks, message)
    texts = (part.text for part in message.content)
    if not message.attachments and not any(text.strip() for text in texts):
        raise RequestError(
            "request.invalid_params", "An edited message needs text or an attachment.", param="params.input.content"
        )
    return item.model_copy(
        update={
            "content": message.content,
            "attachments": await _attachments(hooks, thread, message, context),
            "quoted_text": message.quoted_text,
            "inference_options": message.inference_options,
        }
    )


async def _attachments(
    hooks: AnyHooks, thread: ThreadMetadata, message: UserMessageInput, context: Any
) -> list[Attachment]:
    """Each of the message's attachments once, stamped with the thread."""
    ids = list(dict.fromkeys(message.attachments))
    loaded = [await _attachment(hooks, attachment_id, context) for attachment_id in ids]
    return [attachment.model_copy(update={"thread_id": thread.id}) for attachment in loaded]


def _refuse_too_long(hooks: AnyHooks, written: BaseModel) -> None:
    """Refuses what people wrote when it is too long as it is stored."""
    size = len(written.model_dump_json(exclude=_NOT_WRITTEN).encode())
    if size > hooks.max_message_bytes:
        raise RequestError(
            "message.too_long",
            f"What is sent may have at most {hooks.max_message_bytes:,} bytes, not {size:,}.",
            param="params.input",
        )


def _no_pending_call(thread: ThreadMetadata) -> RequestError:
    return RequestError("item.wrong_kind", f"The newest item of thread {thread.id} is not a pending client tool call.")


def _not_pending(item: StructuredInputItem) -> RequestError:
    return RequestError("item.not_pending", f"Structured input {item.id} is not pending.", param="params.item_id")


async def _hand_in(
    hooks: AnyHooks, thread: ThreadMetadata, done: ClientToolCallItem, abandoned: list[ClientToolCallItem], context: Any
) -> bool:
    """Stores a client tool's output, if nobody did before, and drops older calls that never got theirs."""
    if not await as_store(hooks.store).claim_item(thread.id, done, context):
        return False
    for item in abandoned:
        logger.warning("Client tool call %s in thread %s never got its output and is dropped", item.call_id, thread.id)
        with suppress(NotFoundError):
            await as_store(hooks.store).delete_thread_item(thread.id, item.id, context)
    return True


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
    return await _item(hooks, thread.id, params.item_id, context) if params.item_id else None


def _attachment_store(hooks: AnyHooks) -> AttachmentStore[Any]:
    if hooks.attachment_store is None:
        raise NotSupportedError("This server takes no attachments: give ChatKitServer an attachment_store.")
    return as_attachment_store(hooks.attachment_store)


def _extensions(request: BaseReq) -> list[str] | None:
    """Those the client asked for and that there are; None for a client that asked for nothing."""
    return [name for name in EXTENSIONS if name in request.extensions] if request.extensions else None


def _limit(limit: int | None) -> int:
    if limit is None:
        return DEFAULT_PAGE_SIZE
    if limit < 1:
        raise RequestError(
            "request.invalid_params", f"The limit must be at least 1, not {limit}.", param="params.limit"
        )
    return min(limit, MAX_PAGE_SIZE)


_STREAMING: Mapping[type[StreamingReq], Callable[[AnyHooks, Any, Any], Awaitable[Plan]]] = {
    ThreadsCreateReq: _create,
    ThreadsAddUserMessageReq: _add_user_message,
    ThreadsAddClientToolOutputReq: _add_client_tool_output,
    ThreadsAddStructuredInputReq: _add_structured_input,
    ThreadsRetryAfterItemReq: _retry_after_item,
    ThreadsCustomActionReq: _custom_action,
}
_NON_STREAMING: Mapping[type[NonStreamingReq], Callable[[AnyHooks, Any, Any], Awaitable[bytes]]] = {
    ThreadsGetByIdReq: _get_by_id,
    ThreadsListReq: _list_threads,
    ThreadsUpdateReq: _update_thread,
    ThreadsDeleteReq: _delete_thread,
    ItemsListReq: _list_items,
    ItemsFeedbackReq: _feedback,
    AttachmentsCreateReq: _create_attachment,
    AttachmentsDeleteReq: _delete_attachment,
    InputTranscribeReq: _transcribe,
    ThreadsSyncCustomActionReq: _sync_custom_action,
}
