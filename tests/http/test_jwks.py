"""Keys that are published at a URL: rotated, withdrawn, unreachable, and under the fire of made-up ids."""

import asyncio
import base64
import hmac
import json
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from chatkit.http import BearerToken, Settings
from chatkit.http.jwks import (
    FRESH_SECONDS,
    STALE_SECONDS,
    RemoteKeys,
    UnknownKeyError,
    UnreachableKeysError,
    keys_in,
)
from chatkit.version import __version__
from tests.http.servers import EchoServer, chatkit, client
from tests.support.loopback import serving

LIST: dict[str, Any] = {"type": "threads.list", "params": {}}
SECRET = "a secret of more than thirty-two bytes"
DAY = 86_400.0  # a table is made when tests are collected, and a run may take a quarter of an hour

RSA, OTHER_RSA = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
EC = ec.generate_private_key(ec.SECP256R1())
EC384 = ec.generate_private_key(ec.SECP384R1())
ED = ed25519.Ed25519PrivateKey.generate()


def published(key_id: str, key: Any, **more: Any) -> dict[str, Any]:
    algorithm = (
        jwt.algorithms.RSAAlgorithm
        if isinstance(key, rsa.RSAPrivateKey)
        else jwt.algorithms.OKPAlgorithm
        if isinstance(key, ed25519.Ed25519PrivateKey)
        else jwt.algorithms.ECAlgorithm
    )
    described = algorithm.to_jwk(key.public_key())
    return (json.loads(described) if isinstance(described, str) else described) | {"kid": key_id, "use": "sig"} | more


def token(key: Any, algorithm: str, key_id: Any = None, **claims: Any) -> str:
    known = {"sub": "ada", "exp": time.time() + DAY} | claims
    given = {name: value for name, value in known.items() if value is not None}
    return jwt.encode(given, key, algorithm, headers=None if key_id is None else {"kid": key_id})


def pieces(header: Any, payload: Any, signature: bytes = b"x") -> str:
    """A token of any JSON, or of any bytes."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, signature))


def signed_with_the_public_key() -> str:
    """The old attack: HS256, with the public key for a secret."""
    pem = RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    begin = pieces({"alg": "HS256", "kid": "rsa"}, {"sub": "ada", "exp": 9e9}, b"").removesuffix(".")
    return f"{begin}.{base64.urlsafe_b64encode(hmac.digest(pem, begin.encode(), 'sha256')).rstrip(b'=').decode()}"


class Host:
    """Publishes keys, or answers whatever `answer` is."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        self.keys = list(keys)
        self.answer: Response | None = None
        self.user_agents: list[str] = []

    async def __call__(self, request: Request) -> Response:
        agent = request.headers.get("user-agent", "")
        self.user_agents.append(agent)
        if "urllib" in agent.lower():
            return PlainTextResponse("Forbidden", 403)
        return self.answer or Response(json.dumps({"keys": self.keys}), media_type="application/json")


@asynccontextmanager
async def signing_in(host: Host, **settings: Any) -> AsyncGenerator[httpx.AsyncClient]:
    async with serving(Starlette(routes=[Route("/jwks", host.__call__)])) as url:
        app = chatkit(EchoServer(), context=None, settings=Settings(jwt_jwks_url=f"{url}/jwks?key=hunter2", **settings))
        async with client(app) as http:
            yield http


async def status(http: httpx.AsyncClient, value: str) -> int:
    return (await http.post("/chatkit", json=LIST, headers={"authorization": f"Bearer {value}"})).status_code


