"""What holds of runs when Redis loses some of their log, all of it, or is away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from itertools import count
from typing import Any

import pytest
from redis.asyncio import Redis

from chatkit.http.health import Health
from chatkit.store import StoreUnavailableError
from chatkit.testing.live_fixtures import until
from chatkit.types import ThreadItemAddedEvent, ThreadItemDoneEvent, ThreadMetadata, ThreadStreamEvent
from tests.runs.conftest import MakeStore, Replica
from tests.runs.test_invariants import texts
from tests.support.redis import RedisServer
from tests.support.runs import Frames, Listening, Script, delta, fold, message, said

Make = Callable[[Script], Replica]


@pytest.fixture
def make_store(redis_stores: MakeStore) -> MakeStore:
    """Here all stores have their log in Redis."""
    return redis_stores


@pytest.fixture
async def client(redis_server: RedisServer) -> AsyncIterator[Redis]:
    """Somebody who does to Redis what happens to it."""
    client = Redis.from_url(redis_server.url)
    yield client
    await client.connection_pool.disconnect()


STOP = "."
"""Ends a message; what follows is in another."""


class Dictated:
    """A hook that says what the test tells it to, until that is None."""

    def __init__(self) -> None:
        self.words: asyncio.Queue[str | None] = asyncio.Queue()

    async def respond(self, thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        item_id, text = f"msg_{thread.id}", ""
        while (word := await self.words.get()) is not None:
            if not text:
                yield ThreadItemAddedEvent(item=message(thread, item_id))
            text += word
            yield delta(item_id, word)
            if word == STOP:
                yield ThreadItemDoneEvent(item=message(thread, item_id, text))
                item_id, text = f"{item_id}_", ""
        if text:
            yield ThreadItemDoneEvent(item=message(thread, item_id, text))


class Conversation:
    """A run on one replica that is followed on others."""

    def __init__(self, replicas: Make) -> None:
        self.dictated = Dictated()
        self._replicas = replicas
        self.here = replicas(self.dictated.respond)
        self.there = replicas(self.dictated.respond)
        self.mine: Listening
        self.thread_id = ""

    async def begin(self) -> None:
        self.mine = await Listening.to(
            self.here, "threads.create", first="stream_options", input=said("Hello"), request_id="once"
        )
        self.thread_id = self.mine.heard.of("thread.created")["thread"]["id"]

    async def follow(self, replica: Replica | None = None) -> Listening:
        replica = replica or self._replicas(self.dictated.respond)
        return await Listening.to(replica, "threads.resume", thread_id=self.thread_id, run_id=self.mine.heard.run_id)

    async def say(self, word: str, *followers: Listening) -> None:
        """Returns when they have heard it."""
        self.dictated.words.put_nowait(word)
        for follower in followers:
            await hears(follower.heard, word)

    def key(self, prefix: str) -> str:
        return f"{prefix}run:{self.mine.heard.run_id}"

    async def end(self, *followers: Listening) -> list[dict[str, Any]]:
        """Everybody has in the end what is stored."""
        self.dictated.words.put_nowait(None)
        for follower in (self.mine, *followers):
            heard = await follower.task
            assert heard.of("run.ended")["outcome"] == "completed"
            assert await after_reset(heard, self.here, self.thread_id) == await self.here.stored(self.thread_id)
        return await self.here.stored(self.thread_id)


async def hears(heard: Frames, word: str) -> None:
    async def heard_it() -> bool:
        return word in heard.raw.decode()

    await until(heard_it)


async def after_reset(heard: Frames, client: Replica, thread_id: str) -> list[dict[str, Any]]:
    """What a client has: after a reset it fetches the thread."""
    if "stream.reset" not in heard.types:
        return fold(heard.events)
    at = len(heard.types) - 1 - heard.types[::-1].index("stream.reset")
    return fold(heard.events[at + 1 :], known=await client.stored(thread_id))


@pytest.fixture
def talk(replicas: Make) -> Conversation:
    return Conversation(replicas)


Lose = Callable[[Redis, str], Awaitable[object]]


async def flush(client: Redis, key: str) -> None:
    await client.flushall()


async def evict(client: Redis, key: str) -> None:
    assert await client.delete(key) == 1


@pytest.mark.parametrize("lose", [flush, evict])
async def test_a_log_that_was_lost_begins_anew(
    talk: Conversation, client: Redis, redis_prefix: str, lose: Lose
) -> None:
    await talk.begin()
    attached = await talk.follow(talk.there)
    await talk.say("One ", talk.mine, attached)
    await lose(client, talk.key(redis_prefix))
    await talk.say("two ", talk.mine, attached)
    assert attached.heard.types.count("stream.reset") == 1
    added = [event for event in attached.heard.events if event["type"] == "thread.item.added"][-1]
    assert added["item"]["content"][0]["text"] == "One two "
    late = await talk.follow()
    await talk.say("three.", talk.mine, attached, late)
    assert await client.ttl(talk.key(redis_prefix)) > 0
    assert texts(await talk.end(attached, late)) == [("Hello", None), ("One two three.", None)]
    assert "stream.reset" not in talk.mine.heard.types


async def test_who_comes_when_the_log_is_lost_need_not_wait_for_the_next_word(
    talk: Conversation, client: Redis
) -> None:
    await talk.begin()
    attached = await talk.follow(talk.there)
    await talk.say("One ", talk.mine, attached)
    await client.flushall()
    late = asyncio.create_task(talk.follow())
    await hears((await late).heard, "One ")
    await talk.end(attached, late.result())


async def test_a_log_that_has_lost_its_end_begins_anew_for_who_has_not_heard_it(
    talk: Conversation, client: Redis, redis_prefix: str
) -> None:
    """As after a failover to a replica that was a little behind."""
    await talk.begin()
    attached = await talk.follow(talk.there)
    await talk.say("One ", talk.mine, attached)
    key = talk.key(redis_prefix)
    then = await client.dump(key)
    await talk.say("two ", talk.mine, attached)
    await client.restore(key, 3_600_000, then, replace=True)
    await talk.say("three ", talk.mine, attached)
    late = await talk.follow()
    await hears(late.heard, "three ")
    assert "stream.reset" in late.heard.types
    await talk.say("four.", talk.mine, attached, late)
    assert texts(await talk.end(attached, late)) == [("Hello", None), ("One two three four.", None)]


async def test_a_log_with_a_hole_begins_anew(talk: Conversation, client: Redis, redis_prefix: str) -> None:
    await talk.begin()
    attached = await talk.follow(talk.there)
    await talk.say("One ", talk.mine, attached)
    await talk.say("two ", talk.mine, attached)
    key = talk.key(redis_prefix)
    [(newest, _)] = await client.xrevrange(key, count=1)
    await client.xdel(key, newest)
    await talk.say("three ", talk.mine, attached)
    late = await talk.follow()
    await hears(late.heard, "three ")
    assert texts(await talk.end(attached, late)) == [("Hello", None), ("One two three ", None)]


async def test_a_run_whose_log_and_process_are_lost_ends_as_it_is_stored(talk: Conversation, client: Redis) -> None:
    await talk.begin()
    attached = await talk.follow(talk.there)
    await talk.say("One ", talk.mine, attached)
    await client.flushall()
    await talk.here.fall_silent()
    heard = await attached.task
    assert heard.of("run.ended")["outcome"] == "interrupted"
    assert await after_reset(heard, talk.there, talk.thread_id) == await talk.there.stored(talk.thread_id)


async def test_while_redis_is_away_runs_go_on_where_they_are(
    talk: Conversation, replicas: Make, redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    await talk.begin()
    health = Health(talk.here.store, clock=partial(next, count(step=10)))
    attached = await talk.follow(talk.there)
    await talk.say("One ", talk.mine, attached)
    assert (await health.report())["checks"] == {"store": {"status": "ok"}, "live": {"status": "ok"}}
    await asyncio.to_thread(redis_server.stop)
    tab = await talk.follow(talk.here)
    await talk.say("two ", talk.mine, tab)
    assert (await health.report())["checks"] == {"store": {"status": "ok"}, "live": {"status": "unavailable"}}
    assert (await talk.there.send(talk.thread_id)).events[0]["code"] == "thread.busy"
    other = Dictated()
    other.words.put_nowait(None)
    assert (await replicas(other.respond).create()).of("run.ended")["outcome"] == "completed"
    assert "two " not in attached.heard.raw.decode()
    await asyncio.to_thread(redis_server.start)
    await hears(attached.heard, "two ")
    await talk.say("three.", talk.mine, tab, attached)
    await talk.end(tab, attached)
    told = [record.getMessage() for record in caplog.records if "log of live runs" in record.getMessage()]
    logs = 3  # of three replicas
    assert 0 < len([text for text in told if "does not answer" in text]) <= logs
    assert 0 < len([text for text in told if "is back" in text]) <= logs
    assert (await health.report())["checks"]["live"] == {"status": "ok"}


async def test_a_run_that_ends_while_redis_is_away_ends_everywhere(
    talk: Conversation, redis_server: RedisServer
) -> None:
    await talk.begin()
    attached = await talk.follow(talk.there)
    await talk.say("One ", talk.mine, attached)
    await asyncio.to_thread(redis_server.stop)
    await talk.say("two.", talk.mine)
    await talk.end(attached)
    assert "stream.reset" in attached.heard.types


async def test_whole_messages_of_a_run_that_ends_while_redis_is_away_are_missed_by_nobody(
    talk: Conversation, redis_server: RedisServer
) -> None:
    await talk.begin()
    attached = await talk.follow(talk.there)
    await talk.say("One", talk.mine, attached)
    talk.dictated.words.put_nowait(STOP)

    async def done() -> bool:
        return attached.heard.types.count("thread.item.done") == 2

    await until(done)
    await asyncio.to_thread(redis_server.stop)
    await talk.say("two", talk.mine)
    assert texts(await talk.end(attached)) == [("Hello", None), ("One.", None), ("two", None)]


async def test_a_dead_run_is_ended_when_redis_is_back(talk: Conversation, redis_server: RedisServer) -> None:
    """Nobody takes over what cannot be read: what it has said is kept."""
    await talk.begin()
    attached = await talk.follow(talk.there)
    await talk.say("One ", talk.mine, attached)
    redis_server.pause()
    try:
        await talk.here.fall_silent()
        assert "active_run" not in await talk.there.ask("threads.get_by_id", thread_id=talk.thread_id)
        with pytest.raises(StoreUnavailableError):
            await talk.there.send(talk.thread_id)
    finally:
        redis_server.resume()
    heard = await attached.task
    assert heard.of("run.ended")["outcome"] == "interrupted"
    assert texts(await talk.there.stored(talk.thread_id)) == [("Hello", None), ("One ", "incomplete")]
    assert await after_reset(heard, talk.there, talk.thread_id) == await talk.there.stored(talk.thread_id)
    await talk.mine.task
    talk.dictated.words.put_nowait(None)
    assert (await talk.there.send(talk.thread_id)).of("run.ended")["outcome"] == "completed"
