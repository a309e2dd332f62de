"""Conversations that are longer than the model's context."""

from typing import Any

import httpx
import openai
import pytest
from agents import Agent, function_tool

from chatkit.adapters.openai_agents.faults import is_too_long
from chatkit.adapters.openai_agents.lengths import estimated_tokens, newest_part
from chatkit.agents import AgentChatKitServer
from chatkit.stores import MemoryStore
from chatkit.testing.scripted_model import Call, Fail, Say, ScriptedModel
from chatkit.types import ErrorEvent
from tests.agents.conftest import ClientFor, ask, items_of, reaching, texts
from tests.agents.test_agent_server import said
from tests.support.chat_host import ChatHost, Refusal

HOSTS: dict[str, tuple[int, Any]] = {
    "OpenAI": (400, {"error": {"message": "x", "code": "context_length_exceeded"}}),
    "OpenAI, Responses": (
        400,
        {"error": {"message": "Your input exceeds the context window of this model. Please adjust your input."}},
    ),
    "OpenAI, limit": (400, {"error": {"message": "Input tokens exceed the configured limit of 272000 tokens."}}),
    "Azure": (
        400,
        {"error": {"message": "This model's maximum context length is 8192 tokens. However, your messages …"}},
    ),
    "vLLM": (
        400,
        {
            "object": "error",
            "message": "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
            "type": "BadRequestError",
            "code": 400,
        },
    ),
    "vLLM, prompt": (
        400,
        {"error": {"message": "The decoder prompt (length 5000) is longer than the maximum model length of 4096."}},
    ),
    "vLLM, 500": (500, {"error": {"message": "The prompt is too long: maximum model length is 4096"}}),
    "llama.cpp": (
        400,
        {
            "error": {
                "code": 400,
                "message": "the request exceeds the available context size, try increasing it",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": 5000,
                "n_ctx": 4096,
            }
        },
    ),
    "Ollama": (400, {"error": {"message": "prompt too long; exceeded max context length by 900 tokens"}}),
    "Ollama, input": (500, {"error": "the input length exceeds the context length"}),
    "LM Studio": (
        400,
        {
            "error": "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded "
            "with context length of only 4096 tokens, which is not enough."
        },
    ),
    "LM Studio, kept": (
        400,
        {"error": "The number of tokens to keep from the initial prompt is greater than the context length."},
    ),
    "Anthropic": (400, {"error": {"message": "prompt is too long: 205000 tokens > 200000 maximum"}}),
    "Anthropic, output": (
        400,
        {"error": {"message": "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"}},
    ),
    "Anthropic, size": (413, {"error": {"type": "request_too_large", "message": "Request exceeds the maximum size"}}),
    "a proxy": (413, "<html>413 Request Entity Too Large</html>"),
    "Gemini": (
        400,
        [{"error": {"message": "The input token count (1200000) exceeds the maximum number of tokens allowed."}}],
    ),
    "Mistral": (
        400,
        {"message": "Prompt contains 40000 tokens, too large for model with 32768 maximum context length"},
    ),
    "Bedrock": (400, {"message": "Input is too long for requested model."}),
    "xAI": (400, {"error": "This model's maximum prompt length is 131072 but the request contains 537812 tokens."}),
    "TGI": (422, {"error": "Input validation error: `inputs` must have less than 4096 tokens. Given: 5000"}),
}


@pytest.mark.parametrize("host", HOSTS)
async def test_too_long_is_recognised_in_the_words_of_every_host(client_for: ClientFor, host: str) -> None:
    async with ChatHost(judge=lambda _: Refusal(*HOSTS[host])).running() as url:
        error = (await ask(client_for(Agent(name="a"), **reaching(url)), "hi"))[-1]
    assert isinstance(error, ErrorEvent)
    assert "too long for the model" in (error.message or "")
    assert "start a new one" in (error.message or "")
    assert not error.allow_retry


OTHERS: dict[str, tuple[int, Any]] = {
    "wrong parameter": (400, {"error": {"message": "max_tokens is too large: 99. The model supports at most 9."}}),
    "bad request": (400, {"error": {"message": "messages[1].content must be a string"}}),
    "no key": (401, {"error": {"message": "the prompt is too long to be read without a key"}}),
    "busy": (429, {"error": {"message": "Rate limit: tokens per minute exceeded the limit of 1000 tokens"}}),
    "down": (500, {"error": {"message": "Oops"}}),
}


def test_names_of_fields_are_no_words_of_the_host() -> None:
    """Older releases of the SDK of OpenAI put the whole body into the message when it has no other words for it."""
    body = {"message": "max_tokens is too large: 99. The model supports at most 9."}
    request = httpx.Request("POST", "http://127.0.0.1/v1")
    said = f"Error code: 400 - {{'error': {body}}}"
    error = openai.BadRequestError(said, response=httpx.Response(400, request=request), body=body)
    assert not is_too_long(error)
    body["message"] = "This model's maximum context length is 9 tokens."
    assert is_too_long(error)


@pytest.mark.parametrize("host", OTHERS)
async def test_other_refusals_are_not_taken_for_too_long(client_for: ClientFor, host: str) -> None:
    async with ChatHost(judge=lambda _: Refusal(*OTHERS[host])).running() as url:
        error = (await ask(client_for(Agent(name="a"), **reaching(url)), "hi"))[-1]
    assert isinstance(error, ErrorEvent)
    assert "too long" not in (error.message or "")


