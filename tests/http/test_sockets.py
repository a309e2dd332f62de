"""The web socket: everything that HTTP does, over one connection, under each server."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.exceptions import InvalidStatus

from chatkit.http import ChatKit, Settings, UnauthenticatedError, VisitorCookie
from chatkit.http.addresses import Proxies
from chatkit.http.charges import Charges
from chatkit.http.limits import TokenBuckets
from chatkit.http.socket import SocketEndpoint
from chatkit.store.memory import MemoryStore
from chatkit.types import ThreadItemAddedEvent, ThreadItemDoneEvent, ThreadMetadata, ThreadStreamEvent
from tests.runs.test_invariants import Directed, texts
from tests.support.asgi_servers import SERVERS
from tests.support.loopback import serving
from tests.support.runs import Client, DirectedServer, delta, fold, message, said
from tests.support.socket_client import Answer, connected


def user_of(request: Request) -> dict[str, Any]:
    """Whoever the token names, or else the header."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    user = token or request.headers.get("x-user")
    if not user or user == "expired":
        raise UnauthenticatedError("Sign in first.")
    return {"user_id": user}


def app_of(script: Any, context: Any = user_of, **settings: Any) -> ChatKit:
    given: dict[str, Any] = {"shutdown_seconds": 1, "websocket": True, **settings}
    return ChatKit(DirectedServer(MemoryStore(), script), context=context, settings=Settings(**given))


def has(kind: str, count: int = 1) -> Callable[[Answer], bool]:
    return lambda answer: answer.types.count(kind) >= count


async def stored(app: ChatKit, thread_id: str, user: str = "ada") -> list[dict[str, Any]]:
    return await Client(app.server, user).stored(thread_id)


async def until_stored(app: ChatKit, thread_id: str, status: str) -> None:
    async with asyncio.timeout(10):
        while (await stored(app, thread_id))[-1].get("status") != status:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("server", SERVERS)
async def test_turns_reads_follows_and_watches_share_one_socket_under_each_server(server: str) -> None:
    directed = Directed()
    async with SERVERS[server](app_of(directed.respond)) as url, connected(url, x_user="ada") as client:
        await client.others.until(lambda others: bool(others.frames))
        assert client.others.frames == [{"opened": {"heartbeat": 15.0, "max_bytes": 2 * 1024 * 1024}}]
        watched = await (await client.begin("threads.watch")).until(has("watch.opened"))
        first = await (await client.begin("threads.create", input=said("Hello"))).until(has("thread.item.updated"))
        thread_id = first.of("thread.created")["thread"]["id"]
        run_id = first.of("stream_options")["run_id"]
        second = await client.begin("threads.create", input=said("And?"))
        await second.until(has("thread.item.updated"))
        follower = await client.begin("threads.resume", thread_id=thread_id, run_id=run_id, after=first.positions[0])
        listed = await client.ask("threads.list", limit=10)
        assert len(listed.last["result"]["data"]) == 2
        directed.stage.say("go on 2")
        await second.until()
        assert not first.ended
        directed.stage.say("go on 1")
        await first.until()
        await follower.until()
        assert first.frames[0] == {"id": first.id, "begin": True}
        assert first.last == {"id": first.id, "end": True}
        assert first.of("run.ended")["outcome"] == second.of("run.ended")["outcome"] == "completed"
        assert follower.events == first.events[1:]
        assert first.positions == [first.positions[0], *follower.positions]
        page = await client.ask("items.list", thread_id=thread_id, order="asc")
        assert fold(first.events) == page.last["result"]["data"]
        await watched.until(has("run.ended", 2))
        assert watched.types.count("run.started") == 2


async def test_frames_say_what_server_sent_events_say() -> None:
    """The same run, followed from its beginning over both."""
    directed = Directed()
    directed.stage.say("go on 1")
    async with serving(app_of(directed.respond)) as url, connected(url, x_user="ada") as client:
        turn = await client.ask("threads.create", input=said("Ü “quotes” </script>\u2028"))
        thread_id, run_id = turn.of("thread.created")["thread"]["id"], turn.of("stream_options")["run_id"]
        followed = await client.ask("threads.resume", thread_id=thread_id, run_id=run_id)
        request = {"type": "threads.resume", "params": {"thread_id": thread_id, "run_id": run_id}}
        async with httpx.AsyncClient(base_url=url) as plain:
            answer = await plain.post("/chatkit", json={**request, "extensions": ["runs"]}, headers={"X-User": "ada"})
        frames = [frame.split("\n") for frame in answer.text.strip().split("\n\n")]
        assert [lines[0].removeprefix("id: ") for lines in frames] == followed.positions
        assert [json.loads(lines[1].removeprefix("data: ")) for lines in frames] == followed.events


