"""What `chatkit doctor` finds."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "good", "note", "wrong"]

_SIGNS = {"good": "✓", "note": "–", "wrong": "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `remedy` says what to do, when something is to be done."""

    level: Literal["good", "note", "wrong"]
    text: str
    remedy: str | None = None

    def shown(self) -> str:
        """As a line or two of text."""
        return f"{_SIGNS[self.level]} {self.text}" + (f"\n    {self.remedy}" if self.remedy else "")


def good(text: str) -> Finding:
    """As it should be."""
    return Finding("good", text)


def note(text: str, remedy: str) -> Finding:
    """Works, and could be better."""
    return Finding("note", text, remedy)


def wrong(text: str, remedy: str) -> Finding:
    """Does not work."""
    return Finding("wrong", text, remedy)
