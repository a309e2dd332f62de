"""What comes from outside, as a log may show it: on one line, harmless to a terminal, short, without credentials. Pure.

Whoever can put a line break into a log can forge its lines; whoever can put two megabytes into each can fill the disk.
"""

import re
import traceback
from collections.abc import Iterator
from typing import Final, cast

from pydantic import ValidationError

__all__ = ["shown", "shown_error"]

_LIMIT: Final = 200
"""Characters of one value."""
_ERROR_LIMIT: Final = 500
"""Characters of an exception's own words."""
_MOST_FRAMES: Final = 40
_MOST_ERRORS: Final = 20
"""Exceptions of one chain or group."""
_MOST_PLACES: Final = 3

_SECRETS: Final = (
    (re.compile(r"(?<=://)[^/\s@]*@"), "***@"),
    (re.compile(r"""(?i)\b(authorization["']?\s*[=:]\s*["']?\w+)\s+[\w.~+/=-]+"""), r"\1 ***"),
    (re.compile(r"(?i)\b(bearer)\s+[\w.~+/=-]{12,}"), r"\1 ***"),
    (
        re.compile(
            r"(?i)(pass(?:word|wd)?|pwd|secret|token|credentials?|signature|(?:api|access|secret|private)[-_ ]?key)"
            r"""(["']?\s*[=:]\s*)(["']?)(?:(?<=')[^']*(?=')|(?<=")[^"]*(?=")|[^\s"'&,;)}\]]+)"""
        ),
        r"\1\2\3***",
    ),
    (re.compile(r"\bsk-[\w-]{8,}"), "sk-***"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"), "***"),
)
"""What gives credentials away, and what is written in its place."""


def shown(value: object, limit: int = _LIMIT) -> str:
    """The value's text, at most `limit` characters and a mark that there were more.

    Line breaks, escapes, signs that turn the direction of text, and all else that cannot be seen are written as
    backslash escapes.
    """
    text = value if isinstance(value, str) else _text(value)
    cut = text[: 2 * limit]  # what is cut off is not looked at
    for secret, instead in _SECRETS:
        cut = secret.sub(instead, cut)
    if not cut.isprintable():
        cut = "".join(sign if sign.isprintable() else _escaped(sign) for sign in cut[:limit])
    return cut if len(cut) <= limit and len(text) <= 2 * limit else f"{cut[:limit]}…"


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")


def _text(value: object) -> str:
    """`str()`, which an object of an application's own may fail to give. What a user typed stays out of it."""
    if isinstance(value, ValidationError):
        return _places(value)
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - a log must not add a fault to the one that it tells of
        return f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"


def _places(error: ValidationError) -> str:
    """Pydantic's own text quotes the input. Where it is wrong, and how, is enough."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    places = ", ".join(f"{'.'.join(map(str, fault['loc']))} ({fault['type']})" for fault in faults[:_MOST_PLACES])
    return f"{len(faults)} validation errors for {error.title}: {places}"


def shown_error(error: BaseException) -> str:
    """The traceback, with the exceptions that led to it, each exception's own words as `shown` gives them."""
    return "\n".join(_told(error, set()))


def _told(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen and len(seen) < _MOST_ERRORS:
        yield from _told(before, seen)
        yield "\nIt led to this:\n" if error.__cause__ is None else "\nIt caused this:\n"
    frames = traceback.extract_tb(error.__traceback__)
    if frames:
        yield "Traceback (most recent call last):"
        yield "".join(traceback.format_list(frames[-_MOST_FRAMES:])).rstrip()
    yield f"{_name(error)}: {shown(error, _ERROR_LIMIT)}"
    yield from (f"Note: {shown(note)}" for note in getattr(error, "__notes__", ())[:_MOST_PLACES])
    if isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        for inner in group.exceptions:
            if id(inner) not in seen and len(seen) < _MOST_ERRORS:
                yield f"\nOne of the group {_name(group)}:\n"
                yield from _told(inner, seen)


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
