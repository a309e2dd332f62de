"""Fields of controls that are seen: size, variant, colour, shape, icons."""

import pytest
from playwright.async_api import expect

from tests.browser.conformance.bench import Bench
from tests.browser.conformance.variants import PLACES, Check, Variants, differs
from tests.support.inventory import ids_of, values_of

SURFACE = ("background-color", "border-top-color", "border-top-width", "font-weight")


async def full_width(variants: Variants) -> None:
    component = {"Select": ".w-select-frame", "DatePicker": ".w-select-frame"}.get(variants.component, ":scope > *")
    await variants.put(*(variants.node(block=block) for block in (True, False)))
    block, inline = await variants.bench.read(PLACES, component)
    assert block["width"] == 400
    assert inline["width"] < 400


async def rounded(variants: Variants) -> None:
    on, off, absent = await variants.read([True, False, None], "border-top-left-radius", size="3xl")
    radius = [float(row["border-top-left-radius"].removesuffix("px")) for row in (on, off, absent)]
    assert radius[0] * 2 >= on["height"]
    assert radius[1] == radius[2] < radius[0]


async def switched_off(variants: Variants) -> None:
    await variants.put(variants.node(disabled=True), variants.node())
    controls = variants.bench.widgets.locator("input, textarea, button")
    for at in range(await controls.count() // 2):
        await expect(controls.nth(at)).to_be_disabled()
    await expect(controls.last).to_be_enabled()


async def sized(variants: Variants) -> None:
    """Each size is higher than the one before; the two smallest are as small as a target may be."""
    sizes = ["3xs", "2xs", "xs", "sm", "md", "lg", "xl", "2xl", "3xl"]
    assert sorted(values_of(variants.name)) == sorted(sizes)
    heights = [row["height"] for row in await variants.read(sizes)]
    assert heights[0] == heights[1] >= 24
    assert heights[1:] == sorted(set(heights[1:]))


LOOKS: dict[str, Check] = {
    "variant": differs(*SURFACE),
    "size": sized,
    "pill": rounded,
    "block": full_width,
    "disabled": switched_off,
    "gutterSize": differs("padding-left"),
    "color": differs("background-color"),
    "style": differs("background-color"),
}


@pytest.mark.parametrize(
    "name",
    ids_of(
        "field:{Button,Select,DatePicker,Input,Textarea}.{variant,size,disabled}",
        "field:{Button,Select,DatePicker,Input}.pill",
        "field:{Button,Select,DatePicker}.block",
        "field:{Checkbox,RadioGroup}.disabled",
        "field:{Input,Textarea}.gutterSize",
        "field:Button.{color,style}",
    ),
)
async def test_looks(bench: Bench, name: str) -> None:
    variants = Variants(await bench.plain(), name)
    await LOOKS[variants.field](variants)


# Buttons


async def icon_first(variants: Variants) -> None:
    button = (await variants.one(iconStart="bug")).get_by_role("button", name="Go")
    assert await button.evaluate("(node) => [...node.children].map((child) => child.localName)") == ["svg", "span"]


async def icon_last(variants: Variants) -> None:
    button = (await variants.one(iconEnd="bug")).get_by_role("button", name="Go")
    assert await button.evaluate("(node) => [...node.children].map((child) => child.localName)") == ["span", "svg"]


async def icons_of_all_sizes(variants: Variants) -> None:
    await variants.put(*(variants.node(iconStart="bug", iconSize=size) for size in values_of(variants.name)))
    widths = [row["width"] for row in await variants.bench.read(PLACES, "svg")]
    assert widths == sorted(set(widths))


async def named(variants: Variants) -> None:
    widget = await variants.one(label="Save <b>")
    await expect(widget.get_by_role("button", name="Save <b>")).to_have_text("Save <b>")


async def as_wide_as_high(variants: Variants) -> None:
    on, off = await variants.read([True, None], iconStart="bug", label="Delete it all")
    assert on["width"] == on["height"]
    assert off["width"] > off["height"]
    assert (on["text"], off["text"]) == ("", "Delete it all")


BUTTON: dict[str, Check] = {
    "iconStart": icon_first,
    "iconEnd": icon_last,
    "iconSize": icons_of_all_sizes,
    "label": named,
    "uniform": as_wide_as_high,
}


@pytest.mark.shows("component:Button")
@pytest.mark.parametrize("name", ids_of("field:Button.{iconStart,iconEnd,iconSize,label,uniform}"))
async def test_buttons(bench: Bench, name: str) -> None:
    variants = Variants(await bench.plain(), name)
    await BUTTON[variants.field](variants)


# Fields


async def hint(variants: Variants) -> None:
    empty = {"editable__name": "field", "value": ""} if variants.component == "Text" else {"defaultValue": ""}
    widget = await variants.one(**{variants.field.replace(".", "__"): "Type here"}, **empty)
    if variants.component in ("Select", "DatePicker"):
        await expect(widget.locator("button").first).to_have_text("Type here")
    else:
        await expect(widget.get_by_role("textbox")).to_have_attribute("placeholder", "Type here")


async def filled(variants: Variants) -> None:
    value, shown = {"Select": ("b", "Pear"), "DatePicker": ("2026-11-24", "24 Nov 2026")}.get(
        variants.component, ("xyz", "xyz")
    )
    widget = await variants.one(defaultValue=value)
    if variants.component in ("Select", "DatePicker"):
        await expect(widget.locator("button").first).to_have_text(shown)
    elif variants.component == "RadioGroup":
        await variants.put(variants.node(defaultValue="b"))
        await expect(variants.bench.widgets.get_by_role("radio", name="B")).to_be_checked()
        await expect(variants.bench.widgets.get_by_role("radio", name="A")).not_to_be_checked()
    else:
        await expect(widget.get_by_role("textbox")).to_have_value(shown)


async def ticked(variants: Variants) -> None:
    await variants.put(variants.node(defaultChecked=True), variants.node(name="other"))
    boxes = variants.bench.widgets.get_by_role("checkbox")
    await expect(boxes.nth(0)).to_be_checked()
    await expect(boxes.nth(1)).not_to_be_checked()


async def has_the_focus(variants: Variants) -> None:
    field = variants.field.replace(".", "__")
    named_field = {"editable__name": "field"} if variants.component == "Text" else {}
    widget = await variants.one(**{field: True}, **named_field)
    await expect(widget.get_by_role("textbox")).to_be_focused()
    await variants.put(variants.node(**named_field))
    await expect(variants.bench.widgets.get_by_role("textbox")).not_to_be_focused()


async def all_selected(variants: Variants) -> None:
    field = variants.field.replace(".", "__")
    named_field = {"editable__name": "field", "value": "abc"} if variants.component == "Text" else {}
    await variants.put(variants.node(**{field: True}, **named_field), variants.node(**named_field))
    selected = await variants.bench.page.evaluate(
        """probe.all('.w-root input, .w-root textarea')
            .map((field) => field.value.slice(field.selectionStart, field.selectionEnd))"""
    )
    assert selected == ["abc", ""]


async def left_to_managers(variants: Variants) -> None:
    field = variants.field.replace(".", "__")
    named_field = {"editable__name": "field"} if variants.component == "Text" else {}
    await variants.put(variants.node(**{field: True}, **named_field), variants.node(**named_field))
    ignored = await variants.bench.page.evaluate(
        """probe.all('.w-root input, .w-root textarea')
            .map((field) => [field.autocomplete, field.dataset['1pIgnore'] ?? ''])"""
    )
    assert ignored == [["", ""], ["off", "true"]]


async def of_all_types(variants: Variants) -> None:
    types = values_of(variants.name)
    await variants.put(*(variants.node(inputType=each, defaultValue="") for each in types))
    assert await variants.bench.page.evaluate("probe.all('.w-root input').map((field) => field.type)") == types


async def rows_high(variants: Variants) -> None:
    two, five = await variants.read([2, 5])
    assert 2.5 < (five["height"] - two["height"]) / two["lineHeight"] < 3.5


async def grows(variants: Variants) -> None:
    await variants.put(variants.node(autoResize=True, rows=2, defaultValue=""), variants.node(rows=2, defaultValue=""))
    fields = variants.bench.widgets.get_by_role("textbox")
    heights: list[list[float]] = []
    for text in ("", "1\n2\n3\n4\n5\n6"):
        for at in (0, 1):
            await fields.nth(at).fill(text)
        heights.append([row["height"] for row in await variants.bench.read(PLACES, "textarea")])
    assert heights[0][0] < heights[1][0]
    assert heights[0][1] == heights[1][1]


async def grows_so_far(variants: Variants) -> None:
    text = "\n".join(str(number) for number in range(30))
    four, eight = await variants.read([4, 8], autoResize=True, rows=2, defaultValue=text)
    assert 3.5 < (eight["height"] - four["height"]) / four["lineHeight"] < 4.5
    assert eight["scrollHeight"] > eight["clientHeight"]


async def completed(variants: Variants) -> None:
    widget = await variants.one(editable__name="field", editable__autoComplete="street-address")
    await expect(widget.get_by_role("textbox")).to_have_attribute("autocomplete", "street-address")


async def in_place(variants: Variants) -> None:
    """Text that can be edited, or that cannot."""
    await variants.put(
        variants.node(editable={"name": "field"}, value="Edit me"), variants.node(editable=False, value="Not me")
    )
    field = variants.bench.widgets.get_by_role("textbox")
    await expect(field).to_have_value("Edit me")
    await expect(variants.bench.widgets.get_by_text("Not me")).to_be_visible()


async def lying_or_standing(variants: Variants) -> None:
    row, col = await variants.read(["row", "col"], "flex-direction")
    assert (row["flex-direction"], col["flex-direction"]) == ("row", "column")


async def described(variants: Variants) -> None:
    widget = await variants.one(ariaLabel="Where to sit")
    await expect(widget.get_by_role("radiogroup", name="Where to sit")).to_be_visible()


async def beside_its_box(variants: Variants) -> None:
    widget = await variants.one(label="I <agree>")
    await widget.get_by_text("I <agree>").click()
    await expect(widget.get_by_role("checkbox", name="I <agree>")).to_be_checked()


FIELDS: dict[str, Check] = {
    "placeholder": hint,
    "editable.placeholder": hint,
    "defaultValue": filled,
    "defaultChecked": ticked,
    "autoFocus": has_the_focus,
    "editable.autoFocus": has_the_focus,
    "autoSelect": all_selected,
    "editable.autoSelect": all_selected,
    "allowAutofillExtensions": left_to_managers,
    "editable.allowAutofillExtensions": left_to_managers,
    "inputType": of_all_types,
    "rows": rows_high,
    "autoResize": grows,
    "maxRows": grows_so_far,
    "editable.autoComplete": completed,
    "editable": in_place,
    "direction": lying_or_standing,
    "ariaLabel": described,
    "label": beside_its_box,
}


@pytest.mark.parametrize(
    "name",
    ids_of(
        "field:{Input,Textarea,Select,DatePicker}.{placeholder,defaultValue}",
        "field:RadioGroup.{defaultValue,direction,ariaLabel}",
        "field:Checkbox.{defaultChecked,label}",
        "field:{Input,Textarea,Text.editable}.{autoFocus,autoSelect,allowAutofillExtensions}",
        "field:Text.editable.{placeholder,autoComplete}",
        "field:Text.editable",
        "field:Input.inputType",
        "field:Textarea.{rows,autoResize,maxRows}",
    ),
)
async def test_fields(bench: Bench, name: str) -> None:
    variants = Variants(await bench.plain(), name)
    await FIELDS[variants.field](variants)
