"""Text that is not Unicode: halves of characters (surrogates), as streams give that were cut in the middle of one.

JSON and UTF-8 cannot carry them. Two halves that belong together become their character; one alone becomes U+FFFD.
"""

from collections import deque
from collections.abc import Hashable
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel

from chatkit._depth import MOST_LEVELS_OF_A_RECORD, texts_outside_ascii

__all__ = ["HeldHalves", "sound", "well_formed_text"]

T = TypeVar("T")
TKey = TypeVar("TKey", bound=Hashable)


def well_formed_text(text: str) -> str:
    """The text with halves joined or replaced; usually the very same."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def sound(value: T, most: int = MOST_LEVELS_OF_A_RECORD) -> T:
    """What can be stored and sent: not too deep, and every text in it well-formed.

    That is the value itself, or a copy with the texts mended; what was given is never changed. Goes through models,
    dicts and lists of any kind; sets that are mended become lists, as in JSON. Raises `TooDeepError` for more than
    `most` objects and arrays inside one another.
    """
    if all(well_formed_text(text) is text for text in texts_outside_ascii(value, most)):
        return value
    return cast(T, _well_formed(value))


def _well_formed(value: Any) -> Any:
    match value:
        case str():
            return well_formed_text(value)
        case BaseModel():
            fields = vars(value) | (value.model_extra or {})
            changed = {name: one for name, was in fields.items() if (one := _well_formed(was)) is not was}
            return value.model_copy(update=changed) if changed else value
        case dict():
            entries = cast(dict[Any, Any], value)
            new = {_well_formed(name): _well_formed(entry) for name, entry in entries.items()}
            return entries if _same(entries, new) and _same(entries.values(), new.values()) else new
        case list() | tuple() | set() | frozenset() | deque():
            listed = cast(list[Any], value)
            others = [_well_formed(entry) for entry in listed]
            if _same(listed, others):
                return listed
            return tuple(others) if isinstance(value, tuple) else others
        case _:
            return value


def _same(some: Any, others: Any) -> bool:
    return len(some) == len(others) and all(one is other for one, other in zip(some, others, strict=True))


class HeldHalves(Generic[TKey]):
    """Joins characters that were cut in two by the pieces they came in, for several texts at once."""

    def __init__(self) -> None:
        self.held: dict[TKey, str] = {}
        """By text, the first half of a character whose second has not come yet."""

    def join(self, key: TKey, piece: str, *, last: bool = False) -> str:
        """The well-formed text that a piece makes known. It holds back half a character at the end, unless `last`."""
        text = self.held.pop(key, "") + piece
        if not last and text and "\ud800" <= text[-1] <= "\udbff":
            self.held[key] = text[-1]
            text = text[:-1]
        return well_formed_text(text)