async def test_a_host_that_refuses_urllib_gives_its_keys_to_us() -> None:
    host = Host(published("one", RSA))
    async with signing_in(host) as http:
        assert await status(http, token(RSA, "RS256", "one")) == 200
    assert host.user_agents == [f"open-chatkit/{__version__}"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (PlainTextResponse("Not \x1b[31mfor you\nforged line", 403), "it answered 403, 'text/plain; charset=utf-8'"),
        (Response("<!doctype html><p>Sign in", media_type="text/html"), "no JSON, it answered 200, 'text/html"),
        (Response(b"\xff\xfe" * 10_000, media_type="application/json"), "no JSON"),
        (Response("[1]", media_type="application/json"), "no set of keys"),
        (Response('{"keys": {}}', media_type="application/json"), "no set of keys"),
        (Response('{"keys": [7, {"kid": 3}, {"kty": "RSA"}]}', media_type="application/json"), "no key with an id"),
        (Response("[" * 100_000, media_type="application/json"), "no JSON"),
        (Response(b"[" + b"1," * 1_000_000, media_type="application/json"), "longer than"),
        (Response(status_code=302, headers={"location": "http://elsewhere.test/"}), "it answered 302"),
        (PlainTextResponse("it broke hunter2", 500), "it answered 500"),
    ],
)
async def test_a_host_without_keys_is_503_and_the_log_says_what_it_answered(
    answer: Response, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    host = Host()
    host.answer = answer
    async with signing_in(host) as http:
        assert await status(http, token(RSA, "RS256", "one")) == 503
    (line,) = [record.getMessage() for record in caplog.records if "keys for tokens" in record.getMessage()]
    assert told in line
    assert line.isprintable()
    assert len(line) < 600
    assert "hunter2" not in line


async def test_a_known_user_is_not_locked_out_when_the_host_answers_html_or_nothing() -> None:
    host = Host(published("one", RSA))
    async with signing_in(host) as http:
        assert await status(http, token(RSA, "RS256", "one")) == 200
        host.answer = Response("<html>", media_type="text/html")
        assert await status(http, token(OTHER_RSA, "RS256", "two")) == 503
        assert await status(http, token(RSA, "RS256", "one")) == 200
        assert await status(http, token(OTHER_RSA, "RS256", "one")) == 401


async def test_new_keys_are_accepted_at_once() -> None:
    host = Host(published("one", RSA))
    async with signing_in(host) as http:
        assert await status(http, token(RSA, "RS256", "one")) == 200
        host.keys = [published("two", OTHER_RSA)]
        assert await status(http, token(OTHER_RSA, "RS256", "two")) == 200
        assert await status(http, token(RSA, "RS256", "one")) == 401, "the set was fetched, and it is gone from it"


BAD = {
    "another key": token(OTHER_RSA, "RS256", "rsa"),
    "none": jwt.encode({"sub": "ada", "exp": 9e9}, "", "none", headers={"kid": "rsa"}),
    "NONE": pieces({"alg": "NONE", "kid": "rsa"}, {"sub": "ada", "exp": 9e9}, b""),
    "secret": token(SECRET, "HS256", "rsa"),
    "public key as secret": signed_with_the_public_key(),
    "PS256 with a key for RS256": token(RSA, "PS256", "rsa"),
    "RS512": token(RSA, "RS512", "rsa"),
    "ES256 with an RSA key": token(EC, "ES256", "rsa"),
    "RS256 with an EC key": token(RSA, "RS256", "ec"),
    "EdDSA with an RSA key": token(ED, "EdDSA", "rsa"),
    "RS256 with an Ed key": token(RSA, "RS256", "ed"),
    "ES256 with a P-384 key": token(EC, "ES256", "ec384"),
    "key for encryption": token(RSA, "RS256", "enc"),
    "key of another algorithm": token(RSA, "RS256", "ps"),
    "broken key": token(RSA, "RS256", "broken"),
    "symmetric key": token("k" * 32, "HS256", "oct"),
    "unknown key": token(RSA, "RS256", "nobody"),
    "no key": token(RSA, "RS256"),
    "nobody": token(RSA, "RS256", "rsa", sub=""),
    "blank": token(RSA, "RS256", "rsa", sub="  "),
    "NUL": token(RSA, "RS256", "rsa", sub="a\0b"),
    "long sub": token(RSA, "RS256", "rsa", sub="x" * 2000),
    "no sub": token(RSA, "RS256", "rsa", sub=None),
    "no exp": token(RSA, "RS256", "rsa", exp=None),
    "expired": token(RSA, "RS256", "rsa", exp=time.time() - DAY),
    "not yet": token(RSA, "RS256", "rsa", nbf=time.time() + DAY, exp=time.time() + 2 * DAY),
    "empty": "e30.e30.",
    "two parts": "a.b",
    "five parts": "a.b.c.d.e",
    "no base64": "***.***.***",
    "huge": "a" * 30_000,
    "huge header": pieces({"alg": "RS256", "kid": "x" * 20_000}, {}),
    "deep header": pieces(b"[" * 10_000, {}),
    "deep payload": pieces({"alg": "RS256", "kid": "rsa"}, b"[" * 10_000),
    "header of another kind": pieces(["RS256"], {}),
    "no text": pieces(b"\xff\xfe", b"\xff"),
    "alg of another kind": pieces({"alg": ["RS256"], "kid": "rsa"}, {}),
    "alg null": pieces({"alg": None, "kid": "rsa"}, {}),
    "kid of another kind": pieces({"alg": "RS256", "kid": ["rsa"]}, {}),
    "kid of a number": pieces({"alg": "RS256", "kid": 7}, {}),
    "crit": pieces({"alg": "RS256", "kid": "rsa", "crit": ["x"]}, {}),
    "other letters": pieces({"alg": "RS256", "kid": "\ud800"}, {}),
}


def signed(payload: Any) -> str:
    """A token with a good signature over any payload."""
    content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return jwt.api_jws.encode(content, RSA, "RS256", headers={"kid": "rsa"})


for name, claims in {
    "sub list": {"sub": ["ada"]},
    "sub object": {"sub": {"ada": 1}},
    "sub number": {"sub": 7},
    "sub true": {"sub": True},
    "sub null": {"sub": None},
    "exp text": {"exp": "soon"},
    "exp list": {"exp": [1]},
    "exp null": {"exp": None},
    "exp far": {"exp": -1e300},
    "nbf object": {"nbf": {}},
    "nbf huge": {"nbf": 1e300},
}.items():
    BAD[name] = signed({"sub": "ada", "exp": 9e9} | claims)
BAD |= {
    "payload list": signed([1]),
    "payload text": signed("ada"),
    "payload no json": signed(b"x"),
    "NaN": signed(b'{"sub":"ada","exp":NaN}'),
    "Infinity": signed(b'{"sub":"ada","exp":-Infinity}'),
}


@pytest.fixture(scope="module")
def keys() -> list[dict[str, Any]]:
    return [
        published("rsa", RSA),
        published("ec", EC),
        published("ec384", EC384),
        published("ed", ED),
        published("enc", RSA, use="enc"),
        published("ps", RSA, alg="PS256"),
        {"kid": "broken", "kty": "RSA", "n": "***", "e": []},
        {"kid": "oct", "kty": "oct", "k": base64.urlsafe_b64encode(b"k" * 32).decode()},
    ]


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("audience", [None, "chat"])
async def test_whatever_is_wrong_with_a_token_is_401(
    case: str, audience: str | None, keys: list[dict[str, Any]]
) -> None:
    bearer = BearerToken(jwks_url="http://keys.test/", audience=audience)
    body = json.dumps({"keys": keys}).encode()
    bearer._tokens._keys = RemoteKeys("http://keys.test/", fetch=lambda _: keys_in(body, ""))
    server = EchoServer()
    async with client(chatkit(server, context=None, authentication=bearer)) as http:
        answer = await http.post("/chatkit", json=LIST, headers={"authorization": f"Bearer {BAD[case]}"})
    assert answer.status_code == 401, answer.text
    assert answer.json()["error"]["code"] == "auth.required"


@pytest.mark.parametrize("case", ["nobody", "blank", "sub list", "none", "deep header", "huge", "alg of another kind"])
async def test_the_same_holds_for_tokens_signed_with_a_secret(case: str) -> None:
    values = {
        "nobody": token(SECRET, "HS256", sub=""),
        "blank": token(SECRET, "HS256", sub="\t"),
        "sub list": jwt.api_jws.encode(json.dumps({"sub": ["a"], "exp": 9e9}).encode(), SECRET, "HS256"),
    }
    async with client(chatkit(EchoServer(), context=None, settings=Settings(jwt_secret=SECRET))) as http:
        assert await status(http, values.get(case, BAD[case])) == 401


@pytest.mark.parametrize(
    ("key", "algorithm", "key_id"), [(RSA, "RS256", "rsa"), (EC, "ES256", "ec"), (ED, "EdDSA", "ed")]
)
async def test_each_kind_of_key_signs_in(key: Any, algorithm: str, key_id: str, keys: list[dict[str, Any]]) -> None:
    async with signing_in(Host(*keys)) as http:
        assert await status(http, token(key, algorithm, key_id)) == 200


async def test_clocks_may_differ_by_some_seconds() -> None:
    now = time.time()
    async with signing_in(Host(published("one", RSA))) as http:
        for claims in ({"iat": now + 3600}, {"nbf": now + 20}, {"exp": now - 20}, {"iat": "yesterday"}):
            assert await status(http, token(RSA, "RS256", "one", **claims)) == 200, claims


class Published:
    """What `RemoteKeys` fetches, with a clock. A fetch waits for `gate`."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.keys: dict[str, Any] = {"one": {"kid": "one"}}
        self.down = False
        self.fetches = 0
        self.gate = threading.Event()
        self.gate.set()
        self.remote = RemoteKeys("http://keys.test", fetch=self.fetch, clock=lambda: self.now)

    def fetch(self, url: str) -> dict[str, Any]:
        self.fetches += 1
        assert self.gate.wait(20)
        if self.down:
            raise UnreachableKeysError("down")
        return dict(self.keys)

    async def has(self, key_id: str) -> bool:
        try:
            return (await self.remote.key(key_id))["kid"] == key_id
        except UnknownKeyError:
            return False

    async def settled(self) -> None:
        """After the fetch that is on its way, if any."""
        await self.remote._finished()


async def test_a_key_that_left_the_set_is_good_for_five_minutes_at_most() -> None:
    source = Published()
    assert await source.has("one")
    source.keys = {"two": {"kid": "two"}}
    for source.now in (1001.0, 1000 + FRESH_SECONDS / 2):
        assert await source.has("one")
    source.now = 1000 + FRESH_SECONDS
    assert not await source.has("one")
    assert await source.has("two")


async def test_a_set_that_is_empty_withdraws_every_key() -> None:
    source = Published()
    assert await source.has("one")
    source.keys, source.now = {}, 1000 + FRESH_SECONDS
    assert not await source.has("one")


async def test_an_outage_locks_nobody_out_whose_key_is_known_for_an_hour() -> None:
    source = Published()
    assert await source.has("one")
    source.down = True
    for source.now in (1000 + FRESH_SECONDS, 1000 + FRESH_SECONDS * 2, 999 + FRESH_SECONDS + STALE_SECONDS):
        assert await source.has("one")
        await source.settled()
        with pytest.raises(UnreachableKeysError):
            await source.has("two")
    source.now = 1000 + FRESH_SECONDS + STALE_SECONDS
    with pytest.raises(UnreachableKeysError):
        await source.has("one")
    source.down, source.now = False, source.now + 60
    assert await source.has("one")


async def test_users_with_a_known_key_do_not_wait_while_others_make_up_ids() -> None:
    source = Published()
    assert await source.has("one")
    source.gate.clear()
    bogus = [asyncio.create_task(source.has(f"bogus {number}")) for number in range(24)]
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(1):
            assert all([await source.has("one") for _ in range(100)])
        assert not any(task.done() for task in bogus)
    finally:
        source.gate.set()
    assert await asyncio.gather(*bogus) == [False] * 24
    assert source.fetches == 2, "one fetch for all of them"


async def test_made_up_ids_make_few_fetches_and_new_keys_are_found_all_the_same() -> None:
    source = Published()
    assert await source.has("one")
    for number in range(500):
        source.now += 0.01
        assert not await source.has(f"bogus {number}")
    assert source.fetches < 8
    before = source.fetches
    for _ in range(500):
        assert not await source.has("bogus 1")
    assert source.fetches == before, "what is known to be no key is not looked for"
    source.keys["two"] = {"kid": "two"}
    source.now += 11
    assert await source.has("two")


async def test_a_host_that_hangs_is_asked_by_one_thread(caplog: pytest.LogCaptureFixture) -> None:
    source = Published()
    source.gate.clear()
    waiting = [asyncio.create_task(source.has("one")) for _ in range(20)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    source.gate.set()
    assert await asyncio.gather(*waiting[1:]) == [True] * 19
    assert source.fetches == 1


@pytest.mark.parametrize("missing", ["jwt", "cryptography"])
def test_without_its_package_a_bearer_names_the_command(missing: str) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from chatkit.http import BearerToken, ChatKit, Settings\n"
        "BearerToken(jwks_url='https://keys.test')"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "pip install 'open-chatkit[jwt]'" in ran.stderr.splitlines()[-1]
