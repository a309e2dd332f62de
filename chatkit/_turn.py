"""One turn: a hook's events, with what they do to the store, to the thread, and to what is pending."""

import asyncio
import copy
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from chatkit._fold import PendingItems
from chatkit._hooks import Hooks
from chatkit._wire import client_thread, hides
from chatkit.errors import CustomStreamError, ErrorCode, StreamError
from chatkit.logger import logger
from chatkit.store import NotFoundError, Store
from chatkit.types import (
    ActiveStatus,
    AssistantMessageContentPartTextDelta,
    ErrorEvent,
    StreamOptionsEvent,
    ThreadItemDeltaEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
)

__all__ = ["Plan", "play", "uncancelled"]

TContext = TypeVar("TContext")
T = TypeVar("T")


@dataclass(slots=True)
class Plan:
    """What a streaming operation came to: events to send at once, then a turn, if there is one.

    The turn is the thread object that the hook has and may change, and the hook's events. `extensions` are those that
    the client asked for and that there are. `stored` are events to send at the turn's begin, after its options: what
    they say is in the store already.
    """

    before: list[ThreadStreamEvent] = field(default_factory=list[ThreadStreamEvent])
    turn: tuple[ThreadMetadata, AsyncIterator[ThreadStreamEvent]] | None = None
    extensions: list[str] | None = None
    stored: list[ThreadStreamEvent] = field(default_factory=list[ThreadStreamEvent])


async def play(
    hooks: Hooks[TContext],
    prepare: Callable[[], Awaitable[Plan]],
    context: TContext,
    show: Callable[[ThreadStreamEvent], T],
    interrupted: Callable[[], bool] = lambda: False,
) -> AsyncGenerator[T, None]:
    """Prepares a turn and plays it, each visible event as `show` makes it.

    What is done is stored before it is shown, a changed thread is saved, errors of the hook become events; errors of
    `prepare` are raised. Closing this generator, or cancelling the task that waits for it, is the user's stop: the hook
    is ended, then `handle_stream_cancelled` gets what was pending; or, when `interrupted` says so,
    `handle_stream_interrupted` does.

    One generator does all of it: between hook and frame, each further one would cost every delta a tenth.
    """
    plan = await prepare()
    for event in plan.before:
        yield show(event)
    if plan.turn is None:
        return
    thread, source = plan.turn
    options = hooks.get_stream_options(thread, context)
    yield show(StreamOptionsEvent(stream_options=options, extensions=plan.extensions))
    watch = _ThreadWatch(thread)
    pending = PendingItems()
    update, changed = pending.update, watch.changed
    try:
        for event in plan.stored:
            yield show(event)
        async for event in source:
            if type(event) is ThreadItemUpdatedEvent:  # nearly all events are deltas: nothing to store or hide
                update(event)
                yield show(event)
            elif isinstance(event, ThreadItemDeltaEvent):
                for delta in _text_deltas(event):
                    update(delta)
                    yield show(delta)
            else:
                effect = _EFFECTS.get(type(event))
                if effect is not None:
                    await effect(hooks.store, thread.id, event, context)
                pending.see(event)
                if not hides(event):
                    yield show(event)
            if changed():
                yield show(await _save(hooks.store, watch, context))
    except (asyncio.CancelledError, GeneratorExit):
        handle = hooks.handle_stream_interrupted if interrupted() else hooks.handle_stream_cancelled
        await uncancelled(_stop(source, lambda: handle(thread, pending.items, context)))
        raise
    except Exception as error:  # noqa: BLE001 - the boundary of a turn: whatever the hook raises becomes an event
        yield show(_error_event(error, thread))
    if watch.changed():
        yield show(await uncancelled(_save(hooks.store, watch, context)))


def _error_event(error: Exception, thread: ThreadMetadata) -> ErrorEvent:
    match error:
        case CustomStreamError():
            return ErrorEvent(code="custom", message=error.message, allow_retry=error.allow_retry)
        case StreamError():
            return ErrorEvent(code=error.code, allow_retry=error.allow_retry)
        case _:
            logger.error("The answer in thread %s ended with an error", thread.id, exc_info=error)
            return ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=True)


