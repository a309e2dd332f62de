"""What a client asks for: one model per operation, with its parameters."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from typing_extensions import TypeIs

from chatkit.actions import Action
from chatkit.types._base import FewIds
from chatkit.types.base_request import BaseReq
from chatkit.types.content import UserMessageInput
from chatkit.types.items import ThreadItem
from chatkit.types.runs import FollowingReq, ItemsClaimReq, ThreadsStopReq
from chatkit.types.structured_input import StructuredInputSubmission

__all__ = [
    "AttachmentCreateParams",
    "AttachmentDeleteParams",
    "AttachmentsCreateReq",
    "AttachmentsDeleteReq",
    "AudioInput",
    "BaseReq",
    "ChatKitReq",
    "FeedbackKind",
    "InputTranscribeParams",
    "InputTranscribeReq",
    "ItemFeedbackParams",
    "ItemsFeedbackReq",
    "ItemsListParams",
    "ItemsListReq",
    "NonStreamingReq",
    "StreamingReq",
    "SyncCustomActionResponse",
    "ThreadAddClientToolOutputParams",
    "ThreadAddStructuredInputParams",
    "ThreadAddUserMessageParams",
    "ThreadCreateParams",
    "ThreadCustomActionParams",
    "ThreadDeleteParams",
    "ThreadGetByIdParams",
    "ThreadListParams",
    "ThreadRetryAfterItemParams",
    "ThreadUpdateParams",
    "ThreadsAddClientToolOutputReq",
    "ThreadsAddStructuredInputReq",
    "ThreadsAddUserMessageReq",
    "ThreadsCreateReq",
    "ThreadsCustomActionReq",
    "ThreadsDeleteReq",
    "ThreadsGetByIdReq",
    "ThreadsListReq",
    "ThreadsRetryAfterItemReq",
    "ThreadsSyncCustomActionReq",
    "ThreadsUpdateReq",
    "TranscriptionResult",
    "is_streaming_req",
]

FeedbackKind = Literal["positive", "negative"]


class ThreadGetByIdParams(BaseModel):
    """Which thread."""

    thread_id: str


class ThreadsGetByIdReq(BaseReq):
    """A thread with its first page of items."""

    type: Literal["threads.get_by_id"] = "threads.get_by_id"
    params: ThreadGetByIdParams


class ThreadCreateParams(BaseModel):
    """The first message."""

    input: UserMessageInput


class ThreadsCreateReq(BaseReq):
    """Opens a thread with a message and answers it."""

    type: Literal["threads.create"] = "threads.create"
    params: ThreadCreateParams


class ThreadListParams(BaseModel):
    """Which page of threads; `limit` is 20 unless given, 100 at most."""

    limit: int | None = None
    order: Literal["asc", "desc"] = "desc"
    after: str | None = None


class ThreadsListReq(BaseReq):
    """A page of threads."""

    type: Literal["threads.list"] = "threads.list"
    params: ThreadListParams


class ThreadAddUserMessageParams(BaseModel):
    """A message, and the thread it belongs to."""

    input: UserMessageInput
    thread_id: str


class ThreadsAddUserMessageReq(BaseReq):
    """Adds a message to a thread and answers it."""

    type: Literal["threads.add_user_message"] = "threads.add_user_message"
    params: ThreadAddUserMessageParams


class ThreadAddClientToolOutputParams(BaseModel):
    """What the pending client tool gave; any JSON."""

    thread_id: str
    result: Any


class ThreadsAddClientToolOutputReq(BaseReq):
    """Hands in a client tool's output and goes on with the answer."""

    type: Literal["threads.add_client_tool_output"] = "threads.add_client_tool_output"
    params: ThreadAddClientToolOutputParams


class ThreadAddStructuredInputParams(BaseModel):
    """The answers to a structured input."""

    thread_id: str
    item_id: str
    input: StructuredInputSubmission


class ThreadsAddStructuredInputReq(BaseReq):
    """Hands in the answers to a structured input and goes on with the answer."""

    type: Literal["threads.add_structured_input"] = "threads.add_structured_input"
    params: ThreadAddStructuredInputParams


class ThreadCustomActionParams(BaseModel):
    """An action, and the widget it came from, if it came from one."""

    thread_id: str
    item_id: str | None = None
    action: Action[str, Any]


class ThreadsCustomActionReq(BaseReq):
    """Runs an action that answers with a stream."""

    type: Literal["threads.custom_action"] = "threads.custom_action"
    params: ThreadCustomActionParams


