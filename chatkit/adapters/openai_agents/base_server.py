"""`BaseChatKitServer`: `AgentChatKitServer` under the name that samples have for such a class."""

from typing import Any, Generic, TypeVar

from chatkit.adapters.openai_agents.server import AgentChatKitServer
from chatkit.store import AttachmentStore, Store

__all__ = ["BaseChatKitServer"]

TContext = TypeVar("TContext")


class BaseChatKitServer(AgentChatKitServer[TContext], Generic[TContext]):
    """Samples write a class of this name themselves and derive from it: override `get_agent`, `action` and
    `post_respond_hook`. `options` are those of `AgentChatKitServer`; the store is there as `data_store` too.
    """

    def __init__(
        self, data_store: Store[TContext], attachment_store: AttachmentStore[TContext] | None = None, **options: Any
    ) -> None:
        super().__init__(data_store, attachment_store, **options)
        self.data_store = data_store
