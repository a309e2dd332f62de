"""Where threads, items and attachments are kept: the ports that stores implement."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MethodType
from typing import Any, Final, Generic, TypeVar, cast

from chatkit.errors import NotSupportedError
from chatkit.live import LiveEngine
from chatkit.store.changes import ThreadChanges
from chatkit.store.ids import StoreItemType, default_generate_id
from chatkit.store.records import fit, to_document
from chatkit.store.sessions import SessionRecords
from chatkit.store.turns import one_at_a_time
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    ClientToolCallItem,
    Page,
    StructuredInputItem,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
)

__all__ = ["AttachmentStore", "NotFoundError", "Store", "StoreUnavailableError"]

TContext = TypeVar("TContext")

_SCAN_LIMIT = 100

USED_BY: Final = "chatkit_used_by"
"""In an attachment's metadata: the other threads that use it, for stores that do not know by themselves."""


class NotFoundError(Exception):
    """There is no such thread, item or attachment, or it belongs to someone else."""


class StoreUnavailableError(Exception):
    """The database cannot answer now: it is down, unreachable, out of room, or its schema is not the one needed.

    Nothing was stored. Trying again later can help, without a restart. The driver's own error is `__cause__`; the
    message says what to do and names no secret.
    """

    code = "store.unavailable"
    allow_retry = True
    is_logged = False
    """Whether the store has told the log of it, so that nobody above needs to."""


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
    What does not exist, or is another user's, raises `NotFoundError`; a store that cannot answer now raises
    `StoreUnavailableError`. Pages go on after the id `after`, in `order` ("asc" or "desc") of insertion for items and
    of creation for threads.

    Each abstract method is one write or one read. The others have defaults made of these, as close to what they
    promise as that allows within one process; a store with transactions overrides them, each with one:
    `store_user_message`, `update_thread`, `claim_item`, `save_if_unchanged` and `delete_items_after` must do all
    they do or nothing, and no other write of the same thread may come in between. They run shielded: the task that
    waits for them may be cancelled, they are not.

    A subclass that overrides a method and inherits one that does the same thing among others (`_PARTS`) is asked
    through its own: the inherited one then gives way to the default.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for whole, parts in _PARTS.items():
            depth = {name: _depth(cls, name) for name in (whole, *parts)}
            if any(depth[part] < depth[whole] for part in parts):
                setattr(cls, whole, getattr(Store, whole))

    def __setattr__(self, name: str, value: object) -> None:
        """A method that is replaced on one store alone, as tests do, is asked too."""
        super().__setattr__(name, value)
        for whole in (whole for whole, parts in _PARTS.items() if name in parts and whole not in vars(self)):
            super().__setattr__(whole, MethodType(getattr(Store, whole), self))

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
        meanwhile stays. This one loads, changes and saves, one at a time for each thread, which is as close as the
        methods above allow.
        """
        async with one_at_a_time(self, thread_id):
            thread = changes.applied_to(await self.load_thread(thread_id, context))
            await self.save_thread(thread, context)
        return thread

    @abstractmethod
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: TContext
    ) -> Page[ThreadItem]:
        """A page of the thread's items."""

    async def load_thread_items_within(
        self, thread_id: str, after: str | None, limit: int, order: str, max_bytes: int, context: TContext
    ) -> Page[ThreadItem]:
        """A page that ends before it is longer than `max_bytes` of JSON (UTF-8), but not before its first item.

        A store should not even read what would not fit. This one loads the whole page and cuts it.
        """
        return cut(as_page(await self.load_thread_items(thread_id, after, limit, order, context)), max_bytes)

    @abstractmethod
    async def save_attachment(self, attachment: Attachment, context: TContext) -> None:
        """Creates or replaces what is known of an attachment.

        One with a `thread_id` is used by that thread from now on, beside those that used it before.
        """

    @abstractmethod
    async def load_attachment(self, attachment_id: str, context: TContext) -> Attachment:
        """What is known of an attachment."""

    @abstractmethod
    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        """Forgets an attachment."""

    @abstractmethod
    async def load_threads(self, limit: int, after: str | None, order: str, context: TContext) -> Page[ThreadMetadata]:
        """A page of threads."""

    async def load_threads_within(
        self, limit: int, after: str | None, order: str, max_bytes: int, context: TContext
    ) -> Page[ThreadMetadata]:
        """A page that ends before it is longer than `max_bytes` of JSON (UTF-8), but not before its first thread."""
        return cut(as_page(await self.load_threads(limit, after, order, context)), max_bytes)

    @abstractmethod
    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        """Appends an item; one whose id the thread already has is replaced where it stands."""

    async def store_user_message(
        self, thread: ThreadMetadata, message: UserMessageItem, context: TContext, *, opens_thread: bool
    ) -> None:
        """Stores a message at the end of its thread, with its attachments, which name that thread by now.

        With `opens_thread` the thread is new and stored too. All of it or nothing: a thread that was opened has its
        message. This one undoes what it can when it fails in the middle: it deletes the thread again.
        """
        try:
            if opens_thread:
                await self.save_thread(thread, context)
            await self._save_attachments(thread.id, message.attachments, context)
            await self.add_thread_item(thread.id, message, context)
        except BaseException:
            if opens_thread:
                with suppress(Exception):  # the error above says what is wrong
                    await self._delete_empty_thread(thread.id, context)
            raise

    async def _save_attachments(self, thread_id: str, attachments: Sequence[Attachment], context: TContext) -> None:
        """Saves them, and has those that other threads use remember these."""
        for attachment in attachments:
            with suppress(NotFoundError):
                known = await self.load_attachment(attachment.id, context)
                if others := _users(known) - {thread_id}:
                    metadata = {**(attachment.metadata or {}), USED_BY: sorted(others)}
                    attachment = attachment.model_copy(update={"metadata": metadata})
            await self.save_attachment(attachment, context)

    async def _delete_empty_thread(self, thread_id: str, context: TContext) -> None:
        """Not one that has items: an application may give threads ids that are in use."""
        if not as_page(await self.load_thread_items(thread_id, None, 1, "asc", context)).data:
            await self.delete_thread(thread_id, context)

    @abstractmethod
    async def save_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        """Creates the item or replaces it where it stands."""

    @abstractmethod
    async def load_item(self, thread_id: str, item_id: str, context: TContext) -> ThreadItem:
        """One item."""

    async def claim_item(
        self, thread_id: str, item: ClientToolCallItem | StructuredInputItem, context: TContext
    ) -> bool:
        """Replaces a pending item by what it becomes when it is answered, and says whether that came about.

        It does not when the stored item is no longer pending: of any number of answers at once one is stored, in
        whatever process. A store must look and write in one step. This one loads, looks and saves, one at a time for
        each thread, which holds within a process.
        """
        async with one_at_a_time(self, thread_id):
            if not is_pending(await self.load_item(thread_id, item.id, context)):
                return False
            await self.save_item(thread_id, item, context)
        return True

    async def save_if_unchanged(
        self, thread_id: str, seen: ThreadItem, items: Sequence[ThreadItem], context: TContext
    ) -> bool:
        """Saves items, if `seen` is stored as it was when it was loaded, and says whether that came about.

        `seen` may be among the items that are saved: of any number of writers at once that saw the same, one wins, in
        whatever process. A store must look and write in one step, all items or none. This one does so one at a time
        for each thread, which holds within a process.
        """
        async with one_at_a_time(self, thread_id):
            if await self.load_item(thread_id, seen.id, context) != seen:
                return False
            for item in items:
                await self.save_item(thread_id, item, context)
        return True

    @abstractmethod
    async def delete_thread(self, thread_id: str, context: TContext) -> None:
        """Deletes the thread, its items, and what is known of the attachments that no other thread uses."""

    @abstractmethod
    async def delete_thread_item(self, thread_id: str, item_id: str, context: TContext) -> None:
        """Deletes one item."""

    async def delete_items_after(
        self, thread_id: str, item_id: str, context: TContext, *, replaced: UserMessageItem | None = None
    ) -> None:
        """Deletes every item that stands behind one, and first puts `replaced` in the place of that one, if given.

        The attachments of `replaced` are stored with it. A store must do all of it or nothing. This one writes one
        after the other, the newest item first: what a crash leaves is the conversation up to some point.
        """
        later = await self.ids_after(thread_id, item_id, context)
        if replaced is not None:
            await self._save_attachments(thread_id, replaced.attachments, context)
            await self.save_item(thread_id, replaced, context)
        for later_id in later:
            with suppress(NotFoundError):  # somebody else was quicker
                await self.delete_thread_item(thread_id, later_id, context)

    async def ids_after(self, thread_id: str, item_id: str, context: TContext) -> list[str]:
        """The ids of the items that stand behind one, newest first."""
        later: list[str] = []
        after: str | None = None
        while True:
            page = as_page(await self.load_thread_items(thread_id, after, _SCAN_LIMIT, "desc", context))
            for item in page.data:
                if item.id == item_id:
                    return later
                later.append(item.id)
            following = page.after or (page.data[-1].id if page.data else None)
            if not page.has_more or following is None or following == after:
                raise NotFoundError(f"There is no item {item_id} in thread {thread_id}.")
            after = following

    async def list_thread_attachment_ids(self, thread_id: str, context: TContext) -> list[str]:
        """The attachments that this thread uses and no other, whose bytes are to be deleted together with it.

        Ask before `delete_thread`, which forgets them. This one reads the thread's messages, page by page. Which other
        threads use an attachment it knows by its `thread_id` and by its metadata (`USED_BY`), where the methods here
        write it; of messages that are gone it knows nothing.
        """
        found = await self._attachment_ids(thread_id, context)
        return [name for name in found if await self._is_used_only_by(thread_id, name, context)]

    async def _attachment_ids(self, thread_id: str, context: TContext) -> Sequence[str]:
        found: dict[str, None] = {}
        after: str | None = None
        while True:
            page = as_page(await self.load_thread_items(thread_id, after, _SCAN_LIMIT, "asc", context))
            for item in page.data:
                if isinstance(item, UserMessageItem):
                    found.update((attachment.id, None) for attachment in item.attachments)
            if not page.has_more or page.after in (None, after):  # a store that ignores `after` has no end
                return list(found)
            after = page.after

    async def _is_used_only_by(self, thread_id: str, attachment_id: str, context: TContext) -> bool:
        try:
            attachment = await self.load_attachment(attachment_id, context)
        except NotFoundError:  # deleted by itself, its bytes too
            return False
        for other in _users(attachment) - {thread_id}:
            with suppress(NotFoundError):
                await self.load_thread(other, context)
                return False
        return True

    def live_engine(self) -> LiveEngine | None:
        """What keeps runs going in the store's own database; the same one each time.

        A store of your own has none: its runs are kept in memory, and its writes are not fenced.
        """
        return None

    def session_records(self) -> SessionRecords | None:
        """Where it is kept which sessions were given out, see `docs/hosted.md`; the same one each time.

        A store of your own has none: each process remembers its own, and a session that is cancelled at one of them is
        good at the others until it expires.
        """
        return None

    async def warm_up(self) -> None:
        """Opens what the store needs ahead of the first request. Does nothing unless overridden."""

    async def ping(self) -> None:
        """Raises `StoreUnavailableError` when the store cannot answer or cannot write now.

        It is asked often, so it should be cheap. One that cannot be down does nothing.
        """

    async def close(self) -> None:
        """Lets go of what the store opened. Does nothing unless overridden."""


