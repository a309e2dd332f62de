"""What holds of runs across processes: followed, stopped, taken over elsewhere."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from chatkit._runs import runs_of
from chatkit.store import NotFoundError, StoreUnavailableError
from chatkit.types import ThreadItemAddedEvent, ThreadItemDoneEvent, ThreadMetadata, ThreadStreamEvent
from tests.runs.conftest import Replica
from tests.runs.test_invariants import Directed, texts
from tests.support.runs import Frames, Listening, Script, delta, fold, has, message, said

Make = Callable[[Script], Replica]


async def test_a_run_is_followed_on_another_replica(replicas: Make) -> None:
    directed = Directed()
    here, there = replicas(directed.respond), replicas(directed.respond)
    heard = await here.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    assert (await there.ask("threads.get_by_id", thread_id=thread_id))["active_run"] == {"id": heard.run_id}
    follower = await Listening.to(there, "threads.resume", thread_id=thread_id)
    late = asyncio.create_task(there.stream("threads.resume", thread_id=thread_id, after=heard.position))
    directed.stage.say("go on 1")
    for following, before in ((follower.task, []), (late, heard.events)):
        rest = await following
        assert "stream.reset" not in rest.types
        assert rest.of("run.ended")["outcome"] == "completed"
        assert fold([*before, *rest.events]) == await there.stored(thread_id)
    assert there.server.calls == 0


async def test_a_stop_reaches_the_replica_that_answers(replicas: Make) -> None:
    directed = Directed()
    here, there = replicas(directed.respond), replicas(directed.respond)
    heard = await here.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    assert await there.ask("threads.stop", thread_id=thread_id, run_id=heard.run_id) == {"outcome": "stopped"}
    assert texts(await there.stored(thread_id)) == [("Hello", None), ("One ", "stopped")]
    rest = await there.stream("threads.resume", thread_id=thread_id, run_id=heard.run_id, after=heard.position)
    assert fold(heard.events + rest.events) == await there.stored(thread_id)


async def test_of_many_replicas_one_answers(replicas: Make) -> None:
    directed = Directed()
    directed.stage.say("go on 1")
    many = [replicas(directed.respond) for _ in range(4)]
    thread_id = (await many[0].create()).of("thread.created")["thread"]["id"]
    sending = [asyncio.create_task(one.send(thread_id, f"From {number}")) for number, one in enumerate(many)]
    await directed.stage.hears("began 2")
    _, pending = await asyncio.wait(sending, timeout=1)
    assert len(pending) == 1
    directed.stage.say("go on 2")
    heard = await asyncio.gather(*sending)
    busy = [one for one in heard if one.types[0] == "error"]
    assert len(busy) == 3
    assert {one.events[0]["code"] for one in busy} == {"thread.busy"}
    assert len(await many[1].stored(thread_id)) == 4
    assert sum(one.server.calls for one in many) == 2


async def test_two_servers_of_one_store_are_not_shut_down_together(replicas: Make) -> None:
    directed = Directed()
    here, there = replicas(directed.respond), replicas(directed.respond)
    beside = Replica(here.store, directed.respond)
    heard = await here.create(until=has("thread.item.updated"))
    await beside.ask("threads.list")
    await runs_of(beside.server).close(0)
    thread_id = heard.of("thread.created")["thread"]["id"]
    assert (await there.ask("threads.get_by_id", thread_id=thread_id))["active_run"] == {"id": heard.run_id}
    directed.stage.say("go on 1")
    rest = await there.stream("threads.resume", thread_id=thread_id)
    assert rest.of("run.ended")["outcome"] == "completed"


async def test_a_client_that_leaves_at_once_has_begun_its_turn(replicas: Make) -> None:
    directed = Directed()
    directed.stage.say("go on 1")
    here = replicas(directed.respond)
    for _ in range(20):  # at each of the first steps
        stream = await here.open("threads.create", input=_SAID, request_id="once")
        asking = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])
        await stream.aclose()
    heard = await here.stream("threads.create", input=_SAID, request_id="once")
    assert heard.of("run.ended")["outcome"] == "completed"
    assert here.server.calls == 1


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 5, 8, 20, 60])
@pytest.mark.parametrize("operation", ["threads.create", "threads.resume"])
async def test_who_leaves_while_a_run_is_looked_for_leaves_nothing_behind(
    replicas: Make, operation: str, steps: int
) -> None:
    directed = Directed()
    here, there = replicas(directed.respond), replicas(directed.respond)
    engine = here.store.live_engine()
    if engine is not None and "Redis" in engine.name:
        pytest.skip("Redis' client now and then leaves a socket to the garbage collector when its loop ends early.")
    heard = await here.create(until=has("thread.item.updated"), request_id="once")
    thread_id = heard.of("thread.created")["thread"]["id"]
    given: dict[str, Any] = {"threads.create": {"input": said("Hello"), "request_id": "once"}}.get(
        operation, {"thread_id": thread_id, "after": "1-9999"}
    )
    stream = await there.open(operation, **given)
    asking = asyncio.ensure_future(anext(stream))
    for _ in range(steps):
        await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])
    await stream.aclose()
    async with asyncio.timeout(5):
        while runs_of(there.server).follows:  # noqa: ASYNC110 - what was begun comes to its end
            await asyncio.sleep(0.01)


async def test_a_request_that_goes_to_two_replicas_is_one_turn(replicas: Make) -> None:
    directed = Directed()
    here, there = replicas(directed.respond), replicas(directed.respond)
    both = [asyncio.create_task(one.create(request_id="once")) for one in (here, there)]
    await directed.stage.hears("began 1")
    directed.stage.say("go on 1")
    first, second = await asyncio.gather(*both)
    assert first.run_id == second.run_id
    assert here.server.calls + there.server.calls == 1
    assert len((await here.ask("threads.list"))["data"]) == 1
    assert fold(first.events) == fold(second.events)


async def test_whoever_follows_a_dead_run_ends_it_once(replicas: Make) -> None:
    directed = Directed()
    here, there, elsewhere = (replicas(directed.respond) for _ in range(3))
    heard = await here.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    followers = [
        await Listening.to(one, "threads.resume", thread_id=thread_id) for one in (there, there, elsewhere, elsewhere)
    ]
    await here.fall_silent()
    for follower in followers:
        rest = await follower.task
        assert rest.of("run.ended")["outcome"] == "interrupted"
        assert fold(rest.events) == await there.stored(thread_id)
    assert texts(await there.stored(thread_id)) == [("Hello", None), ("One ", "incomplete")]
    directed.stage.say("go on 2")
    assert (await there.send(thread_id)).of("run.ended")["outcome"] == "completed"


@pytest.mark.parametrize(
    "operation", ["threads.get_by_id", "threads.add_user_message", "threads.resume", "threads.stop"]
)
async def test_the_owners_next_request_ends_a_dead_run(replicas: Make, operation: str) -> None:
    directed = Directed()
    here, there = replicas(directed.respond), replicas(directed.respond)
    heard = await here.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    await there.ask("threads.list")
    while (
        heard.position
        not in (
            await there.stream("threads.resume", thread_id=thread_id, until=has("thread.item.updated"))
        ).raw.decode()
    ):
        continue
    await here.fall_silent()
    directed.stage.say("go on 2")
    match operation:
        case "threads.get_by_id":
            assert "active_run" not in await there.ask(operation, thread_id=thread_id)
        case "threads.add_user_message":
            assert (await there.send(thread_id)).of("run.ended")["outcome"] == "completed"
        case "threads.resume":
            assert (await there.stream(operation, thread_id=thread_id)).of("run.ended")["outcome"] == "interrupted"
        case _:
            assert await there.ask(operation, thread_id=thread_id, run_id=heard.run_id) == {"outcome": "interrupted"}
    assert texts(await there.stored(thread_id))[:2] == [("Hello", None), ("One ", "incomplete")]


@pytest.mark.parametrize("fails", ["the store", "the lease"])
async def test_a_run_that_cannot_be_ended_at_once_is_ended_later(
    replicas: Make, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """The database goes away right after a process has taken a dead run over: the run is not held for ever."""
    directed = Directed()
    here, there = replicas(directed.respond), replicas(directed.respond)
    heard = await here.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    follower = await Listening.to(there, "threads.resume", thread_id=thread_id)
    engine = there.store.live_engine()
    assert engine is not None
    target, name = (there.store, "add_thread_item") if fails == "the store" else (engine.leases, "end")
    really, failed = getattr(target, name), 0

    async def fail_twice(*given: Any, **named: Any) -> Any:
        nonlocal failed
        failed += 1
        if failed <= 2:
            raise StoreUnavailableError("It is away.")
        return await really(*given, **named)

    monkeypatch.setattr(target, name, fail_twice)
    await here.fall_silent()
    rest = await follower.task
    assert rest.of("run.ended")["outcome"] == "interrupted"
    assert texts(await there.stored(thread_id)) == [("Hello", None), ("One ", "incomplete")]
    directed.stage.say("go on 2")
    assert (await there.send(thread_id)).of("run.ended")["outcome"] == "completed"


async def test_a_process_that_wakes_up_writes_nothing(replicas: Make) -> None:
    directed = Directed()
    seen: list[Exception | None] = []

    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemAddedEvent(item=message(thread, "msg"))
        yield delta("msg", "Half")
        directed.stage.say("asleep")
        try:
            await directed.stage.hears("awake")
        except asyncio.CancelledError:
            await directed.stage.hears("awake")
        for write in (
            lambda: here.store.add_thread_item(thread.id, message(thread, "by hand", "Late"), context),
            lambda: here.store.save_thread(thread.model_copy(update={"title": "Late"}), context),
            lambda: here.store.delete_thread_item(thread.id, "msg", context),
        ):
            seen.append(await _error_of(write))
        yield ThreadItemDoneEvent(item=message(thread, "msg", "Half and more"))

    here, there = replicas(respond), replicas(directed.respond)
    mine = await Listening.to(here, "threads.create", first="thread.item.updated", input=_SAID)
    thread_id = mine.heard.of("thread.created")["thread"]["id"]
    await directed.stage.hears("asleep")
    await here.fall_silent()
    assert "active_run" not in await there.ask("threads.get_by_id", thread_id=thread_id)
    directed.stage.say("go on 1")
    await there.send(thread_id, "Next")
    before = await there.stored(thread_id)
    directed.stage.say("awake")
    await mine.task
    assert [type(error).__name__ for error in seen] == ["LeaseLostError"] * 3
    assert await there.stored(thread_id) == before
    assert (await there.ask("threads.get_by_id", thread_id=thread_id)).get("title") is None
    assert "run.ended" not in mine.heard.types or mine.heard.of("run.ended")["outcome"] == "interrupted"


async def _error_of(write: Callable[[], Any]) -> Exception | None:
    """Of a hook that heeds no cancellation."""
    while True:
        try:
            await write()
        except asyncio.CancelledError:
            continue
        except Exception as error:  # noqa: BLE001 - looked at by the test
            return error
        else:
            return None


_SAID = {"content": [{"type": "input_text", "text": "Hello"}], "attachments": [], "inference_options": {}}


async def test_a_run_that_died_before_it_wrote_anything_never_was(replicas: Make) -> None:
    directed = Directed()
    here, there = replicas(directed.respond), replicas(directed.respond)
    engine = here.store.live_engine()
    assert engine is not None
    await engine.leases.start(lambda: None)
    from chatkit._runs.positions import digest_of
    from chatkit._wire import parse_request

    request: Any = parse_request(there.body("threads.create", input=_SAID))
    assert await engine.leases.open("ada", "run_dead", "once", digest_of(request)) is None
    await here.fall_silent()
    directed.stage.say("go on 1")
    heard = await there.create(request_id="once")
    assert heard.of("run.ended")["outcome"] == "completed"


async def test_another_owner_finds_nothing_on_another_replica(replicas: Make) -> None:
    directed = Directed()
    here, there = replicas(directed.respond), replicas(directed.respond)
    there.context = {"user_id": "grace"}
    heard = await here.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    for operation in ("threads.resume", "threads.stop"):
        with pytest.raises(NotFoundError):
            await (there.stream if operation == "threads.resume" else there.ask)(
                operation, thread_id=thread_id, run_id=heard.run_id
            )


async def test_watchers_hear_what_happens_elsewhere(replicas: Make) -> None:
    directed = Directed()
    here, there = replicas(directed.respond), replicas(directed.respond)
    watching = await Listening.to(there, "threads.watch", until=has("run.ended"))
    directed.stage.say("go on 1")
    await here.create()
    assert (await watching.task).types == ["watch.opened", "run.started", "run.ended"]


# 2: any number of lost connections


def scene(seed: int, thread: ThreadMetadata) -> list[ThreadStreamEvent]:
    """Some messages, in pieces of any size, with all that JSON can hold."""
    random_ = random.Random(seed)  # noqa: S311 - not for secrets
    events: list[ThreadStreamEvent] = []
    for number in range(random_.randint(2, 4)):
        item_id = f"msg_{number}"
        events.append(ThreadItemAddedEvent(item=message(thread, item_id)))
        pieces = [random_.choice(PIECES) * random_.randint(1, 3) for _ in range(random_.randint(5, 40))]
        events += [delta(item_id, piece) for piece in pieces]
        events.append(ThreadItemDoneEvent(item=message(thread, item_id, "".join(pieces))))
    return events


PIECES = [
    "word ",
    "é",
    "日本語",
    "🎉",
    '"',
    "\\",
    "\n",
    "\x00",
    '","',
    '"}}',
    ',"delta":"',
    "id: 1-1\n",
    "data: x\n\n",
    "\u2028",
    "<b>",
]


async def lossy(client: Replica, others: list[Replica], thread_id: str, run_id: str, seed: int) -> tuple[Frames, int]:
    """Follows a run through connections that break at any byte, to any replica. How often they broke."""
    random_ = random.Random(seed)  # noqa: S311 - not for secrets
    whole, cuts = Frames(), 0
    while "run.ended" not in whole.types:
        replica = random_.choice(others)
        heard, bytes_left = Frames(), random_.choice([0, 1, 40, 200, 2000, 100_000])
        given = {} if whole.position is None else {"after": whole.position}
        stream = await replica.open("threads.resume", thread_id=thread_id, run_id=run_id, **given)
        async for data in stream:
            heard.feed(data[:bytes_left])
            bytes_left -= len(data)
            if bytes_left <= 0:
                cuts += 1
                break
        await stream.aclose()
        whole.frames += heard.frames
        assert "stream.reset" not in heard.types
    return whole, cuts


@pytest.mark.parametrize("seed", range(3))
async def test_what_is_folded_in_the_end_is_what_is_stored(replicas: Make, seed: int, most_cuts: int) -> None:
    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        for number, event in enumerate(scene(seed, thread)):
            if number % 7 == 0:
                await asyncio.sleep(0.005)
            yield event

    several = [replicas(respond) for _ in range(3)]
    cuts = 0
    while cuts < most_cuts:
        began = await several[0].create(until=has("stream_options"))
        thread_id = began.of("thread.created")["thread"]["id"]
        followers = [
            lossy(several[0], several, thread_id, began.run_id, seed * 1000 + number + cuts) for number in range(40)
        ]
        stored: list[dict[str, Any]] | None = None
        for whole, broken in await asyncio.gather(*followers):
            stored = stored if stored is not None else await several[1].stored(thread_id)
            cuts += broken
            assert fold(whole.events) == stored
            numbers = [int(position.split("-")[1]) for position, _ in whole.frames]
            assert numbers == sorted(set(numbers))
    print(json.dumps({"disconnects": cuts}))


@pytest.fixture
def most_cuts(request: pytest.FixtureRequest) -> int:
    return 3500 if request.config.getoption("--all") else 150
