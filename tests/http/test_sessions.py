"""Sessions of the hosted mode: asked for by OpenAI's own client, used by pages, ended."""

import asyncio
import hashlib
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import pytest
from itsdangerous import URLSafeSerializer
from openai import AsyncOpenAI, AuthenticationError, NotFoundError, UnprocessableEntityError
from pydantic import SecretStr
from starlette.requests import Request

from chatkit.http import ChatKit, Settings, client_session
from chatkit.http.session_types import SessionRequest
from chatkit.http.sessions import PREFIX, Sessions
from chatkit.stores import MemoryStore, SQLStore
from chatkit.types import Attachment, AttachmentCreateParams, FileAttachment
from tests.http.servers import EchoServer, GatedServer, client, create, events
from tests.support.databases import postgres, postgres_schema, sqlite_url
from tests.support.loopback import serving

if TYPE_CHECKING:
    from openai.types.beta.chatkit import ChatSessionWorkflowParam

__all__ = ["postgres", "postgres_schema", "sqlite_url"]

pytestmark = pytest.mark.skipif(
    find_spec("openai.types.beta.chatkit") is None, reason="this release of OpenAI's client knows no sessions"
)

API_KEY = "key-of-a-server-" + "x" * 20
SIGNING_KEY = "signing-key-" + "y" * 30
WORKFLOW: "ChatSessionWorkflowParam" = {"id": "wf_1"}

VARIABLES: dict[str, str | int | bool | float] = {"language": "de", "beta": True, "age": 36, "x": 0.5}


class Files:
    """Takes note of what is to be uploaded."""

    async def create_attachment(self, input: AttachmentCreateParams, context: Any) -> Attachment:
        return FileAttachment(id=f"atc_{input.name}", name=input.name, mime_type=input.mime_type)

    async def delete_attachment(self, attachment_id: str, context: Any) -> None: ...

    def generate_attachment_id(self, mime_type: str, context: Any) -> str:
        return "atc"


def app_of(server: EchoServer | None = None, **given: Any) -> ChatKit:
    context = given.pop("context", None)
    options: dict[str, Any] = {
        "api_keys": [SecretStr(API_KEY)],
        "secret_key": SecretStr(SIGNING_KEY),
        "turns_per_minute": 0,
        **given,
    }
    if server is None:
        server = EchoServer()
        server.attachment_store = Files()  # type: ignore[assignment]
    return ChatKit(server, context=context, settings=Settings(**options))


class Served:
    """An app, what a back end asks it, and what pages do."""

    def __init__(self, app: ChatKit, url: str) -> None:
        self.app = app
        self._openai = AsyncOpenAI(base_url=f"{url}/v1", api_key=API_KEY, max_retries=0)
        self.sessions = self._openai.beta.chatkit.sessions
        self.pages = httpx.AsyncClient(base_url=url)

    async def close(self) -> None:
        await self._openai.close()
        await self.pages.aclose()

    async def secret(self, user: str = "ada", **asked: Any) -> str:
        session = await self.sessions.create(user=user, workflow=asked.pop("workflow", WORKFLOW), **asked)
        return session.client_secret

    async def ask(self, secret: str, request: dict[str, Any]) -> httpx.Response:
        return await self.pages.post("/chatkit", json=request, headers={"Authorization": f"Bearer {secret}"})

    async def listed(self, secret: str, **params: Any) -> list[str]:
        answer = await self.ask(secret, {"type": "threads.list", "params": params})
        assert answer.status_code == 200, answer.text
        return [thread["id"] for thread in answer.json()["data"]]


@asynccontextmanager
async def serving_sessions(app: ChatKit) -> AsyncIterator[Served]:
    async with serving(app) as url:
        served = Served(app, url)
        try:
            yield served
        finally:
            await served.close()


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving_sessions(app_of()) as one:
        yield one


