"""Fields that a component does not have: who writes one is told; who reads one is not."""

import json
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chatkit.server import stream_widget
from chatkit.types import ThreadMetadata, WidgetItem
from chatkit.widgets import (
    BasicRoot,
    Box,
    Button,
    Card,
    Chart,
    Col,
    Column,
    DynamicWidgetComponent,
    DynamicWidgetRoot,
    Form,
    Image,
    Input,
    ListView,
    ListViewItem,
    Row,
    Table,
    TableCell,
    TableRow,
    Text,
    Title,
    Transition,
    UnknownFieldError,
    UnknownFieldWarning,
    WidgetTemplate,
    widget_fields,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)

MISTAKES: list[tuple[Callable[[], Any], str]] = [
    (lambda: Button(lable="Go"), "Button has no field 'lable'; did you mean 'label'?"),  # pyright: ignore[reportCallIssue]
    (lambda: Button(on_click_action=None), "no field 'on_click_action'; did you mean 'onClickAction'?"),  # pyright: ignore[reportCallIssue]
    (lambda: Text(value="a", zzz=1), "Text has no field 'zzz'."),  # pyright: ignore[reportCallIssue]
    (lambda: Title(value="a", levle=2), "Title has no field 'levle'; did you mean 'level'?"),  # pyright: ignore[reportCallIssue]
    (lambda: Card(children=[], asform=True), "Card has no field 'asform'; did you mean 'asForm'?"),  # pyright: ignore[reportCallIssue]
    (lambda: ListView(children=[], limits=3), "did you mean 'limit'?"),  # pyright: ignore[reportCallIssue]
    (lambda: ListViewItem(children=[], onClick=None), "did you mean 'onClickAction'?"),  # pyright: ignore[reportCallIssue]
    (lambda: Form(onSubmit=None), "did you mean 'onSubmitAction'?"),  # pyright: ignore[reportCallIssue]
    (lambda: Row(align_items="center"), "Row has no field 'align_items'"),  # pyright: ignore[reportCallIssue]
    (lambda: Column(directon="row"), "Col has no field 'directon'"),  # pyright: ignore[reportCallIssue]
    (lambda: Input(name="a", placholder="b"), "did you mean 'placeholder'?"),  # pyright: ignore[reportCallIssue]
    (lambda: Image(src="a", url="b"), "Image has no field 'url'"),  # pyright: ignore[reportCallIssue]
    (lambda: Chart(data=[], series=[], xaxis="a", xAxis="b"), "did you mean 'xAxis'?"),  # pyright: ignore[reportCallIssue]
    (lambda: TableCell(colspan=2), "Table.Cell has no field 'colspan'; did you mean 'colSpan'?"),  # pyright: ignore[reportCallIssue]
    (lambda: Transition(child=None, children=None), "did you mean 'children'?"),  # pyright: ignore[reportCallIssue]
]


@pytest.mark.parametrize(("make", "message"), MISTAKES, ids=[message for _, message in MISTAKES])
def test_an_unknown_field_warns_with_the_nearest_name_at_the_line_that_wrote_it(
    make: Callable[[], Any], message: str
) -> None:
    with pytest.warns(UnknownFieldWarning) as caught:
        make()
    assert [warning.filename for warning in caught] == [__file__]
    assert message in str(caught[0].message)


@pytest.mark.parametrize(("make", "message"), MISTAKES, ids=[message for _, message in MISTAKES])
def test_strict_tests_refuse_an_unknown_field(make: Callable[[], Any], message: str) -> None:
    with widget_fields(validate="strict"), pytest.raises(UnknownFieldError) as caught:
        make()
    assert message in str(caught.value)
    with widget_fields(validate="off"):
        make()


def test_one_place_warns_once() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            Button(lable="Go")  # pyright: ignore[reportCallIssue]
    assert len(caught) == 1


def test_what_is_right_or_a_known_spelling_is_silent() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Button(label="Go", key="k", id="i")
        Title(value="a", level=2)
        Card(children=[], border=1, confirmAction={"type": "go"})  # pyright: ignore[reportCallIssue]
        Table(children=[TableRow(children=[TableCell(children=[Col()])])])
        BasicRoot(children=[], theme="dark", anything=1)  # pyright: ignore[reportCallIssue]
        DynamicWidgetComponent(type="Button", lable="Go")  # pyright: ignore[reportCallIssue]
        DynamicWidgetRoot(type="Card", glow=True)  # pyright: ignore[reportCallIssue]