# What is wrong

WRONG: dict[str, tuple[Any, tuple[str | None, str, int]]] = {
    "no JSON": ("nonsense", (None, "socket.malformed", 400)),
    "cut": ('{"id": "a", "request": {"type"', ("a", "socket.malformed", 400)),
    "an array": ("[]", (None, "socket.malformed", 400)),
    "two objects": ('{"id": "a", "cancel": true} {}', ("a", "socket.malformed", 400)),
    "nothing in it": ("{}", (None, "socket.malformed", 400)),
    "no id": ({"request": {"type": "threads.list", "params": {}}}, (None, "socket.malformed", 400)),
    "a number": ({"id": 7, "request": {}}, (None, "socket.malformed", 400)),
    "a long id": ({"id": "x" * 101, "request": {}}, (None, "socket.malformed", 400)),
    "an empty id": ({"id": "", "request": {}}, (None, "socket.malformed", 400)),
    "no request": ({"id": "a"}, ("a", "socket.malformed", 400)),
    "a request that is a text": ({"id": "a", "request": "{}"}, ("a", "socket.malformed", 400)),
    "too deep": ('{"id": "a", "request": ' + "[" * 300 + "]" * 300 + "}", ("a", "socket.malformed", 400)),
    "too many": ('{"id": "a", "request": {"x": [' + "[]," * 60_000 + "[]]}}", ("a", "socket.malformed", 400)),
    "not text": (b"\xff\xfe", (None, "socket.malformed", 400)),
    "not a number": ('{"id": "a", "request": {"type": NaN}}', ("a", "request.malformed", 400)),
    "a long ping": ({"ping": "x" * 300}, (None, "socket.malformed", 400)),
    "an unknown operation": (
        {"id": "a", "request": {"type": "threads.dance"}},
        ("a", "request.unknown_operation", 400),
    ),
    "a wrong field": (
        {"id": "a", "request": {"type": "threads.list", "params": {"limit": "many"}}},
        ("a", "request.invalid_params", 422),
    ),
    "no such thread": (
        {"id": "a", "request": {"type": "threads.get_by_id", "params": {"thread_id": "thr_x"}}},
        ("a", "not_found", 404),
    ),
    "a turn in no thread": (
        {"id": "a", "request": {"type": "threads.add_user_message", "params": {"thread_id": "x", "input": said("x")}}},
        ("a", "not_found", 404),
    ),
    "a header of its own": (
        {"id": "a", "request": {"type": "threads.list", "params": {}}, "headers": {"X-Forwarded-For": "1.2.3.4"}},
        ("a", "request.invalid_params", 422),
    ),
    "a header with a line": (
        {
            "id": "a",
            "request": {"type": "threads.list", "params": {}},
            "headers": {"authorization": "a\r\nX-User: eve"},
        },
        ("a", "request.invalid_params", 422),
    ),
    "headers that are a list": (
        {"id": "a", "request": {"type": "threads.list", "params": {}}, "headers": ["x"]},
        ("a", "request.invalid_params", 422),
    ),
    "nobody": (
        {"id": "a", "request": {"type": "threads.list", "params": {}}, "headers": {"Authorization": "Bearer expired"}},
        ("a", "auth.required", 401),
    ),
    "too large": ({"id": "a", "request": {"type": "threads.list", "x": "y" * 5000}}, ("a", "request.too_large", 413)),
    "too much beside it": (
        {"id": "a", "request": {"type": "threads.list", "params": {}}, "more": "y" * 80_000},
        ("a", "request.too_large", 413),
    ),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_wrong_is_said_and_the_socket_goes_on(name: str) -> None:
    frame, (request_id, code, status) = WRONG[name]
    limit = 300_000 if name == "too many" else 4096
    async with serving(app_of(Directed().respond, max_body_bytes=limit)) as url, connected(url, x_user="ada") as client:
        await client.others.until(lambda others: bool(others.frames))
        if request_id is not None:
            client.answers[request_id] = Answer(request_id)
        told = client.answers.get(request_id or "", client.others)
        await client.say(frame)
        await told.until(lambda answer: "error" in answer.frames[-1] if answer.frames else False)
        error = told.last["error"]
        assert (told.last.get("id"), error["code"], error["status"]) == (request_id, code, status)
        assert error["message"]
        assert "result" in (await client.ask("threads.list")).last


async def test_an_id_that_is_in_use_leaves_its_request_alone_and_is_free_at_the_end() -> None:
    directed = Directed()
    async with serving(app_of(directed.respond)) as url, connected(url, x_user="ada") as client:
        turn = await (await client.begin("threads.create", input=said("Hello"))).until(has("thread.item.updated"))
        again: dict[str, Any] = {"id": turn.id, "request": {"type": "threads.list", "params": {}}}
        await client.say(again)
        await client.others.until(lambda others: "error" in others.last)
        assert client.others.last["error"]["code"] == "socket.id_in_use"
        assert "id" not in client.others.last
        directed.stage.say("go on 1")
        await turn.until()
        assert turn.of("run.ended")["outcome"] == "completed"
        await client.say(again)
        await turn.until(lambda answer: "result" in answer.last)


async def test_requests_of_one_socket_are_bounded() -> None:
    async with serving(app_of(Directed().respond)) as url, connected(url, x_user="ada") as client:
        watched = [await client.begin("threads.watch") for _ in range(256)]
        await watched[-1].until(has("watch.opened"))
        one_more = await client.ask("threads.watch")
        assert (one_more.last["error"]["code"], one_more.last["error"]["status"]) == ("socket.too_many", 429)
        await client.say({"id": watched[0].id, "cancel": True})
        async with asyncio.timeout(10):
            while "error" in (await client.ask("threads.list")).last:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.01)


