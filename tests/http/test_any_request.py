"""Requests made by hypothesis, over every operation and every store: no fault, no traceback, no half of a change, and
nothing of the server's insides in an answer or of the client's in the log."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatkit.http.logs import LOG_FORMAT
from chatkit.logger import logger
from chatkit.store import AttachmentStore, Store
from chatkit.stores import MemoryStore, SQLStore
from chatkit.stores.sql import upgrade
from chatkit.types import (
    ClientToolCallItem,
    FileAttachment,
    StructuredInputFreeform,
    StructuredInputItem,
    SyncCustomActionResponse,
    ThreadItemDoneEvent,
    TranscriptionResult,
    WidgetItem,
)
from chatkit.widgets import Card
from tests.http.servers import EchoServer, chatkit, client, create, events
from tests.http.test_bad_input import JSON, OPERATIONS, requests
from tests.support.postgres import find_binaries, run_postgres

WRITES = (
    "save_thread",
    "add_thread_item",
    "save_item",
    "delete_thread_item",
    "delete_thread",
    "save_attachment",
    "delete_attachment",
)
NEVER_SHOWN = ("Traceback", "sqlite", "postgresql", "/chatkit/", "site-packages", "pydantic.dev")


class Files(AttachmentStore[Any]):
    """Registers any upload."""

    async def create_attachment(self, input: Any, context: Any) -> FileAttachment:
        return FileAttachment(id=self.generate_attachment_id("", context), name=input.name, mime_type=input.mime_type)

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        pass


class Able(EchoServer):
    """Has every hook. Answers with a widget, a question and a tool call, all waiting for the client."""

    def __init__(self, store: Store[Any]) -> None:
        super().__init__(store)
        self.attachment_store = Files()

    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
        def common() -> dict[str, Any]:
            item_id = self.store.generate_item_id("message", thread, context)
            return {"id": item_id, "thread_id": thread.id, "created_at": datetime.now(UTC)}

        yield ThreadItemDoneEvent(item=WidgetItem(**common(), widget=Card(children=[])))
        question = StructuredInputFreeform(id="name", question="Your name?")
        yield ThreadItemDoneEvent(item=StructuredInputItem(**common(), inputs=[question]))
        yield ThreadItemDoneEvent(item=ClientToolCallItem(**common(), call_id="c", name="tool", arguments={}))

    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> AsyncIterator[Any]:
        thread.metadata["last"] = action.payload
        return
        yield

    async def sync_action(self, thread: Any, action: Any, sender: Any, context: Any) -> Any:
        return SyncCustomActionResponse(updated_item=sender)

    async def transcribe(self, audio_input: Any, context: Any) -> TranscriptionResult:
        return TranscriptionResult(text=audio_input.media_type)


class Counter:
    """Counts what a store has written."""

    def __init__(self, store: Store[Any]) -> None:
        self.writes = 0
        for name in WRITES:
            setattr(store, name, self._counted(getattr(store, name)))

    def _counted(self, write: Any) -> Any:
        async def counted(*arguments: Any) -> None:
            await write(*arguments)
            self.writes += 1

        return counted


@pytest.fixture(scope="module", params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store[Any]]:
    folder: Path = tmp_path_factory.mktemp("stores")
    match request.param:
        case "memory":
            yield MemoryStore()
        case "sqlite":
            yield SQLStore(f"sqlite+aiosqlite:///{folder}/chat.db")
        case _:
            if find_binaries() is None:
                pytest.skip("PostgreSQL is not installed.")
            with run_postgres() as server:
                asyncio.run(upgrade(server.url))
                yield SQLStore(server.url)


def any_request(thread: str, items: list[str]) -> st.SearchStrategy[bytes]:
    """As in `test_bad_input`, and what its JSON looks like when a byte of it is another."""
    written = requests(thread, items).map(lambda request: json.dumps(request).encode())
    broken = st.tuples(written, st.integers(0, 400), st.binary(max_size=3)).map(
        lambda given: given[0][: given[1]] + given[2] + given[0][given[1] + 1 :]
    )
    return written | written | broken


def test_the_operations_are_all_of_them() -> None:
    assert len(OPERATIONS) == 16


def test_no_request_of_any_operation_is_a_fault_on_any_store(store: Store[Any]) -> None:
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    logger.addHandler(handler)
    counter = Counter(store)
    app = chatkit(Able(store))

    async def play(data: st.DataObject) -> None:
        async with client(app) as http:
            found = events((await http.post("/chatkit", json=create())).content)
            items = [event["item"]["id"] for event in found if "item" in event]
            body = data.draw(any_request(found[0]["thread"]["id"], items))
            before = counter.writes
            answer = await http.post("/chatkit", content=body, headers=JSON)
            assert answer.status_code in (200, 400, 404, 413, 422), (body, answer.text)
            assert answer.status_code == 200 or counter.writes == before, (body, answer.text)
            assert b'"stream.error","allow_retry":true' not in answer.content, body
            shown = [word for word in NEVER_SHOWN if word in answer.text]
            assert answer.status_code == 200 or not shown, (body, answer.text)

    with asyncio.Runner() as runner:

        @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
        @given(st.data())
        def run(data: st.DataObject) -> None:
            runner.run(play(data))

        try:
            run()
        finally:
            logger.removeHandler(handler)
            runner.run(store.close())
    told = log.getvalue()
    assert "Traceback" not in told
    assert all(sign == "\n" or sign.isprintable() for sign in told)
    assert "Hello" not in told
