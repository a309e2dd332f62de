"""Todos in their table."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatkit.demo.todos.database import MAX_TODOS, TodoDatabase
from chatkit.demo.todos.model import TodoError


@pytest.fixture
async def database(tmp_path: Path) -> AsyncGenerator[TodoDatabase]:
    opened = TodoDatabase(f"sqlite+aiosqlite:///{tmp_path / 'todos.sqlite3'}")
    await opened.open()
    yield opened
    await opened.close()


async def test_todos_keep_the_order_in_which_they_were_added(database: TodoDatabase) -> None:
    todos = database.of("ada")
    added = await todos.add(["b", "a"])
    added += await todos.add(["c"])
    assert await todos.all() == added
    assert [todo.title for todo in added] == ["b", "a", "c"]


async def test_times_are_aware_and_of_now(database: TodoDatabase) -> None:
    todos = database.of("ada")
    (todo,) = await todos.add(["milk"])
    await todos.set_done([todo.id])
    (stored,) = await todos.all()
    assert stored.done_at is not None
    for moment in (stored.created_at, stored.done_at):
        assert timedelta(0) <= datetime.now(UTC) - moment < timedelta(minutes=1)


async def test_owners_are_apart(database: TodoDatabase) -> None:
    ada, bob = database.of("ada"), database.of("bob")
    (todo,) = await ada.add(["milk"])
    assert await bob.all() == []
    assert await bob.set_done([todo.id]) == 0
    assert await bob.delete([todo.id]) == 0
    await ada.set_done([todo.id])
    assert await bob.clear_completed() == 0
    assert [todo.title for todo in await ada.all()] == ["milk"]


async def test_changes_say_how_many_there_were(database: TodoDatabase) -> None:
    todos = database.of("ada")
    ids = [todo.id for todo in await todos.add(["a", "b", "c"])]
    assert await todos.set_done(ids[:2]) == 2
    assert await todos.set_done(ids[:2]) == 0
    assert await todos.set_done([ids[0]], done=False) == 1
    assert await todos.clear_completed() == 1
    assert await todos.delete([*ids, "no-such-id"]) == 2
    assert await todos.all() == []


@pytest.mark.parametrize(
    ("given", "kept"), [(" a\n\tb ", "a b"), ("a\0b\x07", "ab"), ("👨‍👩‍👧 family", "👨‍👩‍👧 family"), ("a\ud800b", "ab")]
)
async def test_titles_are_cleaned(database: TodoDatabase, given: str, kept: str) -> None:
    await database.of("ada").add([given])
    assert [todo.title for todo in await database.of("ada").all()] == [kept]


@pytest.mark.parametrize("bad", ["", "  ", "\0", "x" * 201])
async def test_all_titles_are_added_or_none(database: TodoDatabase, bad: str) -> None:
    with pytest.raises(TodoError):
        await database.of("ada").add(["milk", bad])
    assert await database.of("ada").all() == []


async def test_a_list_has_a_limit_also_when_many_add_at_once(database: TodoDatabase) -> None:
    todos = database.of("ada")
    batches = [todos.add([f"{batch}.{number}" for number in range(30)]) for batch in range(5)]
    outcomes = await asyncio.gather(*batches, return_exceptions=True)
    assert sum(isinstance(outcome, TodoError) for outcome in outcomes) == 2
    assert len(await todos.all()) == 90
    with pytest.raises(TodoError, match="room for 100"):
        await todos.add(["x"] * (MAX_TODOS + 1))


async def test_the_log_is_written_ahead(database: TodoDatabase) -> None:
    async with database.engine.connect() as connection:
        assert (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar() == "wal"
