"""Records of a newer version are passed over, said in the log, and left where they are."""

import logging
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from chatkit.store import NotFoundError
from chatkit.stores import SQLStore
from chatkit.testing.store_contract.base import item, thread

HOLOGRAM = '{"type": "hologram", "id": "msg_new", "secret": "do not log"}'


def run(url: str, sql: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///"))) as connection, connection:
        return connection.execute(sql, values).fetchall()


async def test_item_of_an_unknown_type(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    store = SQLStore(sqlite_url)
    saved = thread()
    await store.save_thread(saved, None)
    first, newer, last = item(saved.id), item(saved.id, item_id="msg_new"), item(saved.id)
    for one in (first, newer, last):
        await store.add_thread_item(saved.id, one, None)
    run(sqlite_url, "UPDATE chatkit_items SET document = ? WHERE id = 'msg_new'", HOLOGRAM)

    with caplog.at_level(logging.WARNING, logger="chatkit"):
        page = await store.load_thread_items(saved.id, None, 2, "asc", None)
    assert (page.data, page.has_more, page.after) == ([first], True, "msg_new")
    assert "msg_new" in caplog.text
    assert "do not log" not in caplog.text
    rest = await store.load_thread_items(saved.id, page.after, 2, "asc", None)
    assert rest.data == [last]
    with pytest.raises(NotFoundError):
        await store.load_item(saved.id, "msg_new", None)
    assert run(sqlite_url, "SELECT document FROM chatkit_items WHERE id = 'msg_new'") == [(HOLOGRAM,)]
    await store.delete_thread_item(saved.id, "msg_new", None)
    await store.close()


async def test_thread_of_an_unknown_status(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    store = SQLStore(sqlite_url)
    older, newer = thread(minutes=0), thread(minutes=1)
    for one in (older, newer):
        await store.save_thread(one, None)
    run(
        sqlite_url,
        "UPDATE chatkit_threads SET document = json_set(document, '$.status', json(?)) WHERE id = ?",
        '{"type": "haunted"}',
        newer.id,
    )
    page = await store.load_threads(10, None, "desc", None)
    assert page.data == [older]
    assert newer.id in caplog.text
    with pytest.raises(NotFoundError):
        await store.load_thread(newer.id, None)
    await store.add_thread_item(newer.id, item(newer.id), None)
    await store.close()
