"""Stores that are not written as `Store` says are asked as they can be, and those that are, directly."""

import json
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest

from chatkit.errors import NotSupportedError
from chatkit.server import ChatKitServer
from chatkit.store import AttachmentStore, Store, ThreadChanges
from chatkit.store.borrowed import as_attachment_store, as_store
from chatkit.stores import MemoryStore
from chatkit.types import FileAttachment, Page, ThreadMetadata
from tests.support.plain_store import PlainStore

THREAD = ThreadMetadata(id="thr_1", created_at=0)  # pyright: ignore[reportArgumentType]


class Recorder:
    """Notes how it is called."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        if name not in Store.__abstractmethods__ | {"generate_thread_id", "generate_item_id"}:
            raise AttributeError(name)

        def call(*values: Any, **named: Any) -> Any:
            self.calls.append((name, values, named))
            return {"load_thread": THREAD, "generate_thread_id": "thr_1", "generate_item_id": "it_1"}.get(name, Page())

        return call


@pytest.mark.parametrize("store", [MemoryStore(), PlainStore()])
def test_a_store_that_is_written_as_promised_is_asked_directly(store: Any) -> None:
    assert as_store(store) is store


async def test_a_store_without_a_base_is_called_as_the_reference_calls() -> None:
    recorder = Recorder()
    store = as_store(recorder)
    assert store is as_store(recorder)
    assert store.generate_thread_id("c") == "thr_1"
    await store.load_thread("t", "c")
    await store.load_threads(20, None, "desc", "c")
    await store.load_thread_items("t", None, 20, "asc", "c")
    await store.delete_thread_item("t", "i", "c")
    assert recorder.calls == [
        ("generate_thread_id", ("c",), {}),
        ("load_thread", ("t",), {"context": "c"}),
        ("load_threads", (), {"limit": 20, "after": None, "order": "desc", "context": "c"}),
        ("load_thread_items", ("t",), {"after": None, "limit": 20, "order": "asc", "context": "c"}),
        ("delete_thread_item", ("t", "i"), {"context": "c"}),
    ]


async def test_parameters_in_another_order_get_what_their_names_say() -> None:
    seen: list[Any] = []

    class Reordered(PlainStore):
        async def load_threads(  # type: ignore[override]
            self, context: Any, limit: int, order: str, after: Any, status: str = "any"
        ) -> Page[ThreadMetadata]:
            seen.append((context, limit, order, after, status))
            return Page()

    await as_store(Reordered()).load_threads(5, "t", "asc", "c")
    assert seen == [("c", 5, "asc", "t", "any")]


@pytest.mark.parametrize("named", [False, True])
async def test_any_keywords_are_taken(named: bool) -> None:
    class Keywords(PlainStore):
        async def load_thread(self, thread_id: str, **more: Any) -> Any:  # type: ignore[override]
            return THREAD.model_copy(update={"title": more["context"]})

        async def save_thread(self, thread: Any, *, context: Any) -> None:  # type: ignore[override]
            saved.append((thread.title, context))

    saved: list[Any] = []
    store = as_store(Keywords())
    loaded = await (store.load_thread("t", context="c") if named else store.load_thread("t", "c"))
    assert loaded.title == "c"
    await store.update_thread("t", ThreadChanges({"title": "new"}), "c")
    assert saved == [("new", "c")]


async def test_a_store_that_takes_no_context_is_asked_without_and_the_log_says_what_that_means(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Single(PlainStore):
        async def load_thread(self, thread_id: str) -> Any:  # type: ignore[override]
            return THREAD

    assert await as_store(Single()).load_thread("t", "c") is THREAD
    assert "Single.load_thread() takes no context, so it cannot tell users apart" in caplog.text


async def test_what_cannot_be_called_and_what_is_missing_is_told_at_once(caplog: pytest.LogCaptureFixture) -> None:
    class Wants(PlainStore):
        async def load_thread(self, thread_id: str, tenant: str, context: Any) -> Any:  # type: ignore[override]
            return THREAD

    as_store(Wants())
    assert "Wants.load_thread() takes (thread_id: str, tenant: str, context: Any)" in caplog.text
    with pytest.raises(AttributeError, match="save_thread"):
        await as_store(object()).save_thread(THREAD, None)
    assert "object.save_thread() is missing: it is called with (thread, context)" in caplog.text


async def test_what_a_store_overrides_beyond_the_abstract_methods_is_still_asked() -> None:
    class Odd(PlainStore):
        async def load_thread(self, *values: Any, **named: Any) -> Any:
            return THREAD

        async def update_thread(self, thread_id: str, changes: Any, context: Any) -> Any:
            return THREAD.model_copy(update={"title": "its own"})

        async def ping(self) -> None:
            raise ConnectionError

    store = as_store(Odd())
    assert (await store.update_thread("t", ThreadChanges({"title": "x"}), None)).title == "its own"
    with pytest.raises(ConnectionError):
        await store.ping()


async def test_a_test_double_is_asked_for_the_abstract_methods_alone() -> None:
    store = AsyncMock(spec=Store)
    store.generate_thread_id = Mock(return_value="thr_1")
    store.generate_item_id = Mock(side_effect=["it_1", "it_2"])
    store.load_thread.return_value = THREAD

    class Server(ChatKitServer[Any]):
        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
            thread.title = "New"
            return
            yield

    server = Server(store)
    assert server.store is store
    result = await server.process(json.dumps({"message": "hi"}), "ann")
    frames = [frame async for frame in result]  # type: ignore[union-attr]
    assert b'"title":"New"' in frames[-1]
    store.add_thread_item.assert_awaited_once()
    assert store.add_thread_item.await_args.kwargs == {"context": "ann"}
    assert store.save_thread.await_count == 2
    assert store.save_thread.await_args.args[0].title == "New"


async def test_stores_of_files_are_asked_in_their_own_way_too() -> None:
    seen: list[Any] = []

    class Files:
        async def delete_attachment(self, attachment_id: str, *, context: Any) -> None:
            seen.append((attachment_id, context))

        def create_attachment(self, input: Any) -> Any:
            return FileAttachment(id="f", name=input.name, mime_type="a/b")

    class Deletes(AttachmentStore[Any]):
        async def delete_attachment(self, attachment_id: str, **more: Any) -> None:  # type: ignore[override]
            seen.append((attachment_id, more["context"]))

    files = as_attachment_store(Files())
    await files.delete_attachment("f", "c")
    await as_attachment_store(Deletes()).delete_attachment("g", "c")
    assert seen == [("f", "c"), ("g", "c")]
    assert (await files.create_attachment(SimpleNamespace(name="n"), "c")).id == "f"
    with pytest.raises(NotSupportedError):
        await as_attachment_store(Deletes()).create_attachment(Mock(), "c")
