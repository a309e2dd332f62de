"""The schema's versions: bringing a database up to date, telling what is pending, showing it as SQL.

`chatkit migrate` calls `upgrade`, `check` and `sql_preview`. Alembic is imported when there is something to migrate: a
store that finds its database up to date never needs it.
"""

import asyncio
import io
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select, text
from sqlalchemy.schema import CreateSchema

from chatkit.store import StoreUnavailableError
from chatkit.stores.sql.database import Database, open_engine
from chatkit.stores.sql.drivers import BUSY_TIMEOUT, Driver, SQLiteDriver, driver_for, parse_url
from chatkit.stores.sql.errors import SchemaError
from chatkit.stores.sql.schema import HEAD, VERSION_TABLE, tables

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import Script, ScriptDirectory

__all__ = ["SchemaState", "check", "check_schema_name", "read_revision", "sql_preview", "upgrade", "upgrade_database"]

_SCRIPTS = Path(__file__).parent / "migrations"
_UPGRADE_LOCK = 0x63686174_6B6974  # any number that no other application of the database locks

_BUSY_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class SchemaState:
    """What a database's schema is and what it should be. `current` is None before the first migration."""

    current: str | None
    head: str
    pending: list[str]
    """The migrations to come, oldest first, each as its revision and what it does."""
    differences: list[str]
    """What an up-to-date database has that the tables here do not, or the other way round: somebody changed it."""

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be done."""
        return not self.pending and not self.differences


async def upgrade(url: str, schema: str | None = None) -> None:
    """Brings the database up to date, in one transaction. Several processes may do so at once.

    Raises `StoreUnavailableError` when the database does not answer, or is of a newer version than this package.
    """
    async with _opened(url, schema) as database:
        await upgrade_database(database, schema)


async def check(url: str, schema: str | None = None) -> SchemaState:
    """What is pending, and what differs from what this version expects. Changes nothing."""
    async with _opened(url, schema) as database:
        return await database.run(lambda connection: connection.run_sync(_state, schema))


def sql_preview(url: str, schema: str | None = None, *, since: str | None = None) -> str:
    """The SQL that `upgrade` would run, from an empty database or from the revision `since`. Connects to nothing."""
    from alembic import command

    parsed = parse_url(url)
    dialect = parsed.get_backend_name()
    check_schema_name(dialect, schema)
    output = io.StringIO()
    if schema is not None and since is None:
        output.write(f"{CreateSchema(schema, if_not_exists=True).compile()};\n\n")
    config = _config(schema, dialect=dialect, output=output)
    command.upgrade(config, "head" if since is None else f"{since}:head", sql=True)
    return output.getvalue()


def check_schema_name(dialect: str, schema: str | None) -> None:
    """Raises `ValueError` for a schema in a database that has none."""
    if schema is not None and dialect == "sqlite":
        raise ValueError("SQLite has no schemas: leave the schema name out.")


async def upgrade_database(database: Database, schema: str | None) -> None:
    """`upgrade` for a database that is open already."""
    check_schema_name(database.engine.dialect.name, schema)
    deadline = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            return await _upgrade_once(database, schema)
        except StoreUnavailableError as error:
            # SQLite does not wait for other processes while it changes the journal's mode, as it does elsewhere.
            if error.__cause__ is None or not database.driver.is_busy(error.__cause__) or time.monotonic() > deadline:
                raise
        await asyncio.sleep(_BUSY_PAUSE)


async def _upgrade_once(database: Database, schema: str | None) -> None:
    if await database.run(lambda connection: connection.run_sync(read_revision, schema), prepared=False) == HEAD:
        return
    if isinstance(database.driver, SQLiteDriver):
        await database.run(lambda connection: connection.exec_driver_sql("PRAGMA journal_mode = WAL"), prepared=False)
    await database.transact(lambda connection: connection.run_sync(_upgrade, database.driver, schema), prepared=False)


def read_revision(connection: Connection, schema: str | None) -> str | None:
    """The revision that the database says it has; None before the first migration."""
    if not inspect(connection).has_table(VERSION_TABLE, schema=schema):
        return None
    revision: Column[str] = Column("version_num", String)
    versions = Table(VERSION_TABLE, MetaData(), revision, schema=schema)
    return connection.execute(select(revision).select_from(versions)).scalar()


def _upgrade(connection: Connection, driver: Driver, schema: str | None) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    if not isinstance(driver, SQLiteDriver):  # SQLite's transaction keeps other processes out by itself
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    if schema is not None and not inspect(connection).has_schema(schema):
        connection.execute(CreateSchema(schema))
    config = _config(schema, connection=connection, dialect=connection.dialect.name)
    _pending(ScriptDirectory.from_config(config), read_revision(connection, schema))
    command.upgrade(config, "head")


def _pending(scripts: "ScriptDirectory", current: str | None) -> "list[Script]":
    """The migrations to come, oldest first. Raises `SchemaError` for a revision of a newer version."""
    steps = list(scripts.walk_revisions("base", "head"))[::-1]
    known = [step.revision for step in steps]
    if current is None:
        return steps
    if current not in known:
        raise SchemaError(
            f"The database is of a newer version (revision {current}, this one knows {HEAD}): upgrade open-chatkit."
        )
    return steps[known.index(current) + 1 :]


def _state(connection: Connection, schema: str | None) -> SchemaState:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    current = read_revision(connection, schema)
    pending = _pending(ScriptDirectory.from_config(_config(schema, dialect=connection.dialect.name)), current)
    metadata = tables(schema).metadata
    ours = {table.name for table in metadata.tables.values()}

    def is_ours(name: str | None, kind: str, _: object) -> bool:
        return name in ours if kind == "table" else kind != "schema" or name == schema

    options: dict[str, Any] = {"include_schemas": schema is not None, "include_name": is_ours}
    comparison = MigrationContext.configure(connection, opts={"target_metadata": metadata, **options})
    differences = [] if pending else [repr(difference) for difference in compare_metadata(comparison, metadata)]
    return SchemaState(current, HEAD, [f"{step.revision} {step.doc}" for step in pending], differences)


def _config(schema: str | None, **attributes: object) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(schema=schema, **attributes)
    return config


@asynccontextmanager
async def _opened(url: str, schema: str | None) -> AsyncGenerator[Database]:
    parsed = parse_url(url)
    check_schema_name(parsed.get_backend_name(), schema)
    database = Database(open_engine(parsed), driver_for(parsed))
    try:
        yield database
    finally:
        await database.close()
