"""Looks through a widget for fields that its components do not have."""

from collections.abc import Iterator

from pydantic import TypeAdapter

from chatkit.widgets.base import WidgetComponentBase
from chatkit.widgets.fields import checking, report
from chatkit.widgets.unions import COMPONENTS, WidgetRoot

__all__ = ["as_root", "report_unknown"]

_ROOT: TypeAdapter[WidgetRoot] = TypeAdapter(WidgetRoot)


def as_root(widget: object, where: str, *, stacklevel: int) -> WidgetRoot:
    """A widget as an object: what is one stays itself, a dict is read, and its unknown fields warn.

    Raises `ValidationError` for what is no root.
    """
    root = _ROOT.validate_python(widget)
    if isinstance(widget, dict):
        report_unknown(root, where, strict=False, stacklevel=stacklevel + 1)
    return root


def report_unknown(widget: WidgetComponentBase, where: str, *, strict: bool, stacklevel: int) -> None:
    """Warns of unknown fields anywhere in a widget, typed or dynamic, or raises `UnknownFieldError`.

    Components of a type that is not known here are left alone. `stacklevel` says whose line is named, counted
    from here as `warnings.warn` does.
    """
    if checking.mode == "off" and not strict:
        return
    for component in _components(widget):
        extra = component.__pydantic_extra__
        known = COMPONENTS.get(component.type) if extra else None
        if known is not None and extra:
            unknown = [name for name in extra if name not in known.model_fields]
            report(component.type, known.model_fields, unknown, f"{where}: ", strict, stacklevel)


def _components(widget: WidgetComponentBase) -> Iterator[WidgetComponentBase]:
    waiting: list[object] = [widget]
    while waiting:
        component = waiting.pop()
        if isinstance(component, WidgetComponentBase):
            yield component
            children: object = getattr(component, "children", None)
            waiting += children if isinstance(children, list) else [children]
