"""The log of runs in the database: what they said, for other processes."""

import itertools
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Text,
    and_,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chatkit.live import Entry, Fate, RunLog
from chatkit.stores.sql.database import Database, Query, driver_connection
from chatkit.stores.sql.keys import key
from chatkit.stores.sql.run_records import any_of, texts_of
from chatkit.stores.sql.run_tables import RunTables
from chatkit.stores.sql.signals import TEXT, PostgresSignals, Signals

if TYPE_CHECKING:
    import aiosqlite

__all__ = ["PostgresLog", "SQLLog", "SQLiteLog"]

_Row = tuple[str, int, int, int, str, bool]
"""A run's key, its fence, the first and last number, the text, and whether it is a base."""
_NAMES = ("run_id", "fence", "first", "last", "text", "base")


class SQLLog(RunLog):
    """What both databases have in common."""

    def __init__(self, database: Database, tables: RunTables, signals: Signals) -> None:
        self._database = database
        self._tables = tables
        self._signals = signals

    @property
    def polls(self) -> float | None:
        return self._signals.polls

    async def append(self, entries: Sequence[Entry]) -> Mapping[str, Fate]:
        if not entries:
            return {}
        rows = [(key(e.run_id), e.fence, e.first, e.last, e.text, e.base) for e in entries]
        with_bases = any(row[5] for row in rows)
        refused = await self._write(_without_the_replaced(rows) if with_bases else rows, with_bases=with_bases)
        return {entry.run_id: "refused" for entry in entries if key(entry.run_id) in refused} if refused else {}

    async def _write(self, rows: Sequence[_Row], *, with_bases: bool) -> Collection[str]:
        """Writes rows; gives the keys of runs that were refused."""
        raise NotImplementedError

    async def read(self, positions: Mapping[str, int]) -> Mapping[str, Sequence[Entry]]:
        asked = {key(run_id): run_id for run_id in positions}
        if not asked:
            return {}
        rows = await self._read({known: positions[run_id] for known, run_id in asked.items()})
        return {
            asked[run]: [Entry(asked[run], *row[1:5], bool(row[5])) for row in group]
            for run, group in itertools.groupby(rows, lambda row: row[0])
        }

    async def _read(self, positions: Mapping[str, int]) -> Sequence[_Row]:
        """Rows of runs behind positions, by run and number."""
        raise NotImplementedError

    async def signal(self, texts: Sequence[str]) -> None:
        await self._signals.send(texts)

    async def listen(self, hear: Callable[[str], None]) -> Callable[[], None]:
        return await self._signals.listen(hear)

    async def close(self) -> None:
        await self._signals.close()


class PostgresLog(SQLLog):
    """One statement for all entries, which come as one JSON text: psycopg takes twenty times as long for arrays."""

    def __init__(self, database: Database, tables: RunTables, signals: PostgresSignals) -> None:
        super().__init__(database, tables, signals)
        self._channel = signals.channel
        self._append = Query(_append_on_postgres(tables, with_bases=False), database.engine)
        self._replace = Query(_append_on_postgres(tables, with_bases=True), database.engine)
        events = tables.events.c
        asked = (
            func.unnest(bindparam("run_ids", type_=ARRAY(Text)), bindparam("positions", type_=ARRAY(BigInteger)))
            .table_valued("run_id", "position")
            .render_derived(name="asked")
        )
        behind = and_(events.run_id == asked.c.run_id, events.last > asked.c.position)
        rows = select(events.run_id, events.fence, events.first, events.last, events.text, events.base)
        self._news = Query(
            rows.select_from(asked.join(tables.events, behind)).order_by(events.run_id, events.last), database.engine
        )

    async def _write(self, rows: Sequence[_Row], *, with_bases: bool) -> Collection[str]:
        entries = json.dumps([dict(zip(_NAMES, row, strict=True)) for row in rows], ensure_ascii=False)
        query = self._replace if with_bases else self._append
        found = await self._database.fetch(query, entries=entries, channel=self._channel)
        return {run_id for (run_id,) in found if run_id}

    async def _read(self, positions: Mapping[str, int]) -> Sequence[_Row]:
        return await self._database.fetch(self._news, run_ids=list(positions), positions=list(positions.values()))


def _append_on_postgres(tables: RunTables, *, with_bases: bool) -> Any:
    """Inserts what was given, unless its run was taken over. Selects the runs that were; and nothing, for each entry
    that others are notified of.

    The lock keeps a takeover from coming in between: what it finds in the log is all that there will be.
    """
    runs, events = tables.runs.c, tables.events.c
    types = (Text, BigInteger, BigInteger, BigInteger, Text, Boolean)
    columns = [column(name, type_) for name, type_ in zip(_NAMES, types, strict=True)]
    entries = func.json_to_recordset(cast(bindparam("entries", type_=Text), JSON))
    given = entries.table_valued(*columns).render_derived(name="entries", with_types=True)
    given = select(*given.c).cte("given")
    named = select(given.c.run_id)
    held = select(runs.id, runs.fence).where(runs.id.in_(named)).with_for_update(read=True, key_share=True).cte("held")
    is_held = and_(held.c.id == given.c.run_id, held.c.fence <= given.c.fence)
    taken = select(given).join(held, is_held).cte("taken")
    later = exists(
        select(events.last).where(
            events.run_id == taken.c.run_id,
            events.last >= taken.c.last,
            or_(events.base, ~taken.c.base) if with_bases else true(),
        )
    )
    rows = select(taken.c.run_id, taken.c.fence, taken.c.first, taken.c.last, taken.c.text, taken.c.base).where(~later)
    told = func.pg_notify(bindparam("channel", type_=Text), literal(f"{TEXT}run:").concat(taken.c.run_id))
    refused = select(given.c.run_id).where(~exists(select(held.c.id).where(is_held))).distinct()
    refused = refused.union_all(select(cast(told, Text)).select_from(taken))
    insertion = insert(tables.events).from_select(_NAMES, rows)
    if not with_bases:
        return refused.add_cte(insertion.on_conflict_do_nothing().cte("added"))
    new = insertion.excluded
    replacing = insertion.on_conflict_do_update(
        index_elements=[events.run_id, events.last],
        set_={"first": new.first, "fence": new.fence, "text": new.text, "base": new.base},
        where=and_(new.base, ~events.base),
    )
    dropped = delete(tables.events).where(events.run_id == taken.c.run_id, taken.c.base, events.last < taken.c.last)
    return refused.add_cte(dropped.cte("dropped"), replacing.cte("added"))


