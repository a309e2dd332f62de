"""Files that a user adds to a message."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import Field, SerializationInfo, SerializerFunctionWrapHandler, model_serializer

from chatkit.types._base import Record
from chatkit.types._urls import Url

__all__ = [
    "Attachment",
    "AttachmentBase",
    "AttachmentUploadDescriptor",
    "FileAttachment",
    "ImageAttachment",
    "with_type",
]


class AttachmentUploadDescriptor(Record):
    """Where and how the client sends the bytes, in two-phase uploads."""

    url: Url
    method: Literal["POST", "PUT"]
    headers: dict[str, str] = Field(default_factory=dict)


class AttachmentBase(Record):
    """What every attachment has. `metadata` is for the server alone: it never reaches a client."""

    id: str
    name: str
    mime_type: str
    upload_descriptor: AttachmentUploadDescriptor | None = None
    thread_id: str | None = None
    metadata: dict[str, Any] | None = None

    @model_serializer(mode="wrap")
    def _hide_metadata(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        dumped: dict[str, Any] = handler(self)
        context: object = info.context
        if isinstance(context, dict) and cast(dict[str, object], context).get("exclude_metadata"):
            dumped.pop("metadata", None)
        return dumped


class FileAttachment(AttachmentBase):
    """A file without a preview."""

    type: Literal["file"] = "file"


class ImageAttachment(AttachmentBase):
    """An image; `preview_url` is what the client shows."""

    type: Literal["image"] = "image"
    preview_url: Url


Attachment = Annotated[FileAttachment | ImageAttachment, Field(discriminator="type")]


def with_type(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of an attachment with its `type`, if they have none: an image has a preview."""
    return {"type": "image" if fields.get("preview_url") else "file", **fields}
