"""What changed from one state of a widget to the next, as the smallest updates that say it. Pure."""

from typing import Any, cast

from chatkit.types import WidgetComponentUpdated, WidgetRootUpdated, WidgetStreamingTextValueDelta
from chatkit.widgets import WidgetRoot

__all__ = ["diff_widget"]

Node = dict[str, Any]
_STREAMED = {"Text", "Markdown"}


def diff_widget(
    before: WidgetRoot, after: WidgetRoot
) -> list[WidgetStreamingTextValueDelta | WidgetRootUpdated | WidgetComponentUpdated]:
    """The updates that turn `before` into `after`.

    One delta per `Text` or `Markdown` whose `value` grew at its end, when nothing else changed and each has an id of
    its own; else the whole root. Nothing when they are alike. Typed and dynamic components are compared by what the
    wire would show.
    """
    old, new = _plain(before), _plain(after)
    if old == new:
        return []
    deltas: list[WidgetStreamingTextValueDelta] = []
    if _only_grew(old, new, deltas) and len({delta.component_id for delta in deltas}) == len(deltas):
        return [*deltas]
    return [WidgetRootUpdated(widget=after)]


def _plain(widget: WidgetRoot) -> Node:
    return widget.model_dump(mode="json", by_alias=True, exclude_none=True)


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
