"""A process holds its runs as long as it says so, by the database's clock, and knows when it was too late."""

import asyncio
import logging
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from chatkit.live import Entry, Fence, LiveEngine
from chatkit.stores import SQLStore
from chatkit.stores.sql import heartbeat
from chatkit.testing.live_fixtures import PATIENCE, die, held, new_id, opened, under, until
from chatkit.testing.store_contract.base import thread
from tests.live.conftest import Processes
from tests.support.postgres import PostgresServer

Rows = list[tuple[Any, ...]]
Run = Callable[[str], Rows]


@pytest.fixture
def run(request: pytest.FixtureRequest, sql_processes: Processes) -> Iterator[Run]:
    """Runs SQL on the database that the processes share, without the event loop."""
    store = sql_processes.store()
    assert isinstance(store, SQLStore)
    url = store._database.engine.url
    if url.get_backend_name() == "sqlite":
        connection: Any = sqlite3.connect(url.database or "", isolation_level=None)
    else:
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(address, autocommit=True, options=f"-c search_path={store._schema}")

    def run(sql: str) -> Rows:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []

    with closing(connection):
        yield run


def short(monkeypatch: pytest.MonkeyPatch, lease: float = 1.0) -> None:
    """Leases that end soon, of engines made from now on."""
    monkeypatch.setattr(heartbeat, "LEASE_SECONDS", lease)
    monkeypatch.setattr(heartbeat, "HEARTBEAT_SECONDS", lease / 10)


def expiry(run: Run, engine: LiveEngine) -> float:
    [(at,)] = run(f"SELECT expires_at FROM chatkit_processes WHERE id = '{engine.leases.process_id}'")  # noqa: S608
    return at


