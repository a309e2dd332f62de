"""Requests of every operation, right, nearly right and hostile, on every store.

Whatever is sent: no fault of the server, no half of a change, nobody else's data touched, and neither answer nor log
tells what it should not.
"""

import asyncio
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatkit.http import ChatKit, Settings
from chatkit.stores import MemoryStore, SQLStore
from chatkit.stores.sql import upgrade
from chatkit.types import NonStreamingReq, StreamingReq
from tests.matrix.mutations import bodies
from tests.matrix.seeds import OTHER, SECRET, USER, Everything, requests, seed, snapshot
from tests.support.postgres import find_binaries, run_postgres

EXAMPLES = int(os.environ.get("CHATKIT_MATRIX_EXAMPLES", "150"))
REFUSALS = {400, 404, 409, 413, 422, 501}
NOT_SAID = ("Traceback", "sqlalchemy", "sqlite3.", "psycopg", 'File "', "pydantic_core")


class Log(logging.Handler):
    """Keeps what the package logs."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    if find_binaries() is None:
        pytest.skip("PostgreSQL is not installed.")
    with run_postgres() as server:
        asyncio.run(upgrade(server.url))
        yield server.url


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store_of(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    match request.param:
        case "memory":
            return MemoryStore
        case "sqlite":
            return lambda: SQLStore[Any](f"sqlite+aiosqlite:///{tmp_path / 'chat.sqlite3'}")
        case _:
            url = request.getfixturevalue("postgres_url")
            return lambda: SQLStore[Any](url, pool_size=1)


async def as_ada(request: Any) -> dict[str, str]:
    return dict(USER)


async def test_the_seeds_are_of_every_operation() -> None:
    named = {request["type"] for request in requests(await seed(MemoryStore(), USER))}
    kinds = get_args(StreamingReq) + get_args(NonStreamingReq)
    assert named == {get_args(kind.model_fields["type"].annotation)[0] for kind in kinds}


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_request_makes_a_fault_or_half_a_change_or_tells_too_much(store_of: Any, data: st.DataObject) -> None:
    async def run() -> None:
        store = store_of()
        try:
            ids, theirs = await seed(store, USER), await seed(store, OTHER)
            before = await snapshot(store, [USER]), await snapshot(store, [OTHER])
            named = [ids.thread, ids.locked, ids.message, ids.form, ids.attachment, theirs.thread, theirs.message]
            body = data.draw(bodies(requests(ids), [*named, theirs.attachment, theirs.form, theirs.widget]))
            server, log = Everything(store), Log()
            logging.getLogger("chatkit").addHandler(log)
            try:
                app = ChatKit(server, context=as_ada, settings=Settings(turns_per_minute=0))
                transport = httpx.ASGITransport(app)
                async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
                    answer = await http.post("/chatkit", content=body, headers={"content-type": "application/json"})
            finally:
                logging.getLogger("chatkit").removeHandler(log)
            check_answer(answer, body)
            check_log(log, body)
            after = await snapshot(store, [USER]), await snapshot(store, [OTHER])
            assert after[1] == before[1], "another owner's data changed"
            if answer.status_code != 200:
                assert after[0] == before[0], (body, answer.text)
            await clean_up(store)
        finally:
            await store.close()

    asyncio.run(run())


def check_answer(answer: httpx.Response, body: bytes) -> None:
    assert answer.status_code == 200 or answer.status_code in REFUSALS, (answer.status_code, body, answer.text)
    if answer.status_code != 200:
        error = answer.json()["error"]
        assert set(error) <= {"code", "message", "param"} and len(answer.content) <= 4096, (body, answer.text)
        assert not [word for word in NOT_SAID if word in answer.text], answer.text
    elif answer.headers["content-type"].startswith("text/event-stream"):
        events = [json.loads(frame.removeprefix("data: ")) for frame in answer.text.split("\n\n") if frame]
        errors = [event for event in events if event["type"] == "error"]
        assert {error["code"] for error in errors} <= {"thread.locked", "thread.closed", "stream.error"}, (body, events)
        assert not [error for error in errors if error.get("allow_retry")], "a fault of the server's own"
    else:
        answer.json()


def check_log(log: Log, body: bytes) -> None:
    for record in log.records:
        said = record.getMessage()
        assert record.exc_info is None and record.levelno < logging.ERROR, (body, said)
        shown = f"{said} {vars(record).get('thread_id')}"
        assert SECRET not in shown and len(shown) < 2000, (body, said)
        assert shown.isprintable(), (body, said)


async def clean_up(store: Any) -> None:
    for context in (USER, OTHER):
        for thread in (await store.load_threads(100, None, "asc", context)).data:
            await store.delete_thread(thread.id, context)
