"""Tools that need approval wherever a run may meet them: behind a handoff, in an agent as a tool, on MCP servers."""

import inspect
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from agents import Agent, HostedMCPTool
from agents.items import TResponseInputItem, TResponseStreamEvent
from agents.mcp import MCPServer
from mcp.types import CallToolResult, TextContent
from mcp.types import Tool as MCPTool
from openai.types.responses import ResponseCompletedEvent
from openai.types.responses.response_output_item import McpApprovalRequest

from chatkit.adapters.openai_agents.playback import response_events
from chatkit.testing.scripted_model import Call, ScriptedModel
from tests.approvals.chat import Chat, needs_approvals, words

pytestmark = needs_approvals


def agent_of(chat: Chat) -> Agent[Any]:
    """The agent with the tool."""
    assert chat.server.agent is not None
    return chat.server.agent


def hall(chat: Chat, *turns: Any) -> Agent[Any]:
    """An agent that hands over to the one with the tool."""
    return Agent(name="Hall", model=ScriptedModel(*turns), handoffs=[agent_of(chat)])


async def decide_on_sending(chat: Chat, decision: str, sent: list[str]) -> None:
    """The call is shown and not made; once it is decided on, that much has been sent."""
    await chat.say("write")
    (card,) = await chat.cards()
    assert "Allow send?" in words(card)
    assert chat.sent == []
    await chat.click(decision)
    assert chat.sent == sent


@pytest.mark.parametrize(("decision", "sent"), [("approve", ["Eve"]), ("reject", [])])
async def test_the_tool_of_an_agent_that_was_handed_over_to(decision: str, sent: list[str]) -> None:
    chat = Chat(Call("send", {"to": "Eve", "text": "Hello"}, call_id="call_1"), "Done.")
    chat.server.agent = hall(chat, Call("transfer_to_post", {}, call_id="call_0"))
    await decide_on_sending(chat, decision, sent)
    assert await chat.answers() == ["Done."]


@pytest.mark.parametrize(("decision", "sent"), [("approve", ["Eve"]), ("reject", [])])
async def test_the_tool_of_an_agent_that_is_itself_a_tool(decision: str, sent: list[str]) -> None:
    chat = Chat(Call("send", {"to": "Eve", "text": "Hello"}, call_id="call_1"), "It is sent.")
    post = agent_of(chat)
    model = ScriptedModel(Call("ask_post", {"input": "write to Eve"}, call_id="call_0"), "Post says so.")
    chat.server.agent = Agent(name="Boss", model=model, tools=[post.as_tool("ask_post", "Asks the post.")])
    await decide_on_sending(chat, decision, sent)
    assert (await chat.answers())[-1] == "Post says so."


class Postbox(MCPServer):
    """A tool server whose one tool needs approval."""

    def __init__(self) -> None:
        super().__init__(require_approval="always")
        self.sent: list[str] = []

    @property
    def name(self) -> str:
        return "postbox"

    async def connect(self) -> None: ...

    async def cleanup(self) -> None: ...

    async def list_tools(self, *_: Any, **__: Any) -> list[MCPTool]:
        schema = {"type": "object", "properties": {"to": {"type": "string"}}}
        return [MCPTool.model_validate({"name": "post", "inputSchema": schema})]

    async def call_tool(self, tool_name: str, arguments: dict[str, Any] | None, *_: Any, **__: Any) -> CallToolResult:
        self.sent.append((arguments or {})["to"])
        return CallToolResult(content=[TextContent(type="text", text="posted")])

    async def list_prompts(self, *_: Any) -> Any: ...

    async def get_prompt(self, *_: Any, **__: Any) -> Any: ...


@pytest.mark.skipif(
    "require_approval" not in inspect.signature(MCPServer.__init__).parameters,
    reason="this release of the Agents SDK asks for no approval of MCP servers' tools",
)
@pytest.mark.parametrize(("decision", "sent"), [("approve", ["Eve"]), ("reject", [])])
async def test_the_tool_of_an_mcp_server(decision: str, sent: list[str]) -> None:
    chat, box = Chat(), Postbox()
    model = ScriptedModel(Call("post", {"to": "Eve"}, call_id="call_1"), "Done.")
    chat.server.agent = Agent(name="Post", model=model, mcp_servers=[box])
    await chat.say("write")
    (card,) = await chat.cards()
    assert {"to", "Eve"} <= set(words(card))
    assert box.sent == []
    await chat.click(decision)
    assert box.sent == sent
    assert await chat.answers() == ["Done."]


class HostModel(ScriptedModel):
    """Asks for approval of what the host itself would do at an MCP server, then plays the script."""

    async def _asks(self, request: Sequence[TResponseInputItem]) -> AsyncIterator[TResponseStreamEvent]:
        asking = McpApprovalRequest(
            id="mcpr_1", type="mcp_approval_request", name="post", server_label="postbox", arguments='{"to": "Eve"}'
        )
        async for event in response_events([], model=self.name):
            if isinstance(event, ResponseCompletedEvent):
                event.response.output = [asking]
            yield event

    def stream_response(self, *arguments: Any, **named: Any) -> AsyncIterator[TResponseStreamEvent]:
        given = arguments[1] if len(arguments) > 1 else named["input"]
        if any(item.get("type") == "mcp_approval_response" for item in given):
            return super().stream_response(*arguments, **named)
        return self._asks(given)


@pytest.mark.parametrize(("decision", "approve"), [("approve", True), ("reject", False)])
async def test_the_tool_of_an_mcp_server_that_the_host_calls(decision: str, approve: bool) -> None:
    chat, model = Chat(), HostModel("Done.")
    box = HostedMCPTool(tool_config={"type": "mcp", "server_label": "postbox", "server_url": "https://postbox.example"})
    chat.server.agent = Agent(name="Post", model=model, tools=[box])
    await chat.say("write")
    (card,) = await chat.cards()
    assert {"to", "Eve"} <= set(words(card))
    await chat.click(decision)
    (answer,) = [item for item in model.requests[0].input if item.get("type") == "mcp_approval_response"]
    assert (answer["approval_request_id"], answer["approve"]) == ("mcpr_1", approve)
    assert await chat.answers() == ["Done."]
