"""What every store keeps: the protocol's models as JSON documents, under ids that every database can hold."""

from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from chatkit.logger import logger
from chatkit.types import Attachment, Thread, ThreadItem, ThreadMetadata

__all__ = ["ATTACHMENTS", "ITEMS", "MAX_ID_BYTES", "THREADS", "check_id", "dump", "holds_id", "is_descending", "load"]

T = TypeVar("T")

ITEMS: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)
THREADS: TypeAdapter[ThreadMetadata] = TypeAdapter(ThreadMetadata)
ATTACHMENTS: TypeAdapter[Attachment] = TypeAdapter(Attachment)

MAX_ID_BYTES = 1024
"""The longest id in UTF-8: two of them fit an index entry of every database."""


def dump(record: BaseModel) -> str:
    """The record's JSON, with the fields that this version does not know and nulls inside payloads.

    Of a `Thread` only the metadata is kept: its items are records of their own.
    """
    return record.model_dump_json(by_alias=True, exclude={"items"} if isinstance(record, Thread) else None)


def load(adapter: TypeAdapter[T], document: str | bytes, record_id: str) -> T | None:
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


def holds_id(record_id: str) -> bool:
    """Whether a record can be stored under that id at all. Asking for one that cannot finds nothing."""
    if not record_id or "\0" in record_id:
        return False
    try:
        return len(record_id.encode()) <= MAX_ID_BYTES
    except UnicodeEncodeError:  # a lone surrogate
        return False


def check_id(record_id: str) -> str:
    """The id, for a record to be written. Raises `ValueError` when no store can hold it."""
    if not holds_id(record_id):
        raise ValueError(f"An id must be 1 to {MAX_ID_BYTES} bytes of UTF-8 without NUL characters.")
    return record_id


def is_descending(limit: int, order: str) -> bool:
    """Whether a page goes backwards. Raises `ValueError` for a limit below 1 and for an unknown order."""
    if limit < 1:
        raise ValueError(f"The limit of a page must be 1 or more, got {limit}.")
    if order not in ("asc", "desc"):
        raise ValueError(f'The order of a page must be "asc" or "desc", got {order!r}.')
    return order == "desc"
