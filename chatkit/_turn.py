"""One turn: a hook's events, with what they do to the store, to the thread, and to what is pending."""

import asyncio
import inspect
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from chatkit._asides import Asides, current_asides
from chatkit._effects import EFFECTS, item_of
from chatkit._fold import PendingItems
from chatkit._hook_events import checked_event, events_of
from chatkit._origins_of_errors import name_origin
from chatkit._own_context import HERE, Here, Paused, go_on, within
from chatkit._surrogates import sound
from chatkit._texts import Texts, text_deltas
from chatkit._uncancelled import is_done, uncancelled
from chatkit._watch import ThreadWatch
from chatkit._wire import TextFrames, client_thread, event_frame, hides
from chatkit.errors import CustomStreamError, ErrorCode, StreamError
from chatkit.live import LeaseLostError
from chatkit.logger import logger
from chatkit.store import NotFoundError
from chatkit.store.borrowed import as_store
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ErrorEvent,
    StreamOptions,
    StreamOptionsEvent,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDeltaEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
    WidgetStreamingTextValueDelta,
)
from chatkit.types.threads import ASSIGNMENTS

if TYPE_CHECKING:
    from chatkit.server import ChatKitServer

__all__ = ["Plan", "play"]

TContext = TypeVar("TContext")
T = TypeVar("T")

_WRITE_PATIENCE = 5.0
"""Seconds that a write of the store has to end when its turn is to end."""

Keep = Callable[[ThreadMetadata, list[ThreadItem], TContext], Awaitable[None]]


@dataclass(slots=True)
class Plan:
    """What a streaming operation came to: events to send at once, then a turn, if there is one.

    The turn is the thread object that the hook has and may change, and what the hook returned: its events. `extensions`
    are those that the client asked for and that there are. `stored` are events to send at the turn's begin, after its
    options: what they say is in the store already. `hook` is the hook's name. `run_id` is what a client can stop and
    resume the turn by, if it can.
    """

    before: list[ThreadStreamEvent] = field(default_factory=list[ThreadStreamEvent])
    turn: tuple[ThreadMetadata, AsyncIterator[ThreadStreamEvent]] | None = None
    extensions: list[str] | None = None
    stored: list[ThreadStreamEvent] = field(default_factory=list[ThreadStreamEvent])
    hook: str = "respond"
    run_id: str | None = None


async def play(
    server: "ChatKitServer[TContext]",
    prepare: Callable[[], Awaitable[Plan]],
    context: TContext,
    interrupted: Callable[[], bool] = lambda: False,
    has_own_task: Callable[[], bool] = lambda: False,
) -> AsyncGenerator[bytes, None]:
    """Prepares a turn and plays it. Yields the frame of each visible event.

    What is done is stored before it is shown, a changed thread is saved, errors of the hook become events; errors of
    `prepare` are raised. Closing this generator, or cancelling the task that waits for it, is the user's stop: the hook
    is ended, then `handle_stream_cancelled` gets what was pending; or, when `interrupted` says so,
    `handle_stream_interrupted` does. After an error `handle_stream_failed` does.

    `prepare` and the hook run in one context of their own, which is that of the task that reads if `has_own_task` says
    that it does nothing else. The hook is ended at once on every path, in that context and by the task that reads. What
    it streams into contexts that nobody else reads comes among its own events.

    One generator does all of it: between hook and frame, each further one would cost every delta a tenth.
    """
    own, asides = HERE if has_own_task() else copy_context(), Asides()
    own.run(current_asides.set, asides)
    plan = await within(own, prepare())
    turn = _Turn(server, plan, context, own, asides) if plan.turn is not None else None
    try:
        for event in plan.before:
            yield event_frame(event)
        if turn is None:
            return
        options = StreamOptionsEvent(
            stream_options=await turn.options(), extensions=plan.extensions, run_id=plan.run_id
        )
        yield event_frame(options)
        for event in plan.stored:
            yield event_frame(sound(event))
        frames = TextFrames(turn.pending.growing)
        run, advance, held, text_frame = own.run, turn.events.__anext__, turn.texts.held, frames.frame
        watch, assignments = turn.watch, ASSIGNMENTS
        updated_event, text_delta = ThreadItemUpdatedEvent, AssistantMessageContentPartTextDelta
        waiting, pressing = asides.waiting, asides.pressing
        is_plain = own is HERE and not asides.live  # nothing of it needs a pause
        begin = advance  # or, after something was stored, `turn.begin`
        while True:
            try:
                if is_plain:
                    event = await begin()
                else:
                    if turn.paused is None:
                        turn.step = step = begin()
                        waits_for = run(step.send, None)
                    else:
                        step, waits_for = turn.step, turn.unpaused()
                    event = await go_on(run, step, waits_for, pressing)
            except StopIteration as stop:  # it did not have to wait
                event = stop.value
            except StopAsyncIteration:
                break
            begin = advance
            if waiting:
                turn.paused = event if type(event) is Paused else None
                for visible in await turn.asides():
                    yield event_frame(visible)
                begin = turn.begin
                if event is None or turn.paused is not None:  # `yield await context.stream(…)` gives None
                    continue
            # Nearly all events are deltas of text: nothing to store, to hide, or to look for.
            if (
                type(event) is updated_event
                and type(update := event.update) is text_delta
                and not held
                and (shown := text_frame(event.item_id, update.content_index, update.delta))
            ):
                del event, update  # what waits for the next event holds no memory of the last
                yield shown
                del shown
                changed = (assignments.latest is not watch.assigned or watch.cue) and watch.changed_by_delta()
            else:
                for visible in await turn.take(event):
                    yield event_frame(visible)
                changed, begin = turn.changed_by(event), turn.begin
                frames.forget()
            if changed:
                begin = turn.begin
                if (saved := await turn.save()) is not None:
                    yield event_frame(saved)
        for visible in await turn.finish():
            yield event_frame(visible)
    except (asyncio.CancelledError, GeneratorExit):
        if turn is not None:
            await turn.stop(interrupted=interrupted())
        raise
    except Exception as error:
        if turn is None:
            raise
        for visible in await turn.fail(error):
            yield event_frame(visible)


