"""What changed from one state of a widget to the next, as the smallest updates that say it. Pure."""

from typing import Any, cast

from chatkit._depth import MOST_LEVELS
from chatkit._surrogates import sound
from chatkit.types import WidgetComponentUpdated, WidgetRootUpdated, WidgetStreamingTextValueDelta
from chatkit.widgets import WidgetRoot

__all__ = ["WidgetState", "diff_widget", "snapshot"]

Node = dict[str, Any]
WidgetUpdate = WidgetStreamingTextValueDelta | WidgetRootUpdated | WidgetComponentUpdated
_STREAMED = {"Text", "Markdown"}


class WidgetState:
    """A widget as it was at one moment, whatever becomes of the object later.

    It is kept as the wire would show it, which shares its texts with the widget: a text that grows is not copied.
    Raises `ValueError` for a widget that is nested too deep.
    """

    def __init__(self, widget: WidgetRoot) -> None:
        self._widget = sound(widget, MOST_LEVELS)
        self._plain: Node = self._widget.model_dump(mode="json", by_alias=True, exclude_none=True)

    def updates_to(self, after: "WidgetState") -> list[WidgetUpdate]:
        """What `diff_widget` says. The widget of `after` must be as it was when the state was taken."""
        old, new = self._plain, after._plain
        if old == new:
            return []
        deltas: list[WidgetStreamingTextValueDelta] = []
        if _only_grew(old, new, deltas) and len({delta.component_id for delta in deltas}) == len(deltas):
            return [*deltas]
        return [WidgetRootUpdated(widget=snapshot(after._widget))]


def diff_widget(before: WidgetRoot, after: WidgetRoot) -> list[WidgetUpdate]:
    """The updates that turn `before` into `after`.

    One delta per `Text` or `Markdown` whose `value` grew at its end, when nothing else changed and each has an id of
    its own; else the whole root. Nothing when they are alike. Typed and dynamic components are compared by what the
    wire would show. Raises `ValueError` for a widget that is nested too deep.
    """
    return WidgetState(before).updates_to(WidgetState(after))


def snapshot(widget: WidgetRoot) -> WidgetRoot:
    """A copy that later changes of the widget do not reach. Raises `ValueError` for one that is nested too deep."""
    return sound(widget, MOST_LEVELS).model_copy(deep=True)


def _only_grew(old: Node, new: Node, deltas: list[WidgetStreamingTextValueDelta]) -> bool:
    """Whether texts growing is all that happened between two nodes; collects how they grew."""
    if old.keys() != new.keys():
        return False
    for name, value in new.items():
        if value == old[name]:
            continue
        if name == "children":
            if not _children_only_grew(old[name], value, deltas):
                return False
        elif name != "value" or not _value_grew(old, new, deltas):
            return False
    return True


def _children_only_grew(old: object, new: object, deltas: list[WidgetStreamingTextValueDelta]) -> bool:
    match old, new:
        case list(), list():
            before, after = cast(list[Node], old), cast(list[Node], new)
            return len(before) == len(after) and all(
                _only_grew(one, other, deltas) for one, other in zip(before, after, strict=True)
            )
        case dict(), dict():
            return _only_grew(cast(Node, old), cast(Node, new), deltas)
        case _:
            return False


def _value_grew(old: Node, new: Node, deltas: list[WidgetStreamingTextValueDelta]) -> bool:
    component_id: object = new.get("id")
    before, after = old["value"], new["value"]
    if new.get("type") not in _STREAMED or not isinstance(component_id, str):
        return False
    if not isinstance(before, str) or not isinstance(after, str) or not after.startswith(before):
        return False
    deltas.append(
        WidgetStreamingTextValueDelta(
            component_id=component_id, delta=after[len(before) :], done=new.get("streaming") is not True
        )
    )
    return True