async def test_a_ping_is_answered_with_what_it_says() -> None:
    async with serving(app_of(Directed().respond)) as url, connected(url) as client:
        for token in (1, None, "x", {"at": [1, 2]}):
            await client.say({"ping": token})
            await client.others.until(lambda others, token=token: others.last.get("pong", "none") == token)


# Leaving


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("how", ["cancelled", "closed", "cut"])
async def test_a_turn_without_runs_ends_with_its_request_as_over_http(server: str, how: str) -> None:
    directed = Directed()
    app = app_of(directed.respond)
    async with SERVERS[server](app) as url:
        async with connected(url, x_user="ada") as client:
            turn = await client.begin("threads.create", runs=False, input=said("Hello"))
            await turn.until(has("thread.item.updated"))
            assert not turn.positions
            thread_id = turn.of("thread.created")["thread"]["id"]
            if how == "cancelled":
                await client.say({"id": turn.id, "cancel": True})
                await until_stored(app, thread_id, "stopped")
                assert not turn.ended
            elif how == "cut":
                client.connection.transport.abort()
        await until_stored(app, thread_id, "stopped")
        assert texts(await stored(app, thread_id)) == [("Hello", None), ("One ", "stopped")]


@pytest.mark.parametrize("how", ["cancelled", "closed", "cut"])
async def test_a_run_goes_on_without_its_request_and_is_followed_on_another_socket(how: str) -> None:
    directed = Directed()
    app = app_of(directed.respond)
    async with serving(app) as url:
        async with connected(url, x_user="ada") as client:
            turn = await (await client.begin("threads.create", input=said("Hello"))).until(has("thread.item.updated"))
            thread_id = turn.of("thread.created")["thread"]["id"]
            if how == "cancelled":
                await client.say({"id": turn.id, "cancel": True})
                await client.ask("threads.list")
            elif how == "cut":
                client.connection.transport.abort()
        directed.stage.say("go on 1")
        async with connected(url, x_user="ada") as client:
            run_id = turn.of("stream_options")["run_id"]
            rest = await client.ask("threads.resume", thread_id=thread_id, run_id=run_id, after=turn.positions[-1])
            assert rest.of("run.ended")["outcome"] == "completed"
            page = await client.ask("items.list", thread_id=thread_id, order="asc")
            assert fold(turn.events + rest.events) == page.last["result"]["data"]


async def test_a_server_that_stops_interrupts_turns_without_runs_when_their_time_is_up() -> None:
    """They were not stopped by the user, and go on until then."""
    ended: list[str] = []

    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        answer = message(thread, f"msg_{thread.id}")
        yield ThreadItemAddedEvent(item=answer)
        yield delta(answer.id, "One ")
        await asyncio.sleep(0.3 if not ended else 60)
        yield ThreadItemDoneEvent(item=message(thread, answer.id, "One two."))

    app = app_of(respond)
    async with serving(app) as url:
        client_of = connected(url, x_user="ada")
        client = await client_of.__aenter__()
        short = await client.begin("threads.create", runs=False, input=said("Short"))
        await short.until(has("thread.item.updated"))
        ended.append("from now on")
        long = await client.begin("threads.create", runs=False, input=said("Long"))
        await long.until(has("thread.item.updated"))
    await client_of.__aexit__(None, None, None)
    short_id, long_id = (turn.of("thread.created")["thread"]["id"] for turn in (short, long))
    assert texts(await stored(app, short_id)) == [("Short", None), ("One two.", None)]
    assert texts(await stored(app, long_id)) == [("Long", None), ("One ", "incomplete")]


