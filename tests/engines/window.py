"""What a test does to a browser's window, whatever the browser and the protocol that drives it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

__all__ = ["KEYS", "Window", "input_actions", "is_named"]

KEYS = {
    "Backspace": "\ue003",
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Escape": "\ue00c",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}
"""Named keys as WebDriver and WebDriver BiDi write them. `Shift+Enter` holds the first while the second is pressed."""


class Window(Protocol):
    """One window, of a profile that nobody used before. Scripts are functions; what they take and give is JSON."""

    async def goto(self, url: str) -> None:
        """Opens a page and waits until it has loaded."""
        ...

    async def reload(self) -> None:
        """Loads the page anew."""
        ...

    async def evaluate(self, function: str, *arguments: Any) -> Any:
        """Calls a JavaScript function in the page, and waits for its promise."""
        ...

    async def click(self, x: float, y: float) -> None:
        """Presses the mouse button at a place of the viewport, in CSS pixels."""
        ...

    async def keys(self, *keys: str) -> None:
        """Presses keys: names of `KEYS`, two of them with a plus between, or text, letter by letter."""
        ...

    async def choose_files(self, function: str, files: Sequence[Path]) -> None:
        """Chooses files for the input element that a function gives, as the browser's dialog would."""
        ...

    async def resize(self, width: int, height: int) -> None:
        """Gives the viewport a size, in CSS pixels."""
        ...

    async def picture(self) -> bytes:
        """The viewport as a PNG."""
        ...

    async def printed(self) -> bytes | None:
        """The page as a PDF; None where the protocol does not print."""
        ...


def input_actions(keys: Sequence[str]) -> list[dict[str, Any]]:
    """The key source's actions; the two WebDrivers share their form."""
    actions: list[dict[str, Any]] = []
    for key in keys:
        held = [KEYS[name] for name in key.split("+")] if is_named(key) else list(key)
        together = [held] if is_named(key) else [[letter] for letter in held]
        for chord in together:
            actions += [{"type": "keyDown", "value": value} for value in chord]
            actions += [{"type": "keyUp", "value": value} for value in reversed(chord)]
    return actions


def is_named(key: str) -> bool:
    """Whether it is a key by name, or several, rather than text."""
    return all(name in KEYS for name in key.split("+"))
