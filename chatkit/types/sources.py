"""What an answer cites, and where in its text."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chatkit.icons import IconName
from chatkit.types._base import Record

__all__ = ["Annotation", "EntitySource", "FileSource", "Source", "SourceBase", "URLSource"]


class SourceBase(Record):
    """What every source shows. `group` gathers sources under one heading."""

    title: str
    description: str | None = None
    timestamp: str | None = None
    group: str | None = None


class FileSource(SourceBase):
    """A file, by its name."""

    type: Literal["file"] = "file"
    filename: str


class URLSource(SourceBase):
    """A web page. `attribution` names the publisher."""

    type: Literal["url"] = "url"
    url: str
    attribution: str | None = None


class EntitySource(SourceBase):
    """A thing of the application's own (a person, a document, an order).

    `interactive` makes it clickable; `preview: "lazy"` asks the page for a preview when it is pointed at.
    """

    type: Literal["entity"] = "entity"
    id: str
    icon: IconName | None = None
    label: str | None = None
    inline_label: str | None = None
    interactive: bool = False
    data: dict[str, Any] = Field(default_factory=dict)
    preview: Literal["lazy"] | None = None


Source = Annotated[URLSource | FileSource | EntitySource, Field(discriminator="type")]


class Annotation(Record):
    """A citation. `index` is the character of the text that it stands behind; without one it belongs to the whole."""

    type: Literal["annotation"] = "annotation"
    source: URLSource | FileSource | EntitySource
    index: int | None = None
