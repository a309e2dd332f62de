"""A converter that is ready to use: attachments from the store that has their bytes, @-mentions from their data."""

import base64
from typing import Any, Protocol

from openai.types.responses import ResponseInputContentParam

from chatkit.adapters.openai_agents.converter import ThreadItemConverter, text_input
from chatkit.adapters.openai_agents.file_kinds import as_text, by_its_beginning, may_be_text
from chatkit.adapters.openai_agents.untrusted import quoted
from chatkit.logger import logger
from chatkit.types import Attachment, UserMessageTagContent

__all__ = ["ReadsAttachments", "StoredAttachmentConverter"]

_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_PDF = "application/pdf"
_SAME = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "application/x-pdf": _PDF}


class ReadsAttachments(Protocol):
    """An attachment store that gives back what was uploaded."""

    async def read_attachment(self, attachment_id: str, context: Any, /) -> bytes:
        """The bytes. Raises `NotFoundError`."""
        ...


class StoredAttachmentConverter(ThreadItemConverter):
    """Images become data URLs, PDF and text files become file inputs, other files are named; mentions become text.

    What is text is told by the bytes, whatever the kind that a file was sent with. A file that cannot be read, because
    its bytes are gone, say, is named. It reads for one request: `context` is that request's. Files over `max_bytes` are
    named, not sent. Without `images` they are named too, for models that see none. What a mention holds comes from the
    client, so it is quoted, and cut after `max_tag_characters`.
    """

    def __init__(
        self,
        attachments: ReadsAttachments,
        context: Any,
        *,
        max_bytes: int = 20 * 1024 * 1024,
        max_tag_characters: int = 2000,
        images: bool = True,
    ) -> None:
        self._attachments = attachments
        self._context = context
        self._max_bytes = max_bytes
        self._max_tag_characters = max_tag_characters
        self._images = images

    async def attachment_to_message_content(self, attachment: Attachment) -> ResponseInputContentParam:
        """The file itself where a model can read it, else its name and kind."""
        kind = attachment.mime_type.split(";", 1)[0].strip().lower()
        kind = _SAME.get(kind, kind)
        text = may_be_text(attachment.name, kind)
        if kind in _IMAGES and not self._images:
            return self._named(attachment, "you cannot see images")
        if kind not in _IMAGES and kind != _PDF and not text:
            return self._named(attachment, "its kind cannot be read")
        try:
            data = await self._attachments.read_attachment(attachment.id, self._context)
        except Exception:  # noqa: BLE001 - one file is not worth the thread
            logger.warning("Attachment %s cannot be read: the model gets its name", attachment.id, exc_info=True)
            return self._named(attachment, "its content is no longer there")
        if len(data) > self._max_bytes:
            return self._named(attachment, "it is too large to be read")
        return self._read(attachment, by_its_beginning(kind, data), data)

    def _read(self, attachment: Attachment, kind: str, data: bytes) -> ResponseInputContentParam:
        if kind in _IMAGES and self._images:
            return {"type": "input_image", "detail": "auto", "image_url": _data_url(kind, data)}
        if kind == _PDF:
            return {"type": "input_file", "filename": attachment.name, "file_data": _data_url(kind, data)}
        text = None if kind in _IMAGES else as_text(data)
        if text is None:
            return self._named(attachment, "its kind cannot be read")
        kind = kind if kind.startswith("text/") or kind == "application/json" else "text/plain"
        return {"type": "input_file", "filename": attachment.name, "file_data": _data_url(kind, text.encode())}

    async def tag_to_message_content(self, tag: UserMessageTagContent) -> ResponseInputContentParam:
        """The entity's name, id and data."""
        about = {"name": tag.text, "id": tag.id, "group": tag.group, "data": tag.data}
        known = {name: value for name, value in about.items() if value}
        return text_input(f"<Mention>{quoted(known, self._max_tag_characters)}</Mention>")

    def _named(self, attachment: Attachment, why: str) -> ResponseInputContentParam:
        facts = {"name": attachment.name, "mime_type": attachment.mime_type}
        return text_input(f"The user attached a file of which you know only the name, because {why}: {quoted(facts)}")


def _data_url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
