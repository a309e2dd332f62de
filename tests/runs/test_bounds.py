"""What a run may take: of memory, of time, of its event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from chatkit._runs import beginning, runs_of
from chatkit._runs.book import MOST_BYTES
from chatkit.types import ThreadItemAddedEvent, ThreadItemDoneEvent, ThreadMetadata, ThreadStreamEvent
from tests.runs.conftest import Replica
from tests.runs.test_invariants import Directed, texts
from tests.support.runs import Frames, Listening, Script, Stage, delta, fold, has, message, said

Make = Callable[[Script], Replica]

CHUNK = "x" * 50_000


class Long:
    """A hook that says three times as much as is kept, in one message or in many, then waits for the test."""

    def __init__(self, *, in_one: bool) -> None:
        self.stage = Stage()
        self.in_one = in_one

    async def respond(self, thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemAddedEvent(item=message(thread, "last"))
        yield delta("last", "begun ")
        await self.stage.hears("go on")
        said = "begun "
        for number in range(3 * MOST_BYTES // len(CHUNK)):
            await asyncio.sleep(0.05)
            if self.in_one:
                said += CHUNK
                yield delta("last", CHUNK)
            else:
                yield ThreadItemDoneEvent(item=message(thread, f"msg_{number}", CHUNK))
        self.stage.say("long")
        await self.stage.hears("end")
        yield delta("last", "over.")
        yield ThreadItemDoneEvent(item=message(thread, "last", f"{said}over."))


@pytest.mark.parametrize(
    "in_one", [pytest.param(True, id="one message"), pytest.param(False, id="many", marks=pytest.mark.all)]
)
async def test_a_long_run_is_trimmed_and_followed_all_the_same(replicas: Make, *, in_one: bool) -> None:
    long = Long(in_one=in_one)
    here, there = replicas(long.respond), replicas(long.respond)
    mine = await Listening.to(here, "threads.create", input=said("Hello"), first="thread.item.updated")
    thread_id = mine.heard.of("thread.created")["thread"]["id"]
    followers = [await Listening.to(one, "threads.resume", thread_id=thread_id) for one in (here, there)]
    long.stage.say("go on")
    await long.stage.hears("long")
    [run] = runs_of(here.server).going
    async with asyncio.timeout(10):
        while run.book.recent:  # noqa: ASYNC110 - until the tick has come
            await asyncio.sleep(0.01)
    assert run.book.size <= MOST_BYTES + 35 * len(CHUNK)  # and two seconds of it
    late = [asyncio.create_task(one.stream("threads.resume", thread_id=thread_id)) for one in (here, there)]
    old = [
        asyncio.create_task(one.stream("threads.resume", thread_id=thread_id, after=mine.heard.position_of(3)))
        for one in (here, there)
    ]
    await asyncio.sleep(0.2)
    known = await here.stored(thread_id)
    long.stage.say("end")
    await mine.task
    stored = summary(await here.stored(thread_id))
    assert summary(fold((await mine.task).events)) == stored
    for follower in followers:
        heard = await follower.task
        assert (summary(fold(heard.events, known=known)), heard.types.count("stream.reset")) == (stored, 0)
    for following in (*late, *old):
        heard = await following
        assert heard.types[0] == "stream.reset"
        assert summary(fold(heard.events, known=known)) == stored
    entries = await _log_of(there, mine.heard.run_id)
    # Redis keeps the bases of the last two seconds, each with all that was pending.
    assert sum(len(entry.text) for entry in entries) <= (24 if in_one else 4) * MOST_BYTES
    assert entries[0].base


def summary(items: list[dict[str, Any]]) -> dict[str, tuple[int, str]]:
    """What items say, in short. Who saw them begin has them in that order, the store in that of their ends."""
    texts_by_id = {item["id"]: item["content"][0]["text"] for item in items}
    return {item_id: (len(text), text[-20:]) for item_id, text in sorted(texts_by_id.items())}


async def _log_of(client: Replica, run_id: str) -> Any:
    engine = client.store.live_engine()
    assert engine is not None
    return (await engine.log.read({run_id: 0}))[run_id]


async def test_a_follower_that_is_slow_costs_a_number(replicas: Make) -> None:
    """It stands still while more is said than is kept, then goes on from what is pending."""
    long = Long(in_one=True)
    here = replicas(long.respond)
    heard = Frames()
    stream = await here.open("threads.create", input=said("Hello"))
    while "thread.item.updated" not in heard.types:
        heard.feed(await anext(stream))
    long.stage.say("go on")
    await long.stage.hears("long")
    long.stage.say("end")
    async for data in stream:
        heard.feed(data)
    assert "stream.reset" in heard.types
    thread_id = heard.of("thread.created")["thread"]["id"]
    assert fold(heard.events) == await here.stored(thread_id)


async def test_a_hook_that_never_waits_lets_others_have_their_turn(replicas: Make) -> None:
    turns = 0

    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemAddedEvent(item=message(thread, "msg"))
        for _ in range(5000):
            yield delta("msg", "x")
        yield ThreadItemDoneEvent(item=message(thread, "msg", "x" * 5000))

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(other())
    heard = await replicas(respond).create()
    counting.cancel()
    assert heard.of("run.ended")["outcome"] == "completed"
    assert turns > 50


async def test_a_run_that_lasts_too_long_is_interrupted(replicas: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginning, "LONGEST_SECONDS", 0.1)
    directed = Directed()
    here = replicas(directed.respond)
    heard = await here.create()
    assert heard.of("run.ended")["outcome"] == "interrupted"
    thread_id = heard.of("thread.created")["thread"]["id"]
    assert texts(await here.stored(thread_id)) == [("Hello", None), ("One ", "incomplete")]


async def test_what_is_said_is_merged_for_the_log(replicas: Make) -> None:
    """Deltas of one text that come in one tick are one entry."""

    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemAddedEvent(item=message(thread, "msg"))
        for _ in range(40):
            await asyncio.sleep(0.01)
            yield delta("msg", "word ")
        yield ThreadItemDoneEvent(item=message(thread, "msg", "word " * 40))

    here = replicas(respond)
    heard = await here.create()
    entries = await _log_of(here, heard.run_id)
    assert len(heard.types) == 46
    assert len(entries) <= 20
    assert [entry.first for entry in entries] == [1, *(entry.last + 1 for entry in entries[:-1])]
    assert has("run.ended")(heard)
