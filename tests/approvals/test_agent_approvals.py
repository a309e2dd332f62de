"""A tool that needs approval, under `AgentChatKitServer`: asked, decided, done once, and never a silent turn."""

import asyncio
import inspect
import json
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import agents
import pytest
from agents import function_tool

from chatkit.agents import AgentChatKitServer
from chatkit.approvals import Approval, Approvals, ApprovalTexts
from chatkit.errors import ErrorCode
from chatkit.store import NotFoundError
from chatkit.testing.scripted_model import Call, Say, Think
from chatkit.types import (
    ClosedStatus,
    ErrorEvent,
    LockedStatus,
    NoticeEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ToolCallItem,
    WidgetItem,
)
from chatkit.widgets import Button, Card, Text
from tests.approvals.chat import ANN, BOB, CALL, Chat, buttons, needs_approvals, words
from tests.support.plain_store import PlainStore

pytestmark = needs_approvals

TELLS_WHY = (
    needs_approvals.args == (False,) and "rejection_message" in inspect.signature(agents.RunState.reject).parameters
)
TWO = [CALL, Call("send", {"to": "Mallory", "text": "Hi"}, call_id="call_2")]


def shown(events: list[Any]) -> list[str]:
    """The types of what is shown, with the item's."""
    return [f"{event.type} {event.item.type}" if hasattr(event, "item") else event.type for event in events]


# Asking


async def test_the_call_is_shown_with_its_arguments_and_nothing_is_done() -> None:
    chat = Chat([Say("I will."), CALL])
    events = await chat.say("write to Eve")
    assert shown(events)[-1] == "thread.item.done widget"
    (card,) = await chat.cards()
    assert {"Allow send?", "to", "Eve", "text", "Hello", "Approve", "Reject"} <= set(words(card))
    assert set(buttons(card)) == {"approve", "reject", "always"}
    assert chat.sent == []


async def test_what_is_kept_for_later_holds_nothing_of_the_request_and_reaches_no_client() -> None:
    chat = Chat(CALL)
    events = await chat.say("write")
    (record,) = [item for item in await chat.items() if item.type == "sdk_hidden_context"]
    assert "call_1" in record.content
    assert "correct horse" not in record.content
    assert "correct horse" not in json.dumps((await chat.store.load_thread(chat.thread_id, ANN)).metadata)
    listed = await chat.client.list_items(chat.thread_id, limit=100)
    thread = await chat.client.get_thread(chat.thread_id)
    for sent in (*events, listed, thread):
        assert "chatkit.approvals" not in sent.model_dump_json()
        assert "chatkit.waiting" not in sent.model_dump_json()


async def test_a_thought_before_the_question_is_finished() -> None:
    chat = Chat([Think(["Hm."]), CALL])
    await chat.say("write")
    workflow = next(item for item in await chat.items() if item.type == "workflow")
    assert workflow.workflow.summary is not None


# Deciding


async def test_an_approved_call_is_made_once_and_the_answer_goes_on() -> None:
    chat = Chat(CALL, "It is sent.")
    await chat.say("write")
    events = await chat.click("approve")
    assert chat.sent == ["Eve"]
    assert await chat.answers() == ["It is sent."]
    assert chat.outputs() == {"call_1": "sent to Eve"}
    (card,) = await chat.cards()
    assert buttons(card) == {}
    assert "You approved this." in words(card)
    assert shown(events)[-2:] == ["thread.item.replaced widget", "thread.updated"]
    (record,) = await chat.records()
    assert (record.status, record.state) == ("over", None)
    assert (await chat.store.load_thread(chat.thread_id, ANN)).metadata == {}


async def test_the_tool_gets_this_requests_context() -> None:
    chat = Chat(CALL, "Sent.")
    await chat.say("write")
    chat.client.context = {**ANN, "request": 2}
    await chat.click("approve")
    assert [context.request_context["request"] for context in chat.seen] == [2]


async def test_a_rejected_call_is_not_made_and_the_model_knows_why() -> None:
    chat = Chat(CALL, "Then not.", approvals=None)
    await chat.say("write")
    await chat.click("reject", reason="  She is on leave \n")
    assert chat.sent == []
    if TELLS_WHY:
        assert "She is on leave" in chat.outputs()["call_1"]
    assert await chat.answers() == ["Then not."]
    (card,) = await chat.cards()
    assert buttons(card) == {}
    assert {"You rejected this.", "She is on leave"} <= set(words(card))