async def test_process_whose_event_loop_is_blocked_is_alive(
    processes: Processes, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(monkeypatch)
    engine = processes.engine()
    await engine.leases.start(lambda: None)
    fence = await held(engine)
    begun = expiry(run, engine)
    deadline = time.monotonic() + PATIENCE
    while expiry(run, engine) < begun + 1.5:  # nothing else runs in this loop meanwhile
        assert time.monotonic() < deadline
    found = await engine.leases.find(fence.run_id)
    assert found is not None
    assert found.alive


async def test_renewal_that_comes_too_late_is_told_and_the_process_is_another_from_then_on(
    processes: Processes, run: Run
) -> None:
    engine, other = processes.engine(), processes.engine()
    lost = asyncio.Event()
    await engine.leases.start(lost.set)
    await other.leases.start(lambda: None)
    fence, before = await held(engine), engine.leases.process_id
    run(f"UPDATE chatkit_processes SET expires_at = 0 WHERE id = '{before}'")  # noqa: S608
    taken = await other.leases.take_over(fence.run_id)
    assert taken is not None
    async with asyncio.timeout(PATIENCE):
        await lost.wait()
    assert engine.leases.process_id != before
    assert not await engine.leases.end(fence.run_id, fence.number, "completed")
    found = await other.leases.find((await held(engine)).run_id)
    assert found is not None
    assert found.alive, "it has a new lease"


async def test_renewal_at_the_moment_of_a_takeover_does_not_bring_the_process_back(
    processes: Processes, run: Run
) -> None:
    engine, other = processes.engine(), processes.engine()
    await engine.leases.start(lambda: None)
    await other.leases.start(lambda: None)
    fence, before = await held(engine), engine.leases.process_id
    run(f"UPDATE chatkit_processes SET expires_at = expires_at - 7 WHERE id = '{before}'")  # noqa: S608
    assert await other.leases.take_over(fence.run_id)
    assert run(f"SELECT expires_at FROM chatkit_processes WHERE id = '{before}'") == [(0.0,)]  # noqa: S608


async def test_process_that_cannot_reach_its_database_gives_up_by_its_own_clock(
    postgres: PostgresServer, postgres_processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(monkeypatch)
    engine = postgres_processes.engine()
    lost = asyncio.Event()
    await engine.leases.start(lost.set)
    fence, before = await held(engine), engine.leases.process_id
    await asyncio.to_thread(postgres.stop)
    async with asyncio.timeout(PATIENCE):
        await lost.wait()
    assert engine.leases.process_id != before
    await asyncio.to_thread(postgres.start)
    later = await held(engine)
    states = await engine.leases.states([fence.run_id, later.run_id])
    assert [states[one.run_id].alive for one in (fence, later)] == [False, True]
    await postgres_processes.close()


async def test_frozen_server_is_given_up_in_time(
    postgres: PostgresServer, postgres_processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(monkeypatch)
    engine = postgres_processes.engine()
    lost = asyncio.Event()
    await engine.leases.start(lost.set)
    with postgres.frozen():
        begun = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            await lost.wait()
        assert time.monotonic() - begun < 1.5  # a lease is 1 s here, and the connection's patience 1.5
    await postgres_processes.close()


async def test_wall_clocks_an_hour_apart_change_nothing(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    fast, slow = processes.engine(), processes.engine()
    real = time.time

    async def wrong(hours: float, work: Any) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr("time.time", lambda: real() + 3600 * hours)
            return await work

    await wrong(1, fast.leases.start(lambda: None))
    await wrong(-1, slow.leases.start(lambda: None))
    owner = new_id("alice")
    fence = await wrong(1, held(fast, owner, request_id="r"))
    late = await wrong(-1, held(slow, owner))
    assert await wrong(-1, slow.leases.take_over(fence.run_id)) is None
    assert await wrong(1, fast.leases.take_over(late.run_id)) is None
    for engine, hours in ((fast, 1), (slow, -1)):
        await wrong(hours, engine.leases.sweep())
        assert await wrong(hours, engine.leases.count(owner)) == 2
        known = await wrong(hours, engine.leases.find_request(owner, "r"))
        assert known.id == fence.run_id
    await die(fast)
    assert await wrong(-1, slow.leases.take_over(fence.run_id))
    assert await wrong(1, fast.leases.claim("thr", "item", "fast", 60))
    assert not await wrong(-1, slow.leases.claim("thr", "item", "slow", 60))
    assert await wrong(-1, slow.leases.claim("thr", "other", "slow", 60))
    assert not await wrong(1, fast.leases.claim("thr", "other", "fast", 60))


def beating() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "chatkit-heartbeat"]


async def test_thread_ends_with_the_store(processes: Processes) -> None:
    assert not beating()
    store = processes.store()
    engine = store.live_engine()
    assert engine is not None
    await asyncio.gather(*(engine.leases.start(lambda: None) for _ in range(5)))
    assert len(beating()) == 1
    await store.close()
    assert not beating()
    await engine.leases.start(lambda: None)  # a store that was closed opens again when it is used
    assert len(beating()) == 1
    await held(engine)
    await store.close()
    assert not beating()


async def test_store_in_memory_renews_in_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    short(monkeypatch)
    store: SQLStore[None] = SQLStore("sqlite+aiosqlite:///:memory:")
    await renews_in_the_event_loop(store)
    await store.close()


async def test_engine_that_connects_in_ways_of_its_own_renews_in_the_event_loop(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, sqlite_url: str
) -> None:
    import aiosqlite

    short(monkeypatch)
    path = sqlite_url.removeprefix("sqlite+aiosqlite:///")

    async def connect() -> aiosqlite.Connection:
        return await aiosqlite.connect(path)

    engine = create_async_engine(f"sqlite+aiosqlite:///{path}.not.this/x", async_creator=connect)
    store: SQLStore[None] = SQLStore(engine=engine)
    with caplog.at_level(logging.WARNING, "chatkit"):
        await renews_in_the_event_loop(store)
    assert "in ways that its URL does not tell" in caplog.text
    await store.close()
    await engine.dispose()


async def test_engine_of_the_application_is_renewed_by_a_thread(sqlite_url: str) -> None:
    engine = create_async_engine(sqlite_url)
    store: SQLStore[None] = SQLStore(engine=engine)
    await store.live_engine().leases.start(lambda: None)
    assert len(beating()) == 1
    await store.close()
    assert not beating()
    await engine.dispose()


async def renews_in_the_event_loop(store: SQLStore[None]) -> None:
    live = store.live_engine()
    await live.leases.start(lambda: None)
    assert not beating()
    fence, process_id = await held(live), live.leases.process_id
    at = "SELECT expires_at FROM chatkit_processes"

    async def expires() -> float:
        return (await store._database.run(lambda connection: connection.exec_driver_sql(at))).scalar_one()

    begun = await expires()

    async def is_renewed() -> bool:
        return await expires() > begun + 1.5

    await until(is_renewed)
    assert live.leases.process_id == process_id
    assert (await live.leases.states([fence.run_id]))[fence.run_id].alive


HOLDER = """
import asyncio, sys
from chatkit.live import LeaseLostError, current_fence
from chatkit.stores import SQLStore
from chatkit.testing.store_contract.base import thread

async def main(url, schema, thread_id, waits):
    store = SQLStore(url, schema_name=schema or None)
    leases = store.live_engine().leases
    await leases.start(lambda: print("lost", flush=True))
    await leases.open("alice", "run_" + thread_id)
    fence = await leases.acquire("run_" + thread_id, thread_id)
    print(fence.number, flush=True)
    if not waits:
        return
    await asyncio.to_thread(sys.stdin.readline)
    current_fence.set(fence)
    try:
        await store.save_thread(thread(thread_id=thread_id, title="late"), None)
    except LeaseLostError:
        print("refused", flush=True)
    await store.close()

asyncio.run(main(*sys.argv[1:4], sys.argv[4] == "waits"))
"""


async def holder(processes: Processes, thread_id: str, then: str) -> subprocess.Popen[str]:
    store = processes.store()
    assert isinstance(store, SQLStore)
    url = store._database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", HOLDER, url, store._schema or "", thread_id, then]
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    started = await asyncio.to_thread(subprocess.Popen, command, text=True, **pipes)
    assert started.stdout is not None
    assert (await asyncio.to_thread(started.stdout.readline)).strip() == "1"
    return started


async def test_killed_process_is_taken_over_within_ten_seconds(processes: Processes) -> None:
    thread_id = new_id("thr")
    engine = processes.engine()
    await engine.leases.start(lambda: None)
    process = await holder(processes, thread_id, "waits")
    run_id = "run_" + thread_id
    assert await engine.leases.take_over(run_id) is None
    process.kill()
    killed_at = time.monotonic()
    with process:
        await asyncio.to_thread(process.wait)
    while (fence := await engine.leases.take_over(run_id)) is None:
        assert time.monotonic() - killed_at < 10
        await asyncio.sleep(0.05)
    assert (fence.thread_id, fence.number) == (thread_id, 2)


async def test_process_that_was_stopped_and_goes_on_writes_nothing(processes: Processes) -> None:
    thread_id = new_id("thr")
    store = processes.store()
    engine = store.live_engine()
    assert engine is not None
    await engine.leases.start(lambda: None)
    process = await holder(processes, thread_id, "waits")
    process.send_signal(signal.SIGSTOP)
    fence: Fence | None = None

    async def is_taken_over() -> bool:
        nonlocal fence
        fence = await engine.leases.take_over("run_" + thread_id)
        return fence is not None

    await until(is_taken_over)
    with under(fence):
        await store.save_thread(thread(thread_id=thread_id, title="kept"), None)
    process.send_signal(signal.SIGCONT)
    assert process.stdout is not None
    told = {(await asyncio.to_thread(process.stdout.readline)).strip()}
    output, errors = await asyncio.to_thread(process.communicate, "go on\n")
    assert (told | set(output.split()), errors.count("Traceback")) == ({"lost", "refused"}, 0)
    assert (await store.load_thread(thread_id, None)).title == "kept"


async def test_process_that_closes_nothing_ends_all_the_same(processes: Processes) -> None:
    process = await holder(processes, new_id("thr"), "ends")
    async with asyncio.timeout(PATIENCE):
        output, errors = await asyncio.to_thread(process.communicate)
    assert (process.returncode, output, errors) == (0, "", "")


async def test_sweeping_forgets_what_is_old(processes: Processes, run: Run) -> None:
    engine, other = processes.engine(), processes.engine()
    await engine.leases.start(lambda: None)
    await other.leases.start(lambda: None)
    owner = new_id("alice")
    kept, ended, dead, long_gone = [await held(engine, owner, request_id=str(n)) for n in range(4)]
    living = await held(other, owner)
    for fence in (kept, ended, dead, long_gone, living):
        await engine.log.append([Entry(fence.run_id, fence.number, 1, 1, "t")])
    await engine.leases.end(ended.run_id, ended.number, "completed")
    await engine.leases.end(long_gone.run_id, long_gone.number, "completed")
    assert await engine.leases.claim("thr", "item", "tab", 0)
    await die(engine)
    day = 24 * 3600 + 1

    def age(fence: Any, column: str, seconds: float) -> None:
        run(f"UPDATE chatkit_runs SET {column} = {column} - {seconds} WHERE id = '{fence.run_id}'")  # noqa: S608

    age(ended, "ended_at", 601)
    for old in (dead, living):
        age(old, "opened_at", day)
    for column in ("opened_at", "ended_at"):
        age(long_gone, column, day)
    run("INSERT INTO chatkit_signals (text, created_at) VALUES ('old', 0)")
    await asyncio.gather(other.leases.sweep(), other.leases.sweep())
    logs = await other.log.read({fence.run_id: 0 for fence in (kept, ended, dead, long_gone, living)})
    assert set(logs) == {kept.run_id}
    states = await other.leases.states([fence.run_id for fence in (kept, ended, dead, long_gone, living)])
    assert set(states) == {kept.run_id, ended.run_id, living.run_id}
    for request in ("2", "3"):
        assert await other.leases.find_request(owner, request) is None
    await opened(other, owner, request_id="2")
    assert (await held(other, thread_id=dead.thread_id)).number == dead.number + 1, "nobody has it any more"
    assert run("SELECT count(*) FROM chatkit_run_claims") == [(0,)]
    assert run("SELECT count(*) FROM chatkit_signals") == [(0,)]
    assert run("SELECT count(*) FROM chatkit_processes") == [(1,)]