async def test_openais_client_gets_a_session_and_a_page_uses_it(served: Served) -> None:
    session = await served.sessions.create(
        user="ada",
        workflow={
            "id": "wf_1",
            "version": "7",
            "state_variables": {"language": "de", "beta": True, "age": 36, "x": 0.5},
        },
        expires_after={"anchor": "created_at", "seconds": 60},
        rate_limits={"max_requests_per_1_minute": 5},
        chatkit_configuration={"history": {"recent_threads": 3}, "file_upload": {"enabled": True, "max_files": 2}},
    )
    assert session.object == "chatkit.session"
    assert session.status == "active"
    assert session.user == "ada"
    assert session.workflow.state_variables == VARIABLES
    assert (session.workflow.id, session.workflow.version, session.workflow.tracing.enabled) == ("wf_1", "7", True)
    assert session.max_requests_per_1_minute == session.rate_limits.max_requests_per_1_minute == 5
    assert session.chatkit_configuration.history.recent_threads == 3
    assert session.chatkit_configuration.file_upload.max_files == 2
    assert session.chatkit_configuration.file_upload.max_file_size == 512
    assert session.chatkit_configuration.automatic_thread_titling.enabled
    assert 50 < session.expires_at - time.time() <= 60
    answer = await served.ask(session.client_secret, create("Hello"))
    assert answer.status_code == 200
    assert events(answer.content)[-1]["item"]["content"][0]["text"] == "Hello"
    [context] = served.app.server.contexts  # type: ignore[attr-defined]
    assert context.user_id == "ada"
    assert context.session.id == session.id
    assert context.session.workflow.state_variables["language"] == "de"


async def test_what_is_left_out_is_what_openai_says(served: Served) -> None:
    session = await served.sessions.create(user="ada", workflow=WORKFLOW)
    configuration = session.chatkit_configuration
    assert (configuration.history.enabled, configuration.history.recent_threads) == (True, None)
    assert (configuration.file_upload.enabled, configuration.file_upload.max_files) == (False, 10)
    assert session.workflow.version is None
    assert session.workflow.state_variables is None


async def test_the_same_user_has_the_same_threads_and_nobody_else_has(served: Served) -> None:
    first, again, other = await served.secret(), await served.secret(), await served.secret("eve")
    thread = events((await served.ask(first, create())).content)[0]["thread"]["id"]
    assert await served.listed(again) == [thread]
    assert await served.listed(other) == []
    opened = await served.ask(other, {"type": "threads.get_by_id", "params": {"thread_id": thread}})
    assert opened.status_code == 404


async def test_a_cancelled_session_is_refused_at_once(served: Served) -> None:
    session = await served.sessions.create(user="ada", workflow=WORKFLOW)
    other = await served.secret()
    assert (await served.ask(session.client_secret, create())).status_code == 200  # just looked up
    cancelled = await served.sessions.cancel(session.id)
    assert (cancelled.status, cancelled.id, cancelled.client_secret) == ("cancelled", session.id, session.client_secret)
    refused = await served.ask(session.client_secret, create())
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "auth.required")
    assert (await served.ask(other, create())).status_code == 200
    assert (await served.sessions.cancel(session.id)).status == "cancelled"
    with pytest.raises(NotFoundError):
        await served.sessions.cancel("cksess_unknown")


async def test_an_answer_goes_on_when_its_session_is_cancelled() -> None:
    server = GatedServer()
    async with serving_sessions(app_of(server)) as served:
        session = await served.sessions.create(user="ada", workflow=WORKFLOW)
        asking = asyncio.create_task(served.ask(session.client_secret, create()))
        await server.started.wait()
        await served.sessions.cancel(session.id)
        for word in ("Still ", "here.", None):
            server.words.put_nowait(word)
        answer = await asking
        assert answer.status_code == 200
        assert b"here." in answer.content
        assert (await served.ask(session.client_secret, create())).status_code == 401


