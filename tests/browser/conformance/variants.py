"""A component with one field at several values, side by side, and what the browser makes of them."""

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Locator

from tests.browser.conformance.bench import PIXEL, Bench
from tests.support.inventory import field_of, values_of

__all__ = ["BASE", "Check", "Variants", "css", "differs", "switch"]

TEXT = {"type": "Text", "value": "Some text"}
LONG = "A text that is much too long for the narrow place that it is given here, whatever the font may be. " * 3

BASE: dict[str, dict[str, Any]] = {
    "Box": {"children": [TEXT, TEXT]},
    "Row": {"children": [TEXT, TEXT]},
    "Col": {"children": [TEXT, TEXT]},
    "Form": {"children": [TEXT, TEXT]},
    "Text": {"value": LONG},
    "Title": {"value": LONG},
    "Caption": {"value": LONG},
    "Label": {"value": "Name", "fieldName": "name"},
    "Badge": {"label": "New"},
    "Icon": {"name": "bug"},
    "Image": {"src": PIXEL, "alt": "A picture"},
    "Divider": {},
    "Spacer": {},
    "Button": {"label": "Go"},
    "Input": {"name": "field", "defaultValue": "abc"},
    "Textarea": {"name": "field", "defaultValue": "abc"},
    "Select": {"name": "field", "options": [{"value": "a", "label": "Apple"}, {"value": "b", "label": "Pear"}]},
    "DatePicker": {"name": "field"},
    "Checkbox": {"name": "field", "label": "Yes"},
    "RadioGroup": {"name": "field", "options": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]},
    "Table.Cell": {"children": [TEXT]},
    "Chart": {"data": [{"m": "a", "y": 1}], "series": [{"type": "bar", "dataKey": "y"}], "xAxis": "m"},
}
SELECTOR = {
    **dict.fromkeys(
        (
            "Box",
            "Row",
            "Col",
            "Form",
            "Divider",
            "Spacer",
            "Image",
            "Badge",
            "Icon",
            "Title",
            "Caption",
            "Text",
            "Label",
            "Button",
            "Chart",
        ),
        ":scope > *",
    ),
    "Input": "input",
    "Textarea": "textarea",
    "Select": "[role=combobox]",
    "DatePicker": "button",
    "Checkbox": "input",
    "RadioGroup": "[role=radiogroup]",
    "Table.Cell": "td",
}
PLACES = ".w-root > * > *"
"""The boxes, 400 pixels wide, that `Variants` puts its components into."""


class Variants:
    """The field under test of the component under test."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.bench = bench
        self.name = name
        self.component, self.field = field_of(name)

    def node(self, **fields: Any) -> dict[str, Any]:
        """The component with these fields beside its usual ones. `a__b` is field `b` of `a`."""
        node = {"type": self.component, **BASE[self.component]}
        for path, value in fields.items():
            place = node
            *outer, last = path.split("__")
            for key in outer:
                place = place.setdefault(key, {})
            place[last] = value
        if self.component == "Table.Cell":
            row = {"type": "Table.Row", "children": [node, {"type": "Table.Cell", "children": [TEXT]}]}
            tall = {"type": "Box", "height": 60, "children": []}
            other = {"type": "Table.Row", "children": [{"type": "Table.Cell", "children": [tall]}] * 3}
            row["children"][1] = {"type": "Table.Cell", "children": [tall]}
            return {"type": "Table", "children": [row, other]}
        return node

    async def put(self, *nodes: dict[str, Any], **place: Any) -> None:
        """Shows the nodes, each in a box of its own."""
        boxes = [{"type": "Box", "width": 400, "align": "start", **place, "children": [node]} for node in nodes]
        await self.bench.show({"type": "Basic", "children": boxes})

    async def one(self, **fields: Any) -> Locator:
        """Shows the component once; its widget."""
        await self.put(self.node(**fields))
        return self.bench.widgets.first

    async def read(
        self, values: list[Any], *properties: str, place: dict[str, Any] | None = None, **more: Any
    ) -> list[dict[str, Any]]:
        """What becomes of each value; None leaves the field out."""
        field = self.field.replace(".", "__")
        await self.put(
            *(self.node(**more, **({} if value is None else {field: value})) for value in values), **place or {}
        )
        return await self.bench.read(PLACES, SELECTOR[self.component], *properties)


Check = Callable[[Variants], Awaitable[None]]


def css(
    *properties: str, cases: dict[Any, str] | list[tuple[Any, str]], place: dict[str, Any] | None = None, **more: Any
) -> Check:
    """Each value gives each of the properties what stands beside it."""

    async def check(variants: Variants) -> None:
        pairs = list(cases.items()) if isinstance(cases, dict) else cases
        rows = await variants.read([value for value, _ in pairs], *properties, place=place, **more)
        for (value, expected), row in zip(pairs, rows, strict=True):
            assert {name: row[name] for name in properties} == dict.fromkeys(properties, expected), value

    return check


def differs(*properties: str, place: dict[str, Any] | None = None, **more: Any) -> Check:
    """Every value that the types allow looks unlike all others in one of the properties."""

    async def check(variants: Variants) -> None:
        values = values_of(variants.name)
        rows = await variants.read(values, *properties, place=place, **more)
        looks = [tuple(row[name] for name in properties) for row in rows]
        alike = [(a, b) for at, a in enumerate(values) for b in values[:at] if looks[at] == looks[values.index(b)]]
        assert alike == [], looks

    return check


def switch(*properties: str, place: dict[str, Any] | None = None, **more: Any) -> Check:
    """True changes each of the properties; false is as if it were left out."""

    async def check(variants: Variants) -> None:
        on, off, absent = await variants.read([True, False, None], *properties, place=place, **more)
        for name in properties:
            assert on[name] != off[name]
            assert absent[name] == off[name]

    return check