async def test_too_long_is_recognised_when_the_stream_says_so(client_for: ClientFor) -> None:
    request = httpx.Request("POST", "http://host/v1/responses")
    body = {"message": "x", "code": "context_length_exceeded"}
    failing = ScriptedModel([Fail(openai.APIError("Your input exceeds the context window.", request, body=body))])
    error = (await ask(client_for(Agent(name="a", model=failing)), "hi"))[-1]
    assert isinstance(error, ErrorEvent)
    assert "too long for the model" in (error.message or "")


# What is sent


def strict(tokens: int) -> Any:
    def judge(asked: dict[str, Any]) -> Refusal | None:
        length = sum(len(str(message["content"])) for message in asked["messages"])
        return Refusal(*HOSTS["vLLM"]) if length > tokens else None

    return judge


async def filled(client: Any, count: int, size: int = 1000) -> str:
    for number in range(count):
        thread_id = (await items_of(client))[0].thread_id if number else None
        await ask(client, f"{number} {'x' * size}", thread_id)
    return (await items_of(client))[0].thread_id


async def test_a_refused_history_is_sent_again_by_half_once(client_for: ClientFor) -> None:
    host = ChatHost(*[[f"Answer {number}."] for number in range(7)], judge=strict(6_000))
    async with host.running() as url:
        client = client_for(Agent(name="a"), **reaching(url))
        thread_id = await filled(client, 5)
        before = len(host.requests)
        events = await ask(client, f"5 {'x' * 1000}", thread_id)
    assert not [event for event in events if isinstance(event, ErrorEvent)]
    assert texts(await items_of(client))[-1] == "Answer 5."
    assert len(host.requests) == before + 2
    assert str(host.requests[-1]["messages"][-1]["content"]).count("5 xxx") == 1


async def test_a_message_that_is_too_long_by_itself_is_sent_once(client_for: ClientFor) -> None:
    host = ChatHost(judge=strict(100))
    async with host.running() as url:
        client = client_for(Agent(name="a"), **reaching(url))
        error = (await ask(client, "x" * 5000))[-1]
    assert isinstance(error, ErrorEvent)
    assert len(host.requests) == 1


async def test_nothing_is_sent_again_when_something_was_shown(client_for: ClientFor) -> None:
    request = httpx.Request("POST", "http://host/v1/responses")
    long = openai.APIError("prompt is too long", request, body=None)
    model = ScriptedModel("One.", [Say("Begun."), Fail(long)], "Never.")
    client = client_for(Agent(name="a", model=model))
    await ask(client, "x" * 400)
    events = await ask(client, "go on", (await items_of(client))[0].thread_id)
    assert isinstance(events[-1], ErrorEvent)
    assert len(model.requests) == 2


async def test_tokens_decide_how_much_is_sent(client_for: ClientFor) -> None:
    model = ScriptedModel(*["Yes."] * 6)
    client = client_for(Agent(name="a", model=model), history_tokens=1000)
    await filled(client, 6, size=1500)
    sent = [text[:1] for text in said(model.requests[5])]
    assert sent == ["4", "Y", "5"]
    assert all(sum(map(estimated_tokens, request.input)) <= 1000 for request in model.requests)


async def test_the_newest_message_is_sent_however_long_it_is(client_for: ClientFor) -> None:
    model = ScriptedModel("One.", "Two.")
    client = client_for(Agent(name="a", model=model), history_tokens=10)
    await filled(client, 2, size=5000)
    assert [text[:2] for text in said(model.requests[1])] == ["1 "]


@function_tool
def look(at: str) -> str:
    return "seen " * 50


@pytest.mark.parametrize("tokens", range(40, 900, 20))
async def test_calls_and_their_outputs_stay_or_go_together(client_for: ClientFor, tokens: int) -> None:
    turns = [turn for number in range(4) for turn in (Call("look", {"at": "x" * 100}, call_id=f"c{number}"), "Seen.")]
    model = ScriptedModel(*turns, "Last.")
    client = client_for(Agent(name="a", model=model, tools=[look]), show_tool_calls=True, history_tokens=tokens)
    await filled(client, 4, size=100)
    await ask(client, "last", (await items_of(client))[0].thread_id)
    sent = model.requests[-1].input
    calls = [item["call_id"] for item in sent if item.get("type") == "function_call"]
    assert calls == [item["call_id"] for item in sent if item.get("type") == "function_call_output"]
    assert (sent[0].get("role"), sent[-1]["content"][0]["text"]) == ("user", "last")


def user(text: str) -> Any:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def test_other_scripts_count_for_more_and_images_for_less_than_their_bytes() -> None:
    image = {"type": "input_image", "detail": "auto", "image_url": f"data:image/png;base64,{'A' * 4_000_000}"}
    picture: Any = {"type": "message", "role": "user", "content": [image]}
    assert estimated_tokens(user("漢字" * 100)) > 2 * estimated_tokens(user("ab" * 100))
    assert estimated_tokens(picture) < 3000


def test_an_input_that_fits_stays_as_it_is() -> None:
    items = [user("a"), user("b")]
    assert newest_part(items, 1000) == items
    assert newest_part([], 1) == []


def test_a_number_of_tokens_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="history_tokens"):
        AgentChatKitServer(MemoryStore(), history_tokens=0)
