"""Widths, colours, motion, and what is read out."""

from itertools import pairwise

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.scripted import ScriptedServer, assistant_message, user_message

WIDE = (
    "| " + " | ".join(f"Column {number}" for number in range(14)) + " |\n|" + "---|" * 14 + "\n| " + "word | " * 14
    + "\n\n```python\nprint('" + "a very long line " * 20 + "')\n```\n\n"
    + "https://example.org/" + "path" * 60 + "\n\n" + "W" * 400
)  # fmt: skip


@pytest.mark.parametrize("width", [360, 320])
async def test_nothing_scrolls_sideways_on_a_phone(open_chat: OpenChat, demo: str, width: int) -> None:
    chat = await open_chat(demo, width=width, height=700, has_touch=True, is_mobile=True)
    assert await chat.overflow() <= 0
    await chat.send("Add a thing with quite a long name that does not fit on one line and call mum")
    assert await chat.overflow() <= 0
    await chat.send("Show me a chart")
    assert await chat.overflow() <= 0
    await chat.begin("Plan my day")
    await expect(chat.question).to_be_visible()
    assert await chat.overflow() <= 0
    await chat.open_history()
    assert await chat.overflow() <= 0


async def test_wide_content_scrolls_in_itself(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    thread = await server.put_thread("W" * 200, user_message("W" * 400), assistant_message("", WIDE))
    chat = await open_chat(scripted, f"/#thread={thread.id}", width=320, height=700)
    await expect(chat.answer.get_by_role("table")).to_be_visible()
    assert await chat.overflow() <= 0
    table = chat.answer.locator(".ck-table")
    assert await table.evaluate("(node) => node.scrollWidth > node.clientWidth")


@pytest.mark.parametrize("width", [1280, 360])
async def test_parts_of_the_header_do_not_overlap(
    open_chat: OpenChat, scripted: str, server: ScriptedServer, width: int
) -> None:
    title = "A rather long title of a conversation, as models like to give them"
    thread = await server.put_thread(title, user_message("Hello"))
    chat = await open_chat(scripted, f"/#thread={thread.id}", width=width, height=700)
    await expect(chat.title).to_have_text(title)
    boxes = await chat.page.evaluate(
        """() => {
            const byId = (id) => document.getElementById(id);
            const parts = [byId('name'), probe.find('[part=header-title]'), byId('scheme')];
            return [...parts, ...probe.all('[part=header] > button')].map((node) => node.getBoundingClientRect())
                .filter(({ width }) => width > 1).map(({ left, right }) => [left, right]);
        }"""
    )
    assert len(boxes) >= 4
    for (_, right), (left, _) in pairwise(boxes):
        assert right <= left + 0.5, boxes


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_colours_follow_the_system_and_the_button_changes_them(
    open_chat: OpenChat, demo: str, scheme: str
) -> None:
    chat = await open_chat(demo, scheme=scheme)
    other = {"light": "dark", "dark": "light"}[scheme]
    background = await chat.element.evaluate("(element) => getComputedStyle(element).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")
    await chat.page.get_by_role("button", name=f"Use {other} colours").click()
    await expect(chat.page.locator("html")).to_have_attribute("data-scheme", other)
    assert await chat.element.evaluate("(element) => getComputedStyle(element).backgroundColor") != background
    await chat.reload()
    await expect(chat.page.locator("html")).to_have_attribute("data-scheme", other)


async def test_colours_change_with_the_system_while_the_page_is_open(chat: Chat) -> None:
    await expect(chat.page.locator("html")).to_have_attribute("data-scheme", "light")
    await chat.page.emulate_media(color_scheme="dark")
    await expect(chat.page.locator("html")).to_have_attribute("data-scheme", "dark")


async def test_nothing_moves_for_who_wants_no_motion(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted, reduced_motion="reduce")
    turn = server.turn()
    await chat.begin("Go")
    await expect(chat.progress).to_be_visible()
    moving = """probe.root().getAnimations()
        .filter((each) => each.playState === 'running' && each.effect.getComputedTiming().iterations === Infinity)
        .map((each) => each.animationName)"""
    assert await chat.page.evaluate(moving) == []
    turn.say("Done.").end()
    await chat.idle()
    await chat.open_history()
    long = """probe.root().getAnimations()
        .filter((each) => each.effect.getComputedTiming().duration > 1).map((each) => each.animationName)"""
    assert await chat.page.evaluate(long) == []


async def test_headings_make_an_outline_without_gaps(chat: Chat) -> None:
    await chat.send("Add buy milk")
    levels = await chat.page.evaluate(
        """() => probe.all('h1, h2, h3, h4, h5, h6, [role=heading]')
            .map((node) => Number(node.getAttribute('aria-level') ?? node.localName.slice(1)))"""
    )
    assert levels[0] == 2
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


async def test_targets_are_large_enough_for_fingers(open_chat: OpenChat, demo: str) -> None:
    chat = await open_chat(demo, width=360, height=700, has_touch=True, is_mobile=True)
    await chat.send("Add buy milk")
    small = await chat.page.evaluate(
        """() => probe.all('button, a[href], input, textarea')
            .map((node) => [node, (node.closest('label') ?? node).getBoundingClientRect()])
            .filter(([, { width, height }]) => width > 0 && (width < 24 || height < 24))
            .map(([node]) => node.ariaLabel ?? node.textContent)"""
    )
    assert small == []