async def test_a_reason_is_asked_for_where_the_application_wants_one() -> None:
    chat = Chat(CALL)
    assert "reason" not in str((await _asked(chat)).model_dump())
    chat = Chat(CALL)
    chat.server.approvals.ask_reason = True
    assert "'name': 'reason'" in str((await _asked(chat)).model_dump())


async def _asked(chat: Chat) -> WidgetItem:
    await chat.say("write")
    return (await chat.cards())[-1]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("decisions", [("approve", "approve"), ("approve", "reject"), ("reject", "reject")])
async def test_two_at_once_are_decided_each_and_then_the_answer_goes_on(
    order: tuple[int, int], decisions: tuple[str, str]
) -> None:
    chat = Chat(TWO, "Done.")
    await chat.say("write to both")
    first, second = order
    await chat.click(decisions[first], first)
    assert (chat.sent, await chat.answers()) == ([], [])
    await chat.click(decisions[second], second)
    approved = [name for name, decision in zip(["Eve", "Mallory"], decisions, strict=True) if decision == "approve"]
    assert sorted(chat.sent) == approved
    assert await chat.answers() == ["Done."]
    said = [words(card) for card in await chat.cards()]
    for decision, one in zip(decisions, said, strict=True):
        assert ("You approved this." if decision == "approve" else "You rejected this.") in one
    assert set(chat.outputs()) == {"call_1", "call_2"}


async def test_the_answer_may_come_to_another_question() -> None:
    again = Call("send", {"to": "Mallory", "text": "Hi"}, call_id="call_2")
    chat = Chat(CALL, again, "Both are sent.")
    await chat.say("write to both")
    await chat.click("approve")
    assert chat.sent == ["Eve"]
    await chat.click("approve")
    assert chat.sent == ["Eve", "Mallory"]
    assert await chat.answers() == ["Both are sent."]


async def test_tools_without_approval_run_and_keep_their_outputs() -> None:
    @function_tool
    def look() -> str:
        return "a view"

    chat = Chat([CALL, Call("look", {}, call_id="call_2")], "Done.", tools=[look])
    await chat.say("both")
    await chat.click("approve")
    assert chat.outputs() == {"call_1": "sent to Eve", "call_2": "a view"}


async def test_earlier_answers_reach_the_model_as_they_did() -> None:
    chat = Chat("Hello.", CALL, "Sent.")
    await chat.say("hi")
    await chat.say("write")
    await chat.click("approve")
    before, after = (request.input for request in chat.model.requests[1:])
    assert after[: len(before)] == before


# Once


async def test_of_five_decisions_at_once_one_makes_the_call() -> None:
    waiting = asyncio.Event()

    async def slowly(to: str) -> str:
        await waiting.wait()
        return "sent"

    chat = Chat(CALL, "Sent.", tool=slowly)
    card = await _asked(chat)
    clicks = [asyncio.create_task(chat.press(card, "approve")) for _ in range(5)]
    done, _ = await asyncio.wait(clicks, return_when=asyncio.FIRST_COMPLETED)
    waiting.set()
    events = await asyncio.gather(*clicks)
    assert len(done) >= 1
    assert chat.sent == ["Eve"]
    notices = [[event for event in one if isinstance(event, NoticeEvent)] for one in events]
    assert sorted(map(len, notices)) == [0, 1, 1, 1, 1]
    assert await chat.answers() == ["Sent."]


async def test_opposite_decisions_at_once_come_to_one_of_them() -> None:
    chat = Chat(CALL, "So be it.")
    card = await _asked(chat)
    await asyncio.gather(*(chat.press(card, choice) for choice in ("approve", "reject") * 3))
    (record,) = await chat.records()
    assert chat.sent == (["Eve"] if record.approvals[0].status == "done" else [])
    assert await chat.answers() == ["So be it."]


