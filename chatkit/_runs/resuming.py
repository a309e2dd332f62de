"""A run that is looked for: by who comes back to it, or by who sees it for the first time."""

import asyncio
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from chatkit._lookups import load_thread
from chatkit._runs.book import Book
from chatkit._runs.following import Following
from chatkit._runs.frames import plain_frame
from chatkit._runs.positions import parse_position
from chatkit.live import RunRecord
from chatkit.store import NotFoundError, StoreUnavailableError
from chatkit.types import RunEndedEvent, ThreadsResumeReq

if TYPE_CHECKING:
    from chatkit._runs.runs import Runs

__all__ = ["find_run", "mirrored", "resumed"]

_NOWHERE = (-1, -1)
"""A position that no run has."""
_CATCH_UP_SECONDS = 1.0
"""How long a position that this process has not heard of is waited for: its log may come a little later."""


async def resumed(runs: "Runs", request: ThreadsResumeReq, context: Any) -> Following:
    """The run that a request names, from its position on. Raises `NotFoundError` also for what is another's."""
    await runs.ready()
    params = request.params
    record = await _asked_for(runs, request, context)
    if record is None:
        return _nothing(params.thread_id)
    run = runs.local.get(record.id)
    following = Following(run.book) if run is not None else await mirrored(runs, record, context)
    try:
        if params.after is not None:
            following.after = parse_position(params.after) or _NOWHERE
            if run is None:
                await _catch_up(following)
        if (request_id := params.request_id or request.request_id) is not None:
            begun = await runs.engine.leases.find_request(runs.owner(context), request_id)
            following.origin = begun is not None and begun.id == record.id
    except BaseException:
        following.held.close()
        raise
    return following


async def _asked_for(runs: "Runs", request: ThreadsResumeReq, context: Any) -> RunRecord | None:
    params = request.params
    if params.run_id is not None:
        return await find_run(runs, params.thread_id, params.run_id, context)
    await load_thread(runs.server, params.thread_id, context)
    return (await runs.engine.leases.active(runs.owner(context), [params.thread_id])).get(params.thread_id)


async def find_run(runs: "Runs", thread_id: str, run_id: str, context: Any) -> RunRecord:
    """A run of that thread. Raises `NotFoundError` also when it is another's."""
    await load_thread(runs.server, thread_id, context)
    record = await runs.engine.leases.find(run_id)
    if record is None or record.thread_id != thread_id or record.owner != runs.owner(context):
        raise NotFoundError(f"There is no run {run_id} in this thread.")
    return record


async def mirrored(runs: "Runs", record: RunRecord, context: Any) -> Following:
    """Follows a run in the log, once all that is there was read. If its process is dead, whoever follows ends it."""
    held = ExitStack()
    mirror = held.enter_context(runs.reader.following(record))

    async def pause() -> bool:
        if mirror.dead and mirror.book.ending is None:
            with suppress(StoreUnavailableError):
                await runs.recover_dead(record, context)
        return not runs.closing

    try:
        while not (mirror.is_read or mirror.book.is_lost) and await pause():
            await mirror.book.news()
    except BaseException:
        held.close()
        raise
    return Following(mirror.book, pause=pause, held=held)


async def _catch_up(following: Following) -> None:
    """A client may have heard more from another process than its log has told here yet."""
    book, after = following.book, following.after
    with suppress(TimeoutError):
        async with asyncio.timeout(_CATCH_UP_SECONDS):
            while after is not None and not book.knows(after) and book.ending is None and after[1] > book.last:
                await book.news()


def _nothing(thread_id: str) -> Following:
    """There is no run to follow: it has ended, or there was none."""
    book = Book("")
    book.end(plain_frame(RunEndedEvent(outcome="completed", thread_id=thread_id)))
    return Following(book, after=(0, 1))
