"""Changes to an item that is being streamed."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from chatkit._depth import not_too_deep
from chatkit.types.content import AssistantMessageContent
from chatkit.types.items import GeneratedImage
from chatkit.types.sources import Annotation
from chatkit.types.tasks import Task
from chatkit.widgets import WidgetComponent, WidgetRoot

__all__ = [
    "AssistantMessageContentPartAdded",
    "AssistantMessageContentPartAnnotationAdded",
    "AssistantMessageContentPartDone",
    "AssistantMessageContentPartTextDelta",
    "GeneratedImageUpdated",
    "ThreadItemUpdate",
    "WidgetComponentUpdated",
    "WidgetRootUpdated",
    "WidgetStreamingTextValueDelta",
    "WorkflowTaskAdded",
    "WorkflowTaskUpdated",
]


class AssistantMessageContentPartAdded(BaseModel):
    """Sets part `content_index` of an assistant message."""

    type: Literal["assistant_message.content_part.added"] = "assistant_message.content_part.added"
    content_index: int
    content: AssistantMessageContent


class AssistantMessageContentPartTextDelta(BaseModel):
    """Appends `delta` to the text of part `content_index`."""

    type: Literal["assistant_message.content_part.text_delta"] = "assistant_message.content_part.text_delta"
    content_index: int
    delta: str


class AssistantMessageContentPartAnnotationAdded(BaseModel):
    """Inserts an annotation at `annotation_index` of part `content_index`; past the end, it is appended."""

    type: Literal["assistant_message.content_part.annotation_added"] = "assistant_message.content_part.annotation_added"
    content_index: int
    annotation_index: int
    annotation: Annotation


class AssistantMessageContentPartDone(BaseModel):
    """Sets the final state of part `content_index`."""

    type: Literal["assistant_message.content_part.done"] = "assistant_message.content_part.done"
    content_index: int
    content: AssistantMessageContent


class WidgetStreamingTextValueDelta(BaseModel):
    """Appends `delta` to the `value` of the `Text` or `Markdown` with that id; `done` ends its streaming."""

    type: Literal["widget.streaming_text.value_delta"] = "widget.streaming_text.value_delta"
    component_id: str
    delta: str
    done: bool


class WidgetRootUpdated(BaseModel):
    """Replaces the whole widget."""

    type: Literal["widget.root.updated"] = "widget.root.updated"
    widget: Annotated[WidgetRoot, AfterValidator(not_too_deep)]


class WidgetComponentUpdated(BaseModel):
    """Replaces the component with that id, wherever it stands in the widget."""

    type: Literal["widget.component.updated"] = "widget.component.updated"
    component_id: str
    component: WidgetComponent


class WorkflowTaskAdded(BaseModel):
    """Inserts a task at `task_index`."""

    type: Literal["workflow.task.added"] = "workflow.task.added"
    task_index: int
    task: Task


class WorkflowTaskUpdated(BaseModel):
    """Sets the task at `task_index`."""

    type: Literal["workflow.task.updated"] = "workflow.task.updated"
    task_index: int
    task: Task


class GeneratedImageUpdated(BaseModel):
    """Sets the image so far; `progress` goes from 0 to 1."""

    type: Literal["generated_image.updated"] = "generated_image.updated"
    image: GeneratedImage
    progress: float | None = None


_OtherUpdate = Annotated[
    AssistantMessageContentPartAdded
    | AssistantMessageContentPartAnnotationAdded
    | AssistantMessageContentPartDone
    | WidgetStreamingTextValueDelta
    | WidgetComponentUpdated
    | WidgetRootUpdated
    | WorkflowTaskAdded
    | WorkflowTaskUpdated
    | GeneratedImageUpdated,
    Field(discriminator="type"),
]

# Text deltas are nearly all updates there are: being tried first makes each a third cheaper to build.
ThreadItemUpdate = AssistantMessageContentPartTextDelta | _OtherUpdate
