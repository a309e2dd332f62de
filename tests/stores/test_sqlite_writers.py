"""SQLite has one writer at a time. Nobody who uses the store needs to know."""

import asyncio
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from chatkit.stores import SQLStore
from chatkit.testing.store_contract.base import all_items, item, thread

CONTEXT = {"user_id": "alice"}
THREAD = "thr_shared"

WRITER = """
import asyncio, sys
from chatkit.stores import SQLStore
from chatkit.testing.store_contract.base import item, thread

async def main(url, name, count):
    store = SQLStore(url)
    await store.save_thread(thread(thread_id="thr_shared"), {"user_id": "alice"})
    for number in range(count):
        await store.add_thread_item(
            "thr_shared", item("thr_shared", "x" * 2000, item_id=f"{name}_{number}"), {"user_id": "alice"}
        )
        print(f"{name}_{number}", flush=True)
    await store.close()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


def start_writer(url: str, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, url, name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


async def stored_ids(url: str) -> list[str]:
    store = SQLStore(url)
    ids = [stored.id async for stored in all_items(store, THREAD, CONTEXT)]
    await store.close()
    return ids


async def test_fifty_writers_at_once(sqlite_url: str) -> None:
    store = SQLStore(sqlite_url)
    await store.save_thread(thread(thread_id=THREAD), CONTEXT)

    async def write(name: int) -> None:
        own = thread(thread_id=f"thr_{name}")
        await store.save_thread(own, CONTEXT)
        for number in range(4):
            await store.add_thread_item(THREAD, item(THREAD, item_id=f"{name}_{number}"), CONTEXT)
            await store.load_thread_items(THREAD, None, 20, "desc", CONTEXT)
        await store.delete_thread(own.id, CONTEXT)

    await asyncio.gather(*(write(name) for name in range(50)))
    await store.close()
    ids = await stored_ids(sqlite_url)
    assert len(ids) == len(set(ids)) == 200
    for name in range(50):  # each writer's items in its own order
        assert [i for i in ids if i.startswith(f"{name}_")] == [f"{name}_{number}" for number in range(4)]


async def test_fifty_stores_that_meet_a_new_file_at_once(sqlite_url: str) -> None:
    async def write(name: int) -> None:
        store = SQLStore(sqlite_url)
        await store.save_thread(thread(thread_id=THREAD), CONTEXT)
        await store.add_thread_item(THREAD, item(THREAD, item_id=f"msg_{name}"), CONTEXT)
        await store.close()

    await asyncio.gather(*(write(name) for name in range(50)))
    assert sorted(await stored_ids(sqlite_url)) == sorted(f"msg_{name}" for name in range(50))


async def test_processes_that_meet_a_new_file_at_once(sqlite_url: str) -> None:
    writers = [start_writer(sqlite_url, f"writer{number}", 40) for number in range(4)]
    for writer in writers:
        output, errors = await asyncio.to_thread(writer.communicate)
        assert (writer.returncode, errors) == (0, "")
        assert len(output.split()) == 40
    ids = await stored_ids(sqlite_url)
    assert sorted(ids) == sorted(f"writer{number}_{n}" for number in range(4) for n in range(40))


@pytest.mark.parametrize("written", [1, 7, 30])
async def test_what_was_stored_outlives_a_killed_process(sqlite_url: str, written: int) -> None:
    writer = start_writer(sqlite_url, "killed", 1_000_000)
    assert writer.stdout is not None
    acknowledged = [(await asyncio.to_thread(writer.stdout.readline)).strip() for _ in range(written)]
    assert all(acknowledged), writer.stderr and writer.stderr.read()
    writer.kill()
    # `communicate` would pass over what `readline` has read ahead.
    acknowledged += (await asyncio.to_thread(writer.stdout.read)).split()
    with writer:
        await asyncio.to_thread(writer.wait)
    ids = await stored_ids(sqlite_url)
    assert ids[: len(acknowledged)] == acknowledged
    assert len(ids) <= len(acknowledged) + 1  # one may have been stored whose word was not out yet


async def test_cancelled_writers_leave_nothing_locked(sqlite_url: str) -> None:
    store = SQLStore(sqlite_url, pool_size=3, max_overflow=0)
    await store.save_thread(thread(thread_id=THREAD), CONTEXT)
    chosen = random.Random(7)  # noqa: S311
    done: list[str] = []

    async def write(name: str) -> None:
        await store.add_thread_item(THREAD, item(THREAD, item_id=name), CONTEXT)
        done.append(name)

    for round_ in range(40):
        tasks = [asyncio.create_task(write(f"msg_{round_}_{number}")) for number in range(4)]
        for _ in range(chosen.randrange(30)):
            await asyncio.sleep(0)
        for task in tasks[:3]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert len(done) >= 40
    async with asyncio.timeout(20):
        await write("msg_last")
    ids = [stored.id async for stored in all_items(store, THREAD, CONTEXT)]
    assert set(done) <= set(ids)
    assert ids[-1] == "msg_last"
    await store.close()


async def test_file_has_a_write_ahead_log(sqlite_url: str) -> None:
    store = SQLStore(sqlite_url)
    await store.warm_up()
    await store.close()
    connection = sqlite3.connect(Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")))
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
