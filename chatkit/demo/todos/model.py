"""A todo, and what its title may be."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

__all__ = ["MAX_TITLE", "Todo", "TodoError", "clean_title"]

MAX_TITLE = 200
"""The longest title, in characters."""


class TodoError(ValueError):
    """Something that cannot be done with the todos. The message is for the user, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do. Both times are aware, in UTC; `done_at` is None as long as the todo is open."""

    id: str
    title: str
    created_at: datetime
    done_at: datetime | None = None

    @property
    def done(self) -> bool:
        """Whether it is done."""
        return self.done_at is not None


def clean_title(text: str) -> str:
    """The text as a title: on one line, without control characters. Raises `TodoError` when nothing is left of it."""
    visible = "".join(" " if char.isspace() else char for char in text if not _is_unprintable(char))
    title = " ".join(visible.split())
    if not title:
        raise TodoError("A todo needs a title.")
    if len(title) > MAX_TITLE:
        raise TodoError(f"That title is too long: {MAX_TITLE} characters are the most.")
    return title


def _is_unprintable(char: str) -> bool:
    """Control characters and lone surrogates. Joiners stay: emoji are made with them."""
    return not char.isspace() and unicodedata.category(char) in ("Cc", "Cs")
