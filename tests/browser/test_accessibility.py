"""axe-core has nothing to report on the demo, in both colours, on a desk and on a phone.

What else the element can show, the gallery shows: `test_gallery.py` looks at all of it.
"""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.browser.accessibility import findings
from tests.browser.chat import Chat, shot
from tests.browser.conftest import OpenChat

WIDTHS = {"desk": 1280, "phone": 360}

Show = Callable[[Chat], Awaitable[None]]


async def start(chat: Chat) -> None:
    """Nothing has been said yet."""
    await expect(chat.prompts).to_have_count(4)


async def card(chat: Chat) -> None:
    """A conversation with the card, one todo done."""
    await chat.send("Add buy milk and call mum")
    await chat.card().box("Buy milk").check()
    await expect(chat.card().clear_button).to_be_visible()


async def empty_card(chat: Chat) -> None:
    """The card without todos, and what it says of an empty form."""
    await chat.send("What’s on my list?")
    await chat.card().add_button.click()
    await expect(chat.card().field).to_have_attribute("aria-invalid", "true")


async def chart(chat: Chat) -> None:
    """The chart with its tooltip."""
    await chat.send("Add buy milk, call mum and water the plants")
    await chat.card().box("Buy milk").check()
    await chat.send("Show me a chart")
    await chat.page.get_by_role("slider").press("End")
    await expect(chat.page.locator(".w-chart-tip")).to_be_visible()


async def question(chat: Chat) -> None:
    """Questions in the composer's place."""
    await chat.send("Plan my day")
    await chat.question.get_by_text("Exercise", exact=True).click()


async def planned(chat: Chat) -> None:
    """Answered questions, and the workflow they became."""
    await question(chat)
    for button in ("Next", "Skip", "Skip"):
        await chat.question.get_by_role("button", name=button, exact=True).click()
    await expect(chat.card().boxes).to_have_count(1)
    await chat.idle()
    await chat.page.locator(".workflow-toggle").first.click()


async def history(chat: Chat) -> None:
    """The history with two conversations, one about to be deleted."""
    await chat.send("Hello")
    await chat.new_chat.click()
    await chat.send("Add buy milk")
    panel = await chat.open_history()
    await panel.get_by_role("button", name="Delete “Hello”").click()
    await expect(panel.get_by_role("alertdialog")).to_be_visible()


STATES: dict[str, Show] = {show.__name__: show for show in (start, card, empty_card, chart, question, planned, history)}


async def assert_accessible(chat: Chat, name: str) -> None:
    """In light and dark: the state is made once and its colours are changed."""
    found: dict[str, list[str]] = {}
    for scheme in ("light", "dark"):
        await chat.page.emulate_media(color_scheme=scheme)
        await chat.until(f"document.documentElement.dataset.scheme === {scheme!r}")
        await chat.frames()
        await shot(chat.page, f"{name}-{scheme}")
        found[scheme] = await findings(chat.page)
    assert found == {"light": [], "dark": []}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("state", STATES)
async def test_the_demo_is_accessible(open_chat: OpenChat, demo: str, state: str, width: str) -> None:
    chat = await open_chat(demo, width=WIDTHS[width], height=800, reduced_motion="reduce")
    await STATES[state](chat)
    await assert_accessible(chat, f"{state}-{width}")
