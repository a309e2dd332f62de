"""Answers without a model: what is to be said, thought, called or drawn, as the event stream a model would send."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from agents import ModelResponse, Usage
from agents.items import TResponseOutputItem, TResponseStreamEvent
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseReasoningItem,
)
from openai.types.responses.response_output_item import ImageGenerationCall

from chatkit.store import default_generate_id

__all__ = ["Call", "Draw", "Fail", "Output", "Refuse", "Say", "Think", "respond", "response_events"]

_TOKEN = re.compile(r"\s*\S+|\s+$")


@dataclass(frozen=True)
class Say:
    """A message. `citations` are annotations as the Responses API writes them."""

    text: str
    citations: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Refuse:
    """A message that declines."""

    text: str


@dataclass(frozen=True)
class Think:
    """Reasoning: the summary of each thought, in order."""

    thoughts: Sequence[str]


@dataclass(frozen=True)
class Call:
    """A call of a function tool."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    call_id: str | None = None


@dataclass(frozen=True)
class Draw:
    """A generated image, base64, after as many partial ones as are given."""

    image: str
    partial_images: Sequence[str] = ()


@dataclass(frozen=True)
class Fail:
    """The stream breaks off here with `error`."""

    error: Exception


Output = Say | Refuse | Think | Call | Draw | Fail
Fields = dict[str, Any]


@cache
def _event_classes() -> dict[str, Any]:
    """The SDK's event classes by the `type` that each fixes."""
    union: Any = TResponseStreamEvent
    if get_origin(union) is Annotated:
        union = get_args(union)[0]
    return {get_args(kind.model_fields["type"].annotation)[0]: kind for kind in get_args(union)}


