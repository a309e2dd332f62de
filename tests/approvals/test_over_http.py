"""Approvals over HTTP: several requests at once, another user, and a chat-completions host behind the agent."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from agents import Agent, OpenAIChatCompletionsModel, function_tool
from starlette.requests import Request

from chatkit.agents import AgentChatKitServer
from chatkit.http import ChatKit, Settings
from chatkit.stores import MemoryStore
from chatkit.testing.scripted_model import ScriptedModel
from tests.approvals.chat import CALL, buttons, needs_approvals
from tests.support.loopback import serving

pytestmark = needs_approvals


async def who(request: Request) -> dict[str, str]:
    return {"user_id": request.headers["x-user"]}


class Browser:
    def __init__(self, address: str, user: str) -> None:
        self.address = address
        self.http = httpx.AsyncClient(headers={"x-user": user}, timeout=30)

    async def send(self, operation: str, **params: Any) -> tuple[int, Any]:
        answer = await self.http.post(f"{self.address}/chatkit", json={"type": operation, "params": params})
        if not answer.headers["content-type"].startswith("text/event-stream"):
            return answer.status_code, answer.json()
        frames = (line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: "))
        return answer.status_code, [json.loads(frame) for frame in frames]


def said(text: str) -> dict[str, Any]:
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


def mail(model: Any, sent: list[str]) -> AgentChatKitServer[Any]:
    async def send(to: str, text: str) -> str:
        sent.append(to)
        await asyncio.sleep(0)
        return "sent"

    agent = Agent(name="Post", model=model, tools=[function_tool(send, needs_approval=True)])
    return AgentChatKitServer(MemoryStore(), agent=agent, titles="none")


async def test_of_five_requests_at_once_one_makes_the_call_and_none_of_another_user() -> None:
    sent: list[str] = []
    app = ChatKit(server=mail(ScriptedModel(CALL, "Sent."), sent), context=who, settings=Settings(turns_per_minute=0))
    async with serving(app) as address:
        ann, bob = Browser(address, "ann"), Browser(address, "bob")
        _, events = await ann.send("threads.create", input=said("write"))
        thread_id, card = events[0]["thread"]["id"], events[-1]["item"]
        press = {"thread_id": thread_id, "item_id": card["id"], "action": buttons(card)["approve"]}
        status, refused = await bob.send("threads.custom_action", **press)
        assert (status, sent) == (404, []), refused
        answers = await asyncio.gather(*(ann.send("threads.custom_action", **press) for _ in range(5)))
        notices = [sum(event["type"] == "notice" for event in events) for _, events in answers]
        assert (sorted(notices), sent) == ([0, 1, 1, 1, 1], ["Eve"])
        _, thread = await ann.send("threads.get_by_id", thread_id=thread_id)
        assert [item["type"] for item in thread["items"]["data"]] == ["user_message", "widget", "assistant_message"]
        assert "chatkit." not in json.dumps(thread["metadata"])
        await ann.http.aclose()
        await bob.http.aclose()


def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    whole = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(whole)}\n\n"


def speech(text: str) -> str:
    return chunk({"role": "assistant", "content": text}) + chunk({}, "stop") + "data: [DONE]\n\n"


def calling() -> str:
    function = {"name": "send", "arguments": json.dumps({"to": "Eve", "text": "Hello"})}
    call = {"index": 0, "id": "call_1", "type": "function", "function": function}
    return chunk({"role": "assistant", "tool_calls": [call]}) + chunk({}, "tool_calls") + "data: [DONE]\n\n"


@pytest.mark.parametrize("decision", ["approve", "reject"])
async def test_a_chat_completions_host_takes_what_goes_on(decision: str) -> None:
    asked: list[list[Any]] = []
    answers = [speech("Hello."), calling(), speech("Done."), speech("Well.")]

    async def host(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        asked.append(json.loads(body)["messages"])
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answers[len(asked) - 1].encode()})

    sent: list[str] = []
    async with serving(host) as behind:
        from openai import AsyncOpenAI

        client = AsyncOpenAI(base_url=f"{behind}/v1", api_key="k", max_retries=0)
        app = ChatKit(
            server=mail(OpenAIChatCompletionsModel("m", client), sent),
            context=who,
            settings=Settings(turns_per_minute=0),
        )
        async with serving(app) as address:
            ann = Browser(address, "ann")
            _, events = await ann.send("threads.create", input=said("hi"))
            thread_id = events[0]["thread"]["id"]
            _, events = await ann.send("threads.add_user_message", thread_id=thread_id, input=said("write"))
            card = events[-1]["item"]
            press = {"thread_id": thread_id, "item_id": card["id"], "action": buttons(card)[decision]}
            _, events = await ann.send("threads.custom_action", **press)
            assert not [event for event in events if event["type"] == "error"]
            _, events = await ann.send("threads.add_user_message", thread_id=thread_id, input=said("and?"))
            assert not [event for event in events if event["type"] == "error"]
            await ann.http.aclose()
        await client.close()
    assert sent == (["Eve"] if decision == "approve" else [])
    roles = ["user", "assistant", "user", "assistant", "tool"]
    assert [message["role"] for message in asked[2]] == roles
    assert [message["role"] for message in asked[3]] == [*roles, "assistant", "user"]
    assert asked[2][:3] == asked[1]
