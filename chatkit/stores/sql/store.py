"""The store itself: whose request it is, and which table answers it."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from chatkit.live import LiveEngine, RunLog
from chatkit.live_redis import RedisLog
from chatkit.store import Store, ThreadChanges
from chatkit.store.owner import OwnerOf, default_owner, owner_checked
from chatkit.store.sessions import SessionRecords
from chatkit.stores.sql.attachments import Attachments
from chatkit.stores.sql.database import Database, adopt_engine, open_engine
from chatkit.stores.sql.diagnosis import Diagnosis, diagnose
from chatkit.stores.sql.drivers import BUSY_TIMEOUT, SQLiteDriver, driver_for, parse_url
from chatkit.stores.sql.errors import SchemaError
from chatkit.stores.sql.fences import FenceGuard
from chatkit.stores.sql.items import Items
from chatkit.stores.sql.live import sql_engine
from chatkit.stores.sql.migration import check_schema_name, read_revision, upgrade_database
from chatkit.stores.sql.probe import Probe
from chatkit.stores.sql.schema import HEAD, tables
from chatkit.stores.sql.sessions import SQLSessionRecords
from chatkit.stores.sql.threads import Threads
from chatkit.types import (
    Attachment,
    ClientToolCallItem,
    Page,
    StructuredInputItem,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
)

__all__ = ["SQLStore"]

TContext = TypeVar("TContext")

_PING_TIMEOUT = 5.0
"""Seconds that a database has to answer `ping`, if `statement_timeout` is not shorter."""


class SQLStore(Store[TContext]):
    """Threads, items and attachments in SQLite or PostgreSQL.

        SQLStore("sqlite+aiosqlite:///chat.db")
        SQLStore("postgresql+psycopg://chat:secret@db/chat", schema_name="chatkit", pool_size=20)

    A SQLite database is made and migrated at its first use; a PostgreSQL database when `chatkit migrate` is told to.
    The database may be down when the store is made and at any time later: requests then raise
    `StoreUnavailableError`, and work again when it is back.

    `owner` gives the owner of a context; see `default_owner`. `schema_name` is PostgreSQL's. `pool_size`,
    `max_overflow`, `pool_timeout` (seconds) and `pool_recycle` (seconds, -1 for never) are SQLAlchemy's; with
    `pool_pre_ping`, connections that died while they rested are replaced before they are used. An `engine` of your own
    takes the place of the URL and the pool's options; it is not closed with the store. A store belongs to one event
    loop.

    `statement_timeout` (seconds, None for no limit) is what one call of the store may take once it has its connection,
    also when the database is silent: it then raises `StoreUnavailableError`, at most a second later, and the connection
    is given up. A write that was on its way may have been done all the same. Waiting for a connection is limited by
    `pool_timeout`, waiting for SQLite's other writers by `statement_timeout`.

    What runs say to other processes is in the database too, or where `live` says: `redis://host:6379/0`, `rediss://`,
    `valkey://`, `unix://` (extra `redis`), or a log of your own, which is closed with the store. Who answers in which
    thread is always in the database.

    A SQLite database's file is made for its user alone (mode 0600); one that is there keeps its mode.
    """

    def __init__(
        self,
        url: str | URL | None = None,
        *,
        owner: OwnerOf[TContext] = default_owner,
        schema_name: str | None = None,
        pool_size: int = 5,
        max_overflow: int = 10,
        pool_timeout: float = 30.0,
        pool_recycle: int = -1,
        pool_pre_ping: bool = True,
        statement_timeout: float | None = 30.0,
        engine: AsyncEngine | None = None,
        live: str | RunLog | None = None,
    ) -> None:
        if statement_timeout is not None and statement_timeout <= 0:
            raise ValueError(f"A statement timeout must be more than 0 seconds, got {statement_timeout}.")
        if url is not None and engine is None:
            parsed = parse_url(url)
            driver = driver_for(parsed)
            opened = open_engine(
                parsed,
                ping=pool_pre_ping,
                busy_timeout=BUSY_TIMEOUT if statement_timeout is None else min(BUSY_TIMEOUT, statement_timeout),
                pool_size=pool_size,
                max_overflow=max_overflow,
                pool_timeout=pool_timeout,
                pool_recycle=pool_recycle,
            )
        elif engine is not None and url is None:
            parsed = parse_url(engine.url)
            driver = driver_for(parsed)
            opened = adopt_engine(engine, driver)
        else:
            raise ValueError("SQLStore takes either a database URL or an engine.")
        check_schema_name(parsed.get_backend_name(), schema_name)
        self._owner_of = owner
        self._schema = schema_name
        self._closes = engine is None
        named = tables(schema_name)
        self._database = Database(
            opened,
            driver,
            self._migrate if isinstance(driver, SQLiteDriver) else None,
            statement_timeout=statement_timeout,
            guard=FenceGuard(named.live),
        )
        log = RedisLog(live) if isinstance(live, str) else live
        self._live = sql_engine(self._database, named, shares=not self._closes, log=log)
        self._attachments = Attachments(self._database, named)
        self._threads = Threads(self._database, named, self._attachments)
        self._items = Items(self._database, named, self._threads, self._attachments)
        self._probe = Probe(self._database, named)
        self._sessions = SQLSessionRecords(self._database, named)

    async def warm_up(self) -> None:
        """Opens the pool's connections, so that the first requests need not. Raises as `ping` does."""
        await self._database.warm_up()

    async def ping(self) -> None:
        """Raises `StoreUnavailableError` when the database does not answer, has not the schema needed or cannot write.

        Writing is tried when nothing was written in the last ten seconds, or when the last write failed.
        """
        revision = await self._database.run(
            lambda connection: connection.run_sync(read_revision, self._schema), limit=_PING_TIMEOUT, reads=True
        )
        if revision is None:
            raise SchemaError(f"{self._database.where} does not have the tables: run `chatkit migrate`.")
        if revision != HEAD:
            raise SchemaError(
                f"{self._database.where} is at revision {revision} and should be at {HEAD}: run `chatkit migrate`, "
                "or upgrade open-chatkit if the database is the newer one."
            )
        await self._probe.check()

    async def diagnose(self) -> Diagnosis:
        """What is to be known of the database beside whether it answers. Raises `StoreUnavailableError`."""
        return await diagnose(self._database, self._schema)

    def live_engine(self) -> LiveEngine:
        return self._live

    def session_records(self) -> SessionRecords:
        return self._sessions

    async def close(self) -> None:
        """Closes the connections that the store opened. Using the store again opens new ones.

        Runs that it still holds are for other processes to take over.
        """
        await self._live.log.close()
        await self._live.leases.close()
        await self._database.close(disposes=self._closes)

    async def load_thread(self, thread_id: str, context: TContext) -> ThreadMetadata:
        return await self._threads.load(self._owner(context), thread_id)

    async def save_thread(self, thread: ThreadMetadata, context: TContext) -> None:
        await self._threads.save(self._owner(context), thread)

    async def update_thread(self, thread_id: str, changes: ThreadChanges, context: TContext) -> ThreadMetadata:
        return await self._threads.update(self._owner(context), thread_id, changes)

    async def load_threads(self, limit: int, after: str | None, order: str, context: TContext) -> Page[ThreadMetadata]:
        return await self._threads.page(self._owner(context), limit, after, order)

    async def load_threads_within(
        self, limit: int, after: str | None, order: str, max_bytes: int, context: TContext
    ) -> Page[ThreadMetadata]:
        return await self._threads.page(self._owner(context), limit, after, order, max_bytes)

    async def delete_thread(self, thread_id: str, context: TContext) -> None:
        await self._threads.delete(self._owner(context), thread_id)

    async def list_thread_attachment_ids(self, thread_id: str, context: TContext) -> list[str]:
        return await self._threads.attachment_ids(self._owner(context), thread_id)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: TContext
    ) -> Page[ThreadItem]:
        return await self._items.page(self._owner(context), thread_id, after, limit, order)

    async def load_thread_items_within(
        self, thread_id: str, after: str | None, limit: int, order: str, max_bytes: int, context: TContext
    ) -> Page[ThreadItem]:
        return await self._items.page(self._owner(context), thread_id, after, limit, order, max_bytes)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        await self._items.save(self._owner(context), thread_id, item)

    async def store_user_message(
        self, thread: ThreadMetadata, message: UserMessageItem, context: TContext, *, opens_thread: bool
    ) -> None:
        await self._items.save_message(self._owner(context), message, thread, opens=opens_thread)

    async def save_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        await self._items.save(self._owner(context), thread_id, item)

    async def load_item(self, thread_id: str, item_id: str, context: TContext) -> ThreadItem:
        return await self._items.load(self._owner(context), thread_id, item_id)

    async def claim_item(
        self, thread_id: str, item: ClientToolCallItem | StructuredInputItem, context: TContext
    ) -> bool:
        return await self._items.claim(self._owner(context), thread_id, item)

    async def save_if_unchanged(
        self, thread_id: str, seen: ThreadItem, items: Sequence[ThreadItem], context: TContext
    ) -> bool:
        return await self._items.save_if_unchanged(self._owner(context), thread_id, seen, items)

    async def delete_items_after(
        self, thread_id: str, item_id: str, context: TContext, *, replaced: UserMessageItem | None = None
    ) -> None:
        await self._items.delete_after(self._owner(context), thread_id, item_id, replaced)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: TContext) -> None:
        await self._items.delete(self._owner(context), thread_id, item_id)

    async def save_attachment(self, attachment: Attachment, context: TContext) -> None:
        await self._attachments.save(self._owner(context), attachment)

    async def load_attachment(self, attachment_id: str, context: TContext) -> Attachment:
        return await self._attachments.load(self._owner(context), attachment_id)

    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        await self._attachments.delete(self._owner(context), attachment_id)

    def _owner(self, context: TContext) -> str:
        return owner_checked(self._owner_of(context))

    async def _migrate(self, database: Database) -> None:
        await upgrade_database(database, self._schema)
