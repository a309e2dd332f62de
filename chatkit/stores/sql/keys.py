"""Any text as a key."""

import hashlib

from chatkit.store.records import holds_id, whole_text

__all__ = ["key"]


def key(text: str) -> str:
    """What stands for a text in an index: itself, if every database can hold it, or else a digest of it."""
    if whole_text(text) == text and (not text or holds_id(text)):
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
