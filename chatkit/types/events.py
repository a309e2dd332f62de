"""What a streaming operation sends."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from chatkit.errors import ErrorCode
from chatkit.icons import IconName
from chatkit.types.items import ThreadItem
from chatkit.types.threads import Thread
from chatkit.types.updates import ThreadItemUpdate

__all__ = [
    "ClientEffectEvent",
    "ErrorEvent",
    "NoticeEvent",
    "ProgressUpdateEvent",
    "StreamOptions",
    "StreamOptionsEvent",
    "ThreadCreatedEvent",
    "ThreadItemAddedEvent",
    "ThreadItemDeltaEvent",
    "ThreadItemDoneEvent",
    "ThreadItemRemovedEvent",
    "ThreadItemReplacedEvent",
    "ThreadItemUpdated",
    "ThreadItemUpdatedEvent",
    "ThreadStreamEvent",
    "ThreadUpdatedEvent",
]


class ThreadCreatedEvent(BaseModel):
    """A new thread exists."""

    type: Literal["thread.created"] = "thread.created"
    thread: Thread


class ThreadUpdatedEvent(BaseModel):
    """The thread's metadata changed. Clients keep the items they have."""

    type: Literal["thread.updated"] = "thread.updated"
    thread: Thread


class ThreadItemAddedEvent(BaseModel):
    """An item begins to stream. Nothing is stored yet."""

    type: Literal["thread.item.added"] = "thread.item.added"
    item: ThreadItem


class ThreadItemUpdatedEvent(BaseModel):
    """A change to a streaming item. Nothing is stored."""

    type: Literal["thread.item.updated"] = "thread.item.updated"
    item_id: str
    update: ThreadItemUpdate


ThreadItemUpdated = ThreadItemUpdatedEvent


class ThreadItemDeltaEvent(BaseModel):
    """A spelling of text deltas found in tutorials, accepted from hooks and never sent.

    `delta` is `{"content": [{"text": …}, …]}`: entry i is appended to part i of the item; or just a text, for part 0.
    A message that has not been added begins with its first delta, and is done at the turn's end if nobody says so.
    """

    type: Literal["thread.item.delta"] = "thread.item.delta"
    item_id: str
    delta: dict[str, Any] | str


class ThreadItemDoneEvent(BaseModel):
    """The item is final; it is stored before the event is sent."""

    type: Literal["thread.item.done"] = "thread.item.done"
    item: ThreadItem


class ThreadItemRemovedEvent(BaseModel):
    """The item is gone; it is deleted before the event is sent."""

    type: Literal["thread.item.removed"] = "thread.item.removed"
    item_id: str


class ThreadItemReplacedEvent(BaseModel):
    """The item has a new state; it is saved before the event is sent."""

    type: Literal["thread.item.replaced"] = "thread.item.replaced"
    item: ThreadItem


class StreamOptions(BaseModel):
    """Settings of one answer: whether the user may stop it."""

    allow_cancel: bool


class StreamOptionsEvent(BaseModel):
    """The settings of the answer that follows, and which of the extensions that the client asked for there are.

    With `runs` among them, `run_id` is what to stop or to resume.
    """

    type: Literal["stream_options"] = "stream_options"
    stream_options: StreamOptions
    extensions: list[str] | None = None
    run_id: str | None = None


class ProgressUpdateEvent(BaseModel):
    """What the assistant is doing; shown until the next visible event."""

    type: Literal["progress_update"] = "progress_update"
    icon: IconName | None = None
    text: str


class ClientEffectEvent(BaseModel):
    """Something for the page to do, without an answer."""

    type: Literal["client_effect"] = "client_effect"
    name: str
    data: dict[str, Any] = Field(default_factory=dict)


class ErrorEvent(BaseModel):
    """The answer ended with an error; `message` is given for code `custom`, else the client has words for the code."""

    type: Literal["error"] = "error"
    code: ErrorCode | Literal["custom"] = "custom"
    message: str | None = None
    allow_retry: bool = False


class NoticeEvent(BaseModel):
    """A remark to the user that is not part of the conversation; `message` is Markdown."""

    type: Literal["notice"] = "notice"
    level: Literal["info", "warning", "danger"]
    message: str
    title: str | None = None


ThreadStreamEvent = Annotated[
    ThreadCreatedEvent
    | ThreadUpdatedEvent
    | ThreadItemDoneEvent
    | ThreadItemAddedEvent
    | ThreadItemUpdated
    | ThreadItemRemovedEvent
    | ThreadItemReplacedEvent
    | StreamOptionsEvent
    | ProgressUpdateEvent
    | ClientEffectEvent
    | ErrorEvent
    | NoticeEvent,
    Field(discriminator="type"),
]
