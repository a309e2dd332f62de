"""Runs over HTTP, under each server: followed, left, repeated, kept alive, broken off."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from chatkit.http import ChatKit, Settings
from chatkit.store.memory import MemoryStore
from chatkit.types import ThreadItemAddedEvent, ThreadItemDoneEvent, ThreadMetadata, ThreadStreamEvent
from tests.runs.test_invariants import Directed
from tests.support.asgi_servers import SERVERS
from tests.support.loopback import serving
from tests.support.runs import DirectedServer, Frames, fold, has, message, said

JSON = {"Content-Type": "application/json", "X-User": "ada"}


def app_of(script: Any, **settings: Any) -> ChatKit:
    return ChatKit(
        DirectedServer(MemoryStore(), script),
        context=lambda request: {"user_id": request.headers["x-user"]},
        settings=Settings(**{"shutdown_seconds": 1, **settings}),
    )


def body(operation: str, /, **params: Any) -> str:
    beside = {name: params.pop(name) for name in ("request_id",) if name in params}
    return json.dumps({"type": operation, "params": params, "extensions": ["runs"], **beside})


async def stream(client: httpx.AsyncClient, operation: str, /, until: Any = None, **params: Any) -> Frames:
    heard = Frames()
    async with client.stream("POST", "/chatkit", content=body(operation, **params), headers=JSON) as answer:
        assert answer.status_code == 200
        async for data in answer.aiter_bytes():
            heard.feed(data)
            if until is not None and until(heard):
                break
    return heard


@pytest.mark.parametrize("server", SERVERS)
async def test_a_run_is_followed_under_each_server(server: str) -> None:
    directed = Directed()
    async with SERVERS[server](app_of(directed.respond)) as url, httpx.AsyncClient(base_url=url) as client:
        heard = await stream(client, "threads.create", until=has("thread.item.updated"), input=said("Hello"))
        thread_id = heard.of("thread.created")["thread"]["id"]
        following = asyncio.create_task(
            stream(client, "threads.resume", thread_id=thread_id, run_id=heard.run_id, after=heard.position)
        )
        directed.stage.say("go on 1")
        rest = await following
        assert rest.of("run.ended")["outcome"] == "completed"
        page = await client.post("/chatkit", content=body("items.list", thread_id=thread_id, order="asc"), headers=JSON)
        assert fold(heard.events + rest.events) == page.json()["data"]


@pytest.mark.parametrize(
    ("operation", "params", "status", "code"),
    [
        ("threads.resume", {"thread_id": "thr_unknown"}, 404, "not_found"),
        ("threads.stop", {"thread_id": "thr_unknown", "run_id": "run_x"}, 404, "not_found"),
        ("items.claim", {"thread_id": "thr_unknown", "item_id": "x", "claimant": "y"}, 404, "not_found"),
        ("threads.add_user_message", {"thread_id": "thr_unknown", "input": said("x")}, 404, "not_found"),
        ("threads.resume", {}, 422, "request.invalid_params"),
    ],
)
async def test_what_is_wrong_has_its_status(operation: str, params: dict[str, Any], status: int, code: str) -> None:
    async with serving(app_of(Directed().respond)) as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.post("/chatkit", content=body(operation, **params), headers=JSON)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_a_turn_that_is_asked_for_again_is_not_charged() -> None:
    directed = Directed()
    for number in range(1, 4):
        directed.stage.say(f"go on {number}")
    app = app_of(directed.respond, turns_per_minute=1)
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as client:
        first = await stream(client, "threads.create", input=said("Hello"), request_id="once")
        for _ in range(3):
            again = await stream(client, "threads.create", input=said("Hello"), request_id="once")
            assert again.run_id == first.run_id
        other = await client.post("/chatkit", content=body("threads.create", input=said("Hello")), headers=JSON)
        assert other.status_code == 429
        changed = body("threads.create", input=said("Goodbye"), request_id="once")
        reused = await client.post("/chatkit", content=changed, headers=JSON)
        assert (reused.status_code, reused.json()["error"]["code"]) == (409, "request.id_reused")


async def test_a_silent_run_is_kept_alive_by_comments() -> None:
    directed = Directed()
    app = app_of(directed.respond, heartbeat_seconds=0.1)
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as client:
        heard = await stream(
            client, "threads.create", until=lambda one: one.raw.count(b"\n: \n\n") > 2, input=said("x")
        )
    assert "thread.item.updated" in heard.types


async def test_a_shutdown_refuses_what_is_new_and_breaks_off_without_an_error() -> None:
    """Who follows comes again, elsewhere; watchers end at once."""

    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemAddedEvent(item=message(thread, "msg"))
        await asyncio.Event().wait()

    app = app_of(respond, shutdown_seconds=0)
    async with httpx.AsyncClient() as client:
        heard, watched = Frames(), Frames()
        async with serving(app) as url:
            client.base_url = httpx.URL(url)

            async def read(into: Frames, operation: str, **params: Any) -> None:
                content = body(operation, **params)
                async with client.stream("POST", "/chatkit", content=content, headers=JSON) as answer:
                    async for data in answer.aiter_bytes():
                        into.feed(data)

            reading = asyncio.create_task(read(heard, "threads.create", input=said("Hello")))
            watching = asyncio.create_task(read(watched, "threads.watch"))
            async with asyncio.timeout(10):
                while "thread.item.added" not in heard.types or not watched.types:  # noqa: ASYNC110 - over HTTP
                    await asyncio.sleep(0.01)
            app.begin_shutdown()
            await watching
            refused = await client.post("/chatkit", content=body("threads.create", input=said("x")), headers=JSON)
            assert refused.status_code == 503
        await asyncio.wait([reading])
    assert "error" not in heard.types
    assert watched.types[0] == "watch.opened"


async def test_a_client_that_leaves_stops_nothing() -> None:
    directed = Directed()
    app = app_of(directed.respond)
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as client:
        heard = await stream(client, "threads.create", until=has("thread.item.updated"), input=said("Hello"))
        thread_id = heard.of("thread.created")["thread"]["id"]
        directed.stage.say("go on 1")
        rest = await stream(client, "threads.resume", thread_id=thread_id, run_id=heard.run_id)
        assert rest.of("run.ended")["outcome"] == "completed"
        items = await app.server.store.load_thread_items(thread_id, None, 20, "asc", {"user_id": "ada"})
        assert [item.type for item in items.data] == ["user_message", "assistant_message"]


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("count", [1, 2, 50])
async def test_what_is_said_at_once_is_sent_whole_and_ended(server: str, count: int) -> None:
    """A hook that hardly waits, and an end right behind the last word: nothing is left for the next heartbeat."""

    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        for number in range(count):
            yield ThreadItemDoneEvent(item=message(thread, f"a{number}", "before"))
        await asyncio.sleep(0.05)
        for number in range(count):
            yield ThreadItemDoneEvent(item=message(thread, f"b{number}", "after"))

    async with SERVERS[server](app_of(respond)) as url, httpx.AsyncClient(base_url=url, timeout=5) as client:
        for _ in range(5):
            heard = await stream(client, "threads.create", input=said("Hello"))
            assert heard.types == [
                "thread.created",
                "thread.item.done",
                "stream_options",
                *["thread.item.done"] * (2 * count),
                "run.ended",
            ]


async def test_frames_that_an_application_replaces_are_what_is_sent() -> None:
    """As servers do that add something of their own to every answer."""
    directed = Directed()
    directed.stage.say("go on 1")

    class Adding(DirectedServer):
        async def process(self, request: Any, context: Any) -> Any:
            result: Any = await super().process(request, context)
            frames = result.json_events

            async def more() -> AsyncIterator[bytes]:
                async for data in frames:
                    yield data
                yield b'data: {"type":"progress_update","text":"added"}\n\n'

            result.json_events = more()
            return result

    app = ChatKit(
        Adding(MemoryStore(), directed.respond),
        context=lambda request: {"user_id": request.headers["x-user"]},
        settings=Settings(shutdown_seconds=1),
    )
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as client:
        heard = await stream(client, "threads.create", input=said("Hello"))
    assert heard.types[-2:] == ["run.ended", "progress_update"]