async def test_a_decision_on_what_is_decided_shows_a_notice_and_the_card_as_it_is() -> None:
    chat = Chat(CALL, "Sent.")
    card = await _asked(chat)
    await chat.press(card, "approve")
    events = await chat.press(card, "reject")
    assert [event.type for event in events] == ["stream_options", "notice", "thread.item.updated"]
    assert buttons(events[-1].model_dump()) == {}
    assert chat.sent == ["Eve"]


@pytest.mark.parametrize(
    "payload",
    [
        {"id": "nonsense", "decision": "approve"},
        {"id": "shcx_1.0", "decision": "approve"},
        {"id": "{record}.7", "decision": "approve"},
        {"id": "{user}.0", "decision": "approve"},
        {"id": "{record}.0", "decision": "perhaps"},
        {"id": 7},
        None,
        [],
        "approve",
    ],
)
async def test_what_was_never_asked_is_an_error_and_does_nothing(payload: Any) -> None:
    chat = Chat(CALL)
    await chat.say("write")
    ids = {"record": (await chat.records())[0].id, "user": (await chat.items())[0].id}
    if isinstance(payload, dict):
        payload = {name: value.format(**ids) if isinstance(value, str) else value for name, value in payload.items()}
    request = {"thread_id": chat.thread_id, "action": {"type": "chatkit.approval", "payload": payload}}
    events = await chat.client.send({"type": "threads.custom_action", "params": request})
    assert [event["type"] for event in events] == ["stream_options", "error"]
    assert events[-1]["code"] == "custom"
    assert chat.sent == []
    assert len(await chat.server.approvals.pending(await chat.store.load_thread(chat.thread_id, ANN), ANN)) == 1


async def test_another_owners_decision_finds_nothing() -> None:
    chat = Chat(CALL, "Sent.")
    card = await _asked(chat)
    other = Chat(store=chat.store, user=BOB, thread_id=chat.thread_id)
    with pytest.raises(NotFoundError):
        await other.press(card, "approve")
    with pytest.raises(NotFoundError):
        await other.send(buttons(card)["approve"], None)
    own = Chat("Hi.", store=chat.store, user=BOB)
    await own.say("hi")
    events = await own.send(buttons(card)["approve"], None)
    assert isinstance(events[-1], ErrorEvent)
    assert (chat.sent, other.sent, own.sent) == ([], [], [])
    await chat.press(card, "approve")
    assert chat.sent == ["Eve"]


@pytest.mark.parametrize("status", [LockedStatus(reason="Enough."), ClosedStatus(reason="Over.")])
async def test_a_locked_thread_takes_no_decision(status: Any) -> None:
    chat = Chat(CALL, "Sent.")
    card = await _asked(chat)
    thread = await chat.store.load_thread(chat.thread_id, ANN)
    await chat.store.save_thread(thread.model_copy(update={"status": status}), ANN)
    events = await chat.press(card, "approve")
    assert isinstance(events[-1], ErrorEvent)
    assert events[-1].code in (ErrorCode.THREAD_LOCKED, ErrorCode.THREAD_CLOSED)
    await chat.store.save_thread(thread, ANN)
    await chat.press(card, "approve")
    assert chat.sent == ["Eve"]


# Messages, retries, deletions


async def test_a_new_message_means_no_and_the_model_still_sees_the_call() -> None:
    chat = Chat(CALL, "As you like.")
    card = await _asked(chat)
    events = await chat.say("never mind")
    replaced = [event for event in events if isinstance(event, ThreadItemReplacedEvent)]
    assert [event.item.id for event in replaced] == [card.id]
    (now,) = await chat.cards()
    assert buttons(now) == {}
    assert "Not done: you wrote a new message instead." in words(now)
    assert chat.calls() == ["call_1"]
    assert "new message" in chat.outputs()["call_1"]
    late = await chat.press(card, "approve")
    assert isinstance(late[1], NoticeEvent)
    assert chat.sent == []


async def test_a_message_answers_what_others_of_its_turn_wait_for_too() -> None:
    chat = Chat(TWO, "As you like.")
    await chat.say("write to both")
    await chat.click("approve", 0)
    await chat.say("never mind")
    assert chat.sent == []
    assert all("Not done: you wrote a new message instead." in words(card) for card in await chat.cards())
    assert set(chat.outputs()) == {"call_1", "call_2"}


