"""What opens at something stays at it, whatever scrolls: lists, calendars, previews, menus, the reply button."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import expect

from chatkit.types import ThreadItem, UserMessageTagContent, WidgetItem
from chatkit.widgets import Card, DatePicker, Select
from tests.browser.chat import Chat
from tests.browser.conftest import OpenWith
from tests.browser.scripted import ScriptedServer, assistant_message, user_message

OPTIONS = """
    entities: {
        onClick: () => undefined,
        onTagSearch: async () => [{ id: 'ada', title: 'Ada' }, { id: 'bob', title: 'Bob' }],
        onRequestPreview: async ({ title }) => ({
            preview: { type: 'Basic', children: [{ type: 'Title', value: title }, { type: 'Text', value: 'Hi.' }] },
        }),
    },
    composer: { models: [{ id: 'a', label: 'Large', default: true }, { id: 'b', label: 'Small' }] },
"""

Open = Callable[[Chat], Awaitable[object]]


async def type_at(chat: Chat) -> None:
    await chat.composer.press_sequentially("@")
    await expect(chat.page.get_by_role("option")).to_have_count(2)


# Each: the anchor in JavaScript, the layer's selector, and how it is opened.
IN_CONVERSATION: dict[str, tuple[str, str, Open]] = {
    "options": (
        "probe.all('.w-select-frame')[0]",
        ".w-popup",
        lambda chat: chat.page.get_by_role("combobox").nth(0).click(),
    ),
    "options with a search": (
        "probe.all('.w-select-frame')[1]",
        ".w-popup",
        lambda chat: chat.page.get_by_role("combobox").nth(1).click(),
    ),
    "a calendar": ("probe.find('.w-date')", ".w-popup", lambda chat: chat.page.locator(".w-date button").first.click()),
    "a preview": (
        "probe.find('[part=user-bubble] [part=tag]')",
        "[part=entity-preview]",
        lambda chat: chat.said.get_by_role("button", name="Ada").focus(),
    ),
    "the button for selected words": (
        "probe.all('.prose p').find((each) => each.textContent === 'Some chosen words.')",
        ".reply-layer",
        lambda chat: chat.page.get_by_text("Some chosen words.", exact=True).select_text(),
    ),
}
AT_COMPOSER: dict[str, tuple[str, str, Open]] = {
    "a menu": ("probe.find('.menu')", ".menu-layer", lambda chat: chat.page.get_by_label("Model: Large").click()),
    "suggestions": ("probe.find('.composer')", "[part=suggestions]", type_at),
}
EVERY = {**IN_CONVERSATION, **AT_COMPOSER}


async def put_items(server: ScriptedServer) -> str:
    """A thread with everything that something opens at in its middle; its id."""
    tag = UserMessageTagContent(type="input_tag", id="ada", text="Ada", data={}, interactive=True)
    mention = user_message("Ask ")
    mention.content.append(tag)
    fruit = [{"value": each, "label": each} for each in ("Apple", "Pear", "Plum", "Fig", "Quince")]
    many = [{"value": f"v{number}", "label": f"Value {number}"} for number in range(30)]
    fields = [Select(name="fruit", options=fruit), Select(name="many", options=many), DatePicker(name="day")]
    widget = WidgetItem(id="card", thread_id="", created_at=datetime.now(UTC), widget=Card(children=fields))

    def talk() -> list[ThreadItem]:
        words = "It goes on and on. " * 60
        return [item for _ in range(3) for item in (user_message("Go on"), assistant_message("", words))]

    thread = await server.put_thread(
        "Popups", *talk(), mention, assistant_message("", "Some chosen words."), widget, *talk()
    )
    return thread.id


async def opened(open_with: OpenWith, server: ScriptedServer, kind: str, options: str = "", **view: Any) -> Chat:
    """The page with one thing open, in the middle of the view. `gap()` tells where it stands from its anchor."""
    anchor, layer, open_it = EVERY[kind]
    chat = await open_with(OPTIONS + options, reduced_motion="reduce", **view)
    await chat.call("setThreadId", await put_items(server))
    # Messages far from the view are mere words.
    await chat.page.locator(".w-select-frame").first.scroll_into_view_if_needed()
    await chat.until(f"({anchor}) != null")
    await chat.page.evaluate(
        f"""() => {{
            const anchor = () => {anchor};
            window.layer = () => probe.find({layer!r});
            window.gap = () => {{
                const [at, is] = [anchor(), layer()].map((each) => each.getBoundingClientRect());
                return `${{Math.round(is.left - at.left)}}, ${{Math.round(is.top - at.top)}}`;
            }};
            window.anchorTop = () => anchor().getBoundingClientRect().top;
            anchor().scrollIntoView({{ block: 'center' }});
        }}"""
    )
    await chat.frames(4)
    await open_it(chat)
    await expect(chat.page.locator(layer)).to_be_visible()
    await chat.page.evaluate("probe.settled()")
    await chat.frames(4)
    return chat


async def gap(chat: Chat) -> str:
    return await chat.page.evaluate("gap()")


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("kind", IN_CONVERSATION)
async def test_it_goes_along_when_the_conversation_scrolls(
    open_with: OpenWith, server: ScriptedServer, kind: str, locale: str
) -> None:
    chat = await opened(open_with, server, kind, f"locale: {locale!r}," if locale != "en" else "")
    before, top = await gap(chat), await chat.page.evaluate("anchorTop()")
    for way in (-60, 90):
        await chat.page.evaluate(f"probe.find('.thread').scrollBy(0, {way})")
        top -= way
        await chat.until(f"Math.abs(anchorTop() - {top}) < 1 && gap() === {before!r}")


@pytest.mark.parametrize("kind", EVERY)
async def test_it_goes_along_when_the_page_around_the_chat_scrolls(
    open_with: OpenWith, server: ScriptedServer, kind: str
) -> None:
    chat = await opened(open_with, server, kind)
    await chat.page.evaluate("document.body.style.paddingBottom = '900px'")
    await chat.frames(4)
    before, top = await gap(chat), await chat.page.evaluate("anchorTop()")
    await chat.page.evaluate("scrollBy(0, 60)")
    await chat.until(f"Math.abs(anchorTop() - {top - 60}) < 1 && gap() === {before!r}")


@pytest.mark.parametrize("kind", EVERY)
async def test_it_goes_along_when_what_it_belongs_to_is_moved(
    open_with: OpenWith, server: ScriptedServer, kind: str
) -> None:
    chat = await opened(open_with, server, kind)
    before, top = await gap(chat), await chat.page.evaluate("anchorTop()")
    await chat.element.evaluate("(element) => { element.style.marginTop = '-40px'; }")
    await chat.until(f"Math.abs(anchorTop() - {top - 40}) < 1 && gap() === {before!r}")


@pytest.mark.parametrize("kind", IN_CONVERSATION)
async def test_it_is_not_seen_while_what_it_belongs_to_is_out_of_view_and_keeps_the_focus(
    open_with: OpenWith, server: ScriptedServer, kind: str
) -> None:
    chat = await opened(open_with, server, kind)
    before, focused = await gap(chat), await chat.page.evaluate("probe.active()?.outerHTML ?? ''")
    await chat.page.evaluate("probe.find('.thread').scrollBy(0, 1200)")
    await chat.until("getComputedStyle(layer()).opacity === '0'")
    assert await chat.page.evaluate("probe.active()?.outerHTML ?? ''") == focused
    await chat.page.evaluate("probe.find('.thread').scrollBy(0, -1200)")
    await chat.until(f"getComputedStyle(layer()).opacity === '1' && gap() === {before!r}")


@pytest.mark.parametrize(("width", "height"), [(360, 640), (740, 320)])
@pytest.mark.parametrize("kind", EVERY)
async def test_it_is_all_in_the_window(
    open_with: OpenWith, server: ScriptedServer, kind: str, width: int, height: int
) -> None:
    chat = await opened(open_with, server, kind, width=width, height=height)
    left, top, right, bottom = await chat.page.evaluate(
        "(({ left, top, right, bottom }) => [left, top, innerWidth - right, innerHeight - bottom])"
        "(layer().getBoundingClientRect())"
    )
    assert min(left, top, right, bottom) >= 0
