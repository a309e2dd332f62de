"""What every store keeps: the protocol's models as JSON documents, under ids that every database can hold."""

from collections.abc import Iterable
from typing import Any, Final, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, to_json

from chatkit._depth import not_too_deep
from chatkit.logger import logger
from chatkit.types import Attachment, Thread, ThreadItem, ThreadMetadata, WidgetItem

__all__ = [
    "ATTACHMENTS",
    "ITEMS",
    "MAX_ID_BYTES",
    "MAX_LEVELS",
    "THREADS",
    "check_id",
    "fit",
    "from_document",
    "holds_id",
    "is_descending",
    "to_document",
    "whole_text",
]

T = TypeVar("T")

ITEMS: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)
THREADS: TypeAdapter[ThreadMetadata] = TypeAdapter(ThreadMetadata)
ATTACHMENTS: TypeAdapter[Attachment] = TypeAdapter(Attachment)

MAX_ID_BYTES = 1024
"""The longest id in UTF-8: two of them fit an index entry of every database."""

MAX_LEVELS = 200
"""Objects and arrays inside one another that JSON is read with, the record itself counted."""

_NOT_STORED: Final = {"items"}


def to_document(record: BaseModel) -> str:
    """The record's JSON, with the fields that this version does not know and nulls inside payloads.

    Of a `Thread` only the metadata is kept: its items are records of their own. Halves of characters (lone surrogates)
    that stand side by side are joined; others become U+FFFD. Raises `ValueError` for a record that is too deep to be
    read again.
    """
    _check_depth(record)
    without = _NOT_STORED if isinstance(record, Thread) else None
    try:
        return record.model_dump_json(by_alias=True, exclude=without)
    except (PydanticSerializationError, UnicodeEncodeError):  # which of them, depends on where the half stands
        plain = record.model_dump(by_alias=True, exclude=without)
        return to_json(_whole(plain), inf_nan_mode="null").decode()


def from_document(adapter: TypeAdapter[T], document: str | bytes, record_id: str) -> T | None:
    """The record of a document, or None, with a warning, for one that only a newer version understands.

    The document stays where it is. The log names the fields at fault, never their values.
    """
    try:
        return adapter.validate_json(document)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        places = ", ".join(".".join(map(str, fault["loc"])) + f" ({fault['type']})" for fault in faults[:3])
        logger.warning("Skipped the stored record %s, which this version cannot read: %s", record_id, places)
        return None


def whole_text(text: str) -> str:
    """The text without halves of characters: those side by side are joined, others become U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def holds_id(record_id: str) -> bool:
    """Whether a record can be stored under that id at all. Asking for one that cannot finds nothing.

    Ask for `whole_text` of an id: that is what its record is written under.
    """
    if not record_id or "\0" in record_id:
        return False
    try:
        return len(record_id) <= MAX_ID_BYTES and len(record_id.encode()) <= MAX_ID_BYTES
    except UnicodeEncodeError:  # a lone surrogate
        return False


def check_id(record_id: str) -> str:
    """The id that a record is written under: `whole_text` of the given one.

    Raises `ValueError` when no store can hold it.
    """
    if not holds_id(known := whole_text(record_id)):
        raise ValueError(f"An id must be 1 to {MAX_ID_BYTES} bytes of UTF-8 without NUL characters.")
    return known


def is_descending(limit: int, order: str) -> bool:
    """Whether a page goes backwards. Raises `ValueError` for a limit below 1 and for an unknown order."""
    if limit < 1:
        raise ValueError(f"The limit of a page must be 1 or more, got {limit}.")
    if order not in ("asc", "desc"):
        raise ValueError(f'The order of a page must be "asc" or "desc", got {order!r}.')
    return order == "desc"


def fit(sizes: Iterable[int], most: int) -> int:
    """How many of these sizes, one after the other, come to no more than `most` together; one at least."""
    total = count = 0
    for size in sizes:
        total += size
        if total > most and count:
            break
        count += 1
    return count


def _check_depth(record: BaseModel) -> None:
    """Looked at before it is written: of what is too deep, pydantic's time may double with each level."""
    if isinstance(record, WidgetItem):
        not_too_deep(record.widget)
    level: list[object] = [record]
    for _ in range(MAX_LEVELS):
        level = [inner for node in level for inner in _inside(node) if isinstance(inner, _NESTS)]
        if not level:
            return
    raise ValueError(f"A record may have at most {MAX_LEVELS} objects and arrays inside one another.")


_NESTS: Final = (BaseModel, dict, list, tuple)


def _inside(node: object) -> Any:
    """What stands directly in a model, a dict or a list."""
    match node:
        case BaseModel(model_extra=None):
            return node.__dict__.values()
        case BaseModel():
            return (*node.__dict__.values(), *(node.model_extra or {}).values())
        case dict():
            return cast(dict[Any, object], node).values()
        case _:
            return cast(list[object], node)


def _whole(value: object) -> object:
    """JSON without halves of characters."""
    match value:
        case str():
            return whole_text(value)
        case dict():
            return {_whole(name): _whole(inner) for name, inner in cast(dict[object, object], value).items()}
        case list() | tuple():
            return [_whole(inner) for inner in cast(list[object], value)]
        case _:
            return value
