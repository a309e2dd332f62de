"""Who closes the server and its stores: the app, at the end of its lifespan."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from chatkit.http import ChatKit
from chatkit.stores import MemoryStore
from tests.http.servers import EchoServer, chatkit, client, create, new_thread
from tests.support.loopback import serving


class Noted(MemoryStore[Any]):
    """A store that notes when it is closed."""

    def __init__(self, closed: list[str]) -> None:
        super().__init__()
        self.closed = closed

    async def close(self) -> None:
        self.closed.append("store")


class Asynchronous(EchoServer):
    async def close(self) -> None:
        self.store.closed.append("server")


class Synchronous(EchoServer):
    def close(self) -> None:
        self.store.closed.append("server")


class Failing(EchoServer):
    async def close(self) -> None:
        raise OSError("cannot be closed")


class Other(EchoServer):
    """Whose `close` is another thing altogether."""

    async def close(self, thread_id: str) -> None:
        raise AssertionError


class Sloppy(EchoServer):
    """Does not call its base's constructor."""

    def __init__(self, store: Any) -> None:
        self.store, self.contexts = store, []


@pytest.mark.parametrize(
    ("server", "closed"),
    [
        (Asynchronous, ["server", "store"]),
        (Synchronous, ["server", "store"]),
        (EchoServer, ["store"]),
        (Failing, ["store"]),
        (Other, ["store"]),
        (Sloppy, ["store"]),
    ],
)
async def test_server_and_store_are_closed_once_when_the_app_stops(
    server: type[EchoServer], closed: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []
    with caplog.at_level(logging.ERROR):
        async with serving(chatkit(server(Noted(seen)))) as url:
            assert url
            assert seen == []
    assert seen == closed
    assert ("cannot be closed" in caplog.text) is (server is Failing)


async def test_a_store_that_keeps_files_too_is_closed_once() -> None:
    seen: list[str] = []
    server = EchoServer(Noted(seen))
    server.attachment_store = server.store
    async with chatkit(server).lifespan():
        pass
    assert seen == ["store"]


async def test_a_mounted_app_closes_when_its_lifespan_is_left() -> None:
    seen: list[str] = []
    mounted = chatkit(Asynchronous(Noted(seen)))

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncGenerator[None]:
        async with mounted.lifespan():
            yield
        seen.append("outer")

    async with serving(Starlette(routes=[Mount("/assistant", mounted)], lifespan=lifespan)):
        pass
    assert seen == ["server", "store", "outer"]


@pytest.mark.parametrize("prefix", ["/assistant", ""])
async def test_apps_without_a_lifespan_answer_and_close_nothing(prefix: str) -> None:
    """Mounted, or as routes of another app, of which nobody enters the lifespan."""
    seen: list[str] = []
    made = chatkit(EchoServer(Noted(seen)))
    outer = Starlette(routes=[Mount(prefix, made)] if prefix else list(made.routes))
    async with client(outer) as http:
        http.base_url = http.base_url.join(f"{prefix}/")
        answer = await http.post("chatkit", json=create())
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store, no-transform"
        assert (await http.options("chatkit")).status_code == 204
        head = await http.head("chatkit")
        assert (head.status_code, head.headers["allow"]) == (405, "POST")
    assert seen == []


async def test_an_own_lifespan_surrounds_the_closing_and_errors_of_it_do_not_prevent_it() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def own() -> AsyncGenerator[None]:
        seen.append("opened")
        yield
        seen.append("own")

    with pytest.raises(LookupError):
        async with ChatKit(Asynchronous(Noted(seen)), lifespan=own).lifespan():
            raise LookupError
    assert seen == ["opened", "server", "store"]


async def test_a_store_that_was_closed_serves_again_when_the_app_starts_again(tmp_path: Any) -> None:
    from chatkit.stores import SQLStore

    app = chatkit(EchoServer(SQLStore(f"sqlite+aiosqlite:///{tmp_path / 'chat.sqlite3'}")))
    for _ in range(2):
        async with app.lifespan(), client(app) as http:
            await new_thread(http)
