"""Actions that a client can get wrong: they are refused in words, and change nothing."""

from typing import Any

import pytest

from chatkit.errors import RequestError
from chatkit.types import NoticeEvent
from tests.demo.visitors import Visitor, nodes, shown

BAD = [
    ("todo.add", None, "A todo needs a title"),
    ("todo.add", {"title": "   "}, "A todo needs a title"),
    ("todo.add", {"title": "x" * 201}, "too long"),
    ("todo.add", {"title": 5}, "payload.title"),
    ("todo.add", {}, "payload.title"),
    ("todo.add", "milk", "payload"),
    ("todo.set_done", None, "payload"),
    ("todo.set_done", {"id": "x"}, "payload.done"),
    ("todo.set_done", {"id": "x", "done": "perhaps"}, "payload.done"),
    ("todo.set_done", {"id": ["x"], "done": True}, "payload.id"),
    ("todo.delete", [], "payload"),
    ("todo.delete", {"id": None}, "payload.id"),
    ("todo.explode", {}, "no action 'todo.explode'"),
    ("", None, "no action ''"),
]


@pytest.mark.parametrize(("kind", "payload", "words"), BAD)
async def test_a_bad_streaming_action_ends_in_an_error_for_the_user(
    ada: Visitor, kind: str, payload: Any, words: str
) -> None:
    card = (await ada.say("add buy milk")).widgets[0]
    turn = await ada.act(kind, payload, card)
    assert turn.error is not None
    assert turn.error.code == "custom"
    assert not turn.error.allow_retry
    assert words in (turn.error.message or "")
    assert shown((await ada.cards())[0]) == [("Buy milk", False)]


@pytest.mark.parametrize(("kind", "payload", "words"), BAD)
async def test_a_bad_sync_action_is_a_wrong_request(ada: Visitor, kind: str, payload: Any, words: str) -> None:
    card = (await ada.say("add buy milk")).widgets[0]
    with pytest.raises(RequestError) as caught:
        await ada.act_at_once(kind, payload, card)
    assert caught.value.code == "action.invalid"
    assert words in caught.value.message
    assert shown((await ada.cards())[0]) == [("Buy milk", False)]


async def test_a_todo_that_is_gone_is_no_error(ada: Visitor) -> None:
    card = (await ada.say("add buy milk and call mum")).widgets[0]
    await ada.say("delete milk")
    assert shown(await ada.tick(card, "Buy milk")) == [("Call mum", False)]


async def test_an_action_that_changes_nothing_says_so(ada: Visitor) -> None:
    card = (await ada.say("add buy milk")).widgets[0]
    turn = await ada.act("todo.clear_completed", None, card)
    assert [event.level for event in turn.events if isinstance(event, NoticeEvent)] == ["info"]


async def test_ticking_twice_leaves_it_ticked(ada: Visitor) -> None:
    card = (await ada.say("add buy milk")).widgets[0]
    await ada.tick(card, "Buy milk")
    assert shown(await ada.tick(card, "Buy milk")) == [("Buy milk", True)]


async def test_the_box_itself_says_what_it_became(ada: Visitor) -> None:
    """Ticked and unticked before the first answer came: the second click sends the old payload and the new value."""
    card = (await ada.say("add buy milk")).widgets[0]
    updated = await ada.tick(card, "Buy milk")
    todo_id = (await _ids(ada))[0]
    payload = {"id": todo_id, "done": True, "boxes": {todo_id: False}}
    again = await ada.act_at_once("todo.set_done", payload, updated)
    assert again is not None
    assert shown(again) == [("Buy milk", False)]


async def test_an_action_without_a_card_is_done_and_answers_without_an_item(ada: Visitor) -> None:
    await ada.say("add buy milk")
    (todo_id,) = await _ids(ada)
    assert await ada.act_at_once("todo.set_done", {"id": todo_id, "done": True}, None) is None
    assert shown((await ada.cards())[0]) == [("Buy milk", True)]


async def test_a_full_list_takes_no_more(ada: Visitor) -> None:
    card = (await ada.say("add first")).widgets[0]
    for start in range(1, 100, 33):
        await ada.say("add " + ", ".join(f"todo {number}" for number in range(start, start + 33)))
    turn = await ada.add_in_form(card, "one too many")
    assert turn.error is not None
    assert "room for 100 todos" in (turn.error.message or "")
    assert "room for 100 todos" in (await ada.say("add one too many")).text
    assert len(shown((await ada.cards())[0])) == 100


async def _ids(visitor: Visitor) -> list[str]:
    card = (await visitor.cards())[0]
    return [node["name"].split(".")[1] for node in nodes(card) if node["type"] == "Checkbox"]
