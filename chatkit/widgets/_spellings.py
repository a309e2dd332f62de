"""Spellings of components and fields found in published tutorials, turned into the wire's."""

from collections.abc import Callable, Mapping

__all__ = ["normalise"]

Fields = dict[str, object]

_TITLE_SIZE_OF_LEVEL = {1: "3xl", 2: "2xl", 3: "xl", 4: "lg", 5: "md", 6: "sm"}
_BUTTON_STYLES: Mapping[object, Fields] = {
    "tertiary": {"style": "secondary", "variant": "ghost"},
    "danger": {"style": "primary", "color": "danger"},
}
_FOOTER_ACTIONS = {"confirmAction": ("confirm", "Confirm"), "cancelAction": ("cancel", "Cancel")}


def _rename(fields: Fields, old: str, new: str) -> Fields:
    return {(new if name == old else name): value for name, value in fields.items()}


def _title(fields: Fields) -> Fields:
    level = fields.get("level")
    if isinstance(level, int) and level in _TITLE_SIZE_OF_LEVEL and fields.get("size") is None:
        return fields | {"size": _TITLE_SIZE_OF_LEVEL[level]}
    return fields


def _image(fields: Fields) -> Fields:
    return _rename(fields, "url", "src") if "url" in fields and "src" not in fields else fields


def _button(fields: Fields) -> Fields:
    style = fields.get("style")
    return fields | _BUTTON_STYLES[style] if isinstance(style, str) and style in _BUTTON_STYLES else fields


def _text(fields: Fields) -> Fields:
    return fields | {"color": "danger"} if fields.get("color") == "error" else fields


def _card(fields: Fields) -> Fields:
    for old, (new, label) in _FOOTER_ACTIONS.items():
        action = fields.get(old)
        if action is None or new in fields:
            continue
        labelled = isinstance(action, dict) and "label" in action and "action" in action
        fields = _rename(fields, old, new)
        fields[new] = action if labelled else {"label": label, "action": action}
    return fields


def _column(fields: Fields) -> Fields:
    return fields | {"type": "Col"}


_BY_TYPE: Mapping[str, Callable[[Fields], Fields]] = {
    "Button": _button,
    "Caption": _text,
    "Card": _card,
    "Col": lambda fields: _column(fields) if fields.get("type") == "Column" else fields,
    "Column": _column,
    "Image": _image,
    "Text": _text,
    "Title": _title,
}


def normalise(component: str, fields: Fields) -> Fields:
    """The fields of a component of type `component` in the wire's spelling."""
    rule = _BY_TYPE.get(component)
    return fields if rule is None else rule(fields)
