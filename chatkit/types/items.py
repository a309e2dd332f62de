"""What a thread consists of."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, cast

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from chatkit._depth import not_too_deep
from chatkit.types._base import Record
from chatkit.types._times import Dated, UtcDatetime
from chatkit.types.attachments import Attachment
from chatkit.types.content import AssistantMessageContent, InferenceOptions, UserMessageContent
from chatkit.types.structured_input import StructuredInput
from chatkit.types.tasks import Task, Workflow
from chatkit.widgets import WidgetRoot

__all__ = [
    "AssistantMessageItem",
    "ClientToolCallItem",
    "EndOfTurnItem",
    "GeneratedImage",
    "GeneratedImageItem",
    "HiddenContextItem",
    "SDKHiddenContextItem",
    "StructuredInputItem",
    "TaskItem",
    "ThreadItem",
    "ThreadItemBase",
    "ToolCallItem",
    "UserMessageItem",
    "WidgetItem",
    "WorkflowItem",
]


class ThreadItemBase(Dated):
    """What every item has: its own id, its thread's, and when it was made (aware, UTC)."""

    id: str
    thread_id: str
    created_at: UtcDatetime


class UserMessageItem(ThreadItemBase):
    """What the user sent. `quoted_text` is the part of an answer that they reply to."""

    type: Literal["user_message"] = "user_message"
    content: list[UserMessageContent]
    attachments: list[Attachment] = Field(default_factory=list[Attachment])
    quoted_text: str | None = None
    inference_options: InferenceOptions = Field(default_factory=InferenceOptions)

    @property
    def role(self) -> Literal["user"]:
        """Whose message it is, as models want to know it."""
        return "user"


class AssistantMessageItem(ThreadItemBase):
    """What the assistant answered.

    `status` is an extension: "incomplete" for a message that an error or a shutdown of the server cut off, "stopped"
    for one that the user stopped.
    """

    type: Literal["assistant_message"] = "assistant_message"
    content: list[AssistantMessageContent]
    status: Literal["incomplete", "stopped"] | None = None

    @property
    def role(self) -> Literal["assistant"]:
        """Whose message it is, as models want to know it."""
        return "assistant"


def _own_id(fields: dict[str, Any]) -> str:
    """The id of a call that was given none: its item's, so that it stays the same however often it is read."""
    return str(fields.get("id", ""))


class _Call(ThreadItemBase):
    """What calls of tools have in common: without a status, one that has an output is complete."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        fields = cast(dict[str, object], value)
        return fields if "status" in fields or fields.get("output") is None else {**fields, "status": "completed"}


class ClientToolCallItem(_Call):
    """A tool that the page runs. Pending until the client sends its output."""

    type: Literal["client_tool_call"] = "client_tool_call"
    status: Literal["pending", "completed"] = "pending"
    call_id: str = Field(default_factory=_own_id)
    name: str
    arguments: dict[str, Any]
    output: Any | None = None


class ToolCallItem(_Call):
    """A tool that the server ran (an extension: sent only where the application asks for it).

    It is in progress until the output is known; `failed` when the turn ended before. `hosted` tools ran at the model's
    host.
    """

    type: Literal["tool_call"] = "tool_call"
    status: Literal["in_progress", "completed", "failed"] = "in_progress"
    call_id: str = Field(default_factory=_own_id)
    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    output: Any | None = None
    hosted: bool = False


class WidgetItem(ThreadItemBase):
    """A widget. `copy_text` is what copying the widget puts on the clipboard.

    A widget may be given as a dict, also when it is assigned or put into a copy.
    """

    model_config = ConfigDict(validate_assignment=True)

    type: Literal["widget"] = "widget"
    widget: Annotated[WidgetRoot, AfterValidator(not_too_deep)]
    copy_text: str | None = None

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        copied = super().model_copy(update=update, deep=deep)
        if isinstance(copied.widget, dict):
            copied.widget = copied.widget
        return copied


class GeneratedImage(Record):
    """An image that the model made; `url` may be a data URL."""

    id: str
    url: str


class GeneratedImageItem(ThreadItemBase):
    """A generated image; without an image it is still being made."""

    type: Literal["generated_image"] = "generated_image"
    image: GeneratedImage | None = None


class StructuredInputItem(ThreadItemBase):
    """Questions that take over the composer until they are answered or skipped."""

    type: Literal["structured_input"] = "structured_input"
    status: Literal["pending", "answered", "skipped"] = "pending"
    inputs: list[StructuredInput]


class TaskItem(ThreadItemBase):
    """A task on its own."""

    type: Literal["task"] = "task"
    task: Task


class WorkflowItem(ThreadItemBase):
    """A workflow."""

    type: Literal["workflow"] = "workflow"
    workflow: Workflow


class EndOfTurnItem(ThreadItemBase):
    """Marks that the assistant is done, where several items make up one turn."""

    type: Literal["end_of_turn"] = "end_of_turn"


class HiddenContextItem(ThreadItemBase):
    """Something for the model that the user never sees. It never leaves the server."""

    type: Literal["hidden_context_item"] = "hidden_context_item"
    content: Any


class SDKHiddenContextItem(ThreadItemBase):
    """As `HiddenContextItem`, written by this package itself."""

    type: Literal["sdk_hidden_context"] = "sdk_hidden_context"
    content: str


ThreadItem = Annotated[
    UserMessageItem
    | AssistantMessageItem
    | ClientToolCallItem
    | ToolCallItem
    | WidgetItem
    | GeneratedImageItem
    | StructuredInputItem
    | WorkflowItem
    | TaskItem
    | HiddenContextItem
    | SDKHiddenContextItem
    | EndOfTurnItem,
    Field(discriminator="type"),
]
