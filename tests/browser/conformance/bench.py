"""An element whose server is inside the page: whatever a test wants to see is there in a few milliseconds."""

import json
from typing import Any

from playwright.async_api import Locator, expect

from tests.browser.chat import Chat

__all__ = ["PIXEL", "Bench", "Js", "script"]

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAYAAABytg0kAAAAE0lEQVR4nGP4z8DwHwyBNBDAOQAvyAf5hJ3W"
    "yAAAAABJRU5ErkJggg=="
)
"""A picture of two by two pixels."""


class Js(str):
    """JavaScript among values, such as a callback."""

    __slots__ = ()


def script(value: Any) -> str:
    """The value as JavaScript."""
    match value:
        case Js():
            return str(value)
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)}: {script(each)}" for key, each in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(script(each) for each in value) + "]"
        case _:
            return json.dumps(value)


class Bench:
    """One page; `start` puts a new element on it."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.page = chat.page
        self.widgets = chat.widgets

    async def start(self, *, tag: str = "openai-chatkit", **options: Any) -> "Bench":
        """A new element, ready."""
        await self.page.evaluate(f"bench.start({script(options)}, {json.dumps(tag)})")
        await self.chat.told_name("ready")
        return self

    async def plain(self, **options: Any) -> "Bench":
        """An element with these options: a new one unless the last test left one. For tests that only show things."""
        if await self.page.evaluate("bench.plain") != script(options):
            await self.start(**options)
            await self.page.evaluate("(options) => { bench.plain = options; }", script(options))
        return self

    async def set(self, **options: Any) -> None:
        """Other options for the same element."""
        await self.page.evaluate(f"bench.set({script(options)})")

    async def call(self, method: str, *arguments: Any) -> Any:
        """Calls one of the element's methods; `Js` among the arguments is evaluated."""
        return await self.page.evaluate(f"() => bench.element.{method}(...{script(arguments)})")

    async def open(self, *items: dict[str, Any], **thread: Any) -> str:
        """Shows a thread with these items; its id."""
        return await self.page.evaluate("([items, more]) => bench.open(items, more)", [list(items), thread])

    async def show(self, *widgets: dict[str, Any], **thread: Any) -> None:
        """Shows a thread of widgets."""
        await self.open(*({"type": "widget", "widget": widget} for widget in widgets), **thread)
        await expect(self.widgets).to_have_count(len(widgets))

    async def reply(self, operation: str, *answers: Any) -> None:
        """What the server answers next: a list of events, `{"live": True}`, or `{"body": …, "status": …}`."""
        await self.page.evaluate(f"bench.replies[{json.dumps(operation)}] = {script(list(answers))}")

    async def send(self, *events: dict[str, Any]) -> None:
        """Goes on with the stream of a live answer."""
        await self.page.evaluate("(events) => bench.send(...events)", list(events))

    async def end(self) -> None:
        """Ends it."""
        await self.page.evaluate("bench.end()")

    async def calls(self, operation: str | None = None, count: int = 0) -> list[dict[str, Any]]:
        """What was asked of the server, once there are `count` such calls."""
        wanted = "true" if operation is None else f"each.type === {json.dumps(operation)}"
        await self.chat.until(f"bench.calls.filter((each) => {wanted}).length >= {count}")
        return await self.page.evaluate(f"bench.calls.filter((each) => {wanted})")

    async def seen(self, count: int = 0) -> list[Any]:
        """What the options' callbacks noted in `bench.seen`, once there is that much."""
        await self.chat.until(f"bench.seen.length >= {count}")
        return await self.page.evaluate("bench.seen")

    async def read(self, places: str, selector: str, *properties: str) -> list[dict[str, Any]]:
        """Computed style and box of the first match in each place; see bench.js."""
        return await self.page.evaluate(
            "([places, selector, properties]) => bench.read(places, selector, properties)",
            [places, selector, list(properties)],
        )

    def part(self, name: str) -> Locator:
        """What has that part name."""
        return self.page.locator(f"[part~={name}]")
