"""People who use the demo in the tests: they say things, click things, and see what comes."""

from collections.abc import AsyncGenerator, Iterable
from typing import Any, cast

from chatkit.actions import Action, ActionConfig
from chatkit.http import ChatKit, RequestContext
from chatkit.testing import InProcessClient
from chatkit.types import (
    AssistantMessageItem,
    ErrorEvent,
    StructuredInputSubmission,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadStreamEvent,
    UserMessageItem,
    WidgetItem,
)

Node = dict[str, Any]


class Turn:
    """What came back."""

    def __init__(self, events: list[ThreadStreamEvent]) -> None:
        self.events = events

    @property
    def kinds(self) -> list[str]:
        return [event.type for event in self.events]

    @property
    def items(self) -> list[ThreadItem]:
        """The finished items, without the user's message."""
        done = (event.item for event in self.events if isinstance(event, ThreadItemDoneEvent))
        return [item for item in done if not isinstance(item, UserMessageItem)]

    @property
    def text(self) -> str:
        """What the assistant said."""
        said = (item for item in self.items if isinstance(item, AssistantMessageItem))
        return "\n".join(part.text for item in said for part in item.content)

    @property
    def widgets(self) -> list[WidgetItem]:
        return [item for item in self.items if isinstance(item, WidgetItem)]

    @property
    def replaced(self) -> list[WidgetItem]:
        replaced = (event.item for event in self.events if isinstance(event, ThreadItemReplacedEvent))
        return [item for item in replaced if isinstance(item, WidgetItem)]

    @property
    def error(self) -> ErrorEvent | None:
        return next((event for event in self.events if isinstance(event, ErrorEvent)), None)


class Visitor:
    """One user, in one conversation at a time. The first words open it; `new_chat` ends it."""

    def __init__(self, app: ChatKit, user: str) -> None:
        context = RequestContext(user_id=user)
        self.client: InProcessClient[RequestContext] = InProcessClient(app.server, context)
        self.thread_id = ""

    def new_chat(self) -> None:
        self.thread_id = ""

    def stream(self, text: str) -> AsyncGenerator[ThreadStreamEvent, None]:
        """The answer as it comes."""
        if self.thread_id:
            return self.client.add_user_message(self.thread_id, text)
        return self.client.create_thread(text)

    async def say(self, text: str) -> Turn:
        turn = await _turn(self.stream(text))
        for event in turn.events:
            if isinstance(event, ThreadCreatedEvent):
                self.thread_id = event.thread.id
        return turn

    async def act(self, kind: str, payload: object, card: WidgetItem | None) -> Turn:
        """A streaming action, from a card."""
        action = Action[str, Any](type=kind, payload=payload)
        return await _turn(self.client.custom_action(self.thread_id, action, item_id=card.id if card else None))

    async def act_at_once(self, kind: str, payload: object, card: WidgetItem | None) -> WidgetItem | None:
        """An action with one answer, from a card."""
        action = Action[str, Any](type=kind, payload=payload)
        answer = await self.client.sync_custom_action(self.thread_id, action, item_id=card.id if card else None)
        return cast(WidgetItem | None, answer.updated_item)

    async def tick(self, card: WidgetItem, title: str) -> WidgetItem:
        """Clicks a todo's box, as the interface does: with the action's payload and the box's new value."""
        box = next(node for node in nodes(card) if node["type"] == "Checkbox" and node["label"] == title)
        config = ActionConfig.model_validate(box["onChangeAction"])
        assert not config.streaming
        field, todo_id = box["name"].split(".")
        payload = {**config.payload, field: {todo_id: not box["defaultChecked"]}}
        updated = await self.act_at_once(config.type, payload, card)
        assert updated is not None
        return updated

    async def add_in_form(self, card: WidgetItem, title: str) -> Turn:
        """Types into the card's field and presses Enter."""
        form = next(node for node in nodes(card) if node["type"] == "Form")
        field = next(node for node in nodes(card) if node["type"] == "Input")
        config = ActionConfig.model_validate(form["onSubmitAction"])
        assert config.streaming
        return await self.act(config.type, {**(config.payload or {}), field["name"]: title}, card)

    async def press(self, card: WidgetItem, label: str) -> Turn | WidgetItem | None:
        """Presses a button of the card."""
        (button,) = [node for node in nodes(card) if node["type"] == "Button" and node.get("label") == label]
        config = ActionConfig.model_validate(button["onClickAction"])
        if config.streaming:
            return await self.act(config.type, config.payload, card)
        return await self.act_at_once(config.type, config.payload, card)

    async def answer(self, item_id: str, submission: dict[str, Any]) -> Turn:
        """Answers the questions of a structured input."""
        answers = StructuredInputSubmission.model_validate(submission)
        return await _turn(self.client.add_structured_input(self.thread_id, item_id, answers))

    async def report(self, result: object) -> Turn:
        """The page's answer to a client tool."""
        return await _turn(self.client.add_client_tool_output(self.thread_id, result))

    async def items(self) -> list[ThreadItem]:
        """The conversation after a reload."""
        return (await self.client.get_thread(self.thread_id)).items.data

    async def cards(self) -> list[WidgetItem]:
        """The widgets of the conversation after a reload."""
        return [item for item in await self.items() if isinstance(item, WidgetItem)]


async def _turn(events: AsyncGenerator[ThreadStreamEvent, None]) -> Turn:
    return Turn([event async for event in events])


def nodes(card: WidgetItem) -> Iterable[Node]:
    """All components of a widget, as the wire has them."""

    def walk(node: Node) -> Iterable[Node]:
        yield node
        for child in node.get("children") or ():
            yield from walk(child)

    return walk(card.widget.model_dump(mode="json"))


def shown(card: WidgetItem) -> list[tuple[str, bool]]:
    """The todos on a card, and whether their boxes are ticked."""
    boxes = (node for node in nodes(card) if node["type"] == "Checkbox")
    return [(box["label"], box["defaultChecked"]) for box in boxes]


def badge(card: WidgetItem) -> str:
    return next(node["label"] for node in nodes(card) if node["type"] == "Badge")
