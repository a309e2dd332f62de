"""What every log of runs must do, as a suite of tests."""

# ruff: noqa: S101  (it is a suite of tests)

import asyncio
from collections.abc import Sequence

import pytest

from chatkit.live import Entry, Fence, LiveEngine
from chatkit.testing.live_fixtures import PATIENCE, LiveFixtures, die, held, new_id, opened, until

__all__ = ["RunLogContract"]

_ODD_TEXTS = ["", "'\"\\%s :x ?", "line\nline\r\n\t", "…\N{CRAB}", '["\\u0000"]', "x" * 1_000_000]


def _entry(fence: Fence, first: int, last: int | None = None, text: str = "t", *, base: bool = False) -> Entry:
    return Entry(fence.run_id, fence.number, first, first if last is None else last, text, base)


async def _log_of(engine: LiveEngine, fence: Fence, position: int = 0) -> Sequence[Entry]:
    return (await engine.log.read({fence.run_id: position})).get(fence.run_id, [])


class _Entries(LiveFixtures):
    async def test_entries_are_read_in_order_behind_a_position(self, one: LiveEngine, other: LiveEngine) -> None:
        first, second, silent = await held(one), await held(one), await held(one)
        entries = [_entry(first, 1, 3, "a"), _entry(second, 1, 1, "x"), _entry(first, 4, 4, "b")]
        assert not await one.log.append(entries)
        assert not await one.log.append([_entry(first, 5, 9, "c"), _entry(second, 2, 2, "y")])
        positions = {first.run_id: 0, second.run_id: 1, silent.run_id: 0, new_id("run"): 0}
        assert await other.log.read(positions) == {
            first.run_id: [*entries[::2], _entry(first, 5, 9, "c")],
            second.run_id: [_entry(second, 2, 2, "y")],
        }
        # An entry is told whole, also to whoever has seen some of it.
        assert await _log_of(other, first, 7) == [_entry(first, 5, 9, "c")]
        assert await other.log.read({first.run_id: 9, second.run_id: 2}) == {}
        assert await other.log.read({}) == {}

    async def test_append_that_is_repeated_is_done_once(self, one: LiveEngine, other: LiveEngine) -> None:
        fence = await held(one)
        entries = [_entry(fence, 1, 2, "a"), _entry(fence, 3, 3, "b")]
        for _ in range(3):
            assert not await one.log.append(entries)
        assert not await one.log.append([*entries, _entry(fence, 4, 4, "c")])
        assert await _log_of(other, fence) == [*entries, _entry(fence, 4, 4, "c")]

    async def test_run_that_was_taken_over_says_nothing_more(self, one: LiveEngine, other: LiveEngine) -> None:
        lost, kept = await held(one), await held(other)
        assert not await one.log.append([_entry(lost, 1, text="before")])
        await die(one)
        taken = await other.leases.take_over(lost.run_id)
        assert taken is not None
        for _ in range(2):
            await other.log.hold(taken)
        refused = await one.log.append([_entry(lost, 2, text="late"), _entry(kept, 1)])
        assert set(refused) == {lost.run_id}
        assert set(await one.log.append([_entry(lost, 2, text="late", base=True)])) == {lost.run_id}
        assert not await other.log.append([_entry(taken, 2, text="after")])
        assert await _log_of(one, lost) == [_entry(lost, 1, text="before"), _entry(taken, 2, text="after")]
        assert await _log_of(one, kept) == [_entry(kept, 1)]

    async def test_run_that_nobody_opened_says_nothing(self, one: LiveEngine) -> None:
        nobody = Fence("thr", new_id("run"), 1)
        assert set(await one.log.append([_entry(nobody, 1)])) == {nobody.run_id}
        assert await _log_of(one, nobody) == []

    async def test_run_without_a_thread_has_a_log_too(self, one: LiveEngine) -> None:
        fence = Fence("", await opened(one), 0)
        assert not await one.log.append([_entry(fence, 1)])
        assert await _log_of(one, fence) == [_entry(fence, 1)]

    async def test_base_stands_for_what_came_before(self, one: LiveEngine, other: LiveEngine) -> None:
        fence, bystander = await held(one), await held(one)
        await one.log.append([_entry(fence, number) for number in range(1, 5)] + [_entry(bystander, 1)])
        base = _entry(fence, 1, 4, "base", base=True)
        for _ in range(2):
            assert not await one.log.append([base])
            assert await _log_of(other, fence) == [base]
        for late in (_entry(fence, 5), base):
            assert not await one.log.append([late])
            assert await _log_of(other, fence) == [base, _entry(fence, 5)]
        assert not await one.log.append([_entry(fence, 2), _entry(fence, 6)])
        assert await _log_of(other, fence) == [base, _entry(fence, 5), _entry(fence, 6)]
        newer = _entry(fence, 1, 6, "newer", base=True)
        assert not await one.log.append([newer])
        assert await _log_of(other, fence) == [newer]
        assert await _log_of(other, bystander) == [_entry(bystander, 1)]

    async def test_base_among_what_it_stands_for(self, one: LiveEngine, other: LiveEngine) -> None:
        fence = await held(one)
        base = _entry(fence, 1, 3, "base", base=True)
        entries = [_entry(fence, 1), _entry(fence, 2), _entry(fence, 3), base, _entry(fence, 4)]
        for _ in range(2):
            assert not await one.log.append(entries)
            assert await _log_of(other, fence) == [base, _entry(fence, 4)]

    async def test_many_entries_of_many_runs_at_once(self, one: LiveEngine, other: LiveEngine) -> None:
        fences = [await held(engine) for engine in [one, other] * 10]
        size, rounds = 40, 5

        async def tell(engine: LiveEngine, mine: Sequence[Fence]) -> None:
            for number in range(rounds):
                at = range(number * size + 1, (number + 1) * size + 1)
                assert not await engine.log.append([_entry(fence, k) for k in at for fence in mine])

        await asyncio.gather(tell(one, fences[::2]), tell(other, fences[1::2]))
        found = await other.log.read({fence.run_id: 0 for fence in fences})
        for fence in fences:
            assert [entry.last for entry in found[fence.run_id]] == list(range(1, size * rounds + 1))

    @pytest.mark.parametrize("text", _ODD_TEXTS, ids=range(len(_ODD_TEXTS)))
    async def test_texts_are_kept_to_the_letter(self, one: LiveEngine, other: LiveEngine, text: str) -> None:
        fence = await held(one)
        await one.log.append([_entry(fence, 1, text=text)])
        await one.log.append([_entry(fence, 2, text=text, base=True)])
        assert await _log_of(other, fence) == [_entry(fence, 2, text=text, base=True)]

    async def test_nothing_is_appended_at_no_cost(self, one: LiveEngine) -> None:
        assert not await one.log.append([])


