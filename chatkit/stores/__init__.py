"""Ready-made stores: `MemoryStore` for tests and demos, `SQLStore` for SQLite and PostgreSQL.

All tell users apart by owner and behave alike; `chatkit.testing.StoreContract` is what they have in common. `SQLStore`
needs the extra `sqlite` or `postgres` and is imported when it is first named.
"""

import importlib
from typing import TYPE_CHECKING

from chatkit.store.memory import MemoryStore
from chatkit.store.owner import default_owner

if TYPE_CHECKING:
    from chatkit.stores.sql import SQLStore

__all__ = ["MemoryStore", "SQLStore", "default_owner"]


def __getattr__(name: str) -> object:
    if name == "SQLStore":
        return importlib.import_module("chatkit.stores.sql").SQLStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
