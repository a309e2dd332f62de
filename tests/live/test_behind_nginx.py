"""`examples/replicas`: its two replicas behind its own nginx, any of which answers any request."""

import asyncio
import json
import re
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest

from examples.replicas.run import Program, Stack, running
from tests.live.test_processes import texts, thread_of
from tests.support.live_client import HostClient, until
from tests.support.postgres import find_binaries
from tests.support.runs import Frames, fold, said
from tests.support.socket_client import connected

pytestmark = pytest.mark.xdist_group("processes")

WORDS_PER_SECOND = 20


@pytest.fixture(scope="module")
def example() -> Iterator[Stack]:
    if find_binaries() is None:
        pytest.skip("PostgreSQL is not installed.")
    with running(WORDS_PER_SECOND=str(WORDS_PER_SECOND), CHATKIT_TURNS_PER_MINUTE="0") as stack:
        yield stack


@pytest.fixture
async def stack(example: Stack) -> Stack:
    """All replicas are up, whatever an earlier test did to them."""
    for replica in example.replicas:
        if not replica.runs:
            await asyncio.to_thread(replica.start)
    return example


class Visitor(HostClient):
    """A visitor who comes through nginx, and comes again when a stream is cut."""

    async def turn(self, heard: Frames, text: str) -> None:
        await self.stream("threads.create", heard=heard, input=said(text))

    async def follow(self, heard: Frames, thread_id: str, run_id: str) -> None:
        """Until the run has ended."""
        while "run.ended" not in heard.types:
            position = {} if heard.position is None else {"after": heard.position}
            try:
                await self.stream("threads.resume", heard=heard, thread_id=thread_id, run_id=run_id, **position)
            except httpx.HTTPStatusError as error:
                assert error.response.status_code in (502, 503)


@pytest.fixture
async def visitor(stack: Stack) -> AsyncIterator[Visitor]:
    one = Visitor(stack.address)
    await one.client.get("/")  # its cookie
    yield one
    await one.close()


def owner_of(heard: Frames) -> int:
    """The process that answers."""
    found = re.search(r"Process (\d+) counts", heard.raw.decode())
    assert found is not None
    return int(found[1])


def whole(pid: int, count: int) -> str:
    return f"Process {pid} counts:" + "".join(f" {number}" for number in range(1, count + 1))


async def test_a_killed_owner_is_noticed_through_nginx(stack: Stack, visitor: Visitor) -> None:
    """Followers learn it within 10 s, the text is kept, the thread goes on, what the other replica says is not cut."""
    count = 14 * WORDS_PER_SECOND
    heard = [Frames() for _ in range(4)]
    turns = [asyncio.create_task(visitor.turn(one, f"{count} words")) for one in heard]
    await until(lambda: all(b"counts" in one.raw for one in heard))
    dying = owner_of(heard[0])
    assert len({owner_of(one) for one in heard}) == 2  # nothing makes a visitor stick to one of them
    thread_id, run_id = thread_of(heard[0]), heard[0].run_id
    followed = [Frames() for _ in range(4)]
    following = [asyncio.create_task(visitor.follow(one, thread_id, run_id)) for one in followed]
    await until(lambda: all(b'"delta":" 9"' in one.raw or b" 9" in one.raw for one in followed))
    replica = next(one for one in stack.replicas if one.pid == dying)
    replica.kill()
    killed = time.monotonic()
    await asyncio.gather(*following)
    took = time.monotonic() - killed
    assert took < 10
    for one in followed:
        assert one.of("run.ended")["outcome"] == "interrupted"
        assert fold(one.events) == await visitor.stored(thread_id)
    [(text, status)] = texts(await visitor.stored(thread_id))
    assert status == "incomplete"
    assert text.startswith(whole(dying, 9))
    again = Frames()
    await visitor.stream("threads.add_user_message", heard=again, thread_id=thread_id, input=said("3 words"))
    assert again.of("run.ended")["outcome"] == "completed"
    await asyncio.gather(*turns)
    for one in heard:
        if (pid := owner_of(one)) != dying:  # on one connection, to its end
            assert one.of("run.ended")["outcome"] == "completed"
            assert texts(await visitor.stored(thread_of(one))) == [(whole(pid, count), None)]
    print(json.dumps({"takeover through nginx": round(took, 2)}))