class _ThreadGone(Exception):
    """Somebody has deleted the thread: there is nothing to answer in any more."""


class _Turn(Generic[TContext]):
    """What a turn does beside showing events: it joins texts, stores, watches the thread, ends the hook, keeps."""

    def __init__(
        self,
        server: "ChatKitServer[TContext]",
        plan: Plan,
        context: TContext,
        own: Context | Here,
        asides: Asides,
    ) -> None:
        assert plan.turn is not None  # noqa: S101 - else there is none to play
        self.thread, self._returned = plan.turn
        self.name = f"{type(server).__qualname__}.{plan.hook}()"
        self.events = events_of(self._returned, self.name, lambda: self._had_an_effect(plan.hook))
        self.step: Any = None
        """The hook's last step."""
        self.paused: Paused | None = None
        """Where that step waits, while what the hook streamed beside it is shown."""
        self._asides = asides
        self._seen: set[str | None] = set()
        """Items that the hook's events have named."""
        self._begun: list[str] = []
        """Messages that began with a delta alone."""
        asides.thread_id, asides.live = self.thread.id, self.events is not self._returned
        self.watch = ThreadWatch(self.thread)
        self.pending = PendingItems()
        self.texts = Texts(self.pending.see)
        self.interruption: asyncio.CancelledError | None = None
        """A cancellation that came while something was stored. It is for the hook, which may have a timeout open."""
        self._server = server
        self._store = as_store(server.store)
        self._context = context
        self._own = own

    async def options(self) -> StreamOptions:
        """The settings of the answer."""
        given: Any = self._own.run(self._server.get_stream_options, self.thread, self._context)
        return await within(self._own, given) if inspect.isawaitable(given) else given

    def begin(self) -> Any:
        """The hook's next step, which begins with the interruption if there was one."""
        error, self.interruption = self.interruption, None
        return self.events.__anext__() if error is None else self.events.athrow(error)

    def unpaused(self) -> Any:
        """What the hook's last step waits for; it is cancelled when there was an interruption meanwhile."""
        paused, self.paused = cast(Paused, self.paused), None
        if self.interruption is None:
            return paused.waits_for
        self.interruption = None
        return paused.cancelled(self.step, self._own.run)

    async def asides(self) -> list[ThreadStreamEvent]:
        """Stores what the hook streamed into contexts that nobody reads. What is to be shown of it."""
        return [visible for event in self._asides.take() for visible in await self.take(event)]

    def _had_an_effect(self, hook: str) -> bool:
        """Whether a hook that gave no events did something else that it may be for."""
        if self._asides.heard or self.watch.changed():
            return True
        if hook == "action":
            logger.warning(
                "%s is an async def without a yield and streamed nothing, so nothing of it is shown. If that is meant, "
                "make it an async generator",
                self.name,
            )
        return hook == "action"

    # Events

    async def take(self, event: object) -> list[ThreadStreamEvent]:
        """Stores what an event of any kind says. What is to be shown for it, well-formed.

        Raises `TypeError` for what is no event and `ValueError` for what is nested too deep; nothing of it is stored.
        """
        match event:
            case ThreadItemDeltaEvent():
                begun = await self._begin(event.item_id)
                return [*begun, *(shown for delta in text_deltas(event) for shown in self.texts.take(delta))]
            case ThreadItemUpdatedEvent(
                update=AssistantMessageContentPartTextDelta() | WidgetStreamingTextValueDelta()
            ):
                return self.texts.take(event)
            case _:
                taken = sound(checked_event(event, self.name))
        before = self.texts.rest(item_of(taken)) if self.texts.held else []
        self._seen.add(item_of(taken))
        effect = EFFECTS.get(taken.type)
        if effect is not None:
            await self._write(lambda: effect(self._store, self.thread.id, taken, self._context))
        self.pending.see(taken)
        return before if hides(taken) else [*before, taken]

    async def _begin(self, item_id: str) -> list[ThreadStreamEvent]:
        """Adds the message that a `ThreadItemDeltaEvent` is the first to name. What is to be shown of it."""
        if item_id in self._seen:
            return []
        self._seen.add(item_id)
        if await self._stored_message(item_id) is not None:
            return []
        self._begun.append(item_id)
        message = AssistantMessageItem(id=item_id, thread_id=self.thread.id, created_at=datetime.now(UTC), content=[])
        return await self.take(ThreadItemAddedEvent(item=message))

    async def _end_begun(self) -> list[ThreadStreamEvent]:
        """Finishes the messages that began with a delta and are not done, unless the hook has stored them itself."""
        shown: list[ThreadStreamEvent] = []
        for item in self.pending.items if self._begun else []:
            if item.id not in self._begun:
                continue
            stored = await self._stored_message(item.id)
            if stored is None:
                shown += await self.take(ThreadItemDoneEvent(item=item.model_copy(deep=True)))
            else:
                self.pending.see(done := ThreadItemDoneEvent(item=stored))
                shown.append(done)
        return shown

    async def _stored_message(self, item_id: str) -> AssistantMessageItem | None:
        """The stored message of that id. Stores may fail in any way for an id that they do not have."""
        try:
            item: object = await within(self._own, self._store.load_item(self.thread.id, item_id, self._context))
        except Exception:  # noqa: BLE001 - then it is not there, as far as this is concerned
            return None
        return item if isinstance(item, AssistantMessageItem) else None

    # The store

    def changed_by(self, event: object) -> bool:
        """Whether the hook has changed the thread before it yielded the event, as far as that is looked for by now."""
        return self.watch.changed_by_delta() if isinstance(event, ThreadItemUpdatedEvent) else self.watch.changed()

    async def save(self) -> ThreadUpdatedEvent | None:
        """Makes the hook's changes to the stored thread. What is to be shown: the thread as it is stored then."""
        changes = self.watch.take()
        if not changes:
            return None
        try:
            stored = await self._write(lambda: self._store.update_thread(self.thread.id, changes, self._context))
        except NotFoundError as error:
            raise _ThreadGone from error
        return ThreadUpdatedEvent(thread=client_thread(stored))

    async def _write(self, write: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Does a write to its end, once, in a task of its own: a cancellation that comes meanwhile is for the hook.

        A write that takes `_WRITE_PATIENCE` more seconds from then on is given up, and the turn is stopped.
        """
        task = self._own.run(lambda: asyncio.create_task(write()))
        try:
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError as error:
                if not await is_done(task, _WRITE_PATIENCE):
                    task.cancel()
                if task.cancelling() or task.cancelled():
                    raise
                self.interruption = error
                return task.result()
        except NotFoundError as error:
            if await self._gone():
                raise _ThreadGone from error
            raise

    async def _gone(self) -> bool:
        try:
            await within(self._own, self._store.load_thread(self.thread.id, self._context))
        except NotFoundError:
            return True
        except Exception:  # noqa: BLE001 - it cannot be told; what led here is reported
            return False
        return False

    # Ends

    async def finish(self) -> list[ThreadStreamEvent]:
        """The hook has ended by itself. What is still to be shown."""
        rest = [*await uncancelled(self.asides()), *self.texts.rest(), *await uncancelled(self._end_begun())]
        self._asides.close()
        saved = await uncancelled(self.save()) if self.watch.changed() else None
        return rest if saved is None else [*rest, saved]

    async def stop(self, *, interrupted: bool) -> None:
        """Ends the hook where it stands, then has the server keep what is worth keeping."""
        with suppress(asyncio.CancelledError):
            await self._end_hook()
        self._asides.close()
        self.texts.rest()
        server = self._server
        await uncancelled(
            self._keep(server.handle_stream_interrupted if interrupted else server.handle_stream_cancelled)
        )

    async def fail(self, error: Exception) -> list[ThreadStreamEvent]:
        """Ends the hook after an error, of its own or of the store, and has the server keep what was written.

        What is to be shown of it.
        """
        shown: list[ThreadStreamEvent] = []
        try:
            await self._end_hook()
        finally:
            shown = await uncancelled(self._settle(error))
        return shown

    async def _settle(self, error: Exception) -> list[ThreadStreamEvent]:
        """Keeps what was written before an error, and says what is to be shown of it."""
        if isinstance(error, _ThreadGone) or (isinstance(error, NotFoundError) and await self._gone()):
            self._log(logging.INFO, "Thread %s was deleted during an answer, which ends with it", self.thread.id)
            return []
        if isinstance(error, LeaseLostError):
            self._log(logging.WARNING, "Thread %s was taken over: another process ends this answer", self.thread.id)
            return []
        shown = await self._rest_of_asides()
        name_origin(error, self._server, self._server.store)
        shown += [*self.texts.rest(), sound(self._own.run(_error_event, error, self.thread, self.name))]
        updated = await self._keep(self._server.handle_stream_failed)
        return shown if updated is None else [*shown, updated]

    async def _rest_of_asides(self) -> list[ThreadStreamEvent]:
        """What was streamed before an error, as far as it can be shown."""
        shown: list[ThreadStreamEvent] = []
        try:
            for event in self._asides.close():
                shown += await self.take(event)
        except Exception:  # noqa: BLE001 - there is an error already, which is the one to tell of
            self._log(logging.ERROR, "What %s streamed before an error is not shown", self.name, exc_info=True)
        return shown

    async def _end_hook(self) -> None:
        """Closes the hook's generator, if it has not ended: at once, by this task, in its own context."""
        try:
            if self.paused is not None:
                await self._end_step(self.paused)
            await within(self._own, self.events.aclose())
            if inspect.iscoroutine(self._returned):  # one that was never begun
                self._returned.close()
        except Exception:  # noqa: BLE001 - it must not hide why the hook was ended
            self._log_end()
        except BaseExceptionGroup as group:  # a task group's, around the very end that was asked for
            _, rest = group.split((GeneratorExit, asyncio.CancelledError))
            if rest is not None:
                self._log_end()

    def _log_end(self) -> None:
        failed = "%s failed while it was ended in thread %s"
        self._log(logging.ERROR, failed, self.name, self.thread.id, exc_info=True)

    async def _end_step(self, paused: Paused) -> None:
        """Ends a step of the hook that waits, as a cancellation of its task would."""
        with suppress(asyncio.CancelledError, StopIteration, StopAsyncIteration):
            await go_on(self._own.run, self.step, paused.cancelled(self.step, self._own.run))

    async def _keep(self, handle: "Keep[TContext]") -> ThreadUpdatedEvent | None:
        """Has the server keep pending items, and saves the thread. Its errors go to the log: they hide nothing."""
        try:
            handled: Any = self._own.run(handle, self.thread, self.pending.items, self._context)
            if inspect.isawaitable(handled):
                await within(self._own, handled)
            return await self.save() if self.watch.changed() else None
        except (NotFoundError, _ThreadGone):
            self._log(logging.INFO, "Thread %s was deleted: nothing is kept of its answer", self.thread.id)
        except LeaseLostError:
            self._log(logging.INFO, "Thread %s was taken over: another process keeps its answer", self.thread.id)
        except Exception:  # noqa: BLE001 - as the docstring says
            self._log(logging.ERROR, "What was pending in thread %s could not be kept", self.thread.id, exc_info=True)
        return None

    def _log(self, level: int, message: str, *arguments: object, exc_info: bool = False) -> None:
        self._own.run(logger.log, level, message, *arguments, exc_info=exc_info)


def _error_event(error: Exception, thread: ThreadMetadata, name: str) -> ErrorEvent:
    match error:
        case CustomStreamError():
            return ErrorEvent(code="custom", message=str(error.message), allow_retry=error.allow_retry)
        case StreamError():
            return ErrorEvent(code=error.code, allow_retry=error.allow_retry)
        case _:
            logger.error("The answer of %s in thread %s ended with an error", name, thread.id, exc_info=error)
            return ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=True)
