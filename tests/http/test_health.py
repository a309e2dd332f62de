"""What strangers are told of the server's state, and what its operator is."""

import logging
from typing import Any

import httpx
import pytest

from chatkit._masking import shown_url
from chatkit._shown import shown
from chatkit.http.health import Health
from chatkit.store import StoreUnavailableError
from chatkit.stores import MemoryStore, SQLStore
from tests.http.servers import EchoServer, as_ada, chatkit, client, create

LIST: dict[str, Any] = {"type": "threads.list", "params": {}}
SECRETS = ("hunter2", "hunter3", "hunter4", "chatuser", "db.internal", "chatname", "127.0.0.1")
URL = (
    "postgresql+psycopg://chatuser:hunter2@127.0.0.1:9/chatname"
    "?sslpassword=hunter3&options=-c%20a%3Dhunter4&application_name=chat"
)


@pytest.mark.parametrize(
    "trouble",
    [
        StoreUnavailableError("postgresql://chatuser:hunter2@db.internal/chatname?password=hunter3 does not answer"),
        StoreUnavailableError(
            'connection failed: user=chatuser password=hunter2 host=db.internal\nsslpassword="hunter3"'
        ),
        RuntimeError("chatuser at db.internal with hunter2"),
        TimeoutError(),
    ],
)
@pytest.mark.parametrize("path", ["/health", "/ready"])
async def test_strangers_are_told_up_or_down_and_nothing_else(path: str, trouble: Exception) -> None:
    class Broken(MemoryStore[Any]):
        async def ping(self) -> None:
            raise trouble

    async with client(chatkit(EchoServer(Broken()))) as http:
        answer = await http.get(path)
    assert answer.json() == {"status": "degraded", "checks": {"store": {"status": "unavailable"}}}
    assert not [secret for secret in SECRETS if secret in answer.text + str(answer.headers)]


async def test_a_database_that_is_down_is_told_to_the_log_without_its_secrets(caplog: pytest.LogCaptureFixture) -> None:
    store = SQLStore[Any](URL)
    async with client(chatkit(EchoServer(store))) as http:
        answers = [await http.get("/health"), await http.get("/ready"), await http.post("/chatkit", json=create())]
    await store.close()
    assert [answer.status_code for answer in answers] == [200, 503, 503]
    assert not [secret for secret in SECRETS for answer in answers if secret in answer.text]
    assert "The store is unavailable" in caplog.text
    assert "chatname" in caplog.text, "the operator is told which database"
    assert not [secret for secret in SECRETS[:3] if secret in caplog.text]


async def test_failures_that_requests_see_are_logged_and_make_the_server_unready(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Full(MemoryStore[Any]):
        """Answers, but keeps nothing; and has nothing to say about it."""

        async def save_thread(self, thread: Any, context: Any) -> None:
            raise StoreUnavailableError("sqlite:///chat.sqlite3 does not answer: database or disk is full")

    app = chatkit(EchoServer(Full()), context=as_ada)
    async with client(app) as http:
        assert (await http.get("/ready")).status_code == 200
        statuses = {(await http.post("/chatkit", json=create())).status_code for _ in range(50)}
        ready = await http.get("/ready")
    assert statuses == {503}
    assert ready.status_code == 503
    assert caplog.text.count("disk is full") == 1, "once for an outage, not for each request"


async def test_an_outage_has_a_line_at_its_beginning_one_a_minute_and_one_at_its_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    now = 0.0
    trouble: StoreUnavailableError | None = StoreUnavailableError("gone")

    class Store(MemoryStore[Any]):
        async def ping(self) -> None:
            if trouble is not None:
                raise trouble

    health = Health(Store(), clock=lambda: now)
    for second in range(150):
        now = float(second)
        health.noticed(StoreUnavailableError("gone"))
        assert not (await health.check()).ok
    health.noticed(ValueError("not the store"))
    trouble, now = None, 152.0
    assert not (await health.check()).ok, "a request failed three seconds ago"
    now = 156.0
    assert (await health.check()).ok
    lines = [record.getMessage() for record in caplog.records]
    assert [line.partition(":")[0] for line in lines] == ["The store is unavailable"] * 3 + [
        "The store is back; 150 requests failed meanwhile."
    ]


async def test_what_a_store_says_is_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    health = Health(MemoryStore[Any]())
    health.noticed(StoreUnavailableError("down\n2026 WARNING forged \x1b[31m"))
    (record,) = caplog.records
    assert "\n" not in record.getMessage()
    assert "\x1b" not in record.getMessage()


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("postgresql+psycopg://chat:hunter2@db:5432/chat", "postgresql+psycopg://chat:***@db:5432/chat"),
        ("postgresql://chat@db/chat?password=hunter2", "postgresql://chat@db/chat?password=***"),
        (
            "postgresql://chat@db/chat?sslmode=require&sslkey=hunter2",
            "postgresql://chat@db/chat?sslmode=require&sslkey=***",
        ),
        ("sqlite+aiosqlite:////srv/chat.sqlite3", "sqlite+aiosqlite:////srv/chat.sqlite3"),
        ("sqlite+aiosqlite:///chat.sqlite3", "sqlite+aiosqlite:///chat.sqlite3"),
        ("https://user:hunter2@models.test/v1", "https://user:***@models.test/v1"),
        ("https://hunter2@models.test/v1", "https://***@models.test/v1"),
        (
            "https://models.test/v1?key=hunter2&api-version=hunter3#hunter4",
            "https://models.test/v1?key=***&api-version=***",
        ),
        ("http://localhost:11434/v1", "http://localhost:11434/v1"),
        ("postgresql://chat:hun/ter2@db/chat", "postgresql://***"),
        ("redis://:hunter2@cache:6379/0", "redis://:***@cache:6379/0"),
        ("redis://hunter2@cache:6379/0", "redis://***@cache:6379/0"),
        ("http://[hunter2", "***"),
        ("hunter2@db", "://***"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, safe: str) -> None:
    assert shown_url(url) == safe


@pytest.mark.parametrize(
    "text",
    [
        "cannot open postgresql://chat:hunter2@db/chat",
        "password=hunter2 host=db",
        "sslpassword='hunter2 with words' host=db",
        "https://models.test/?api_key=hunter2&x=1",
        "Token: hunter2",
    ],
)
def test_a_message_of_unknown_origin_loses_what_looks_like_a_password(text: str) -> None:
    assert "hunter2" not in shown(text)
    assert shown("the store at db:5432 is away") == "the store at db:5432 is away"


async def test_the_answers_are_the_same_for_everybody(server: EchoServer) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(chatkit(server)), base_url="http://chat.test") as http:
        for path in ("/health", "/ready"):
            assert (await http.get(path)).json() == {"status": "ok", "checks": {"store": {"status": "ok"}}}
