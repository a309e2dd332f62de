"""All runs of a server: begun, followed, stopped, recovered, shut down."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import ExitStack, suppress
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Any

from chatkit._lookups import load_item, load_thread
from chatkit._runs.book import Book
from chatkit._runs.following import Follower, Following
from chatkit._runs.frames import ended_frame, plain_frame
from chatkit._runs.live_run import LiveRun
from chatkit._runs.positions import digest_of, parse_position
from chatkit._runs.reader import Reader
from chatkit._runs.recovery import recover, settle_items
from chatkit._runs.watch import Watchers, signal_for
from chatkit._runs.writer import Writer
from chatkit._turn import Plan, play
from chatkit._uncancelled import uncancelled
from chatkit._wire import client_json, client_thread
from chatkit.errors import ErrorCode, NotSupportedError, RequestError
from chatkit.live import Fence, LiveEngine, Outcome, RunRecord, current_fence, memory_engine
from chatkit.live.opening import current_opening
from chatkit.logger import logger, new_run_id
from chatkit.store import NotFoundError, StoreUnavailableError
from chatkit.store.borrowed import as_store
from chatkit.store.owner import owner_of
from chatkit.store.ports import is_pending
from chatkit.types import (
    ActiveRun,
    ClientToolCallItem,
    ErrorEvent,
    ItemsClaimReq,
    RunEndedEvent,
    RunStartedEvent,
    StreamingReq,
    ThreadCreatedEvent,
    ThreadsCreateReq,
    ThreadsResumeReq,
    ThreadsStopReq,
)
from chatkit.types.runs import ClaimItemResponse, StopRunResponse, WatchEvent

if TYPE_CHECKING:
    from chatkit.server import ChatKitServer

__all__ = ["Runs", "runs_of"]

_ATTRIBUTE = "_chatkit_runs"

LONGEST_SECONDS = 3600.0
"""A run lasts no longer."""
KEPT_SECONDS = 60.0
"""How long a run of this process that has ended can be followed without asking the log."""
STOP_SECONDS = 5.0
"""How long a stop waits for what was written to be stored."""
CLAIM_SECONDS = 8.0
"""How long a claim of a client tool call holds."""
_NOWHERE = (-1, -1)
"""A position that no run has."""
_TEND_SECONDS = 1.0
_SWEEP_SECONDS = 60.0
_IDLE_SECONDS = 30.0
"""Without anything to do the process gives up its lease, and asks the database nothing any more."""
_CATCH_UP_SECONDS = 1.0
"""How long a position that this process has not heard of is waited for: its log may come a little later."""


def runs_of(server: "ChatKitServer[Any]") -> "Runs":
    """The runs of a server: always the same object. Subclasses need not have called `ChatKitServer.__init__`."""
    kept = vars(server)
    if _ATTRIBUTE not in kept:
        kept[_ATTRIBUTE] = Runs(server)
    return kept[_ATTRIBUTE]


class RunsClosedError(StoreUnavailableError):
    """The server shuts down: nothing is begun any more. Another process may take it."""

    is_logged = True
    """Nothing is wrong that the log would have to tell."""


class Runs:
    """The runs of one `ChatKitServer`, in one event loop at a time."""

    def __init__(self, server: "ChatKitServer[Any]") -> None:
        self._server = server
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False
        self._deadline: asyncio.TimerHandle | None = None
        """When what goes on is ended, once nothing is begun any more."""

    def _reset(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins in this event loop, whatever was in another."""
        self._loop = loop
        engine = as_store(self._server.store).live_engine()
        self._engine: LiveEngine = engine or memory_engine()
        self._local: dict[str, LiveRun] = {}
        """Runs of this process, and those that have just ended."""
        self._writer = Writer(self._engine.log, self._on_refused)
        self._reader = Reader(self._engine)
        self._watchers = Watchers()
        self._recovering: dict[str, asyncio.Task[None]] = {}
        self._unended: dict[str, tuple[int, Outcome]] = {}
        """Runs whose end could not be told to the database."""
        self._tending: asyncio.Task[None] | None = None
        self._listening = ExitStack()
        self._starting = asyncio.Lock()
        self._used_at = loop.time()
        """When a request came last."""
        if self._closing:
            self._watchers.close()

    # Requests

    def turn(self, request: StreamingReq, context: Any) -> Follower:
        """Begins a run when it is opened, and follows it."""
        return Follower(partial(self._begin, request, context))

    def resume(self, request: ThreadsResumeReq, context: Any) -> Follower:
        """Follows a run that has begun."""
        return Follower(partial(self._resume, request, context))

    def watch(self, context: Any) -> AsyncGenerator[bytes, None]:
        """Tells of changes in the owner's threads."""

        async def find() -> str:
            await self._ready()
            owner = owner_of(self._server.store, context)
            if owner is None:
                raise NotSupportedError("The context names no user, so that it is not known whose threads to watch.")
            return owner

        if self._loop is not asyncio.get_running_loop():
            self._reset(asyncio.get_running_loop())
        return self._watchers.watch(find)

    async def stop(self, request: ThreadsStopReq, context: Any) -> StopRunResponse:
        """The user's stop: of that run and no other."""
        await self._ready()
        record = await self._find(request.params.thread_id, request.params.run_id, context)
        return StopRunResponse(outcome=await self._stop(record, context))

    async def claim(self, request: ItemsClaimReq, context: Any) -> ClaimItemResponse:
        """Claims a client tool call that waits for its output."""
        await self._ready()
        params = request.params
        await load_thread(self._server, params.thread_id, context)
        item = await load_item(self._server, params.thread_id, params.item_id, context)
        if not isinstance(item, ClientToolCallItem):
            raise RequestError("item.wrong_kind", f"Item {item.id} is no client tool call.", param="params.item_id")
        leases, pending = self._engine.leases, is_pending(item)
        claimed = pending and await leases.claim(item.thread_id, item.id, params.claimant[:200], CLAIM_SECONDS)
        return ClaimItemResponse(claimed=claimed, seconds=CLAIM_SECONDS if claimed else None, pending=pending)

    async def active(self, thread_ids: Sequence[str], context: Any, *, recovers: bool) -> Mapping[str, ActiveRun]:
        """By thread, the runs that are going on. With `recovers` dead ones are ended first; else they are left out."""
        await self._ready()
        records = await self._engine.leases.active(self._owner(context), thread_ids)
        for record in records.values():
            if not record.alive and recovers:
                with suppress(StoreUnavailableError):  # its thread can be read all the same
                    await self._recover(record, context)
        return {thread_id: ActiveRun(id=record.id) for thread_id, record in records.items() if record.alive}

    async def knows(self, request: StreamingReq, context: Any) -> bool:
        """Whether the request was made before, so that it costs nothing."""
        if request.request_id is None:
            return False
        await self._ready()
        return await self._engine.leases.find_request(self._owner(context), request.request_id) is not None

    async def stop_thread(self, thread_id: str, context: Any) -> None:
        """Ends what is going on in a thread that is to be deleted."""
        await self._ready()
        with suppress(NotFoundError):
            await load_thread(self._server, thread_id, context)
            records = await self._engine.leases.active(self._owner(context), [thread_id])
            for record in records.values():
                await self._stop(record, context)

    async def tell(self, event: WatchEvent, context: Any) -> None:
        """Tells the owner's watchers, as far as that is possible: what they are told of has been done in any case."""
        owner = owner_of(self._server.store, context)
        if owner is not None:
            with suppress(StoreUnavailableError):
                await self._ready()
                await self._signal(signal_for(owner, client_json(event)))

    @property
    def going(self) -> Sequence[LiveRun]:
        """The runs of this process that have not ended."""
        return [] if self._loop is None else [run for run in self._local.values() if not run.settled.is_set()]

    @property
    def follows(self) -> int:
        """How many runs of other processes are followed here."""
        return 0 if self._loop is None else len(self._reader)

    # Shutdown

    async def close(self, seconds: float) -> None:
        """Lets runs go on for so long, then ends them as interrupted. Afterwards the server can be used again."""
        if self._loop is asyncio.get_running_loop():
            self.refuse(seconds)
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
        self._closing, self._deadline = False, None

    def refuse(self, seconds: float) -> None:
        """Nothing is begun from now on; what goes on may do so for so long, then it ends as interrupted. Who follows
        another process's run, or watches, goes elsewhere. The first call counts."""
        if self._closing:
            return
        self._closing = True
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            self._watchers.close()
            self._reader.lose()
            self._deadline = loop.call_later(seconds, self._interrupt, context=Context())

    def _interrupt(self) -> None:
        for run in self.going:
            run.end("interrupted")

    # Beginning

    async def _begin(self, request: StreamingReq, context: Any) -> Following:
        """Goes on to its end when whoever asked for it has left."""
        beginning = asyncio.get_running_loop().create_task(self._begin_once(request, context))
        beginning.add_done_callback(_seen)
        try:
            return await asyncio.shield(beginning)
        except asyncio.CancelledError:
            beginning.add_done_callback(_let_go)
            raise

    async def _begin_once(self, request: StreamingReq, context: Any) -> Following:
        await self._ready()
        if self._closing:
            raise RunsClosedError("The server shuts down.")
        digest = digest_of(request) if request.request_id is not None else None
        owner, run_id = self._owner(context), new_run_id()
        while (known := await self._engine.leases.open(owner, run_id, request.request_id, digest)) is not None:
            if known.digest != digest:
                raise RequestError(
                    "request.id_reused", "Another request was made under this request_id.", param="request_id"
                )
            repeated = await self._repeat(known, request, context)
            if repeated is not None:
                return repeated
        run = LiveRun(run_id, owner)
        run.book.origin = run  # effects may come before who asked has begun to listen
        self._local[run_id] = run
        frames = play(
            self._server,
            partial(self._prepare, run, request, context),
            context,
            interrupted=lambda: run.ending != "stopped",
            has_own_task=lambda: True,
        )
        run.begin(frames, self._writer.touch, partial(self._settle, context))
        timer = asyncio.get_running_loop().call_later(LONGEST_SECONDS, run.end, "interrupted", context=Context())
        run.on_settled(timer.cancel)
        await run.opened
        return Following(run.book, origin=True)

    async def _prepare(self, run: LiveRun, request: StreamingReq, context: Any) -> Plan:
        """In the run's task: takes the thread, then has the operation do what comes before the turn."""
        thread_id: str | None = vars(request.params).get("thread_id")
        refused = await self._too_many(run.owner)
        if refused is None and thread_id is not None and await self._is_there(thread_id, context):
            refused = await self._take(run, thread_id, context, stops=request.if_busy == "stop")
        if refused is not None:
            return Plan([refused])
        current_opening.set(partial(self._open_thread, run, context))
        plan = await self._server._plan(request, context, run.id)  # pyright: ignore[reportPrivateUsage] - ours
        if plan.turn is not None:
            plan.run_id = run.id
            run.began = True
            await self._tell_of(run, RunStartedEvent(thread_id=plan.turn[0].id, run_id=run.id))
        return plan

    async def _is_there(self, thread_id: str, context: Any) -> bool:
        try:
            await load_thread(self._server, thread_id, context)
        except NotFoundError:  # the operation says so, or makes another
            return False
        return True

    async def _too_many(self, owner: str) -> ErrorEvent | None:
        most = self._server.max_active_runs
        if not most or await self._engine.leases.count(owner) < most:
            return None
        return ErrorEvent(code=ErrorCode.RUNS_TOO_MANY, allow_retry=True)

    async def _take(self, run: LiveRun, thread_id: str, context: Any, *, stops: bool) -> ErrorEvent | None:
        """Takes the thread. The event that says that it is busy, if it is."""
        while not isinstance(got := await self._engine.leases.acquire(run.id, thread_id), Fence):
            if not got.alive:
                await self._recover(got, context)
            elif not stops or await self._stop(got, context) is None:
                return ErrorEvent(code=ErrorCode.THREAD_BUSY, allow_retry=True)
        with suppress(StoreUnavailableError):  # it is this run's first number: there is nobody to be kept out
            await self._engine.log.hold(got)
        self._hold(run, got)
        return None

    async def _open_thread(self, run: LiveRun, context: Any, thread_id: str) -> None:
        """Takes a thread that is about to be made. An application may give it an id that is in use."""
        if run.fence is None or run.fence.thread_id != thread_id:
            refused = await self._take(run, thread_id, context, stops=False)
            if refused is not None:
                raise RequestError("thread.busy", "The thread is being answered.")

    def _hold(self, run: LiveRun, fence: Fence) -> None:
        run.fence = fence
        run.book.fence = fence.number
        current_fence.set(fence)

    async def _repeat(self, record: RunRecord, request: StreamingReq, context: Any) -> Following | None:
        """Follows the run of a request that was made before. None: it has turned out to have had no effect."""
        run = self._local.get(record.id)
        if run is not None:
            await asyncio.shield(run.opened)
            await self._check_thread(run.thread_id, context)
            return Following(run.book, origin=True)
        following = await self._mirrored(record, context)
        try:
            return await self._repeat_elsewhere(following, record, request, context)
        except BaseException:
            following.held.close()
            raise

    async def _repeat_elsewhere(
        self, following: Following, record: RunRecord, request: StreamingReq, context: Any
    ) -> Following | None:
        mirror_book = following.book
        while not mirror_book.last and mirror_book.ending is None and not mirror_book.is_lost:
            if following.pause is None or not await following.pause():
                break
            await mirror_book.news()  # until it has stored something, or has turned out to have no effect
        known = await self._engine.leases.find(record.id)
        if known is None or known.outcome == "refused":
            following.held.close()
            return None
        await self._check_thread(known.thread_id, context)
        following.origin = True
        if isinstance(request, ThreadsCreateReq) and not mirror_book.last and known.thread_id is not None:
            thread = await load_thread(self._server, known.thread_id, context)
            following.before = plain_frame(ThreadCreatedEvent(thread=client_thread(thread)))
        return following

    async def _check_thread(self, thread_id: str | None, context: Any) -> None:
        """Raises `NotFoundError` when it is another's: not every store's owners are known here."""
        if thread_id is not None:
            await load_thread(self._server, thread_id, context)

    # Following

    async def _resume(self, request: ThreadsResumeReq, context: Any) -> Following:
        await self._ready()
        params = request.params
        if params.run_id is None:
            await load_thread(self._server, params.thread_id, context)
            records = await self._engine.leases.active(self._owner(context), [params.thread_id])
            record = records.get(params.thread_id)
            if record is None:
                return _nothing(params.thread_id)
        else:
            record = await self._find(params.thread_id, params.run_id, context)
        run = self._local.get(record.id)
        following = Following(run.book) if run is not None else await self._mirrored(record, context)
        try:
            if params.after is not None:
                following.after = parse_position(params.after) or _NOWHERE
                if run is None:
                    await self._catch_up(following)
            if (request_id := params.request_id or request.request_id) is not None:
                begun = await self._engine.leases.find_request(self._owner(context), request_id)
                following.origin = begun is not None and begun.id == record.id
        except BaseException:
            following.held.close()
            raise
        return following

    async def _mirrored(self, record: RunRecord, context: Any) -> Following:
        """Follows a run in the log, once all that is there was read."""
        held = ExitStack()
        mirror = held.enter_context(self._reader.following(record))

        async def pause() -> bool:
            if mirror.dead and mirror.book.ending is None:
                with suppress(StoreUnavailableError):
                    await self._recover(record, context)
            return not self._closing

        try:
            while not (mirror.is_read or mirror.book.is_lost) and await pause():
                await mirror.book.news()
        except BaseException:
            held.close()
            raise
        return Following(mirror.book, pause=pause, held=held)

    async def _catch_up(self, following: Following) -> None:
        """A client may have heard more from another process than its log has told here yet."""
        book, after = following.book, following.after
        with suppress(TimeoutError):
            async with asyncio.timeout(_CATCH_UP_SECONDS):
                while after is not None and not book.knows(after) and book.ending is None and after[1] > book.last:
                    await book.news()

    async def _find(self, thread_id: str, run_id: str, context: Any) -> RunRecord:
        """A run of that thread. Raises `NotFoundError` also when it is another's."""
        await load_thread(self._server, thread_id, context)
        record = await self._engine.leases.find(run_id)
        if record is None or record.thread_id != thread_id or record.owner != self._owner(context):
            raise NotFoundError(f"There is no run {run_id} in this thread.")
        return record

    # Ending

    async def _stop(self, record: RunRecord, context: Any) -> Outcome | None:
        """Stops a run, wherever it is. How it ended; None when it had not in time."""
        run = self._local.get(record.id)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                if run is not None:
                    run.end("stopped")
                    await run.settled.wait()
                    return run.outcome
                await self._engine.leases.ask_to_stop(record.id)
                await self._signal(f"stop:{record.id}")
                with self._reader.following(record) as mirror:
                    while mirror.book.ending is None and not mirror.book.is_lost:
                        if mirror.dead:
                            await self._recover(record, context)
                        await mirror.book.news()
                ended = await self._engine.leases.find(record.id)
                return None if ended is None else ended.outcome
        return None

    async def _settle(self, context: Any, run: LiveRun, outcome: Outcome) -> None:
        """Ends a run, in its task: what it has left open is brought in line with the store, then its thread is free."""
        try:
            await uncancelled(self._settled(context, run, outcome))
        except Exception:  # noqa: BLE001 - whoever follows must not wait for ever
            logger.exception("Run %s could not be ended in good order", run.id)
            run.book.lose()
        finally:
            run.settled.set()
            keep = KEPT_SECONDS if run.opened.done() and run.opened.exception() is None else 0.0
            asyncio.get_running_loop().call_later(keep, self._local.pop, run.id, None, context=Context())

    async def _settled(self, context: Any, run: LiveRun, outcome: Outcome) -> None:
        thread_id, number = run.thread_id, run.fence.number if run.fence is not None else 0
        if run.began and thread_id is not None:
            await settle_items(self._server, run.book, thread_id, context)
            self._writer.touch(run.book)
        current_fence.set(None)
        ended = True
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._writer.flush()
                ended = await self._engine.leases.end(run.id, number, outcome)
        except (StoreUnavailableError, TimeoutError):
            self._unended[run.id] = (number, outcome)
        run.outcome = outcome
        if ended:
            run.book.end(ended_frame(run.book, outcome, thread_id))
        else:  # who has taken it over tells how it ended
            run.book.lose()
        run.call_back()
        if run.began and thread_id is not None:
            await self._tell_of(run, RunEndedEvent(outcome=outcome, thread_id=thread_id, run_id=run.id))

    async def _recover(self, record: RunRecord, context: Any) -> None:
        """Ends a dead run, once, whoever asks for it."""
        task = self._recovering.get(record.id)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._do_recover(record, context))
            self._recovering[record.id] = task
            task.add_done_callback(lambda _: self._recovering.pop(record.id, None))
        await asyncio.shield(task)

    async def _do_recover(self, record: RunRecord, context: Any) -> None:
        current_fence.set(None)
        if await recover(self._server, self._engine, record, context) and record.thread_id is not None:
            ended = RunEndedEvent(outcome="interrupted", thread_id=record.thread_id, run_id=record.id)
            await self._signal(f"end:{record.id}", signal_for(record.owner, client_json(ended)))
        self._reader.look(states=True)

    # What goes on beside requests

    def _owner(self, context: Any) -> str:
        return owner_of(self._server.store, context) or ""

    async def _ready(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._reset(loop)
        self._used_at = loop.time()
        if self._tending is not None and not self._tending.done():
            return
        async with self._starting:
            if self._tending is None or self._tending.done():
                await self._engine.leases.start(self._on_lost)
                self._listening.callback(await self._engine.log.listen(self._hear))
                self._tending = loop.create_task(self._tend(), context=Context())

    def _hear(self, text: str) -> None:
        kind, _, rest = text.partition(":")
        match kind:
            case "run" | "end":
                self._reader.hear(rest, ended=kind == "end")
            case "base":
                run = self._local.get(rest)
                if run is not None:
                    self._writer.begin_anew(run.book)
            case "stop":
                run = self._local.get(rest)
                if run is not None:
                    run.end("stopped")
            case "":  # the listener was away
                self._reader.hear("")
                self._watchers.miss()
            case _:
                self._watchers.hear(text)

    async def _signal(self, *texts: str | None) -> None:
        try:
            await self._engine.log.signal([text for text in texts if text is not None])
        except StoreUnavailableError:
            return  # signals may get lost
        except Exception:  # noqa: BLE001 - as well
            logger.exception("Other processes could not be told of something")

    async def _tell_of(self, run: LiveRun, event: RunStartedEvent | RunEndedEvent) -> None:
        ended = f"end:{run.id}" if isinstance(event, RunEndedEvent) else None
        token = current_fence.set(None)
        try:
            await self._signal(ended, signal_for(run.owner, client_json(event)))
        finally:
            current_fence.reset(token)

    def _on_refused(self, run_id: str) -> None:
        """Another process has taken the run over: what is written of it from here counts for nothing."""
        self._writer.forget(run_id)
        run = self._local.get(run_id)
        if run is not None:
            run.end("interrupted")

    def _on_lost(self) -> None:
        """This process was silent for too long: others hold its runs for dead."""
        for run in self._local.values():
            run.end("interrupted")

    async def _tend(self) -> None:
        """While there is something to do: hears of stops that got lost, tells of ends again, sweeps."""
        loop = asyncio.get_running_loop()
        swept_at = float("-inf")
        while loop.time() - self._used_at < _IDLE_SECONDS:
            await asyncio.sleep(_TEND_SECONDS)
            going = self.going
            if going or self._unended or len(self._reader) or len(self._watchers):
                self._used_at = loop.time()
            try:
                await self._look_after(going)
                if loop.time() - swept_at > _SWEEP_SECONDS:
                    swept_at = loop.time()
                    await self._engine.leases.sweep()
            except StoreUnavailableError:
                continue
            except Exception:  # noqa: BLE001 - the next time it may work
                logger.exception("Runs could not be looked after")
        await self._rest()

    async def _look_after(self, going: Sequence[LiveRun]) -> None:
        for run_id, (number, outcome) in list(self._unended.items()):
            await self._engine.leases.end(run_id, number, outcome)
            self._unended.pop(run_id, None)
        held = [run for run in going if run.fence is not None]
        if held:
            states = await self._engine.leases.states([run.id for run in held])
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
        await self._engine.leases.close(self._on_lost)


def _seen(task: asyncio.Task[Any]) -> None:
    """Whoever waited for it may have left: its error is not to be told as one that nobody took."""
    if not task.cancelled():
        task.exception()


def _let_go(beginning: asyncio.Task[Following]) -> None:
    """Nobody follows what was begun."""
    if not beginning.cancelled() and beginning.exception() is None:
        beginning.result().held.close()


def _nothing(thread_id: str) -> Following:
    """There is no run to follow: it has ended, or there was none."""
    book = Book("")
    book.end(plain_frame(RunEndedEvent(outcome="completed", thread_id=thread_id)))
    return Following(book, after=(0, 1))
