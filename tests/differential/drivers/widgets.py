"""Compares widgets, streams them and builds them with whichever `chatkit` is installed; prints what comes.

One JSON array a line: the scenario's name, and the updates or events it gave, or that it raised.
"""

import asyncio
import json
import logging
import warnings
from datetime import UTC, datetime
from typing import Any

from chatkit.server import diff_widget, stream_widget
from chatkit.types import ThreadMetadata, WidgetItem
from chatkit.widgets import (
    Badge,
    BarSeries,
    BasicRoot,
    Box,
    Button,
    Card,
    Chart,
    DynamicWidgetRoot,
    Form,
    ListView,
    ListViewItem,
    Markdown,
    Row,
    Select,
    Text,
    Title,
    Transition,
    WidgetTemplate,
)

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
NOW = datetime(2020, 1, 1, tzinfo=UTC)


def card(*children: Any, **fields: Any) -> Card:
    return Card(children=list(children), **fields)


def dynamic(*children: Any, **fields: Any) -> DynamicWidgetRoot:
    return DynamicWidgetRoot(type="Card", children=list(children), **fields)


def text(value: str, id: str | None = "t", **fields: Any) -> Text:
    return Text(value=value, id=id, **fields)


def plain(value: str, kind: str = "Text", **fields: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "id": "t", **fields}


def row(*children: Any) -> ListView:
    return ListView(children=[ListViewItem(children=list(children))])


PAIRS: dict[str, tuple[Any, Any]] = {
    "alike": (card(text("a")), card(text("a"))),
    "empty": (card(), card()),
    "text grew": (card(text("a")), card(text("ab"))),
    "text grew, streaming": (card(text("a", streaming=True)), card(text("ab", streaming=True))),
    "text grew, streaming ended": (card(text("a", streaming=True)), card(text("ab", streaming=False))),
    "streaming ended": (card(text("a", streaming=True)), card(text("a", streaming=False))),
    "streaming left out": (card(text("a", streaming=True)), card(text("ab"))),
    "streaming false left out": (card(text("a", streaming=False)), card(text("ab"))),
    "text without an id grew": (card(text("a", None)), card(text("ab", None))),
    "text shrank": (card(text("ab")), card(text("a"))),
    "id changed": (card(text("a")), card(text("ab", "other"))),
    "two grew": (card(text("a"), Markdown(value="x", id="m")), card(text("ab"), Markdown(value="xy", id="m"))),
    "two grew, one otherwise": (card(text("a"), text("x", "u")), card(text("ab"), text("y", "u"))),
    "two texts of one id grew": (card(text("a"), text("x")), card(text("ab"), text("xy"))),
    "nested text grew": (card(Row(children=[text("a")])), card(Row(children=[text("ab")]))),
    "text in a list grew": (row(text("a")), row(text("ab"))),
    "another field": (card(text("a", size="sm")), card(text("ab", size="md"))),
    "a child more": (card(text("a")), card(text("a"), text("b", "u"))),
    "title grew": (card(Title(value="a", id="t")), card(Title(value="ab", id="t"))),
    "badge": (card(Badge(label="a", id="t")), card(Badge(label="b", id="t"))),
    "key": (card(Box(key="a")), card(Box(key="b"))),
    "action payload": (
        card(Button(label="x", onClickAction={"type": "a", "payload": {"x": 1}})),
        card(Button(label="x", onClickAction={"type": "a", "payload": {"x": 2}})),
    ),
    "dynamic text grew": (dynamic(plain("a")), dynamic(plain("ab"))),
    "dynamic nested text grew": (
        dynamic({"type": "Row", "children": [plain("a", "Markdown")]}),
        dynamic({"type": "Row", "children": [plain("ab", "Markdown")]}),
    ),
    "dynamic text in a single child grew": (
        dynamic({"type": "Transition", "children": plain("a")}),
        dynamic({"type": "Transition", "children": plain("ab")}),
    ),
    "text in a single child grew": (card(Transition(children=text("a"))), card(Transition(children=text("ab")))),
    "dynamic, then typed": (dynamic(plain("a")), card(text("ab"))),
    "dynamic field": (dynamic(size="sm"), dynamic(size="lg")),
    "another root": (card(), ListView(children=[])),
    "basic root": (BasicRoot(children=[plain("a")]), BasicRoot(children=[plain("ab")])),
}

