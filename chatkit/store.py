"""Where threads, items and attachments are kept: the ports that stores implement, and the ids they hand out."""

import os
import time
from abc import ABC, abstractmethod
from typing import Generic, Literal, TypeVar

from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    Page,
    ThreadItem,
    ThreadMetadata,
)

__all__ = [
    "AttachmentStore",
    "NotFoundError",
    "Store",
    "StoreItemType",
    "default_generate_id",
]

TContext = TypeVar("TContext")

StoreItemType = Literal["thread", "message", "tool_call", "task", "workflow", "attachment", "sdk_hidden_context"]
"""The kinds of things that get ids."""

_PREFIXES: dict[StoreItemType, str] = {
    "thread": "thr",
    "message": "msg",
    "tool_call": "tc",
    "task": "tsk",
    "workflow": "wf",
    "attachment": "atc",
    "sdk_hidden_context": "shcx",
}
_RANDOM_BYTES = 10


def default_generate_id(item_type: StoreItemType) -> str:
    """A new id: the kind's prefix, then 12 hex digits of the time in milliseconds and 20 of 80 random bits.

    Ids of one kind sort by the time of their creation. An unknown kind raises `KeyError`.
    """
    return f"{_PREFIXES[item_type]}_{time.time_ns() // 1_000_000:012x}{os.urandom(_RANDOM_BYTES).hex()}"


class NotFoundError(Exception):
    """There is no such thread, item or attachment, or it belongs to someone else."""


class AttachmentStore(ABC, Generic[TContext]):
    """Where the bytes of attachments are kept. `context` is whatever the application passes to `process()`."""

    @abstractmethod
    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        """Deletes the bytes."""

    async def create_attachment(self, input: AttachmentCreateParams, context: TContext) -> Attachment:
        """Registers an upload in two phases: the answer's `upload_descriptor` says where the client sends the bytes."""
        raise NotImplementedError(
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
