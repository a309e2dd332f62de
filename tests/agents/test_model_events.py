"""What is ours in how model events appear; the rest is compared with the reference, scenario by scenario."""

from typing import Any

import openai
import pytest
from agents import Agent, RunItemStreamEvent, ToolCallItem
from openai.types.responses import ResponseFunctionWebSearch
from openai.types.responses.response_output_item import McpCall

from chatkit.agents import AgentContext, stream_agent_response
from chatkit.types import AssistantMessageContent, AssistantMessageItem, ThreadMetadata
from tests.agents.conftest import kinds
from tests.differential.drivers.agents_kit import (
    NOW,
    THREAD,
    CountingStore,
    ScriptedRun,
    added,
    answer,
    done,
    message,
    part_added,
    text_done,
    text_part,
)

SEARCH = {"id": "ws_1", "type": "web_search_call", "status": "in_progress", "action": {"type": "search", "query": "x"}}
MCP: dict[str, Any] = {"id": "mcp_1", "type": "mcp_call", "name": "degrees", "server_label": "weather"}


def earlier(item_id: str) -> AssistantMessageItem:
    content = [AssistantMessageContent(text="earlier")]
    return AssistantMessageItem(id=item_id, thread_id=THREAD, created_at=NOW, content=content)


async def play(steps: list[Any], items: list[Any] | None = None, **options: Any) -> list[Any]:
    store = CountingStore(items)
    thread = ThreadMetadata(id=THREAD, created_at=NOW)
    context: AgentContext[Any] = AgentContext(thread=thread, store=store, request_context={})
    run: Any = ScriptedRun(context, steps)
    return [event async for event in stream_agent_response(context, run, **options)]


def ids(events: list[Any]) -> list[str]:
    """The item that each event is about."""
    return [event.item_id if hasattr(event, "item_id") else event.item.id for event in events]


async def test_a_placeholder_becomes_an_id_of_our_own_for_all_events_of_the_message() -> None:
    events = await play([*answer("One", "__fake_id__"), *answer("Two", "__fake_id__")])
    assert ids(events) == ["message_1"] * 6 + ["message_2"] * 6


async def test_an_id_that_the_thread_has_is_not_used_again() -> None:
    assert set(ids(await play(answer("One", "msg_0"), items=[earlier("msg_0")]))) == {"message_1"}


async def test_an_id_that_this_run_has_used_is_not_used_again() -> None:
    assert ids(await play([*answer("One", "msg_0"), *answer("Two", "msg_0")])) == ["msg_0"] * 6 + ["message_1"] * 6


async def test_an_id_of_the_models_own_is_kept() -> None:
    assert set(ids(await play(answer("One", "msg_7"), items=[earlier("msg_0")]))) == {"msg_7"}


FAKE = "__fake_id__"


@pytest.mark.parametrize(
    "between",
    [[], [part_added(FAKE, text_part())], [part_added(FAKE, text_part()), text_done(FAKE, "")]],
    ids=["nothing", "a part", "a part that is done"],
)
async def test_a_placeholder_without_text_is_no_message(between: list[Any]) -> None:
    """Older SDKs begin one for `"content": ""` beside a tool's call."""
    empty = [added(message(FAKE)), *between, done(message(FAKE, *([text_part()] if between else [])))]
    assert await play(empty) == []
    assert kinds(await play([*empty, *answer("One", FAKE)])) == kinds(await play(answer("One", FAKE)))


def called(raw: Any) -> RunItemStreamEvent:
    return RunItemStreamEvent(name="tool_called", item=ToolCallItem(agent=Agent(name="a"), raw_item=raw))


async def test_a_hosted_tool_is_shown_while_it_works_and_when_it_is_done() -> None:
    finished = ResponseFunctionWebSearch.model_validate({**SEARCH, "status": "completed"})
    events = await play([added(SEARCH), done(SEARCH), called(finished)], show_tool_calls=True)
    assert kinds(events) == ["thread.item.added tool_call", "thread.item.done tool_call"]
    assert ids(events) == ["tool_call_1"] * 2
    item = events[1].item
    assert (item.name, item.status, item.hosted) == ("web_search", "completed", True)
    assert item.arguments["action"]["query"] == "x"


async def test_a_hosted_mcp_call_has_its_own_name_arguments_and_error() -> None:
    structured = {"type": "http_error", "code": 404, "message": "no such city"}
    error: Any = structured if openai.VERSION.startswith("3.") else "no such city"
    finished = McpCall.model_validate({**MCP, "arguments": '{"city": "Bern"}', "error": error})
    (event,) = await play([called(finished)], show_tool_calls=True)
    item = event.item
    assert (item.name, item.arguments, item.status) == ("degrees", {"city": "Bern"}, "failed")
    assert item.output == error


async def test_hosted_tools_are_not_shown_unless_asked_for() -> None:
    assert await play([added(SEARCH), done(SEARCH)]) == []


async def test_closing_before_the_first_model_event_cancels_the_run() -> None:
    store = CountingStore()
    thread = ThreadMetadata(id=THREAD, created_at=NOW)
    context: AgentContext[Any] = AgentContext(thread=thread, store=store, request_context={})
    await context.stream_text("queued")
    cancelled: list[bool] = []

    class Run(ScriptedRun):
        def cancel(self) -> None:
            cancelled.append(True)

    run: Any = Run(context, list(answer("never")))
    stream = stream_agent_response(context, run)
    assert kinds([await anext(stream)]) == ["thread.item.added assistant_message"]
    await stream.aclose()
    assert cancelled == [True]
