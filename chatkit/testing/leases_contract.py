"""What all leases must do, as a suite of tests."""

# ruff: noqa: S101  (it is a suite of tests)

import asyncio

import pytest

from chatkit.live import Fence, LeaseLostError, LiveEngine, RunRecord
from chatkit.testing.live_fixtures import (
    Engines,
    LiveFixtures,
    Write,
    die,
    held,
    new_id,
    opened,
    under,
)

__all__ = ["LeasesContract"]

_AT_ONCE = 10
_ODD_TEXTS = ["", " ", "a%b_c'd\"e\\f", "…\N{CRAB}", "x" * 5000, "nul\0nul", "sha256:", "\ud800"]


class _Opening(LiveFixtures):
    async def test_run_that_was_opened_is_found(self, one: LiveEngine, other: LiveEngine) -> None:
        owner = new_id("alice")
        run_id = await opened(one, owner, request_id="r", digest="d")
        expected = RunRecord(run_id, owner, thread_id=None, fence=0, begun=False, alive=True, digest="d")
        assert await other.leases.find(run_id) == expected
        assert await other.leases.find(new_id("run")) is None

    async def test_request_that_is_made_again_is_the_first(self, one: LiveEngine, other: LiveEngine) -> None:
        owner = new_id("alice")
        run_id = await opened(one, owner, request_id="r", digest="d")
        second = new_id("run")
        for engine in (one, other):
            known = await engine.leases.open(owner, second, "r", "another digest")
            assert known is not None
            assert (known.id, known.digest) == (run_id, "d")
            assert known == await engine.leases.find_request(owner, "r")
        assert await one.leases.find(second) is None

    async def test_request_of_a_run_that_ended_is_still_known(self, one: LiveEngine, other: LiveEngine) -> None:
        owner = new_id("alice")
        fence = await held(one, owner, request_id="r")
        await one.leases.end(fence.run_id, fence.number, "completed")
        known = await other.leases.open(owner, new_id("run"), "r")
        assert known is not None
        assert (known.id, known.outcome) == (fence.run_id, "completed")

    async def test_requests_are_their_owners(self, one: LiveEngine) -> None:
        alice, bob = new_id("alice"), new_id("bob")
        first = await opened(one, alice, request_id="r")
        assert await one.leases.find_request(bob, "r") is None
        second = await opened(one, bob, request_id="r")
        for owner, run_id in ((alice, first), (bob, second)):
            known = await one.leases.find_request(owner, "r")
            assert known is not None
            assert known.id == run_id

    async def test_runs_without_a_request_are_all_new(self, one: LiveEngine) -> None:
        owner = new_id("alice")
        assert await opened(one, owner) != await opened(one, owner)

    async def test_of_many_that_make_a_request_at_once_one_has_it(self, one: LiveEngine, other: LiveEngine) -> None:
        owner = new_id("alice")
        ids = [new_id("run") for _ in range(_AT_ONCE)]
        engines = [one, other] * (_AT_ONCE // 2)
        outcomes = await asyncio.gather(
            *(engine.leases.open(owner, run_id, "r") for engine, run_id in zip(engines, ids, strict=True))
        )
        [winner] = [run_id for run_id, outcome in zip(ids, outcomes, strict=True) if outcome is None]
        assert {outcome.id for outcome in outcomes if outcome is not None} == {winner}

    async def test_refused_request_can_be_made_again(self, one: LiveEngine, other: LiveEngine) -> None:
        owner = new_id("alice")
        run_id = await opened(one, owner, request_id="r")
        assert await one.leases.end(run_id, 0, "refused")
        assert await other.leases.find_request(owner, "r") is None
        again = await opened(other, owner, request_id="r")
        known = await one.leases.find_request(owner, "r")
        assert known is not None
        assert known.id == again

    async def test_request_whose_run_died_without_writing_can_be_made_again(
        self, one: LiveEngine, other: LiveEngine, write: Write | None
    ) -> None:
        owner = new_id("alice")
        fence = await held(one, owner, request_id="r")
        await die(one)
        ids = [new_id("run") for _ in range(_AT_ONCE)]
        outcomes = await asyncio.gather(*(other.leases.open(owner, run_id, "r") for run_id in ids))
        [winner] = [run_id for run_id, outcome in zip(ids, outcomes, strict=True) if outcome is None]
        assert {outcome.id for outcome in outcomes if outcome is not None} == {winner}
        assert not await one.leases.end(fence.run_id, fence.number, "completed"), "it is too late for that one"
        if write is not None:
            with under(fence), pytest.raises(LeaseLostError):
                await write(one)
        found = await other.leases.take_over(fence.run_id)
        assert found is not None
        assert found.number > fence.number

    async def test_request_whose_run_died_after_it_wrote_is_known(
        self, one: LiveEngine, other: LiveEngine, write: Write | None
    ) -> None:
        if write is None:
            pytest.skip("There is no store whose writes the fences guard.")
        owner = new_id("alice")
        fence = await held(one, owner, request_id="r")
        with under(fence):
            await write(one)
        await die(one)
        known = await other.leases.open(owner, new_id("run"), "r")
        assert known is not None
        assert (known.id, known.begun, known.alive) == (fence.run_id, True, False)

    @pytest.mark.parametrize("text", _ODD_TEXTS)
    async def test_any_text_names_a_request_and_a_thread(self, one: LiveEngine, text: str) -> None:
        owner = new_id("alice")
        fence = await held(one, owner, request_id=text, thread_id=(thread_id := new_id("thr") + text))
        assert fence.thread_id == thread_id
        for found in (
            await one.leases.open(owner, new_id("run"), text),
            await one.leases.find_request(owner, text),
            (await one.leases.active(owner, [thread_id]))[thread_id],
        ):
            assert found is not None
            assert found.id == fence.run_id
        assert await one.leases.find_request(owner, text + "x") is None
        assert await one.leases.find(text) is None
        assert await one.leases.states([text]) == {}
        assert await one.leases.end(fence.run_id, fence.number, "completed")

    async def test_owners_are_told_apart_to_the_letter(self, one: LiveEngine) -> None:
        mark = new_id("o")
        owners = [mark, mark + " ", mark.upper(), mark + "'", mark + "%", mark + "é", mark + "e\u0301"]
        ids = [await opened(one, owner, request_id="r") for owner in owners]
        found = [await one.leases.find_request(owner, "r") for owner in owners]
        assert [(record.id, record.owner) for record in found if record] == list(zip(ids, owners, strict=True))


class _Holding(LiveFixtures):
    async def test_one_run_has_a_thread(self, one: LiveEngine, other: LiveEngine) -> None:
        fence = await held(one)
        assert not fence.begun
        refused = await other.leases.acquire(await opened(other), fence.thread_id)
        assert isinstance(refused, RunRecord)
        assert (refused.id, refused.fence, refused.alive) == (fence.run_id, fence.number, True)
        assert (refused.thread_id, refused.outcome) == (fence.thread_id, None)

    async def test_of_many_that_want_a_thread_one_gets_it(self, one: LiveEngine, other: LiveEngine) -> None:
        thread_id = new_id("thr")
        for _ in range(3):  # new, then free again
            engines = [one, other] * (_AT_ONCE // 2)
            ids = [await opened(engine) for engine in engines]
            outcomes = await asyncio.gather(
                *(engine.leases.acquire(run_id, thread_id) for engine, run_id in zip(engines, ids, strict=True))
            )
            [winner] = [outcome for outcome in outcomes if isinstance(outcome, Fence)]
            assert {outcome.id for outcome in outcomes if isinstance(outcome, RunRecord)} == {winner.run_id}
            assert await one.leases.end(winner.run_id, winner.number, "completed")

    async def test_thread_is_free_when_its_run_has_ended_and_its_numbers_grow(
        self, one: LiveEngine, other: LiveEngine
    ) -> None:
        thread_id, numbers = new_id("thr"), list[int]()
        for engine in (one, other, one):
            fence = await held(engine, thread_id=thread_id)
            numbers.append(fence.number)
            assert await engine.leases.end(fence.run_id, fence.number, "completed")
        assert numbers == sorted(set(numbers))

    async def test_thread_of_a_dead_run_is_not_free(self, one: LiveEngine, other: LiveEngine) -> None:
        fence = await held(one)
        await die(one)
        refused = await other.leases.acquire(await opened(other), fence.thread_id)
        assert isinstance(refused, RunRecord)
        assert (refused.id, refused.alive) == (fence.run_id, False)

    async def test_run_that_was_never_opened_gets_nothing(self, one: LiveEngine) -> None:
        thread_id = new_id("thr")
        with pytest.raises(LookupError):
            await one.leases.acquire(new_id("run"), thread_id)
        await held(one, thread_id=thread_id)

    async def test_run_that_lives_or_has_ended_is_not_taken_over(self, one: LiveEngine, other: LiveEngine) -> None:
        fence, ended = await held(one), await held(one)
        assert await one.leases.end(ended.run_id, ended.number, "stopped")
        assert await other.leases.take_over(fence.run_id) is None
        await die(one)
        assert await other.leases.take_over(ended.run_id) is None
        assert await other.leases.take_over(new_id("run")) is None

    async def test_dead_run_is_taken_over_once(self, engines: Engines, one: LiveEngine, other: LiveEngine) -> None:
        third = engines()
        await third.leases.start(lambda: None)
        for _ in range(3):
            fence = await held(third)
            bystander = await held(one)
            await die(third)
            await third.leases.start(lambda: None)
            takers = [one, other] * (_AT_ONCE // 2)
            outcomes = await asyncio.gather(*(taker.leases.take_over(fence.run_id) for taker in takers))
            [taken] = [outcome for outcome in outcomes if outcome is not None]
            assert (taken.thread_id, taken.run_id) == (fence.thread_id, fence.run_id)
            assert taken.number > fence.number
            record = await one.leases.find(fence.run_id)
            assert record is not None
            assert (record.alive, record.fence) == (True, taken.number)
            assert not await third.leases.end(fence.run_id, fence.number, "completed")
            assert await other.leases.end(fence.run_id, taken.number, "interrupted")
            assert await one.leases.end(bystander.run_id, bystander.number, "completed")
        await third.leases.close()

    async def test_run_dies_with_its_process_also_if_that_begins_again(
        self, one: LiveEngine, other: LiveEngine
    ) -> None:
        fence, before = await held(one), one.leases.process_id
        await die(one)
        await one.leases.start(lambda: None)
        assert one.leases.process_id != before
        record = await other.leases.find(fence.run_id)
        assert record is not None
        assert not record.alive
        assert (await other.leases.states([fence.run_id]))[fence.run_id].alive is False
        assert await one.leases.take_over(fence.run_id)

    async def test_run_that_has_no_thread_is_ended_with_nought(self, one: LiveEngine) -> None:
        run_id = await opened(one)
        assert not await one.leases.end(run_id, 1, "failed")
        assert await one.leases.end(run_id, 0, "failed")
        record = await one.leases.find(run_id)
        assert record is not None
        assert (record.outcome, record.alive) == ("failed", True)

    async def test_ending_twice_is_ending_once(self, one: LiveEngine) -> None:
        fence = await held(one)
        assert not await one.leases.end(fence.run_id, fence.number + 1, "failed")
        assert await one.leases.end(fence.run_id, fence.number, "completed")
        later = await held(one, thread_id=fence.thread_id)
        assert await one.leases.end(fence.run_id, fence.number, "failed")
        record = await one.leases.find(fence.run_id)
        assert record is not None
        assert record.outcome == "completed"
        kept = await one.leases.acquire(await opened(one), fence.thread_id)
        assert isinstance(kept, RunRecord), "the thread is another's by now"
        assert kept.id == later.run_id


class _Watching(LiveFixtures):
    async def test_runs_of_an_owner_are_counted_while_they_hold_a_thread(
        self, one: LiveEngine, other: LiveEngine
    ) -> None:
        owner = new_id("alice")
        await opened(one, owner)
        mine, theirs = await held(one, owner), await held(other, owner)
        await held(other, new_id("bob"))
        assert await one.leases.count(owner) == 2
        await other.leases.end(theirs.run_id, theirs.number, "completed")
        assert await one.leases.count(owner) == 1
        await die(one)
        assert await other.leases.count(owner) == 0
        assert await other.leases.take_over(mine.run_id)
        assert await other.leases.count(owner) == 1

    async def test_active_runs_are_shown_to_their_owner(self, one: LiveEngine, other: LiveEngine) -> None:
        alice, bob = new_id("alice"), new_id("bob")
        first, second, done = await held(one, alice), await held(other, alice), await held(one, alice)
        foreign = await held(one, bob)
        await one.leases.end(done.run_id, done.number, "completed")
        threads = [fence.thread_id for fence in (first, second, done, foreign)]
        found = await other.leases.active(alice, [*threads, new_id("thr")])
        assert {thread: record.id for thread, record in found.items()} == {
            first.thread_id: first.run_id,
            second.thread_id: second.run_id,
        }
        await die(one)
        found = await other.leases.active(alice, threads)
        assert [found[fence.thread_id].alive for fence in (first, second)] == [False, True]
        assert await other.leases.active(alice, []) == {}

    async def test_states_tell_who_lives_and_what_was_asked(self, one: LiveEngine, other: LiveEngine) -> None:
        fence, ended, waiting = await held(one), await held(one), await opened(one)
        await one.leases.end(ended.run_id, ended.number, "failed")
        asked = [fence.run_id, ended.run_id, waiting, new_id("run")]
        assert await other.leases.states(asked) == {
            fence.run_id: (True, None, False, fence.number),
            ended.run_id: (True, "failed", False, ended.number),
            waiting: (True, None, False, 0),
        }
        await other.leases.ask_to_stop(fence.run_id)
        await other.leases.ask_to_stop(new_id("run"))
        assert (await one.leases.states(asked))[fence.run_id] == (True, None, True, fence.number)
        await die(one)
        states = await other.leases.states(asked)
        assert [states[run_id].alive for run_id in asked[:3]] == [False, True, False]
        assert await other.leases.states([]) == {}

    async def test_item_is_claimed_by_one(self, one: LiveEngine, other: LiveEngine) -> None:
        thread_id = new_id("thr")
        claims = [(engine, f"tab {number}") for number, engine in enumerate([one, other] * (_AT_ONCE // 2))]
        won = await asyncio.gather(
            *(engine.leases.claim(thread_id, "call", claimant, 60) for engine, claimant in claims)
        )
        assert won.count(True) == 1
        engine, winner = claims[won.index(True)]
        assert await engine.leases.claim(thread_id, "call", winner, 60), "it goes on holding it"
        assert not await other.leases.claim(thread_id, "call", "another", 60)
        assert await other.leases.claim(thread_id, "another call", "another", 60)
        assert await other.leases.claim(new_id("thr"), "call", "another", 60)

    async def test_claim_whose_time_is_up_is_for_others(self, one: LiveEngine, other: LiveEngine) -> None:
        thread_id = new_id("thr")
        assert await one.leases.claim(thread_id, "call", "tab 1", 0)
        assert await other.leases.claim(thread_id, "call", "tab 2", 60)
        assert not await one.leases.claim(thread_id, "call", "tab 1", 60)

    async def test_sweeping_keeps_what_is_young(self, one: LiveEngine, other: LiveEngine) -> None:
        owner = new_id("alice")
        fence = await held(one, owner, request_id="r")
        assert await one.leases.claim(fence.thread_id, "call", "tab 1", 60)
        await die(one)
        await asyncio.gather(one.leases.sweep(), other.leases.sweep())
        assert await other.leases.find(fence.run_id)
        assert not await other.leases.claim(fence.thread_id, "call", "tab 2", 60)
        assert await other.leases.take_over(fence.run_id)
        assert await other.leases.find_request(owner, "r")


class LeasesContract(_Opening, _Holding, _Watching):
    """Subclass it in a test module, with a fixture that makes engines of one database:

        class TestMyLeases(LeasesContract):
            @pytest.fixture
            def engines(self):
                database = MyDatabase()
                return lambda: LiveEngine("mine", MyLeases(database), MyLog(database))

    A fixture `write` gives what writes to the store that is fenced by them, if there is one. The database may hold
    other records: the tests use ids of their own.
    """
