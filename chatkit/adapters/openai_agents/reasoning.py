"""Reasoning of the model: a workflow of thoughts."""

from openai.types.responses import (
    ResponseReasoningItem,
    ResponseReasoningSummaryTextDeltaEvent,
    ResponseReasoningSummaryTextDoneEvent,
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

__all__ = ["reasoning_added"]

ThoughtEvent = ResponseReasoningSummaryTextDeltaEvent | ResponseReasoningSummaryTextDoneEvent


async def reasoning_added(run: Run, item: ResponseReasoningItem) -> Shown:
    """Opens a reasoning workflow, if no workflow is open."""
    context = run.context
    if context.workflow_item is not None:
        return ()
    workflow = begun(Workflow(type="reasoning", tasks=[]), context.generate_id("workflow"), context.thread)
    context.workflow_item = workflow
    return [ThreadItemAddedEvent(item=snapshot(workflow))]


def _streaming(run: Run, workflow: WorkflowItem, event: ThoughtEvent) -> tuple[int, ThoughtTask] | None:
    """The thought that the event is about and its place, if that is the one that streams and it is still shown."""
    thought = run.thought
    if thought is None or (thought.item_id, thought.index) != (event.item_id, event.summary_index):
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


@on(ResponseReasoningSummaryTextDeltaEvent)
async def thought_delta(run: Run, event: ResponseReasoningSummaryTextDeltaEvent) -> Shown:
    """The first thought of a reasoning workflow is seen as it grows; later ones only when they are whole."""
    workflow = run.context.workflow_item
    if workflow is None or workflow.workflow.type != "reasoning":
        return ()
    if streaming := _streaming(run, workflow, event):
        place, thought = streaming
        thought.content += event.delta
        return _grown(workflow, place, thought)
    if workflow.workflow.tasks:
        return ()
    run.thought = StreamingThoughtTracker(
        item_id=event.item_id, index=event.summary_index, task=ThoughtTask(content=event.delta)
    )
    return _append(workflow, run.thought.task)


@on(ResponseReasoningSummaryTextDoneEvent)
async def thought_done(run: Run, event: ResponseReasoningSummaryTextDoneEvent) -> Shown:
    """A thought is whole."""
    workflow = run.context.workflow_item
    if workflow is None:
        return ()
    if streaming := _streaming(run, workflow, event):
        run.thought = None
        place, thought = streaming
        thought.content = event.text
        return _grown(workflow, place, thought)
    return _append(workflow, ThoughtTask(content=event.text))
