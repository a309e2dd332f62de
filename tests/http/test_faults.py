"""Whose fault it is. The package's own exceptions are meant for the client; all others are the server's: a status 500
without a word of theirs, and a traceback in the log, once."""

import errno
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from chatkit.errors import CustomStreamError, ErrorCode, NotSupportedError, RequestError, StreamError
from chatkit.http import Settings, UnauthenticatedError
from chatkit.http.auth import Authentication, Caller
from chatkit.server import ChatKitServer
from chatkit.store import AttachmentStore, NotFoundError, StoreUnavailableError
from chatkit.stores import MemoryStore
from tests.http.servers import EchoServer, chatkit, client, create, new_thread, user_input

SECRET = "hunter2"


class Typed(BaseModel):
    number: int


def validation_error() -> ValidationError:
    try:
        Typed.model_validate({"number": SECRET})
    except ValidationError as error:
        return error
    raise AssertionError


def json_error() -> ValueError:
    try:
        json.loads(SECRET)
    except ValueError as error:
        return error
    raise AssertionError


class OddError(Exception):
    def __str__(self) -> str:
        raise RuntimeError(SECRET)


FAULTS: dict[str, Callable[[], Exception]] = {
    "ValueError": lambda: ValueError(SECRET),
    "ValueError without words": ValueError,
    "ValidationError": validation_error,
    "JSONDecodeError": json_error,
    "UnicodeDecodeError": lambda: UnicodeDecodeError("utf-8", b"hunter2", 0, 1, SECRET),
    "KeyError": lambda: KeyError(SECRET),
    "IndexError": lambda: IndexError(SECRET),
    "TypeError": lambda: TypeError(SECRET),
    "AttributeError": lambda: AttributeError(SECRET),
    "NotImplementedError": lambda: NotImplementedError(SECRET),
    "RuntimeError": lambda: RuntimeError(SECRET),
    "OSError": lambda: OSError(errno.ENOSPC, "No space left", f"/srv/{SECRET}"),
    "PermissionError of the system": lambda: PermissionError(errno.EACCES, "Permission denied", f"/srv/{SECRET}"),
    "FileNotFoundError": lambda: FileNotFoundError(errno.ENOENT, "No such file", f"/srv/{SECRET}"),
    "ConnectionRefusedError": lambda: ConnectionRefusedError(SECRET),
    "TimeoutError": lambda: TimeoutError(SECRET),
    "RecursionError": lambda: RecursionError(SECRET),
    "a group": lambda: ExceptionGroup(SECRET, [ValueError(SECRET), RequestError("x", SECRET)]),
    "one that has no text": OddError,
}
IN_PLACES = FAULTS | {"PermissionError": lambda: PermissionError(SECRET)}
"""A `PermissionError` has a meaning only where it is told who calls."""


class Hooks(EchoServer):
    """Raises in the hook of that name."""

    def __init__(self, hook: str, fault: Exception) -> None:
        super().__init__()
        self.attachment_store = Files("", fault)

        async def later(*_: Any) -> Any:
            raise fault

        def at_once(*_: Any) -> Any:
            raise fault

        if hook:
            setattr(self, hook, at_once if hook in ("action", "respond") else later)


class Files(AttachmentStore[Any]):
    """Raises in the method of that name."""

    def __init__(self, method: str, fault: Exception) -> None:
        self._method, self._fault = method, fault

    async def create_attachment(self, *_: Any, **__: Any) -> Any:
        raise self._fault

    async def delete_attachment(self, *_: Any, **__: Any) -> None:
        raise self._fault


def faulty_store(method: str, fault: Exception) -> MemoryStore[Any]:
    store = MemoryStore[Any]()

    async def later(*_: Any, **__: Any) -> Any:
        raise fault

    def at_once(*_: Any, **__: Any) -> Any:
        raise fault

    setattr(store, method, at_once if method.startswith("generate") else later)
    return store


def action(kind: str, thread: str) -> dict[str, Any]:
    return {"type": kind, "params": {"thread_id": thread, "action": {"type": "x"}}}


