"""Rules for what is known of attachments."""

# ruff: noqa: S101  (it is a suite of tests)

import pytest
from pydantic import AnyUrl

from chatkit.store import NotFoundError
from chatkit.testing.store_contract.base import AnyStore, Contexts, attachment, item, message, new_id
from chatkit.types import (
    Attachment,
    AttachmentUploadDescriptor,
    FileAttachment,
    ImageAttachment,
    ThreadMetadata,
)

__all__ = ["AttachmentRules"]


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
        newer = FileAttachment.model_validate({**attachment().model_dump(), "checksum": "abc"})
        for saved in (image, newer):
            await store.save_attachment(saved, contexts[0])
            assert await store.load_attachment(saved.id, contexts[0]) == saved

    async def test_saving_an_attachment_again_replaces_it(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        saved = attachment()
        await store.save_attachment(saved, contexts[0])
        stamped = saved.model_copy(update={"thread_id": thread.id})
        await store.save_attachment(stamped, contexts[0])
        assert await store.load_attachment(saved.id, contexts[0]) == stamped

    async def test_deleted_attachment_is_gone(self, store: AnyStore, contexts: Contexts) -> None:
        saved = attachment()
        await store.save_attachment(saved, contexts[0])
        await store.delete_attachment(saved.id, contexts[0])
        with pytest.raises(NotFoundError):
            await store.load_attachment(saved.id, contexts[0])
        with pytest.raises(NotFoundError):
            await store.delete_attachment(saved.id, contexts[0])

    async def test_thread_knows_the_attachments_of_its_messages_and_takes_them_with_it(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        mine: list[Attachment] = [attachment(thread.id) for _ in range(3)]
        other = attachment()
        for saved in (*mine, other):
            await store.save_attachment(saved, contexts[0])
        await store.add_thread_item(thread.id, message(thread.id, mine), contexts[0])
        await store.add_thread_item(thread.id, item(thread.id), contexts[0])
        listed = await store.list_thread_attachment_ids(thread.id, contexts[0])
        assert sorted(listed) == sorted(saved.id for saved in mine)
        await store.delete_thread(thread.id, contexts[0])
        for saved in mine:
            with pytest.raises(NotFoundError):
                await store.load_attachment(saved.id, contexts[0])
        assert await store.load_attachment(other.id, contexts[0]) == other

    @pytest.mark.parametrize("first", [0, 1])
    async def test_attachment_of_two_threads_stays_until_both_are_gone(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata, first: int
    ) -> None:
        threads = [thread, thread.model_copy(update={"id": new_id("thr")})]
        await store.save_thread(threads[1], contexts[0])
        shared = attachment()
        for using in threads:
            stamped = shared.model_copy(update={"thread_id": using.id})
            await store.store_user_message(using, message(using.id, [stamped]), contexts[0], opens_thread=False)
        gone, left = threads[first], threads[1 - first]
        assert await store.list_thread_attachment_ids(gone.id, contexts[0]) == []
        await store.delete_thread(gone.id, contexts[0])
        assert (await store.load_attachment(shared.id, contexts[0])).id == shared.id
        assert await store.list_thread_attachment_ids(left.id, contexts[0]) == [shared.id]
        await store.delete_thread(left.id, contexts[0])
        with pytest.raises(NotFoundError):
            await store.load_attachment(shared.id, contexts[0])

    async def test_threads_that_are_gone_or_anothers_hold_no_attachment(
        self, store: AnyStore, contexts: Contexts, thread: ThreadMetadata
    ) -> None:
        theirs = thread.model_copy(update={"id": new_id("thr")})
        await store.save_thread(theirs, contexts[1])
        saved = attachment()
        for thread_id in (new_id("thr"), theirs.id, thread.id):
            await store.save_attachment(saved.model_copy(update={"thread_id": thread_id}), contexts[0])
        stamped = saved.model_copy(update={"thread_id": thread.id})
        await store.store_user_message(thread, message(thread.id, [stamped]), contexts[0], opens_thread=False)
        assert await store.list_thread_attachment_ids(thread.id, contexts[0]) == [saved.id]
        await store.delete_thread(thread.id, contexts[0])
        with pytest.raises(NotFoundError):
            await store.load_attachment(saved.id, contexts[0])
