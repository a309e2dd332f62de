"""Threads and their status."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from chatkit.types._base import Record
from chatkit.types._times import Dated, UtcDatetime
from chatkit.types.active_run import ActiveRun
from chatkit.types.items import ThreadItem
from chatkit.types.page import Page

__all__ = ["ActiveStatus", "ClosedStatus", "LockedStatus", "Thread", "ThreadMetadata", "ThreadStatus"]


class ActiveStatus(Record):
    """The thread takes messages."""

    type: Literal["active"] = Field(default="active", frozen=True)


class LockedStatus(Record):
    """The thread takes no messages for now; `reason` is shown to the user."""

    type: Literal["locked"] = Field(default="locked", frozen=True)
    reason: str | None = None


class ClosedStatus(Record):
    """The thread takes no messages any more; `reason` is shown to the user."""

    type: Literal["closed"] = Field(default="closed", frozen=True)
    reason: str | None = None


ThreadStatus = Annotated[ActiveStatus | LockedStatus | ClosedStatus, Field(discriminator="type")]


class Assignments:
    """Tells that a field of a thread was set, of whichever thread: nearly always none was."""

    __slots__ = ("latest",)

    def __init__(self) -> None:
        self.latest: object = object()
        """Another object after each."""


ASSIGNMENTS: Final = Assignments()


class ThreadMetadata(Dated):
    """A thread without its items.

    `metadata` is the application's own and never reaches a client. `allowed_image_domains` lists the hosts that images
    in this thread may be loaded from: `images.example.org`, `*.example.org`, `*` for all. Without it, what widgets and
    previews show loads over HTTPS, and in the text of answers when the user lets its host in.
    """

    title: str | None = None
    id: str
    created_at: UtcDatetime
    status: ThreadStatus = Field(default_factory=ActiveStatus)
    allowed_image_domains: list[str] | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        ASSIGNMENTS.latest = object()

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        ASSIGNMENTS.latest = object()


class Thread(ThreadMetadata):
    """A thread as a client sees it, with a page of its items.

    `extensions`, in the answer to `threads.get_by_id`, are those that the client asked for and that there are. With
    `runs` among them, `active_run` is there while the thread is being answered.
    """

    items: Page[ThreadItem]
    extensions: list[str] | None = None
    active_run: ActiveRun | None = None