class _Player:
    """One response, item by item. Every method yields an item's events and keeps the finished item."""

    def __init__(self) -> None:
        self.output: list[TResponseOutputItem] = []
        self._sequence = 0

    def event(self, name: str, /, **fields: Any) -> TResponseStreamEvent:
        self._sequence += 1
        known = {"sequence_number": self._sequence, "output_index": len(self.output), "content_index": 0}
        return _event_classes()[name].model_validate({"type": name, **known, **fields})

    def item(self, outcome: Output) -> Iterator[TResponseStreamEvent]:
        match outcome:
            case Say(text, citations):
                yield from self._message(text, [dict(citation) for citation in citations])
            case Refuse(text):
                yield from self._refusal(text)
            case Think(thoughts):
                yield from self._reasoning(thoughts)
            case Call():
                yield from self._call(outcome)
            case Draw(image, partial_images):
                yield from self._image(image, partial_images)
            case Fail(error):
                raise error

    def _begin(self, item: Fields) -> TResponseStreamEvent:
        return self.event("response.output_item.added", item=item)

    def _end(self, item: TResponseOutputItem) -> TResponseStreamEvent:
        done = self.event("response.output_item.done", item=item)
        self.output.append(item)
        return done

    def _message(self, text: str, citations: list[Fields]) -> Iterator[TResponseStreamEvent]:
        item_id = default_generate_id("message")
        base: Fields = {"id": item_id, "type": "message", "role": "assistant"}
        yield self._begin({**base, "status": "in_progress", "content": []})
        part: Fields = {"type": "output_text", "text": "", "annotations": []}
        yield self.event("response.content_part.added", item_id=item_id, part=part)
        for token in _TOKEN.findall(text):
            yield self.event("response.output_text.delta", item_id=item_id, delta=token, logprobs=[])
        for index, citation in enumerate(citations):
            added: Fields = {"annotation": citation, "annotation_index": index}
            yield self.event("response.output_text.annotation.added", item_id=item_id, **added)
        yield self.event("response.output_text.done", item_id=item_id, text=text, logprobs=[])
        part = {"type": "output_text", "text": text, "annotations": citations}
        yield self.event("response.content_part.done", item_id=item_id, part=part)
        yield self._end(ResponseOutputMessage.model_validate({**base, "status": "completed", "content": [part]}))

    def _refusal(self, text: str) -> Iterator[TResponseStreamEvent]:
        item_id = default_generate_id("message")
        base: Fields = {"id": item_id, "type": "message", "role": "assistant"}
        yield self._begin({**base, "status": "in_progress", "content": []})
        part: Fields = {"type": "refusal", "refusal": ""}
        yield self.event("response.content_part.added", item_id=item_id, part=part)
        for token in _TOKEN.findall(text):
            yield self.event("response.refusal.delta", item_id=item_id, delta=token)
        yield self.event("response.refusal.done", item_id=item_id, refusal=text)
        part = {"type": "refusal", "refusal": text}
        yield self.event("response.content_part.done", item_id=item_id, part=part)
        yield self._end(ResponseOutputMessage.model_validate({**base, "status": "completed", "content": [part]}))

    def _reasoning(self, thoughts: Sequence[str]) -> Iterator[TResponseStreamEvent]:
        item_id = default_generate_id("workflow").replace("wf_", "rs_")
        yield self._begin({"id": item_id, "type": "reasoning", "summary": []})
        for index, thought in enumerate(thoughts):
            about: Fields = {"item_id": item_id, "summary_index": index}
            empty, whole = ({"type": "summary_text", "text": text} for text in ("", thought))
            yield self.event("response.reasoning_summary_part.added", part=empty, **about)
            for token in _TOKEN.findall(thought):
                yield self.event("response.reasoning_summary_text.delta", delta=token, **about)
            yield self.event("response.reasoning_summary_text.done", text=thought, **about)
            yield self.event("response.reasoning_summary_part.done", part=whole, **about)
        summary = [{"type": "summary_text", "text": thought} for thought in thoughts]
        yield self._end(ResponseReasoningItem.model_validate({"id": item_id, "type": "reasoning", "summary": summary}))

    def _call(self, call: Call) -> Iterator[TResponseStreamEvent]:
        call_id = call.call_id or default_generate_id("tool_call").replace("tc_", "call_")
        arguments = json.dumps(dict(call.arguments))
        base: Fields = {
            "id": default_generate_id("tool_call").replace("tc_", "fc_"),
            "type": "function_call",
            "call_id": call_id,
            "name": call.name,
        }
        yield self._begin({**base, "arguments": "", "status": "in_progress"})
        about: Fields = {"item_id": base["id"], "name": call.name}
        yield self.event("response.function_call_arguments.delta", item_id=base["id"], delta=arguments)
        yield self.event("response.function_call_arguments.done", arguments=arguments, **about)
        finished = {**base, "arguments": arguments, "status": "completed"}
        yield self._end(ResponseFunctionToolCall.model_validate(finished))

    def _image(self, image: str, partial_images: Sequence[str]) -> Iterator[TResponseStreamEvent]:
        item_id = default_generate_id("message").replace("msg_", "ig_")
        base: Fields = {"id": item_id, "type": "image_generation_call"}
        yield self._begin({**base, "status": "in_progress"})
        yield self.event("response.image_generation_call.generating", item_id=item_id)
        for index, partial in enumerate(partial_images):
            so_far: Fields = {"partial_image_b64": partial, "partial_image_index": index}
            yield self.event("response.image_generation_call.partial_image", item_id=item_id, **so_far)
        yield self.event("response.image_generation_call.completed", item_id=item_id)
        yield self._end(ImageGenerationCall.model_validate({**base, "status": "completed", "result": image}))


async def response_events(
    outputs: Sequence[Output], *, model: str, pause: Callable[[], float] | None = None
) -> AsyncIterator[TResponseStreamEvent]:
    """The events of one response, as the Responses API streams them, text a word at a time.

    `pause` gives the seconds to wait before each event; without it, other tasks still run between events.
    """
    player = _Player()
    response = _response(model, [])
    yield player.event("response.created", response=response.model_dump())
    for outcome in outputs:
        for event in player.item(outcome):
            await asyncio.sleep(pause() if pause else 0)
            yield event
    finished = _response(model, player.output, response.id)
    yield ResponseCompletedEvent(type="response.completed", response=finished, sequence_number=len(player.output) + 1)


async def respond(outputs: Sequence[Output], *, model: str) -> ModelResponse:
    """The same response at once."""
    player = _Player()
    for outcome in outputs:
        for _ in player.item(outcome):
            pass
    return ModelResponse(output=player.output, usage=Usage(), response_id=_response(model, []).id)


def _response(model: str, output: list[TResponseOutputItem], response_id: str | None = None) -> Response:
    return Response(
        id=response_id or default_generate_id("message").replace("msg_", "resp_"),
        created_at=time.time(),
        model=model,
        object="response",
        output=output,
        parallel_tool_calls=True,
        tool_choice="auto",
        tools=[],
    )
