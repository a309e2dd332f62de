"""Images and files in the model's input, and hosts that take none."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

import openai
from agents import Model
from agents.items import TResponseInputItem

from chatkit.adapters.openai_agents.converter import text_input
from chatkit.adapters.openai_agents.untrusted import quoted
from chatkit.types import NoticeEvent

__all__ = ["RefusedMedia", "refused_media", "remark", "without_media"]

_IMAGES: Final = "input_image"
_FILES: Final = "input_file"
_REFUSING: Final = (400, 404, 415, 422, 500, 501)
_OF_IMAGES: Final = re.compile(r"image|vision|visual|multi-?modal|modalit|mmproj|picture", re.IGNORECASE)
_OF_FILES: Final = re.compile(r"\bfiles?\b|input_file|file_data|\bpdf\b|document|mime", re.IGNORECASE)
_OF_PARTS: Final = re.compile(
    r"content[^.]{0,60}(string|type|part)|part type|unknown variant|text[- ]only", re.IGNORECASE
)
_LOOKED_AT: Final = 4000


def refused_media(error: BaseException, items: Sequence[TResponseInputItem]) -> frozenset[str]:
    """The kinds of parts that the model's host refused: of those in the input, those that its words are about."""
    if not isinstance(error, openai.APIError) or getattr(error, "status_code", _REFUSING[0]) not in _REFUSING:
        return frozenset()
    there = {part["type"] for item in items for part in _parts(item)} & {_IMAGES, _FILES}
    said = f"{error} {error.body}"[:_LOOKED_AT]
    named = {kind for kind, words in ((_IMAGES, _OF_IMAGES), (_FILES, _OF_FILES)) if words.search(said)}
    return frozenset(there & named or (there if _OF_PARTS.search(said) else ()))


def remark(kinds: frozenset[str]) -> NoticeEvent:
    """What the user is told when a model turns out to take no such parts."""
    what = " or ".join(name for kind, name in ((_IMAGES, "images"), (_FILES, "files")) if kind in kinds)
    return NoticeEvent(level="warning", message=f"This model takes no {what}, so it answers without seeing them.")


def _parts(item: object) -> list[dict[str, Any]]:
    content: object = cast(Mapping[str, object], item).get("content") if isinstance(item, Mapping) else None
    parts = cast(list[object], content) if isinstance(content, list) else []
    return [cast(dict[str, Any], part) for part in parts if isinstance(part, dict) and "type" in part]


def without_media(items: Sequence[TResponseInputItem], kinds: frozenset[str]) -> list[TResponseInputItem]:
    """The input with words in the place of such parts; files of text are read out."""
    if not kinds:
        return list(items)
    return [_in_words(item, kinds) if any(part["type"] in kinds for part in _parts(item)) else item for item in items]


def _in_words(item: TResponseInputItem, kinds: frozenset[str]) -> TResponseInputItem:
    content = [_words(part) if part["type"] in kinds else part for part in _parts(item)]
    return cast(TResponseInputItem, {**cast(dict[str, Any], item), "content": content})


def _words(part: Mapping[str, Any]) -> Any:
    if part["type"] == _IMAGES:
        return text_input("There is an image here, which you cannot see: tell the user so if they ask about it.")
    name = quoted({"name": part.get("filename")})
    read = _text_of(str(part.get("file_data", "")))
    if read is not None:
        return text_input(f"The user attached a file: {name}\n<File>\n{read}\n</File>")
    return text_input(f"The user attached a file that you cannot read: tell them so if they ask about it: {name}")


def _text_of(url: str) -> str | None:
    """The text in a data URL of a text."""
    kind, _, encoded = url.partition(";base64,")
    if not kind.startswith(("data:text/", "data:application/json")):
        return None
    try:
        return base64.b64decode(encoded).decode(errors="replace")
    except binascii.Error:
        return None


class RefusedMedia:
    """What each model has refused so far."""

    def __init__(self) -> None:
        self._by_name: dict[str, frozenset[str]] = {}
        self._by_model: WeakKeyDictionary[Model, frozenset[str]] = WeakKeyDictionary()

    def of(self, model: str | Model | None) -> frozenset[str]:
        """The kinds of parts that are not to be sent to it."""
        name = _name(model)
        if isinstance(name, str):
            return self._by_name.get(name, frozenset())
        return self._by_model.get(name, frozenset())

    def add(self, model: str | Model | None, kinds: frozenset[str]) -> None:
        """It has refused these."""
        name, known = _name(model), self.of(model) | kinds
        if isinstance(name, str):
            self._by_name[name] = known
        else:
            self._by_model[name] = known


def _name(model: str | Model | None) -> str | Model:
    """What tells a model from others: applications may make its object anew for each request."""
    if not isinstance(model, Model):
        return model or ""
    name: object = getattr(model, "model", None)
    return f"{type(model).__name__} {name}" if isinstance(name, str) else model
