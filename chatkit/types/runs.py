"""The extension `runs`: what a client asks about answers that go on without it, and what it is told."""

from typing import Literal

from pydantic import BaseModel

from chatkit.types.base_request import BaseReq

__all__ = [
    "ClaimItemResponse",
    "FollowingReq",
    "ItemsClaimParams",
    "ItemsClaimReq",
    "RunEndedEvent",
    "RunOutcome",
    "RunStartedEvent",
    "StopRunResponse",
    "StreamResetEvent",
    "ThreadChangedEvent",
    "ThreadDeletedEvent",
    "ThreadResumeParams",
    "ThreadStopParams",
    "ThreadsResumeReq",
    "ThreadsStopReq",
    "ThreadsWatchReq",
    "WatchEvent",
    "WatchOpenedEvent",
    "WatchParams",
]

RunOutcome = Literal["completed", "stopped", "interrupted", "failed", "refused"]
"""How a run ended: by itself; by the user; because its server could not go on; with an error; before it began."""


class ThreadResumeParams(BaseModel):
    """Which run to follow: the thread's, unless named.

    `after` is the `id` of the last frame that the client has; without it the whole run comes. `request_id` is that of
    the turn, given by the tab that began it: effects come to it.
    """

    thread_id: str
    run_id: str | None = None
    after: str | None = None
    request_id: str | None = None


class ThreadsResumeReq(BaseReq):
    """Follows a run: what came after a position, then what comes, until it ends."""

    type: Literal["threads.resume"] = "threads.resume"
    params: ThreadResumeParams


class WatchParams(BaseModel):
    """Nothing: it is about all of the owner's threads."""


class ThreadsWatchReq(BaseReq):
    """Tells of changes in any of the owner's threads, now and then not of all."""

    type: Literal["threads.watch"] = "threads.watch"
    params: WatchParams = WatchParams()


class ThreadStopParams(BaseModel):
    """Which run to stop. Any other run of the thread goes on."""

    thread_id: str
    run_id: str


class ThreadsStopReq(BaseReq):
    """The user's stop. It answers when what was written is stored."""

    type: Literal["threads.stop"] = "threads.stop"
    params: ThreadStopParams


class StopRunResponse(BaseModel):
    """How the run ended; nothing when it had not ended five seconds later."""

    outcome: RunOutcome | None = None


class ItemsClaimParams(BaseModel):
    """Which client tool call, and whoever wants to run it: any text that no other tab has."""

    thread_id: str
    item_id: str
    claimant: str


class ItemsClaimReq(BaseReq):
    """Claims a client tool call before it is run, or goes on claiming it while it runs."""

    type: Literal["items.claim"] = "items.claim"
    params: ItemsClaimParams


class ClaimItemResponse(BaseModel):
    """Whether the call is the claimant's, for how many seconds unless it claims again. Else another has it; or, when it
    is not `pending` any more, it has its output."""

    claimed: bool
    seconds: float | None = None
    pending: bool = True


FollowingReq = ThreadsResumeReq | ThreadsWatchReq
"""Requests answered by a stream that begins nothing."""


class StreamResetEvent(BaseModel):
    """What the client has cannot be gone on with: it fetches the thread anew, then folds what follows."""

    type: Literal["stream.reset"] = "stream.reset"


class RunStartedEvent(BaseModel):
    """A run began in a thread."""

    type: Literal["run.started"] = "run.started"
    thread_id: str
    run_id: str


class RunEndedEvent(BaseModel):
    """The last event of a followed run; in `threads.watch`, that one ended. `run_id` is missing when there is none."""

    type: Literal["run.ended"] = "run.ended"
    outcome: RunOutcome
    thread_id: str | None = None
    run_id: str | None = None


class ThreadChangedEvent(BaseModel):
    """A thread has another title or state; without an id, any of them may have."""

    type: Literal["thread.changed"] = "thread.changed"
    thread_id: str | None = None


class ThreadDeletedEvent(BaseModel):
    """A thread is gone."""

    type: Literal["thread.deleted"] = "thread.deleted"
    thread_id: str


class WatchOpenedEvent(BaseModel):
    """From now on changes are told. What happened before is to be asked for."""

    type: Literal["watch.opened"] = "watch.opened"


WatchEvent = WatchOpenedEvent | ThreadChangedEvent | ThreadDeletedEvent | RunStartedEvent | RunEndedEvent
