"""What costs something: budgets of owners and addresses, proxies in front, budgets that processes share."""

import asyncio
import itertools
import logging
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.exceptions import HTTPException

from chatkit.http import Budget, ChatKit, Settings, SharedLimiter, TokenBuckets, UnauthenticatedError, VisitorCookie
from chatkit.store import AttachmentStore
from chatkit.types import (
    AttachmentCreateParams,
    FileAttachment,
    ProgressUpdateEvent,
    SyncCustomActionResponse,
    ThreadStreamEvent,
    TranscriptionResult,
)
from tests.http.servers import EchoServer, as_ada, chatkit, client, create, new_thread, user_input
from tests.support.redis import free_port, run_redis

LIST: dict[str, Any] = {"type": "threads.list", "params": {}}
KEY = "a secret of more than sixteen"
ACTION = {"type": "go", "payload": {}}


class Files(AttachmentStore[Any]):
    """Registers, and counts."""

    def __init__(self) -> None:
        self.made = 0

    async def create_attachment(self, input: AttachmentCreateParams, context: Any) -> FileAttachment:
        self.made += 1
        return FileAttachment(id=f"atc_{self.made}", name=input.name, mime_type=input.mime_type)

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        pass


class CostlyServer(EchoServer):
    """Counts what the application was asked to do."""

    def __init__(self) -> None:
        super().__init__()
        self.attachment_store = Files()
        self.worked = 0

    async def transcribe(self, audio_input: Any, context: Any) -> TranscriptionResult:
        self.worked += 1
        return TranscriptionResult(text="hello")

    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        self.worked += 1
        yield ProgressUpdateEvent(text="going")

    async def sync_action(self, thread: Any, action: Any, sender: Any, context: Any) -> SyncCustomActionResponse:
        self.worked += 1
        return SyncCustomActionResponse()

    @property
    def done(self) -> int:
        return self.worked + len(self.contexts) + self.attachment_store.made


def costly(thread: str, item: str) -> dict[str, dict[str, Any]]:
    """The parameters of every operation that costs something."""
    here = {"thread_id": thread, "item_id": item}
    return {
        "threads.create": {"input": user_input()},
        "threads.add_user_message": {"input": user_input(), "thread_id": thread},
        "threads.add_client_tool_output": {"thread_id": thread, "result": 1},
        "threads.add_structured_input": {**here, "input": {"status": "skipped"}},
        "threads.retry_after_item": here,
        "threads.custom_action": {"thread_id": thread, "action": ACTION},
        "threads.sync_custom_action": {"thread_id": thread, "action": ACTION},
        "input.transcribe": {"audio_base64": "aGVsbG8=", "mime_type": "audio/webm"},
        "attachments.create": {"name": "a.txt", "size": 1, "mime_type": "text/plain"},
    }


async def everything(http: httpx.AsyncClient, thread: str) -> tuple[Any, Any]:
    """What is stored: the threads, and the items of one of them."""
    items = {"type": "items.list", "params": {"thread_id": thread, "limit": 100}}
    return (await http.post("/chatkit", json=LIST)).json(), (await http.post("/chatkit", json=items)).json()


@pytest.mark.parametrize("operation", costly("", ""))
async def test_every_costly_operation_is_charged_before_it_is_done(operation: str) -> None:
    server = CostlyServer()
    app = chatkit(server, settings=Settings(turns_per_minute=3))
    async with client(app) as http:
        thread, found = await new_thread(http)
        asked = next(event["item"]["id"] for event in found if event.get("item", {}).get("type") == "user_message")
        request = {"type": operation, "params": costly(thread, asked)[operation]}
        first = [(await http.post("/chatkit", json=request)).status_code for _ in range(2)]
        done, kept = server.done, await everything(http, thread)
        refused = await http.post("/chatkit", json=request)
        listed = await http.post("/chatkit", json=LIST)
        assert await everything(http, thread) == kept, "nothing was stored for what was refused"
    assert 429 not in first
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "rate.limited"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert server.done == done, "nothing was done for what was refused"
    assert listed.status_code == 200, "reading costs nothing"


