"""Reasoning of the model: a workflow of thoughts.

It goes again if it stays empty: hosts may keep their reasoning to themselves. The Responses API says when a thought is
whole; chat-completions models have one placeholder for an id, and what comes in between ends their thoughts.
"""

from agents.models.fake_id import FAKE_RESPONSES_ID
from openai.types.responses import (
    ResponseReasoningItem,
    ResponseReasoningSummaryTextDeltaEvent,
    ResponseReasoningSummaryTextDoneEvent,
    ResponseReasoningTextDeltaEvent,
)

from chatkit.adapters.openai_agents.run import Run, Shown, on, updated
from chatkit.adapters.openai_agents.workflow import StreamingThoughtTracker, begun, snapshot
from chatkit.types import (
    ThoughtTask,
    ThreadItemAddedEvent,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)

__all__ = ["grow", "reasoning_added", "reasoning_done", "whole"]


async def reasoning_added(run: Run, item: ResponseReasoningItem) -> Shown:
    """Opens a reasoning workflow, if no workflow is open. What this id was before has ended."""
    run.whole_thoughts = {key for key in run.whole_thoughts if key[0] != item.id}
    if run.thought is not None and run.thought.item_id == item.id:
        run.thought = None
    return _open(run)


def _open(run: Run) -> Shown:
    context = run.context
    if context.workflow_item is not None:
        return ()
    workflow = begun(Workflow(type="reasoning", tasks=[]), context.generate_id("workflow"), context.thread)
    context.open_reasoning(workflow)
    return [ThreadItemAddedEvent(item=snapshot(workflow))]


def _streaming(run: Run, workflow: WorkflowItem, key: tuple[str, int]) -> tuple[int, ThoughtTask] | None:
    """The thought of that item and index and its place, if that is the one that streams and it is still shown."""
    thought = run.thought
    if thought is None or (thought.item_id, thought.index) != key:
        return None
    # By identity: two thoughts may read the same.
    places = (index for index, task in enumerate(workflow.workflow.tasks) if task is thought.task)
    place = next(places, None)
    return None if place is None else (place, thought.task)


def _append(workflow: WorkflowItem, thought: ThoughtTask) -> Shown:
    workflow.workflow.tasks.append(thought)
    index = len(workflow.workflow.tasks) - 1
    return updated(workflow.id, WorkflowTaskAdded(task_index=index, task=thought.model_copy()))


def _grown(workflow: WorkflowItem, place: int, thought: ThoughtTask) -> Shown:
    return updated(workflow.id, WorkflowTaskUpdated(task_index=place, task=thought.model_copy()))


def grow(run: Run, key: tuple[str, int], delta: str, *, always: bool = False) -> Shown:
    """A thought goes on. The first one of a reasoning workflow is seen as it grows; later ones when they are whole,
    unless it is `always` so. One without words is not shown.
    """
    if always and (opened := _open(run)):
        return [*opened, *grow(run, key, delta, always=True)]
    workflow = run.context.workflow_item
    if workflow is None or workflow.workflow.type != "reasoning":
        return ()
    if streaming := _streaming(run, workflow, key):
        place, thought = streaming
        thought.content += delta
        return _grown(workflow, place, thought)
    if workflow.workflow.tasks and not always:
        return ()
    blank, run.blank = run.blank, None
    text = blank.task.content + delta if blank and (blank.item_id, blank.index) == key else delta
    begins = StreamingThoughtTracker(item_id=key[0], index=key[1], task=ThoughtTask(content=text))
    if not text.strip():
        run.blank = begins
        return ()
    run.thought = begins
    return _append(workflow, begins.task)


def whole(run: Run, key: tuple[str, int], text: str) -> Shown:
    """A thought is whole. One without words is not shown."""
    workflow = run.context.workflow_item
    if workflow is None:
        return ()
    run.whole_thoughts.add(key)
    if streaming := _streaming(run, workflow, key):
        run.thought = None
        place, thought = streaming
        thought.content = text
        return _grown(workflow, place, thought)
    return _append(workflow, ThoughtTask(content=text)) if text.strip() else ()


@on(ResponseReasoningSummaryTextDeltaEvent)
async def thought_delta(run: Run, event: ResponseReasoningSummaryTextDeltaEvent) -> Shown:
    """A thought goes on. Those of chat-completions models are never said to be whole."""
    key = (event.item_id, event.summary_index)
    if event.item_id == FAKE_RESPONSES_ID:
        run.whole_thoughts.add(key)
        return grow(run, key, event.delta, always=True)
    return grow(run, key, event.delta)


@on(ResponseReasoningTextDeltaEvent)
async def raw_delta(run: Run, event: ResponseReasoningTextDeltaEvent) -> Shown:
    """Reasoning as it is. Chat-completions hosts have only this, under one of several names; others have a summary."""
    if event.item_id != FAKE_RESPONSES_ID:
        return ()
    return grow(run, (event.item_id, event.content_index), event.delta, always=True)


@on(ResponseReasoningSummaryTextDoneEvent)
async def thought_done(run: Run, event: ResponseReasoningSummaryTextDoneEvent) -> Shown:
    """A thought is whole."""
    return whole(run, (event.item_id, event.summary_index), event.text)


async def reasoning_done(run: Run, item: ResponseReasoningItem) -> Shown:
    """Reasoning is final: thoughts that the host has not streamed are shown now."""
    keys = {(item.id, index): part.text for index, part in enumerate(item.summary or ())}
    missing = {key: text for key, text in keys.items() if key not in run.whole_thoughts}
    return [event for key, text in missing.items() for event in whole(run, key, text)]