UPLOAD = {"type": "attachments.create", "params": {"name": "a", "size": 1, "mime_type": "a/b"}}
HOOKS: dict[str, Callable[[str], dict[str, Any]]] = {
    "respond": lambda _: create(),
    "action": lambda thread: action("threads.custom_action", thread),
    "sync_action": lambda thread: action("threads.sync_custom_action", thread),
    "add_feedback": lambda thread: {
        "type": "items.feedback",
        "params": {"thread_id": thread, "item_ids": [], "kind": "positive"},
    },
    "transcribe": lambda _: {"type": "input.transcribe", "params": {"audio_base64": "AAAA", "mime_type": "a/b"}},
}
METHODS: dict[str, Callable[[str], dict[str, Any]]] = {
    "load_thread": lambda thread: {"type": "threads.get_by_id", "params": {"thread_id": thread}},
    "load_thread_items": lambda thread: {"type": "items.list", "params": {"thread_id": thread}},
    "load_threads": lambda _: {"type": "threads.list", "params": {}},
    "delete_thread": lambda thread: {"type": "threads.delete", "params": {"thread_id": thread}},
    "load_item": lambda thread: (
        action("threads.custom_action", thread)
        | {"params": {"thread_id": thread, "item_id": "i", "action": {"type": "x"}}}
    ),
    "load_attachment": lambda _: {
        "type": "threads.create",
        "params": {"input": user_input() | {"attachments": ["a"]}},
    },
    "generate_thread_id": lambda _: create(),
    "generate_item_id": lambda _: create(),
}


def assert_fault(answer: httpx.Response, caplog: pytest.LogCaptureFixture) -> None:
    assert answer.status_code == 500, answer.text
    assert answer.json() == {
        "error": {
            "code": "server.error",
            "message": "Something went wrong on the server. The log has the details.",
        }
    }
    assert SECRET not in str(answer.headers)
    assert len([record for record in caplog.records if record.exc_info]) == 1
    assert "Traceback (most recent call last)" in caplog.text


STREAMING = ("respond", "action")


async def answer_of(hook: str, error: Exception) -> httpx.Response:
    """What a server answers whose hook raises that."""
    server = Hooks("", RuntimeError())
    async with client(chatkit(server)) as http:
        thread, _ = await new_thread(http)
        server.__dict__.update(Hooks(hook, error).__dict__ | {"store": server.store})
        return await http.post("/chatkit", json=HOOKS[hook](thread))


