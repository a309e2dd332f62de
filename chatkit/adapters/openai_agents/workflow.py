"""The workflow that a turn has open: how it begins and ends, whether an earlier turn left it, its streaming thought."""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from chatkit.store import Store
from chatkit.store.borrowed import as_store
from chatkit.store.ports import as_page
from chatkit.types import (
    ClientToolCallItem,
    DurationSummary,
    HiddenContextItem,
    SDKHiddenContextItem,
    ThoughtTask,
    ThreadMetadata,
    Workflow,
    WorkflowItem,
    WorkflowSummary,
)
from chatkit.types._times import as_utc

__all__ = ["StreamingThoughtTracker", "begun", "finished", "left_open", "snapshot"]

_LOOKED_BACK = 20
_BEFORE = (ClientToolCallItem, HiddenContextItem, SDKHiddenContextItem)


class StreamingThoughtTracker(BaseModel):
    """The thought that streams: which summary part of which reasoning item of the model it is, and its task."""

    item_id: str
    index: int
    task: ThoughtTask


def begun(workflow: Workflow, item_id: str, thread: ThreadMetadata) -> WorkflowItem:
    """A workflow's item, made now."""
    return WorkflowItem(id=item_id, thread_id=thread.id, created_at=datetime.now(UTC), workflow=workflow)


def snapshot(item: WorkflowItem) -> WorkflowItem:
    """The workflow as it stands: tasks added later do not change it."""
    tasks = [task.model_copy() for task in item.workflow.tasks]
    return item.model_copy(update={"workflow": item.workflow.model_copy(update={"tasks": tasks})})


def finished(item: WorkflowItem, summary: WorkflowSummary | None = None, expanded: bool = False) -> WorkflowItem:
    """The workflow as it is stored once it ends: with `summary`, else its own, else the whole seconds it took."""
    ended = snapshot(item)
    seconds = int((datetime.now(UTC) - as_utc(item.created_at)).total_seconds())
    ended.workflow.summary = summary or item.workflow.summary or DurationSummary(duration=max(seconds, 0))
    ended.workflow.expanded = expanded
    return ended


async def left_open(thread: ThreadMetadata, store: Store[Any], request_context: Any) -> WorkflowItem | None:
    """The workflow that the last turn left: the thread's newest item, or the one before client tool calls.

    Hidden items do not count.
    """
    page = as_page(await as_store(store).load_thread_items(thread.id, None, _LOOKED_BACK, "desc", request_context))
    item = next((item for item in page.data if not isinstance(item, _BEFORE)), None)
    return item if isinstance(item, WorkflowItem) else None