async def test_an_expired_session_is_refused() -> None:
    now = [1_000_000.0]
    sessions = Sessions([SIGNING_KEY], per_minute=10, seconds=600, clock=lambda: now[0])
    asked = SessionRequest.model_validate({"user": "ada", "expires_after": {"anchor": "created_at", "seconds": 60}})
    session = await sessions.create(asked)
    assert session.expires_at == 1_000_060
    assert (await sessions.known(session.client_secret)).user == "ada"
    now[0] += 60
    with pytest.raises(PermissionError, match="expired"):
        await sessions.known(session.client_secret)
    shown = await sessions.cancel(session.id)
    assert shown is not None
    assert shown.status == "cancelled"


FORGED = {
    "nothing": PREFIX,
    "nonsense": PREFIX + "nonsense",
    "no session": PREFIX + str(URLSafeSerializer(SIGNING_KEY, salt="chatkit.session").dumps({"user": "ada"})),
    "another key": PREFIX + str(URLSafeSerializer("z" * 40, salt="chatkit.session").dumps({"user": "ada"})),
    "another purpose": PREFIX + str(URLSafeSerializer(SIGNING_KEY, salt="chatkit.visitor").dumps("ada")),
    "the server's key": API_KEY,
    "a key that looks like one": PREFIX + API_KEY,
}


@pytest.mark.parametrize("name", FORGED)
async def test_what_is_no_secret_of_ours_is_refused(served: Served, name: str) -> None:
    assert (await served.ask(FORGED[name], create())).status_code == 401


async def test_a_secret_that_was_changed_is_refused(served: Served) -> None:
    secret = await served.secret()
    for at in range(len(PREFIX), len(secret), 7):
        changed = secret[:at] + ("A" if secret[at] != "A" else "B") + secret[at + 1 :]
        assert (await served.ask(changed, {"type": "threads.list", "params": {}})).status_code == 401


async def test_nobody_gets_in_without_a_secret(served: Served) -> None:
    for headers in ({}, {"Cookie": "chatkit_visitor=x"}, {"Authorization": "Basic eDp5"}):
        assert (await served.pages.post("/chatkit", json=create(), headers=headers)).status_code == 401


@pytest.mark.parametrize("key", ["", "wrong", API_KEY[:-1], API_KEY + "x", "schlüssel"])
async def test_a_server_needs_one_of_the_keys(key: str) -> None:
    app = app_of(turns_per_minute_per_address=3)
    async with client(app) as http:
        for number in range(4):
            headers = {"Authorization": f"Bearer {key}".encode()}
            answer = await http.post(
                "/v1/chatkit/sessions", json={"user": "ada", "workflow": WORKFLOW}, headers=headers
            )
            assert answer.status_code == (401 if number < 3 else 429)
    async with serving(app_of()) as url, AsyncOpenAI(base_url=f"{url}/v1", api_key="wrong") as openai:
        with pytest.raises(AuthenticationError):
            await openai.beta.chatkit.sessions.create(user="ada", workflow=WORKFLOW)


async def test_each_of_several_keys_is_good() -> None:
    second = "another-key-" + "z" * 20
    async with client(app_of(api_keys=[SecretStr(API_KEY), SecretStr(second)])) as http:
        for key in (API_KEY, second):
            answer = await http.post(
                "/v1/chatkit/sessions", json={"user": "ada"}, headers={"Authorization": f"bearer {key}"}
            )
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "no-store"


