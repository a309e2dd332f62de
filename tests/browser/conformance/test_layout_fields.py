"""Fields of containers, texts and pictures: what the browser computes for them."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conformance.bench import PIXEL, Bench
from tests.browser.conformance.variants import TEXT, Check, Variants, css, differs, switch
from tests.support.inventory import ids_of, values_of

RED, BLUE = "rgb(255, 0, 0)", "rgb(0, 0, 255)"
THEMED = {"light": "#ff0000", "dark": "#0000ff"}
SIDES = ("top", "right", "bottom", "left")


def lengths(*properties: str, unit: int = 1, place: dict[str, Any] | None = None) -> Check:
    """A number counts in units, a string is a length; what is none is ignored."""
    return css(*properties, cases=[(6, f"{6 * unit}px"), ("30px", "30px"), ("calc(10px + 1px)", "11px")], place=place)


def distances(kind: str) -> Check:
    """Of all sides at once, or of each, in units of 4 px."""

    async def check(variants: Variants) -> None:
        properties = [f"{kind}-{side}" for side in SIDES]
        values = [2, "3px", {"x": 1, "top": 2}, {"left": 1, "y": 3}, {"right": 4, "bottom": "5px"}]
        rows = await variants.read(values, *properties)
        assert [[row[name] for name in properties] for row in rows][:2] == [["8px"] * 4, ["3px"] * 4]
        assert [rows[2][name] for name in properties[:2]] == ["8px", "4px"]
        assert rows[2][f"{kind}-left"] == "4px"
        assert [rows[3][f"{kind}-{side}"] for side in ("top", "bottom", "left")] == ["12px", "12px", "4px"]
        assert [rows[4][f"{kind}-{side}"] for side in ("right", "bottom")] == ["16px", "5px"]

    return check


SURFACES = [
    {},
    {"color": {"surface": {"background": "#fffbe6", "foreground": "#2b2400"}}},
    {"color": {"grayscale": {"hue": 220, "tint": 9, "shade": 4}}},
    {"color": {"accent": {"primary": "#0066ff", "level": 3}}},
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", SURFACES)
async def test_named_backgrounds_differ_in_every_theme(bench: Bench, scheme: str, theme: dict[str, Any]) -> None:
    names = ["primary", "secondary", "surface", "surface-elevated"]
    boxes = [{"type": "Box", "children": [{"type": "Box", "background": name, "children": [TEXT]}]} for name in names]
    await bench.start(theme={**theme, "colorScheme": scheme})
    await bench.show({"type": "Card", "children": boxes})
    colours = [
        row["background-color"] for row in await bench.read(".w-box:has(> .w-box)", ".w-box", "background-color")
    ]
    assert len(colours) == len(names)
    assert len(set(colours)) == len(names), colours
    assert "rgba(0, 0, 0, 0)" not in colours


def colours(property: str) -> Check:
    return css(property, cases=[("#ff0000", RED), ("rgb(0 0 255)", BLUE), (THEMED, RED)])


async def borders(variants: Variants) -> None:
    names = [f"border-{side}-{what}" for side in SIDES for what in ("width", "style", "color")]
    values = [2, {"size": 3, "style": "dashed", "color": "#ff0000"}, {"x": 1, "bottom": {"size": 4}}]
    plain, whole, some = await variants.read(values, *names)
    assert [plain[f"border-{side}-width"] for side in SIDES] == ["2px"] * 4
    assert {
        (whole[f"border-{side}-width"], whole[f"border-{side}-style"], whole[f"border-{side}-color"]) for side in SIDES
    } == {("3px", "dashed", RED)}
    assert [some[f"border-{side}-width"] for side in SIDES] == ["0px", "1px", "4px", "1px"]


async def shown_children(variants: Variants) -> None:
    some, none = await variants.read([[TEXT, {"type": "Badge", "label": "!"}], []])
    assert (some["text"], none["text"]) == ("Some text!", "")


async def growing(variants: Variants) -> None:
    """Takes the room that is left in its row."""
    await variants.put(
        variants.node(flex=1), variants.node(flex="none", width=50), variants.node(flex="0 0 80px"), direction="row"
    )
    rows = await variants.bench.read(".w-root > * > *", ":scope > *", "flex")
    assert [row["flex"] for row in rows] == ["1 1 0%", "0 0 auto", "0 0 80px"]
    assert [row["width"] for row in rows] == [400, 50, 80]


FLOW: dict[str, Check] = {
    "children": shown_children,
    "align": differs("align-items"),
    "justify": differs("justify-content"),
    "wrap": differs("flex-wrap"),
    "gap": lengths("row-gap", unit=4),
    "padding": distances("padding"),
    "border": borders,
    "background": colours("background-color"),
    "direction": differs("flex-direction"),
    "flex": growing,
}
BLOCK: dict[str, Check] = {
    "height": lengths("height"),
    "width": lengths("width"),
    "size": lengths("width", "height"),
    "minHeight": lengths("min-height"),
    "minWidth": lengths("min-width"),
    "minSize": lengths("min-width", "min-height"),
    "maxHeight": lengths("max-height"),
    "maxWidth": lengths("max-width"),
    "maxSize": lengths("max-width", "max-height"),
    "aspectRatio": css("aspect-ratio", cases={2: "2 / 1", "16/9": "16 / 9", "auto": "auto"}),
    "radius": differs("border-top-left-radius", "border-bottom-right-radius"),
    "margin": distances("margin"),
}


@pytest.mark.parametrize(
    "name",
    ids_of(
        "field:{Box,Row,Col,Form}.{children,align,justify,wrap,gap,padding,border,background,flex}",
        "field:{Box,Form}.direction",
    ),
)
async def test_containers(bench: Bench, name: str) -> None:
    variants = Variants(await bench.plain(), name)
    await FLOW[variants.field](variants)


@pytest.mark.parametrize(
    "name",
    ids_of(
        "field:{Box,Row,Col,Form,Image}.{height,width,size,minHeight,minWidth,minSize,maxHeight,maxWidth,maxSize,aspectRatio,radius,margin}"
    ),
)
async def test_sizes(bench: Bench, name: str) -> None:
    variants = Variants(await bench.plain(), name)
    await BLOCK[variants.field](variants)


LONG = {"type": "Text", "value": "What stands beside it is longer than the room that is left for it in the row. " * 4}
FIXED: dict[str, dict[str, Any]] = {
    "box": {"type": "Box", "width": 100, "height": 20},
    "size": {"type": "Box", "size": 100},
    "length": {"type": "Box", "width": "100px"},
    "row": {"type": "Row", "width": 100, "children": [{"type": "Text", "value": "A few words"}]},
    "column": {"type": "Col", "width": 100, "children": [{"type": "Text", "value": "A few words"}]},
    "empty column": {"type": "Col", "width": 100, "height": 8},
    "text": {"type": "Text", "value": "A few words", "width": 100},
    "image": {"type": "Image", "src": PIXEL, "width": 100, "height": 40},
    "chart": {"type": "Chart", "data": [{"x": "a", "y": 1}], "series": [], "xAxis": "x", "width": 100, "height": 60},
}
BESIDE: dict[str, dict[str, Any]] = {
    "text": LONG,
    "title": {**LONG, "type": "Title"},
    "column": {"type": "Col", "children": [LONG, LONG]},
    "column that grows": {"type": "Col", "flex": "auto", "children": [LONG]},
    "column with a share": {"type": "Col", "flex": 1, "children": [LONG]},
    "wide button": {"type": "Button", "label": "Go", "block": True},
    "chart": {"type": "Chart", "data": [{"x": "a", "y": 1}], "series": [], "xAxis": "x"},
    "markdown": {"type": "Markdown", "value": LONG["value"]},
}


@pytest.mark.parametrize("around", ["Row", "Box", "ListViewItem"])
async def test_what_has_a_size_keeps_it_beside_what_has_none(bench: Bench, around: str) -> None:
    await bench.plain()
    pairs = [(fixed, beside) for fixed in FIXED for beside in BESIDE]
    rows: list[dict[str, Any]] = [
        {"type": around, "direction": "row", "children": [FIXED[fixed], BESIDE[beside]]} for fixed, beside in pairs
    ]
    if around == "ListViewItem":
        await bench.show({"type": "ListView", "limit": len(rows), "children": rows})
        outer = ".w-item-content"
    else:
        await bench.show({"type": "Card", "size": "sm", "children": rows})
        outer = ".w-card-body > .w-row"
    await expect(bench.page.locator(f"{outer} .w-chart-plot").last).to_be_visible()
    widths = await bench.page.evaluate(
        "(outer) => probe.all(outer).map((row) => Math.round(row.firstElementChild.getBoundingClientRect().width))",
        outer,
    )
    assert dict(zip(pairs, widths, strict=True)) == dict.fromkeys(pairs, 100)


@pytest.mark.parametrize("kind", ["Box", "Image"])
async def test_sizes_that_do_not_fit_together_shrink_and_are_not_cut_off(bench: Bench, kind: str) -> None:
    await bench.plain()
    boxes = [{"type": kind, "src": PIXEL, "width": 100, "height": 20} for _ in range(6)]
    await bench.show({"type": "Card", "size": "sm", "children": [{"type": "Row", "children": [*boxes, LONG]}]})
    row, *children = await bench.page.evaluate(
        """probe.all('.w-card-body > .w-row').flatMap((row) => [row, ...row.children])
            .map((node) => node.getBoundingClientRect().toJSON())"""
    )
    assert children[-1]["right"] <= row["right"] + 1
    assert {round(box["width"]) for box in children[:-1]} == {round(row["width"] / 6)}


@pytest.mark.parametrize(
    ("kind", "direction"), [("Row", "row"), ("Col", "column"), ("Box", "column"), ("Form", "column")]
)
@pytest.mark.shows("component:Row", "component:Col", "component:Box", "component:Form")
async def test_rows_and_columns_lay_out_their_children(bench: Bench, kind: str, direction: str) -> None:
    await bench.start()
    await bench.show({"type": "Basic", "children": [{"type": kind, "children": [TEXT, TEXT]}]})
    (row,) = await bench.read(".w-root > *", ":scope > *", "flex-direction")
    assert row["flex-direction"] == direction
    first, second = [await bench.widgets.get_by_text("Some text").nth(at).bounding_box() for at in (0, 1)]
    assert first is not None
    assert second is not None
    assert (second["y"] > first["y"]) == (direction == "column")
    assert (second["x"] > first["x"]) == (direction == "row")


# Values that fields share


@pytest.mark.parametrize("name", ids_of("type:Spacing.*"))
async def test_spacing(bench: Bench, name: str) -> None:
    side = name.rpartition(".")[2]
    variants = Variants(await bench.plain(), "field:Box.padding")
    properties = [f"padding-{each}" for each in SIDES]
    number, length = await variants.read([{side: 2}, {side: "5px"}], *properties)
    touched = {"x": ("right", "left"), "y": ("top", "bottom")}.get(side, (side,))
    for row, expected in ((number, "8px"), (length, "5px")):
        assert {each for each in SIDES if row[f"padding-{each}"] == expected} == set(touched)
        assert {row[f"padding-{each}"] for each in SIDES if each not in touched} <= {"0px"}


@pytest.mark.parametrize("name", ids_of("type:Borders.*"))
async def test_borders(bench: Bench, name: str) -> None:
    side = name.rpartition(".")[2]
    variants = Variants(await bench.plain(), "field:Box.border")
    properties = [f"border-{each}-width" for each in SIDES]
    number, line = await variants.read([{side: 2}, {side: {"size": 3, "style": "double"}}], *properties)
    touched = {"x": ("right", "left"), "y": ("top", "bottom")}.get(side, (side,))
    for row, expected in ((number, "2px"), (line, "3px")):
        assert {each for each in SIDES if row[f"border-{each}-width"] == expected} == set(touched)


BORDER: dict[str, tuple[str, dict[str, Any]]] = {
    "size": ("border-top-width", {"1px": {"size": 1}, "4px": {"size": 4}}),
    "color": (
        "border-top-color",
        {RED: {"size": 1, "color": "#ff0000"}, BLUE: {"size": 1, "color": {"light": "#0000ff", "dark": "#ff0000"}}},
    ),
    "style": ("border-top-style", {style: {"size": 3, "style": style} for style in values_of("type:Border.style")}),
}


@pytest.mark.parametrize("name", ids_of("type:Border.*"))
async def test_a_border(bench: Bench, name: str) -> None:
    style, cases = BORDER[name.rpartition(".")[2]]
    variants = Variants(await bench.plain(), "field:Box.border")
    rows = await variants.read(list(cases.values()), style)
    assert [row[style] for row in rows] == list(cases)


@pytest.mark.parametrize("name", ids_of("type:ThemeColor.*"))
async def test_a_colour_for_each_scheme(bench: Bench, name: str) -> None:
    scheme = name.rpartition(".")[2]
    variants = Variants(await bench.start(theme=scheme), "field:Box.background")
    both, only = await variants.read([THEMED, {scheme: "#0000ff"}], "background-color")
    assert both["background-color"] == {"light": RED, "dark": BLUE}[scheme]
    assert only["background-color"] == BLUE


# Text


async def cut_off(variants: Variants) -> None:
    on, off = await variants.read([True, None], "text-overflow")
    assert on["height"] < off["height"]
    assert on["scrollWidth"] > on["clientWidth"]
    assert on["text-overflow"] == "ellipsis"


async def clamped(variants: Variants) -> None:
    one, two, all_of_it = await variants.read([1, 2, None], "overflow")
    assert abs(one["height"] - one["lineHeight"]) < 1
    assert abs(two["height"] - 2 * two["lineHeight"]) < 1
    assert two["scrollHeight"] > two["clientHeight"]
    assert all_of_it["height"] > two["height"]


async def padded(variants: Variants) -> None:
    three, none = await variants.read([3, None], value="Short")
    assert abs(three["height"] - 3 * three["lineHeight"]) < 1
    assert none["height"] < three["height"]


async def said(variants: Variants) -> None:
    plain, marked, numeric = await variants.read(["One **two**", "<b>x</b>", "0"])
    assert [plain["text"], marked["text"], numeric["text"]] == ["One **two**", "<b>x</b>", "0"]


TEXTS: dict[str, Check] = {
    "value": said,
    "color": colours("color"),
    "weight": differs("font-weight"),
    "textAlign": differs("text-align"),
    "truncate": cut_off,
    "maxLines": clamped,
    "size": differs("font-size"),
    "italic": css("font-style", cases={True: "italic", False: "normal"}),
    "lineThrough": css("text-decoration-line", cases={True: "line-through", False: "none"}),
    "width": css("width", cases={120: "120px", "50%": "200px"}),
    "minLines": padded,
}


@pytest.mark.parametrize(
    "name",
    ids_of(
        "field:{Title,Caption}.{value,color,weight,textAlign,truncate,maxLines,size}",
        "field:Text.{value,color,weight,textAlign,truncate,maxLines,size,italic,lineThrough,width,minLines}",
        "field:Label.{value,size,weight,textAlign,color}",
    ),
)
async def test_texts(bench: Bench, name: str) -> None:
    variants = Variants(await bench.plain(), name)
    await TEXTS[variants.field](variants)


@pytest.mark.shows("component:Title", "component:Caption", "component:Text", "component:Badge")
async def test_a_title_is_a_heading_and_the_others_are_not(bench: Bench) -> None:
    await bench.start()
    kinds = [{"type": kind, "value": f"A {kind}"} for kind in ("Title", "Caption", "Text")]
    await bench.show({"type": "Card", "children": [*kinds, {"type": "Badge", "label": "A Badge"}]})
    assert await bench.widgets.get_by_role("heading").all_text_contents() == ["A Title"]
    for kind in ("Title", "Caption", "Text", "Badge"):
        assert await bench.widgets.get_by_text(f"A {kind}", exact=True).count() == 1


BADGE: dict[str, Check] = {
    "label": css("display", cases={"New": "flex"}),
    "color": differs("color"),
    "variant": differs("background-color", "border-top-color"),
    "size": differs("height", "font-size"),
    "pill": switch("padding-left"),
}


async def labelled(variants: Variants) -> None:
    one, other = await variants.read(["New", "<i>Old</i>"])
    assert [one["text"], other["text"]] == ["New", "<i>Old</i>"]


@pytest.mark.parametrize("name", ids_of("field:Badge.{label,color,variant,size,pill}"))
async def test_badges(bench: Bench, name: str) -> None:
    variants = Variants(await bench.plain(), name)
    await {**BADGE, "label": labelled}[variants.field](variants)


# Pictures and lines


async def drawn(variants: Variants) -> None:
    await variants.put(*({"type": "Icon", "name": name} for name in values_of("type:WidgetIcon")))
    paths = await variants.bench.page.evaluate(
        """probe.all('.w-root svg').map((svg) =>
            [...svg.querySelectorAll('path')].map((path) => path.getAttribute('d')).join())"""
    )
    assert len(paths) == len(values_of("type:WidgetIcon"))
    assert all(paths)


ICON: dict[str, Check] = {"name": drawn, "color": colours("color"), "size": differs("font-size", "width")}


@pytest.mark.shows("component:Icon", "type:WidgetIcon")
@pytest.mark.parametrize("name", ids_of("field:Icon.{name,color,size}"))
async def test_icons(bench: Bench, name: str) -> None:
    variants = Variants(await bench.plain(), name)
    await ICON[variants.field](variants)


async def framed(variants: Variants) -> None:
    on, off = await variants.read([True, None], "border-top-width")
    assert (on["border-top-width"], off["border-top-width"]) == ("1px", "0px")


async def to_the_edge(variants: Variants) -> None:
    """Of a card, at both sides; and above when it comes first."""
    pictures = [{"type": "Image", "src": PIXEL, "alt": "x", "height": 40, "flush": flush} for flush in (True, False)]
    await variants.bench.show(*({"type": "Card", "children": [picture, TEXT]} for picture in pictures))
    flush, inset = await variants.bench.page.evaluate(
        """probe.all('.w-root > *').map((card) => {
            const [a, b] = [card, card.querySelector('img')].map((each) => each.getBoundingClientRect());
            return [b.left - a.left, a.right - b.right, b.top - a.top];
        })"""
    )
    assert max(flush) <= 1
    assert min(inset[0], inset[2]) >= 12


IMAGE: dict[str, Check] = {
    "frame": framed,
    "flush": to_the_edge,
    "fit": differs("object-fit"),
    "position": differs("object-position"),
    "background": colours("background-color"),
    "flex": css("flex", cases={2: "2 1 0%", "none": "0 0 auto"}),
}


@pytest.mark.parametrize("name", ids_of("field:Image.{frame,flush,fit,position,background,flex}"))
async def test_pictures(bench: Bench, name: str) -> None:
    variants = Variants(await bench.plain(), name)
    await IMAGE[variants.field](variants)


@pytest.mark.shows("component:Image", "field:Image.src", "field:Image.alt")
async def test_a_picture_loads_and_has_its_text(bench: Bench) -> None:
    await bench.start()
    await bench.show(
        {
            "type": "Card",
            "children": [
                {"type": "Image", "src": PIXEL, "alt": "Two dots"},
                {"type": "Image", "src": "https://elsewhere.example/a.png", "alt": "Not from here"},
            ],
        },
        allowed_image_domains=[],
    )
    picture = bench.widgets.get_by_role("img", name="Two dots")
    assert await picture.evaluate("(image) => image.decode().then(() => [image.naturalWidth, image.tagName])") == [
        2,
        "IMG",
    ]
    assert await bench.widgets.get_by_role("img", name="Not from here").evaluate("(node) => node.tagName") != "IMG"


async def thick(variants: Variants) -> None:
    rows = await variants.read([3, "5px"], place={"align": "stretch"})
    assert [row["height"] for row in rows] == [3, 5]


async def to_the_edges(variants: Variants) -> None:
    await variants.bench.show(
        *({"type": "Card", "children": [TEXT, {"type": "Divider", "flush": flush}, TEXT]} for flush in (True, False))
    )
    flush, inset = await variants.bench.page.evaluate(
        """probe.all('.w-root > *').map((card) =>
            card.clientWidth - card.querySelector('hr').getBoundingClientRect().width)"""
    )
    assert flush <= 1
    assert inset >= 24


DIVIDER: dict[str, Check] = {
    "color": colours("background-color"),
    "size": thick,
    "spacing": lengths("margin-top", "margin-bottom", unit=4),
    "flush": to_the_edges,
}


@pytest.mark.shows("component:Divider")
@pytest.mark.parametrize("name", ids_of("field:Divider.{color,size,spacing,flush}"))
async def test_dividers(bench: Bench, name: str) -> None:
    variants = Variants(await bench.plain(), name)
    await DIVIDER[variants.field](variants)


@pytest.mark.shows("component:Spacer", "field:Spacer.minSize")
async def test_a_spacer_takes_what_is_left_and_at_least_its_size(bench: Bench) -> None:
    await bench.start()
    row = {
        "type": "Row",
        "width": 400,
        "children": [
            {"type": "Box", "width": 50, "children": []},
            {"type": "Spacer"},
            {"type": "Box", "width": 50, "children": []},
        ],
    }
    tight = {
        "type": "Row",
        "width": 100,
        "children": [{"type": "Box", "width": 80, "children": []}, {"type": "Spacer", "minSize": 40}],
    }
    await bench.show({"type": "Basic", "children": [row, tight]})
    wide, least = await bench.read(".w-root > * > *", ".w-spacer")
    assert (wide["width"], least["width"]) == (300, 40)


# Tables

CELL: dict[str, Check] = {
    "width": css("width", cases={120: "120px", "180px": "180px"}),
    "padding": css("padding-top", cases=[({"top": 1}, "4px"), ({"y": 3}, "12px"), ({"top": "7px"}, "7px")]),
    "align": differs("text-align"),
    "vAlign": differs("vertical-align"),
    "colSize": differs("min-width"),
}


@pytest.mark.shows("component:Table.Cell")
@pytest.mark.parametrize("name", ids_of("field:Table.Cell.{width,padding,align,vAlign,colSize}"))
async def test_cells(bench: Bench, name: str) -> None:
    variants = Variants(await bench.plain(), name)
    await CELL[variants.field](variants)


@pytest.mark.shows(
    "component:Table",
    "component:Table.Row",
    "field:Table.children",
    "field:Table.Row.children",
    "field:Table.Row.header",
    "field:Table.Cell.children",
    "field:Table.Cell.colSpan",
    "field:Table.Cell.rowSpan",
)
async def test_a_table_has_rows_headers_and_spans(bench: Bench) -> None:
    await bench.start()

    def cell(text: str, **more: Any) -> dict[str, Any]:
        return {"type": "Table.Cell", "children": [{"type": "Text", "value": text}], **more}

    rows = [
        {"type": "Table.Row", "header": True, "children": [cell("City"), cell("Nights"), cell("Price")]},
        {"type": "Table.Row", "children": [cell("Paris", rowSpan=2), cell("2 for 90", colSpan=2)]},
        {"type": "Table.Row", "children": [cell("3"), cell("120")]},
    ]
    await bench.show({"type": "Card", "children": [{"type": "Table", "children": rows}]})
    table = bench.widgets.get_by_role("table")
    assert await table.get_by_role("columnheader").all_text_contents() == ["City", "Nights", "Price"]
    assert await table.get_by_role("row").count() == 3
    assert await table.get_by_role("cell").all_text_contents() == ["Paris", "2 for 90", "3", "120"]
    left, wide, below = [await table.get_by_role("cell").nth(at).bounding_box() for at in (0, 1, 2)]
    assert left is not None
    assert wide is not None
    assert below is not None
    assert left["height"] > wide["height"] * 1.8
    assert wide["width"] > below["width"] * 1.5


# What holds for every component


@pytest.mark.shows(
    "component:Markdown",
    "field:Markdown.value",
    "field:Markdown.streaming",
    "field:Text.streaming",
    "component:Transition",
    "field:Transition.children",
)
async def test_text_streams_and_a_child_takes_the_others_place(bench: Bench) -> None:
    await bench.start()
    await bench.reply("threads.create", {"live": True})
    await bench.chat.begin("Go")
    await bench.calls("threads.create", 1)

    def card(text: str, markdown: str, child: dict[str, Any], streaming: bool) -> dict[str, Any]:
        children = [
            {"type": "Text", "id": "t", "value": text, "streaming": streaming},
            {"type": "Markdown", "id": "m", "value": markdown, "streaming": streaming},
            {"type": "Transition", "children": child},
        ]
        return {
            "id": "wid",
            "thread_id": "t",
            "created_at": "2026-01-01T00:00:00Z",
            "type": "widget",
            "widget": {"type": "Card", "children": children},
        }

    first = card("Hel", "A **bo", {"type": "Title", "value": "Before"}, True)
    await bench.send({"type": "thread.item.added", "item": first})
    strong = bench.widgets.locator("strong")
    await bench.chat.page.wait_for_function("() => probe.find('.w-root strong')?.textContent === 'bo'")
    assert await bench.widgets.locator("p[aria-busy]").text_content() == "Hel"
    delta = {"type": "widget.streaming_text.value_delta", "component_id": "t", "delta": "lo", "done": False}
    await bench.send({"type": "thread.item.updated", "item_id": "wid", "update": delta})
    await bench.page.wait_for_function("() => probe.find('.w-root p').textContent === 'Hello'")
    await bench.send(
        {
            "type": "thread.item.done",
            "item": card("Hello", "A **bold** word", {"type": "Caption", "value": "After"}, False),
        }
    )
    await bench.end()
    await bench.chat.idle()
    assert await strong.text_content() == "bold"
    assert await bench.widgets.locator("[aria-busy]").count() == 0
    assert await bench.widgets.get_by_text("Before").count() == 0
    assert await bench.widgets.get_by_text("After").is_visible()
