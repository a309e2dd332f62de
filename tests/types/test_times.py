"""Naive times are local times, as Python means them, wherever they are given and whatever is done with them."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from chatkit.store import Store
from chatkit.stores import MemoryStore, SQLStore
from chatkit.types import EndOfTurnItem, ThreadItem, ThreadMetadata, WorkflowItem

# Naive times are what this is about.
NOON = datetime(2026, 7, 1, 12)  # noqa: DTZ001
EDGES = [datetime.min, datetime.max]  # noqa: DTZ901


@pytest.fixture(params=["America/New_York", "Asia/Tokyo", "UTC"])
def _zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store[Any]]:
    if request.param == "memory":
        yield MemoryStore()
        return
    made = SQLStore[Any](f"sqlite+aiosqlite:///{tmp_path}/times.sqlite3")
    yield made
    await made.close()


def thread(at: Any, thread_id: str = "thr") -> ThreadMetadata:
    return ThreadMetadata(id=thread_id, created_at=at)


@pytest.mark.usefixtures("_zone")
@pytest.mark.parametrize(
    "make",
    [
        lambda at: thread(at),
        lambda at: EndOfTurnItem(id="i", thread_id="t", created_at=at),
        lambda at: ThreadMetadata.model_validate({"id": "t", "created_at": at.isoformat()}),
        lambda at: ThreadItem.model_validate({"type": "end_of_turn", "id": "i", "thread_id": "t", "created_at": at}),
    ],
    ids=["thread", "item", "text", "union"],
)
def test_a_naive_time_is_a_local_time(make: Callable[[datetime], Any]) -> None:
    made = make(NOON)
    assert made.created_at.timestamp() == NOON.timestamp()
    assert made.created_at.tzinfo is UTC
    assert f'"{NOON.astimezone(UTC).isoformat().replace("+00:00", "Z")}"' in made.model_dump_json()


@pytest.mark.usefixtures("_zone")
def test_a_naive_time_that_was_assigned_is_written_as_the_moment_it_is() -> None:
    made = thread(datetime.now(UTC))
    made.created_at = NOON
    assert ThreadMetadata.model_validate_json(made.model_dump_json()).created_at.timestamp() == NOON.timestamp()


@pytest.mark.usefixtures("_zone")
@pytest.mark.parametrize("deep", [False, True])
def test_a_naive_time_that_was_given_to_a_copy_is_written_as_the_moment_it_is(deep: bool) -> None:
    item = EndOfTurnItem(id="i", thread_id="t", created_at=datetime.now(UTC))
    for made in (item, thread(datetime.now(UTC))):
        copy = made.model_copy(update={"created_at": NOON}, deep=deep)
        assert copy.created_at - NOON == timedelta(0)
        assert type(made).model_validate_json(copy.model_dump_json()).created_at.timestamp() == NOON.timestamp()


@pytest.mark.usefixtures("_zone")
def test_naive_and_stored_times_can_be_subtracted_and_compared() -> None:
    """`datetime.now() - item.created_at` is in many servers, and in copies of the reference's stream."""
    created: Any = thread(NOON).created_at
    hour = timedelta(hours=1)
    assert (NOON + hour) - created == hour
    assert created - (NOON - hour) == hour
    assert created - hour == NOON - hour
    assert created < NOON + hour
    assert NOON + hour > created
    assert not created > NOON
    assert created <= NOON <= created
    assert created == NOON
    assert created != NOON + hour
    assert sorted([NOON + hour, created, NOON - hour]) == [NOON - hour, created, NOON + hour]
    assert created.replace(tzinfo=None) - NOON.astimezone(UTC).replace(tzinfo=None) == timedelta(0)


@pytest.mark.usefixtures("_zone")
@pytest.mark.parametrize("edge", EDGES)
def test_naive_times_at_the_ends_of_the_calendar_are_times_too(edge: datetime) -> None:
    assert thread(edge).created_at.year == edge.year


def test_an_aware_time_that_utc_does_not_have_is_an_error_that_names_the_field() -> None:
    with pytest.raises(ValueError, match="created_at"):
        thread(datetime.min.replace(tzinfo=timezone(timedelta(hours=9))))


@pytest.mark.usefixtures("_zone")
async def test_threads_are_listed_by_the_moments_that_naive_times_mean(store: Store[Any]) -> None:
    for thread_id, minutes in (("b", 1), ("c", 2), ("a", 0)):
        added = thread(NOON.astimezone(UTC), thread_id)
        added.created_at = NOON + timedelta(minutes=minutes)  # naive: nothing has validated it
        await store.save_thread(added, {})
    await store.save_thread(thread(NOON.astimezone(UTC) + timedelta(seconds=90), "between"), {})
    listed = await store.load_threads(10, None, "asc", {})
    assert [found.id for found in listed.data] == ["a", "b", "between", "c"]


@pytest.mark.usefixtures("_zone")
async def test_items_stay_in_the_order_in_which_they_were_added(store: Store[Any]) -> None:
    await store.save_thread(thread(NOON), {})
    times = [NOON, NOON.astimezone(UTC), NOON - timedelta(days=1), NOON + timedelta(days=1), EDGES[0]]
    for number, at in enumerate(times):
        await store.add_thread_item("thr", EndOfTurnItem(id=f"i{number}", thread_id="thr", created_at=at), {})
    page = await store.load_thread_items("thr", None, 10, "asc", {})
    assert [item.id for item in page.data] == ["i0", "i1", "i2", "i3", "i4"]


@pytest.mark.usefixtures("_zone")
def test_a_workflow_that_began_at_a_naive_time_ends_with_the_seconds_it_took() -> None:
    from chatkit.adapters.openai_agents.workflow import finished

    workflow: Any = {"type": "custom", "tasks": []}
    item = WorkflowItem(id="w", thread_id="t", created_at=datetime.now(UTC), workflow=workflow)
    item.created_at = datetime.now() - timedelta(seconds=65)  # noqa: DTZ005
    summary: Any = finished(item).workflow.summary
    assert 65 <= summary.duration <= 75
