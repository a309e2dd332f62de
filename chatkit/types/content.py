"""What messages are made of."""

from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from chatkit.types._base import MOST_PARTS, FewFiles, Parts, Record
from chatkit.types.sources import Annotation

__all__ = [
    "AssistantMessageContent",
    "InferenceOptions",
    "ToolChoice",
    "UserMessageContent",
    "UserMessageInput",
    "UserMessageTagContent",
    "UserMessageTextContent",
]


class AssistantMessageContent(Record):
    """One part of an answer: Markdown text and its citations."""

    annotations: list[Annotation] = Field(default_factory=list[Annotation])
    text: str
    type: Literal["output_text"] = "output_text"


class UserMessageTextContent(Record):
    """Text as the user typed it."""

    type: Literal["input_text"] = "input_text"
    text: str


class UserMessageTagContent(Record):
    """An @-mention of an entity. `data` is the page's own and comes from the client: do not trust it."""

    type: Literal["input_tag"] = "input_tag"
    id: str
    text: str
    data: dict[str, Any] = Field(default_factory=dict)
    group: str | None = None
    interactive: bool = False


UserMessageContent = Annotated[UserMessageTextContent | UserMessageTagContent, Field(discriminator="type")]


class ToolChoice(Record):
    """The tool that the user picked for one message."""

    id: str


class InferenceOptions(Record):
    """What the user chose in the composer for one message."""

    tool_choice: ToolChoice | None = None
    model: str | None = None


def _check_kinds(parts: object) -> object:
    """The error for an unknown kind of content quotes it whole, so what is no name at all is refused before."""
    for part in cast(list[object], parts)[:MOST_PARTS] if isinstance(parts, list) else []:
        kind = cast(dict[str, object], part).get("type", "") if isinstance(part, dict) else ""
        if not isinstance(kind, str) or len(kind) > _LONGEST_KIND:
            raise PydanticCustomError("union_tag_invalid", "`type` does not name a kind of content")
    return cast(object, parts)


_LONGEST_KIND = 100


class UserMessageInput(BaseModel):
    """A user message on its way in: attachments by id.

    `metadata` is what the page says of the moment, as in a request's; it is not stored. There are at most 1,000 parts
    and 100 attachments.
    """

    content: Annotated[Parts[UserMessageContent], BeforeValidator(_check_kinds)]
    attachments: FewFiles
    quoted_text: str | None = None
    inference_options: InferenceOptions
    metadata: dict[str, Any] = Field(default_factory=dict)
