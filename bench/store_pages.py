"""A page of 20 items from SQLStore, next to the same query on the bare driver, as the database grows.

    python -m bench.store_pages --items 10000 100000 1000000

Every page is the newest but one of a random thread, by a random item as its cursor. Both sides run in turns, so that a
busy machine slows both alike; times are medians. The bare driver gives rows of text, the store validated models.
PostgreSQL is started for the occasion unless `--postgres` gives a URL (a schema `bench_pages` is made and dropped).
"""

import argparse
import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import aiosqlite
import psycopg

from chatkit.store.records import dump
from chatkit.stores import SQLStore
from chatkit.stores.sql import upgrade
from chatkit.types import AssistantMessageContent, AssistantMessageItem, ThreadMetadata
from tests.support.postgres import run_postgres

PAGE = 20
OWNER = "bench"
CONTEXT = {"user_id": OWNER}
SCHEMA = "bench_pages"
TEXT = "Some Markdown with **bold** words and a [link](https://example.org), as answers have it. " * 4
NOW = datetime(2026, 1, 1, tzinfo=UTC)

Page = Callable[[str, str], Awaitable[int]]
"""Loads the page of a thread before an item; gives its length."""

_QUERY = """
SELECT id, document FROM {items} WHERE thread_id = {mark} AND place < (
    SELECT place FROM {items} WHERE thread_id = {mark} AND id = {mark}
) ORDER BY place DESC LIMIT {page}
"""


def thread_id(number: int) -> str:
    return f"thr_{number:032x}"


def item_id(thread: int, place: int) -> str:
    return f"msg_{thread:020x}{place:012x}"


def thread_rows(threads: int) -> Iterator[tuple[str, str, datetime, str]]:
    for number in range(threads):
        metadata = ThreadMetadata(id=thread_id(number), created_at=NOW, title=f"Thread {number}")
        yield metadata.id, OWNER, NOW, dump(metadata)


def item_rows(threads: int, per_thread: int) -> Generator[tuple[str, str, int, str]]:
    """Items as conversations grow: all threads at once, so that one thread's items lie far apart."""
    for place in range(per_thread):
        for number in range(threads):
            item = AssistantMessageItem.model_construct(
                id=item_id(number, place),
                thread_id=thread_id(number),
                created_at=NOW,
                content=[AssistantMessageContent.model_construct(text=TEXT, annotations=[])],
            )
            yield item.thread_id, item.id, place + 1, dump(item)


def fill_sqlite(path: Path, threads: int, per_thread: int) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        rows = ((*row[:2], row[2].strftime("%Y-%m-%d %H:%M:%S.%f"), row[3]) for row in thread_rows(threads))
        connection.executemany("INSERT INTO chatkit_threads VALUES (?, ?, ?, ?)", rows)
        connection.executemany("INSERT INTO chatkit_items VALUES (?, ?, ?, ?)", item_rows(threads, per_thread))


def fill_postgres(url: str, threads: int, per_thread: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for table, rows in (
            ("chatkit_threads", thread_rows(threads)),
            ("chatkit_items", item_rows(threads, per_thread)),
        ):
            with connection.cursor().copy(f"COPY {SCHEMA}.{table} FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(row)
        connection.execute("VACUUM ANALYZE")


@asynccontextmanager
async def sqlite_sides(threads: int, per_thread: int) -> AsyncGenerator[tuple[Page, SQLStore[object]], None]:
    """The bare driver's page and the store, on a filled SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        await upgrade(f"sqlite:///{path}")
        await asyncio.to_thread(fill_sqlite, path, threads, per_thread)
        store: SQLStore[object] = SQLStore(f"sqlite:///{path}")
        query = _QUERY.format(items="chatkit_items", mark="?", page=PAGE + 1)
        async with aiosqlite.connect(path) as bare:

            async def page(thread: str, before: str) -> int:
                return len(list(await bare.execute_fetchall(query, (thread, thread, before))))

            yield page, store
        await store.close()


@asynccontextmanager
async def postgres_sides(
    url: str, threads: int, per_thread: int
) -> AsyncGenerator[tuple[Page, SQLStore[object]], None]:
    """The bare driver's page and the store, on a filled PostgreSQL schema."""
    plain = url.replace("+psycopg", "")
    async with await psycopg.AsyncConnection.connect(plain, autocommit=True) as bare:
        await bare.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        await upgrade(url, SCHEMA)
        await asyncio.to_thread(fill_postgres, plain, threads, per_thread)
        store: SQLStore[object] = SQLStore(url, schema_name=SCHEMA)
        query = _QUERY.format(items=f"{SCHEMA}.chatkit_items", mark="%s", page=PAGE + 1).encode()

        async def page(thread: str, before: str) -> int:
            cursor = await bare.execute(query, (thread, thread, before))
            return len(await cursor.fetchall())

        yield page, store
        await store.close()
        await bare.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


async def timed(work: Awaitable[object]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


async def measure(
    bare: Page, store: SQLStore[object], threads: int, per_thread: int, pages: int
) -> tuple[float, float]:
    """Medians in microseconds: the bare driver's and the store's."""
    chosen = random.Random(1)  # noqa: S311  the same pages in every run
    floor: list[float] = []
    ours: list[float] = []
    for number in range(pages + 50):
        thread = chosen.randrange(threads)
        before = item_id(thread, chosen.randrange(PAGE + 1, per_thread))
        sides = [
            (floor, bare(thread_id(thread), before)),
            (ours, store.load_thread_items(thread_id(thread), before, PAGE, "desc", CONTEXT)),
        ]
        for times, work in sides if number % 2 else sides[::-1]:
            spent = await timed(work)
            if number >= 50:  # the first ones warm caches up
                times.append(spent * 1e6)
    return median(floor), median(ours)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 100_000], help="sizes to measure")
    parser.add_argument("--per-thread", type=int, default=100, help="items in each thread")
    parser.add_argument("--pages", type=int, default=2000, help="pages to load at each size")
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgres"], default=["sqlite", "postgres"])
    parser.add_argument("--postgres", help="URL of a PostgreSQL to use in place of one of its own")
    return parser.parse_args()


async def run(arguments: argparse.Namespace, postgres_url: str | None) -> None:
    print(f"{'database':10} {'items':>10} {'bare driver':>14} {'SQLStore':>12} {'ratio':>7}")
    for database in arguments.databases:
        for items in arguments.items:
            size = (items // arguments.per_thread, arguments.per_thread)
            sides = postgres_sides(postgres_url or "", *size) if database == "postgres" else sqlite_sides(*size)
            async with sides as (bare, store):
                floor, ours = await measure(bare, store, *size, arguments.pages)
            print(f"{database:10} {items:>10,} {floor:>11.0f} µs {ours:>9.0f} µs {ours / floor:>7.2f}", flush=True)


def main() -> None:
    arguments = parse_arguments()
    if "postgres" in arguments.databases and not arguments.postgres:
        with run_postgres() as server:
            asyncio.run(run(arguments, server.url))
    else:
        asyncio.run(run(arguments, arguments.postgres))


if __name__ == "__main__":
    main()
