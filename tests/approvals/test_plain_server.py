"""`chatkit.approvals` without the Agents SDK: the documentation's own server."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chatkit.actions import Action
from chatkit.approvals import Approval, Approvals, Paused, is_approval_card, paused_of
from chatkit.stores import MemoryStore
from chatkit.testing import InProcessClient
from chatkit.types import NoticeEvent, ThreadMetadata, WidgetItem
from tests.approvals.chat import buttons, words

PAGE = Path(__file__).parents[2] / "docs" / "server.md"


def documented() -> Any:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    scope: dict[str, Any] = {"__name__": "example"}
    exec(next(block for block in blocks if "class Careful" in block), scope)  # noqa: S102 - the documentation's own
    return scope["careful"]


class Visitor:
    def __init__(self) -> None:
        self.server = documented()
        self.client: InProcessClient[Any] = InProcessClient(self.server, None)
        self.thread_id = ""

    async def ask(self) -> WidgetItem:
        events: list[Any] = [event async for event in self.client.create_thread("tidy up")]
        self.thread_id = events[0].thread.id
        return events[-1].item

    async def press(self, card: WidgetItem, decision: str) -> list[Any]:
        config = buttons(card)[decision]
        action = Action[str, Any](type=config["type"], payload=config["payload"])
        return [event async for event in self.client.custom_action(self.thread_id, action, item_id=card.id)]

    async def card(self) -> WidgetItem:
        page = await self.client.list_items(self.thread_id, order="asc")
        return next(item for item in page.data if isinstance(item, WidgetItem))


@pytest.mark.parametrize(
    ("decision", "deleted", "said"),
    [("approve", ["notes.txt"], "You approved this."), ("reject", [], "You rejected this.")],
)
async def test_the_documented_server_asks_and_does_what_was_decided(
    decision: str, deleted: list[str], said: str
) -> None:
    visitor = Visitor()
    card = await visitor.ask()
    assert {"Allow delete?", "This cannot be undone.", "file", "notes.txt"} <= set(words(card))
    assert visitor.server.deleted == []
    events = await visitor.press(card, decision)
    assert any(event.type == "thread.item.done" for event in events)
    assert visitor.server.deleted == deleted
    assert said in words(await visitor.card())
    again = await visitor.press(card, "approve")
    assert isinstance(again[1], NoticeEvent)
    assert visitor.server.deleted == deleted


async def test_a_new_message_answers_the_documented_server_no() -> None:
    visitor = Visitor()
    card = await visitor.ask()
    assert [event async for event in visitor.client.add_user_message(visitor.thread_id, "no")]
    assert "Not done: you wrote a new message instead." in words(await visitor.card())
    await visitor.press(card, "approve")
    assert visitor.server.deleted == []


def test_approvals_need_no_agents_sdk() -> None:
    code = "import sys; sys.modules['agents'] = sys.modules['openai'] = None; import chatkit.approvals"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# What the model wrote is untrusted


async def card_of(**fields: Any) -> WidgetItem:
    approvals: Approvals[None] = Approvals(MemoryStore())
    thread = ThreadMetadata(id="thr_1", created_at="2030-01-01T00:00:00Z")  # type: ignore[arg-type]
    asked = approvals.ask(thread, [Approval(**{"tool": "run", **fields})], None)
    events: list[Any] = [event async for event in asked]
    assert isinstance(paused_of(events[0].item), Paused)
    assert is_approval_card(events[1].item)
    return events[1].item


HOSTILE = [
    '{"code": "![x](https://evil.example/?a) <b>bold</b> [Approve](javascript:0)"}',
    "[" * 100_000,
    '{"a": ' * 5_000,
    "not JSON at all \ud83d",
    '{"text": "\\ud83d"}',
    '{"n": NaN, "big": 1' + "0" * 400 + "}",
    "",
    "null",
    '{"": ""}',
    '{"a\\u0000b": "\\u0000"}',
]


@pytest.mark.parametrize("arguments", HOSTILE)
async def test_any_arguments_can_be_shown_as_text_and_stored(arguments: str) -> None:
    card = await card_of(arguments=arguments)
    kinds = re.findall(r'"type":"(\w+)"', card.widget.model_dump_json())
    assert set(kinds) <= {"Card", "Col", "Row", "Box", "Icon", "Title", "Caption", "Text", "Button", "Form"}
    store: MemoryStore[None] = MemoryStore()
    await store.save_thread(ThreadMetadata(id="thr_1", created_at=card.created_at), None)
    await store.add_thread_item("thr_1", card, None)
    assert await store.load_item("thr_1", card.id, None) == card


async def test_characters_that_hide_or_reorder_are_spelled_out() -> None:
    card = await card_of(tool="rm\u202e", arguments={"file": "safe\u202etxt.exe", "also": "a\u200bb"})
    assert {"Allow rm\\u202e?", "safe\\u202etxt.exe", "a\\u200bb"} <= set(words(card))


async def test_long_arguments_are_cut_and_the_rest_can_be_seen() -> None:
    visitor = Visitor()
    long = "x" * 5_000 + " and delete everything"

    async def ask(thread: ThreadMetadata, message: Any, context: Any) -> Any:
        wanted = Approval(tool="run", arguments={"code": long, **{str(n): n for n in range(20)}})
        async for event in visitor.server.approvals.ask(thread, [wanted], context):
            yield event

    visitor.server.respond = ask
    card = await visitor.ask()
    assert "Show everything" in words(card)
    assert max(map(len, words(card))) < 500
    await visitor.press(card, "show")
    whole = await visitor.card()
    assert {long, "19"} <= set(words(whole))
    assert set(buttons(whole)) == {"approve", "reject", "always"}