async def test_a_decision_after_a_message_is_too_late_also_when_the_metadata_was_replaced() -> None:
    chat = Chat(CALL, "As you like.")
    card = await _asked(chat)
    thread = await chat.store.load_thread(chat.thread_id, ANN)
    await chat.store.save_thread(thread.model_copy(update={"metadata": {"mine": 1}}), ANN)
    await chat.say("never mind")
    await chat.press(card, "approve")
    assert chat.sent == []
    (now,) = await chat.cards()
    assert "Not done: you wrote a new message instead." in words(now)


async def test_a_retry_takes_the_question_away() -> None:
    chat = Chat(CALL, "Now without.", "And on.")
    card = await _asked(chat)
    message = (await chat.items())[0]
    assert [event async for event in chat.client.retry_after_item(chat.thread_id, message.id)]
    with pytest.raises(NotFoundError):
        await chat.press(card, "approve")
    assert isinstance((await chat.send(buttons(card)["approve"], None))[-1], ErrorEvent)
    await chat.say("more")
    assert chat.sent == []
    assert await chat.answers() == ["Now without.", "And on."]
    assert (await chat.store.load_thread(chat.thread_id, ANN)).metadata == {}


async def test_a_retry_while_the_answer_goes_on_leaves_nothing_of_it() -> None:
    running, going = asyncio.Event(), asyncio.Event()

    async def slowly(to: str) -> str:
        running.set()
        await going.wait()
        return "sent"

    chat = Chat(CALL, "Instead.", "Sent.", tool=slowly)
    card = await _asked(chat)
    click = asyncio.create_task(chat.press(card, "approve"))
    await running.wait()
    message = (await chat.items())[0]
    assert [event async for event in chat.client.retry_after_item(chat.thread_id, message.id)]
    going.set()
    await click
    assert await chat.cards() == []
    assert chat.sent == ["Eve"]


async def test_a_deleted_thread_takes_its_questions_with_it() -> None:
    chat = Chat(CALL)
    card = await _asked(chat)
    await chat.client.delete_thread(chat.thread_id)
    with pytest.raises(NotFoundError):
        await chat.press(card, "approve")


# What is always allowed


async def test_what_is_always_allowed_in_a_thread_is_not_asked_again_there() -> None:
    chat = Chat(CALL, "Sent.", [Think(["Again."]), CALL], "Sent again.")
    await chat.say("write")
    await chat.click("always")
    await chat.say("once more")
    assert chat.sent == ["Eve", "Eve"]
    assert await chat.answers() == ["Sent.", "Sent again."]
    assert len(await chat.cards()) == 1
    thread = await chat.store.load_thread(chat.thread_id, ANN)
    assert chat.server.approvals.rules(thread) == ["Post: send"]

    elsewhere = Chat(CALL, store=chat.store)
    await elsewhere.say("write")
    assert (elsewhere.sent, len(await elsewhere.cards())) == ([], 1)


async def test_a_rule_answers_the_other_calls_of_its_turn() -> None:
    chat = Chat(TWO, "Done.")
    await chat.say("write to both")
    await chat.click("always", 0)
    assert chat.sent == ["Eve", "Mallory"]
    assert "Approved, as you always allow this in this chat." in words((await chat.cards())[1])


async def test_a_rule_that_is_forgotten_asks_again() -> None:
    chat = Chat(CALL, "Sent.", CALL)
    await chat.say("write")
    await chat.click("always")
    thread = await chat.store.load_thread(chat.thread_id, ANN)
    chat.server.approvals.forget(thread, "Post: send")
    await chat.store.save_thread(thread, ANN)
    await chat.say("once more")
    assert chat.sent == ["Eve"]


async def test_where_always_is_not_offered_it_counts_once() -> None:
    chat = Chat(CALL, "Sent.", CALL)
    chat.server.approvals.offer_always = False
    card = await _asked(chat)
    assert "always" not in buttons(card)
    config = buttons(card)["approve"]
    await chat.send({**config, "payload": {**config["payload"], "decision": "always"}}, card.id)
    await chat.say("once more")
    assert chat.sent == ["Eve"]


