"""What is wrong with a JSX source, and where."""

from typing import NamedTuple

__all__ = ["JsxError", "Place", "Refused"]


class Place(NamedTuple):
    """Line and column, both from 1; columns count characters."""

    line: int
    column: int


class JsxError(ValueError):
    """A source that cannot be read, or that cannot be evaluated with this data."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(f"line {place.line}, column {place.column}: {message}")
        self.place = place


class Refused(Exception):
    """Something cannot be done with these values. Who knows the place makes a `JsxError` of it."""
