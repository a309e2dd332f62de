"""Who a request is from: visitor cookies, bearer tokens, an application's own callable."""

import json
import time
from http.cookies import SimpleCookie
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from chatkit.http import BearerToken, ChatKit, RequestContext, Settings, VisitorCookie
from tests.http.servers import EchoServer, chatkit, client, create, new_thread
from tests.support.loopback import serving

SECRET = "a secret of more than thirty-two bytes"
DAY = 86_400.0  # of seconds
LIST: dict[str, Any] = {"type": "threads.list", "params": {}}


def visitors(server: EchoServer, **options: Any) -> ChatKit:
    options.setdefault("settings", Settings(secret_key=SECRET))
    return chatkit(server, context=None, **options)


def set_cookie(answer: httpx.Response) -> Any:
    """The one cookie that an answer sets."""
    (header,) = answer.headers.get_list("set-cookie")
    (cookie,) = SimpleCookie(header).values()
    return cookie


async def test_a_visitor_gets_a_signed_cookie_that_scripts_cannot_read(server: EchoServer) -> None:
    async with client(visitors(server)) as http:
        cookie = set_cookie(await http.post("/chatkit", json=LIST))
    assert cookie.key == "chatkit_visitor"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert int(cookie["max-age"]) > 300 * 24 * 3600
    assert not cookie["secure"]


async def test_the_cookie_is_for_https_only_when_the_site_is(server: EchoServer) -> None:
    transport = httpx.ASGITransport(visitors(server))
    async with httpx.AsyncClient(transport=transport, base_url="https://chat.test") as http:
        assert set_cookie(await http.post("/chatkit", json=LIST))["secure"]


async def test_a_visitor_keeps_their_threads_and_sees_nobody_elses(server: EchoServer) -> None:
    app = visitors(server)
    async with client(app) as ada, client(app) as bob:
        thread, _ = await new_thread(ada)
        assert [one["id"] for one in (await ada.post("/chatkit", json=LIST)).json()["data"]] == [thread]
        again = await ada.post("/chatkit", json=LIST)
        assert "set-cookie" not in again.headers
        assert (await bob.post("/chatkit", json=LIST)).json()["data"] == []
        get = {"type": "threads.get_by_id", "params": {"thread_id": thread}}
        assert (await bob.post("/chatkit", json=get)).status_code == 404


async def test_the_page_brings_the_cookie_so_that_its_requests_are_one_visitors(server: EchoServer) -> None:
    async with client(visitors(server)) as http:
        assert set_cookie(await http.get("/")).key == "chatkit_visitor"
        thread, _ = await new_thread(http)
        assert [one["id"] for one in (await http.post("/chatkit", json=LIST)).json()["data"]] == [thread]


@pytest.mark.parametrize("change", ["", "x", "forged", "other key", "other purpose"])
async def test_a_forged_cookie_is_no_identity(server: EchoServer, change: str) -> None:
    async with client(visitors(server)) as http:
        await new_thread(http)
        real = http.cookies["chatkit_visitor"]
    forged = {
        "": "",
        "x": "visitor_1",
        "forged": real[:-3] + ("aaa" if real[-3:] != "aaa" else "bbb"),
        "other key": VisitorCookie(SECRET + "!")._serializers[0].dumps("visitor_1"),
        "other purpose": jwt.encode({"sub": "visitor_1"}, SECRET),
    }[change]
    async with client(visitors(server), headers={"cookie": f"chatkit_visitor={forged}"}) as http:
        answer = await http.post("/chatkit", json=LIST)
        assert answer.json()["data"] == []
        assert set_cookie(answer).value != forged


async def test_the_same_key_knows_visitors_after_a_restart(server: EchoServer) -> None:
    async with client(visitors(server)) as http:
        thread, _ = await new_thread(http)
        cookies = http.cookies
    async with client(visitors(server), cookies=cookies) as http:
        assert [one["id"] for one in (await http.post("/chatkit", json=LIST)).json()["data"]] == [thread]


async def test_without_a_key_the_log_says_what_that_means(server: EchoServer, caplog: pytest.LogCaptureFixture) -> None:
    visitors(server, settings=Settings())
    assert "CHATKIT_SECRET_KEY" in caplog.text


async def test_hooks_get_the_user_as_attribute_and_as_key(server: EchoServer) -> None:
    async with client(visitors(server)) as http:
        await new_thread(http)
    (context,) = server.contexts
    assert isinstance(context, RequestContext)
    assert context.user_id == context["user_id"] == context.get("user_id")
    assert context.user_id.startswith("visitor_")
    assert context.request.url.path == "/chatkit"
    assert context.claims == {}


