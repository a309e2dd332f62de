"""Tools of the server as items, where the application asks for it."""

from typing import Any

from agents import Agent, RunContextWrapper, function_tool
from agents.agent import StopAtTools
from pydantic import BaseModel

from chatkit.agents import AgentContext, ClientToolCall
from chatkit.testing.scripted_model import Call, Fail, Say, ScriptedModel, Think
from chatkit.types import ThreadItemReplacedEvent, ToolCallItem
from tests.agents.conftest import ClientFor, ask, items_of, kinds


class Weather(BaseModel):
    degrees: int


@function_tool
def weather(city: str) -> Weather:
    return Weather(degrees=len(city))


async def calls(client: Any) -> list[ToolCallItem]:
    return [item for item in await items_of(client) if isinstance(item, ToolCallItem)]


async def test_a_call_is_shown_and_replaced_when_its_output_arrives(client_for: ClientFor) -> None:
    model = ScriptedModel([Think(["hm"]), Call("weather", {"city": "Bern"})], "Four degrees.")
    client = client_for(Agent(name="a", model=model, tools=[weather]), show_tool_calls=True)
    events = await ask(client, "weather?")
    seen = kinds(events)
    assert seen.index("thread.item.done workflow") < seen.index("thread.item.done tool_call")
    assert seen.index("thread.item.replaced tool_call") < seen.index("thread.item.added assistant_message")
    (call,) = await calls(client)
    assert (call.name, call.arguments, call.status, call.output) == (
        "weather",
        {"city": "Bern"},
        "completed",
        {"degrees": 4},
    )


async def test_the_next_turn_knows_the_call_and_its_output(client_for: ClientFor) -> None:
    model = ScriptedModel(Call("weather", {"city": "Bern"}, call_id="c1"), "Four.", "Still four.")
    client = client_for(Agent(name="a", model=model, tools=[weather]), show_tool_calls=True)
    await ask(client, "weather?")
    await ask(client, "and now?", (await items_of(client))[0].thread_id)
    known = [item for item in model.requests[2].input if "call_id" in item]
    assert [item["type"] for item in known] == ["function_call", "function_call_output"]
    assert known[1]["output"] == '{"degrees": 4}'


async def test_calls_are_not_shown_unless_asked_for(client_for: ClientFor) -> None:
    model = ScriptedModel(Call("weather", {"city": "Bern"}), "Four degrees.")
    client = client_for(Agent(name="a", model=model, tools=[weather]))
    await ask(client, "weather?")
    assert await calls(client) == []


async def test_a_call_without_output_has_failed_when_the_run_fails(client_for: ClientFor) -> None:
    @function_tool(failure_error_function=None)
    def broken() -> str:
        raise RuntimeError("no")

    client = client_for(Agent(name="a", model=ScriptedModel(Call("broken")), tools=[broken]), show_tool_calls=True)
    events = await ask(client, "go")
    assert any(isinstance(event, ThreadItemReplacedEvent) for event in events)
    assert [call.status for call in await calls(client)] == ["failed"]


async def test_the_pages_own_call_stands_in_the_place_of_the_function_that_asked_for_it(client_for: ClientFor) -> None:
    @function_tool
    async def switch(context: RunContextWrapper[AgentContext[Any]]) -> str:
        context.context.client_tool_call = ClientToolCall(name="switch", arguments={})
        return "asked"

    agent = Agent(
        name="a",
        model=ScriptedModel([Say("Switching."), Call("switch")]),
        tools=[switch],
        tool_use_behavior=StopAtTools(stop_at_tool_names=["switch"]),
    )
    client = client_for(agent, show_tool_calls=True)
    await ask(client, "switch")
    assert [item.type for item in await items_of(client)] == ["user_message", "assistant_message", "client_tool_call"]


async def test_a_failure_after_the_output_leaves_the_call_completed(client_for: ClientFor) -> None:
    model = ScriptedModel(Call("weather", {"city": "Bern"}), [Fail(RuntimeError("x"))])
    client = client_for(Agent(name="a", model=model, tools=[weather]), show_tool_calls=True)
    await ask(client, "weather?")
    assert [call.status for call in await calls(client)] == ["completed"]
