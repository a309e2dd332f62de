"""A converter that is ready to use: attachments from the store that has their bytes, @-mentions from their data."""

import base64
from typing import Any, Protocol

from openai.types.responses import ResponseInputContentParam

from chatkit.adapters.openai_agents.converter import ThreadItemConverter, text_input
from chatkit.adapters.openai_agents.untrusted import quoted
from chatkit.types import Attachment, UserMessageTagContent

__all__ = ["ReadsAttachments", "StoredAttachmentConverter"]

_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_FILES = ("application/pdf", "application/json")


class ReadsAttachments(Protocol):
    """An attachment store that gives back what was uploaded."""

    async def read_attachment(self, attachment_id: str, context: Any, /) -> bytes:
        """The bytes. Raises `NotFoundError`."""
        ...


class StoredAttachmentConverter(ThreadItemConverter):
    """Images become data URLs, PDF and text files become file inputs, other files are named; mentions become text.

    It reads for one request: `context` is that request's. Files over `max_bytes` are named, not sent. What a mention
    holds comes from the client, so it is quoted, and cut after `max_tag_characters`.
    """

    def __init__(
        self,
        attachments: ReadsAttachments,
        context: Any,
        *,
        max_bytes: int = 20 * 1024 * 1024,
        max_tag_characters: int = 2000,
    ) -> None:
        self._attachments = attachments
        self._context = context
        self._max_bytes = max_bytes
        self._max_tag_characters = max_tag_characters

    async def attachment_to_message_content(self, attachment: Attachment) -> ResponseInputContentParam:
        """The file itself where a model can read it, else its name and kind."""
        kind = attachment.mime_type.split(";", 1)[0].strip().lower()
        if kind not in _IMAGES and kind not in _FILES and not kind.startswith("text/"):
            return self._named(attachment, "its kind cannot be read")
        data = await self._attachments.read_attachment(attachment.id, self._context)
        if len(data) > self._max_bytes:
            return self._named(attachment, "it is too large to be read")
        url = f"data:{kind};base64,{base64.b64encode(data).decode()}"
        if kind in _IMAGES:
            return {"type": "input_image", "detail": "auto", "image_url": url}
        return {"type": "input_file", "filename": attachment.name, "file_data": url}

    async def tag_to_message_content(self, tag: UserMessageTagContent) -> ResponseInputContentParam:
        """The entity's name, id and data."""
        about = {"name": tag.text, "id": tag.id, "group": tag.group, "data": tag.data}
        known = {name: value for name, value in about.items() if value}
        return text_input(f"<Mention>{quoted(known, self._max_tag_characters)}</Mention>")

    def _named(self, attachment: Attachment, why: str) -> ResponseInputContentParam:
        facts = {"name": attachment.name, "mime_type": attachment.mime_type}
        return text_input(f"The user attached a file of which you know only the name, because {why}: {quoted(facts)}")
