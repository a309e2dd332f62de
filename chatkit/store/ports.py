"""Where threads, items and attachments are kept: the ports that stores implement."""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from chatkit.errors import NotSupportedError
from chatkit.store.changes import ThreadChanges
from chatkit.store.ids import StoreItemType, default_generate_id
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    Page,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
)

__all__ = ["AttachmentStore", "NotFoundError", "Store", "StoreUnavailableError"]

TContext = TypeVar("TContext")

_SCAN_LIMIT = 100


class NotFoundError(Exception):
    """There is no such thread, item or attachment, or it belongs to someone else."""


class StoreUnavailableError(Exception):
    """The database cannot answer now: it is down, unreachable, out of room, or its schema is not the one needed.

    Nothing was stored. Trying again later can help, without a restart. The driver's own error is `__cause__`; the
    message says what to do and names no secret.
    """

    code = "store.unavailable"
    allow_retry = True


class AttachmentStore(ABC, Generic[TContext]):
    """Where the bytes of attachments are kept. `context` is whatever the application passes to `process()`."""

    @abstractmethod
    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        """Deletes the bytes."""

    async def create_attachment(self, input: AttachmentCreateParams, context: TContext) -> Attachment:
        """Registers an upload in two phases: the answer's `upload_descriptor` says where the client sends the bytes."""
        raise NotSupportedError(
            f"{type(self).__name__} must override create_attachment() to support two-phase uploads."
        )

    def generate_attachment_id(self, mime_type: str, context: TContext) -> str:
        """A new attachment's id."""
        return default_generate_id("attachment")


class Store(ABC, Generic[TContext]):
    """Where threads, items and what is known of attachments are kept.

    `context` is whatever the application passes to `process()`; a store for several users tells them apart by it.
    What does not exist, or is another user's, raises `NotFoundError`. Pages go on after the id `after`, in `order`
    ("asc" or "desc") of insertion for items and of creation for threads.
    """

    def generate_thread_id(self, context: TContext) -> str:
        """A new thread's id."""
        return default_generate_id("thread")

    def generate_item_id(self, item_type: StoreItemType, thread: ThreadMetadata, context: TContext) -> str:
        """A new item's id."""
        return default_generate_id(item_type)

    @abstractmethod
    async def load_thread(self, thread_id: str, context: TContext) -> ThreadMetadata:
        """The thread, without its items."""

    @abstractmethod
    async def save_thread(self, thread: ThreadMetadata, context: TContext) -> None:
        """Creates the thread or replaces its metadata."""

    async def update_thread(self, thread_id: str, changes: ThreadChanges, context: TContext) -> ThreadMetadata:
        """Makes some changes to a stored thread and returns it as it is then. It never brings a deleted thread back.

        A store must do this in one step that no other write of the thread can come between: what others changed
        meanwhile stays. This one loads, changes and saves, which is as close as the methods above allow.
        """
        thread = changes.applied_to(await self.load_thread(thread_id, context))
        await self.save_thread(thread, context)
        return thread

    @abstractmethod
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: TContext
    ) -> Page[ThreadItem]:
        """A page of the thread's items."""

    @abstractmethod
    async def save_attachment(self, attachment: Attachment, context: TContext) -> None:
        """Creates or replaces what is known of an attachment."""

    @abstractmethod
    async def load_attachment(self, attachment_id: str, context: TContext) -> Attachment:
        """What is known of an attachment."""

    @abstractmethod
    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        """Forgets an attachment."""

    @abstractmethod
    async def load_threads(self, limit: int, after: str | None, order: str, context: TContext) -> Page[ThreadMetadata]:
        """A page of threads."""

    @abstractmethod
    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        """Appends an item; one whose id the thread already has is replaced where it stands."""

    @abstractmethod
    async def save_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        """Creates the item or replaces it where it stands."""

    @abstractmethod
    async def load_item(self, thread_id: str, item_id: str, context: TContext) -> ThreadItem:
        """One item."""

    @abstractmethod
    async def delete_thread(self, thread_id: str, context: TContext) -> None:
        """Deletes the thread and its items."""

    @abstractmethod
    async def delete_thread_item(self, thread_id: str, item_id: str, context: TContext) -> None:
        """Deletes one item."""

    async def list_thread_attachment_ids(self, thread_id: str, context: TContext) -> list[str]:
        """The attachments that the thread's messages carry, whose bytes are to be deleted together with the thread.

        Ask before `delete_thread`, which forgets them. This one reads the thread's messages, page by page; a store
        that keeps attachments by thread overrides it.
        """
        found: dict[str, None] = {}
        after: str | None = None
        while True:
            page = await self.load_thread_items(thread_id, after, _SCAN_LIMIT, "asc", context)
            for item in page.data:
                if isinstance(item, UserMessageItem):
                    found.update((attachment.id, None) for attachment in item.attachments)
            if not page.has_more or page.after is None:
                return list(found)
            after = page.after

    async def warm_up(self) -> None:
        """Opens what the store needs ahead of the first request. Does nothing unless overridden."""

    async def ping(self) -> None:
        """Raises `StoreUnavailableError` when the store cannot answer now. One that cannot be down does nothing."""

    async def close(self) -> None:
        """Lets go of what the store opened. Does nothing unless overridden."""