PAYLOADS: dict[str, Any] = {
    "typed": {"type": "Card", "children": [plain("a")], "size": "md"},
    "unknown component": {"type": "Card", "children": [{"type": "Hologram", "depth": 3}, plain("a")]},
    "known component with a wrong field": {"type": "Card", "children": [{"type": "Text", "value": 3}]},
    "no children": {"type": "Card"},
    "list": {"type": "ListView", "children": [{"type": "ListViewItem", "children": []}]},
    "list of what is no row": {"type": "ListView", "children": [plain("a")]},
    "basic": {"type": "Basic", "children": [plain("a")], "theme": "dark"},
    "unknown root": {"type": "Window", "children": []},
}

TEMPLATE = {
    "version": "1.0",
    "name": "greeting",
    "template": '{"type":"Card","children":[{"type":"Text","value":{{ (name) | tojson }}}{% if loud %},'
    '{"type":"Badge","label":"!"}{% endif %}]}',
    "jsonSchema": {"type": "object", "properties": {"name": {"type": "string"}}},
}


def shown(model: Any) -> Any:
    return json.loads(model.model_dump_json(by_alias=True, exclude_none=True))


def built(root: Any) -> Any:
    return [type(root).__name__, json.loads(root.model_dump_json())]


def attempt(run: Any) -> Any:
    try:
        return run()
    except Exception as error:  # noqa: BLE001 - that it raises is what is compared
        return ["raised", isinstance(error, ValueError)]


async def streamed(widget: Any) -> Any:
    thread = ThreadMetadata(id="thr", created_at=NOW)
    events: list[Any] = []
    try:
        async for event in stream_widget(thread, widget, copy_text="copy", generate_id=lambda kind: f"{kind}_1"):
            event = shown(event)
            if "item" in event:
                event["item"].pop("created_at")
            events.append(event)
    except Exception:  # noqa: BLE001 - that it raises is what is compared
        events.append("raised")
    return events


async def states(*widgets: Any) -> Any:
    for widget in widgets:
        yield widget


async def main() -> None:
    out: dict[str, Any] = {}
    for name, (before, after) in PAIRS.items():
        out[f"diff: {name}"] = [shown(update) for update in diff_widget(before, after)]
    out["stream: one widget"] = await streamed(card(text("a")))
    growing = [card(text("", streaming=True)), card(text("ab", streaming=True)), card(text("ab", streaming=False))]
    out["stream: a generator"] = await streamed(states(*growing))
    out["stream: one state"] = await streamed(states(card()))
    out["stream: a generator without states"] = await streamed(states())
    for name, payload in PAYLOADS.items():
        item = {"id": "w", "thread_id": "t", "created_at": NOW, "widget": payload}
        out[f"parse: {name}"] = attempt(lambda item=item: built(WidgetItem.model_validate(item).widget))
    out["dump: fields"] = [
        shown(Select(name="s", options=[{"value": "a", "label": "A", "disabled": True}], clearable=True)),
        shown(Form(children=[], direction="row", onSubmitAction={"type": "go"})),
        shown(
            Chart(
                data=[{"x": "a", "y": 1}],
                series=[BarSeries(label=None, dataKey="y", color={"light": "#fff", "dark": "#000"})],
                xAxis={"dataKey": "x", "labels": {"a": "A"}},
            )
        ),
        Box().model_dump(),
        card(Transition(children=None)).model_dump(),
    ]
    template = WidgetTemplate(TEMPLATE)
    for name, data in {"data": {"name": 'A "quoted" é', "loud": True}, "other": {"name": "b", "loud": False}}.items():
        out[f"template: {name}"] = attempt(lambda data=data: built(template.build(data)))
    for name, result in out.items():
        print(json.dumps([name, result]))


asyncio.run(main())
