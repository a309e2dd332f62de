"""Which pages may call: the check of `Origin`, CORS."""

from typing import Any

import pytest

from chatkit.http import Settings
from tests.http.servers import EchoServer, chatkit, client, create

LIST: dict[str, Any] = {"type": "threads.list", "params": {}}
KEY = "a secret of more than sixteen"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://chat.test"}, 200),
        ({"origin": "https://chat.test"}, 200),  # a proxy in front ends TLS
        ({"origin": "http://chat.test:80"}, 200),
        ({"origin": "http://chat.test:8080"}, 403),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "http://chat.test.evil.test"}, 403),
        ({"origin": "http://evil.test", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://chat.evil.test", "sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://localhost:5173", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "null"}, 403),
        ({"origin": "http://[::1"}, 403),
        ({"origin": "http://friend.test"}, 200),
        ({"origin": "HTTP://Friend.test"}, 200),
        ({"origin": "http://friend.test:81"}, 403),
    ],
)
async def test_only_own_and_listed_pages_may_use_the_cookie(
    server: EchoServer, headers: dict[str, str], status: int
) -> None:
    settings = Settings(secret_key=KEY, allowed_origins=["http://friend.test"])
    async with client(chatkit(server, context=None, settings=settings)) as http:
        answer = await http.post("/chatkit", json=create(), headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["error"]["code"] == "auth.origin_forbidden"
        assert server.contexts == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"cookie": "session=1"}, 403), ({}, 200), ({"cookie": "session=1", "authorization": "Bearer x"}, 200)],
)
async def test_an_own_callable_is_protected_when_cookies_sign_in(
    server: EchoServer, headers: dict[str, str], status: int
) -> None:
    async with client(chatkit(server)) as http:
        answer = await http.post("/chatkit", json=LIST, headers=headers | {"origin": "http://evil.test"})
    assert answer.status_code == status


async def test_without_a_list_no_other_origin_may_read(server: EchoServer) -> None:
    async with client(chatkit(server)) as http:
        answer = await http.post("/chatkit", json=LIST, headers={"origin": "http://other.test"})
        preflight = await http.options("/chatkit", headers={"origin": "http://other.test"})
    for one in (answer, preflight):
        assert not [name for name in one.headers if name.startswith("access-control-")]


async def test_a_listed_origin_may_read_answers_streams_and_errors(server: EchoServer) -> None:
    settings = Settings(allowed_origins=["https://app.test"])
    origin = {"origin": "https://app.test"}
    async with client(chatkit(server, settings=settings)) as http:
        for body in (LIST, create(), {"type": "nope"}):
            answer = await http.post("/chatkit", json=body, headers=origin)
            assert answer.headers["access-control-allow-origin"] == "https://app.test"
            assert answer.headers["access-control-allow-credentials"] == "true"
            assert answer.headers["vary"] == "Origin"
        other = await http.post("/chatkit", json=LIST, headers={"origin": "https://other.test"})
        assert "access-control-allow-origin" not in other.headers
        assert other.headers["vary"] == "Origin"


async def test_a_listed_origin_may_ask_first(server: EchoServer) -> None:
    settings = Settings(allowed_origins=["https://app.test"])
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,x-team"}
    async with client(chatkit(server, settings=settings)) as http:
        answer = await http.options("/chatkit", headers={"origin": "https://app.test"} | asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "https://app.test"
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert answer.headers["access-control-allow-headers"] == "content-type,x-team"


async def test_with_a_star_everybody_may_read_but_without_cookies(server: EchoServer) -> None:
    async with client(chatkit(server, settings=Settings(allowed_origins=["*"]))) as http:
        answer = await http.post("/chatkit", json=LIST, headers={"origin": "https://any.test"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
