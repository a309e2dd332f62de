"""Pages of long records: what does not fit is not even read."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from chatkit.stores import SQLStore
from chatkit.testing.store_contract.base import item, thread

MOST = 1_000_000
LONG = "x" * 300_000


@pytest.fixture(params=["sqlite", "postgres"])
def opening(request: pytest.FixtureRequest) -> Callable[[], SQLStore[Any]]:
    if request.param == "sqlite":
        return partial(SQLStore, request.getfixturevalue("sqlite_url"))
    schema = request.getfixturevalue("postgres_schema")
    return partial(SQLStore, request.getfixturevalue("postgres").url, schema_name=schema)


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_no_more_is_fetched_than_is_shown(
    opening: Callable[[], SQLStore[Any]], monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    store = opening()
    saved = thread()
    await store.save_thread(saved, None)
    for number in range(20):
        await store.add_thread_item(saved.id, item(saved.id, LONG, item_id=f"msg_{number:02}"), None)
        await store.save_thread(thread(title=LONG), None)
    driver = store._database.driver
    fetch = driver.fetch
    fetched: list[int] = []

    async def counted(connection: Any, sql: str, values: Any) -> Sequence[Any]:
        rows = await fetch(connection, sql, values)
        fetched.append(sum(len(field) for row in rows for field in row if isinstance(field, str)))
        return rows

    monkeypatch.setattr(driver, "fetch", counted)
    page = await store.load_thread_items_within(saved.id, None, 100, order, MOST, None)
    assert (len(page.data), page.has_more, page.after) == (3, True, page.data[-1].id)
    assert sum(fetched) < MOST
    fetched.clear()
    threads = await store.load_threads_within(100, None, order, MOST, None)
    assert 3 <= len(threads.data) <= 4
    assert sum(fetched) < MOST
    await store.close()


async def test_a_page_of_short_records_is_one_statement(
    opening: Callable[[], SQLStore[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opening()
    saved = thread()
    await store.save_thread(saved, None)
    for _ in range(25):
        await store.add_thread_item(saved.id, item(saved.id, "short"), None)
    driver = store._database.driver
    fetch = driver.fetch
    asked: list[str] = []

    async def counted(connection: Any, sql: str, values: Any) -> Sequence[Any]:
        asked.append(sql)
        return await fetch(connection, sql, values)

    monkeypatch.setattr(driver, "fetch", counted)
    page = await store.load_thread_items_within(saved.id, None, 20, "desc", MOST, None)
    assert (len(page.data), page.has_more) == (20, True)
    assert len(asked) == 1
    await store.close()
