"""`context=`, an application's own: in whichever way it is written, and that it says who somebody is."""

import asyncio
import functools
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from chatkit.http import Authentication, Caller, RequestContext, UnauthenticatedError
from chatkit.store import Store
from chatkit.stores import MemoryStore
from chatkit.types import Page
from tests.http.servers import EchoServer, chatkit, client, create
from tests.support.names import shown

LIST: dict[str, Any] = {"type": "threads.list", "params": {}}


class User:
    """What many an application has: the user as a field of its own."""

    def __init__(self, user_id: Any) -> None:
        self.user_id = user_id


def plain(request: Request) -> User:
    return User(request.headers["x-user"])


async def coroutine(request: Request) -> User:
    return plain(request)


def gives_an_awaitable(request: Request) -> Any:
    return asyncio.ensure_future(coroutine(request))


class Callable_:
    def __call__(self, request: Request) -> User:
        return plain(request)


class AsyncCallable:
    async def __call__(self, request: Request) -> User:
        return plain(request)

    async def method(self, request: Request) -> User:
        return plain(request)


class FromRequest:
    """A class that is its own callable."""

    def __init__(self, request: Request) -> None:
        self.user_id = request.headers["x-user"]


@pytest.mark.parametrize(
    "context",
    [
        plain,
        coroutine,
        gives_an_awaitable,
        Callable_(),
        AsyncCallable(),
        AsyncCallable().method,
        functools.partial(coroutine),
        functools.partial(plain),
        lambda request: {"user_id": request.headers["x-user"]},
        lambda request: RequestContext(user_id=request.headers["x-user"], request=request),
        FromRequest,
    ],
)
async def test_a_context_may_be_told_by_any_kind_of_callable(server: EchoServer, context: Any) -> None:
    async with client(chatkit(server, context=context)) as http:
        assert (await http.post("/chatkit", json=create(), headers={"x-user": "ada"})).status_code == 200
        ada = await http.post("/chatkit", json=LIST, headers={"x-user": "ada"})
        bob = await http.post("/chatkit", json=LIST, headers={"x-user": "bob"})
    assert len(ada.json()["data"]) == 1
    assert bob.json()["data"] == []


@pytest.mark.parametrize("kind", ["plain", "coroutine"])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnauthenticatedError("Sign in."), 401),
        (PermissionError("Not you."), 403),
        (HTTPException(418, "I am a teapot."), 418),
        (RuntimeError("secret words"), 500),
    ],
)
async def test_its_errors_are_answered_alike(server: EchoServer, kind: str, error: Exception, status: int) -> None:
    def refuses(request: Request) -> Any:
        raise error

    async def refuses_later(request: Request) -> Any:
        raise error

    async with client(chatkit(server, context=refuses if kind == "plain" else refuses_later)) as http:
        answer = await http.post("/chatkit", json=LIST)
    assert answer.status_code == status
    assert "secret words" not in answer.text


async def test_one_that_yields_is_a_mistake_that_the_log_names(
    server: EchoServer, caplog: pytest.LogCaptureFixture
) -> None:
    def yields(request: Request) -> Any:
        yield {"user_id": "ada"}

    async def yields_later(request: Request) -> Any:
        yield {"user_id": "ada"}

    for context in (yields, yields_later):
        caplog.clear()
        async with client(chatkit(server, context=context)) as http:
            assert (await http.post("/chatkit", json=LIST)).status_code == 500
        assert "it yields" in caplog.text


NOBODY = [
    None,
    {},
    {"user": User("ada")},
    {"request": None},
    {"user_id": None},
    {"user_id": ""},
    {"user_id": " "},
    User(None),
    User(""),
    SimpleNamespace(user="ada"),
    object(),
    "ada",
    7,
]


@pytest.mark.parametrize("context", NOBODY, ids=shown)
@pytest.mark.parametrize("request_body", [create(), LIST], ids=["turn", "list"])
async def test_a_context_that_names_nobody_is_refused_before_anything_is_shared(
    server: EchoServer, context: Any, request_body: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    async with client(chatkit(server, context=lambda request: context)) as http:
        answer = await http.post("/chatkit", json=request_body)
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "server.error"
    assert "owner=" not in answer.text, "who asks is told nothing of how the server is made"
    assert "owner=" in caplog.text
    assert "user_id" in caplog.text
    assert server.contexts == []


@pytest.mark.parametrize("context", NOBODY, ids=shown)
async def test_the_same_holds_for_an_own_way_to_sign_in(
    server: EchoServer, context: Any, caplog: pytest.LogCaptureFixture
) -> None:
    class Own(Authentication):
        async def identify(self, request: Request) -> Caller:
            return Caller(context, "user:ada")

    async with client(chatkit(server, context=None, authentication=Own())) as http:
        assert (await http.post("/chatkit", json=create())).status_code == 500
    assert "owner=" in caplog.text
    assert server.contexts == []


async def test_a_store_that_is_told_the_owner_takes_any_context() -> None:
    server = EchoServer(MemoryStore[Any](owner=lambda context: context["user"].user_id))
    app = chatkit(server, context=lambda request: {"user": User(request.headers["x-user"])})
    async with client(app) as http:
        assert (await http.post("/chatkit", json=create(), headers={"x-user": "ada"})).status_code == 200
        bob = await http.post("/chatkit", json=LIST, headers={"x-user": "bob"})
    assert bob.json()["data"] == []


class Theirs(Store[Any]):
    """A store that was written for another ChatKit, and cares for no owner."""

    async def load_threads(self, limit: int, after: str | None, order: str, context: Any) -> Page[Any]:
        return Page(data=[], has_more=False, after=None)


for _name in Theirs.__abstractmethods__:
    setattr(Theirs, _name, lambda *_: None)
Theirs.__abstractmethods__ = frozenset()


@pytest.mark.parametrize("context", NOBODY, ids=shown)
async def test_a_store_of_somebody_elses_decides_for_itself(context: Any) -> None:
    async with client(chatkit(EchoServer(Theirs()), context=lambda request: context)) as http:  # type: ignore[abstract]
        assert (await http.post("/chatkit", json=LIST)).status_code == 200