class _Signals(LiveFixtures):
    async def test_signals_reach_everybody_who_listens(self, one: LiveEngine, other: LiveEngine) -> None:
        heard: list[set[str]] = [set(), set(), set()]
        if one.log.polls is not None and other.log.polls is not None and one.name.startswith("postgres"):
            pytest.skip("This log is looked into.")
        for engine, ears in zip((one, one, other), heard, strict=True):
            await engine.log.listen(ears.add)
        texts = {"one", "two…", "'", "x" * 500}
        await one.log.signal(sorted(texts))
        await other.log.signal(["three"])
        await one.log.signal([])

        async def all_heard() -> bool:
            return all(ears >= {*texts, "three"} for ears in heard)

        await until(all_heard)

    async def test_who_listens_is_woken_by_appends(self, one: LiveEngine, other: LiveEngine) -> None:
        heard: asyncio.Queue[str] = asyncio.Queue()
        await other.log.listen(heard.put_nowait)
        if other.log.polls is not None:
            pytest.skip("This log is looked into.")
        fences = [await held(one) for _ in range(3)]
        await one.log.append([_entry(fence, number) for number in (1, 2) for fence in fences])
        waited_for = {f"run:{fence.run_id}" for fence in fences}
        async with asyncio.timeout(PATIENCE):
            while waited_for:
                waited_for.discard(await heard.get())

    async def test_who_stops_listening_hears_nothing_more(self, one: LiveEngine, other: LiveEngine) -> None:
        gone: list[str] = []
        heard: asyncio.Queue[str] = asyncio.Queue()
        stop = await other.log.listen(gone.append)
        await other.log.listen(heard.put_nowait)
        stop()
        stop()
        await one.log.signal(["late"])
        async with asyncio.timeout(PATIENCE):
            while await heard.get() != "late":
                pass
        assert "late" not in gone

    async def test_a_log_that_was_closed_can_be_listened_to_again(self, one: LiveEngine) -> None:
        gone: list[str] = []
        heard: asyncio.Queue[str] = asyncio.Queue()
        await one.log.listen(gone.append)
        await one.log.close()
        await one.log.listen(heard.put_nowait)
        await one.log.signal(["new"])
        async with asyncio.timeout(PATIENCE):
            while await heard.get() != "new":
                pass
        assert gone == []

    async def test_who_fails_to_listen_keeps_nobody_else_from_it(self, one: LiveEngine) -> None:
        heard: asyncio.Queue[str] = asyncio.Queue()

        def fail(text: str) -> None:
            raise ValueError(text)

        await one.log.listen(fail)
        await one.log.listen(heard.put_nowait)
        await one.log.signal(["text"])
        async with asyncio.timeout(PATIENCE):
            assert await heard.get() == "text"


class RunLogContract(_Entries, _Signals):
    """Subclass it in a test module, with a fixture that makes engines of one database, as for `LeasesContract`."""