@pytest.mark.parametrize(
    "body",
    [
        b'{"type": "threads.list", "params": {"audio_base64": "", "mime_type": ""}, "type": "input.transcribe"}',
        rb'{"type": "input.transcrib\u0065", "params": {"audio_base64": "", "mime_type": ""}}',
        b'{"params": {"type": "threads.list", "audio_base64": "", "mime_type": ""}, "type": "input.transcribe"}',
        b' \n\t{"type":"input.transcribe","params":{"audio_base64":"","mime_type":""}}',
    ],
)
async def test_an_operation_cannot_be_written_so_that_it_costs_nothing(body: bytes) -> None:
    server = CostlyServer()
    async with client(chatkit(server, settings=Settings(turns_per_minute=1))) as http:
        json_body = {"content-type": "application/json"}
        statuses = [(await http.post("/chatkit", content=body, headers=json_body)).status_code for _ in range(3)]
    assert statuses[1:] == [429, 429]
    assert server.worked <= 1


async def test_a_long_request_costs_something_whatever_it_asks_for() -> None:
    long = {"type": "threads.list", "params": {}, "metadata": {"text": "x" * 100_000}}
    async with client(chatkit(EchoServer(), settings=Settings(turns_per_minute=2))) as http:
        statuses = [(await http.post("/chatkit", json=long)).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


async def test_each_owner_has_their_own_budget() -> None:
    async def owner(request: Any) -> dict[str, str]:
        return {"user_id": request.headers["x-user"]}

    server = EchoServer()
    async with client(chatkit(server, context=owner, settings=Settings(turns_per_minute=2))) as http:
        ada = [(await http.post("/chatkit", json=create(), headers={"x-user": "ada"})).status_code for _ in range(3)]
        bob = await http.post("/chatkit", json=create(), headers={"x-user": "bob"})
    assert ada == [200, 200, 429]
    assert bob.status_code == 200
    assert len(server.contexts) == 3


def visitors(server: Any, **settings: Any) -> ChatKit:
    return chatkit(server, context=None, settings=Settings(secret_key=KEY, **settings))


@asynccontextmanager
async def at(app: Any, address: str, **headers: str) -> AsyncGenerator[httpx.AsyncClient]:
    """A client at an address."""
    transport = httpx.ASGITransport(app, client=(address, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://chat.test", headers=headers) as http:
        yield http


async def test_throwing_cookies_away_does_not_help() -> None:
    async with client(visitors(EchoServer(), turns_per_minute=2)) as http:
        statuses: list[int] = []
        for _ in range(3):
            statuses.append((await http.post("/chatkit", json=create())).status_code)
            http.cookies.clear()
    assert statuses == [200, 200, 429]


async def test_a_new_visitor_for_each_turn_does_not_help() -> None:
    server = EchoServer()
    async with client(visitors(server, turns_per_minute=2)) as http:
        statuses: list[int] = []
        for _ in range(4):
            http.cookies.clear()
            await http.get("/")
            assert "chatkit_visitor" in http.cookies
            statuses.append((await http.post("/chatkit", json=create())).status_code)
    assert statuses == [200, 200, 429, 429]
    assert len(server.contexts) == 2


async def test_visitors_made_in_advance_share_the_budget_of_their_address() -> None:
    now = time.time()
    settings = Settings(turns_per_minute=2, turns_per_minute_per_address=5)
    visitors_known = VisitorCookie(KEY, clock=lambda: now)
    app = chatkit(EchoServer(), context=None, settings=settings, authentication=visitors_known)
    async with client(app) as http:
        jars: list[dict[str, str]] = []
        for _ in range(8):
            http.cookies.clear()
            await http.get("/")
            jars.append(dict(http.cookies))
        now += 120
        statuses: list[int] = []
        for jar in jars:
            http.cookies.clear()
            http.cookies.update(jar)
            statuses.append((await http.post("/chatkit", json=create())).status_code)
    assert statuses == [200] * 5 + [429] * 3


async def test_who_is_not_new_has_a_budget_of_their_own_beside_newcomers() -> None:
    now = time.time()
    settings, visitors_known = Settings(turns_per_minute=2), VisitorCookie(KEY, clock=lambda: now)
    app = chatkit(EchoServer(), context=None, settings=settings, authentication=visitors_known)
    async with client(app) as known, client(app) as strangers:
        await known.get("/")
        now += 120
        for _ in range(3):
            strangers.cookies.clear()
            last = await strangers.post("/chatkit", json=create())
        assert last.status_code == 429
        assert (await known.post("/chatkit", json=create())).status_code == 200


@pytest.mark.parametrize(
    ("trusted", "peer", "headers", "told_apart"),
    [
        ("", "10.0.0.1", {"x-forwarded-for": "{}"}, False),
        ("", "127.0.0.1", {"x-forwarded-for": "{}"}, False),
        ("10.0.0.0/8", "192.0.2.1", {"x-forwarded-for": "{}"}, False),
        ("10.0.0.0/8", "10.0.0.1", {"x-forwarded-for": "{}"}, True),
        ("10.0.0.0/8", "10.0.0.1", {"x-forwarded-for": "{}, 10.0.0.2"}, True),
        ("10.0.0.0/8", "10.0.0.1", {"x-forwarded-for": "{}:4711"}, True),
        ("10.0.0.0/8", "::ffff:10.0.0.1", {"x-forwarded-for": "{}"}, True),
        ("10.0.0.0/8", "10.0.0.1", {"x-forwarded-for": "{}, 203.0.113.9"}, False),
        ("10.0.0.0/8", "10.0.0.1", {"x-forwarded-for": "{}, unknown"}, False),
        ("10.0.0.0/8", "10.0.0.1", {"forwarded": "for={};proto=https"}, True),
        ("10.0.0.0/8", "10.0.0.1", {"forwarded": 'proto=https;For="{}:1", for=10.1.1.1'}, True),
        ("10.0.0.0/8", "10.0.0.1", {"forwarded": "for={}", "x-forwarded-for": "203.0.113.9"}, False),
        ("10.0.0.0/8", "10.0.0.1", {"forwarded": "for=203.0.113.9", "x-forwarded-for": "{}"}, False),
        ("2001:db8::/32", "2001:db8::1", {"x-forwarded-for": "{}"}, True),
        ("*", "203.0.113.1", {"x-forwarded-for": "{}"}, True),
    ],
)
async def test_visitors_behind_a_proxy_are_told_apart_if_it_is_trusted(
    trusted: str, peer: str, headers: dict[str, str], told_apart: bool
) -> None:
    app = visitors(EchoServer(), turns_per_minute=1, trusted_proxies=trusted)
    statuses: set[int] = set()
    for number in range(1, 5):
        said = {name: value.format(f"198.51.100.{number}") for name, value in headers.items()}
        async with at(app, peer, **said) as http:
            statuses.add((await http.post("/chatkit", json=create())).status_code)
    assert statuses == ({200} if told_apart else {200, 429})


async def test_a_network_of_ipv6_is_one_address() -> None:
    app = visitors(EchoServer(), turns_per_minute=1)
    statuses: list[int] = []
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"):
        async with at(app, address) as http:
            statuses.append((await http.post("/chatkit", json=create())).status_code)
    assert statuses == [200, 429, 200]


async def test_a_proxy_that_nobody_mentioned_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    app = visitors(EchoServer(), turns_per_minute=5)
    async with at(app, "10.0.0.1", **{"x-forwarded-for": "198.51.100.1"}) as http:
        for _ in range(3):
            await http.post("/chatkit", json=create())
    assert caplog.text.count("CHATKIT_TRUSTED_PROXIES") == 1


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"authorization": "Bearer x.y.z"}, b"{}", 401),
        ({}, b"{}", 401),
        ({"authorization": "bad"}, b"{}", 401),
        ({"authorization": "banned"}, b"{}", 403),
        ({"authorization": "good", "content-type": "text/plain"}, b"{}", 415),
        ({"authorization": "good"}, b"[" * 300, 400),
        ({"authorization": "good"}, b"no json", 400),
        ({"authorization": "good"}, b'{"type": 3}', 400),
    ],
)
async def test_requests_that_are_nobodys_or_no_requests_cost_the_address(
    headers: dict[str, str], content: bytes, status: int
) -> None:
    def who(request: Any) -> dict[str, str]:
        said = request.headers.get("authorization")
        if said == "bad":
            raise HTTPException(401, "No.")
        if said == "banned":
            raise PermissionError
        if said != "good":
            raise UnauthenticatedError
        return {"user_id": "ada"}

    settings = Settings(turns_per_minute=1, turns_per_minute_per_address=3)
    async with client(chatkit(EchoServer(), context=who, settings=settings)) as http:
        sent = {"content-type": "application/json"} | headers
        statuses = [(await http.post("/chatkit", content=content, headers=sent)).status_code for _ in range(4)]
        others = await http.post("/chatkit", json=create(), headers={"authorization": "good"})
    assert statuses == [status] * 3 + [429]
    assert others.status_code == 200, "who has a right to be here is not kept out by them"


