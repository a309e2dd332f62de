"""What holds of runs, number by number (see `docs/live.md`), in one process."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatkit._runs import runs_of
from chatkit.errors import RequestError
from chatkit.store import NotFoundError, StoreUnavailableError
from chatkit.store.memory import MemoryStore
from chatkit.types import (
    ClientEffectEvent,
    ClientToolCallItem,
    NoticeEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)
from tests.support.runs import (
    Client,
    DirectedServer,
    Frames,
    Listening,
    Stage,
    delta,
    fold,
    has,
    message,
    said,
    whole_message,
)


class Directed:
    """A hook that says one word, then waits for the test."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.numbers = iter(range(1, 100))

    async def respond(self, thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        number = next(self.numbers)
        answer = message(thread, f"msg_{number}")
        yield ThreadItemAddedEvent(item=answer)
        yield delta(answer.id, "One ")
        self.stage.say(f"began {number}")
        await self.stage.hears(f"go on {number}")
        yield delta(answer.id, "two.")
        yield ThreadItemDoneEvent(item=message(thread, answer.id, "One two."))


@pytest.fixture
def directed() -> Directed:
    return Directed()


@pytest.fixture
def client(directed: Directed) -> Client:
    return Client(DirectedServer(MemoryStore(), directed.respond))


def texts(items: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    """What messages say, and how they ended."""
    return [(item["content"][0]["text"], item.get("status")) for item in items if "content" in item]


# 1: a stop is not a lost connection


async def test_a_lost_connection_leaves_no_trace(client: Client, directed: Directed) -> None:
    heard = await client.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    directed.stage.say("go on 1")
    rest = await client.stream("threads.resume", thread_id=thread_id, run_id=heard.run_id, after=heard.position)
    assert rest.of("run.ended")["outcome"] == "completed"
    stored = await client.server.store.load_thread_items(thread_id, None, 20, "asc", client.context)
    assert [item.type for item in stored.data] == ["user_message", "assistant_message"]
    assert fold(heard.events + rest.events) == await client.stored(thread_id)


async def test_a_stop_ends_the_run_that_it_names_and_answers_when_it_is_stored(client: Client) -> None:
    heard = await client.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    answer = await client.ask("threads.stop", thread_id=thread_id, run_id=heard.run_id)
    assert answer == {"outcome": "stopped"}
    assert texts(await client.stored(thread_id)) == [("Hello", None), ("One ", "stopped")]
    rest = await client.stream("threads.resume", thread_id=thread_id, run_id=heard.run_id, after=heard.position)
    assert fold(heard.events + rest.events) == await client.stored(thread_id)


async def test_a_late_stop_leaves_the_next_run_alone(client: Client, directed: Directed) -> None:
    directed.stage.say("go on 1")
    first = await client.create()
    thread_id = first.of("thread.created")["thread"]["id"]
    second = await client.send(thread_id, until=has("thread.item.updated"))
    assert await client.ask("threads.stop", thread_id=thread_id, run_id=first.run_id) == {"outcome": "completed"}
    directed.stage.say("go on 2")
    rest = await client.stream("threads.resume", thread_id=thread_id, run_id=second.run_id, after=second.position)
    assert rest.of("run.ended")["outcome"] == "completed"


# 2: positions


@pytest.mark.parametrize("after", ["9-9", "1-9999", "0-0", "nonsense", "1-", "1-1-1", "١-١", "99999999999999999999-1"])
async def test_an_unknown_position_is_answered_with_a_reset(client: Client, directed: Directed, after: str) -> None:
    heard = await client.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    directed.stage.say("go on 1")
    rest = await client.stream("threads.resume", thread_id=thread_id, run_id=heard.run_id, after=after)
    assert rest.types[0] == "stream.reset"
    assert fold(rest.events) == await client.stored(thread_id)


async def test_numbers_have_no_gaps_and_every_position_can_be_gone_on_from(client: Client, directed: Directed) -> None:
    directed.stage.say("go on 1")
    heard = await client.create()
    thread_id = heard.of("thread.created")["thread"]["id"]
    assert [position for position, _ in heard.frames] == [f"1-{number}" for number in range(1, len(heard.frames) + 1)]
    for at, (position, _) in enumerate(heard.frames, 1):
        rest = await client.stream("threads.resume", thread_id=thread_id, run_id=heard.run_id, after=position)
        assert "stream.reset" not in rest.types
        assert fold(heard.events[:at] + rest.events) == await client.stored(thread_id)


# 3: one run per thread


async def test_a_thread_has_one_run_and_nothing_of_the_loser_is_stored(client: Client, directed: Directed) -> None:
    heard = await client.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    others = await asyncio.gather(*(client.send(thread_id, f"Me too {number}") for number in range(5)))
    for other in others:
        assert other.types == ["error", "run.ended"]
        assert (other.events[0]["code"], other.events[0]["allow_retry"]) == ("thread.busy", True)
        assert other.events[1]["outcome"] == "refused"
    assert len(await client.stored(thread_id)) == 1
    assert client.server.calls == 1
    directed.stage.say("go on 1")
    rest = await client.stream("threads.resume", thread_id=thread_id)
    assert rest.of("run.ended")["outcome"] == "completed"


async def test_if_busy_stop_ends_the_run_first(client: Client, directed: Directed) -> None:
    heard = await client.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    directed.stage.say("go on 2")
    second = await client.send(thread_id, if_busy="stop")
    assert second.of("run.ended")["outcome"] == "completed"
    assert texts(await client.stored(thread_id)) == [
        ("Hello", None),
        ("One ", "stopped"),
        ("More", None),
        ("One two.", None),
    ]


@pytest.mark.parametrize(
    "operation",
    ["threads.add_user_message", "threads.retry_after_item", "threads.custom_action", "threads.add_client_tool_output"],
)
async def test_every_turn_finds_a_busy_thread_busy(client: Client, operation: str) -> None:
    heard = await client.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    before = await client.stored(thread_id)
    params: dict[str, Any] = {
        "threads.add_user_message": {"input": said("x")},
        "threads.retry_after_item": {"item_id": before[0]["id"]},
        "threads.custom_action": {"action": {"type": "x", "payload": {}}},
        "threads.add_client_tool_output": {"result": 1},
    }[operation]
    other = await client.stream(operation, thread_id=thread_id, **params)
    assert other.events[0]["code"] == "thread.busy"
    assert await client.stored(thread_id) == before


async def test_an_owner_has_at_most_so_many_runs(client: Client) -> None:
    client.server.max_active_runs = 2
    for _ in range(2):
        await client.create(until=has("thread.item.updated"))
    third = await client.create()
    assert third.events[0]["code"] == "runs.too_many"
    other = Client(client.server, "grace")
    assert (await other.create(until=has("thread.item.updated"))).run_id


# 4: stored before it is seen


async def test_what_is_seen_done_is_stored(directed: Directed) -> None:
    client = Client(DirectedServer(MemoryStore(), directed.respond))
    directed.stage.say("go on 1")
    heard = Frames()
    async for data in await client.open("threads.create", input=said("Hello")):
        before = len(heard.frames)
        heard.feed(data)
        for event in heard.events[before:]:
            if event["type"] == "thread.item.done":
                item = await client.server.store.load_item(
                    event["item"]["thread_id"], event["item"]["id"], client.context
                )
                assert json.loads(item.model_dump_json(exclude_none=True)) == event["item"]


# 8: a request that is sent twice


async def test_a_reply_that_is_cut_anywhere_and_asked_for_again_is_one_turn(request: pytest.FixtureRequest) -> None:
    step = 1 if request.config.getoption("--all") else 37  # bytes
    words = [f"word{number} " for number in range(12)]
    client = Client(DirectedServer(MemoryStore(), whole_message("msg", words)))
    whole = await client.create(request_id="whole")
    for cut in range(0, len(whole.raw), step):
        before = client.server.calls
        heard = Frames()
        stream = await client.open("threads.create", input=said("Hello"), request_id=f"cut {cut}")
        async for data in stream:
            heard.feed(data)
            if len(heard.raw) > cut:
                break
        await stream.aclose()
        again = await client.create(request_id=f"cut {cut}")
        assert client.server.calls == before + 1
        thread_id = again.of("thread.created")["thread"]["id"]
        assert fold(again.events) == await client.stored(thread_id)
        assert texts(await client.stored(thread_id)) == [("Hello", None), ("".join(words), None)]
    assert len(client.server.store._threads) == 1 + len(range(0, len(whole.raw), step))


async def test_many_at_once_under_one_id_are_one(client: Client, directed: Directed) -> None:
    directed.stage.say("go on 1")
    heard = await asyncio.gather(*(client.create(request_id="once") for _ in range(20)))
    assert client.server.calls == 1
    assert len({one.run_id for one in heard}) == 1
    assert len((await client.ask("threads.list"))["data"]) == 1


async def test_another_body_under_the_same_id_is_refused(client: Client, directed: Directed) -> None:
    directed.stage.say("go on 1")
    await client.create("Hello", request_id="once")
    with pytest.raises(RequestError) as refused:
        await client.create("Goodbye", request_id="once")
    assert refused.value.code == "request.id_reused"


async def test_a_request_that_was_refused_can_be_made_again(client: Client, directed: Directed) -> None:
    heard = await client.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    assert (await client.send(thread_id, request_id="later")).events[0]["code"] == "thread.busy"
    directed.stage.say("go on 1")
    await client.stream("threads.resume", thread_id=thread_id)
    directed.stage.say("go on 2")
    assert (await client.send(thread_id, request_id="later")).of("run.ended")["outcome"] == "completed"


async def test_a_request_that_failed_before_its_turn_can_be_made_again(client: Client, directed: Directed) -> None:
    for _ in range(2):
        with pytest.raises(NotFoundError):
            await client.send("thr_unknown", request_id="there is no such thread")


async def test_another_owner_may_have_the_same_id(client: Client, directed: Directed) -> None:
    for number in (1, 2):
        directed.stage.say(f"go on {number}")
    mine = await client.create(request_id="1")
    theirs = await Client(client.server, "grace").create(request_id="1")
    assert mine.run_id != theirs.run_id


# 9: tabs


async def test_what_one_tab_says_appears_in_another_in_order(client: Client, directed: Directed) -> None:
    directed.stage.say("go on 1")
    first = await client.create()
    thread_id = first.of("thread.created")["thread"]["id"]
    mine = asyncio.create_task(client.send(thread_id, "Second"))
    await directed.stage.hears("began 2")
    other = asyncio.create_task(client.stream("threads.resume", thread_id=thread_id))
    directed.stage.say("go on 2")
    for tab in (mine, other):
        assert fold((await tab).events, known=fold(first.events)) == await client.stored(thread_id)
    done = [event["item"]["type"] for event in (await other).events if event["type"] == "thread.item.done"]
    assert done == ["user_message", "assistant_message"]


async def test_what_a_retry_removes_disappears_in_another_tab(client: Client, directed: Directed) -> None:
    for number in (1, 2):
        directed.stage.say(f"go on {number}")
    first = await client.create()
    thread_id = first.of("thread.created")["thread"]["id"]
    known = await client.stored(thread_id)
    retry = await client.stream("threads.retry_after_item", thread_id=thread_id, item_id=known[0]["id"])
    other = await client.stream("threads.resume", thread_id=thread_id, run_id=retry.run_id)
    stored = await client.stored(thread_id)
    assert stored[1]["id"] != known[1]["id"]
    assert fold(other.events, known=known) == stored


async def test_a_client_tools_output_appears_in_another_tab() -> None:
    async def respond(thread: ThreadMetadata, item: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        if item is not None:
            call = ClientToolCallItem(
                id="call", thread_id=thread.id, created_at=thread.created_at, name="ask", arguments={}, call_id="c"
            )
            yield ThreadItemDoneEvent(item=call)
        else:
            yield ThreadItemDoneEvent(item=message(thread, "msg", "Thanks"))

    client = Client(DirectedServer(MemoryStore(), respond))
    first = await client.create()
    thread_id = first.of("thread.created")["thread"]["id"]
    known = await client.stored(thread_id)
    mine = await client.stream("threads.add_client_tool_output", thread_id=thread_id, result={"answer": 42})
    other = await client.stream("threads.resume", thread_id=thread_id, run_id=mine.run_id)
    assert fold(other.events, known=known) == await client.stored(thread_id)


async def test_watchers_hear_of_runs_names_and_ends(client: Client, directed: Directed) -> None:
    watching = await Listening.to(client, "threads.watch", until=has("thread.deleted"))
    stranger = await Listening.to(Client(client.server, "grace"), "threads.watch")
    directed.stage.say("go on 1")
    heard = await client.create()
    thread_id = heard.of("thread.created")["thread"]["id"]
    await client.ask("threads.update", thread_id=thread_id, title="New")
    await client.ask("threads.delete", thread_id=thread_id)
    told = (await watching.task).events
    assert [event["type"] for event in told] == [
        "watch.opened",
        "run.started",
        "run.ended",
        "thread.changed",
        "thread.deleted",
    ]
    assert {event["thread_id"] for event in told[1:]} == {thread_id}
    assert stranger.heard.types == ["watch.opened"]
    stranger.task.cancel()


# 10: effects


async def test_effects_reach_the_tab_that_began_the_turn_once() -> None:
    stage = Stage()

    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        yield ClientEffectEvent(name="confetti")
        yield NoticeEvent(level="info", message="Mind the gap")
        await stage.hears("again")
        yield ClientEffectEvent(name="more confetti")
        yield ThreadItemDoneEvent(item=message(thread, "msg", "Done"))

    client = Client(DirectedServer(MemoryStore(), respond))
    mine = await Listening.to(client, "threads.create", input=said("Hello"), request_id="mine", first="notice")
    heard = mine.heard
    thread_id = heard.of("thread.created")["thread"]["id"]
    other = await Listening.to(client, "threads.resume", thread_id=thread_id)
    stage.say("again")
    await mine.task
    assert heard.types.count("client_effect") == 2
    assert heard.types.index("notice") < heard.types.index("thread.item.done", 2)
    assert not {"client_effect", "notice"} & set((await other.task).types)
    replay = await client.stream("threads.resume", thread_id=thread_id, run_id=heard.run_id, request_id="mine")
    assert not {"client_effect", "notice"} & set(replay.types)


async def test_the_tab_that_began_the_turn_gets_effects_again_when_it_comes_back() -> None:
    stage = Stage()

    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemDoneEvent(item=message(thread, "msg", "Done"))
        await stage.hears("lost")
        yield ClientEffectEvent(name="nobody hears this")
        stage.say("told nobody")
        await stage.hears("back")
        yield ClientEffectEvent(name="confetti")

    client = Client(DirectedServer(MemoryStore(), respond))
    heard = await client.create(request_id="mine", until=has("thread.item.done", 2))
    thread_id = heard.of("thread.created")["thread"]["id"]
    stage.say("lost")
    await stage.hears("told nobody")

    back = await Listening.to(client, "threads.resume", thread_id=thread_id, request_id="mine")
    stage.say("back")
    effects = [event["name"] for event in (await back.task).events if event["type"] == "client_effect"]
    assert effects == ["confetti"]


# 11: client tools


async def test_a_client_tool_call_is_claimed_by_one(client: Client) -> None:
    async def respond(thread: ThreadMetadata, item: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        call = ClientToolCallItem(
            id="call", thread_id=thread.id, created_at=thread.created_at, name="ask", arguments={}, call_id="c"
        )
        yield ThreadItemDoneEvent(item=call if item is not None else message(thread, "msg", "Thanks"))

    client = Client(DirectedServer(MemoryStore(), respond))
    thread_id = (await client.create()).of("thread.created")["thread"]["id"]
    named = {"thread_id": thread_id, "item_id": "call"}
    claims = await asyncio.gather(*(client.ask("items.claim", **named, claimant=f"tab {tab}") for tab in range(9)))
    assert [claim["claimed"] for claim in claims] == [True, *[False] * 8]
    assert await client.ask("items.claim", **named, claimant="tab 0") == {
        "claimed": True,
        "seconds": 8.0,
        "pending": True,
    }
    outputs = await asyncio.gather(
        *(client.stream("threads.add_client_tool_output", thread_id=thread_id, result=number) for number in range(4)),
        return_exceptions=True,
    )
    taken = [output for output in outputs if isinstance(output, Frames) and "stream_options" in output.types]
    assert len(taken) == 1
    assert await client.ask("items.claim", **named, claimant="tab 0") == {"claimed": False, "pending": False}
    with pytest.raises(RequestError):
        await client.ask("items.claim", thread_id=thread_id, item_id="msg", claimant="tab 0")


# 13: isolation


async def test_another_owner_finds_nothing(client: Client) -> None:
    heard = await client.create(until=has("thread.item.updated"), request_id="mine")
    thread_id = heard.of("thread.created")["thread"]["id"]
    stranger = Client(client.server, "grace")
    with pytest.raises(NotFoundError):
        await stranger.stream("threads.resume", thread_id=thread_id)
    with pytest.raises(NotFoundError):
        await stranger.stream("threads.resume", thread_id=thread_id, run_id=heard.run_id)
    with pytest.raises(NotFoundError):
        await stranger.ask("threads.stop", thread_id=thread_id, run_id=heard.run_id)
    with pytest.raises(NotFoundError):
        await stranger.ask("items.claim", thread_id=thread_id, item_id="msg_1", claimant="x")
    own = (await stranger.create(until=has("thread.item.updated"), request_id="mine")).run_id
    assert own != heard.run_id
    with pytest.raises(NotFoundError):  # their own thread, but not their run
        await stranger.ask(
            "threads.stop", thread_id=(await stranger.ask("threads.list"))["data"][0]["id"], run_id=heard.run_id
        )
    assert (await client.ask("threads.get_by_id", thread_id=thread_id))["active_run"] == {"id": heard.run_id}


# 15: ends


async def test_a_change_that_was_made_is_no_failure_when_nobody_can_be_told(
    client: Client, directed: Directed, monkeypatch: pytest.MonkeyPatch
) -> None:
    directed.stage.say("go on 1")
    thread_id = (await client.create()).of("thread.created")["thread"]["id"]

    async def away(*_: object) -> None:
        raise StoreUnavailableError("The log is away.")

    engine = client.server.store.live_engine()
    assert engine is not None
    monkeypatch.setattr(engine.log, "signal", away)
    monkeypatch.setattr(engine.leases, "start", away)
    await runs_of(client.server).close(0)
    await client.ask("threads.update", thread_id=thread_id, title="New")
    assert (await client.server.store.load_thread(thread_id, client.context)).title == "New"


async def test_active_runs_are_told_while_they_go_on(client: Client, directed: Directed) -> None:
    heard = await client.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    assert (await client.ask("threads.get_by_id", thread_id=thread_id))["active_run"] == {"id": heard.run_id}
    threads = await client.ask("threads.list")
    assert threads["data"][0]["active_run"] == {"id": heard.run_id}
    assert threads["extensions"] == ["runs"]
    directed.stage.say("go on 1")
    await client.stream("threads.resume", thread_id=thread_id)
    assert "active_run" not in await client.ask("threads.get_by_id", thread_id=thread_id)
    assert "active_run" not in (await client.ask("threads.list"))["data"][0]
    assert (await client.stream("threads.resume", thread_id=thread_id)).types == ["run.ended"]


async def test_the_next_message_may_come_as_soon_as_the_end_is_seen(client: Client, directed: Directed) -> None:
    for number in range(1, 30):
        directed.stage.say(f"go on {number}")
    thread_id = (await client.create()).of("thread.created")["thread"]["id"]
    for _ in range(20):
        assert (await client.send(thread_id)).of("run.ended")["outcome"] == "completed"


async def test_a_hook_that_fails_ends_its_run_as_failed() -> None:
    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemAddedEvent(item=message(thread, "msg"))
        yield delta("msg", "Half")
        raise ValueError("broken")

    client = Client(DirectedServer(MemoryStore(), respond))
    heard = await client.create()
    thread_id = heard.of("thread.created")["thread"]["id"]
    assert heard.types[-3:] == ["error", "thread.item.done", "run.ended"]
    assert heard.events[-1]["outcome"] == "failed"
    assert fold(heard.events) == await client.stored(thread_id)
    assert texts(await client.stored(thread_id))[1] == ("Half", "incomplete")


async def test_what_is_open_and_not_stored_is_removed_at_the_end() -> None:
    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemAddedEvent(item=message(thread, "msg"))

    client = Client(DirectedServer(MemoryStore(), respond))
    heard = await client.create()
    assert heard.types[-2:] == ["thread.item.removed", "run.ended"]
    assert fold(heard.events) == await client.stored(heard.of("thread.created")["thread"]["id"])


# 16: shutdown


async def test_a_shutdown_waits_for_runs_that_nobody_follows(client: Client, directed: Directed) -> None:
    heard = await client.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    closing = asyncio.create_task(runs_of(client.server).close(60))
    await asyncio.sleep(0.01)
    assert not closing.done()
    directed.stage.say("go on 1")
    await closing
    assert texts(await client.stored(thread_id)) == [("Hello", None), ("One two.", None)]


async def test_a_shutdown_ends_what_takes_too_long_as_interrupted(client: Client) -> None:
    heard = await client.create(until=has("thread.item.updated"))
    thread_id = heard.of("thread.created")["thread"]["id"]
    following = asyncio.create_task(client.stream("threads.resume", thread_id=thread_id))
    await asyncio.sleep(0.01)
    await runs_of(client.server).close(0)
    assert (await following).of("run.ended")["outcome"] == "interrupted"
    assert texts(await client.stored(thread_id)) == [("Hello", None), ("One ", "incomplete")]


# 17: the context


async def test_the_context_is_the_runs_and_outlives_its_request(client: Client, directed: Directed) -> None:
    seen: list[object] = []

    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        yield ThreadItemAddedEvent(item=message(thread, "msg"))
        await directed.stage.hears("closed")
        seen.append(context)
        yield ThreadItemDoneEvent(item=message(thread, "msg", "Done"))

    client.server.script = respond
    heard = await client.create(until=has("thread.item.added"))
    directed.stage.say("closed")
    await client.stream("threads.resume", thread_id=heard.of("thread.created")["thread"]["id"])
    assert seen == [client.context]


async def test_a_server_may_have_no_runs(client: Client, directed: Directed) -> None:
    client.server.resumable_answers = False
    directed.stage.say("go on 1")
    heard = await client.create()
    assert heard.of("stream_options") == {
        "type": "stream_options",
        "stream_options": {"allow_cancel": True},
        "extensions": [],
    }
    assert "run.ended" not in heard.types
    assert b"id:" not in heard.raw
