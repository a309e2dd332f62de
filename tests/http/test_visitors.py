"""Visitor cookies that last: clocks that differ, keys that change, caches in between, frames of other sites."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer

from chatkit.http import ChatKit, Settings, VisitorCookie
from tests.http.servers import EchoServer, chatkit, client, create, new_thread

OLD, NEW, OTHER = "the old key, long enough", "the new key, long enough", "another key, long enough"
LIST: dict[str, Any] = {"type": "threads.list", "params": {}}
YEAR = 365 * 24 * 3600


def site(server: EchoServer, key: str = OLD, **options: Any) -> ChatKit:
    return chatkit(server, context=None, authentication=VisitorCookie(key, **options))


async def threads(http: httpx.AsyncClient) -> list[str]:
    answer = await http.post("/chatkit", json=LIST)
    return [one["id"] for one in answer.json()["data"]]


def signed_at(moment: float, visitor: str = "visitor_ada", key: str = OLD) -> dict[str, str]:
    """A cookie signed by a machine whose clock said that."""
    serializer = URLSafeTimedSerializer(key, salt="chatkit.visitor")
    signer = serializer.make_signer(b"chatkit.visitor")
    signer.get_timestamp = lambda: int(moment)  # type: ignore[method-assign]
    return {"chatkit_visitor": signer.sign(serializer.dump_payload(visitor)).decode()}


@pytest.mark.parametrize("ahead", [1, 3, 60, 3600, 40 * 24 * 3600, 3 * YEAR, 50 * YEAR, -3 * YEAR, -20 * YEAR])
@pytest.mark.parametrize("path", ["/chatkit", "/"])
async def test_an_identity_that_can_be_read_is_never_replaced_whatever_the_clocks_say(ahead: int, path: str) -> None:
    server = EchoServer()
    async with client(site(server), cookies=signed_at(time.time() - 100)) as http:
        thread, _ = await new_thread(http)
    async with client(site(server), cookies=signed_at(time.time() + ahead)) as http:
        answer = await http.get("/") if path == "/" else await http.post("/chatkit", json=LIST)
        assert answer.status_code == 200
        assert await threads(http) == [thread]  # with whatever cookie that answer set
    assert {context.user_id for context in server.contexts} == {"visitor_ada"}


@pytest.mark.parametrize(("age", "renewed"), [(0, False), (-5, False), (170 * 86400, False), (200 * 86400, True)])
async def test_a_cookie_is_signed_anew_before_it_ends(age: float, renewed: bool) -> None:
    for path in ("/", "/chatkit"):
        async with client(site(EchoServer()), cookies=signed_at(time.time() - age)) as http:
            answer = await (http.get(path) if path == "/" else http.post(path, json=LIST))
        assert bool(answer.headers.get_list("set-cookie")) == renewed
        if renewed:
            (cookie,) = answer.headers.get_list("set-cookie")
            assert f"Max-Age={YEAR}" in cookie
            assert "private" in answer.headers["cache-control"] or answer.headers["cache-control"] == "no-store"


async def test_a_new_key_takes_over_while_the_old_one_is_still_good() -> None:
    server = EchoServer()
    async with client(site(server)) as http:
        thread, _ = await new_thread(http)
        jar = dict(http.cookies)
    async with client(site(server, NEW, previous=[OTHER, OLD]), cookies=jar) as http:
        answer = await http.post("/chatkit", json=LIST)
        assert [one["id"] for one in answer.json()["data"]] == [thread]
        assert len(answer.headers.get_list("set-cookie")) == 1, "signed anew with the new key"
        assert "set-cookie" not in (await http.post("/chatkit", json=LIST)).headers
        renewed = {"chatkit_visitor": answer.cookies["chatkit_visitor"]}
    async with client(site(server, NEW), cookies=renewed) as http:
        assert await threads(http) == [thread]
    async with client(site(server, NEW), cookies=jar) as http:
        assert await threads(http) == [], "once the overlap is over, the old key is worth nothing"


async def test_previous_keys_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_SECRET_KEY", NEW)
    monkeypatch.setenv("CHATKIT_SECRET_KEY_PREVIOUS", "a previous key without commas, the old one without commas")
    old = signed_at(time.time() - 100, key="the old one without commas")
    server = EchoServer()
    async with client(chatkit(server, context=None, settings=Settings.load()), cookies=old) as http:
        await new_thread(http)
    assert server.contexts[0].user_id == "visitor_ada"
    assert "previous" not in repr(Settings.load().secret_key_previous)


async def test_of_several_cookies_the_good_one_counts() -> None:
    server = EchoServer()
    good = signed_at(time.time() - 100)["chatkit_visitor"]
    for header in (
        f"chatkit_visitor=nonsense; chatkit_visitor={good}",
        f"chatkit_visitor={good}; chatkit_visitor=nonsense",
        f"a=b;chatkit_visitor={good};chatkit_visitor=",
    ):
        async with client(site(server), headers={"cookie": header}) as http:
            assert "set-cookie" not in (await http.post("/chatkit", json=create())).headers
    assert {context.user_id for context in server.contexts} == {"visitor_ada"}


@pytest.mark.parametrize("forged", ["", ".", "..", "a.b.c", "é", "a" * 5000, '"', "bnVsbA.aaaa.bbbb"])
async def test_what_nobody_signed_is_a_new_visitor(forged: str) -> None:
    headers = {"cookie": f"chatkit_visitor={forged}".encode("latin-1")}
    async with client(site(EchoServer()), headers=headers) as http:  # type: ignore[arg-type]
        answer = await http.post("/chatkit", json=LIST)
    assert answer.status_code == 200
    assert len(answer.headers.get_list("set-cookie")) == 1


@pytest.mark.parametrize("front", ["page", "index"])
async def test_no_shared_cache_may_keep_an_answer_that_sets_a_cookie(front: str, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>mine")
    options: dict[str, Any] = {"index": tmp_path / "index.html"} if front == "index" else {}
    app = chatkit(EchoServer(), context=None, settings=Settings(secret_key=OLD), **options)
    async with client(app) as http:
        for request in (http.build_request("GET", "/"), http.build_request("POST", "/chatkit", json=LIST)):
            http.cookies.clear()
            answer = await http.send(request)
            assert "set-cookie" in answer.headers
            caching = {part.strip() for part in answer.headers["cache-control"].split(",")}
            assert caching & {"private", "no-store"}
            assert "public" not in caching
        known = await http.get("/", headers={"if-none-match": answer.headers.get("etag", "")})
    assert "set-cookie" not in known.headers or "private" in known.headers["cache-control"]


async def test_a_visitor_in_another_sites_frame_keeps_one_identity() -> None:
    server = EchoServer()
    settings = Settings(
        secret_key=OLD, visitor_cookie_partitioned=True, frame_ancestors="'self' https://portal.example.org"
    )
    app = chatkit(server, context=None, settings=settings)
    async with client(app) as http:
        page = await http.get("/")
        (cookie,) = page.headers.get_list("set-cookie")
    assert [part.strip() for part in cookie.split(";")[1:]] == [
        "Path=/",
        f"Max-Age={YEAR}",
        "HttpOnly",
        "SameSite=None",
        "Secure",
        "Partitioned",
    ]
    assert "https://portal.example.org" in page.headers["content-security-policy"]
    sent = {"cookie": cookie.partition(";")[0], "origin": "https://chat.test", "sec-fetch-site": "same-origin"}
    async with client(app, headers=sent) as http:
        await http.post("/chatkit", json=create())
        await http.post("/chatkit", json=create())
    assert len({context.user_id for context in server.contexts}) == 1


async def test_without_being_asked_no_cookie_goes_to_other_sites() -> None:
    async with client(site(EchoServer())) as http:
        (cookie,) = (await http.get("/")).headers.get_list("set-cookie")
    assert cookie.endswith("HttpOnly; SameSite=Lax")


@pytest.mark.parametrize(
    ("trusted", "headers", "secure"),
    [
        ("", {"x-forwarded-proto": "https"}, False),
        ("127.0.0.1", {"x-forwarded-proto": "https"}, True),
        ("127.0.0.1", {"forwarded": "for=192.0.2.1;proto=https"}, True),
        ("127.0.0.1", {"x-forwarded-proto": "http"}, False),
        ("127.0.0.1", {}, False),
        ("10.0.0.1", {"x-forwarded-proto": "https"}, False),
    ],
)
async def test_the_cookie_is_secure_when_a_trusted_proxy_ends_tls(
    trusted: str, headers: dict[str, str], secure: bool
) -> None:
    app = chatkit(EchoServer(), context=None, settings=Settings(secret_key=OLD, trusted_proxies=trusted))
    async with client(app, headers=headers) as http:
        (cookie,) = (await http.get("/")).headers.get_list("set-cookie")
    assert ("Secure" in cookie) == secure
