"""The demo's server: an agent with tools, a card after its answers, and actions that need no agent."""

from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, StopAtTools

from chatkit.actions import Action
from chatkit.agents import AgentChatKitServer, AgentContext, AgentSettings, Intent, OfflineModel, ThreadItemConverter
from chatkit.demo import planning, smalltalk, theme
from chatkit.demo.context import DemoContext
from chatkit.demo.todos import agent as todo_agent
from chatkit.demo.todos import intents as todo_intents
from chatkit.demo.todos.actions import perform
from chatkit.demo.todos.cards import TodoCards
from chatkit.demo.todos.database import TodoDatabase
from chatkit.demo.todos.model import TodoError
from chatkit.demo.todos.widgets import as_text, is_todo_card, todo_card
from chatkit.errors import CustomStreamError, RequestError
from chatkit.http import RequestContext
from chatkit.server import stream_widget
from chatkit.store import Store
from chatkit.types import (
    NoticeEvent,
    SyncCustomActionResponse,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    WidgetItem,
)

__all__ = ["INTENTS", "TodoServer"]

INTENTS: list[Intent] = [*planning.INTENTS, *theme.INTENTS, *smalltalk.INTENTS, *todo_intents.INTENTS]
"""What the offline model understands, in the order in which it is tried."""

_CARDS_TO_RENEW = 50
"""How far back in a conversation cards are renewed while it is open. Older ones are renewed when they are loaded."""


class CardConverter(ThreadItemConverter):
    """Leaves the card out of what the model reads: it is out of date as soon as a box is ticked, and a tool tells."""

    async def widget_to_input(self, item: WidgetItem) -> Any:
        """What a widget is to the model."""
        return None if is_todo_card(item) else await super().widget_to_input(item)


class TodoServer(AgentChatKitServer[RequestContext]):
    """Answers with the todo agent. `todos` must be open."""

    def __init__(
        self,
        store: Store[RequestContext],
        todos: TodoDatabase,
        *,
        settings: AgentSettings | None = None,
        offline_model: OfflineModel | None = None,
    ) -> None:
        super().__init__(
            store,
            agent=_agent(),
            settings=settings,
            offline_model=offline_model or OfflineModel(INTENTS),
            converter=CardConverter(),
        )
        self._todos = todos
        self._cards = TodoCards(todos)

    def agent_context(self, thread: ThreadMetadata, context: RequestContext) -> DemoContext:
        """What the tools get: the turn, and the todos of the user who asks."""
        todos = self._todos.of(context.user_id)
        return DemoContext(thread=thread, store=self.store, request_context=context, todos=todos)

    async def post_respond_hook(
        self, thread: ThreadMetadata, agent_context: AgentContext[RequestContext]
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Shows the card after answers that were about the list, and only then."""
        if not isinstance(agent_context, DemoContext) or not agent_context.shows_todos:
            return
        async for event in self._renew_cards(thread, agent_context.request_context):
            yield event
        todos = await agent_context.todos.all()
        async for event in stream_widget(thread, todo_card(todos), as_text(todos), agent_context.generate_id):
            yield event

    async def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: RequestContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """The form and "Clear completed": does it, then replaces every card of the conversation."""
        try:
            changed = await perform(action, self._todos.of(context.user_id))
        except TodoError as error:
            raise CustomStreamError(str(error)) from error
        async for event in self._renew_cards(thread, context):
            yield event
        if not changed:
            yield NoticeEvent(level="info", message="There was nothing left to change. The card is up to date now.")

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: RequestContext
    ) -> SyncCustomActionResponse:
        """The boxes and the bins: does it, and answers with the card. This works while an answer is being written."""
        try:
            await perform(action, self._todos.of(context.user_id))
        except TodoError as error:
            raise RequestError("action.invalid", str(error), param="params.action") from error
        if sender is None or not is_todo_card(sender):
            return SyncCustomActionResponse()
        renewed = await self._cards.renew(sender, context)
        await self.store.save_item(thread.id, renewed, context)
        return SyncCustomActionResponse(updated_item=renewed)

    async def _renew_cards(self, thread: ThreadMetadata, context: RequestContext) -> AsyncIterator[ThreadStreamEvent]:
        page = await self.store.load_thread_items(thread.id, None, _CARDS_TO_RENEW, "desc", context)
        for item in await self._cards.renewed([item for item in page.data if is_todo_card(item)], context):
            yield ThreadItemReplacedEvent(item=item)


def _agent() -> Agent[DemoContext]:
    """The agent. It names no model, so it gets the one of the settings: the offline model when nothing is set."""
    return Agent[DemoContext](
        name="Todo assistant",
        instructions=f"{todo_agent.INSTRUCTIONS}{planning.INSTRUCTIONS}{theme.INSTRUCTIONS}",
        tools=[*todo_agent.TOOLS, *planning.TOOLS, *theme.TOOLS],
        # After these it is the user's, or the page's, turn.
        tool_use_behavior=StopAtTools(stop_at_tool_names=["plan_day", "set_theme"]),
    )