async def test_a_rule_for_one_tool_lets_the_other_of_the_turn_be_asked() -> None:
    made: list[str] = []

    async def delete(name: str) -> str:
        made.append(name)
        return "deleted"

    both = [CALL, Call("delete", {"name": "x"}, call_id="call_2")]
    chat = Chat(CALL, "Sent.", both, "Done.", tools=[function_tool(delete, needs_approval=True)])
    await chat.say("write")
    await chat.click("always")
    await chat.say("both")
    assert (chat.sent, made) == (["Eve"], [])
    card = (await chat.cards())[-1]
    assert "Allow delete?" in words(card)
    await chat.press(card, "reject")
    assert (chat.sent, made) == (["Eve", "Eve"], [])
    assert await chat.answers() == ["Sent.", "Done."]


# Ends of the answer that goes on


async def test_an_error_after_the_call_leaves_the_call_made_and_says_so() -> None:
    chat = Chat(CALL, RuntimeError("the host is gone"), "Later.")
    await chat.say("write")
    events = await chat.click("approve")
    assert isinstance(events[-2 if shown(events)[-1] == "thread.updated" else -1], ErrorEvent)
    assert "You approved this." in words((await chat.cards())[0])
    await chat.say("and?")
    assert chat.outputs()["call_1"] == "sent to Eve"
    assert chat.sent == ["Eve"]


async def test_a_stop_in_the_middle_of_the_call_leaves_it_interrupted() -> None:
    running = asyncio.Event()

    async def for_ever(to: str) -> str:
        running.set()
        await asyncio.Event().wait()
        return "never"

    chat = Chat(CALL, "I see.", tool=for_ever)
    card = await _asked(chat)
    click = asyncio.create_task(chat.press(card, "approve"))
    await running.wait()
    click.cancel()
    await asyncio.gather(click, return_exceptions=True)
    (now,) = await chat.cards()
    assert "You approved this, but there is no answer: it is not known whether it was done." in words(now)
    await chat.say("and?")
    assert "not known" in chat.outputs()["call_1"]
    assert chat.sent == ["Eve"]
    assert isinstance((await chat.press(card, "approve"))[1], NoticeEvent)


async def test_an_agent_that_does_not_fit_any_more_says_so_and_the_thread_goes_on() -> None:
    chat = Chat(CALL)
    card = await _asked(chat)
    later = Chat("Hello.", store=chat.store, thread_id=chat.thread_id)
    later.server.agent = later.server.agent.clone(name="Another")
    events = await later.press(card, "approve")
    assert "ask again" in next(event for event in events if isinstance(event, ErrorEvent)).message
    assert buttons((await later.cards())[0]) == {}
    await later.say("well?")
    assert await later.answers() == ["Hello."]
    assert (chat.sent, later.sent) == ([], [])


# Beside other things


async def test_calls_that_are_shown_get_their_output_when_it_is_known() -> None:
    chat = Chat(CALL, "Sent.", "More.", show_tool_calls=True)
    await chat.say("write")
    await chat.click("approve")
    (call,) = [item for item in await chat.items() if isinstance(item, ToolCallItem)]
    assert (call.status, call.output) == ("completed", "sent to Eve")
    await chat.say("and?")
    assert chat.calls() == ["call_1"]


async def test_calls_that_are_shown_and_not_made_are_shown_as_failed() -> None:
    chat = Chat(CALL, "As you like.", show_tool_calls=True)
    await chat.say("write")
    await chat.say("never mind")
    (call,) = [item for item in await chat.items() if isinstance(item, ToolCallItem)]
    assert call.status == "failed"
    assert chat.calls() == ["call_1"]


async def test_the_application_may_draw_the_card_and_its_own_actions_stay_its_own() -> None:
    class Own(AgentChatKitServer[Any]):
        async def approval_widget(self, approval: Approval) -> Any:
            if approval.status != "pending":
                return {"type": "Card", "children": [{"type": "Text", "value": f"It is {approval.status}"}]}
            ask = Button(label="Yes", onClickAction=approval.action("approve"))
            return Card(children=[Text(value=f"{approval.parsed['to']}?"), ask])

        async def action(self, thread: ThreadMetadata, action: Any, sender: Any, context: Any) -> Any:
            yield NoticeEvent(level="info", message=f"mine: {action.type}")

    chat = Chat(CALL, "Sent.", make=Own)
    card = await _asked(chat)
    assert words(card) == ["Eve?", "Yes"]
    own = await chat.send({"type": "other", "payload": {}}, card.id)
    assert [event.message for event in own if isinstance(event, NoticeEvent)] == ["mine: other"]
    await chat.press(card, "approve")
    assert words((await chat.cards())[0]) == ["It is done"]
    assert chat.sent == ["Eve"]