async def test_the_limiter_can_be_the_applications_own() -> None:
    class Refusing:
        def __init__(self) -> None:
            self.asked: list[list[Budget]] = []

        async def take(self, budgets: Any) -> float:
            self.asked.append(list(budgets))
            return 41.2

    limiter = Refusing()
    async with client(chatkit(EchoServer(), settings=Settings(turns_per_minute=7), limiter=limiter)) as http:
        answer = await http.post("/chatkit", json=create())
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "42"
    assert limiter.asked == [[Budget("user:ada", 7), Budget("address:127.0.0.1", 70)]]


async def test_tokens_come_back_evenly() -> None:
    now = 0.0
    limiter = TokenBuckets(clock=lambda: now)
    budget = [Budget("ada", 6)]
    assert [await limiter.take(budget) for _ in range(7)] == [0] * 6 + [10]
    now = 10.5
    assert await limiter.take(budget) == 0
    assert await limiter.take(budget) > 0
    now = 1000.0
    assert [await limiter.take(budget) for _ in range(7)] == [0] * 6 + [10]


async def test_a_budget_that_is_used_up_costs_the_others_nothing() -> None:
    limiter = TokenBuckets(clock=lambda: 0.0)
    small, large = Budget("ada", 1), Budget("address", 3)
    assert [await limiter.take([small, large]) for _ in range(4)] == [0, 60, 60, 60]
    assert [await limiter.take([large]) for _ in range(3)] == [0, 0, 20]
    assert await limiter.take([Budget("anything", 0)] * 3) == 0


