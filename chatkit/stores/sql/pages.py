"""Pages of records: as many rows as were asked for, and no more than fit."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, Table, bindparam, case

from chatkit.store.records import fit, from_document, is_descending
from chatkit.stores.sql.database import Database, Query
from chatkit.types import Page

__all__ = ["Pages"]

T = TypeVar("T")


class _Rows(Protocol):
    """The statement for rows in one order, past a cursor if they follow another page. The columns are chosen here."""

    def __call__(self, columns: Sequence[ColumnElement[Any]], *, descending: bool, follows: bool) -> Select[Any]: ...


class Pages(Generic[T]):
    """Pages of one table, each in one statement unless a record is long."""

    def __init__(self, database: Database, table: Table, adapter: TypeAdapter[T], rows: _Rows) -> None:
        self._database = database
        self._adapter = adapter
        size = database.driver.octets(table.c.document)
        short = case((size <= bindparam("most"), table.c.document))
        ways = [(descending, follows) for descending in (False, True) for follows in (False, True)]

        def queries(*columns: ColumnElement[Any]) -> dict[tuple[bool, bool], Query]:
            statements = ((way, rows(columns, descending=way[0], follows=way[1])) for way in ways)
            return {way: Query(rows.limit(bindparam("row_limit")), database.engine) for way, rows in statements}

        self._whole = queries(table.c.id, table.c.document)
        self._short = queries(table.c.id, short)
        self._sizes = queries(size)

    async def load(
        self, limit: int, order: str, max_bytes: int | None, cursor: Mapping[str, object], **values: object
    ) -> Page[T]:
        """A page. It is empty, too, when there is no such cursor: `cursor` has what the statement knows it by."""
        way = is_descending(limit, order), bool(cursor)
        values |= cursor
        if max_bytes is None:
            rows = await self._database.fetch(self._whole[way], row_limit=limit + 1, **values)
            return self._page(rows[:limit], more=len(rows) > limit)
        # Records that would fit even if all were as long come at once; if any is longer, it is seen first what fits.
        rows = await self._database.fetch(self._short[way], row_limit=limit + 1, most=max_bytes // limit, **values)
        seen, more = rows[:limit], len(rows) > limit
        if any(document is None for _, document in seen):
            sizes = await self._database.fetch(self._sizes[way], row_limit=limit, **values)
            fitting = fit((size for (size,) in sizes), max_bytes)
            more = more or fitting < len(seen)
            seen = await self._database.fetch(self._whole[way], row_limit=max(1, fitting), **values)
        return self._page(seen, more=more)

    def _page(self, rows: Sequence[Any], *, more: bool) -> Page[T]:
        records = (from_document(self._adapter, row[1], row[0]) for row in rows)
        data = [record for record in records if record is not None]
        return Page(data=data, has_more=more and bool(rows), after=rows[-1][0] if more and rows else None)