def test_a_subclass_with_a_field_of_its_own_has_it() -> None:
    class Fancy(Button):
        glow: bool = False

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Fancy(label="a", glow=True).glow
    with pytest.warns(UnknownFieldWarning, match="did you mean 'glow'"):
        Fancy(label="a", glwo=True)  # pyright: ignore[reportCallIssue]


def test_a_newer_peers_fields_are_read_in_silence_and_kept() -> None:
    raw = {"type": "Card", "glow": 1, "children": [{"type": "Button", "label": "a", "shape": "round"}]}
    item = {"id": "w", "thread_id": "t", "created_at": NOW.isoformat(), "widget": raw}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = WidgetItem.model_validate_json(json.dumps(item))
    assert json.loads(read.model_dump_json(exclude_none=True))["widget"] == raw


@pytest.mark.parametrize(
    "template",
    [
        "<Card><Row><Button lable='Go' /></Row><Unheard lable='of' /></Card>",
        '{"type": "Card", "children": [{"type": "Row", "children": [{"type": "Button", "lable": "Go"}]},'
        ' {"type": "Unheard", "lable": "of"}]}',
    ],
)
def test_a_template_warns_where_it_is_built(template: str) -> None:
    made = WidgetTemplate({"version": "1.0", "name": "go", "template": template})
    with pytest.warns(UnknownFieldWarning) as caught:
        made.build()
    assert [(str(warning.message), warning.filename) for warning in caught] == [
        ("Widget template 'go': Button has no field 'lable'; did you mean 'label'?", __file__)
    ]
    with pytest.raises(UnknownFieldError, match="Widget template 'go': Button has no field 'lable'"):
        made.build(validate="strict")
    with widget_fields("strict"), pytest.raises(UnknownFieldError):
        made.build()


async def test_a_dict_that_is_streamed_warns_where_it_is_given() -> None:
    thread = ThreadMetadata(id="t", created_at=NOW)
    widget: Any = {"type": "Card", "children": [{"type": "Button", "lable": "Go"}]}
    with pytest.warns(UnknownFieldWarning, match="stream_widget: Button has no field 'lable'") as caught:
        assert [event.type async for event in stream_widget(thread, widget)] == ["thread.item.done"]
    assert caught[0].filename == __file__


def test_strict_tests_refuse_dicts_inside_components_too() -> None:
    inner: Any = {"type": "Box", "children": [{"type": "Text", "value": "a", "colour": "red"}]}
    with widget_fields("strict"):
        with pytest.raises(UnknownFieldError, match="Text has no field 'colour'; did you mean 'color'"):
            Card(children=[inner])
        with pytest.raises(UnknownFieldError):
            WidgetItem(id="w", thread_id="t", created_at=NOW, widget={"type": "Card", "children": [inner]})  # pyright: ignore[reportArgumentType]


def test_leaving_strict_goes_back_to_what_was_before() -> None:
    with widget_fields("off"):
        with pytest.raises(UnknownFieldError), widget_fields("strict"):
            Button(lable="Go")  # pyright: ignore[reportCallIssue]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            Button(lable="Go")  # pyright: ignore[reportCallIssue]


def test_children_written_as_dicts_warn_at_the_line_of_the_component_around() -> None:
    inner: Any = {"type": "Row", "gpa": 1, "children": [{"type": "Text", "value": "a", "colour": "red"}]}
    with pytest.warns(UnknownFieldWarning) as caught:
        Card(children=[Box(), inner, {"type": "Unheard", "of": 1}])  # pyright: ignore[reportArgumentType]
    assert {(str(warning.message).split(";")[0], warning.filename) for warning in caught} == {
        ("Row has no field 'gpa'", __file__),
        ("Text has no field 'colour'", __file__),
    }


def test_a_dict_in_an_item_warns_at_the_line_of_the_item() -> None:
    widget: Any = {"type": "Card", "children": [{"type": "Button", "lable": "Go"}]}
    with pytest.warns(UnknownFieldWarning, match="Button has no field 'lable'") as caught:
        WidgetItem(id="w", thread_id="t", created_at=NOW, widget=widget)
    assert {warning.filename for warning in caught} == {__file__}