class SQLiteLog(SQLLog):
    """One statement for many entries, beside the queue of the store's writers: SQLite's own lock tells them apart."""

    def __init__(self, database: Database, tables: RunTables, signals: Signals) -> None:
        super().__init__(database, tables, signals)
        runs, events = tables.runs.c, tables.events.c
        asked = func.json_each(bindparam("positions", type_=Text)).table_valued("key", "value")
        behind = and_(events.run_id == asked.c.key, events.last > asked.c.value)
        rows = select(events.run_id, events.fence, events.first, events.last, events.text, events.base)
        self._news = Query(
            rows.select_from(asked.join(tables.events, behind)).order_by(events.run_id, events.last), database.engine
        )
        self._fences = Query(select(runs.id, runs.fence).where(any_of(database, runs.id, "run_ids")), database.engine)

    async def _write(self, rows: Sequence[_Row], *, with_bases: bool) -> Collection[str]:
        added = 0
        if with_bases:
            added = await self._database.transact(lambda connection: self._replace(connection, rows), fenced=False)
        else:
            for some in _in_pieces(rows):
                added += await self._database.on_driver(lambda connection, some=some: _insert(connection, some))
        if added == len(rows):
            return ()
        return await self._refused(rows)  # or they are there already

    async def _replace(self, connection: AsyncConnection, rows: Sequence[_Row]) -> int:
        driver = driver_connection(connection)
        added = 0
        for some in _in_pieces(rows):
            added += await _insert(driver, some)
        for run_id, fence, _, last, _, base in rows:
            if base:
                await driver.execute_fetchall(_DROP, (run_id, last, run_id, fence))
        return added

    async def _refused(self, rows: Sequence[_Row]) -> Collection[str]:
        found = await self._database.fetch(self._fences, run_ids=texts_of(self._database, {row[0] for row in rows}))
        fences: dict[str, int] = dict(found)
        return {run_id for run_id, fence, *_ in rows if run_id not in fences or fences[run_id] > fence}

    async def _read(self, positions: Mapping[str, int]) -> Sequence[_Row]:
        return await self._database.fetch(self._news, positions=json.dumps(positions))


_PIECE = 150
"""Entries in one statement: older versions of SQLite take no more than 999 values."""

_INSERT = """
INSERT INTO chatkit_run_events (run_id, fence, first, last, text, base)
WITH given (run_id, fence, first, last, text, base) AS (VALUES ROWS)
SELECT * FROM given
WHERE EXISTS (SELECT 1 FROM chatkit_runs WHERE id = given.run_id AND fence <= given.fence)
AND NOT EXISTS (
    SELECT 1 FROM chatkit_run_events AS later
    WHERE later.run_id = given.run_id AND later.last >= given.last AND (later.base OR NOT given.base)
)
ON CONFLICT (run_id, last) DO UPDATE
SET first = excluded.first, fence = excluded.fence, text = excluded.text, base = excluded.base
"""
"""A table of any number of rows is beyond what SQLAlchemy makes for SQLite, and what it makes takes long."""

_DROP = """
DELETE FROM chatkit_run_events WHERE run_id = ? AND last < ?
AND EXISTS (SELECT 1 FROM chatkit_runs WHERE id = ? AND fence <= ?)
"""


@lru_cache(maxsize=_PIECE)
def _insertion(count: int) -> str:
    return _INSERT.replace("ROWS", ", ".join(["(?, ?, ?, ?, ?, ?)"] * count))


async def _insert(connection: "aiosqlite.Connection", rows: Sequence[_Row]) -> int:
    cursor = await connection.execute(_insertion(len(rows)), list(itertools.chain.from_iterable(rows)))
    return cursor.rowcount


def _in_pieces(rows: Sequence[_Row]) -> Sequence[Sequence[_Row]]:
    return [rows[start : start + _PIECE] for start in range(0, len(rows), _PIECE)]


def _without_the_replaced(rows: Sequence[_Row]) -> Sequence[_Row]:
    """The rows that no later one of the same run stands for."""
    kept: list[_Row] = []
    bases: dict[str, int] = {}
    for row in reversed(rows):
        if row[3] > bases.get(row[0], 0):
            kept.append(row)
        if row[5]:
            bases[row[0]] = max(row[3], bases.get(row[0], 0))
    return kept[::-1]
