"""What operations and turns need of a server: its stores and its hooks."""

from collections.abc import AsyncIterator
from typing import Any, Protocol, TypeVar

from chatkit.actions import Action
from chatkit.store import AttachmentStore, Store
from chatkit.types import (
    AudioInput,
    FeedbackKind,
    StreamOptions,
    SyncCustomActionResponse,
    ThreadItem,
    ThreadMetadata,
    ThreadStreamEvent,
    TranscriptionResult,
    UserMessageItem,
    WidgetItem,
)

__all__ = ["Hooks"]

TContext = TypeVar("TContext")


class Hooks(Protocol[TContext]):
    """`chatkit.server.ChatKitServer` as the modules below it see it; the contracts are written there."""

    store: Store[TContext]
    attachment_store: AttachmentStore[TContext] | None
    refuse_messages_to_inactive_threads: bool
    max_message_bytes: int

    def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: TContext, /
    ) -> AsyncIterator[ThreadStreamEvent]: ...

    def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: TContext, /
    ) -> AsyncIterator[ThreadStreamEvent]: ...

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: TContext, /
    ) -> SyncCustomActionResponse: ...

    async def add_feedback(
        self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: TContext, /
    ) -> None: ...

    async def transcribe(self, audio_input: AudioInput, context: TContext, /) -> TranscriptionResult: ...

    def get_stream_options(self, thread: ThreadMetadata, context: TContext, /) -> StreamOptions: ...

    async def handle_stream_cancelled(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: TContext, /
    ) -> None: ...

    async def handle_stream_interrupted(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: TContext, /
    ) -> None: ...
