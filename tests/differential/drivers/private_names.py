"""What the private names of `chatkit.agents` and `chatkit.widgets` do that public code takes from there."""

import asyncio
import json
import warnings
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from openai.types.responses import ResponseFunctionToolCall, ResponseOutputRefusal, ResponseOutputText
from openai.types.responses.response_output_text import (
    AnnotationContainerFileCitation,
    AnnotationFileCitation,
    AnnotationFilePath,
    AnnotationURLCitation,
)

warnings.simplefilter("ignore")

from chatkit import agents, widgets  # noqa: E402
from chatkit.types import ProgressUpdateEvent, ThreadMetadata  # noqa: E402

CITATIONS = [
    AnnotationURLCitation(type="url_citation", url="https://a.example", title="t", start_index=1, end_index=5),
    AnnotationFileCitation(type="file_citation", file_id="f", filename="n.pdf", index=3),
    AnnotationContainerFileCitation(
        type="container_file_citation", container_id="c", file_id="f", filename="m", start_index=0, end_index=2
    ),
    AnnotationFilePath(type="file_path", file_id="f", index=1),
]


class Source:
    """Yields what it is given, raises the errors in it, and may never come to its end."""

    def __init__(self, *values: Any) -> None:
        self.values = values
        self.ended = False

    async def __call__(self) -> AsyncIterator[Any]:
        for value in self.values:
            await asyncio.sleep(0)
            if isinstance(value, Exception):
                raise value
            if value is FOREVER:
                await asyncio.Event().wait()
            yield value
        self.ended = True


FOREVER = object()


async def drained(*sources: Source) -> list[Any]:
    """What came of each source, in its order, and whether it came to its end. Which of two goes first is nobody's."""
    seen: list[Any] = []
    try:
        async for value in agents._merge_generators(*(source() for source in sources)):
            seen.append(value)
    except (ValueError, KeyError) as error:
        seen.append(repr(error))
    return [*([value for value in seen if isinstance(value, kind)] for kind in (str, int)), *(s.ended for s in sources)]


async def merged() -> Any:
    return [
        await drained(Source("a", "b", "c"), Source(1, 2, 3)),
        await drained(Source("a"), Source(1, 2, 3, 4, 5)),
        await drained(Source("a", "b"), Source(1, FOREVER)),
        await drained(Source("a", FOREVER), Source(1, 2, ValueError("broke"))),
        await drained(Source(KeyError("at once")), Source(FOREVER)),
        await drained(Source(), Source(FOREVER)),
    ]


def context() -> Any:
    thread = ThreadMetadata(id="thr", created_at=datetime(2026, 1, 1, tzinfo=UTC))
    return agents.AgentContext(thread=thread, store=None, request_context=None)


async def queued() -> Any:
    turn = context()
    iterator = agents._AsyncQueueIterator(turn._events)
    for text in ("one", "two"):
        await turn.stream(ProgressUpdateEvent(text=text))
    turn._complete()
    first = [[isinstance(wrapped, agents._EventWrapper), wrapped.event.text] async for wrapped in iterator]
    await turn.stream(ProgressUpdateEvent(text="late"))
    late = [wrapped.event.text async for wrapped in iterator]
    other = agents._AsyncQueueIterator(turn._events)
    drained = other.drain_and_complete()
    return [first, late, drained, other.completed, turn._events.qsize(), [wrapped async for wrapped in other]]


async def converted() -> Any:
    converter = agents._DEFAULT_RESPONSE_STREAM_CONVERTER
    annotations = [
        await agents._convert_annotation(raw, converter)
        for citation in CITATIONS
        for raw in (citation, citation.model_dump())
    ]
    text = ResponseOutputText(type="output_text", text="hi", annotations=CITATIONS)
    parts = [
        await agents._convert_content(part, converter)
        for part in (text, ResponseOutputRefusal(type="refusal", refusal="no"))
    ]
    return [item.model_dump() if item else None for item in [*annotations, *parts]]


async def calls() -> Any:
    call = ResponseFunctionToolCall(type="function_call", call_id="c", name="n", arguments="{}", id="i")
    raws: list[Any] = [call, call.model_dump(), None, {"call_id": "c"}, {"type": "message", "call_id": "c"}, 3]
    partial: list[Any] = [{"type": "function_call", "call_id": "c"}, {"type": "function_call", "id": "i", "call_id": 3}]
    return [agents._function_call_metadata(raw) for raw in [*raws, *partial]]


async def nulls() -> Any:
    values: list[Any] = [
        {"a": None, "b": {"c": None}, "l": [None, 1, {"x": None}], "children": None},
        {"d": {"children": None}, "f": [[None]]},
        [None, {"a": None}],
        3,
    ]
    return [widgets._drop_none(value) for value in values]


for scenario in (merged, queued, converted, calls, nulls):
    print(json.dumps([scenario.__name__, asyncio.run(scenario())]))
