"""How much one evaluation may do. A source is somebody's own file, yet its data is not: both have a limit."""

from chatkit.widgets.jsx.errors import JsxError, Place

__all__ = ["MOST_CALLS", "MOST_TEXT", "MOST_WORK", "Budget"]

MOST_WORK = 1_000_000
"""Units of work of one evaluation: an expression, an element of a list, or 16 characters of text."""
MOST_TEXT = 1_000_000
"""Characters of one text."""
MOST_CALLS = 40
"""Functions that may call one another."""


class Budget:
    """Counts the work of one evaluation. `place` is the call that runs, for the errors."""

    __slots__ = ("calls", "left", "place")

    def __init__(self) -> None:
        self.left = MOST_WORK
        self.calls = 0
        self.place = Place(1, 1)

    def spend(self, units: int) -> None:
        """Raises `JsxError` when more is spent than there is."""
        self.left -= units
        if self.left < 0:
            raise JsxError("this is too much work for one widget", self.place)

    def write(self, characters: int) -> None:
        """To be called before a text of this length is made."""
        if characters > MOST_TEXT:
            raise JsxError(f"a text may have at most {MOST_TEXT} characters", self.place)
        self.spend(characters // 16)

    def enter(self, place: Place) -> None:
        """A function is called; `leave` follows."""
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise JsxError(f"more than {MOST_CALLS} functions call one another", place)
        self.place = place

    def leave(self) -> None:
        self.calls -= 1
