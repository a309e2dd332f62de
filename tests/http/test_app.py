"""`ChatKit` as an app of its own and inside others; health; request ids in the log."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

import chatkit.http as package
from chatkit.http.health import Health
from chatkit.logger import LogContext, current_request_id, current_run_id, current_thread_id, logger
from chatkit.server import StreamingResult
from chatkit.store import StoreUnavailableError
from chatkit.stores import MemoryStore
from tests.http.servers import EchoServer, chatkit, client, create, events, new_thread
from tests.support.loopback import serving

LIST: dict[str, Any] = {"type": "threads.list", "params": {}}


def documented(server: EchoServer) -> FastAPI:
    """The route that the reference's documentation tells its users to write."""
    app = FastAPI()

    @app.post("/chatkit")
    async def chatkit_endpoint(request: Request) -> Response:
        result = await server.process(await request.body(), context={"user_id": "ada"})
        if isinstance(result, StreamingResult):
            return StreamingResponse(result, media_type="text/event-stream")
        return Response(content=result.json, media_type="application/json")

    return app


async def test_the_documented_route_of_ones_own_works(server: EchoServer) -> None:
    async with serving(documented(server)) as url, httpx.AsyncClient(base_url=url) as http:
        thread, found = await new_thread(http)
        assert found[-1]["item"]["content"][0]["text"] == "Hello"
        assert (await http.post("/chatkit", json=LIST)).json()["data"][0]["id"] == thread


async def test_it_can_be_mounted_in_fastapi(server: EchoServer) -> None:
    app = FastAPI()
    app.mount("/assistant", chatkit(server))

    @app.get("/other")
    async def other() -> dict[str, str]:
        return {"mine": "yes"}

    async with client(app, follow_redirects=True) as http:
        page = await http.get("/assistant")
        assert str(page.url) == "http://chat.test/assistant/"
        assert "openai-chatkit" in page.text
        assert (await http.get("/assistant/static/page.js")).status_code == 200
        assert (await http.get("/assistant/api/config")).json()["endpoint"] == "chatkit"
        answer = await http.post("/assistant/chatkit", json=create())
        assert events(answer.content)[0]["type"] == "thread.created"
        assert (await http.get("/other")).json() == {"mine": "yes"}


@pytest.mark.parametrize("kind", ["starlette", "fastapi", "mount"])
async def test_its_routes_can_stand_among_others(server: EchoServer, kind: str) -> None:
    async def home(request: Any) -> PlainTextResponse:
        return PlainTextResponse("home")

    inner = chatkit(server, page=None)
    mine = Route("/", home)
    match kind:
        case "starlette":
            app: Any = Starlette(routes=[mine, *inner.routes])
        case "fastapi":
            app = FastAPI(routes=[mine, *inner.routes])
        case _:
            app = Starlette(routes=[mine, Mount("/", routes=inner.routes)])
    async with client(app) as http:
        assert (await http.get("/")).text == "home"
        await new_thread(http)
        refused = await http.post("/chatkit", json={"type": "nope"})
        assert refused.status_code == 400
        assert refused.json()["error"]["code"] == "request.unknown_operation"
        assert (await http.get("/health")).json()["status"] == "ok"


async def test_starting_warms_the_store_up_and_stopping_closes_it(server: EchoServer) -> None:
    called: list[str] = []

    class Watched(MemoryStore[Any]):
        async def warm_up(self) -> None:
            called.append("warm_up")

        async def close(self) -> None:
            called.append("close")

    @asynccontextmanager
    async def own() -> AsyncGenerator[None]:
        called.append("own start")
        yield
        called.append("own stop")

    app = chatkit(EchoServer(Watched()), lifespan=own)
    async with app.router.lifespan_context(app):
        called.append("serving")
    assert called == ["own start", "warm_up", "serving", "close", "own stop"]


class FlakyStore(MemoryStore[Any]):
    """A database that can be taken down."""

    trouble: Exception | None = None
    pings = 0

    async def warm_up(self) -> None:
        await self.ping()

    async def ping(self) -> None:
        self.pings += 1
        if self.trouble is not None:
            raise self.trouble

    async def load_threads(self, *arguments: Any) -> Any:
        if self.trouble is not None:
            raise self.trouble
        return await super().load_threads(*arguments)


