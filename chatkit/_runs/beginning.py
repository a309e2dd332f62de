"""A turn that is asked for: it is another's already, or becomes a run."""

import asyncio
from contextlib import suppress
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Any

from chatkit._lookups import load_thread
from chatkit._runs.following import Following
from chatkit._runs.frames import plain_frame
from chatkit._runs.live_run import LiveRun
from chatkit._runs.positions import digest_of
from chatkit._runs.resuming import mirrored
from chatkit._turn import Plan, play
from chatkit._wire import client_thread
from chatkit.errors import ErrorCode, RequestError
from chatkit.live import Fence, RunRecord, current_fence
from chatkit.live.opening import current_opening
from chatkit.logger import new_run_id
from chatkit.store import NotFoundError, StoreUnavailableError
from chatkit.types import ErrorEvent, RunStartedEvent, StreamingReq, ThreadCreatedEvent, ThreadsCreateReq

if TYPE_CHECKING:
    from chatkit._runs.runs import Runs

__all__ = ["Beginning"]

LONGEST_SECONDS = 3600.0
"""A run lasts no longer."""


class RunsClosedError(StoreUnavailableError):
    """The server shuts down: nothing is begun any more. Another process may take it."""

    is_logged = True
    """Nothing is wrong that the log would have to tell."""