class ThreadsSyncCustomActionReq(BaseReq):
    """Runs an action that answers at once, also during a response."""

    type: Literal["threads.sync_custom_action"] = "threads.sync_custom_action"
    params: ThreadCustomActionParams


class ThreadRetryAfterItemParams(BaseModel):
    """The user message to answer anew; with `input` (extension `edit`), as the user has edited it."""

    thread_id: str
    item_id: str
    input: UserMessageInput | None = None


class ThreadsRetryAfterItemReq(BaseReq):
    """Deletes everything after a user message and answers it anew."""

    type: Literal["threads.retry_after_item"] = "threads.retry_after_item"
    params: ThreadRetryAfterItemParams


class ItemFeedbackParams(BaseModel):
    """What the user thinks of some items, at most 100."""

    thread_id: str
    item_ids: FewIds
    kind: FeedbackKind


class ItemsFeedbackReq(BaseReq):
    """Records feedback."""

    type: Literal["items.feedback"] = "items.feedback"
    params: ItemFeedbackParams


class AttachmentDeleteParams(BaseModel):
    """Which attachment."""

    attachment_id: str


class AttachmentsDeleteReq(BaseReq):
    """Deletes an attachment."""

    type: Literal["attachments.delete"] = "attachments.delete"
    params: AttachmentDeleteParams


class AttachmentCreateParams(BaseModel):
    """A file that the client wants to upload; `size` in bytes."""

    name: str
    size: int
    mime_type: str


class AttachmentsCreateReq(BaseReq):
    """Registers an attachment and says where to upload it."""

    type: Literal["attachments.create"] = "attachments.create"
    params: AttachmentCreateParams


class InputTranscribeParams(BaseModel):
    """Recorded speech, base64."""

    audio_base64: str
    mime_type: str


class InputTranscribeReq(BaseReq):
    """Turns speech into text."""

    type: Literal["input.transcribe"] = "input.transcribe"
    params: InputTranscribeParams


class AudioInput(BaseModel):
    """Recorded speech as the hook gets it."""

    data: bytes
    mime_type: str

    @property
    def media_type(self) -> str:
        """The MIME type without parameters: `audio/webm` of `audio/webm;codecs=opus`."""
        return self.mime_type.split(";", 1)[0]


class TranscriptionResult(BaseModel):
    """The text that was spoken."""

    text: str


class ItemsListParams(BaseModel):
    """Which page of which thread's items; `limit` is 20 unless given, 100 at most."""

    thread_id: str
    limit: int | None = None
    order: Literal["asc", "desc"] = "desc"
    after: str | None = None


class ItemsListReq(BaseReq):
    """A page of items."""

    type: Literal["items.list"] = "items.list"
    params: ItemsListParams


class ThreadUpdateParams(BaseModel):
    """A thread's new title."""

    thread_id: str
    title: str


class ThreadsUpdateReq(BaseReq):
    """Renames a thread."""

    type: Literal["threads.update"] = "threads.update"
    params: ThreadUpdateParams


class ThreadDeleteParams(BaseModel):
    """Which thread."""

    thread_id: str


class ThreadsDeleteReq(BaseReq):
    """Deletes a thread and its items."""

    type: Literal["threads.delete"] = "threads.delete"
    params: ThreadDeleteParams


class SyncCustomActionResponse(BaseModel):
    """What a synchronous action answers: the item it changed, if any."""

    updated_item: ThreadItem | None = None


StreamingReq = (
    ThreadsCreateReq
    | ThreadsAddUserMessageReq
    | ThreadsAddClientToolOutputReq
    | ThreadsAddStructuredInputReq
    | ThreadsRetryAfterItemReq
    | ThreadsCustomActionReq
)
"""Requests answered by a stream of events."""

NonStreamingReq = (
    ThreadsGetByIdReq
    | ThreadsListReq
    | ItemsListReq
    | ItemsFeedbackReq
    | AttachmentsCreateReq
    | AttachmentsDeleteReq
    | ThreadsUpdateReq
    | ThreadsDeleteReq
    | InputTranscribeReq
    | ThreadsSyncCustomActionReq
)
"""Requests answered by one JSON document."""

ChatKitReq = Annotated[
    StreamingReq | NonStreamingReq | FollowingReq | ThreadsStopReq | ItemsClaimReq, Field(discriminator="type")
]


def is_streaming_req(request: ChatKitReq) -> TypeIs[StreamingReq]:
    """Whether the request is answered by a stream."""
    return isinstance(request, StreamingReq)