async def test_silence_is_told_of_per_stream() -> None:
    directed = Directed()
    async with serving(app_of(directed.respond, heartbeat_seconds=0.1)) as url, connected(url, x_user="ada") as client:
        turn = await client.begin("threads.create", input=said("Hello"))
        await turn.until(lambda answer: [*answer.frames].count({"id": turn.id, "heartbeat": True}) > 2)


FRAME = b'id: 1-1\ndata: {"type":"progress_update","text":"x"}\n\n'


@pytest.mark.parametrize("how", ["returns", "raises"])
@pytest.mark.parametrize("said_before", [b"", FRAME])
async def test_an_answer_that_breaks_off_in_the_middle_says_so(how: str, said_before: bytes) -> None:
    """As when a stream was being written to when its time was up: nobody knows what has arrived."""

    async def breaks(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": said_before, "more_body": True})
        if how == "raises":
            raise RuntimeError("broken")

    async with serving(socket_to(breaks)) as url, connected(url, "/ws") as client:
        turn = await client.ask("threads.create", input=said("Hello"))
        assert (turn.last["error"]["code"], turn.last["error"]["status"]) == ("stream.broken", 500)
        assert len(turn.events) == (1 if said_before else 0)


def socket_to(endpoint: ASGIApp) -> ASGIApp:
    """A socket to any endpoint."""
    settings = Settings()
    proxies = Proxies([])
    return SocketEndpoint(
        endpoint,
        authentication=VisitorCookie("k" * 40, proxies=proxies),
        settings=settings,
        charges=Charges(TokenBuckets(), settings, proxies),
        is_stopping=lambda: False,
    )


PIECES: dict[str, list[bytes]] = {
    "one frame at a time": [FRAME, FRAME],
    "several at once": [FRAME + FRAME],
    "cut anywhere": [FRAME[:9], FRAME[9:30], FRAME[30:] + FRAME[:1], FRAME[1:]],
    "other line ends": [(FRAME + FRAME).replace(b"\n", b"\r\n")],
    "several lines": [b'id: 1-1\ndata: {"type":"progress_update",\ndata: "text":"x"}\n\n', FRAME],
    "fields of its own": [b"event: message\nretry: 10\n" + FRAME, FRAME],
    "comments between": [b": hello\n\n" + FRAME, b": \n\n", FRAME],
}


@pytest.mark.parametrize("name", PIECES)
async def test_events_in_any_form_become_frames(name: str) -> None:
    """What applications put in the place of this package's own events is server-sent events of any kind."""

    async def sends(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        for piece in PIECES[name]:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async with serving(socket_to(sends)) as url, connected(url, "/ws") as client:
        turn = await client.ask("threads.create", input=said("Hello"))
        assert turn.events == [{"type": "progress_update", "text": "x"}] * 2
        assert turn.positions == ["1-1", "1-1"]
        assert "end" in turn.last


# Who may


async def test_a_token_comes_with_each_request() -> None:
    async with serving(app_of(Directed().respond)) as url, connected(url) as client:
        assert (await client.ask("threads.list")).last["error"]["status"] == 401
        listed = await client.ask("threads.list", headers={"Authorization": "Bearer ada"})
        assert listed.last["result"]["data"] == []
        assert (await client.ask("threads.list", headers={"Authorization": "Bearer expired"})).last["error"][
            "code"
        ] == "auth.required"


async def test_what_a_proxy_says_of_the_user_cannot_be_said_otherwise() -> None:
    async with serving(app_of(Directed().respond)) as url, connected(url, authorization="Bearer ada") as client:
        assert "result" in (await client.ask("threads.list")).last
        eve = await client.ask("threads.list", headers={"authorization": "Bearer eve"})
        assert eve.last["error"]["param"] == "headers.authorization"


async def test_owners_find_nothing_of_each_other() -> None:
    directed = Directed()
    async with serving(app_of(directed.respond)) as url, connected(url) as client:
        ada, eve = ({"authorization": f"Bearer {name}"} for name in ("ada", "eve"))
        turn = await client.begin("threads.create", headers=ada, input=said("Hello"))
        await turn.until(has("thread.item.updated"))
        ids = {"thread_id": turn.of("thread.created")["thread"]["id"], "run_id": turn.of("stream_options")["run_id"]}
        for operation in ("threads.resume", "threads.stop"):
            assert (await client.ask(operation, headers=eve, **ids)).last["error"]["code"] == "not_found"
        directed.stage.say("go on 1")
        await turn.until()
        assert turn.of("run.ended")["outcome"] == "completed"


ORIGINS: list[tuple[dict[str, Any], str | None, bool]] = [
    ({}, None, True),
    ({}, "{own}", True),
    ({}, "https://evil.example", False),
    ({}, "null", False),
    ({"allowed_origins": "https://app.example"}, "https://app.example", True),
    ({"allowed_origins": "https://app.example"}, "https://evil.example", False),
    ({"allowed_origins": "*"}, "https://anyone.example", True),
]


@pytest.mark.parametrize(("settings", "origin", "allowed"), ORIGINS)
async def test_pages_of_other_sites_open_no_socket(settings: dict[str, Any], origin: str | None, allowed: bool) -> None:
    async with serving(app_of(Directed().respond, **settings)) as url:
        headers = {} if origin is None else {"origin": origin.format(own=url)}
        if allowed:
            async with connected(url, x_user="ada", **headers) as client:
                assert "result" in (await client.ask("threads.list")).last
        else:
            with pytest.raises(InvalidStatus) as refused:
                async with connected(url, x_user="ada", **headers):
                    pass
            assert refused.value.response.status_code == 403
            assert json.loads(refused.value.response.body or b"")["error"]["code"] == "auth.origin_forbidden"


@pytest.mark.parametrize(
    ("settings", "origin", "counts"),
    [
        ({}, "{own}", True),
        ({"allowed_origins": "https://app.example"}, "https://app.example", True),
        ({"allowed_origins": "*"}, "https://anyone.example", False),
        ({"allowed_origins": "*,https://app.example"}, "https://app.example", True),
        ({"allowed_origins": "*"}, "{own}", True),
        ({"allowed_origins": "*"}, None, True),
    ],
)
async def test_cookies_count_where_browsers_would_send_them_over_http(
    settings: dict[str, Any], origin: str | None, counts: bool
) -> None:
    def user(request: Request) -> dict[str, Any]:
        return {"user_id": request.cookies.get("session", "nobody")}

    app = app_of(Directed().respond, user, **settings)
    async with serving(app) as url:
        headers = {} if origin is None else {"origin": origin.format(own=url)}
        async with connected(url, cookie="session=ada", **headers) as client:
            turn = await client.begin("threads.create", input=said("Hello"))
            await turn.until(has("thread.item.updated"))
            thread_id = turn.of("thread.created")["thread"]["id"]
        owner = "ada" if counts else "nobody"
        assert await stored(app, thread_id, owner)


async def test_a_visitor_gets_a_cookie_with_the_socket_and_keeps_it() -> None:
    app = ChatKit(
        DirectedServer(MemoryStore(), Directed().respond),
        settings=Settings(websocket=True, secret_key=SecretStr("k" * 40), shutdown_seconds=1),
    )
    async with serving(app) as url:
        async with connected(url) as client:
            response = client.connection.response
            assert response is not None
            cookie = response.headers["set-cookie"].partition(";")[0]
            turn = await client.begin("threads.create", input=said("Hello"))
            await turn.until(has("thread.created"))
            listed = await client.ask("threads.list")
            assert len(listed.last["result"]["data"]) == 1
        async with connected(url, cookie=cookie) as client:
            assert client.connection.response is not None
            assert "set-cookie" not in client.connection.response.headers
            assert len((await client.ask("threads.list")).last["result"]["data"]) == 1
        async with httpx.AsyncClient(base_url=url, headers={"cookie": cookie}) as plain:
            answer = await plain.post("/chatkit", json={"type": "threads.list", "params": {}})
            assert len(answer.json()["data"]) == 1


async def test_costly_requests_are_counted_as_over_http() -> None:
    directed = Directed()
    async with serving(app_of(directed.respond, turns_per_minute=2)) as url, connected(url, x_user="ada") as client:
        for _ in range(2):
            turn = await client.begin("threads.create", input=said("Hello"))
            await turn.until(has("thread.item.updated"))
        refused = await client.ask("threads.create", input=said("Hello"))
        assert (refused.last["error"]["code"], refused.last["error"]["status"]) == ("rate.limited", 429)
        assert 0 < refused.last["error"]["retry_after"] <= 30
        async with httpx.AsyncClient(base_url=url, headers={"X-User": "ada"}) as plain:
            request = {"type": "threads.create", "params": {"input": said("Hello")}}
            assert (await plain.post("/chatkit", json=request)).status_code == 429


async def test_frames_that_cannot_be_read_are_counted() -> None:
    app = app_of(Directed().respond, turns_per_minute_per_address=3)
    async with serving(app) as url, connected(url, x_user="ada") as client:
        codes: list[str] = []
        for number in range(6):
            await client.say("nonsense")
            await client.others.until(lambda others, number=number: len(others.frames) == number + 2)
            codes.append(client.others.last["error"]["code"])
        assert codes == ["socket.malformed"] * 3 + ["rate.limited"] * 3


async def test_only_allowed_hosts_open_one() -> None:
    async with serving(app_of(Directed().respond, allowed_hosts="chat.example")) as url:
        with pytest.raises(InvalidStatus) as refused:
            async with connected(url):
                pass
        assert refused.value.response.status_code == 403


async def test_without_the_setting_there_is_none() -> None:
    async with serving(app_of(Directed().respond, websocket=False)) as url:
        with pytest.raises(InvalidStatus) as refused:
            async with connected(url):
                pass
        assert refused.value.response.status_code in (403, 404)
        async with httpx.AsyncClient(base_url=url) as plain:
            assert (await plain.get("/chatkit/ws")).status_code == 404


async def test_a_request_that_is_no_handshake_is_told_what_this_is() -> None:
    async with serving(app_of(Directed().respond)) as url, httpx.AsyncClient(base_url=url) as plain:
        answer = await plain.get("/chatkit/ws")
        assert (answer.status_code, answer.json()["error"]["code"]) == (426, "socket.upgrade_required")
        assert answer.headers["upgrade"] == "websocket"


@pytest.mark.parametrize(
    ("path", "mounted", "seen_as"),
    [("/", "", "/"), ("/api/chat/", "", "/api/chat"), ("/chatkit", "/assistant", "/assistant/chatkit")],
)
async def test_it_is_below_the_endpoint_and_contexts_see_the_endpoint(path: str, mounted: str, seen_as: str) -> None:
    seen: list[tuple[str, str, str]] = []

    def user(request: Request) -> dict[str, Any]:
        seen.append((request.method, request.url.path, request.url.query))
        return {"user_id": "ada"}

    settings = Settings(websocket=True)
    app: Any = ChatKit(DirectedServer(MemoryStore(), Directed().respond), context=user, settings=settings, path=path)
    if mounted:
        app = Starlette(routes=[Mount(mounted, app)])
    async with serving(app) as url, connected(url, seen_as.rstrip("/") + "/ws?tenant=a") as client:
        assert "result" in (await client.ask("threads.list")).last
    assert seen == [("POST", seen_as, "tenant=a")]


# Readers


async def test_a_client_that_takes_nothing_is_broken_off_and_its_turn_interrupted() -> None:
    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        answer = message(thread, "msg")
        yield ThreadItemAddedEvent(item=answer)
        for _ in range(3000):
            yield delta(answer.id, "x" * 4096)
            await asyncio.sleep(0)

    app = app_of(respond, stall_seconds=0.5, heartbeat_seconds=0.2, shutdown_seconds=0)
    async with serving(app) as url, connected(url, x_user="ada") as client:
        turn = await client.begin("threads.create", runs=False, input=said("Hello"))
        await turn.until(has("thread.created"))
        thread_id = turn.of("thread.created")["thread"]["id"]
        client.take_nothing()
        await until_stored(app, thread_id, "incomplete")
        client.connection.transport.abort()


async def test_two_sockets_of_one_client_are_strangers() -> None:
    directed = Directed()
    async with (
        serving(app_of(directed.respond)) as url,
        connected(url, x_user="ada") as one,
        connected(url, x_user="ada") as other,
    ):
        turn = await (await one.begin("threads.create", input=said("Hello"))).until(has("thread.item.updated"))
        await other.say({"id": turn.id, "cancel": True})
        assert "result" in (await other.ask("threads.list")).last
        directed.stage.say("go on 1")
        await turn.until()
        assert turn.of("run.ended")["outcome"] == "completed"
