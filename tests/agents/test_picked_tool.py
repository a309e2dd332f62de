"""The tool that the user picks is asked of an agent that has it, once, and of no other."""

from typing import Any

import pytest
from agents import Agent, CodeInterpreterTool, HostedMCPTool, ModelSettings, WebSearchTool, function_tool

from chatkit.agents import AgentChatKitServer, mcp_server
from chatkit.stores import MemoryStore
from chatkit.testing import InProcessClient
from chatkit.testing.scripted_model import Call, ScriptedModel
from chatkit.types import ErrorEvent
from tests.agents.conftest import ClientFor, items_of, reaching, texts
from tests.agents.test_agent_server import picking
from tests.support.chat_host import ChatHost, Refusal, calling
from tests.support.loopback import serving
from tests.support.tool_servers import MCPServer


@function_tool
def search() -> str:
    return "found"


@function_tool
def other() -> str:
    return "other"


def choices(*models: ScriptedModel) -> list[list[Any]]:
    return [[request.settings.tool_choice for request in model.requests] for model in models]


async def pick(client: Any, tool: str = "search") -> list[Any]:
    return [event async for event in client.create_thread(picking(tool_choice={"id": tool}))]


async def test_the_choice_does_not_follow_a_handoff_to_an_agent_without_the_tool(client_for: ClientFor) -> None:
    first, second = ScriptedModel(Call("transfer_to_second")), ScriptedModel("Second.")
    agent = Agent(name="first", model=first, tools=[search], handoffs=[Agent(name="second", model=second)])
    client = client_for(agent)
    await pick(client)
    assert texts(await items_of(client)) == ["Second."]
    assert choices(first, second) == [["search"], [None]]


async def test_the_choice_holds_for_the_agent_that_has_the_tool(client_for: ClientFor) -> None:
    first, second = ScriptedModel(Call("transfer_to_second")), ScriptedModel(Call("search"), "Found.")
    having = Agent(name="second", model=second, tools=[search])
    client = client_for(Agent(name="first", model=first, handoffs=[having]))
    await pick(client)
    assert choices(first, second) == [[None], ["search", None]]


async def test_a_tool_that_was_called_is_not_asked_for_again_after_a_handoff(client_for: ClientFor) -> None:
    first, second = ScriptedModel(Call("search"), Call("transfer_to_second")), ScriptedModel("Second.")
    having = Agent(name="second", model=second, tools=[search])
    client = client_for(Agent(name="first", model=first, tools=[search], handoffs=[having]))
    await pick(client)
    assert choices(first, second) == [["search", None], [None]]


async def test_the_agents_own_choice_stands_where_the_picked_tool_does_not(client_for: ClientFor) -> None:
    own = ModelSettings(tool_choice="other")
    model = ScriptedModel(Call("search"), Call("other"), "Done.")
    agent = Agent(name="a", model=model, tools=[search, other], model_settings=own, reset_tool_choice=False)
    await pick(client_for(agent))
    assert choices(model) == [["search", "other", "other"]]


async def test_an_agent_that_never_resets_its_choice_does_not_call_the_picked_tool_for_ever(
    client_for: ClientFor,
) -> None:
    model = ScriptedModel(Call("search"), "Done.")
    client = client_for(Agent(name="a", model=model, tools=[search], reset_tool_choice=False))
    await pick(client)
    assert choices(model) == [["search", None]]
    assert texts(await items_of(client)) == ["Done."]


async def test_a_tool_that_is_not_enabled_is_not_chosen(client_for: ClientFor) -> None:
    @function_tool(is_enabled=False)
    def switched_off() -> str:
        return ""

    model = ScriptedModel("Done.")
    await pick(client_for(Agent(name="a", model=model, tools=[switched_off])), "switched_off")
    assert choices(model) == [[None]]


HOSTED: list[tuple[Any, str, str]] = [
    (WebSearchTool(), WebSearchTool().name, WebSearchTool().name),
    (
        CodeInterpreterTool(tool_config={"type": "code_interpreter", "container": {"type": "auto"}}),
        "code_interpreter",
        "code_interpreter",
    ),
    (
        HostedMCPTool(tool_config={"type": "mcp", "server_label": "x", "server_url": "http://x"}),
        "hosted_mcp",
        "mcp",
    ),
]


@pytest.mark.parametrize(("tool", "name", "chosen"), HOSTED, ids=["web search", "code interpreter", "mcp"])
async def test_tools_that_the_host_runs_may_be_picked(client_for: ClientFor, tool: Any, name: str, chosen: str) -> None:
    model = ScriptedModel("Done.")
    await pick(client_for(Agent(name="a", model=model, tools=[tool])), name)
    assert choices(model) == [[chosen]]


async def test_a_tool_of_a_tool_server_may_be_picked() -> None:
    weather = MCPServer("weather")

    @weather.tool()
    def degrees(city: str) -> int:
        return len(city)

    async with serving(weather.streamable_http_app()) as url:

        class WithTools(AgentChatKitServer[dict[str, Any]]):
            async def mcp_servers(self, context: dict[str, Any]) -> list[Any]:
                return [mcp_server(f"{url}/mcp")]

        model = ScriptedModel(Call("degrees", {"city": "Bern"}), "Four.")
        agent = Agent(name="a", model=model)
        await pick(InProcessClient(WithTools(MemoryStore(), agent=agent, titles="none"), {}), "degrees")
    assert choices(model) == [["degrees", None]]


async def test_a_strict_host_does_not_refuse_the_handoff(client_for: ClientFor) -> None:
    def strict(asked: dict[str, Any]) -> Refusal | None:
        names = {tool["function"]["name"] for tool in asked.get("tools", [])}
        choice = asked.get("tool_choice")
        if isinstance(choice, dict) and choice["function"]["name"] not in names:
            return Refusal(400, {"error": {"message": "tool_choice is not among the tools", "code": "bad"}})
        return None

    host = ChatHost([calling("transfer_to_second")], ["Second."], judge=strict)
    agent = Agent(name="first", tools=[search], handoffs=[Agent(name="second")])
    async with host.running() as url:
        events = await pick(client_for(agent, **reaching(url)))
    assert not [event for event in events if isinstance(event, ErrorEvent)]
    assert len(host.requests) == 2
