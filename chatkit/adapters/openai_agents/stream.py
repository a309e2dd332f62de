"""`stream_agent_response`: a run of the Agents SDK as events of the protocol.

A task of its own takes the model's events as they come, turns them into ours and puts them into the context's queue,
where the helpers put theirs. So everything is in order of arrival, and what closes a workflow is decided when it
happens, however slowly the events are read.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from agents import InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered, RunResultStreaming
from openai.types.responses import (
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
)

from chatkit._iterators import iterating
from chatkit._surrogates import sound
from chatkit.adapters.openai_agents.context import AgentContext, Arrival, Ended, Failed, shows_item
from chatkit.adapters.openai_agents.ids import ItemIds
from chatkit.adapters.openai_agents.images import image_added, image_done
from chatkit.adapters.openai_agents.messages import message_added, message_done
from chatkit.adapters.openai_agents.reasoning import reasoning_added, reasoning_done
from chatkit.adapters.openai_agents.response_converter import ResponseStreamConverter
from chatkit.adapters.openai_agents.run import ItemHandler, Run, Shown, events_for, on
from chatkit.adapters.openai_agents.tool_calls import client_tool_call_events, hosted_tool_added, interrupted
from chatkit.adapters.openai_agents.workflow import finished, left_open
from chatkit.logger import logger
from chatkit.store.borrowed import as_store
from chatkit.types import (
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadStreamEvent,
    ToolCallItem,
)

__all__ = ["pending_events", "stream_agent_response"]

_DEFAULT_RESPONSE_STREAM_CONVERTER = ResponseStreamConverter()
_TRIPWIRES = (InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered)


@on(ResponseOutputItemAddedEvent)
async def item_added(run: Run, event: ResponseOutputItemAddedEvent) -> Shown:
    """An item of the model begins."""
    return await _ADDED.get(event.item.type, hosted_tool_added)(run, event.item)


@on(ResponseOutputItemDoneEvent)
async def item_done(run: Run, event: ResponseOutputItemDoneEvent) -> Shown:
    """An item of the model is final. Calls are shown when the SDK reports them."""
    handler = _DONE.get(event.item.type)
    return await handler(run, event.item) if handler else ()


# By `type`, not by class: users' tests have events of their own.
_ADDED: Mapping[str, ItemHandler] = {
    "message": message_added,
    "reasoning": reasoning_added,
    "image_generation_call": image_added,
}
_DONE: Mapping[str, ItemHandler] = {
    "message": message_done,
    "reasoning": reasoning_done,
    "image_generation_call": image_done,
}


def pending_events(context: AgentContext[Any]) -> list[ThreadStreamEvent]:
    """Takes what helpers have queued so far."""
    taken = _take(context)
    return [arrival for arrival in taken if not isinstance(arrival, Ended | Failed)]


def _take(context: AgentContext[Any]) -> list[Arrival]:
    taken: list[Arrival] = []
    while not context.arrivals.empty():
        taken.append(context.arrivals.get_nowait())
    return taken


async def _pump(run: Run, result: RunResultStreaming) -> None:
    """Plays the model's stream into the queue, to its end or its error."""
    arrivals = run.context.arrivals
    try:
        async with iterating(result.stream_events()) as events:
            async for event in events:
                for shown in await events_for(run, event):
                    arrivals.put_nowait(shown)
    except _TRIPWIRES as error:
        _take(run.context)  # whatever has not been sent yet is not sent at all
        arrivals.put_nowait(Failed(error))
    except Exception as error:  # noqa: BLE001 - handed to the reader of the queue, who raises it
        arrivals.put_nowait(Failed(error))
    except asyncio.CancelledError:
        arrivals.put_nowait(Ended())
        raise
    else:
        arrivals.put_nowait(Ended())


async def _resume(context: AgentContext[Any]) -> AsyncGenerator[ThreadStreamEvent, None]:
    """Takes up the workflow that the last turn left open; what helpers queued before the run comes after it."""
    workflow = await left_open(context.thread, context.store, context.request_context)
    queued = pending_events(context)
    if workflow is not None:
        if context.workflow_item is None and not any(shows_item(event) for event in queued):
            context.workflow_item = workflow
            if workflow.workflow.type == "reasoning":
                context.open_reasoning(workflow)
        else:
            yield ThreadItemDoneEvent(item=finished(workflow))
    for event in queued:
        yield event


async def _finish(run: Run) -> list[ThreadStreamEvent]:
    """What is left to do once the model is done."""
    context = run.context
    queued = pending_events(context)
    if context.workflow_item is not None:  # left open, so that the next turn goes on with it
        workflow = sound(context.workflow_item)
        await as_store(context.store).add_thread_item(context.thread.id, workflow, context.request_context)
    return [*queued, *await client_tool_call_events(run)]


class _Produced:
    """The items that were sent and not removed again, in order."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def see(self, event: ThreadStreamEvent) -> None:
        match event:
            case ThreadItemAddedEvent(item=item) | ThreadItemDoneEvent(item=item):
                self._ids[item.id] = None
            case ThreadItemRemovedEvent(item_id=item_id):
                self._ids.pop(item_id, None)
            case _:
                pass

    def removed(self) -> list[ThreadStreamEvent]:
        return [ThreadItemRemovedEvent(item_id=item_id) for item_id in self._ids]


async def stream_agent_response(
    context: AgentContext[Any],
    result: RunResultStreaming,
    *,
    converter: ResponseStreamConverter = _DEFAULT_RESPONSE_STREAM_CONVERTER,
    show_tool_calls: bool = False,
    open_calls: Sequence[ToolCallItem] | None = None,
) -> AsyncGenerator[ThreadStreamEvent, None]:
    """The run's events for the thread: to be yielded from `ChatKitServer.respond`.

    The model's events and those of the context's helpers come in order of arrival. A workflow that the last turn left
    open goes on. When a guardrail trips, what the run has shown is removed and the exception goes on; any other error
    goes on after what came before it. `show_tool_calls` shows the tools that the server runs, as `ToolCallItem`s;
    `open_calls` are those that an earlier run has shown, and that this one answers; whoever gives them sees to calls
    that need approval too. Closing this generator closes the model's stream.
    """
    produced = _Produced()
    context.arrivals.is_read = True
    run = Run(context=context, converter=converter, ids=ItemIds(context), show_tool_calls=show_tool_calls)
    run.tool_calls.update((call.call_id, call) for call in open_calls or ())
    pump: asyncio.Task[None] | None = None
    try:
        async with aclosing(_resume(context)) as events:
            async for event in events:
                produced.see(event)
                yield event
        pump = asyncio.create_task(_pump(run, result))
        while not isinstance(arrival := await context.arrivals.get(), Ended):
            if isinstance(arrival, Failed):
                for event in produced.removed() if isinstance(arrival.error, _TRIPWIRES) else interrupted(run):
                    yield event
                raise arrival.error
            produced.see(arrival)
            yield arrival
        if open_calls is None and getattr(result, "interruptions", None):
            logger.warning("A run ended with calls that need approval, and nobody asks: AgentChatKitServer does")
        for event in await _finish(run):
            yield event
    finally:
        if pump is None:
            result.cancel()
        else:
            pump.cancel()
            await asyncio.wait((pump,))
        _take(context)  # nothing of this run may reach another
        context.arrivals.is_read = False
