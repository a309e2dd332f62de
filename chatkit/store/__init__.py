"""Where threads, items and attachments are kept: the ports that stores implement, the ids, and a store in memory."""

from typing import TYPE_CHECKING

from chatkit._known_names import known_names
from chatkit.store.changes import ThreadChanges
from chatkit.store.ids import StoreItemType, default_generate_id
from chatkit.store.memory import MemoryStore as InMemoryStore
from chatkit.store.ports import AttachmentStore, NotFoundError, Store, StoreUnavailableError

__all__ = [
    "AttachmentStore",
    "InMemoryStore",
    "NotFoundError",
    "Store",
    "StoreItemType",
    "StoreUnavailableError",
    "ThreadChanges",
    "default_generate_id",
]

if not TYPE_CHECKING:  # type checkers see what is declared here, and nothing else
    __getattr__ = known_names(__name__)