async def test_words_come_one_by_one_though_they_are_compressed(visitor: Visitor) -> None:
    heard, arrived = Frames(), list[float]()
    body = visitor.body("threads.create", input=said("60 words"))
    async with visitor.client.stream(
        "POST", "/chatkit", content=body, headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        async for data in answer.aiter_bytes():
            before = heard.types.count("thread.item.updated")
            heard.feed(data)
            arrived += [time.monotonic()] * (heard.types.count("thread.item.updated") > before)
    assert heard.of("run.ended")["outcome"] == "completed"
    assert len(arrived) >= 50  # of 60; a machine that is busy may bring two at once
    gaps = [later - earlier for earlier, later in pairwise(arrived)]
    print(json.dumps({"ms between words": round(statistics.median(gaps) * 1e3), "longest": round(max(gaps) * 1e3)}))
    assert statistics.median(gaps) < 2 / WORDS_PER_SECOND


async def test_a_rolling_restart_through_nginx_loses_nothing(stack: Stack) -> None:
    """Each replica is stopped in good order and started again while visitors talk."""
    done: list[tuple[Visitor, Frames]] = []
    restarted = asyncio.Event()

    async def talk(number: int) -> None:
        visitor = Visitor(stack.address)
        await visitor.client.get("/")
        turn = 0
        while not restarted.is_set() or turn < 4:
            done.append((visitor, await say(visitor, f"{number}-{turn}")))
            turn += 1

    async def say(visitor: Visitor, request_id: str) -> Frames:
        while True:
            heard = Frames()
            try:
                await visitor.stream("threads.create", heard=heard, input=said("12 words"), request_id=request_id)
            except httpx.HTTPStatusError as error:
                assert error.response.status_code in (502, 503)
            if "run.ended" in heard.types:
                return heard
            await asyncio.sleep(0.05)  # as clients do before they come again

    async def restart(replica: Program) -> None:
        replica.tell_to_stop()
        assert await asyncio.to_thread(replica.wait) == 0
        await asyncio.to_thread(replica.start)

    talking = [asyncio.create_task(talk(number)) for number in range(8)]
    for replica in stack.replicas:
        said_so_far = len(done)
        await until(lambda since=said_so_far: len(done) >= since + 8)  # both of them answer
        await restart(replica)
    restarted.set()
    await asyncio.gather(*talking)
    for visitor, heard in done:
        assert heard.of("run.ended")["outcome"] == "completed"
        stored = await visitor.stored(thread_of(heard))
        assert fold(heard.events) == stored
        assert [item["type"] for item in stored] == ["user_message", "assistant_message"]
    for visitor in {id(visitor): visitor for visitor, _ in done}.values():
        threads: list[Any] = (await visitor.ask("threads.list", limit=100))["data"]
        assert len(threads) == len([one for one, _ in done if one is visitor])  # each turn once
        await visitor.close()
    print(json.dumps({"turns during a rolling restart": len(done)}))


async def test_answers_on_a_socket_are_gone_on_with_on_another(stack: Stack, visitor: Visitor) -> None:
    """One of them is followed there, and was begun over HTTP; which replica has which, nothing says."""
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.client.cookies.items())
    begun = Frames()
    turn = asyncio.create_task(visitor.turn(begun, "40 words"))
    await until(lambda: "thread.item.updated" in begun.types)
    runs: list[dict[str, Any]] = [{"thread_id": thread_of(begun), "run_id": begun.run_id}]
    async with connected(stack.address, cookie=cookie) as client:
        heard = [await client.begin("threads.resume", **runs[0])]
        heard.append(await client.begin("threads.create", input=said("40 words")))
        for answer in heard:
            await answer.until(lambda one: one.types.count("thread.item.updated") > 3)
    created, options = heard[1].of("thread.created"), heard[1].of("stream_options")
    runs.append({"thread_id": created["thread"]["id"], "run_id": options["run_id"]})
    async with connected(stack.address, cookie=cookie) as client:
        for run, before in zip(runs, heard, strict=True):
            rest = await client.ask("threads.resume", **run, after=before.positions[-1])
            assert rest.of("run.ended")["outcome"] == "completed"
            assert fold(before.events + rest.events) == await visitor.stored(run["thread_id"])
    await turn
