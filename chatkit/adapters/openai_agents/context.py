"""What tools and hooks get of a turn: the thread, the store, and ways to show things while the model works."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, PrivateAttr, SkipValidation

from chatkit._asides import AsideQueue
from chatkit.adapters.openai_agents.workflow import begun, finished, snapshot
from chatkit.adapters.text import text_stream
from chatkit.server import stream_widget
from chatkit.store import Store, StoreItemType
from chatkit.types import (
    AssistantMessageItem,
    ClientToolCallItem,
    GeneratedImageItem,
    HiddenContextItem,
    SDKHiddenContextItem,
    Task,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    Workflow,
    WorkflowItem,
    WorkflowSummary,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from chatkit.widgets import WidgetRoot

__all__ = ["AgentContext", "Arrival", "ClientToolCall", "Ended", "Failed", "shows_item"]

TContext = TypeVar("TContext")

_POSITIONS = ("thread", "store", "request_context")
_UNSEEN = (ClientToolCallItem, HiddenContextItem, SDKHiddenContextItem)


class ClientToolCall(BaseModel):
    """A tool for the page to run once the model's turn ends. A tool sets it in its context.

    Several tools of one turn may set one each: the page runs them one after the other, then the answer goes on.
    """

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """The model's stream is over."""


@dataclass(frozen=True)
class Failed:
    """The model's stream ended with an error."""

    error: Exception


Arrival = ThreadStreamEvent | Ended | Failed
"""What is queued for the turn, in the order in which it came, from helpers and from the model alike."""


def shows_item(event: ThreadStreamEvent, besides: WorkflowItem | None = None) -> bool:
    """Whether the event brings an item that the user sees, other than the workflow `besides`."""
    match event:
        case ThreadItemAddedEvent(item=item) | ThreadItemDoneEvent(item=item):
            return not isinstance(item, _UNSEEN) and not (besides and item.id == besides.id)
        case _:
            return False


