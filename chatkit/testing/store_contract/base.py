"""The fixtures of the suite, and records to store."""

# ruff: noqa: S101  (it is a suite of tests)

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from chatkit.store import Store
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    Attachment,
    FileAttachment,
    InferenceOptions,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)

__all__ = [
    "MORNING",
    "AnyStore",
    "Contexts",
    "StoreFixtures",
    "all_items",
    "all_threads",
    "attachment",
    "item",
    "message",
    "new_id",
    "thread",
]

AnyStore = Store[Any]
Contexts = Sequence[Any]

MORNING = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


class StoreFixtures:
    """What the tests are given: the store, the contexts of two owners, and a thread of the first."""

    @pytest.fixture
    def store(self) -> AnyStore:
        """The store under test: override it."""
        raise NotImplementedError(f"{type(self).__name__} must define the fixture `store`.")

    @pytest.fixture
    def contexts(self) -> Contexts:
        """The request contexts of two owners that have nothing stored yet."""
        return {"user_id": new_id("alice")}, {"user_id": new_id("bob")}

    @pytest.fixture
    async def thread(self, store: AnyStore, contexts: Contexts) -> ThreadMetadata:
        """A stored thread of the first owner."""
        stored = thread()
        await store.save_thread(stored, contexts[0])
        return stored


def new_id(kind: str) -> str:
    """An id that no earlier test used."""
    return f"{kind}_{uuid4().hex}"


def thread(*, thread_id: str | None = None, minutes: float = 0, title: str | None = None) -> ThreadMetadata:
    """A thread made `minutes` after the morning."""
    return ThreadMetadata(id=thread_id or new_id("thr"), created_at=MORNING + timedelta(minutes=minutes), title=title)


def item(thread_id: str, text: str = "", *, item_id: str | None = None, minutes: float = 0) -> AssistantMessageItem:
    """A message, made `minutes` after the morning."""
    return AssistantMessageItem(
        id=item_id or new_id("msg"),
        thread_id=thread_id,
        created_at=MORNING + timedelta(minutes=minutes),
        content=[AssistantMessageContent(text=text)],
    )


def attachment(thread_id: str | None = None) -> FileAttachment:
    """A file, used by a thread or by none yet."""
    return FileAttachment(id=new_id("atc"), name="Bericht 📄.pdf", mime_type="application/pdf", thread_id=thread_id)


def message(
    thread_id: str, files: Sequence[Attachment] = (), *, text: str = "", item_id: str | None = None
) -> UserMessageItem:
    """A user's message."""
    return UserMessageItem(
        id=item_id or new_id("msg"),
        thread_id=thread_id,
        created_at=MORNING,
        content=[UserMessageTextContent(text=text)],
        attachments=list(files),
        inference_options=InferenceOptions(),
    )


async def all_items(
    store: AnyStore, thread_id: str, context: Any, *, limit: int = 100, order: str = "asc"
) -> AsyncGenerator[ThreadItem, None]:
    """The thread's items, page by page."""
    after: str | None = None
    while True:
        page = await store.load_thread_items(thread_id, after, limit, order, context)
        assert len(page.data) <= limit
        for stored in page.data:
            yield stored
        if not page.has_more:
            return
        assert page.after == page.data[-1].id
        after = page.after


async def all_threads(
    store: AnyStore, context: Any, *, limit: int = 100, order: str = "asc"
) -> AsyncGenerator[ThreadMetadata, None]:
    """The owner's threads, page by page."""
    after: str | None = None
    while True:
        page = await store.load_threads(limit, after, order, context)
        assert len(page.data) <= limit
        for stored in page.data:
            yield stored
        if not page.has_more:
            return
        assert page.after == page.data[-1].id
        after = page.after
