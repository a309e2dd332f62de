"""How stores are made: owners, URLs, engines, packages that are missing."""

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from chatkit import store as store_module
from chatkit import stores
from chatkit.store import NotFoundError, Store
from chatkit.store.owner import UnknownOwnerError
from chatkit.stores import MemoryStore, SQLStore, default_owner
from chatkit.stores.sql.drivers import parse_url
from chatkit.testing.store_contract.base import item, thread
from chatkit.types import FileAttachment, InferenceOptions, UserMessageItem


@dataclass
class RequestContext:
    user_id: object = None


@pytest.mark.parametrize(
    ("context", "owner"),
    [
        (RequestContext("alice"), "alice"),
        (RequestContext(7), "7"),
        ({"user_id": "alice", "other": 1}, "alice"),
        ({"user_id": 0}, "0"),
        ({}, ""),
        (None, ""),
    ],
)
def test_owner_is_the_contexts_user(context: object, owner: str) -> None:
    assert default_owner(context) == owner


@pytest.mark.parametrize(
    "context",
    [
        {"user": RequestContext("alice")},
        {"request": object()},
        {"user_id": None},
        {"user_id": ""},
        {"user_id": "  "},
        {"user_id": None, "user": "alice"},
        RequestContext(None),
        RequestContext(""),
        "alice",
        object(),
        [],
    ],
)
async def test_context_without_a_user_is_refused_and_the_remedy_named(make_store: Any, context: object) -> None:
    store: Store[Any] = make_store()
    with pytest.raises(UnknownOwnerError, match=r"no `user_id`.*owner=lambda context"):
        await store.load_threads(1, None, "asc", context)
    with pytest.raises(UnknownOwnerError):
        await store.save_thread(thread(), context)
    await store.close()


@pytest.fixture(params=["memory", "sql"])
def make_store(request: pytest.FixtureRequest, sqlite_url: str) -> Any:
    return MemoryStore if request.param == "memory" else lambda **options: SQLStore(sqlite_url, **options)


async def test_owner_may_be_told_by_a_callable(make_store: Any) -> None:
    store: Store[str] = make_store(owner=lambda context: context.split("/")[0])
    saved = thread()
    await store.save_thread(saved, "acme/alice")
    assert await store.load_thread(saved.id, "acme/bob") == saved
    with pytest.raises(NotFoundError):
        await store.load_thread(saved.id, "umbrella/alice")
    await store.close()


async def test_owner_callable_that_gives_no_text_is_a_mistake(make_store: Any) -> None:
    store: Store[Any] = make_store(owner=lambda context: None)
    with pytest.raises(TypeError, match="owner callable must return a str"):
        await store.load_threads(1, None, "asc", None)
    for strange in ("a\0b", "x" * 2000, "\ud800"):
        store = make_store(owner=lambda context, owner=strange: owner)
        with pytest.raises(ValueError, match="owner"):
            await store.load_threads(1, None, "asc", None)
        await store.close()


async def test_store_that_keeps_no_list_of_attachments_reads_the_threads_messages() -> None:
    store = MemoryStore[Any]()
    saved = thread()
    await store.save_thread(saved, None)
    for number in range(120):
        attachment = FileAttachment(id=f"atc_{number // 2}", name="n", mime_type="m")
        await store.save_attachment(attachment, None)
        message = UserMessageItem(
            id=f"msg_{number}",
            thread_id=saved.id,
            created_at=saved.created_at,
            content=[],
            attachments=[attachment],
            inference_options=InferenceOptions(),
        )
        await store.add_thread_item(saved.id, message, None)
        await store.add_thread_item(saved.id, item(saved.id), None)
    assert await Store.list_thread_attachment_ids(store, saved.id, None) == [f"atc_{n}" for n in range(60)]


@pytest.mark.parametrize("bad", ["", "a\0b", "x" * 2000])
async def test_ids_that_no_database_can_hold_are_refused_when_written(make_store: Any, bad: str) -> None:
    store: Store[Any] = make_store()
    saved = thread()
    await store.save_thread(saved, None)
    with pytest.raises(ValueError, match="id"):
        await store.add_thread_item(saved.id, item(saved.id, item_id=bad), None) if bad else await store.save_item(
            saved.id, item(saved.id).model_copy(update={"id": ""}), None
        )
    with pytest.raises(ValueError, match="id"):
        await store.save_thread(saved.model_copy(update={"id": bad}), None)
    await store.close()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///a.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite"),
        ("postgres://u@h/d", "postgresql+psycopg"),
        ("postgresql://u@h/d", "postgresql+psycopg"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg"),
    ],
)
def test_urls_of_other_drivers_are_understood(given: str, used: str) -> None:
    assert parse_url(given).drivername == used


def test_unknown_databases_are_refused() -> None:
    with pytest.raises(ValueError, match=r"does not know mysql.*postgresql\+psycopg, sqlite\+aiosqlite"):
        SQLStore("mysql://u@h/d")


def test_store_takes_a_url_or_an_engine() -> None:
    with pytest.raises(ValueError, match="either"):
        SQLStore()
    with pytest.raises(ValueError, match="either"):
        SQLStore("sqlite://", engine=create_async_engine("sqlite+aiosqlite://"))


async def test_engine_that_was_given_stays_open(sqlite_url: str) -> None:
    engine = create_async_engine(sqlite_url)
    store = SQLStore(engine=engine)
    saved = thread()
    await store.save_thread(saved, None)
    await store.add_thread_item(saved.id, item(saved.id), None)
    await store.delete_thread(saved.id, None)
    await store.close()
    async with engine.connect() as connection:
        count = await connection.exec_driver_sql("SELECT count(*) FROM chatkit_items")
        assert count.scalar() == 0
    await engine.dispose()


async def test_closed_store_opens_again_when_it_is_used(sqlite_url: str) -> None:
    store = SQLStore(sqlite_url)
    saved = thread()
    await store.save_thread(saved, None)
    await store.close()
    await store.close()
    assert await store.load_thread(saved.id, None) == saved
    await store.close()


def test_in_memory_store_is_the_memory_store() -> None:
    assert store_module.InMemoryStore is MemoryStore
    for module in (store_module, stores):
        with pytest.raises(AttributeError):
            _ = module.NoSuchStore


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_database_packages_are_imported_only_when_used() -> None:
    done = python(
        "import sys, chatkit.server, chatkit.stores\n"
        "print(sorted({'sqlalchemy', 'alembic', 'aiosqlite', 'psycopg'} & set(sys.modules)))"
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize(
    ("missing", "url", "command"),
    [
        ("sqlalchemy", "sqlite://", "pip install 'open-chatkit[sqlite]'"),
        ("sqlalchemy", "sqlite://", "pip install 'open-chatkit[postgres]'"),
        ("alembic", "sqlite://", "pip install 'open-chatkit[sqlite]'"),
        ("aiosqlite", "sqlite://", "pip install 'open-chatkit[sqlite]'"),
        ("psycopg", "postgresql://u@h/d", "pip install 'open-chatkit[postgres]'"),
    ],
)
def test_missing_package_is_named_with_its_pip_command(missing: str, url: str, command: str) -> None:
    done = python(
        f"import sys; sys.modules[{missing!r}] = None\n"
        "import chatkit.stores\n"
        "try:\n"
        f"    chatkit.stores.SQLStore({url!r})\n"
        "except ImportError as error:\n"
        "    print(error)"
    )
    assert command in done.stdout, done.stderr
