"""What every attachment store must do, as a suite of tests."""

# ruff: noqa: S101  (it is a suite of tests)

import contextlib
from collections.abc import Sequence
from typing import Any

import pytest

from chatkit.store import AttachmentStore, NotFoundError
from chatkit.types import AttachmentCreateParams

__all__ = ["AttachmentStoreContract"]


class AttachmentStoreContract:
    """Subclass it in a test module, with a fixture that gives the store:

        class TestMyAttachmentStore(AttachmentStoreContract):
            @pytest.fixture
            def attachment_store(self):
                return MyAttachmentStore()

    For a store without two-phase uploads, set `two_phase = False`.
    """

    two_phase = True

    @pytest.fixture
    def attachment_store(self) -> AttachmentStore[Any]:
        """The store under test: override it."""
        raise NotImplementedError(f"{type(self).__name__} must define the fixture `attachment_store`.")

    @pytest.fixture
    def contexts(self) -> Sequence[Any]:
        """The request contexts of two different owners."""
        return {"user_id": "alice"}, {"user_id": "bob"}

    def _needs_two_phase(self) -> None:
        if not self.two_phase:
            pytest.skip("The store has no two-phase uploads.")

    async def test_generated_ids_differ(self, attachment_store: AttachmentStore[Any], contexts: Sequence[Any]) -> None:
        ids = [attachment_store.generate_attachment_id("image/png", contexts[0]) for _ in range(100)]
        assert len(set(ids)) == 100
        assert all(ids)

    async def test_created_attachment_is_as_asked_and_can_be_uploaded(
        self, attachment_store: AttachmentStore[Any], contexts: Sequence[Any]
    ) -> None:
        self._needs_two_phase()
        wanted = AttachmentCreateParams(name="Bericht März.pdf", size=7, mime_type="application/pdf")
        attachment = await attachment_store.create_attachment(wanted, contexts[0])
        assert (attachment.name, attachment.mime_type, attachment.type) == (wanted.name, wanted.mime_type, "file")
        assert attachment.upload_descriptor is not None
        assert attachment.thread_id is None

    async def test_two_files_of_one_name_are_two_attachments(
        self, attachment_store: AttachmentStore[Any], contexts: Sequence[Any]
    ) -> None:
        self._needs_two_phase()
        wanted = AttachmentCreateParams(name="photo.png", size=7, mime_type="image/png")
        first, second = [await attachment_store.create_attachment(wanted, context) for context in contexts]
        assert first.id != second.id

    async def test_deleting_works_and_a_second_time_finds_nothing_at_worst(
        self, attachment_store: AttachmentStore[Any], contexts: Sequence[Any]
    ) -> None:
        self._needs_two_phase()
        wanted = AttachmentCreateParams(name="notes.txt", size=7, mime_type="text/plain")
        attachment = await attachment_store.create_attachment(wanted, contexts[0])
        await attachment_store.delete_attachment(attachment.id, contexts[0])
        with contextlib.suppress(NotFoundError):
            await attachment_store.delete_attachment(attachment.id, contexts[0])
