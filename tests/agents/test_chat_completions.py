"""Answers over a real connection to a host that speaks the Chat Completions API."""

import socket
from typing import Any

import pytest
from agents import Agent, RunContextWrapper, function_tool
from agents.agent import StopAtTools

from chatkit.agents import AgentContext, ClientToolCall
from chatkit.types import ClientToolCallItem, ErrorEvent, ThreadItemAddedEvent, ThreadItemUpdatedEvent, WorkflowItem
from tests.agents.conftest import ClientFor, ask, items_of, kinds, reaching, texts


@function_tool
def look_up(word: str) -> str:
    return f"{word}: to talk"


async def test_text_streams_and_is_stored(client_for: ClientFor, aimock: str) -> None:
    client = client_for(Agent(name="a"), **reaching(aimock))
    events = await ask(client, "say hello")
    assert kinds(events).count("thread.item.updated") > 2
    assert texts(await items_of(client)) == ["Hello from the mock, all of it in one go."]


async def test_messages_of_one_turn_or_two_do_not_overwrite_each_other(client_for: ClientFor, aimock: str) -> None:
    client = client_for(Agent(name="a", tools=[look_up]), **reaching(aimock))
    events = await ask(client, "look it up")
    items = await items_of(client)
    await ask(client, "say hello", items[0].thread_id)
    items = await items_of(client)
    hello = "Hello from the mock, all of it in one go."
    assert texts(items) == ["I will look it up.", "It means to talk.", hello]
    assert len({item.id for item in items}) == len(items)
    assert all(item.id.startswith("msg_") for item in items)
    begun = {event.item.id for event in events if isinstance(event, ThreadItemAddedEvent)}
    changed = {event.item_id for event in events if isinstance(event, ThreadItemUpdatedEvent)}
    assert changed == begun <= {item.id for item in items}


async def test_reasoning_is_a_workflow_that_the_answer_ends(client_for: ClientFor, aimock: str) -> None:
    client = client_for(Agent(name="a"), **reaching(aimock))
    await ask(client, "think first")
    items = await items_of(client)
    assert [item.type for item in items] == ["user_message", "workflow", "assistant_message"]
    assert isinstance(items[1], WorkflowItem)
    assert [task.type for task in items[1].workflow.tasks] == ["thought"]
    assert texts(items) == ["Four."]


async def test_a_client_tool_call_has_the_functions_call_id_and_its_own_id(client_for: ClientFor, aimock: str) -> None:
    @function_tool
    async def switch_theme(context: RunContextWrapper[AgentContext[Any]], theme: str) -> str:
        context.context.client_tool_call = ClientToolCall(name="switch_theme", arguments={"theme": theme})
        return "asked"

    stop = StopAtTools(stop_at_tool_names=["switch_theme"])
    client = client_for(Agent(name="a", tools=[switch_theme], tool_use_behavior=stop), **reaching(aimock))
    await ask(client, "switch the theme")
    call = (await items_of(client))[-1]
    assert isinstance(call, ClientToolCallItem)
    assert (call.call_id, call.arguments, call.status) == ("call_theme", {"theme": "dark"}, "pending")
    assert call.id.startswith("tc_")


@pytest.mark.parametrize(
    ("text", "expected", "retry"),
    [
        ("wrong key", "OPENAI_API_KEY", False),
        ("unknown model", "CHATKIT_MODEL", False),
        ("too many", "try again in a moment", True),
        ("no credit", "no credit", True),
        ("too long", "too long", False),
        ("fail", "Please try again", True),
    ],
)
async def test_errors_of_the_host_say_what_to_do(
    client_for: ClientFor, aimock: str, text: str, expected: str, retry: bool
) -> None:
    client = client_for(Agent(name="a"), **reaching(aimock))
    error = (await ask(client, text))[-1]
    assert isinstance(error, ErrorEvent)
    assert expected in (error.message or "")
    assert error.allow_retry is retry


async def test_a_stream_cut_in_the_middle_is_an_error_that_may_be_retried(client_for: ClientFor, aimock: str) -> None:
    client = client_for(Agent(name="a"), **reaching(aimock))
    events = await ask(client, "break off")
    assert isinstance(events[-1], ErrorEvent)
    assert "broke off" in (events[-1].message or "")
    assert events[-1].allow_retry


async def test_a_host_that_cannot_be_reached_is_named(client_for: ClientFor) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    client = client_for(Agent(name="a"), **reaching(f"http://127.0.0.1:{port}/v1?secret=1"))
    error = (await ask(client, "hi"))[-1]
    assert isinstance(error, ErrorEvent)
    assert f"http://127.0.0.1:{port} cannot be reached" in (error.message or "")
    assert "CHATKIT_MODEL_BASE_URL" in (error.message or "")
    assert "secret" not in (error.message or "")