class AgentContext(BaseModel, Generic[TContext]):
    """One turn, as the agent's tools and hooks see it: pass it as the run's `context`.

    The helpers below queue events; `stream_agent_response` sends them among the model's own, in order of arrival.
    Where a hook does not call it, the turn sends them among the hook's own. What nobody sends is told to the log.
    `request_context` is what the application passed to `process()`. `previous_response_id` is for callers that
    continue a conversation kept by the model's host.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    thread: ThreadMetadata
    store: Annotated[Store[TContext], SkipValidation]
    request_context: Annotated[TContext, SkipValidation]  # pydantic would copy a dict
    previous_response_id: str | None = None
    client_tool_call: ClientToolCall | None = None
    workflow_item: WorkflowItem | None = None
    generated_image_item: GeneratedImageItem | None = None
    _events: AsideQueue[Arrival] = PrivateAttr(default_factory=AsideQueue[Arrival])
    _client_tool_calls: list[ClientToolCall] = PrivateAttr(default_factory=list[ClientToolCall])
    _reasoning: str | None = PrivateAttr(default=None)

    if not TYPE_CHECKING:  # type checkers make one of the fields, by keyword

        def __init__(self, *by_position: Any, **fields: Any) -> None:
            """`AgentContext(thread, store, request_context)` works too."""
            if len(by_position) > len(_POSITIONS):
                raise TypeError(f"AgentContext takes {', '.join(_POSITIONS)} by position, the rest by name.")
            given = dict(zip(_POSITIONS, by_position, strict=False))
            if twice := sorted(given.keys() & fields.keys()):
                raise TypeError(f"AgentContext got {twice[0]} by position and by name.")
            super().__init__(**given, **fields)
            self._events.thread_id = self.thread.id

    def __setattr__(self, name: str, value: Any) -> None:
        """Several tools of one turn may each ask the page for something: every call that was set is kept."""
        super().__setattr__(name, value)
        if name == "client_tool_call":
            self._client_tool_calls = [*self._client_tool_calls, value] if value is not None else []

    def client_tool_calls(self) -> list[ClientToolCall]:
        """All that `client_tool_call` was set to since it was last None, in order."""
        if self._client_tool_calls:
            return list(self._client_tool_calls)
        return [self.client_tool_call] if self.client_tool_call is not None else []

    @property
    def arrivals(self) -> AsideQueue[Arrival]:
        """The turn's own queue, for what plays the turn."""
        return self._events

    def _complete(self) -> None:
        """Says that no more comes, for streams of an application's own that read the queue themselves."""
        self._events.put_nowait(Ended())

    def generate_id(self, type: StoreItemType, thread: ThreadMetadata | None = None) -> str:
        """A new id from the store: for a thread, or for an item of `thread` (this turn's unless given)."""
        if type == "thread":
            return self.store.generate_thread_id(self.request_context)
        return self.store.generate_item_id(type, thread or self.thread, self.request_context)

    def open_reasoning(self, workflow: WorkflowItem) -> None:
        """Opens the workflow for the model's own reasoning, new or of the turn before."""
        self.workflow_item, self._reasoning = workflow, workflow.id

    def ending(
        self, item: WorkflowItem, summary: WorkflowSummary | None = None, expanded: bool = False
    ) -> ThreadStreamEvent:
        """What ends a workflow. Reasoning without words was none."""
        if summary is None and item.id == self._reasoning and not item.workflow.tasks:
            return ThreadItemRemovedEvent(item_id=item.id)
        return ThreadItemDoneEvent(item=finished(item, summary, expanded))

    async def stream(self, event: ThreadStreamEvent) -> None:
        """Sends any event. One that shows an item ends the open workflow first."""
        if shows_item(event, besides=self.workflow_item):
            await self.end_workflow()
        self._events.add(event)

    async def stream_widget(
        self, widget: WidgetRoot | AsyncGenerator[WidgetRoot, None], copy_text: str | None = None
    ) -> None:
        """Shows a widget; an async generator of its states streams it."""
        async with aclosing(stream_widget(self.thread, widget, copy_text, self.generate_id)) as events:
            with self._events.streaming():
                async for event in events:
                    await self.stream(event)

    async def stream_text(self, text: str | AsyncIterable[str]) -> AssistantMessageItem:
        """Sends an assistant message of the application's own, whole or in pieces. Returns the finished message."""
        message: ThreadItem | None = None
        async with aclosing(text_stream(self.thread, text, generate_id=self.generate_id)) as events:
            with self._events.streaming():
                async for event in events:
                    await self.stream(event)
                    if isinstance(event, ThreadItemDoneEvent):
                        message = event.item
        assert isinstance(message, AssistantMessageItem)  # noqa: S101 - what text_stream ends with
        return message

    async def start_workflow(self, workflow: Workflow) -> None:
        """Opens a workflow. One that is not reasoning and has no tasks appears with its first task."""
        self.workflow_item = begun(workflow, self.generate_id("workflow"), self.thread)
        if workflow.type == "reasoning" or workflow.tasks:
            await self.stream(ThreadItemAddedEvent(item=snapshot(self.workflow_item)))

    async def add_workflow_task(self, task: Task) -> None:
        """Appends a task to the open workflow; without one, opens a custom workflow."""
        if self.workflow_item is None:
            self.workflow_item = begun(Workflow(type="custom", tasks=[]), self.generate_id("workflow"), self.thread)
        item = self.workflow_item
        item.workflow.tasks.append(task)
        if item.workflow.type != "reasoning" and len(item.workflow.tasks) == 1:
            await self.stream(ThreadItemAddedEvent(item=snapshot(item)))
            return
        update = WorkflowTaskAdded(task_index=len(item.workflow.tasks) - 1, task=task.model_copy())
        await self.stream(ThreadItemUpdatedEvent(item_id=item.id, update=update))

    async def update_workflow_task(self, task: Task, task_index: int) -> None:
        """Replaces a task of the open workflow. `ValueError` without one, `IndexError` without such a task."""
        if self.workflow_item is None:
            raise ValueError("There is no open workflow: call start_workflow() or add_workflow_task() first.")
        self.workflow_item.workflow.tasks[task_index] = task
        update = WorkflowTaskUpdated(task_index=task_index, task=task.model_copy())
        await self.stream(ThreadItemUpdatedEvent(item_id=self.workflow_item.id, update=update))

    async def end_workflow(self, summary: WorkflowSummary | None = None, expanded: bool = False) -> None:
        """Finishes the open workflow, if there is one: with `summary`, else the one it has, else the time it took."""
        if self.workflow_item is not None:
            item, self.workflow_item = self.workflow_item, None
            self._events.add(self.ending(item, summary, expanded))
