"""A chat with an agent whose tool needs approval: what is clicked, shown, stored, and what the tool did."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from agents import Agent, RunContextWrapper, function_tool

from chatkit.actions import Action
from chatkit.agents import AgentChatKitServer
from chatkit.approvals import Paused, paused_of
from chatkit.store import Store
from chatkit.stores import MemoryStore
from chatkit.testing import InProcessClient
from chatkit.testing.scripted_model import Call, ScriptedModel
from chatkit.types import ThreadItem, ThreadStreamEvent, WidgetItem

__all__ = ["ANN", "BOB", "CALL", "Chat", "buttons", "needs_approvals", "words"]

ANN = {"user_id": "ann", "secret": "correct horse"}
BOB = {"user_id": "bob"}
CALL = Call("send", {"to": "Eve", "text": "Hello"}, call_id="call_1")

needs_approvals = pytest.mark.skipif(
    "needs_approval" not in inspect.signature(function_tool).parameters,
    reason="this release of the Agents SDK has no approvals",
)


def _nodes(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for child in node for found in _nodes(child)]
    if not isinstance(node, dict):
        return []
    return [node, *(found for value in node.values() for found in _nodes(value))]


def buttons(item: ThreadItem | Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The actions of a card's buttons, by what they decide."""
    plain = item.model_dump() if isinstance(item, WidgetItem) else item
    found = [node["onClickAction"] for node in _nodes(plain) if node.get("type") == "Button"]
    return {action["payload"]["decision"]: action for action in found}


def words(item: ThreadItem | Mapping[str, Any]) -> list[str]:
    """All that a card says."""
    plain = item.model_dump() if isinstance(item, WidgetItem) else item
    return [node[key] for node in _nodes(plain) for key in ("value", "label") if isinstance(node.get(key), str)]


class Chat:
    """One user's chat. Give it the store of another to come back to it: with another server, and another model."""

    def __init__(
        self,
        *turns: Any,
        store: Store[Any] | None = None,
        user: dict[str, Any] = ANN,
        tool: Callable[[str], Awaitable[str] | str] | None = None,
        thread_id: str = "",
        make: type[AgentChatKitServer[Any]] = AgentChatKitServer,
        tools: list[Any] | None = None,
        **options: Any,
    ) -> None:
        self.sent: list[str] = []
        self.seen: list[Any] = []
        self.model = ScriptedModel(*turns)

        async def send(context: RunContextWrapper[Any], to: str, text: str) -> str:
            self.seen.append(context.context)
            self.sent.append(to)
            if tool is not None:
                given = tool(to)
                return await given if inspect.isawaitable(given) else given
            return f"sent to {to}"

        needing = function_tool(send, needs_approval=True, failure_error_function=None)
        agent = Agent(name="Post", model=self.model, tools=[needing, *(tools or [])])
        self.server = make(store or MemoryStore(), agent=agent, **{"titles": "none", **options})
        self.client: InProcessClient[Any] = InProcessClient(self.server, user)
        self.thread_id = thread_id

    @property
    def store(self) -> Store[Any]:
        return self.server.store

    async def say(self, text: str) -> list[ThreadStreamEvent]:
        """The events of the answer."""
        if self.thread_id:
            return [event async for event in self.client.add_user_message(self.thread_id, text)]
        events: list[Any] = [event async for event in self.client.create_thread(text)]
        self.thread_id = events[0].thread.id
        return events

    async def cards(self) -> list[WidgetItem]:
        """The cards, as a client loads them, oldest first."""
        page = await self.client.list_items(self.thread_id, limit=100, order="asc")
        return [item for item in page.data if isinstance(item, WidgetItem)]

    async def click(self, decision: str, card: int = -1, **fields: Any) -> list[ThreadStreamEvent]:
        """Presses a button of a card as it is shown now."""
        return await self.press((await self.cards())[card], decision, **fields)

    async def press(self, item: WidgetItem, decision: str, **fields: Any) -> list[ThreadStreamEvent]:
        """Presses a button of a card as it was once shown."""
        return await self.send(buttons(item)[decision], item.id, **fields)

    async def send(self, config: Mapping[str, Any], item_id: str | None, **fields: Any) -> list[ThreadStreamEvent]:
        action = Action[str, Any](type=config["type"], payload={**config["payload"], **fields})
        return [event async for event in self.client.custom_action(self.thread_id, action, item_id=item_id)]

    async def items(self) -> list[ThreadItem]:
        """All items that are stored, hidden ones too."""
        page = await self.store.load_thread_items(self.thread_id, None, 100, "asc", self.client.context)
        return page.data

    async def records(self) -> list[Paused]:
        return [paused for item in await self.items() if (paused := paused_of(item))]

    async def answers(self) -> list[str]:
        """What the assistant said."""
        items = [item for item in await self.items() if item.type == "assistant_message"]
        return ["".join(part.text for part in item.content) for item in items]

    def outputs(self, request: int = -1) -> dict[str, str]:
        """What the model got as outputs of calls, by call."""
        asked = self.model.requests[request].input
        return {item["call_id"]: item["output"] for item in asked if item.get("type") == "function_call_output"}

    def calls(self, request: int = -1) -> list[str]:
        """The calls that the model was shown as its own."""
        asked = self.model.requests[request].input
        return [item["call_id"] for item in asked if item.get("type") == "function_call"]
