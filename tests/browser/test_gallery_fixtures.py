"""The gallery's fixtures are what the Python models say, and leave nothing of the widget language out."""

import typing
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from chatkit import widgets
from chatkit.actions import ActionConfig
from chatkit.types import ThreadItem, UserMessageItem
from chatkit.widgets import WidgetComponentBase, WidgetRoot
from tests.browser import gallery
from tests.browser.gallery import NAMES, STATES

COMPONENTS: dict[str, type[WidgetComponentBase]] = {
    model.model_fields["type"].default: model
    for model in vars(widgets).values()
    if isinstance(model, type)
    and issubclass(model, WidgetComponentBase)
    and isinstance(model.model_fields["type"].default, str)
}
"""Every component that has a type of its own."""


@pytest.mark.parametrize("name", NAMES)
def test_a_state_is_what_the_models_say(name: str) -> None:
    state = STATES[name]
    for item in state.items:
        gallery.item_of(item)
    for turn in state.turns:
        for event in turn.events:
            if "say" not in event:
                gallery.event_of(event)
    if state.thread is not None:
        gallery.thread_of(state.thread)


def fields_in(value: Any) -> Iterator[tuple[str, str]]:
    """Component and field, for every field that a widget sets."""
    if isinstance(value, WidgetComponentBase):
        for field in value.model_fields_set:
            yield value.type, field
            yield from fields_in(getattr(value, field))
    elif isinstance(value, BaseModel):
        for field in value.model_fields_set:
            yield type(value).__name__, field
            yield from fields_in(getattr(value, field))
    elif isinstance(value, list):
        for each in typing.cast("list[Any]", value):
            yield from fields_in(each)
    elif isinstance(value, dict):
        for each in typing.cast("dict[str, Any]", value).values():
            yield from fields_in(each)


def test_every_component_with_every_field_is_shown() -> None:
    shown = {pair for _, widget in gallery.widgets() for pair in fields_in(widget)}
    models: list[tuple[str, type[BaseModel]]] = [*COMPONENTS.items()]
    models += [(model.__name__, model) for model in (widgets.BarSeries, widgets.LineSeries, widgets.AreaSeries)]
    models.append(("ActionConfig", ActionConfig))
    # Every component has a key and an id; they are the same in all.
    missing = [
        f"{name}.{field}"
        for name, model in models
        for field in model.model_fields
        if field not in ("key", "id", "type") and (name, field) not in shown
    ]
    assert missing == []
    assert {"key", "id"} <= {field for _, field in shown}


def literals(annotation: Any) -> set[Any]:
    """The fixed values that an annotation allows."""
    if typing.get_origin(annotation) is typing.Literal:
        return set(typing.get_args(annotation))
    return {value for argument in typing.get_args(annotation) for value in literals(argument)}


def values_in(value: Any) -> Iterator[tuple[str, str, Any]]:
    """Component, field and value, for every field with a plain value."""
    if isinstance(value, WidgetComponentBase):
        for field in value.model_fields_set:
            given = getattr(value, field)
            if isinstance(given, (str, int, bool)):
                yield value.type, field, given
            yield from values_in(given)
    elif isinstance(value, list):
        for each in typing.cast("list[Any]", value):
            yield from values_in(each)


ICONS = {"iconStart": "name", "iconEnd": "name"}
"""Fields that take what `Icon.name` takes."""
SAID_ONCE = {
    *("align", "color", "gutterSize", "justify", "name", "radius", "size", "textAlign", "theme", "weight", "wrap"),
}
"""Fields whose values stand for the same in several components: it is enough that one shows each."""


def test_every_fixed_value_is_shown() -> None:
    shown = {found for _, widget in gallery.widgets() for found in values_in(widget)}
    by_field = {(field, value) for _, field, value in shown}
    missing = [
        f"{name}.{field}={value!r}"
        for name, model in COMPONENTS.items()
        for field, info in model.model_fields.items()
        for value in literals(info.annotation) - {False}
        if (name, field, value) not in shown
        and not (ICONS.get(field, field) in SAID_ONCE and (ICONS.get(field, field), value) in by_field)
    ]
    assert missing == []


def test_every_kind_of_item_and_task_is_shown() -> None:
    union = typing.get_args(typing.get_args(ThreadItem)[0])
    kinds = {model.model_fields["type"].default for model in union}
    shown: set[str] = {item["type"] for state in STATES.values() for item in state.items}
    assert kinds - shown == set()
    assert UserMessageItem in union
    workflows = [item["workflow"] for state in STATES.values() for item in state.items if item["type"] == "workflow"]
    tasks = {task["type"] for workflow in workflows for task in workflow["tasks"]}
    assert tasks == {"custom", "web_search", "thought", "file", "image"}


def test_widgets_are_roots() -> None:
    roots = {type(widget).__name__ for _, widget in gallery.widgets()}
    assert {"Card", "ListView", "BasicRoot"} <= roots
    assert typing.get_args(WidgetRoot)
