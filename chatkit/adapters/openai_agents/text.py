"""Text of a run inside a widget."""

from collections.abc import AsyncIterator
from typing import TypeVar

from agents import RawResponsesStreamEvent, StreamEvent
from openai.types.responses import ResponseTextDeltaEvent

from chatkit._hook_events import iterating
from chatkit._surrogates import HeldHalves
from chatkit.widgets import Markdown, Text

__all__ = ["accumulate_text"]

TWidget = TypeVar("TWidget", Text, Markdown)


async def accumulate_text(events: AsyncIterator[StreamEvent], base_widget: TWidget) -> AsyncIterator[TWidget]:
    """The widget as the run's text grows: the base, a copy for every piece, and last the whole, no longer streaming."""
    text = base_widget.value
    yield base_widget
    halves = HeldHalves[None]()
    async with iterating(events) as run:
        async for event in run:
            if isinstance(event, RawResponsesStreamEvent) and isinstance(event.data, ResponseTextDeltaEvent):
                text += halves.join(None, event.data.delta)
                yield base_widget.model_copy(update={"value": text})
    text += halves.join(None, "", last=True)
    yield base_widget.model_copy(update={"value": text, "streaming": False})
