"""Reasoning of hosts of many kinds: thoughts stay apart, none is empty, and none is in an answer or a title."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest
from agents import Agent, function_tool

from chatkit.adapters.openai_agents.thinking import ThinkingSplitter, without_thinking
from chatkit.agents import accumulate_text, stream_agent_response
from chatkit.testing.scripted_model import Call, Say, ScriptedModel, Think
from chatkit.types import ThreadItemAddedEvent, ThreadItemUpdatedEvent, WorkflowItem
from chatkit.widgets import Markdown
from tests.agents.conftest import ClientFor, ask, items_of, kinds, reaching, texts
from tests.agents.test_context import new_context, run
from tests.support.chat_host import ChatHost, calling


@function_tool
def look() -> str:
    return "seen"


@pytest.fixture
async def chat() -> AsyncIterator[Any]:
    async with AsyncExitStack() as running:

        async def start(*turns: Sequence[Any]) -> dict[str, Any]:
            return reaching(await running.enter_async_context(ChatHost(*turns).running()))

        yield start


def thoughts(items: list[Any]) -> list[str]:
    workflows = [item for item in items if isinstance(item, WorkflowItem)]
    return [getattr(task, "content", "") for workflow in workflows for task in workflow.workflow.tasks]


def streamed_text(events: list[Any]) -> str:
    updates = [event.update for event in events if isinstance(event, ThreadItemUpdatedEvent)]
    return "".join(update.delta for update in updates if update.type == "assistant_message.content_part.text_delta")


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
@pytest.mark.parametrize("show_tool_calls", [False, True])
async def test_thoughts_before_and_after_a_tool_are_two(
    client_for: ClientFor, chat: Any, field: str, show_tool_calls: bool
) -> None:
    before = [{field: "First "}, {field: "thought.", "content": ""}, calling("look")]
    after = [{field: "Second "}, {field: "thought."}, "Done."]
    agent = Agent(name="a", tools=[look])
    client = client_for(agent, show_tool_calls=show_tool_calls, **await chat(before, after))
    events = await ask(client, "look")
    items = await items_of(client)
    assert thoughts(items) == ["First thought.", "Second thought."]
    assert texts(items) == ["Done."]
    assert kinds(events).count("thread.item.added workflow") == (2 if show_tool_calls else 1)


async def test_thoughts_before_and_after_text_are_two(client_for: ClientFor, chat: Any) -> None:
    turn = [{"reasoning_content": "One."}, "Text.", {"reasoning_content": "Two."}, " More."]
    client = client_for(Agent(name="a"), **await chat(turn))
    await ask(client, "go")
    items = await items_of(client)
    assert thoughts(items) == ["One.", "Two."]
    assert texts(items) == ["Text. More."]


@pytest.mark.parametrize("thought", [[], [""], [" \n"]], ids=repr)
async def test_reasoning_without_words_leaves_no_thought(client_for: ClientFor, thought: list[str]) -> None:
    client = client_for(Agent(name="a", model=ScriptedModel([Think(thought), Say("Four.")])))
    events = await ask(client, "2+2?")
    assert [item.type for item in await items_of(client)] == ["user_message", "assistant_message"]
    shown = {event.item.id for event in events if isinstance(event, ThreadItemAddedEvent)}
    removed = {event.item_id for event in events if event.type == "thread.item.removed"}
    assert [item.id for item in await items_of(client) if item.id in shown - removed] == list(shown - removed)


async def test_reasoning_without_words_before_a_tool_leaves_no_thought(client_for: ClientFor) -> None:
    model = ScriptedModel([Think([]), Call("look")], [Think([]), Say("Seen.")])
    client = client_for(Agent(name="a", model=model, tools=[look]), show_tool_calls=True)
    await ask(client, "look")
    assert [item.type for item in await items_of(client)] == ["user_message", "tool_call", "assistant_message"]


ANSWERS: dict[str, tuple[str, str, str]] = {
    "one block": ("<think>Two and two.</think>Four.", "Four.", "Two and two."),
    "lines": ("\n<think>\nTwo and two.\n</think>\n\nFour.", "Four.", "Two and two."),
    "empty": ("<think>\n\n</think>\n\nFour.", "Four.", ""),
    "never closed": ("<think>Two and", "", "Two and"),
    "never opened": ("Two and two.\n</think>\n\nFour.", "Four.", "Two and two."),
    "nested": ("<think>a<think>b</think>c</think>Four.", "Four.", "abc"),
    "two blocks": ("<think>a</think>\n<think>b</think>Four.", "Four.", "a|b"),
    "capitals": ("<THINK>a</Think>Four.", "Four.", "a"),
    "long name": ("<thinking>a</thinking>Four.", "Four.", "a"),
    "later": ("First.\n<think>a</think>Last.", "First.\nLast.", "a"),
    "less than": ("<think>1 < 2 <b></think>1 < 2 <b>", "1 < 2 <b>", "1 < 2 <b>"),
    "none": ("Is 1 < 2? <b>Yes</b>", "Is 1 < 2? <b>Yes</b>", ""),
    "spoken of": ("Write `<think>` and `</think>` around it.", "Write `<think>` and `</think>` around it.", ""),
    "in code": ("```\n<think>\na\n</think>\n```", "```\n<think>\na\n</think>\n```", ""),
    "half a tag": ("<thi", "<thi", ""),
}
CUTS = {"whole": 10_000, "by 3": 3, "by 1": 1}


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("name", ANSWERS)
async def test_thinking_in_the_text_becomes_reasoning(client_for: ClientFor, chat: Any, name: str, cut: str) -> None:
    written, said, thought = ANSWERS[name]
    deltas = [written[at : at + CUTS[cut]] for at in range(0, len(written), CUTS[cut])]
    client = client_for(Agent(name="a"), **await chat(deltas))
    events = await ask(client, "2+2?")
    items = await items_of(client)
    assert texts(items) == ([said] if said else [])
    assert thoughts(items) == [one for one in thought.split("|") if one]
    types = [item.type for item in items]
    assert types == ["user_message", *(["workflow"] if thought else []), *(["assistant_message"] if said else [])]
    if name != "never opened":
        assert streamed_text(events) == said


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_model_with_ids_may_write_its_thinking_too(client_for: ClientFor, name: str) -> None:
    written, said, thought = ANSWERS[name]
    client = client_for(Agent(name="a", model=ScriptedModel(written)))
    await ask(client, "2+2?")
    items = await items_of(client)
    assert [text.strip() for text in texts(items)] == ([said] if said else [])
    assert thoughts(items) == [one for one in thought.split("|") if one]


@pytest.mark.parametrize(
    ("written", "title"),
    [("<think>A sum.</think>\nSmall sums", "Small sums"), ("<think>endless", "2+2?"), ("x\n</think>\nSums", "Sums")],
)
async def test_thinking_is_in_no_title(client_for: ClientFor, chat: Any, written: str, title: str) -> None:
    client = client_for(Agent(name="a"), titles="model", **await chat(["Four."], [written]))
    await ask(client, "2+2?")
    threads = await client.server.store.load_threads(1, None, "desc", client.context)
    assert threads.data[0].title == title


async def test_thinking_is_in_no_widget() -> None:
    context = await new_context()
    result = run(context, "<think>Two and two.</think>Four it is.")
    states = [state async for state in accumulate_text(result.stream_events(), Markdown(value="", streaming=True))]
    assert all("two" not in state.value and "<" not in state.value for state in states)
    assert (states[-1].value, states[-1].streaming) == ("Four it is.", False)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_text_reads_the_same_however_it_is_cut(name: str) -> None:
    written, _, _ = ANSWERS[name]
    for first in range(len(written) + 1):
        for second in range(first, len(written) + 1):
            splitter = ThinkingSplitter()
            text = ""
            for delta in (written[:first], written[first:second], written[second:]):
                for piece in splitter.read(delta):
                    text = "" if piece.kind == "misread" else text + piece.text * (piece.kind == "text")
            text += "".join(piece.text for piece in splitter.finish() if piece.kind == "text")
            assert text == without_thinking(written)[0]


async def test_a_thought_that_speaks_of_the_tag_does_not_swallow_the_answer() -> None:
    context = await new_context()
    result = run(context, "<think>I should not write <think> here.</think>Four.")
    events = [event async for event in stream_agent_response(context, result)]
    assert texts([event.item for event in events if event.type == "thread.item.done"]) == ["Four."]
