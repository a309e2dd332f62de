"""Cards, lists and plain roots; and what every component has."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conformance.bench import PIXEL, Bench
from tests.browser.conformance.test_layout_fields import BLUE, RED, THEMED
from tests.browser.conformance.variants import BASE, TEXT
from tests.support.inventory import field_of, ids_of, values_of

ROOTS = ".w-root"


def root(kind: str, **fields: Any) -> dict[str, Any]:
    child = {"type": "ListViewItem", "children": [TEXT]} if kind == "ListView" else TEXT
    return {"type": kind, "children": [child], **fields}


async def looks(bench: Bench, kind: str, variants: list[dict[str, Any]], *properties: str) -> list[Any]:
    """What the browser computes for the root with each of these fields."""
    await bench.plain()
    await bench.show(*(root(kind, **fields) for fields in variants))
    rows = await bench.read(ROOTS, ":scope > *", *properties)
    return [row[properties[0]] if len(properties) == 1 else tuple(row[name] for name in properties) for row in rows]


# Card


@pytest.mark.shows(
    "component:Card", "field:Card.children", "field:Card.size", "field:Card.background", "field:Card.border"
)
async def test_how_a_card_looks(bench: Bench) -> None:
    widths = await looks(bench, "Card", [{"size": size} for size in ("sm", "md", "lg", "full")], "max-width")
    assert widths == ["360px", "448px", "576px", "none"]
    assert sorted(values_of("field:Card.size")) == ["full", "lg", "md", "sm"]
    colours = [{"background": "#ff0000"}, {"background": "rgb(0 0 255)"}, {"background": THEMED}]
    assert await looks(bench, "Card", colours, "background-color") == [RED, BLUE, RED]
    borders = [{"border": 3}, {"border": {"size": 2, "color": "#ff0000"}}, {"border": {"bottom": 5}}]
    assert [each[0] for each in await looks(bench, "Card", borders, "border-bottom-width", "border-bottom-color")] == [
        "3px",
        "2px",
        "5px",
    ]
    assert await looks(bench, "Card", [borders[1]], "border-top-color") == [RED]
    await expect(bench.widgets.get_by_text("Some text")).to_have_count(1)


@pytest.mark.shows("field:Card.padding")
async def test_a_card_keeps_its_content_at_a_distance(bench: Bench) -> None:
    await bench.plain()
    await bench.show(*(root("Card", padding=padding) for padding in (0, 10, {"x": 2, "y": "30px"})))
    boxes = await bench.page.evaluate(
        """probe.all('.w-root > *').map((card) => {
            const [a, b] = [card, card.querySelector('p')].map((each) => each.getBoundingClientRect());
            return [b.left - a.left, b.top - a.top].map(Math.round);
        })"""
    )
    assert boxes == [[1, 1], [41, 41], [9, 31]]


@pytest.mark.parametrize("name", ids_of("field:{Card,ListView}.status.{text,icon,favicon,frame}"))
async def test_a_status_stands_above(bench: Bench, name: str) -> None:
    kind, field = field_of(name)
    await bench.plain()
    favicon = {"text": "From a site", "favicon": PIXEL}
    await bench.show(
        root(kind, status={"text": "From <b>mail</b>", "icon": "mail"}),
        root(kind, status=favicon),
        root(kind, status={**favicon, "frame": True}),
        root(kind),
    )
    lines = await bench.page.evaluate(
        """probe.all('.w-root').map((root) => root.querySelector('.w-status')).map((line) => line && {
            text: line.textContent,
            icon: line.querySelectorAll('svg path').length,
            picture: line.querySelector('img')?.src,
            frame: line.querySelector('img') && getComputedStyle(line.querySelector('img')).borderTopWidth,
            above: line.getBoundingClientRect().bottom <= line.nextElementSibling.getBoundingClientRect().top,
        })"""
    )
    assert lines[3] is None
    match field.rpartition(".")[2]:
        case "text":
            assert [line["text"] for line in lines[:2]] == ["From <b>mail</b>", "From a site"]
            assert all(line["above"] for line in lines[:3])
        case "icon":
            assert [line["icon"] > 0 for line in lines[:2]] == [True, False]
        case "favicon":
            assert [line["picture"] for line in lines[:2]] == [None, PIXEL]
        case _:
            assert [line["frame"] for line in lines[:3]] == [None, "0px", "1px"]


@pytest.mark.shows("field:Card.asForm", "field:Card.confirm", "type:CardAction.label", "type:CardAction.action")
async def test_a_card_that_is_a_form_sends_its_fields_with_its_confirmation(bench: Bench) -> None:
    await bench.start()
    confirm = {"label": "Book it", "action": {"type": "book", "payload": {"id": 1}}}
    await bench.show(
        {
            "type": "Card",
            "asForm": True,
            "confirm": confirm,
            "children": [{"type": "Input", "name": "who", "required": True}],
        }
    )
    await bench.widgets.get_by_role("button", name="Book it").click()
    await expect(bench.widgets.get_by_role("textbox")).to_be_focused()
    assert await bench.calls("threads.custom_action") == []
    await bench.widgets.get_by_role("textbox").fill("Ada")
    await bench.widgets.get_by_role("textbox").press("Enter")
    (call,) = await bench.calls("threads.custom_action", 1)
    assert call["params"]["action"] == {"type": "book", "payload": {"id": 1, "who": "Ada"}}
    await expect(bench.widgets.get_by_role("status")).to_have_text("Book it")
    await expect(bench.widgets.get_by_role("button")).to_have_count(0)


@pytest.mark.shows("field:Card.cancel", "field:Card.confirm")
async def test_a_card_shows_which_of_its_buttons_was_pressed(bench: Bench) -> None:
    await bench.start()
    choices = {
        "confirm": {"label": "Yes", "action": {"type": "yes"}},
        "cancel": {"label": "No", "action": {"type": "no"}},
    }
    await bench.show(root("Card", **choices), root("Card", **choices))
    await bench.widgets.nth(0).get_by_role("button", name="No").click()
    (call,) = await bench.calls("threads.custom_action", 1)
    assert call["params"]["action"]["type"] == "no"
    await expect(bench.widgets.nth(0).get_by_role("status")).to_have_text("No")
    await expect(bench.widgets.nth(1).get_by_role("button")).to_have_text(["No", "Yes"])


@pytest.mark.shows("field:Card.collapsed")
async def test_a_card_folds_after_its_action(bench: Bench) -> None:
    await bench.start()
    confirm = {"label": "Send", "action": {"type": "send"}}
    await bench.show(root("Card", confirm=confirm, collapsed=True), root("Card", confirm=confirm))
    for at in (0, 1):
        await expect(bench.widgets.nth(at).get_by_text("Some text")).to_be_visible()
        await bench.widgets.nth(at).get_by_role("button", name="Send").click()
        await expect(bench.widgets.nth(at).get_by_role("status")).to_have_text("Send")
        await bench.chat.idle()
    await expect(bench.widgets.nth(0).get_by_text("Some text")).to_have_count(0)
    await expect(bench.widgets.nth(1).get_by_text("Some text")).to_be_visible()


@pytest.mark.parametrize("name", ids_of("field:{Card,ListView,Basic}.theme"))
async def test_a_root_has_a_scheme_of_its_own(bench: Bench, name: str) -> None:
    kind, _ = field_of(name)
    for scheme in ("light", "dark"):
        await bench.start(theme=scheme)
        await bench.show(*(root(kind, **fields) for fields in ({"theme": "light"}, {"theme": "dark"}, {})))
        light, dark, inherited = [row["color"] for row in await bench.read(ROOTS, "p", "color")]
        assert light != dark
        assert inherited == {"light": light, "dark": dark}[scheme]


# ListView


@pytest.mark.shows(
    "component:ListView",
    "component:ListViewItem",
    "field:ListView.children",
    "field:ListViewItem.children",
    "field:ListView.limit",
)
async def test_a_list_shows_as_many_rows_as_it_is_told_to(bench: Bench) -> None:
    await bench.start()
    rows = [{"type": "ListViewItem", "children": [{"type": "Text", "value": f"Row {number}"}]} for number in range(8)]
    await bench.show(
        *({"type": "ListView", "children": rows, **fields} for fields in ({"limit": 3}, {"limit": "auto"}, {}))
    )
    counts = [await bench.widgets.nth(at).get_by_role("listitem").count() for at in (0, 1, 2)]
    assert counts == [3, 5, 8]
    await bench.widgets.nth(0).get_by_role("button", name="Show 5 more").click()
    assert await bench.widgets.nth(0).get_by_role("listitem").all_text_contents() == [
        f"Row {number}" for number in range(8)
    ]


@pytest.mark.shows("field:ListViewItem.onClickAction")
async def test_the_whole_row_is_a_button(bench: Bench) -> None:
    await bench.start()
    action = {"type": "open", "payload": {"id": 3}}
    rows = [
        {"type": "ListViewItem", "onClickAction": action, "children": [TEXT]},
        {"type": "ListViewItem", "children": [TEXT]},
    ]
    await bench.show({"type": "ListView", "children": rows})
    await expect(bench.widgets.get_by_role("button")).to_have_count(1)
    box = await bench.widgets.get_by_role("listitem").first.bounding_box()
    assert box is not None
    await bench.page.mouse.click(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5)
    (call,) = await bench.calls("threads.custom_action", 1)
    assert call["params"]["action"] == action


@pytest.mark.parametrize("name", ids_of("field:ListViewItem.{gap,align}"))
async def test_how_a_row_lays_out_its_content(bench: Bench, name: str) -> None:
    _, field = field_of(name)
    await bench.plain()
    values: dict[str, list[Any]] = {"gap": [1, 5, "7px"], "align": values_of("field:ListViewItem.align")}
    rows = [{"type": "ListViewItem", field: value, "children": [TEXT, TEXT]} for value in values[field]]
    await bench.show({"type": "ListView", "children": rows})
    found = [
        row[{"gap": "column-gap", "align": "align-items"}[field]]
        for row in await bench.read(".w-item", ".w-item-content", "column-gap", "align-items")
    ]
    assert found == ["4px", "20px", "7px"] if field == "gap" else len(set(found)) == len(found) == 5


# Basic


@pytest.mark.shows("component:Basic", "field:Basic.children")
async def test_a_basic_root_has_no_frame_and_holds_other_roots(bench: Bench) -> None:
    frame = await looks(bench, "Basic", [{}], "border-top-width", "background-color")
    assert frame == [("0px", "rgba(0, 0, 0, 0)")]
    await bench.show({"type": "Basic", "children": [TEXT, root("Card")]})
    await expect(bench.widgets.get_by_text("Some text")).to_have_count(2)


BASIC: dict[str, tuple[str, list[Any]]] = {
    "direction": ("flex-direction", ["row", "column"]),
    "gap": ("row-gap", ["8px", "5px"]),
    "padding": ("padding-top", ["8px", "12px"]),
    "align": ("align-items", []),
    "justify": ("justify-content", []),
}
BASIC_VALUES: dict[str, list[Any]] = {"direction": ["row", "col"], "gap": [2, "5px"], "padding": [2, {"y": 3}]}


@pytest.mark.parametrize("name", ids_of("field:Basic.{direction,gap,padding,align,justify}"))
async def test_how_a_basic_root_lays_out_its_children(bench: Bench, name: str) -> None:
    _, field = field_of(name)
    style, expected = BASIC[field]
    values = BASIC_VALUES.get(field) or values_of(name)
    found = await looks(bench, "Basic", [{field: value} for value in values], style)
    assert found == expected if expected else len(set(found)) == len(values)


# What every component has

CHILDREN = {"Table": "Table.Row", "Table.Row": "Table.Cell", "ListView": "ListViewItem"}


def example(kind: str, mark: str, **fields: Any) -> dict[str, Any]:
    """The component with `mark` to be read in it, and what it can only stand in."""
    text = {"type": "Text", "value": mark}
    fields = {"type": kind, **BASE.get(kind, {}), **fields}
    match kind:
        case "Text" | "Title" | "Caption" | "Markdown" | "Label":
            return {**fields, "value": mark}
        case "Badge" | "Button" | "Checkbox":
            return {**fields, "label": mark}
        case "Image":
            return {**fields, "alt": mark}
        case "Icon":
            return {**fields, "name": {"one": "bug", "two": "star"}[mark]}
        case "Divider" | "Spacer":
            return {**fields, "size": {"one": 1, "two": 9}[mark], "minSize": {"one": 1, "two": 9}[mark]}
        case "Input" | "Textarea" | "Select" | "DatePicker":
            return {**fields, "placeholder": mark, "defaultValue": None}
        case "RadioGroup":
            return {**fields, "options": [{"value": "a", "label": mark}]}
        case "Chart":
            return {**fields, "series": [{"type": "bar", "dataKey": "y", "label": mark}]}
        case "Transition":
            return {**fields, "children": text}
        case "Table" | "Table.Row" | "ListView":
            return {**fields, "children": [example(CHILDREN[kind], mark)]}
        case _:
            return {**fields, "children": [text]}


def widget_of(node: dict[str, Any]) -> dict[str, Any]:
    match node["type"]:
        case "Card" | "ListView" | "Basic":
            return {"type": "Basic", "children": [node]}
        case "ListViewItem":
            return {"type": "ListView", "children": [node]}
        case "Table.Cell":
            return widget_of({"type": "Table.Row", "children": [node]})
        case "Table.Row":
            return widget_of({"type": "Table", "children": [node]})
        case _:
            return {"type": "Card", "children": [node]}


@pytest.mark.shows("update-kind:widget.component.updated")
@pytest.mark.parametrize("name", ids_of("field:**.id"))
async def test_a_component_is_replaced_by_its_id(bench: Bench, name: str) -> None:
    kind, _ = field_of(name)
    await bench.plain()
    await bench.show(widget_of(example(kind, "one", id="the-one")))
    (item,) = await bench.page.evaluate("Object.values(bench.threads).at(-1).items.data")
    await bench.reply("threads.add_user_message", {"live": True})
    before = await bench.page.evaluate("probe.find('.w-root').innerHTML")
    ends = await bench.chat.told_count("response.end")
    await bench.chat.begin("Go")
    await bench.calls("threads.add_user_message", 1)
    update = {
        "type": "widget.component.updated",
        "component_id": "the-one",
        "component": example(kind, "two", id="the-one"),
    }
    await bench.send({"type": "thread.item.updated", "item_id": item["id"], "update": update})
    await bench.page.wait_for_function("(before) => probe.find('.w-root').innerHTML !== before", arg=before)
    after = await bench.page.evaluate("probe.find('.w-root').innerHTML")
    if kind not in ("Icon", "Divider", "Spacer"):
        assert ("two" in after, "one" in after.replace("none", "").replace("-one", "")) == (True, False)
    await bench.page.evaluate("bench.end(); bench.calls.length = 0")
    await bench.chat.told_name("response.end", ends + 1)


@pytest.mark.parametrize("name", ids_of("field:**.key"))
async def test_a_key_says_which_component_is_which(bench: Bench, name: str) -> None:
    """The node of a component that moves moves with it; of one with another key a new one is made."""
    kind, _ = field_of(name)
    await bench.plain()

    def widget(*keys: str) -> dict[str, Any]:
        nodes = [example(kind, "one", key=key) for key in keys]
        whole = widget_of(nodes[0])
        place = whole
        while place["children"][0] is not nodes[0]:
            place = place["children"][0]
        place["children"] = nodes
        return whole

    await bench.show(widget("a", "b"))
    (item,) = await bench.page.evaluate("Object.values(bench.threads).at(-1).items.data")
    places = {"ListViewItem": ".w-item", "Table.Cell": "td", "Table.Row": "tr"}
    places |= dict.fromkeys(("Card", "ListView", "Basic"), ".w-root > .w-basic > *")
    selector = places.get(kind, ".w-card-body > *")
    await bench.page.evaluate("(selector) => { window.kept = probe.all(selector); }", selector)
    assert await bench.page.evaluate("kept.length") == 2
    for keys, expected in ((("b", "a"), [1, 0]), (("c", "b"), [-1, 1])):
        await bench.page.evaluate(
            "([item, widget]) => { Object.values(bench.threads).at(-1).items.data = [{ ...item, widget }]; }",
            [item, widget(*keys)],
        )
        await bench.call("fetchUpdates")
        await bench.chat.frames(1)
        found = await bench.page.evaluate(
            "(selector) => probe.all(selector).map((node) => kept.indexOf(node))", selector
        )
        assert found == expected
