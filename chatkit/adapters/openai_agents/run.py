"""The state of one run while it streams, and the table of handlers for what the Agents SDK reports of it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

from agents import RawResponsesStreamEvent, RunItemStreamEvent, StreamEvent
from openai import BaseModel as ModelEvent

from chatkit.adapters.openai_agents.context import AgentContext
from chatkit.adapters.openai_agents.ids import ItemIds
from chatkit.adapters.openai_agents.response_converter import ResponseStreamConverter
from chatkit.adapters.openai_agents.workflow import StreamingThoughtTracker, finished
from chatkit.types import (
    GeneratedImageItem,
    ThreadItemDoneEvent,
    ThreadItemUpdate,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    ToolCallItem,
)

__all__ = ["FunctionCall", "Run", "Shown", "events_for", "on", "on_item", "updated"]

Shown = Sequence[ThreadStreamEvent]
E = TypeVar("E", bound=ModelEvent)
ModelEventHandler = Callable[["Run", E], Awaitable[Shown]]
ItemHandler = Callable[["Run", Any], Awaitable[Shown]]

_HANDLERS: dict[str, ModelEventHandler[Any]] = {}
_ITEM_HANDLERS: dict[str, ItemHandler] = {}


@dataclass(frozen=True)
class FunctionCall:
    """A function that the model called: the call's ids and the function's name."""

    item_id: str
    call_id: str
    name: str


@dataclass
class Run:
    """What is known of a run so far."""

    context: AgentContext[Any]
    converter: ResponseStreamConverter
    ids: ItemIds
    show_tool_calls: bool = False
    annotations: Counter[tuple[str, int]] = field(default_factory=Counter[tuple[str, int]])
    """How many annotations were sent, by item and part."""
    thought: StreamingThoughtTracker | None = None
    images: dict[str, GeneratedImageItem] = field(default_factory=dict[str, GeneratedImageItem])
    """Images that are being made, by the model's id of the call."""
    function_calls: list[FunctionCall] = field(default_factory=list[FunctionCall])
    tool_calls: dict[str, ToolCallItem] = field(default_factory=dict[str, ToolCallItem])
    """Tool calls that are shown and have no output yet, by call id."""
    shown_calls: dict[str, str] = field(default_factory=dict[str, str])
    """Item ids of all function calls that are shown, by call id."""

    def end_workflow(self) -> Iterator[ThreadStreamEvent]:
        """The event that finishes the open workflow, if there is one. The caller sends it before anything else."""
        item, self.context.workflow_item = self.context.workflow_item, None
        if item is not None:
            yield ThreadItemDoneEvent(item=finished(item))


def updated(item_id: str, update: ThreadItemUpdate) -> Shown:
    """The one event of an update."""
    return [ThreadItemUpdatedEvent(item_id=item_id, update=update)]


def on(kind: type[E]) -> Callable[[ModelEventHandler[E]], ModelEventHandler[E]]:
    """Registers the handler for one class of the model's events, by the `type` that the class fixes."""

    def register(handler: ModelEventHandler[E]) -> ModelEventHandler[E]:
        (name,) = get_args(kind.model_fields["type"].annotation)
        _HANDLERS[name] = handler
        return handler

    return register


def on_item(name: str) -> Callable[[ItemHandler], ItemHandler]:
    """Registers the handler for what the SDK itself reports of a run, by the report's name."""

    def register(handler: ItemHandler) -> ItemHandler:
        _ITEM_HANDLERS[name] = handler
        return handler

    return register


async def events_for(run: Run, event: StreamEvent) -> Shown:
    """What an event shows. Those without a handler show nothing."""
    match event:
        case RawResponsesStreamEvent(data=data):
            handler = _HANDLERS.get(data.type)
            return await handler(run, data) if handler else ()
        case RunItemStreamEvent(name=name, item=item):
            item_handler = _ITEM_HANDLERS.get(name)
            return await item_handler(run, item) if item_handler else ()
        case _:
            return ()