NOISE = {f"v{number}": hashlib.sha256(str(number).encode()).hexdigest() for number in range(200)}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no user": ({"workflow": WORKFLOW}, "user"),
    "an empty user": ({"user": ""}, "user"),
    "a long user": ({"user": "x" * 3000}, "user"),
    "no seconds": ({"user": "ada", "expires_after": {"anchor": "created_at"}}, "expires_after.seconds"),
    "another anchor": (
        {"user": "ada", "expires_after": {"anchor": "last_used", "seconds": 5}},
        "expires_after.anchor",
    ),
    "a week": ({"user": "ada", "expires_after": {"anchor": "created_at", "seconds": 604800}}, "expires_after.seconds"),
    "no requests": (
        {"user": "ada", "rate_limits": {"max_requests_per_1_minute": 0}},
        "rate_limits.max_requests_per_1_minute",
    ),
    "a field of nobody's": ({"user": "ada", "language": "de"}, "language"),
    "a nested one": (
        {"user": "ada", "chatkit_configuration": {"history": {"enable": False}}},
        "chatkit_configuration.history.enable",
    ),
    "a variable that is a list": ({"user": "ada", "workflow": {"id": "x", "state_variables": {"a": [1]}}}, "workflow"),
    "variables that are too long": (
        {"user": "ada", "workflow": {"id": "x", "state_variables": NOISE}},
        "workflow.state_variables",
    ),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_wrong_is_said_with_its_path(name: str) -> None:
    body, path = WRONG[name]
    async with client(app_of()) as http:
        answer = await http.post("/v1/chatkit/sessions", json=body, headers={"Authorization": f"Bearer {API_KEY}"})
    assert answer.status_code == 422
    assert answer.json()["error"]["param"].startswith(path)


async def test_a_wrong_session_is_openais_error_for_its_client(served: Served) -> None:
    with pytest.raises(UnprocessableEntityError) as refused:
        await served.sessions.create(user="", workflow=WORKFLOW)
    assert refused.value.param == "user"


# What a session allows


