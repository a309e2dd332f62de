"""Nothing is cut off where there is little room: low windows, zoomed pages, long titles; and fingers get tooltips."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from chatkit.types import (
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    WidgetItem,
)
from chatkit.widgets import Card, Chart
from tests.browser.chat import Chat, shot
from tests.browser.conftest import OpenWith
from tests.browser.scripted import ScriptedServer, user_message

SIZES = {
    "a small phone": {"width": 360, "height": 400},
    "a phone on its side": {"width": 740, "height": 360},
    "1280 × 720 at 200 %": {"width": 640, "height": 360, "device_scale_factor": 2},
    "the same at 400 %": {"width": 320, "height": 320},
}
OPTIONS = ["A weekend by the sea", "A walk in the mountains", "A city with museums", "Somewhere quiet", "At home"]


async def asked(open_with: OpenWith, server: ScriptedServer, options: str = "", **view: object) -> Chat:
    choice = StructuredInputMultipleChoice(
        id="one",
        question="Where shall the trip go, and what would everybody who comes along like to do there?",
        options=[StructuredInputMultipleChoiceOption(value=value) for value in OPTIONS],
    )
    more = StructuredInputFreeform(id="two", question="Anything else?")
    item = StructuredInputItem(id="q", thread_id="", created_at=datetime.now(UTC), inputs=[choice, more])
    thread = await server.put_thread("Trip", user_message("Plan a trip"), item)
    chat = await open_with(options, **view)
    await chat.element.evaluate("(element) => { document.body.style.margin = 0; element.style.height = '100vh'; }")
    await chat.call("setThreadId", thread.id)
    await expect(chat.question).to_be_visible()
    await chat.page.evaluate("probe.settled()")
    return chat


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_a_question_has_all_its_buttons_and_answers(
    open_with: OpenWith, server: ScriptedServer, size: str, locale: str
) -> None:
    chat = await asked(open_with, server, f"locale: {locale!r}, disclaimer: {{ text: 'It errs.' }},", **SIZES[size])
    view = SIZES[size]
    card = chat.question
    buttons = card.get_by_role("button")
    assert await buttons.count() == 3
    # Where they are at first: nothing but the answers has to be scrolled, or could be.
    for part in [card, *await buttons.all()]:
        box = await part.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= view["height"]
    own = card.get_by_role("textbox")
    await own.scroll_into_view_if_needed()
    inside = await own.evaluate(
        """(node) => {
            const [own, body] = [node, node.closest('.question-body')].map((each) => each.getBoundingClientRect());
            return own.bottom <= body.bottom + 1 && own.top >= body.top - 1;
        }"""
    )
    assert inside
    assert await chat.page.evaluate("document.scrollingElement.scrollHeight") <= view["height"]
    assert await chat.overflow() <= 0
    await shot(chat.page, f"small-question-{locale}-{view['width']}x{view['height']}")
    await card.get_by_role("radio").last.check(force=True)
    await buttons.last.click()
    await expect(card.get_by_role("textbox")).to_be_visible()


async def test_a_chart_shows_its_values_to_a_finger(open_with: OpenWith, server: ScriptedServer) -> None:
    data = [{"month": month, "sales": value} for month, value in (("May", 10), ("June", 20), ("July", 15))]
    card = Card(
        children=[Chart(data=data, series=[{"type": "bar", "dataKey": "sales", "label": "Sales"}], xAxis="month")]
    )
    item = WidgetItem(id="w", thread_id="", created_at=datetime.now(UTC), widget=card)
    thread = await server.put_thread("Sales", user_message("Sales?"), item)
    chat = await open_with(width=360, height=700, has_touch=True, is_mobile=True)
    await chat.call("setThreadId", thread.id)
    plot = chat.page.locator(".w-chart-plot svg")
    await expect(plot).to_be_visible()
    await plot.scroll_into_view_if_needed()
    box = await plot.bounding_box()
    assert box is not None
    tooltip = chat.page.locator(".w-chart-tip")
    middle = box["y"] + box["height"] / 2
    await chat.page.touchscreen.tap(box["x"] + box["width"] / 2, middle)
    await expect(tooltip).to_contain_text("June")
    await expect(tooltip).to_contain_text("20")
    await chat.page.touchscreen.tap(box["x"] + box["width"] - 20, middle)
    await expect(tooltip).to_contain_text("July")
    await chat.composer.tap()
    await expect(tooltip).to_have_count(0)


TITLES = [
    "Trip",
    "A Latin title that is much too long for the header of a telephone, however it is turned",
    "رحلة طويلة إلى الجبال مع العائلة والأصدقاء في الصيف القادم إن شاء الله",
]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("title", TITLES, ids=["short", "long", "arabic"])
@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_a_title_begins_where_the_interface_begins_and_ends_in_dots(
    open_with: OpenWith, server: ScriptedServer, locale: str, title: str, width: int
) -> None:
    thread = await server.put_thread(title, user_message("Hi"))
    chat = await open_with(f"locale: {locale!r},", width=width)
    await chat.call("setThreadId", thread.id)
    await expect(chat.title).to_have_text(title)
    room, shown = await chat.page.evaluate(
        """() => ['.header-room', '.header-title'].map((each) => {
            const { left, right } = probe.find(each).getBoundingClientRect();
            return [left, right];
        })"""
    )
    await shot(chat.page, f"title-{locale}-{width}-{TITLES.index(title)}")
    side = 1 if locale == "ar" else 0
    assert abs(room[side] - shown[side]) <= 1
    assert room[0] <= shown[0]
    assert shown[1] <= room[1]
    # What a page puts at its beginning stands there, whatever the direction of the text.
    widths = await chat.page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync('openai-chatkit::part(header-title) { border-inline-start: 3px solid; }');
            document.adoptedStyleSheets = [sheet];
            const { borderLeftWidth, borderRightWidth } = getComputedStyle(probe.find('.header-title'));
            document.adoptedStyleSheets = [];
            return [borderLeftWidth, borderRightWidth];
        }"""
    )
    assert widths[side] == "3px"