async def uncancelled(work: Coroutine[Any, Any, T]) -> T:
    """Waits until `work` is done, however often the waiting task is cancelled meanwhile.

    The cancellation that comes meanwhile is not lost: the caller is already being cancelled, or is cancelled again at
    its next wait.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if task.cancelled():
                raise
            cancelled = error
        except Exception:  # noqa: BLE001 - raised below by result()
            break
    if cancelled is not None and (task.cancelled() or task.exception() is None):
        raise cancelled
    return task.result()


async def _stop(source: AsyncIterator[ThreadStreamEvent], keep: Callable[[], Awaitable[None]]) -> None:
    """Ends the hook where it stands, then has the server keep what is worth keeping."""
    try:
        if isinstance(source, AsyncGenerator):
            await source.aclose()
    finally:
        await keep()


async def _save(store: Store[TContext], watch: "_ThreadWatch", context: TContext) -> ThreadUpdatedEvent:
    watch.note()
    await store.save_thread(watch.thread, context)
    return ThreadUpdatedEvent(thread=client_thread(watch.thread))


class _ThreadWatch:
    """Notices that a hook changed the thread, also inside its status and metadata.

    This runs once an event, so the members are compared as the dict they stand in: unchanged ones are the same objects,
    which costs nothing; only what can be changed in place is compared with a copy.
    """

    __slots__ = ("_extra", "_fields", "_now", "_status", "thread")

    def __init__(self, thread: ThreadMetadata) -> None:
        self.thread = thread
        self._now: dict[str, Any] = vars(thread)
        self.note()

    def note(self) -> None:
        """Takes the thread as it is now for the known state."""
        thread = self.thread
        self._fields: dict[str, Any] = self._now | {
            "metadata": copy.deepcopy(thread.metadata),
            "allowed_image_domains": copy.copy(thread.allowed_image_domains),
        }
        # An active status has nothing in it that could change.
        self._status = None if isinstance(thread.status, ActiveStatus) else copy.deepcopy(thread.status.__dict__)
        self._extra = copy.deepcopy(thread.model_extra)

    def changed(self) -> bool:
        """Whether anything differs from the known state."""
        now = self._now
        return (
            now != self._fields
            or (self._status is not None and now["status"].__dict__ != self._status)
            or self.thread.__pydantic_extra__ != self._extra
        )


def _text_deltas(event: ThreadItemDeltaEvent) -> list[ThreadItemUpdatedEvent]:
    """The text deltas that a `ThreadItemDeltaEvent` stands for."""
    parts: object = event.delta.get("content")
    deltas: list[ThreadItemUpdatedEvent] = []
    for index, part in enumerate(cast(list[object], parts) if isinstance(parts, list) else []):
        text = cast(dict[str, object], part).get("text") if isinstance(part, dict) else None
        if isinstance(text, str) and text:
            update = AssistantMessageContentPartTextDelta(content_index=index, delta=text)
            deltas.append(ThreadItemUpdatedEvent(item_id=event.item_id, update=update))
    return deltas


async def _add(store: Store[TContext], thread_id: str, event: ThreadItemDoneEvent, context: TContext) -> None:
    await store.add_thread_item(thread_id, event.item, context)


async def _delete(store: Store[TContext], thread_id: str, event: ThreadItemRemovedEvent, context: TContext) -> None:
    with suppress(NotFoundError):  # an item that was only added was never stored
        await store.delete_thread_item(thread_id, event.item_id, context)


async def _replace(store: Store[TContext], thread_id: str, event: ThreadItemReplacedEvent, context: TContext) -> None:
    await store.save_item(thread_id, event.item, context)


_EFFECTS: Mapping[type[Any], Callable[[Store[Any], str, Any, Any], Awaitable[None]]] = {
    ThreadItemDoneEvent: _add,
    ThreadItemRemovedEvent: _delete,
    ThreadItemReplacedEvent: _replace,
}
