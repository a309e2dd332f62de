"""All runs of a server: begun, followed, stopped, recovered, shut down."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Any

from chatkit._lookups import load_item, load_thread
from chatkit._runs.beginning import Beginning
from chatkit._runs.following import Follower
from chatkit._runs.frames import ended_frame
from chatkit._runs.live_run import LiveRun
from chatkit._runs.reader import Reader
from chatkit._runs.recovery import Recovery, recover, settle_items
from chatkit._runs.resuming import find_run, resumed
from chatkit._runs.watch import Watchers, signal_for
from chatkit._runs.writer import Writer
from chatkit._uncancelled import uncancelled
from chatkit._wire import client_json
from chatkit.errors import NotSupportedError, RequestError
from chatkit.live import LiveEngine, Outcome, RunRecord, current_fence, memory_engine
from chatkit.logger import logger
from chatkit.store import NotFoundError, StoreUnavailableError
from chatkit.store.borrowed import as_store
from chatkit.store.owner import owner_of
from chatkit.store.ports import is_pending
from chatkit.types import (
    ActiveRun,
    ClientToolCallItem,
    ItemsClaimReq,
    RunEndedEvent,
    RunStartedEvent,
    StreamingReq,
    ThreadsResumeReq,
    ThreadsStopReq,
)
from chatkit.types.runs import ClaimItemResponse, StopRunResponse, WatchEvent

if TYPE_CHECKING:
    from chatkit.server import ChatKitServer

__all__ = ["Runs", "runs_of"]

_ATTRIBUTE = "_chatkit_runs"

KEPT_SECONDS = 60.0
"""How long a run of this process that has ended can be followed without asking the log."""
STOP_SECONDS = 5.0
"""How long a stop waits for what was written to be stored."""
CLAIM_SECONDS = 8.0
"""How long a claim of a client tool call holds."""
_TEND_SECONDS = 1.0
_SWEEP_SECONDS = 60.0
_IDLE_SECONDS = 30.0
"""Without anything to do the process gives up its lease, and asks the database nothing any more."""


def runs_of(server: "ChatKitServer[Any]") -> "Runs":
    """The runs of a server: always the same object. Subclasses need not have called `ChatKitServer.__init__`."""
    kept = vars(server)
    if _ATTRIBUTE not in kept:
        kept[_ATTRIBUTE] = Runs(server)
    return kept[_ATTRIBUTE]


class Runs:
    """The runs of one `ChatKitServer`, in one event loop at a time."""

    def __init__(self, server: "ChatKitServer[Any]") -> None:
        self.server = server
        self._loop: asyncio.AbstractEventLoop | None = None
        self.closing = False
        self._deadline: asyncio.TimerHandle | None = None
        """When what goes on is ended, once nothing is begun any more."""
        self._held: set[asyncio.Future[None]] = set()

    def _reset(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins in this event loop, whatever was in another."""
        self._loop = loop
        engine = as_store(self.server.store).live_engine()
        self.engine: LiveEngine = engine or memory_engine()
        self.local: dict[str, LiveRun] = {}
        """Runs of this process, and those that have just ended."""
        self.writer = Writer(self.engine.log, self._on_refused)
        self.reader = Reader(self.engine)
        self._watchers = Watchers()
        self._recovering: dict[str, asyncio.Task[None]] = {}
        self._unended: dict[str, tuple[int, Outcome]] = {}
        """Runs whose end could not be told to the database."""
        self._unrecovered: dict[str, tuple[RunRecord, Recovery]] = {}
        """Runs that were taken over, and could not be ended yet."""
        self._tending: asyncio.Task[None] | None = None
        self._listening = ExitStack()
        self._starting = asyncio.Lock()
        self._used_at = loop.time()
        """When a request came last."""
        if self.closing:
            self._watchers.close()

    # Requests

    def turn(self, request: StreamingReq, context: Any) -> Follower:
        """Begins a run when it is opened, and follows it."""
        return Follower(Beginning(self, request, context).follow)

    def resume(self, request: ThreadsResumeReq, context: Any) -> Follower:
        """Follows a run that has begun."""
        return Follower(partial(resumed, self, request, context))

    def watch(self, context: Any) -> AsyncGenerator[bytes, None]:
        """Tells of changes in the owner's threads."""

        async def find() -> str:
            await self.ready()
            owner = owner_of(self.server.store, context)
            if owner is None:
                raise NotSupportedError("The context names no user, so that it is not known whose threads to watch.")
            return owner

        if self._loop is not asyncio.get_running_loop():
            self._reset(asyncio.get_running_loop())
        return self._watchers.watch(find)

    async def stop(self, request: ThreadsStopReq, context: Any) -> StopRunResponse:
        """The user's stop: of that run and no other."""
        await self.ready()
        record = await find_run(self, request.params.thread_id, request.params.run_id, context)
        return StopRunResponse(outcome=await self.stop_run(record, context))

    async def claim(self, request: ItemsClaimReq, context: Any) -> ClaimItemResponse:
        """Claims a client tool call that waits for its output."""
        await self.ready()
        params = request.params
        await load_thread(self.server, params.thread_id, context)
        item = await load_item(self.server, params.thread_id, params.item_id, context)
        if not isinstance(item, ClientToolCallItem):
            raise RequestError("item.wrong_kind", f"Item {item.id} is no client tool call.", param="params.item_id")
        leases, pending = self.engine.leases, is_pending(item)
        claimed = pending and await leases.claim(item.thread_id, item.id, params.claimant[:200], CLAIM_SECONDS)
        return ClaimItemResponse(claimed=claimed, seconds=CLAIM_SECONDS if claimed else None, pending=pending)

    async def active(self, thread_ids: Sequence[str], context: Any, *, recovers: bool) -> Mapping[str, ActiveRun]:
        """By thread, the runs that are going on. With `recovers` dead ones are ended first; else they are left out."""
        await self.ready()
        records = await self.engine.leases.active(self.owner(context), thread_ids)
        for record in records.values():
            if not record.alive and recovers:
                with suppress(StoreUnavailableError):  # its thread can be read all the same
                    await self.recover_dead(record, context)
        return {thread_id: ActiveRun(id=record.id) for thread_id, record in records.items() if record.alive}

    async def knows(self, request: StreamingReq, context: Any) -> bool:
        """Whether the request was made before, so that it costs nothing."""
        if request.request_id is None:
            return False
        await self.ready()
        return await self.engine.leases.find_request(self.owner(context), request.request_id) is not None

    async def stop_thread(self, thread_id: str, context: Any) -> None:
        """Ends what is going on in a thread that is to be deleted."""
        await self.ready()
        with suppress(NotFoundError):
            await load_thread(self.server, thread_id, context)
            records = await self.engine.leases.active(self.owner(context), [thread_id])
            for record in records.values():
                await self.stop_run(record, context)

    async def tell(self, event: WatchEvent, context: Any) -> None:
        """Tells the owner's watchers, as far as that is possible: what they are told of has been done in any case."""
        owner = owner_of(self.server.store, context)
        if owner is not None:
            with suppress(StoreUnavailableError):
                await self.ready()
                await self._signal(signal_for(owner, client_json(event)))

    @property
    def going(self) -> Sequence[LiveRun]:
        """The runs of this process that have not ended."""
        return [] if self._loop is None else [run for run in self.local.values() if not run.settled.is_set()]

    @property
    def follows(self) -> int:
        """How many runs of other processes are followed here."""
        return 0 if self._loop is None else len(self.reader)

    # Shutdown

    async def close(self, seconds: float) -> None:
        """Lets runs go on for so long, then ends them as interrupted. Afterwards the server can be used again."""
        if self._loop is asyncio.get_running_loop():
            self.refuse(seconds)
            await self._released()  # some of what was at it is a run by then
            going = self.going
            if going:
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await asyncio.gather(*(run.settled.wait() for run in going))
            self._interrupt()
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await asyncio.gather(*(run.settled.wait() for run in going))
            await self._rest()
            self._loop = None  # used again, it begins anew
        if self._deadline is not None:
            self._deadline.cancel()
        self.closing, self._deadline = False, None

    @contextmanager
    def going_on(self) -> Generator[None]:
        """Around what goes on when whoever asked for it has left, and is no run yet, or any more: `close` waits for it.
        Else it would use the store when that is closed, and open it anew."""
        held = asyncio.get_running_loop().create_future()
        self._held.add(held)
        try:
            yield
        finally:
            self._held.discard(held)
            if not held.done():
                held.set_result(None)

    async def _released(self) -> None:
        here = asyncio.get_running_loop()
        held = [one for one in self._held if one.get_loop() is here]
        if held:
            await asyncio.wait(held, timeout=STOP_SECONDS)

    def refuse(self, seconds: float) -> None:
        """Nothing is begun from now on; what goes on may do so for so long, then it ends as interrupted. Who follows
        another process's run, or watches, goes elsewhere. The first call counts."""
        if self.closing:
            return
        self.closing = True
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            self._watchers.close()
            self.reader.lose()
            self._deadline = loop.call_later(seconds, self._interrupt, context=Context())

    def _interrupt(self) -> None:
        for run in self.going:
            run.end("interrupted")

    # Ending

    async def stop_run(self, record: RunRecord, context: Any) -> Outcome | None:
        """Stops a run, wherever it is. How it ended; None when it had not in time."""
        run = self.local.get(record.id)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                if run is not None:
                    run.end("stopped")
                    await run.settled.wait()
                    return run.outcome
                await self.engine.leases.ask_to_stop(record.id)
                await self._signal(f"stop:{record.id}")
                with self.reader.following(record) as mirror:
                    while mirror.book.ending is None and not mirror.book.is_lost:
                        if mirror.dead:
                            await self.recover_dead(record, context)
                        await mirror.book.news()
                ended = await self.engine.leases.find(record.id)
                return None if ended is None else ended.outcome
        return None

    async def settle(self, context: Any, run: LiveRun, outcome: Outcome) -> None:
        """Ends a run, in its task: what it has left open is brought in line with the store, then its thread is free."""
        try:
            await uncancelled(self._settled(context, run, outcome))
        except Exception:  # noqa: BLE001 - whoever follows must not wait for ever
            logger.exception("Run %s could not be ended in good order", run.id)
            run.book.lose()
        finally:
            run.settled.set()
            keep = KEPT_SECONDS if run.opened.done() and run.opened.exception() is None else 0.0
            asyncio.get_running_loop().call_later(keep, self.local.pop, run.id, None, context=Context())

    async def _settled(self, context: Any, run: LiveRun, outcome: Outcome) -> None:
        thread_id, number = run.thread_id, run.fence.number if run.fence is not None else 0
        if run.began and thread_id is not None:
            await settle_items(self.server, run.book, thread_id, context)
            self.writer.touch(run.book)
        current_fence.set(None)
        ended = True
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.writer.flush()
                ended = await self.engine.leases.end(run.id, number, outcome)
        except (StoreUnavailableError, TimeoutError):
            self._unended[run.id] = (number, outcome)
        run.outcome = outcome
        if ended:
            run.book.end(ended_frame(run.book, outcome, thread_id))
        else:  # who has taken it over tells how it ended
            run.book.lose()
        run.call_back()
        if run.began and thread_id is not None:
            await self.tell_of(run, RunEndedEvent(outcome=outcome, thread_id=thread_id, run_id=run.id))

    async def recover_dead(self, record: RunRecord, context: Any) -> None:
        """Ends a dead run, once, whoever asks for it."""
        task = self._recovering.get(record.id)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._do_recover(record, context))
            self._recovering[record.id] = task
            task.add_done_callback(lambda _: self._recovering.pop(record.id, None))
        await asyncio.shield(task)

    async def _do_recover(self, record: RunRecord, context: Any) -> None:
        current_fence.set(None)
        with self.going_on():
            finish = await recover(self.server, self.engine, record, context)
            if finish is not None:
                self._unrecovered[record.id] = (record, finish)  # this process has it now, and must not forget it
                await self._finish(record, finish)

    async def _finish(self, record: RunRecord, finish: Recovery) -> None:
        ended = await finish()
        self._unrecovered.pop(record.id, None)
        if ended and record.thread_id is not None:
            told = RunEndedEvent(outcome="interrupted", thread_id=record.thread_id, run_id=record.id)
            await self._signal(f"end:{record.id}", signal_for(record.owner, client_json(told)))
        self.reader.look(states=True)

    # What goes on beside requests

    def owner(self, context: Any) -> str:
        return owner_of(self.server.store, context) or ""

    async def ready(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._reset(loop)
        self._used_at = loop.time()
        if self._tending is not None and not self._tending.done():
            return
        async with self._starting:
            if self._tending is None or self._tending.done():
                await self.engine.leases.start(self._on_lost)
                self._listening.callback(await self.engine.log.listen(self._hear))
                self._tending = loop.create_task(self._tend(), context=Context())

    def _hear(self, text: str) -> None:
        kind, _, rest = text.partition(":")
        match kind:
            case "run" | "end":
                self.reader.hear(rest, ended=kind == "end")
            case "base":
                run = self.local.get(rest)
                if run is not None:
                    self.writer.begin_anew(run.book)
            case "stop":
                run = self.local.get(rest)
                if run is not None:
                    run.end("stopped")
            case "":  # the listener was away
                self.reader.hear("")
                self._watchers.miss()
            case _:
                self._watchers.hear(text)

    async def _signal(self, *texts: str | None) -> None:
        try:
            await self.engine.log.signal([text for text in texts if text is not None])
        except StoreUnavailableError:
            return  # signals may get lost
        except Exception:  # noqa: BLE001 - as well
            logger.exception("Other processes could not be told of something")

    async def tell_of(self, run: LiveRun, event: RunStartedEvent | RunEndedEvent) -> None:
        ended = f"end:{run.id}" if isinstance(event, RunEndedEvent) else None
        token = current_fence.set(None)
        try:
            await self._signal(ended, signal_for(run.owner, client_json(event)))
        finally:
            current_fence.reset(token)

    def _on_refused(self, run_id: str) -> None:
        """Another process has taken the run over: what is written of it from here counts for nothing."""
        self.writer.forget(run_id)
        run = self.local.get(run_id)
        if run is not None:
            run.end("interrupted")

    def _on_lost(self) -> None:
        """This process was silent for too long: others hold its runs for dead."""
        for run in self.local.values():
            run.end("interrupted")

    async def _tend(self) -> None:
        """While there is something to do: hears of stops that got lost, tells of ends again, sweeps."""
        loop = asyncio.get_running_loop()
        swept_at = float("-inf")
        while loop.time() - self._used_at < _IDLE_SECONDS:
            await asyncio.sleep(_TEND_SECONDS)
            going = self.going
            if going or self._unended or self._unrecovered or len(self.reader) or len(self._watchers):
                self._used_at = loop.time()
            try:
                await self._look_after(going)
                if loop.time() - swept_at > _SWEEP_SECONDS:
                    swept_at = loop.time()
                    await self.engine.leases.sweep()
            except StoreUnavailableError:
                continue
            except Exception:  # noqa: BLE001 - the next time it may work
                logger.exception("Runs could not be looked after")
        await self._rest()

    async def _look_after(self, going: Sequence[LiveRun]) -> None:
        for run_id, (number, outcome) in list(self._unended.items()):
            await self.engine.leases.end(run_id, number, outcome)
            self._unended.pop(run_id, None)
        for record, finish in [taken for taken in self._unrecovered.values() if taken[0].id not in self._recovering]:
            await self._finish(record, finish)
        held = [run for run in going if run.fence is not None]
        if held:
            states = await self.engine.leases.states([run.id for run in held])
            for run in held:
                state = states.get(run.id)
                if state is not None and state.stop:
                    run.end("stopped")
                elif run.fence is not None and (state is None or state.fence != run.fence.number):
                    run.end("interrupted")

    async def _rest(self) -> None:
        """Hears and holds nothing any more, until the next request."""
        tending, self._tending = self._tending, None
        if tending is not None and tending is not asyncio.current_task():
            tending.cancel()
        self._listening.close()
        await self.engine.leases.close(self._on_lost)