@pytest.mark.parametrize("fault", IN_PLACES)
@pytest.mark.parametrize("hook", [hook for hook in HOOKS if hook not in STREAMING])
async def test_whatever_a_hook_raises_is_the_servers_fault(
    hook: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await answer_of(hook, IN_PLACES[fault]())
    assert_fault(answer, caplog)


@pytest.mark.parametrize("fault", IN_PLACES)
@pytest.mark.parametrize("hook", STREAMING)
async def test_whatever_a_hook_that_streams_raises_at_once_is_an_event_without_a_word(
    hook: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await answer_of(hook, IN_PLACES[fault]())
    assert answer.status_code == 200
    assert b'{"type":"error","code":"stream.error","allow_retry":true}' in answer.content
    assert SECRET not in answer.text
    assert len([record for record in caplog.records if record.exc_info]) == 1


@pytest.mark.parametrize("fault", IN_PLACES)
@pytest.mark.parametrize("method", METHODS)
async def test_whatever_a_store_raises_is_the_servers_fault(
    method: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = EchoServer()
    async with client(chatkit(server)) as http:
        thread, _ = await new_thread(http)
        setattr(server.store, method, getattr(faulty_store(method, IN_PLACES[fault]()), method))
        answer = await http.post("/chatkit", json=METHODS[method](thread))
    assert_fault(answer, caplog)


@pytest.mark.parametrize("fault", IN_PLACES)
async def test_whatever_an_attachment_store_raises_is_the_servers_fault(
    fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with client(chatkit(Hooks("", IN_PLACES[fault]()))) as http:
        answer = await http.post("/chatkit", json=UPLOAD)
    assert_fault(answer, caplog)


@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_the_context_callable_raises_is_the_servers_fault(
    server: EchoServer, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def who(_: Any) -> Any:
        raise FAULTS[fault]()

    async with client(chatkit(server, context=who)) as http:
        answer = await http.post("/chatkit", json=create())
    assert_fault(answer, caplog)


@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_an_authentication_raises_is_the_servers_fault(
    server: EchoServer, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Own(Authentication):
        async def identify(self, request: Any) -> Caller:
            raise FAULTS[fault]()

    async with client(chatkit(server, context=None, authentication=Own())) as http:
        answer = await http.post("/chatkit", json=create())
    assert_fault(answer, caplog)


class Streaming(EchoServer):
    """Raises in the middle of an answer."""

    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault = fault

    async def respond(self, *_: Any) -> AsyncIterator[Any]:
        raise self.fault
        yield


@pytest.mark.parametrize("fault", IN_PLACES)
async def test_within_a_stream_it_is_an_event_without_a_word(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    async with client(chatkit(Streaming(IN_PLACES[fault]()))) as http:
        answer = await http.post("/chatkit", json=create())
    assert answer.status_code == 200
    assert b'{"type":"error","code":"stream.error","allow_retry":true}' in answer.content
    assert SECRET not in answer.text
    assert len([record for record in caplog.records if record.exc_info]) == 1


@pytest.mark.parametrize("place", ["get_stream_options"])
async def test_a_stream_that_cannot_begin_says_no_more(place: str, caplog: pytest.LogCaptureFixture) -> None:
    server = EchoServer()

    def fail(*_: Any) -> Any:
        raise ValueError(SECRET)

    setattr(server, place, fail)
    async with client(chatkit(server)) as http:
        answer = await http.post("/chatkit", json=create())
    assert SECRET not in answer.text
    assert any(record.exc_info for record in caplog.records)


MEANT: dict[str, tuple[Callable[[], Exception], int, str, str]] = {
    "RequestError": (lambda: RequestError("item.odd", "Not that one."), 422, "item.odd", "Not that one."),
    "NotFoundError": (
        lambda: NotFoundError(SECRET),
        404,
        "not_found",
        "There is no such thread, item or attachment.",
    ),
    "NotSupportedError": (lambda: NotSupportedError("Not here."), 501, "not_implemented", "Not here."),
    "StreamError": (lambda: StreamError(ErrorCode.THREAD_LOCKED), 409, "thread.locked", "The request was refused."),
    "CustomStreamError": (lambda: CustomStreamError("Ask later."), 422, "custom", "Ask later."),
    "UnauthenticatedError": (UnauthenticatedError, 401, "auth.required", "Sign in first."),
    "HTTPException": (lambda: HTTPException(402, "Pay first."), 402, "http.402", "Pay first."),
    "HTTPException of no known status": (lambda: HTTPException(499, {"code": "a"}), 499, "a", "a"),
    "StoreUnavailableError": (
        lambda: StoreUnavailableError(SECRET),
        503,
        "store.unavailable",
        "The conversations cannot be reached at the moment. Try again shortly.",
    ),
}


@pytest.mark.parametrize("name", MEANT)
@pytest.mark.parametrize("place", ["hook", "store"])
async def test_what_is_meant_for_the_client_reaches_it(name: str, place: str, caplog: pytest.LogCaptureFixture) -> None:
    make, status, code, message = MEANT[name]
    server: ChatKitServer[Any] = Hooks("add_feedback", make())
    if place == "store":
        server = EchoServer(faulty_store("load_threads", make()))
    async with client(chatkit(server)) as http:
        thread, _ = await new_thread(http)
        request = HOOKS["add_feedback"](thread) if place == "hook" else METHODS["load_threads"]("")
        answer = await http.post("/chatkit", json=request)
    assert answer.status_code == status
    assert answer.json() == {"error": {"code": code, "message": message}}
    assert not any(record.exc_info for record in caplog.records)


async def test_two_phase_uploads_that_nobody_wrote_are_not_implemented() -> None:
    class Bytes(AttachmentStore[Any]):
        async def delete_attachment(self, attachment_id: str, context: Any) -> None:
            pass

    server = EchoServer()
    server.attachment_store = Bytes()
    async with client(chatkit(server)) as http:
        answer = await http.post("/chatkit", json=UPLOAD)
    assert answer.status_code == 501
    assert "create_attachment" in answer.json()["error"]["message"]


@pytest.mark.parametrize("user", ["\0", "x" * 2000])
async def test_a_user_that_no_store_can_keep_is_refused(server: EchoServer, user: str) -> None:
    async def who(_: Any) -> Any:
        return {"user_id": user}

    async with client(chatkit(server, context=who)) as http:
        answer = await http.post("/chatkit", json=create())
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "owner.invalid"


async def test_an_error_answer_is_short_however_long_its_words(server: EchoServer) -> None:
    words = '\0"\\\u202e💥' * 100_000

    async def who(_: Any) -> Any:
        raise HTTPException(400, {"code": words, "message": words})

    async with client(chatkit(server, context=who)) as http:
        answer = await http.post("/chatkit", json=create())
    assert answer.status_code == 400
    assert len(answer.content) <= 4096


async def test_a_request_that_an_override_of_process_spoils_is_the_servers_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Spoils(EchoServer):
        async def process(self, request: Any, context: Any) -> Any:
            assert isinstance(request, bytes)
            return await super().process(request.replace(b"threads.list", b"threads.none"), context)

    async with client(chatkit(Spoils(), settings=Settings(turns_per_minute=0))) as http:
        answer = await http.post("/chatkit", json={"type": "threads.list", "params": {}})
    assert_fault(answer, caplog)


@pytest.fixture(autouse=True)
def _all_records(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "chatkit")