_PARTS: Final[Mapping[str, Sequence[str]]] = {
    "update_thread": ("load_thread", "save_thread"),
    "load_thread_items_within": ("load_thread_items",),
    "load_threads_within": ("load_threads",),
    "store_user_message": ("save_thread", "save_attachment", "load_attachment", "add_thread_item"),
    "claim_item": ("load_item", "save_item"),
    "save_if_unchanged": ("load_item", "save_item"),
    "delete_items_after": ("save_attachment", "load_attachment", "save_item", "delete_thread_item"),
}
"""Methods that do the work of others, which a subclass may have overridden."""


def _depth(cls: type, name: str) -> int:
    """How far up the class has its method from."""
    return next(place for place, base in enumerate(cls.__mro__) if name in vars(base))


def _users(attachment: Attachment) -> set[str]:
    """The ids of the threads that an attachment is known to be used by, or once was."""
    marked: object = (attachment.metadata or {}).get(USED_BY)
    named = [attachment.thread_id, *(cast(list[object], marked) if isinstance(marked, list) else [])]
    return {thread_id for thread_id in named if isinstance(thread_id, str)}


def reads_whole_pages(store: Store[Any]) -> bool:
    """Whether the store's pages of items end at a size only because they are cut after they were read."""
    return getattr(store.load_thread_items_within, "__func__", None) is vars(Store)["load_thread_items_within"]


def is_pending(item: ThreadItem) -> bool:
    """Whether the item waits for the client's answer."""
    return isinstance(item, (ClientToolCallItem, StructuredInputItem)) and item.status == "pending"


Record = TypeVar("Record", ThreadItem, ThreadMetadata)


def _size(record: ThreadItem | ThreadMetadata) -> int:
    """In bytes of JSON. What a store gives that is none (objects in a thread's metadata, say) counts nothing."""
    try:
        return len(to_document(record).encode())
    except ValueError:  # pydantic's errors among them
        return 0


def as_page(given: Page[Record] | Sequence[Record]) -> Page[Record]:
    """The page. Stores that have no pages give all there is as a list."""
    return (
        Page[Record].model_construct(data=list(given)) if isinstance(given, list | tuple) else cast(Page[Record], given)
    )


def cut(page: Page[Record], max_bytes: int) -> Page[Record]:
    """The page, or as much of it as comes to no more than `max_bytes`; one record at least."""
    fitting = fit(map(_size, page.data), max_bytes)
    if fitting == len(page.data):
        return page
    data = page.data[:fitting]
    return page.model_copy(update={"data": data, "has_more": True, "after": data[-1].id})
