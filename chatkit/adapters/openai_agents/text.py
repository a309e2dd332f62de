"""Text of a run inside a widget."""

from collections.abc import AsyncIterator, Iterable
from typing import Any, TypeVar

from agents import StreamEvent

from chatkit._iterators import iterating
from chatkit._surrogates import HeldHalves
from chatkit.adapters.openai_agents.thinking import Piece, ThinkingSplitter
from chatkit.widgets import Markdown, Text

__all__ = ["accumulate_text"]

TWidget = TypeVar("TWidget", Text, Markdown)


async def accumulate_text(events: AsyncIterator[StreamEvent], base_widget: TWidget) -> AsyncIterator[TWidget]:
    """The widget as the run's text grows: the base, a copy for every piece, and last the whole, no longer streaming.

    Reasoning that stands in the text is left out.
    """
    text = base_widget.value
    yield base_widget
    halves = HeldHalves[None]()
    splitter = ThinkingSplitter()
    async with iterating(events) as run:
        async for event in run:
            delta = _delta(event)
            if delta is None:
                continue
            if splitter.is_plain(delta, blank=True):
                text += halves.join(None, delta)
            elif (grown := _grown(base_widget.value, text, splitter.read(delta), halves)) != text:
                text = grown
            else:
                continue
            yield base_widget.model_copy(update={"value": text})
    text = _grown(base_widget.value, text, splitter.finish(), halves) + halves.join(None, "", last=True)
    yield base_widget.model_copy(update={"value": text, "streaming": False})


def _grown(base: str, text: str, pieces: Iterable[Piece], halves: HeldHalves[None]) -> str:
    for kind, piece in pieces:
        if kind == "text":
            text += halves.join(None, piece)
        elif kind == "misread":
            text = base
    return text


def _delta(event: StreamEvent) -> str | None:
    """The text that the model goes on with, if that is what the event says."""
    data: Any = event.data if event.type == "raw_response_event" else None
    return data.delta if getattr(data, "type", None) == "response.output_text.delta" else None
