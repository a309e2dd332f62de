"""The log of runs in Redis: a stream for each, which Redis itself keeps in order and rid of who was taken over.

The id of a stream's entry is `<fence>-<twice the last number>`; for a base twice the newest number and one more, since
it stands behind all that was said before it, and what it stands for may end somewhere in there. Redis takes no id that
is not greater than all before it: so it refuses an append that is repeated, and one of a process whose run was taken
over, since whoever takes over begins with an entry `<fence>-0`. No script is needed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chatkit.live import Entry, Fate, Fence, RunLog
from chatkit.live.base import ENDED_SECONDS, REQUEST_SECONDS
from chatkit.live_redis.link import Link
from chatkit.live_redis.signals import RedisSignals

__all__ = ["RedisLog"]

_NOT_GREATER = "equal or smaller"
"""In Redis' error for an id."""
_ENDED = "end:"
_BEGINNING = (b"0", 0)
_MOST_PLACES = 20_000


class RedisLog(RunLog):
    """A log in Redis 6.2 or later, or in Valkey, for a `LiveEngine` whose leases are in a database.

        SQLStore("postgresql+psycopg://…", live="redis://redis:6379/0")
        LiveEngine("mine", leases, RedisLog("rediss://:secret@redis/0", prefix="acme:"))

    What is lost there, because it was evicted or a replica that took over had not got it yet, its run makes anew. Keys
    begin with `prefix` and expire by themselves; applications that share a database of Redis should have each its own.
    A log belongs to one event loop; closed, it can be used again. Raises `ImportError` when the client is not
    installed, `ValueError` for an address that is none.
    """

    def __init__(self, url: str, *, prefix: str = "chatkit:") -> None:
        self._link = Link(url)
        self._prefix = f"{prefix}run:"
        self._signals = RedisSignals(self._link, f"{prefix}signals:{self._link.database}")
        self._places: dict[str, tuple[bytes, int]] = {}
        """By run, the id that was read last, and the number it has. Positions have no fence, ids do."""

    def _key(self, run_id: str) -> str:
        return self._prefix + run_id

    async def hold(self, fence: Fence) -> None:
        pipeline = self._link.pipeline()
        pipeline.execute_command("XADD", self._key(fence.run_id), f"{fence.number}-0", "held", "")
        pipeline.execute_command("EXPIRE", self._key(fence.run_id), REQUEST_SECONDS)
        for answer in await self._link.execute(pipeline):
            self._check(answer)

    async def append(self, entries: Sequence[Entry]) -> Mapping[str, Fate]:
        if not entries:
            return {}
        pipeline = self._link.pipeline()
        for entry in entries:
            self._add(pipeline, entry)
        bases = {entry.run_id: _expiry(entry) for entry in entries if _makes_key(entry)}
        for run_id, seconds in bases.items():
            pipeline.execute_command("EXPIRE", self._key(run_id), seconds)
        self._signals.say([f"run:{run_id}" for run_id in dict.fromkeys(entry.run_id for entry in entries)], pipeline)
        answers = await self._link.execute(pipeline)
        fates: dict[str, Fate] = {}
        doubtful: dict[str, Entry] = {}
        for entry, answer in zip(entries, answers, strict=False):
            if answer is None:
                fates[entry.run_id] = "missing"
            elif not self._check(answer):
                doubtful[entry.run_id] = entry
            elif entry.base:  # it stands for what was missing
                fates.pop(entry.run_id, None)
        for answer in answers[len(entries) :]:
            self._check(answer)
        return {**fates, **await self._fates(doubtful)} if doubtful else fates

    def _add(self, pipeline: Any, entry: Entry) -> None:
        key, said = self._key(entry.run_id), ("first", entry.first, "last", entry.last, "text", entry.text)
        if entry.base:
            replaced, newest = f"{entry.fence}-{entry.last * 2 + 1}", max(entry.first, entry.last)
            pipeline.execute_command("XADD", key, "MINID", replaced, f"{entry.fence}-{newest * 2 + 1}", *said)
            return
        how = () if _makes_key(entry) else ("NOMKSTREAM",)
        pipeline.execute_command("XADD", key, *how, f"{entry.fence}-{entry.last * 2}", *said)

    async def _fates(self, doubtful: Mapping[str, Entry]) -> Mapping[str, Fate]:
        """Of runs that have a greater id already, those that were taken over. The others have the entry."""
        pipeline = self._link.pipeline()
        for run_id in doubtful:
            pipeline.xinfo_stream(self._key(run_id))
        fates: dict[str, Fate] = {}
        for entry, told in zip(doubtful.values(), await self._link.execute(pipeline), strict=True):
            if isinstance(told, Exception):
                fates[entry.run_id] = "missing"
            elif _parsed(told["last-generated-id"])[0] > entry.fence:
                fates[entry.run_id] = "refused"
        return fates

    def _check(self, answer: Any) -> bool:
        """False for an id that is not greater than the others. Raises `StoreUnavailableError` for any other error."""
        if not isinstance(answer, Exception):
            return True
        if _NOT_GREATER not in str(answer):
            raise self._link.unavailable(answer)
        return False

    async def read(self, positions: Mapping[str, int]) -> Mapping[str, Sequence[Entry]]:
        if not positions:
            return {}
        runs = {self._key(run_id).encode(): run_id for run_id in positions}
        pipeline = self._link.pipeline()
        after = [self._place(run_id, number)[0] for run_id, number in positions.items()]
        pipeline.execute_command("XREAD", "STREAMS", *runs, *after)
        [answer] = await self._link.execute(pipeline)
        self._check(answer)
        found: dict[str, Sequence[Entry]] = {}
        for key, rows in answer or ():
            run_id = runs[key]
            entries = [_entry(run_id, *row) for row in rows]
            news = [entry for entry in entries if entry.last > positions[run_id]]
            if news:
                found[run_id] = sorted(news, key=lambda entry: entry.last)
            known = self._place(run_id, positions[run_id])[1]
            self._places[run_id] = (rows[-1][0], max(known, *(entry.last for entry in entries)))
        if len(self._places) > _MOST_PLACES:
            self._places.clear()
        return found

    def _place(self, run_id: str, number: int) -> tuple[bytes, int]:
        """An id that nothing behind the number is before, and the greatest number that is."""
        place = self._places.get(run_id, _BEGINNING)
        return place if place[1] <= number else _BEGINNING

    async def signal(self, texts: Sequence[str]) -> None:
        """As in `RunLog`; the log of a run that has ended is kept for `ENDED_SECONDS` from then on."""
        if not texts:
            return
        pipeline = self._link.pipeline()
        for text in texts:
            if text.startswith(_ENDED):
                pipeline.execute_command("EXPIRE", self._key(text.removeprefix(_ENDED)), ENDED_SECONDS)
        self._signals.say(texts, pipeline)
        for answer in await self._link.execute(pipeline):
            self._check(answer)

    async def listen(self, hear: Callable[[str], None]) -> Callable[[], None]:
        return await self._signals.listen(hear)

    async def ping(self) -> bool:
        pipeline = self._link.pipeline()
        pipeline.execute_command("PING")
        for answer in await self._link.execute(pipeline):
            self._check(answer)
        return True

    async def close(self) -> None:
        await self._signals.close()
        await self._link.close()


def _makes_key(entry: Entry) -> bool:
    """Whether the log can begin with it: a base; or the first word of a run without a thread, which nobody holds."""
    return entry.base or (not entry.fence and entry.first == 1)


def _expiry(entry: Entry) -> int:
    return REQUEST_SECONDS if entry.fence else ENDED_SECONDS


def _parsed(number: bytes) -> tuple[int, int]:
    fence, _, at = number.partition(b"-")
    return int(fence), int(at)


def _entry(run_id: str, number: bytes, fields: Any) -> Entry:
    """What `_add` has added; of a held mark, an entry that nothing is behind."""
    fence, at = _parsed(number)
    if not at:
        return Entry(run_id, fence, 0, 0, "")
    said: Mapping[bytes, bytes] = fields
    return Entry(run_id, fence, int(said[b"first"]), int(said[b"last"]), said[b"text"].decode(), base=bool(at % 2))