async def test_a_store_that_is_down_does_not_keep_the_app_from_starting_and_is_missed_until_it_is_back() -> None:
    store = FlakyStore()
    store.trouble = StoreUnavailableError("the database does not answer: connection refused")
    app = chatkit(EchoServer(store))
    now = 0.0
    app._health._clock = lambda: now
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as http:
        health, ready = await http.get("/health"), await http.get("/ready")
        assert health.status_code == 200
        assert ready.status_code == 503
        assert health.json() == ready.json() == {"status": "degraded", "checks": {"store": {"status": "unavailable"}}}
        refused = await http.post("/chatkit", json=LIST)
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "store.unavailable"

        store.trouble, now = None, 5.0
        assert (await http.get("/ready")).json() == {"status": "ok", "checks": {"store": {"status": "ok"}}}
        assert (await http.post("/chatkit", json=LIST)).status_code == 200


async def test_health_reports_faults_without_their_details(caplog: pytest.LogCaptureFixture) -> None:
    store = FlakyStore()
    store.trouble = RuntimeError("hunter2")
    report = await Health(store).report()
    assert report["status"] == "degraded"
    assert "hunter2" not in str(report)
    assert "hunter2" in caplog.text


async def test_the_store_is_asked_once_a_second_at_most() -> None:
    store, now = FlakyStore(), 0.0
    health = Health(store, clock=lambda: now)
    for _ in range(5):
        await health.report()
    assert store.pings == 1
    now = 1.5
    await health.report()
    assert store.pings == 2


class SayingServer(EchoServer):
    async def add_feedback(self, *_: Any) -> None:
        logger.info("noted")


async def test_every_record_has_the_requests_id(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "chatkit")
    async with client(chatkit(SayingServer())) as http:
        params = {"thread_id": (await new_thread(http))[0], "item_ids": [], "kind": "positive"}
        feedback = {"type": "items.feedback", "params": params}
        given = await http.post("/chatkit", json=feedback, headers={"x-request-id": "abc-123"})
        made = await http.post("/chatkit", json=feedback, headers={"x-request-id": "no\tgood " + "x" * 100})
    logger.info("outside")
    assert given.headers["x-request-id"] == "abc-123"
    assert len(made.headers["x-request-id"]) == 16
    ids = [record.__dict__["request_id"] for record in caplog.records if record.message in ("noted", "outside")]
    assert ids == ["abc-123", made.headers["x-request-id"], "-"]


async def test_hooks_of_streams_have_the_requests_id_too() -> None:
    seen: list[str] = []

    class Looking(EchoServer):
        async def respond(self, *arguments: Any) -> Any:
            seen.append(current_request_id.get())
            async for event in super().respond(*arguments):
                yield event

    async with client(chatkit(Looking())) as http:
        await http.post("/chatkit", json=create(), headers={"x-request-id": "stream-1"})
    assert seen == ["stream-1"]
    assert current_request_id.get() == "-"


async def test_every_record_of_a_run_has_its_thread_and_an_id_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    class Telling(EchoServer):
        async def respond(self, *arguments: Any) -> Any:
            logger.info("begun")
            async for event in super().respond(*arguments):
                yield event
            logger.info("ended")

    caplog.set_level(logging.INFO, "chatkit")
    async with client(chatkit(Telling())) as http:
        threads = [(await new_thread(http, text))[0] for text in ("Hello", "Hello again")]
    told = [record.__dict__ for record in caplog.records if record.message in ("begun", "ended")]
    assert [record["thread_id"] for record in told] == [threads[0], threads[0], threads[1], threads[1]]
    runs = [record["run_id"] for record in told]
    assert runs[0] == runs[1] != runs[2] == runs[3]
    assert all(run.startswith("run_") for run in runs)
    assert (current_thread_id.get(), current_run_id.get()) == ("-", "-")


async def test_what_users_write_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with client(chatkit(EchoServer())) as http:
        await new_thread(http, "my secret plan")
        await http.post("/chatkit", json={"type": "threads.create", "params": {"input": "my secret plan"}})
    assert "secret plan" not in caplog.text


def test_importing_adds_no_handler() -> None:
    assert package.ChatKit is not None
    assert logger.handlers == []
    assert sum(isinstance(known, LogContext) for known in logger.filters) == 1
