"""What a visitor lives through: adding, ticking, coming back, and not being somebody else."""

from contextlib import aclosing

from chatkit.http import ChatKit
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadCreatedEvent,
    ThreadItemUpdatedEvent,
    WidgetItem,
)
from tests.demo.conftest import MakeApp
from tests.demo.visitors import Turn, Visitor, badge, nodes, shown


async def test_the_whole_story(ada: Visitor, bob: Visitor) -> None:
    turn = await ada.say("add buy milk and call mum")
    (card,) = turn.widgets
    assert turn.text.startswith("Added **Buy milk** and **Call mum**.")
    assert shown(card) == [("Buy milk", False), ("Call mum", False)]
    assert badge(card) == "2 open"

    ticked = await ada.tick(card, "Buy milk")
    assert ticked.id == card.id
    assert shown(ticked) == [("Buy milk", True), ("Call mum", False)]
    assert badge(ticked) == "1 open"

    (reloaded,) = await ada.cards()
    assert shown(reloaded) == shown(ticked)

    ada.new_chat()
    listed = await ada.say("what's on my list?")
    assert shown(listed.widgets[0]) == shown(ticked)

    deleted = await ada.say("delete the milk one")
    assert deleted.text == "Deleted **Buy milk**. One thing is left to do."
    assert shown(deleted.widgets[0]) == [("Call mum", False)]

    empty = await bob.say("what's on my list?")
    assert empty.text.startswith("Your list is empty.")
    assert badge(empty.widgets[0]) == "Empty"


async def test_everything_outlives_a_restart(make_app: MakeApp) -> None:
    first = make_app()
    async with first.lifespan():
        visitor = Visitor(first, "ada")
        await visitor.tick((await visitor.say("add buy milk and call mum")).widgets[0], "Call mum")
    again = make_app()
    async with again.lifespan():
        returned = Visitor(again, "ada")
        returned.thread_id = visitor.thread_id
        (card,) = await returned.cards()
        assert shown(card) == [("Buy milk", False), ("Call mum", True)]
        assert (await returned.client.list_threads()).data[0].title == "Add buy milk and call mum"


async def test_the_card_follows_answers_about_the_list_and_no_others(ada: Visitor) -> None:
    assert [item.type for item in (await ada.say("add milk")).items] == ["assistant_message", "widget"]
    for text in ("hello", "thanks!", "help", "what is the weather?"):
        assert [item.type for item in (await ada.say(text)).items] == ["assistant_message"], text


async def test_answers_come_word_by_word_with_progress_before(ada: Visitor) -> None:
    turn = await ada.say("add buy milk")
    deltas = [
        event.update.delta
        for event in turn.events
        if isinstance(event, ThreadItemUpdatedEvent) and isinstance(event.update, AssistantMessageContentPartTextDelta)
    ]
    assert len(deltas) > 5
    assert "".join(deltas) == turn.text
    assert turn.kinds.index("progress_update") < turn.kinds.index("thread.item.added")


async def test_the_first_answer_says_what_the_model_is(ada: Visitor) -> None:
    assert "offline demo model" in (await ada.say("add buy milk")).text
    assert "offline demo model" not in (await ada.say("add call mum")).text


async def test_a_new_card_renews_the_older_ones(ada: Visitor) -> None:
    first = (await ada.say("add buy milk")).widgets[0]
    turn = await ada.say("done with milk")
    assert [item.id for item in turn.replaced] == [first.id]
    assert shown(turn.replaced[0]) == [("Buy milk", True)]
    assert all(shown(card) == [("Buy milk", True)] for card in await ada.cards())


async def test_any_card_works_however_old(ada: Visitor) -> None:
    old = (await ada.say("add buy milk")).widgets[0]
    await ada.say("add call mum")
    updated = await ada.tick(old, "Buy milk")
    assert updated.id == old.id
    assert shown(updated) == [("Buy milk", True), ("Call mum", False)]


async def test_cards_in_other_conversations_show_the_list_as_it_is(ada: Visitor) -> None:
    await ada.say("add buy milk")
    first = ada.thread_id
    ada.new_chat()
    await ada.say("done with milk")
    ada.thread_id = first
    (card,) = await ada.cards()
    assert shown(card) == [("Buy milk", True)]
    assert card.copy_text == "1. [x] Buy milk"


async def test_the_form_adds_and_replaces_the_card(ada: Visitor) -> None:
    card = (await ada.say("add buy milk")).widgets[0]
    turn = await ada.add_in_form(card, "  Water   the plants ")
    assert turn.error is None
    (replaced,) = turn.replaced
    assert replaced.id == card.id
    assert shown(replaced) == [("Buy milk", False), ("Water the plants", False)]
    assert shown((await ada.cards())[0]) == shown(replaced)


async def test_the_bin_deletes(ada: Visitor) -> None:
    card = (await ada.say("add buy milk and call mum")).widgets[0]
    updated = await ada.press(card, "Delete Buy milk")
    assert isinstance(updated, WidgetItem)
    assert shown(updated) == [("Call mum", False)]


async def test_clear_completed_is_there_when_something_is_completed(ada: Visitor) -> None:
    card = (await ada.say("add buy milk and call mum")).widgets[0]
    assert not any(node.get("label") == "Clear completed" for node in nodes(card))
    card = await ada.tick(card, "Buy milk")
    turn = await ada.press(card, "Clear completed")
    assert isinstance(turn, Turn)
    assert shown(turn.replaced[0]) == [("Call mum", False)]


async def test_everything_done_is_said_on_the_card(ada: Visitor) -> None:
    card = (await ada.say("add buy milk")).widgets[0]
    assert badge(await ada.tick(card, "Buy milk")) == "All done"


async def test_a_stopped_answer_keeps_what_was_said(ada: Visitor) -> None:
    said = ""
    async with aclosing(ada.stream("hello")) as events:
        async for event in events:
            if isinstance(event, ThreadCreatedEvent):
                ada.thread_id = event.thread.id
            if isinstance(event, ThreadItemUpdatedEvent) and isinstance(
                event.update, AssistantMessageContentPartTextDelta
            ):
                said += event.update.delta
                if said.count(" ") == 2:
                    break
    kept = [item for item in await ada.items() if isinstance(item, AssistantMessageItem)]
    assert [item.content[0].text for item in kept] == [said]
    assert said == "Hello! I keep"
    assert (await ada.say("thanks")).text


async def test_boxes_can_be_ticked_while_an_answer_is_written(ada: Visitor) -> None:
    card = (await ada.say("add buy milk")).widgets[0]
    async with aclosing(ada.stream("hello")) as events:
        async for event in events:
            if isinstance(event, ThreadItemUpdatedEvent):
                break
        assert shown(await ada.tick(card, "Buy milk")) == [("Buy milk", True)]


async def test_nobody_reaches_another_visitors_todos(app: ChatKit, ada: Visitor, bob: Visitor) -> None:
    card = (await ada.say("add buy milk")).widgets[0]
    todo_id = next(node["name"] for node in nodes(card) if node["type"] == "Checkbox").split(".")[1]
    bobs = (await bob.say("what's on my list?")).widgets[0]
    for kind, payload in (("todo.set_done", {"id": todo_id, "done": True}), ("todo.delete", {"id": todo_id})):
        updated = await bob.act_at_once(kind, payload, bobs)
        assert updated is not None
        assert shown(updated) == []
    assert "nothing on the list" in (await bob.say("delete all")).text
    assert shown((await ada.cards())[0]) == [("Buy milk", False)]
