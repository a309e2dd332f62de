"""What the agents scenarios share: a counting store, a scripted run, and events of the Responses API in short."""

import asyncio
import copy
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from agents import RawResponsesStreamEvent
from agents.items import TResponseStreamEvent
from pydantic import TypeAdapter

from chatkit.agents import AgentContext, stream_agent_response
from chatkit.store import NotFoundError, Store
from chatkit.types import Page, ThreadMetadata

EVENT = TypeAdapter(TResponseStreamEvent)
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
THREAD = "thr_1"
ZERO_USAGE = {
    "input_tokens": 0,
    "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
    "output_tokens": 0,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 0,
}


class CountingStore(Store[Any]):
    """Keeps one thread's items in a list and counts ids, so that two runs give the same ones."""

    def __init__(self, items: list[Any] | None = None) -> None:
        self.items = list(items or [])
        self.count: Counter[str] = Counter()

    def generate_item_id(self, item_type: Any, thread: Any, context: Any) -> str:
        self.count[item_type] += 1
        return f"{item_type}_{self.count[item_type]}"

    async def load_thread_items(self, thread_id: str, after: Any, limit: int, order: str, context: Any) -> Page[Any]:
        items = self.items if order == "asc" else self.items[::-1]
        return Page(data=[copy.deepcopy(item) for item in items[:limit]], has_more=len(items) > limit)

    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        self.items.append(item)

    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        self.items = [item if old.id == item.id else old for old in self.items]

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        for item in self.items:
            if item.id == item_id:
                return item
        raise NotFoundError(item_id)

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        raise NotImplementedError

    async def save_thread(self, thread: Any, context: Any) -> None:
        raise NotImplementedError

    async def save_attachment(self, attachment: Any, context: Any) -> None:
        raise NotImplementedError

    async def load_attachment(self, attachment_id: str, context: Any) -> Any:
        raise NotImplementedError

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        raise NotImplementedError

    async def load_threads(self, limit: int, after: Any, order: str, context: Any) -> Page[Any]:
        raise NotImplementedError

    async def delete_thread(self, thread_id: str, context: Any) -> None:
        raise NotImplementedError

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None:
        self.items = [item for item in self.items if item.id != item_id]


Call = Callable[[AgentContext[Any]], Awaitable[object]]
Step = dict[str, Any] | Call | Exception | object


def model_event(fields: dict[str, Any]) -> Any:
    """The SDK's event. Annotations stay plain, as they are in releases of the SDK that do not type them."""
    typed = fields.pop("typed", False)
    plain = {"annotation": fields["annotation"]} if "annotation" in fields and not typed else {}
    data = {"sequence_number": 0, "output_index": 0, "content_index": 0, **fields}
    event = EVENT.validate_python(data | dict.fromkeys(plain))
    return event.model_copy(update=plain)


async def settle() -> None:
    """Lets every task that can run do so."""
    for _ in range(30):
        await asyncio.sleep(0)


@dataclass
class ScriptedRun:
    """Stands in for `RunResultStreaming`: plays raw model events, calls of the context's helpers, and errors."""

    context: AgentContext[Any]
    steps: list[Step]
    new_items: list[Any] = field(default_factory=list[Any])

    async def stream_events(self) -> AsyncIterator[Any]:
        for step in self.steps:
            await settle()
            if isinstance(step, Exception):
                raise step
            if isinstance(step, dict):
                yield RawResponsesStreamEvent(data=model_event(dict(step)))
            elif callable(step):
                await step(self.context)
            else:
                yield step
        await settle()


def dump(value: Any) -> Any:
    """A model as JSON, with every field, so that defaults are compared too; without the times of what is made now."""
    return _timeless(value.model_dump(mode="json")) if hasattr(value, "model_dump") else value


def _timeless(value: Any) -> Any:
    match value:
        case dict():
            known = {"created_at": "now", "duration": "seconds"}
            return {name: known.get(name) or _timeless(field) for name, field in value.items()}
        case list():
            return [_timeless(item) for item in value]
        case _:
            return value


def in_order(events: list[Any]) -> list[Any]:
    """The events, with those at the end that remove items sorted: the reference removes them in any order."""
    rest = len(events)
    while rest and events[rest - 1]["type"] == "thread.item.removed":
        rest -= 1
    return events[:rest] + sorted(events[rest:], key=lambda event: event["item_id"])


