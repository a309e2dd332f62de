"""The element as a person meets it: what is on the page, by its role or part."""

import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, Route, expect

from tests.browser.watch import Watch

__all__ = ["Chat", "TodoCard", "shot", "ticks"]

SCREENSHOTS_WANTED = os.environ.get("CHATKIT_SCREENSHOTS") == "1"


class Chat:
    """One page with the element on it."""

    def __init__(self, page: Page, watch: Watch) -> None:
        self.page = page
        self.watch = watch
        self.element = page.locator("openai-chatkit, open-chatkit").first
        self.composer = page.get_by_role("textbox", name="Message", exact=True)
        self.send_button = page.get_by_role("button", name="Send message")
        self.stop_button = page.get_by_role("button", name="Stop answering")
        self.new_chat = page.get_by_role("button", name="New chat").first
        self.history_button = page.get_by_role("button", name="Chat history")
        self.history = page.get_by_role("dialog", name="Chat history")
        self.log = page.get_by_role("log", name="Conversation")
        self.title = page.locator("[part=header-title]")
        self.greeting = page.locator("[part=greeting]")
        self.prompts = page.locator("[part=prompt]")
        self.said = page.locator("[part=user-bubble]")
        self.answers = page.locator("[part=assistant-message]")
        self.answer = self.answers.last
        self.widgets = page.locator("[data-type=widget] > [part=widget]")
        self.error = page.locator("[part=error]")
        self.load_error = page.locator("[part=load-error]")
        self.notices = page.locator("[part=notice]")
        self.progress = page.locator("[part=progress]")
        self.question = page.locator("[part=structured-input-form]")

    def card(self, index: int = -1) -> "TodoCard":
        """One of the demo's cards, the newest unless told otherwise."""
        cards = self.widgets.filter(has=self.page.get_by_text("Your todos", exact=True))
        return TodoCard(cards.nth(index) if index >= 0 else cards.last)

    async def options(self, options: str) -> "Chat":
        """Gives the element options, as the properties of a JavaScript object; `api` is there."""
        await self.element.evaluate(f"(element) => element.setOptions({{ api: {{ url: '/chatkit' }}, {options} }})")
        await self.frames()
        return self

    def part(self, name: str) -> Locator:
        """Everything that has that part name."""
        return self.page.locator(f"[part~={name}]")

    async def reload(self) -> "Chat":
        """Loads the page anew."""
        await self.page.reload()
        return await self.ready()

    async def ready(self) -> "Chat":
        """When the element has drawn itself, whatever it has to say, and the page has been told."""
        await expect(self.page.locator("[part=root]")).to_be_visible()
        await self.told_name("ready")
        await self.idle()
        return self

    async def idle(self) -> None:
        """When nothing is loading or being answered."""
        await expect(self.page.get_by_role("status", name="Loading the conversation")).to_have_count(0)
        await expect(self.stop_button).to_have_count(0)

    async def type(self, text: str) -> None:
        """Puts text into the composer."""
        await self.composer.fill(text)

    async def begin(self, text: str) -> None:
        """Sends a message, as on every device, and waits for nothing."""
        await self.composer.fill(text)
        await self.composer.press("Control+Enter")

    async def send(self, text: str) -> None:
        """Sends a message and waits until it has been answered."""
        count = await self.told_count("response.end")
        await self.begin(text)
        await self.until(f"told.filter((each) => each.name === 'response.end').length > {count}")
        await self.idle()

    async def call(self, method: str, *arguments: Any) -> Any:
        """Calls one of the element's methods. Raises with its message when it rejects."""
        return await self.element.evaluate(
            "(element, [method, args]) => element[method](...args)", [method, list(arguments)]
        )

    async def refusal(self, method: str, *arguments: Any) -> str:
        """The message with which a method rejects."""
        return await self.element.evaluate(
            """(element, [method, args]) => new Promise((resolve) => Promise.resolve()
                .then(() => element[method](...args))
                .then(() => resolve('it did not reject'), (error) => resolve(error.message)))""",
            [method, list(arguments)],
        )

    async def told(self, *names: str) -> list[dict[str, Any]]:
        """The element's events so far, all of them or those of some names (without `chatkit.`)."""
        events: list[dict[str, Any]] = await self.page.evaluate("told")
        return [event for event in events if not names or event["name"] in names]

    async def told_count(self, name: str) -> int:
        """How many events of a name there were."""
        return len(await self.told(name))

    async def told_name(self, name: str, count: int = 1) -> None:
        """When there were that many events of the name."""
        await self.until(f"told.filter((each) => each.name === {name!r}).length >= {count}")

    async def until(self, expression: str) -> None:
        """When a JavaScript expression holds on the page; looked at in every frame."""
        await self.page.wait_for_function(f"() => {expression}")

    async def route(self, operation: str, handler: Callable[[Route], Awaitable[None]], url: str = "**/chatkit") -> None:
        """Has requests of one operation handled; those of the others, `threads.watch` say, go where they would have."""

        async def sort(route: Route) -> None:
            asked = route.request.post_data_json or {}
            await (handler(route) if asked.get("type") == operation else route.fallback())

        await self.page.route(url, sort)

    async def frames(self, count: int = 2) -> None:
        """After that many frames have been painted: what the page does at once, it has done."""
        await self.page.evaluate(f"probe.frames({count})")

    async def open_history(self) -> Locator:
        """The history panel, loaded."""
        await self.history_button.click()
        await expect(self.history).to_be_visible()
        await expect(self.history.get_by_role("status", name="Loading chats")).to_have_count(0)
        return self.history

    async def overflow(self) -> float:
        """By how many pixels the page, or what scrolls up and down in it, is wider than its place."""
        return await self.page.evaluate("probe.overflow()")

    async def focused(self) -> str:
        """What has the focus: its label, or its text."""
        return await self.page.evaluate("probe.focused()")

    async def focus_is_kept(self) -> bool:
        """Whether the focus is somewhere in the element, and not lost to the page."""
        return await self.page.evaluate(
            "document.activeElement === probe.element() && probe.active() !== probe.element()"
        )

    async def has_focus_ring(self) -> bool:
        """Whether what has the focus, or the frame around it, shows it."""
        return await self.page.evaluate("probe.ringed()")


class TodoCard:
    """The demo's card."""

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.boxes = root.get_by_role("checkbox")
        self.field = root.get_by_role("textbox", name="Add a todo")
        self.add_button = root.get_by_role("button", name="Add", exact=True)
        self.delete_buttons = root.get_by_role("button", name=re.compile("^Delete "))
        self.clear_button = root.get_by_role("button", name="Clear completed")

    def box(self, title: str) -> Locator:
        """The box of one todo."""
        return self.root.get_by_role("checkbox", name=title)

    def badge(self, text: str) -> Locator:
        """The badge in the heading, if it says that."""
        return self.root.get_by_text(text, exact=True)


async def ticks(card: TodoCard) -> list[bool]:
    """Which boxes are ticked, from top to bottom."""
    return [await box.is_checked() for box in await card.boxes.all()]


async def shot(page: Page, name: str) -> None:
    """Keeps a picture of the page in `screenshots/`, when `CHATKIT_SCREENSHOTS=1`."""
    if SCREENSHOTS_WANTED:
        folder = Path(__file__).with_name("screenshots")
        await page.screenshot(path=folder / f"{name}.png", animations="disabled")
