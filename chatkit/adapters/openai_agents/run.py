"""The state of one run while it streams, and the table of handlers for what the Agents SDK reports of it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

from agents import StreamEvent
from agents.models.fake_id import FAKE_RESPONSES_ID
from openai import BaseModel as ModelEvent

from chatkit.adapters.openai_agents.context import AgentContext
from chatkit.adapters.openai_agents.ids import ItemIds
from chatkit.adapters.openai_agents.response_converter import ResponseStreamConverter
from chatkit.adapters.openai_agents.thinking import ThinkingSplitter
from chatkit.adapters.openai_agents.workflow import StreamingThoughtTracker
from chatkit.types import (
    GeneratedImageItem,
    ThreadItemUpdate,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    ToolCallItem,
)

__all__ = ["FunctionCall", "ItemHandler", "Run", "Shown", "events_for", "on", "on_item", "updated"]

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
    blank: StreamingThoughtTracker | None = None
    """A thought that has no words yet, and is not shown."""
    whole_thoughts: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    """Thoughts that need not be shown again, by item of the model and index."""
    texts: dict[tuple[str, int], ThinkingSplitter] = field(default_factory=dict[tuple[str, int], ThinkingSplitter])
    """The texts of messages that stream, by item and part."""
    thinking: str | None = None
    """The message in whose text the open workflow's last thought stood."""
    unshown: dict[str, list[ThreadStreamEvent]] = field(default_factory=dict[str, list[ThreadStreamEvent]])
    """Messages that may turn out to be reasoning alone: what shows them, with their first text, by item."""
    images: dict[str, GeneratedImageItem] = field(default_factory=dict[str, GeneratedImageItem])
    """Images that are being made, by the model's id of the call."""
    function_calls: list[FunctionCall] = field(default_factory=list[FunctionCall])
    tool_calls: dict[str, ToolCallItem] = field(default_factory=dict[str, ToolCallItem])
    """Tool calls that are shown and have no output yet, by call id."""
    shown_calls: dict[str, str] = field(default_factory=dict[str, str])
    """Item ids of all function calls that are shown, by call id."""

    def end_workflow(self) -> Iterator[ThreadStreamEvent]:
        """The event that finishes the open workflow, if there is one. The caller sends it before anything else."""
        self.thinking = None
        item, self.context.workflow_item = self.context.workflow_item, None
        if item is not None:
            yield self.context.ending(item)


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
    match event.type:
        case "raw_response_event":
            data: Any = getattr(event, "data", None)
            kind = getattr(data, "type", "")
            handler = _HANDLERS.get(kind)
            if run.thought is not None and _comes_between(kind, data):
                _end_thought(run)
            return await handler(run, data) if handler else ()
        case "run_item_stream_event":
            item_handler = _ITEM_HANDLERS.get(getattr(event, "name", ""))
            _end_thought(run)
            return await item_handler(run, getattr(event, "item", None)) if item_handler else ()
        case _:
            return ()


_BETWEEN = ("response.output_text.delta", "response.function_call_arguments.delta", "response.output_item.added")


def _comes_between(kind: str, data: Any) -> bool:
    """Whether the event brings something other than reasoning. Hosts send empty texts and messages beside that."""
    if kind not in _BETWEEN:
        return False
    return getattr(data, "delta", None) != "" and getattr(getattr(data, "item", None), "type", None) != "message"


def _end_thought(run: Run) -> None:
    """Something else came after a thought: of those that all have one placeholder for an id, the next is another."""
    if run.thought is not None and run.thought.item_id == FAKE_RESPONSES_ID:
        run.thought = None
