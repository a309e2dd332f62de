"""`SQLStore`: threads, items and attachments in SQLite or PostgreSQL, and the migrations of its schema.

One implementation on SQLAlchemy Core: `schema` has the tables, `threads`, `items` and `attachments` the statements and
what runs them, `database` the connections, `migration` the schema's versions.
"""

try:
    import alembic as _alembic
    import sqlalchemy as _sqlalchemy
except ImportError as error:
    raise ImportError(
        "SQLStore needs packages that are not installed: pip install 'open-chatkit[sqlite]' for SQLite, "
        "pip install 'open-chatkit[postgres]' for PostgreSQL."
    ) from error

from chatkit.stores.sql.migration import check, sql_preview, upgrade
from chatkit.stores.sql.store import SQLStore

__all__ = ["SQLStore", "check", "sql_preview", "upgrade"]

del _alembic, _sqlalchemy