async def test_buckets_of_those_who_left_are_forgotten() -> None:
    now = 0.0
    limiter = TokenBuckets(clock=lambda: now)
    for number in range(30_000):
        now += 0.01
        await limiter.take([Budget(f"user {number}", 60)])
    assert len(limiter._buckets) < 21_000


@pytest.fixture(scope="module")
def redis_url() -> Generator[str]:
    with run_redis(password="hunter2-of-redis") as url:
        yield url


async def test_two_processes_share_one_budget(redis_url: str) -> None:
    def process() -> ChatKit:
        return chatkit(EchoServer(), settings=Settings(turns_per_minute=4, rate_limit_storage=redis_url))

    one, two = process(), process()
    async with one.lifespan(), two.lifespan(), client(one) as first, client(two) as second:
        statuses = [
            (await http.post("/chatkit", json=create())).status_code
            for http in itertools.islice(itertools.cycle([first, second]), 6)
        ]
        refused = await second.post("/chatkit", json=create())
    assert statuses == [200] * 4 + [429] * 2
    assert 1 <= int(refused.headers["retry-after"]) <= 60


async def test_many_at_once_get_no_more_than_the_budget(redis_url: str) -> None:
    limiters = [SharedLimiter(redis_url) for _ in range(2)]
    budget = [Budget("at once", 20)]
    waits = await asyncio.gather(*(limiter.take(budget) for limiter in limiters for _ in range(40)))
    for limiter in limiters:
        await limiter.aclose()
    assert sum(wait == 0 for wait in waits) == 20


async def test_without_its_storage_each_process_counts_for_itself_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    now = 0.0
    port = free_port()
    limiter = SharedLimiter(f"redis://:hunter2-of-redis@127.0.0.1:{port}/0", clock=lambda: now)
    budget = [Budget("ada", 2)]
    assert [await limiter.take(budget) for _ in range(3)] == [0, 0, 30]
    assert caplog.text.count("cannot be shared") == 1
    with run_redis(port, "hunter2-of-redis"):
        now = 10.0
        assert [(await limiter.take(budget)) > 0 for _ in range(3)] == [False, False, True]
        assert "are shared again" in caplog.text
        await limiter.aclose()
    assert "hunter2" not in caplog.text


def test_a_storage_whose_package_is_missing_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "limits", None)
    with pytest.raises(ImportError, match=r"pip install 'open-chatkit\[limits\]'"):
        ChatKit(EchoServer(), context=as_ada, settings=Settings(rate_limit_storage="redis://localhost"))
