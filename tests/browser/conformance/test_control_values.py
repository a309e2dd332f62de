"""Controls at work: what they send, when, and what keeps them from it."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conformance.bench import Bench
from tests.browser.conformance.variants import BASE
from tests.support.inventory import field_of, ids_of, values_of

SAVE = {"type": "Button", "label": "Save", "submit": True}
ACT = {"type": "act", "payload": {"id": 7}}


def control(kind: str, **fields: Any) -> dict[str, Any]:
    base = {"value": "abc", "editable": {"name": "field"}} if kind == "Text" else BASE[kind]
    return {"type": kind, **base, **fields}


def form(*children: dict[str, Any], **fields: Any) -> dict[str, Any]:
    fields = {"onSubmitAction": {"type": "save"}, **fields}
    return {"type": "Card", "children": [{"type": "Form", "children": [*children, SAVE], **fields}]}


async def sent(bench: Bench, count: int = 1) -> list[dict[str, Any]]:
    """The actions that the server was asked to run, of the widget that is shown."""
    calls = await bench.calls("threads.custom_action", count)
    assert all(call["params"]["item_id"].startswith("itm_") for call in calls)
    return [call["params"]["action"] for call in calls]


async def save(bench: Bench) -> dict[str, Any]:
    """The payload that a form sends."""
    await bench.widgets.get_by_role("button", name="Save").click()
    (action,) = await sent(bench)
    assert action["type"] == "save"
    return action["payload"]


# Names and values: what of each control goes with its form

SENT: dict[str, Any] = {
    "Input": "abc",
    "Textarea": "abc",
    "Text": "abc",
    "Select": None,
    "DatePicker": None,
    "Checkbox": False,
    "RadioGroup": None,
}


@pytest.mark.parametrize(
    "name", ids_of("field:{Input,Textarea,Select,DatePicker,Checkbox,RadioGroup}.name", "field:Text.editable.name")
)
async def test_a_name_is_the_key_of_the_value(bench: Bench, name: str) -> None:
    kind, _ = field_of(name)
    await bench.start()
    renamed = {"editable": {"name": "deep.er"}} if kind == "Text" else {"name": "deep.er"}
    await bench.show(form(control(kind, **renamed)))
    assert await save(bench) == {"deep": {"er": SENT[kind]}}


@pytest.mark.shows("component:Form", "field:Form.onSubmitAction", "field:Button.submit", "component:Input")
async def test_a_form_sends_its_values_by_button_and_by_enter(bench: Bench) -> None:
    await bench.start()
    await bench.show(form(control("Input", defaultValue=""), onSubmitAction={"type": "save", "payload": {"id": 1}}))
    field = bench.widgets.get_by_role("textbox")
    await field.fill("by hand")
    await field.press("Enter")
    await sent(bench, 1)
    await bench.chat.idle()
    await bench.widgets.get_by_role("button", name="Save").click()
    first, second = await sent(bench, 2)
    assert first == second == {"type": "save", "payload": {"id": 1, "field": "by hand"}}


# Choices


@pytest.mark.shows(
    "component:Select",
    "field:Select.options",
    "field:Select.options[].label",
    "field:Select.options[].value",
    "field:Select.onChangeAction",
)
async def test_a_select_sends_the_value_of_the_option(bench: Bench) -> None:
    await bench.start()
    await bench.show({"type": "Card", "children": [control("Select", onChangeAction=ACT)]})
    await bench.widgets.get_by_role("combobox").click()
    options = bench.page.get_by_role("option")
    assert await options.all_text_contents() == ["Apple", "Pear"]
    await options.filter(has_text="Pear").click()
    assert await sent(bench) == [{"type": "act", "payload": {"id": 7, "field": "b"}}]
    await expect(bench.widgets.get_by_role("combobox")).to_have_text("Pear")


@pytest.mark.shows("own:Select.options[].description", "own:Select.options[].disabled")
async def test_an_option_has_a_second_line_and_can_be_disabled(bench: Bench) -> None:
    await bench.start()
    options = [
        {"value": "a", "label": "Apple", "description": "Red"},
        {"value": "b", "label": "Pear", "disabled": True},
    ]
    await bench.show({"type": "Card", "children": [control("Select", options=options, onChangeAction=ACT)]})
    await bench.widgets.get_by_role("combobox").click()
    await expect(bench.page.get_by_role("option", name="Apple")).to_contain_text("Red")
    await expect(bench.page.get_by_role("option", name="Pear")).to_be_disabled()
    await bench.page.get_by_role("option", name="Pear").click(force=True)
    await expect(bench.page.get_by_role("option", name="Pear")).to_be_visible()
    assert await bench.calls("threads.custom_action") == []


@pytest.mark.shows("field:Select.searchable")
async def test_a_list_has_a_search_field_when_it_is_told_to(bench: Bench) -> None:
    await bench.start()
    await bench.show(
        *({"type": "Card", "children": [control("Select", searchable=wanted)]} for wanted in (True, False))
    )
    await bench.widgets.nth(1).get_by_role("combobox").click()
    await expect(bench.page.get_by_role("option")).to_have_count(2)
    await expect(bench.page.get_by_role("combobox", name="Search")).to_have_count(0)
    await bench.page.keyboard.press("Escape")
    await bench.widgets.nth(0).get_by_role("combobox").click()
    await bench.page.get_by_role("combobox", name="Search").fill("pea")
    await expect(bench.page.get_by_role("option")).to_have_text(["Pear"])


@pytest.mark.parametrize("name", ids_of("field:{Select,DatePicker}.clearable"))
async def test_a_value_can_be_cleared(bench: Bench, name: str) -> None:
    kind, _ = field_of(name)
    value = {"Select": "a", "DatePicker": "2026-11-24"}[kind]
    await bench.start()
    kept = control(kind, defaultValue=value, name="kept")
    await bench.show(form(kept, control(kind, defaultValue=value, clearable=True)))
    await bench.widgets.get_by_role("button", name="Clear").click()
    assert await save(bench) == {"kept": value, "field": None}


@pytest.mark.shows(
    "component:RadioGroup",
    "field:RadioGroup.options",
    "field:RadioGroup.options[].label",
    "field:RadioGroup.options[].value",
    "field:RadioGroup.options[].disabled",
    "field:RadioGroup.onChangeAction",
)
async def test_a_radio_group_sends_the_value_of_the_option(bench: Bench) -> None:
    await bench.start()
    options = [
        {"value": "w", "label": "Window"},
        {"value": "a", "label": "Aisle"},
        {"value": "m", "label": "Middle", "disabled": True},
    ]
    await bench.show({"type": "Card", "children": [control("RadioGroup", options=options, onChangeAction=ACT)]})
    await expect(bench.widgets.get_by_role("radio")).to_have_count(3)
    await expect(bench.widgets.get_by_role("radio", name="Middle")).to_be_disabled()
    await bench.widgets.get_by_role("radio", name="Aisle").check()
    assert await sent(bench) == [{"type": "act", "payload": {"id": 7, "field": "a"}}]


@pytest.mark.shows("component:Checkbox", "field:Checkbox.onChangeAction")
async def test_a_checkbox_sends_whether_it_is_ticked(bench: Bench) -> None:
    await bench.start()
    await bench.show({"type": "Card", "children": [control("Checkbox", onChangeAction={**ACT, "streaming": False})]})
    await bench.widgets.get_by_role("checkbox").check()
    await bench.calls("threads.sync_custom_action", 1)
    await bench.widgets.get_by_role("checkbox").uncheck()
    calls = await bench.calls("threads.sync_custom_action", 2)
    assert [call["params"]["action"]["payload"] for call in calls] == [
        {"id": 7, "field": True},
        {"id": 7, "field": False},
    ]


@pytest.mark.shows(
    "component:DatePicker", "field:DatePicker.onChangeAction", "field:DatePicker.min", "field:DatePicker.max"
)
async def test_a_day_within_the_limits_is_chosen(bench: Bench) -> None:
    await bench.start()
    limits = {"min": "2026-11-10", "max": "2026-11-20T00:00:00Z", "defaultValue": "2026-11-15"}
    await bench.show({"type": "Card", "children": [control("DatePicker", onChangeAction=ACT, **limits)]})
    await bench.widgets.get_by_role("button").click()
    grid = bench.page.get_by_role("grid", name="November 2026")
    days = grid.get_by_role("gridcell").get_by_role("button")
    await expect(days.first).to_be_visible()
    allowed = await days.evaluate_all(
        "(days) => days.filter((day) => day.ariaDisabled !== 'true').map((day) => day.textContent)"
    )
    assert allowed == [str(day) for day in range(10, 21)]
    await grid.get_by_role("button", name=re.compile("18 November 2026")).click()
    assert await sent(bench) == [{"type": "act", "payload": {"id": 7, "field": "2026-11-18"}}]
    await expect(bench.widgets.get_by_role("button")).to_have_text("18 Nov 2026")


@pytest.mark.parametrize("name", ids_of("field:DatePicker.{side,align}"))
async def test_the_calendar_opens_where_it_is_told_to(bench: Bench, name: str) -> None:
    await bench.start()
    await bench.page.set_viewport_size({"width": 1280, "height": 1100})
    _, field = field_of(name)
    for value in values_of(name):
        picker = {
            "type": "Box",
            "align": "center",
            "padding": {"y": 100},
            "children": [control("DatePicker", **{field: value})],
        }
        await bench.show({"type": "Card", "size": "full", "children": [picker]})
        trigger = bench.widgets.locator("button").first
        await bench.chat.log.evaluate("(log) => log.dispatchEvent(new WheelEvent('wheel'))")
        await trigger.evaluate("(node) => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
        await trigger.click()
        calendar = bench.page.get_by_role("grid")
        await expect(calendar).to_be_visible()
        button, layer = await bench.page.evaluate(
            "['.w-root button', '.w-popup'].map((each) => probe.find(each).getBoundingClientRect().toJSON())"
        )
        middle = (button["left"] + button["right"]) / 2
        where = {
            "top": layer["bottom"] <= button["top"],
            "bottom": layer["top"] >= button["bottom"],
            "left": layer["right"] <= button["left"],
            "right": layer["left"] >= button["right"],
            "start": abs(layer["left"] - button["left"]) < 1,
            "center": abs((layer["left"] + layer["right"]) / 2 - middle) < 1,
            "end": abs(layer["right"] - button["right"]) < 1,
        }
        assert where[value], (value, button, layer)
        await bench.page.keyboard.press("Escape")
    await bench.page.set_viewport_size({"width": 1280, "height": 800})


# What keeps a form from being sent


@pytest.mark.parametrize(
    "name", ids_of("field:{Input,Textarea,Checkbox,RadioGroup}.required", "field:Text.editable.required")
)
async def test_what_is_required_must_be_there(bench: Bench, name: str) -> None:
    kind, _ = field_of(name)
    await bench.start()
    empty: dict[str, dict[str, Any]] = {
        "Input": {"defaultValue": ""},
        "Textarea": {"defaultValue": ""},
        "Text": {"value": "", "editable": {"name": "field", "required": True}},
    }
    await bench.show(form(control(kind, **{"required": True, **empty.get(kind, {})})))
    await bench.widgets.get_by_role("button", name="Save").click()
    await expect(bench.widgets.locator("[aria-invalid=true]")).to_have_count(1)
    assert await bench.calls("threads.custom_action") == []
    match kind:
        case "Checkbox":
            await bench.widgets.get_by_role("checkbox").check()
        case "RadioGroup":
            await bench.widgets.get_by_role("radio", name="B").check()
        case _:
            await bench.widgets.get_by_role("textbox").fill("there")
    assert await save(bench) == {"field": {"Checkbox": True, "RadioGroup": "b"}.get(kind, "there")}


@pytest.mark.parametrize("name", ids_of("field:{Input,Textarea}.pattern", "field:Text.editable.pattern"))
async def test_what_has_a_pattern_must_match_it(bench: Bench, name: str) -> None:
    kind, _ = field_of(name)
    await bench.start()
    wanted = {"editable": {"name": "field", "pattern": "[A-Z]{3}"}} if kind == "Text" else {"pattern": "[A-Z]{3}"}
    await bench.show(form(control(kind, **wanted)))
    await bench.widgets.get_by_role("button", name="Save").click()
    await expect(bench.widgets.locator("[aria-invalid=true]")).to_have_count(1)
    assert await bench.calls("threads.custom_action") == []
    await bench.widgets.get_by_role("textbox").fill("ABC")
    assert await save(bench) == {"field": "ABC"}


@pytest.mark.shows("component:Label", "field:Label.fieldName", "component:Textarea")
async def test_a_label_names_its_field_and_leads_to_it(bench: Bench) -> None:
    await bench.start()
    label = {"type": "Label", "value": "Your wish", "fieldName": "field"}
    await bench.show(form(label, control("Textarea"), control("Input", name="other")))
    await bench.widgets.get_by_text("Your wish").click()
    await expect(bench.widgets.get_by_role("textbox", name="Your wish")).to_be_focused()
    await expect(bench.widgets.get_by_role("textbox", name="Your wish")).to_have_count(1)


# Actions


@pytest.mark.shows(
    "field:Button.onClickAction",
    "type:ActionConfig.type",
    "type:ActionConfig.payload",
    "operation:threads.custom_action",
)
async def test_a_button_runs_its_action_on_the_server(bench: Bench) -> None:
    await bench.start()
    actions = [ACT, {"type": "plain"}]
    buttons = [{"type": "Button", "label": each["type"], "onClickAction": each} for each in actions]
    await bench.show({"type": "Card", "children": buttons})
    await bench.widgets.get_by_role("button", name="act").click()
    await sent(bench, 1)
    await bench.chat.idle()
    await bench.widgets.get_by_role("button", name="plain").click()
    first, second = await sent(bench, 2)
    assert (first, second["type"], second.get("payload")) == (ACT, "plain", None)
    assert [event["name"] for event in await bench.chat.told("response.start", "response.end")] == [
        "response.start",
        "response.end",
    ] * 2


@pytest.mark.shows("own:action.streaming", "operation:threads.sync_custom_action")
async def test_a_synchronous_action_answers_during_a_response(bench: Bench) -> None:
    await bench.start()
    button = {"type": "Button", "label": "Now", "onClickAction": {**ACT, "streaming": False}}
    await bench.show({"type": "Card", "children": [button]})
    (item,) = await bench.page.evaluate("Object.values(bench.threads)[0].items.data")
    await bench.reply("threads.add_user_message", {"live": True})
    await bench.chat.begin("Go")
    await bench.calls("threads.add_user_message", 1)
    renewed = {**item, "widget": {"type": "Card", "children": [{"type": "Text", "value": "Done at once"}]}}
    await bench.reply("threads.sync_custom_action", {"body": {"updated_item": renewed}})
    await bench.widgets.get_by_role("button", name="Now").click()
    await expect(bench.widgets.get_by_text("Done at once")).to_be_visible()
    await expect(bench.chat.stop_button).to_be_visible()
    await bench.end()
    await bench.chat.told_name("response.end")


@pytest.mark.shows("own:action.loadingBehavior")
async def test_what_shows_while_an_action_runs(bench: Bench) -> None:
    await bench.start()
    expected = {"self": (1, False), "container": (0, True), "none": (0, False), "auto": (1, False)}
    for behaviour, (busy, inert) in expected.items():
        action = {"type": "slow", "loadingBehavior": behaviour}
        await bench.show({"type": "Card", "children": [{"type": "Button", "label": "Go", "onClickAction": action}]})
        await bench.reply("threads.custom_action", {"live": True})
        before = len(await bench.calls("threads.custom_action"))
        await bench.widgets.locator("button").click()
        await bench.calls("threads.custom_action", before + 1)
        await bench.chat.frames()
        await expect(bench.widgets.locator("button[aria-busy=true]")).to_have_count(busy)
        assert await bench.page.evaluate("probe.find('.w-root').inert") == inert, behaviour
        await bench.end()
        await bench.chat.idle()
        await expect(bench.page.locator(".w-root [aria-busy=true], .w-root[inert]")).to_have_count(0)
