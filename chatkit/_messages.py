"""Messages as they are stored, from what a client sends, and how long they may be."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from chatkit._lookups import load_attachment
from chatkit.errors import RequestError
from chatkit.store.borrowed import as_store
from chatkit.types import Attachment, ThreadMetadata, UserMessageInput, UserMessageItem

if TYPE_CHECKING:
    from chatkit.server import ChatKitServer

__all__ = ["edited_message", "refuse_too_long", "user_message"]

_NOT_WRITTEN: Final = {"metadata", "attachments"}
"""What of a message is not stored with it, or limited by itself."""


async def user_message(
    hooks: "ChatKitServer[Any]", thread: ThreadMetadata, message: UserMessageInput, context: Any
) -> UserMessageItem:
    """The item for a message, its attachments loaded and stamped with the thread."""
    refuse_too_long(hooks, message)
    attachments = await _attachments(hooks, thread, message, context)
    return UserMessageItem(
        id=as_store(hooks.store).generate_item_id("message", thread, context),
        thread_id=thread.id,
        created_at=datetime.now(UTC),
        content=message.content,
        attachments=attachments,
        quoted_text=message.quoted_text,
        inference_options=message.inference_options,
    )


async def edited_message(
    hooks: "ChatKitServer[Any]", thread: ThreadMetadata, item: UserMessageItem, message: UserMessageInput, context: Any
) -> UserMessageItem:
    """The item with what it says replaced; its id, its time and its place stay. Raises before anything is stored."""
    refuse_too_long(hooks, message)
    texts = (part.text for part in message.content)
    if not message.attachments and not any(text.strip() for text in texts):
        raise RequestError(
            "request.invalid_params", "An edited message needs text or an attachment.", param="params.input.content"
        )
    return item.model_copy(
        update={
            "content": message.content,
            "attachments": await _attachments(hooks, thread, message, context),
            "quoted_text": message.quoted_text,
            "inference_options": message.inference_options,
        }
    )


async def _attachments(
    hooks: "ChatKitServer[Any]", thread: ThreadMetadata, message: UserMessageInput, context: Any
) -> list[Attachment]:
    """Each of the message's attachments once, stamped with the thread."""
    ids = list(dict.fromkeys(message.attachments))
    loaded = [await load_attachment(hooks, attachment_id, context) for attachment_id in ids]
    return [attachment.model_copy(update={"thread_id": thread.id}) for attachment in loaded]


def refuse_too_long(hooks: "ChatKitServer[Any]", written: BaseModel) -> None:
    """Refuses what people wrote when it is too long as it is stored."""
    size = len(written.model_dump_json(exclude=_NOT_WRITTEN).encode())
    if size > hooks.max_message_bytes:
        raise RequestError(
            "message.too_long",
            f"What is sent may have at most {hooks.max_message_bytes:,} bytes, not {size:,}.",
            param="params.input",
        )
