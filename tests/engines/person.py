"""The element as a person meets it, in any browser."""

from pathlib import Path
from typing import Any

from tests.engines.window import Window

__all__ = ["Person"]


class Person:
    """Somebody at a window with the element in it."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.keys = window.keys
        self.evaluate = window.evaluate

    async def until(self, check: str, *arguments: Any) -> Any:
        """The value of a JavaScript function as soon as it is true; raises with it when that takes too long."""
        return await self.evaluate(f"(...given) => hands.until(() => ({check})(...given), {check!r})", *arguments)

    async def opened(self) -> None:
        """When the element has drawn itself and has nothing more to load."""
        await self.until("() => told.some((each) => each.name === 'ready') && probe.find('[part=root]')")
        await self.until("() => probe.find('[part=composer-input], [part=structured-input-form], [part=load-error]')")

    async def options(self, options: str) -> None:
        """Gives the element options, as the properties of a JavaScript object."""
        await self.evaluate(f"() => probe.element().setOptions({{ api: {{ url: '/chatkit' }}, {options} }})")
        await self.evaluate("() => probe.frames(2)")

    async def press(self, role: str, name: str) -> None:
        """Presses what has that role and name, when it can be reached."""
        what = f"{role} {name}"
        await self._press("(role, name) => hands.find(role, name)", what, role, name)

    async def press_at(self, selector: str) -> None:
        """Presses the last thing that a selector finds, when it can be reached."""
        await self._press("(selector) => probe.all(selector).filter(hands.isSeen).at(-1)", selector, selector)

    async def _press(self, find: str, what: str, *arguments: Any) -> None:
        reach = f"(what, ...given) => hands.reach(() => ({find})(...given), what)"
        await self.window.click(*await self.evaluate(reach, what, *arguments))

    async def sees(self, role: str, name: str) -> None:
        """When something of that role and name is to be seen."""
        await self.until("(role, name) => hands.find(role, name) !== undefined", role, name)

    async def misses(self, role: str, name: str) -> None:
        """When nothing of that role and name is to be seen."""
        await self.until("(role, name) => hands.find(role, name) === undefined", role, name)

    async def reads(self, text: str) -> None:
        """When the newest answer has that text in it."""
        await self.until("(text) => probe.shown().includes(text)", text)

    async def type(self, text: str) -> None:
        """Types a message, letter by letter."""
        await self.press_at("[part=composer-input]")
        await self.keys(text)

    async def send(self, text: str) -> None:
        """Types a message, sends it with Enter, and waits until it is answered."""
        count = await self.count("response.end")
        await self.type(text)
        await self.keys("Enter")
        await self.told("response.end", count + 1)
        await self.until("() => probe.find('[part=send-button]')")

    async def count(self, name: str) -> int:
        """How many of the element's events of a name there were."""
        return await self.evaluate("(name) => told.filter((each) => each.name === name).length", name)

    async def told(self, name: str, count: int = 1) -> None:
        """When there were that many of the element's events of a name."""
        await self.until("(name, count) => told.filter((each) => each.name === name).length >= count", name, count)

    async def text(self, selector: str) -> list[str]:
        """The texts of everything that a selector finds."""
        return await self.evaluate("(selector) => probe.all(selector).map((each) => each.textContent)", selector)

    async def field(self) -> str:
        """What is written in the composer."""
        return await self.evaluate(
            "() => { const field = probe.find('[part=composer-input]'); return field.value ?? field.textContent; }"
        )

    async def box(self, selector: str) -> dict[str, float]:
        """Where the last thing that a selector finds is."""
        return await self.evaluate(
            "(selector) => probe.all(selector).at(-1).getBoundingClientRect().toJSON()", selector
        )

    async def attach(self, *files: Path) -> None:
        """Chooses files, as in the browser's dialog."""
        await self.until("() => probe.find('input[type=file]')")
        await self.window.choose_files("() => probe.find('input[type=file]')", files)

    async def troubles(self) -> list[str]:
        """What went wrong in the page: errors, and breaches of its policy."""
        return await self.evaluate("() => [...troubles, ...violations]")