async def test_a_session_has_its_own_limit(served: Served) -> None:
    limited = await served.secret(rate_limits={"max_requests_per_1_minute": 2})
    answers = [(await served.ask(limited, create())).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert (await served.ask(await served.secret("eve"), create())).status_code == 200


async def test_without_history_nothing_is_listed(served: Served) -> None:
    await served.ask(await served.secret(), create())
    secret = await served.secret(chatkit_configuration={"history": {"enabled": False}})
    assert await served.listed(secret) == []


@pytest.mark.parametrize("page", [1, 2, 3, 100])
async def test_of_the_newest_threads_so_many_are_listed_however_they_are_paged(served: Served, page: int) -> None:
    everything = await served.secret()
    for number in range(6):
        await served.ask(everything, create(f"Thread {number}"))
    newest = (await served.listed(everything))[:4]
    secret = await served.secret(chatkit_configuration={"history": {"recent_threads": 4}})
    found: list[str] = []
    more, after, pages = True, None, 0
    while more:
        pages += 1
        answer = await served.ask(secret, {"type": "threads.list", "params": {"limit": page, "after": after}})
        listed = answer.json()
        found += [thread["id"] for thread in listed["data"]]
        more, after = listed["has_more"], listed.get("after") or (found[-1] if found else None)
    assert found == newest
    assert pages == math.ceil(4 / page)
    for beyond in ("thr_unknown", newest[-1]):
        assert await served.listed(secret, after=beyond) == []
    oldest = await served.ask(secret, {"type": "threads.list", "params": {"order": "asc"}})
    assert (oldest.status_code, oldest.json()["error"]["param"]) == (422, "params.order")


def upload(name: str, size: int = 10) -> dict[str, Any]:
    return {"type": "attachments.create", "params": {"name": name, "mime_type": "text/plain", "size": size}}


async def test_files_are_off_unless_the_session_says_otherwise_and_then_counted(served: Served) -> None:
    off = await served.ask(await served.secret(), upload("a"))
    assert (off.status_code, off.json()["error"]["code"]) == (403, "session.uploads_off")
    files = {"enabled": True, "max_files": 2, "max_file_size": 1}
    secret = await served.secret(chatkit_configuration={"file_upload": files})
    large = await served.ask(secret, upload("large", 1024 * 1024 + 1))
    assert (large.status_code, large.json()["error"]["code"]) == (413, "session.file_too_large")
    answers = await asyncio.gather(*(served.ask(secret, upload(f"file{number}")) for number in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 403, 403, 403]


# Beside other ways to sign in


async def test_an_application_of_its_own_contexts_finds_the_session() -> None:
    def who(request: Request) -> dict[str, Any]:
        session = client_session(request)
        user = session.user if session else request.headers.get("x-user", "nobody")
        return {"user_id": user, "session": session, "made_by": "who"}

    server = EchoServer()
    app = app_of(server, context=who)
    async with serving_sessions(app) as served:
        secret = await served.secret(rate_limits={"max_requests_per_1_minute": 1})
        assert (await served.ask(secret, create())).status_code == 200
        assert (await served.ask(secret, create())).status_code == 429
        assert (await served.pages.post("/chatkit", json=create(), headers={"X-User": "eve"})).status_code == 200
    assert [context["user_id"] for context in server.contexts] == ["ada", "eve"]
    assert [context["made_by"] for context in server.contexts] == ["who", "who"]
    assert server.contexts[0]["session"].user == "ada"
    assert server.contexts[1]["session"] is None


async def test_tokens_are_known_beside_secrets() -> None:
    app = app_of(jwt_secret=SecretStr("j" * 40))
    async with serving_sessions(app) as served:
        token = jwt.encode({"sub": "grace", "exp": 4_000_000_000}, "j" * 40)
        for good in (token, await served.secret()):
            assert (await served.ask(good, create())).status_code == 200
        assert (await served.ask("nonsense", create())).status_code == 401


async def test_without_keys_there_are_no_sessions() -> None:
    async with client(app_of(api_keys=[])) as http:
        answer = await http.post("/v1/chatkit/sessions", json={"user": "a"}, headers={"Authorization": "Bearer x"})
        assert answer.status_code in (404, 405)
        assert (await http.post("/chatkit", json=create())).status_code == 200


# Processes


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Where a store is."""
    if request.param == "sqlite":
        return {"url": request.getfixturevalue("sqlite_url")}
    schema = request.getfixturevalue("postgres_schema")
    return {"url": request.getfixturevalue("postgres").url, "schema_name": schema}


async def test_what_one_process_cancels_the_others_refuse_soon(database: dict[str, Any]) -> None:
    stores = [SQLStore[Any](**database) for _ in range(2)]
    one, other = (Sessions([SIGNING_KEY], store.session_records(), per_minute=10, seconds=600) for store in stores)
    session = await one.create(SessionRequest(user="ada"))
    assert (await other.known(session.client_secret)).id == session.id
    await one.cancel(session.id)
    with pytest.raises(PermissionError, match="cancelled"):
        await one.known(session.client_secret)
    async with asyncio.timeout(5):
        while True:
            try:
                await other.known(session.client_secret)
            except PermissionError:
                break
            await asyncio.sleep(0.05)
    shown = await other.cancel(session.id)
    assert shown is not None
    assert shown.client_secret == session.client_secret
    records = stores[0].session_records()
    counted = await asyncio.gather(*(records.count_file(session.id, 3) for _ in range(8)))
    assert sum(counted) == 3
    assert not await records.count_file("cksess_unknown", 3)
    for store in stores:
        await store.close()


async def test_a_new_signing_key_knows_what_the_old_one_signed() -> None:
    old = app_of(EchoServer(MemoryStore()))
    new = app_of(
        EchoServer(MemoryStore()), secret_key=SecretStr("n" * 40), secret_key_previous=[SecretStr(SIGNING_KEY)]
    )
    stranger = app_of(EchoServer(MemoryStore()), secret_key=SecretStr("s" * 40))
    async with client(old) as http:
        asked = {"user": "ada", "workflow": WORKFLOW}
        answer = await http.post("/v1/chatkit/sessions", json=asked, headers={"Authorization": f"Bearer {API_KEY}"})
    headers = {"Authorization": f"Bearer {answer.json()['client_secret']}"}
    for app, status in ((old, 200), (new, 200), (stranger, 401)):
        async with client(app) as http:
            assert (await http.post("/chatkit", json=create(), headers=headers)).status_code == status
