"""Tasks, and the workflows that gather them."""

from typing import Annotated, Literal

from pydantic import Field

from chatkit.icons import IconName
from chatkit.types._base import Record
from chatkit.types.sources import FileSource, URLSource

__all__ = [
    "BaseTask",
    "CustomSummary",
    "CustomTask",
    "DurationSummary",
    "FileTask",
    "ImageTask",
    "SearchTask",
    "Task",
    "ThoughtTask",
    "Workflow",
    "WorkflowSummary",
]


class BaseTask(Record):
    """What every task shows: whether it runs, is complete, or has no indicator."""

    status_indicator: Literal["none", "loading", "complete"] = "none"


class CustomTask(BaseTask):
    """A step in the application's own words; `content` is Markdown."""

    type: Literal["custom"] = "custom"
    title: str | None = None
    icon: IconName | None = None
    content: str | None = None


class SearchTask(BaseTask):
    """A web search: what was asked, and the pages found."""

    type: Literal["web_search"] = "web_search"
    title: str | None = None
    title_query: str | None = None
    queries: list[str] = Field(default_factory=list)
    sources: list[URLSource] = Field(default_factory=list[URLSource])


class ThoughtTask(BaseTask):
    """One thought of a reasoning model; `content` is Markdown."""

    type: Literal["thought"] = "thought"
    title: str | None = None
    content: str


class FileTask(BaseTask):
    """Files being read."""

    type: Literal["file"] = "file"
    title: str | None = None
    sources: list[FileSource] = Field(default_factory=list[FileSource])


class ImageTask(BaseTask):
    """An image being made."""

    type: Literal["image"] = "image"
    title: str | None = None


Task = Annotated[CustomTask | SearchTask | ThoughtTask | FileTask | ImageTask, Field(discriminator="type")]


class CustomSummary(Record):
    """A workflow's summary in words."""

    title: str
    icon: IconName | None = None


class DurationSummary(Record):
    """A workflow's summary as the time it took, in seconds."""

    duration: int


WorkflowSummary = CustomSummary | DurationSummary


class Workflow(Record):
    """Steps shown together; folded to the summary once it ends, unless `expanded`."""

    type: Literal["custom", "reasoning"]
    tasks: list[Task]
    summary: WorkflowSummary | None = None
    expanded: bool = False