async def test_a_card_that_cannot_be_drawn_is_drawn_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    class Wrong(AgentChatKitServer[Any]):
        def approval_widget(self, approval: Approval) -> Any:
            raise KeyError("oops")

    chat = Chat(CALL, make=Wrong)
    assert "Allow send?" in words(await _asked(chat))
    assert "could not be drawn" in caplog.text


async def test_texts_can_be_translated() -> None:
    chat = Chat(CALL)
    chat.server.approvals.texts = ApprovalTexts(title="{tool} erlauben?", approve="Ja", reject="Nein")
    assert {"send erlauben?", "Ja", "Nein"} <= set(words(await _asked(chat)))


async def test_a_call_for_the_page_stands_behind_the_questions_and_is_answered() -> None:
    from agents import RunContextWrapper

    from chatkit.agents import ClientToolCall

    @function_tool
    async def where(context: RunContextWrapper[Any]) -> str:
        context.context.client_tool_call = ClientToolCall(name="where", arguments={})
        return "asked"

    chat = Chat([CALL, Call("where", {}, call_id="call_2")], "Here, then.", "Sent.", tools=[where])
    events = await chat.say("write and look")
    assert [item.type for item in await chat.items()][-2:] == ["widget", "client_tool_call"]
    assert isinstance(events[-1], ThreadItemDoneEvent)
    assert [event async for event in chat.client.add_client_tool_output(chat.thread_id, {"lat": 1})]
    assert await chat.answers() == ["Here, then."]
    await chat.click("approve")
    assert chat.sent == ["Eve"]


async def test_a_store_of_the_reference_will_do() -> None:
    chat = Chat(TWO, "Done.", store=PlainStore())
    await chat.say("write to both")
    cards = await chat.cards()
    await asyncio.gather(*(chat.press(card, "approve") for card in cards * 3))
    assert sorted(chat.sent) == ["Eve", "Mallory"]
    assert await chat.answers() == ["Done."]


async def test_a_store_that_never_gives_the_same_item_twice_is_an_error_and_no_endless_loop() -> None:
    class Ticking(PlainStore):
        async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
            item = await super().load_item(thread_id, item_id, context)
            return item.model_copy(update={"created_at": item.created_at + timedelta(seconds=1)})

    chat = Chat(CALL, "As you like.", store=Ticking())
    await chat.say("write")
    assert isinstance((await chat.click("approve"))[-1], ErrorEvent)
    await chat.say("never mind")
    assert (chat.sent, await chat.answers()) == ([], ["As you like."])


async def test_one_item_of_history_is_enough_to_answer_no() -> None:
    chat = Chat(CALL, "As you like.", history_limit=1)
    await chat.say("write")
    await chat.say("never mind")
    assert "Not done: you wrote a new message instead." in words((await chat.cards())[0])


async def test_a_run_of_ones_own_that_ends_in_silence_says_so_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    from agents import Runner

    from chatkit.agents import simple_to_agent_input, stream_agent_response

    class Own(AgentChatKitServer[Any]):
        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
            agent_context = self.agent_context(thread, context)
            given = await simple_to_agent_input([input_user_message])
            result = Runner.run_streamed(await self.get_agent(context), given, context=agent_context)
            async with aclosing(stream_agent_response(agent_context, result)) as events:
                async for event in events:
                    yield event

    await Chat(CALL, make=Own).say("write")
    assert "need approval" in caplog.text


async def test_approvals_of_ones_own_are_used() -> None:
    chat = Chat(CALL)
    own = Approvals(chat.store, ask_reason=True, offer_always=False)
    other = Chat(CALL, store=chat.store, approvals=own)
    assert set(buttons(await _asked(other))) == {"approve", "reject"}
