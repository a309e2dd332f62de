"""Deltas of text: written anew where somebody sends other shapes, and joined where one ends with half a character."""

from collections.abc import Callable
from typing import TypeAlias, cast

from chatkit._surrogates import HeldHalves, well_formed_text
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    ThreadItemDeltaEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    WidgetStreamingTextValueDelta,
)

__all__ = ["Texts", "text_deltas"]

_TextDelta: TypeAlias = AssistantMessageContentPartTextDelta | WidgetStreamingTextValueDelta


class Texts:
    """The texts of a turn that grow. `see` gets each delta that is shown."""

    def __init__(self, see: Callable[[ThreadStreamEvent], object]) -> None:
        self._halves: HeldHalves[tuple[str, int | str]] = HeldHalves()
        self._see = see
        self.held = self._halves.held
        """What is held back, by item and part: halves whose others have not come. Always the same mapping."""

    def take(self, event: ThreadItemUpdatedEvent) -> list[ThreadStreamEvent]:
        """A delta of text with what was held back before it, and without what is held back of it."""
        item_id, update = well_formed_text(event.item_id), cast(_TextDelta, event.update)
        part = (
            well_formed_text(update.component_id)
            if isinstance(update, WidgetStreamingTextValueDelta)
            else update.content_index
        )
        last = isinstance(update, WidgetStreamingTextValueDelta) and update.done
        before = self.rest(item_id, besides=part)
        text = self._halves.join((item_id, part), update.delta, last=last)
        if text or last or not update.delta:  # else all of it is held back
            whole = _text_delta(item_id, part, text, done=last)
            self._see(whole)
            before.append(whole)
        return before

    def rest(self, item_id: str | None = "", besides: int | str | None = None) -> list[ThreadStreamEvent]:
        """What is held back of an item's texts (of all items, for ""), as deltas: no other half comes any more."""
        keys = [key for key in self.held if item_id in ("", key[0]) and key[1] != besides]
        deltas = [_text_delta(*key, text) for key in keys if (text := self._halves.join(key, "", last=True))]
        for delta in deltas:
            self._see(delta)
        return [*deltas]


def _text_delta(item_id: str, part: int | str, text: str, *, done: bool = False) -> ThreadItemUpdatedEvent:
    """A delta of part `part` of a message, or of the component `part` of a widget."""
    update: _TextDelta
    if isinstance(part, int):
        update = AssistantMessageContentPartTextDelta(content_index=part, delta=text)
    else:
        update = WidgetStreamingTextValueDelta(component_id=part, delta=text, done=done)
    return ThreadItemUpdatedEvent(item_id=item_id, update=update)


def text_deltas(event: ThreadItemDeltaEvent) -> list[ThreadItemUpdatedEvent]:
    """The text deltas that a `ThreadItemDeltaEvent` stands for."""
    delta = event.delta
    parts: object = delta if isinstance(delta, str) else delta.get("content", delta.get("text"))
    texts = map(_text_of, cast(list[object], parts) if isinstance(parts, list) else [parts])
    return [_text_delta(event.item_id, index, text) for index, text in enumerate(texts) if text]


def _text_of(part: object) -> str:
    text = cast(dict[str, object], part).get("text") if isinstance(part, dict) else part
    return text if isinstance(text, str) else ""