def token(key: Any = SECRET, algorithm: str = "HS256", headers: Any = None, **claims: Any) -> str:
    known = {"sub": "ada", "exp": time.time() + DAY} | claims
    given = {name: value for name, value in known.items() if value is not None}
    return jwt.encode(given, key, algorithm, headers=headers)


def bearer(value: str) -> dict[str, str]:
    return {"authorization": f"Bearer {value}"}


async def test_a_token_is_the_identity(server: EchoServer) -> None:
    app = chatkit(server, context=None, settings=Settings(jwt_secret=SECRET))
    async with client(app) as http:
        answer = await http.post("/chatkit", json=create(), headers=bearer(token(team="blue")))
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        mine = await http.post("/chatkit", json=LIST, headers=bearer(token()))
        theirs = await http.post("/chatkit", json=LIST, headers=bearer(token(sub="bob")))
    assert server.contexts[0].user_id == "ada"
    assert server.contexts[0].claims["team"] == "blue"
    assert len(mine.json()["data"]) == 1
    assert theirs.json()["data"] == []


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "Send a token"),
        ({"authorization": "Basic YTpi"}, "Send a token"),
        ({"authorization": "Bearer "}, "Send a token"),
        (bearer("x.y.z"), "not valid"),
        (bearer(token(SECRET + "!")), "not valid"),
        (bearer(token(exp=time.time() - 60)), "expired"),
        (bearer(token(exp=None)), "not valid"),
        (bearer(token(sub=None)), "not valid"),
        (bearer(token(aud="others")), "not valid"),
        (bearer(token(iss="somebody")), "not valid"),
        (bearer(jwt.encode({"sub": "ada", "exp": time.time() + DAY}, "", "none")), "not valid"),
    ],
)
async def test_whoever_shows_no_good_token_is_turned_away(
    server: EchoServer, headers: dict[str, str], message: str
) -> None:
    wanted = Settings(jwt_secret=SECRET, jwt_audience="chat", jwt_issuer="us")
    async with client(chatkit(server, context=None, settings=wanted)) as http:
        answer = await http.post("/chatkit", json=LIST, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["error"]["code"] == "auth.required"
    assert message in answer.json()["error"]["message"]
    assert server.contexts == []


async def test_a_token_for_this_audience_and_of_this_issuer_is_good(server: EchoServer) -> None:
    wanted = Settings(jwt_secret=SECRET, jwt_audience="chat", jwt_issuer="us")
    async with client(chatkit(server, context=None, settings=wanted)) as http:
        answer = await http.post("/chatkit", json=LIST, headers=bearer(token(aud="chat", iss="us")))
    assert answer.status_code == 200


@pytest.fixture(scope="module")
def keys() -> list[Any]:
    return [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]


async def test_keys_are_found_at_their_url(server: EchoServer, keys: list[Any]) -> None:
    known, unknown = keys
    published = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(known.public_key())) | {"kid": "one", "use": "sig"}

    async def publish(request: Any) -> JSONResponse:
        return JSONResponse({"keys": [published]})

    async with serving(Starlette(routes=[Route("/jwks", publish)])) as url:
        app = chatkit(server, context=None, settings=Settings(jwt_jwks_url=f"{url}/jwks"))
        async with client(app) as http:
            for signed, status in [
                (token(known, "RS256", {"kid": "one"}), 200),
                (token(unknown, "RS256", {"kid": "one"}), 401),
                (token(known, "RS256", {"kid": "two"}), 401),
                (token(SECRET, "HS256", {"kid": "one"}), 401),
            ]:
                answer = await http.post("/chatkit", json=LIST, headers=bearer(signed))
                assert answer.status_code == status, answer.text


async def test_keys_that_cannot_be_fetched_are_not_the_users_fault(server: EchoServer, keys: list[Any]) -> None:
    app = chatkit(server, context=None, settings=Settings(jwt_jwks_url="http://127.0.0.1:9/jwks"))
    async with client(app) as http:
        answer = await http.post("/chatkit", json=LIST, headers=bearer(token(keys[0], "RS256", {"kid": "one"})))
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "auth.unavailable"


def test_a_bearer_needs_exactly_one_source_of_keys() -> None:
    with pytest.raises(ValueError, match="either"):
        BearerToken()
    with pytest.raises(ValueError, match="either"):
        BearerToken(secret=SECRET, jwks_url="https://keys.test")


async def test_an_own_callable_gives_any_context(server: EchoServer) -> None:
    class Team:
        user_id = "blue"

    async def team(request: Any) -> Team:
        return Team()

    async with client(chatkit(server, context=team)) as http:
        await new_thread(http)
    assert isinstance(server.contexts[0], Team)
