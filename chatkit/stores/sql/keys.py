"""Any text as a key."""

import hashlib

from chatkit.store.records import MAX_ID_BYTES, holds_id, whole_text

__all__ = ["key"]


def key(text: str) -> str:
    """What stands for a text in an index: itself, if every database can hold it, or else a digest of it."""
    if text.isascii() and len(text) <= MAX_ID_BYTES and "\0" not in text:
        return text
    if whole_text(text) == text and holds_id(text):
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
