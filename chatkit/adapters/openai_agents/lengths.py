"""How long an input is, as far as that can be told without the model's own tokenizer, and its newest part that fits."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from agents.items import TResponseInputItem

from chatkit.adapters.openai_agents.converter import is_context

__all__ = ["estimated_tokens", "newest_part"]

_PER_ITEM: Final = 4
_PER_IMAGE: Final = 1500
_ASCII_PER_TOKEN: Final = 4
_FILE_CHARACTERS_PER_TOKEN: Final = 16
"""Of base64: files are not all text."""


def estimated_tokens(item: TResponseInputItem) -> int:
    """About how many tokens an item of the input is, rather too many: four ASCII characters each, or one other."""
    return _PER_ITEM + _estimate("", item)


def _estimate(name: str, value: object) -> int:
    match value:
        case str():
            return _text(name, value)
        case Mapping():
            fields = cast(Mapping[str, object], value)
            return sum(_estimate(key, field) for key, field in fields.items() if key not in ("type", "role"))
        case Sequence():
            return sum(_estimate(name, member) for member in cast(Sequence[object], value))
        case _:
            return 0


def _text(name: str, text: str) -> int:
    if name == "image_url":
        return _PER_IMAGE
    if name == "file_data":
        return len(text) // _FILE_CHARACTERS_PER_TOKEN
    plain = len(text.encode("ascii", "ignore"))
    return -(-plain // _ASCII_PER_TOKEN) + len(text) - plain


def newest_part(items: Sequence[TResponseInputItem], tokens: int) -> list[TResponseInputItem]:
    """The newest items that are within so many tokens; all from the user's newest message on, whatever they are.

    A call and its output stay or go together. What is left begins with a message of the user's, where there is one.
    """
    lengths = [estimated_tokens(item) for item in items]
    if sum(lengths) <= tokens:
        return list(items)
    newest = _newest_message(items)
    left = tokens - sum(lengths[newest:])
    start = newest
    while start > 0 and (left := left - lengths[start - 1]) >= 0:
        start -= 1
    begins = (place for place in range(start, newest) if _fields(items[place]).get("role") == "user")
    return _whole_calls(items[next(begins, newest) :])


def _newest_message(items: Sequence[TResponseInputItem]) -> int:
    """Where the user's newest message stands: the last one that is not context; without any, the last item."""
    own = [place for place, item in enumerate(items) if _fields(item).get("role") == "user"]
    words = [place for place in own if not is_context(_words(items[place]))]
    return next(reversed(words or own), max(len(items) - 1, 0))


def _whole_calls(items: Sequence[TResponseInputItem]) -> list[TResponseInputItem]:
    """The items without outputs whose call is not among them."""
    called = {_fields(item).get("call_id") for item in items if _fields(item).get("type") == "function_call"}
    return [
        item
        for item in items
        if _fields(item).get("type") != "function_call_output" or _fields(item).get("call_id") in called
    ]


def _fields(item: TResponseInputItem) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], item)


def _words(item: TResponseInputItem) -> str:
    content: object = _fields(item).get("content")
    if isinstance(content, str):
        return content
    parts = cast(Sequence[object], content) if isinstance(content, Sequence) else ()
    texts = (cast(Mapping[str, object], part).get("text") for part in parts if isinstance(part, Mapping))
    return next((text for text in texts if isinstance(text, str)), "")