class Beginning:
    """One request for a turn."""

    def __init__(self, runs: "Runs", request: StreamingReq, context: Any) -> None:
        self._runs = runs
        self._request = request
        self._context = context

    async def follow(self) -> Following:
        """The run to follow. What was begun goes on to its end when whoever asked for it has left."""
        beginning = asyncio.get_running_loop().create_task(self._begin())
        beginning.add_done_callback(_seen)
        try:
            return await asyncio.shield(beginning)
        except asyncio.CancelledError:
            beginning.add_done_callback(_let_go)
            raise

    async def _begin(self) -> Following:
        with self._runs.going_on():
            begun = await self._begun()
        if isinstance(begun, Following):
            return begun
        await begun.opened
        return Following(begun.book, origin=True)

    async def _begun(self) -> Following | LiveRun:
        """A run that was started; or what to follow, where there was one before."""
        runs, request = self._runs, self._request
        await runs.ready()
        if runs.closing:
            raise RunsClosedError("The server shuts down.")
        digest = digest_of(request) if request.request_id is not None else None
        run_id, owner = new_run_id(), runs.owner(self._context)
        while (known := await runs.engine.leases.open(owner, run_id, request.request_id, digest)) is not None:
            if known.digest != digest:
                raise RequestError(
                    "request.id_reused", "Another request was made under this request_id.", param="request_id"
                )
            repeated = await self._repeat(known)
            if repeated is not None:
                return repeated
        run = LiveRun(run_id, owner)
        self._start(run)
        return run

    def _start(self, run: LiveRun) -> None:
        """Starts the run's task. `run.opened` has what came in place of its first frame."""
        runs = self._runs
        run.book.origin = run  # effects may come before who asked has begun to listen
        runs.local[run.id] = run
        frames = play(
            runs.server,
            partial(self._prepare, run),
            self._context,
            interrupted=lambda: run.ending != "stopped",
            has_own_task=lambda: True,
        )
        run.begin(frames, runs.writer.touch, partial(runs.settle, self._context))
        timer = asyncio.get_running_loop().call_later(LONGEST_SECONDS, run.end, "interrupted", context=Context())
        run.on_settled(timer.cancel)

    async def _prepare(self, run: LiveRun) -> Plan:
        """In the run's task: takes the thread, then has the operation do what comes before the turn."""
        runs, request = self._runs, self._request
        thread_id: str | None = vars(request.params).get("thread_id")
        refused = await self._too_many(run.owner)
        if refused is None and thread_id is not None and await self._is_there(thread_id):
            refused = await self._take(run, thread_id, stops=request.if_busy == "stop")
        if refused is not None:
            return Plan([refused])
        current_opening.set(partial(self._open_thread, run))
        plan = await runs.server._plan(request, self._context, run.id)  # pyright: ignore[reportPrivateUsage] - ours
        if plan.turn is not None:
            plan.run_id = run.id
            run.began = True
            await runs.tell_of(run, RunStartedEvent(thread_id=plan.turn[0].id, run_id=run.id))
        return plan

    async def _is_there(self, thread_id: str) -> bool:
        try:
            await load_thread(self._runs.server, thread_id, self._context)
        except NotFoundError:  # the operation says so, or makes another
            return False
        return True

    async def _too_many(self, owner: str) -> ErrorEvent | None:
        most = self._runs.server.max_active_runs
        if not most or await self._runs.engine.leases.count(owner) < most:
            return None
        return ErrorEvent(code=ErrorCode.RUNS_TOO_MANY, allow_retry=True)

    async def _take(self, run: LiveRun, thread_id: str, *, stops: bool) -> ErrorEvent | None:
        """Takes the thread. The event that says that it is busy, if it is."""
        runs = self._runs
        while not isinstance(got := await runs.engine.leases.acquire(run.id, thread_id), Fence):
            if not got.alive:
                await runs.recover_dead(got, self._context)
            elif not stops or await runs.stop_run(got, self._context) is None:
                return ErrorEvent(code=ErrorCode.THREAD_BUSY, allow_retry=True)
        with suppress(StoreUnavailableError):  # a log that is away need not know: there is nobody to be kept out
            await runs.engine.log.hold(got)
        run.fence, run.book.fence = got, got.number
        current_fence.set(got)
        return None

    async def _open_thread(self, run: LiveRun, thread_id: str) -> None:
        """Takes a thread that is about to be made. An application may give it an id that is in use."""
        if run.fence is None or run.fence.thread_id != thread_id:
            refused = await self._take(run, thread_id, stops=False)
            if refused is not None:
                raise RequestError("thread.busy", "The thread is being answered.")

    # Requests that were made before

    async def _repeat(self, record: RunRecord) -> Following | None:
        """Follows the run of a request that was made before. None: it has turned out to have had no effect."""
        run = self._runs.local.get(record.id)
        if run is not None:
            await asyncio.shield(run.opened)
            await self._check_thread(run.thread_id)
            return Following(run.book, origin=True)
        following = await mirrored(self._runs, record, self._context)
        try:
            repeated = await self._repeat_elsewhere(following, record)
        except BaseException:
            following.held.close()
            raise
        if repeated is None:
            following.held.close()
        return repeated

    async def _repeat_elsewhere(self, following: Following, record: RunRecord) -> Following | None:
        book = following.book
        while not book.last and book.ending is None and not book.is_lost:
            if following.pause is None or not await following.pause():
                break
            await book.news()  # until it has stored something, or has turned out to have no effect
        known = await self._runs.engine.leases.find(record.id)
        if known is None or known.outcome == "refused":
            return None
        await self._check_thread(known.thread_id)
        following.origin = True
        if isinstance(self._request, ThreadsCreateReq) and not book.last and known.thread_id is not None:
            thread = await load_thread(self._runs.server, known.thread_id, self._context)
            following.before = plain_frame(ThreadCreatedEvent(thread=client_thread(thread)))
        return following

    async def _check_thread(self, thread_id: str | None) -> None:
        """Raises `NotFoundError` when it is another's: not every store's owners are known here."""
        if thread_id is not None:
            await load_thread(self._runs.server, thread_id, self._context)


def _seen(task: asyncio.Task[Any]) -> None:
    """Whoever waited for it may have left: its error is not to be told as one that nobody took."""
    if not task.cancelled():
        task.exception()


def _let_go(beginning: asyncio.Task[Following]) -> None:
    """Nobody follows what was begun."""
    if not beginning.cancelled() and beginning.exception() is None:
        beginning.result().held.close()
