"""Rules for what is known of attachments."""

# ruff: noqa: S101  (it is a suite of tests)

import pytest
from pydantic import AnyUrl

from chatkit.store import NotFoundError
from chatkit.testing.store_contract.base import AnyStore, Contexts, item, new_id
from chatkit.types import (
    Attachment,
    AttachmentUploadDescriptor,
    FileAttachment,
    ImageAttachment,
    InferenceOptions,
    ThreadMetadata,
    UserMessageItem,
)

__all__ = ["AttachmentRules"]


def _file(thread_id: str | None = None) -> FileAttachment:
    return FileAttachment(id=new_id("atc"), name="Bericht 📄.pdf", mime_type="application/pdf", thread_id=thread_id)


class AttachmentRules:
    """What holds for attachments."""

    async def test_attachment_is_loaded_as_it_was_saved(self, store: AnyStore, contexts: Contexts) -> None:
        upload = AttachmentUploadDescriptor(url=AnyUrl("https://files.example/u"), method="PUT", headers={"X-A": "b"})
        image = ImageAttachment(
            id=new_id("atc"),
            name="photo.png",
            mime_type="image/png",
            preview_url=AnyUrl("https://files.example/p?x=1"),
            upload_descriptor=upload,
            metadata={"path": "/photos/1", "null": None},
        )
        newer = FileAttachment.model_validate({**_file().model_dump(), "checksum": "abc"})
        for saved in (image, newer):
            await store.save_attachment(saved, contexts[0])
            assert await store.load_attachment(saved.id, contexts[0]) == saved

    async def test_saving_an_attachment_again_replaces_it(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        saved = _file()
        await store.save_attachment(saved, contexts[0])
        stamped = saved.model_copy(update={"thread_id": thread.id})
        await store.save_attachment(stamped, contexts[0])
        assert await store.load_attachment(saved.id, contexts[0]) == stamped

    async def test_deleted_attachment_is_gone(self, store: AnyStore, contexts: Contexts) -> None:
        saved = _file()
        await store.save_attachment(saved, contexts[0])
        await store.delete_attachment(saved.id, contexts[0])
        with pytest.raises(NotFoundError):
            await store.load_attachment(saved.id, contexts[0])
        with pytest.raises(NotFoundError):
            await store.delete_attachment(saved.id, contexts[0])

    async def test_thread_knows_the_attachments_of_its_messages_and_takes_them_with_it(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        mine: list[Attachment] = [_file(thread.id) for _ in range(3)]
        other = _file()
        for saved in (*mine, other):
            await store.save_attachment(saved, contexts[0])
        message = UserMessageItem(
            id=new_id("msg"),
            thread_id=thread.id,
            created_at=thread.created_at,
            content=[],
            attachments=mine,
            inference_options=InferenceOptions(),
        )
        await store.add_thread_item(thread.id, message, contexts[0])
        await store.add_thread_item(thread.id, item(thread.id), contexts[0])
        listed = await store.list_thread_attachment_ids(thread.id, contexts[0])
        assert sorted(listed) == sorted(attachment.id for attachment in mine)
        await store.delete_thread(thread.id, contexts[0])
        for attachment in mine:
            with pytest.raises(NotFoundError):
                await store.load_attachment(attachment.id, contexts[0])
        assert await store.load_attachment(other.id, contexts[0]) == other
