"""What can be seen without colours of its own: borders of fields stand out, and states show in forced colours."""

import pytest
from playwright.async_api import expect

from chatkit.actions import ActionConfig
from chatkit.widgets import Card, Checkbox, DatePicker, Form, Input, RadioGroup, Select, Textarea
from tests.browser.chat import Chat
from tests.browser.conftest import OpenWith
from tests.browser.scripted import ScriptedServer, user_message
from tests.browser.test_small_screens import asked

CONTRAST = """(selector) => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const over = (...colors) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (rgb) => {
        const linear = (each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4;
        const [r, g, b] = rgb.map((each) => linear(each / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const between = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
    return probe.all(selector).map((node) => {
        const behind = [];
        const above = (at) => at.parentElement ?? at.getRootNode().host ?? null;
        for (let at = above(node); at; at = above(at)) behind.unshift(getComputedStyle(at).backgroundColor);
        const style = getComputedStyle(node);
        const ring = /^(\\S+\\([^)]*\\)|\\S+) (?:0px ){2}0px [\\d.]+px/.exec(style.boxShadow)?.[1];
        const bordered = parseFloat(style.borderTopWidth) > 0 && style.borderTopStyle !== 'none';
        const border = bordered ? style.borderTopColor : ring;
        const base = over('white', ...behind);
        return border === undefined ? 1 : between(base, over('white', ...behind, style.backgroundColor, border));
    });
}"""
"""How each border of what matches contrasts with what is behind the field."""


async def form(open_with: OpenWith, server: ScriptedServer, **view: object) -> Chat:
    choices = [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}]
    fields = [
        *(Input(name=f"i-{variant}", variant=variant) for variant in ("outline", "soft")),
        Textarea(name="t"),
        Select(name="s", options=choices),
        DatePicker(name="d"),
        Checkbox(name="c", label="C"),
        RadioGroup(name="r", options=choices, defaultValue="a"),
    ]
    card = Card(children=[Form(onSubmitAction=ActionConfig(type="save"), children=fields)])
    server.turn().show(card).end()
    chat = await open_with("threadItemActions: { feedback: true },", **view)
    await chat.element.evaluate("(element) => { document.body.style.margin = 0; element.style.height = '100vh'; }")
    await chat.send("Show")
    await expect(chat.widgets).to_have_count(1)
    return chat


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_borders_of_fields_have_a_contrast_of_three(
    open_with: OpenWith, server: ScriptedServer, scheme: str
) -> None:
    chat = await form(open_with, server)
    await chat.options(f"theme: {scheme!r},")
    await chat.page.evaluate("probe.settled()")
    for selector in (".w-input, .w-textarea, .w-select", ".w-check, .w-radio:not(:checked)", ".composer"):
        found = await chat.page.evaluate(CONTRAST, selector)
        assert found, selector
        assert min(found) >= 3, (selector, found)
    for number in range(6):
        await server.put_thread(f"Thread {number}", user_message("Hi"))
    await chat.open_history()
    assert min(await chat.page.evaluate(CONTRAST, ".history-filter")) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_borders_of_answers_have_a_contrast_of_three(
    open_with: OpenWith, server: ScriptedServer, scheme: str
) -> None:
    chat = await asked(open_with, server, f"theme: {scheme!r},")
    for selector in (".choice", ".question-own"):
        found = await chat.page.evaluate(CONTRAST, selector)
        assert min(found) >= 3, (selector, found)


STATE = """([on, off]) => [on, off].map((selector) => {
    const style = getComputedStyle(probe.find(selector));
    return [style.backgroundColor, style.borderTopWidth, style.borderTopStyle];
})"""

SYSTEM = """([selector, colour]) => {
    const made = document.body.appendChild(document.createElement('p'));
    made.style.forcedColorAdjust = 'none';
    made.style.color = colour;
    const { color } = getComputedStyle(made);
    made.remove();
    const style = getComputedStyle(probe.find(selector));
    return [style.backgroundColor, style.color].includes(color);
}"""
"""Whether what matches has that colour of the system."""


async def test_states_show_in_forced_colours(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await form(open_with, server, forced_colors="active")
    server.answer("Fine.")
    await chat.send("Go")
    await chat.page.get_by_role("button", name="Good answer").last.click()
    await expect(chat.page.locator("[aria-pressed=true]")).to_have_count(1)
    await chat.open_history()
    await expect(chat.page.locator("[aria-current=true]")).to_have_count(1)
    await server.put_thread("Another", user_message("Hi"))
    await chat.call("fetchUpdates")
    pairs = [
        ("[aria-pressed=true]", "[aria-pressed=false]"),
        ("[aria-current=true]", ".history-open:not([aria-current])"),
    ]
    for on, off in pairs:
        chosen, other = await chat.page.evaluate(STATE, [on, off])
        assert chosen[0] != other[0], on
        for colour in ("Highlight", "HighlightText"):
            assert await chat.page.evaluate(SYSTEM, [on, colour]), (on, colour)


async def test_a_chosen_answer_shows_in_forced_colours(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await asked(open_with, server, forced_colors="active")
    await chat.question.get_by_role("radio").first.check(force=True)
    await chat.page.evaluate("probe.settled()")
    chosen, other = await chat.page.evaluate(STATE, [".choice-chosen", ".choice:not(.choice-chosen)"])
    assert chosen[0] != other[0]
    for colour in ("Highlight", "HighlightText"):
        assert await chat.page.evaluate(SYSTEM, [".choice-chosen", colour])
    assert other[1:] == ["1px", "solid"]
    own = await chat.page.locator(".question-own").evaluate("(node) => getComputedStyle(node).borderTopStyle")
    assert own == "solid"
