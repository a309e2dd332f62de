"""Where threads, items and attachments are kept: the ports that stores implement, the ids, and a store in memory."""

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