async def play(
    steps: list[Step],
    *,
    items: list[Any] | None = None,
    prepare: Call | None = None,
    converter: Any = None,
) -> dict[str, Any]:
    """What a scripted run becomes: its events, what raised, and what is left in the context and the store."""
    store = CountingStore(items)
    thread = ThreadMetadata(id=THREAD, created_at=NOW)
    context = AgentContext(thread=thread, store=store, request_context={})
    if prepare:
        await prepare(context)
    options = {"converter": converter} if converter else {}
    events: list[Any] = []
    raised = None
    try:
        async for event in stream_agent_response(context, ScriptedRun(context, steps), **options):
            events.append(dump(event))
    except Exception as error:  # noqa: BLE001 - whatever it is, both must end with it
        raised = type(error).__name__
    return {
        "events": in_order(events),
        "raised": raised,
        "workflow": dump(context.workflow_item),
        "image": dump(context.generated_image_item),
        "stored": [dump(item) for item in store.items],
        "ids": dict(store.count),
    }


# Events of the Responses API, without the fields that `ScriptedRun` fills in.


def text_part(text: str = "", annotations: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": annotations or []}


def refusal_part(text: str) -> dict[str, Any]:
    return {"type": "refusal", "refusal": text}


def message(item_id: str = "m1", *parts: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": item_id,
        "type": "message",
        "role": "assistant",
        "status": "completed" if parts else "in_progress",
        "content": list(parts),
    }


def function_call(call_id: str = "call_1", name: str = "tool", item_id: str = "fc_1") -> dict[str, Any]:
    return {"type": "function_call", "id": item_id, "call_id": call_id, "name": name, "arguments": "{}"}


def reasoning(item_id: str, *thoughts: str) -> dict[str, Any]:
    summary = [{"type": "summary_text", "text": thought} for thought in thoughts]
    return {"id": item_id, "type": "reasoning", "summary": summary}


def image_call(item_id: str, result: str | None = None, status: str = "in_progress") -> dict[str, Any]:
    return {"id": item_id, "type": "image_generation_call", "status": status, "result": result}


def added(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "response.output_item.added", "item": item}


def done(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "response.output_item.done", "item": item}


def part_added(item_id: str, part: dict[str, Any], index: int = 0) -> dict[str, Any]:
    return {"type": "response.content_part.added", "item_id": item_id, "content_index": index, "part": part}


def part_done(item_id: str, part: dict[str, Any], index: int = 0) -> dict[str, Any]:
    return {"type": "response.content_part.done", "item_id": item_id, "content_index": index, "part": part}


def delta(item_id: str, text: str, index: int = 0) -> dict[str, Any]:
    return {
        "type": "response.output_text.delta",
        "item_id": item_id,
        "content_index": index,
        "delta": text,
        "logprobs": [],
    }


def text_done(item_id: str, text: str, index: int = 0) -> dict[str, Any]:
    return {
        "type": "response.output_text.done",
        "item_id": item_id,
        "content_index": index,
        "text": text,
        "logprobs": [],
    }


def annotation(item_id: str, source: dict[str, Any] | None, index: int, part: int = 0) -> dict[str, Any]:
    return {
        "type": "response.output_text.annotation.added",
        "item_id": item_id,
        "content_index": part,
        "annotation_index": index,
        "annotation": source,
    }


def typed_annotation(item_id: str, source: dict[str, Any], index: int) -> dict[str, Any]:
    """As newer releases of the SDK have it."""
    return {**annotation(item_id, source, index), "typed": True}


def summary_event(kind: str, item_id: str, index: int, **fields: Any) -> dict[str, Any]:
    return {"type": f"response.reasoning_summary_{kind}", "item_id": item_id, "summary_index": index, **fields}


def thought_delta(item_id: str, text: str, index: int = 0) -> dict[str, Any]:
    return summary_event("text.delta", item_id, index, delta=text)


def thought_done(item_id: str, text: str, index: int = 0) -> dict[str, Any]:
    return summary_event("text.done", item_id, index, text=text)


def partial_image(item_id: str, data: str, index: int) -> dict[str, Any]:
    return {
        "type": "response.image_generation_call.partial_image",
        "item_id": item_id,
        "partial_image_b64": data,
        "partial_image_index": index,
    }


def answer(text: str, item_id: str = "m1") -> list[Step]:
    """A whole message, as the Responses API streams it."""
    half = len(text) // 2
    return [
        added(message(item_id)),
        part_added(item_id, text_part()),
        delta(item_id, text[:half]),
        delta(item_id, text[half:]),
        text_done(item_id, text),
        part_done(item_id, text_part(text)),
        done(message(item_id, text_part(text))),
    ]
