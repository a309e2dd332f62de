"""The model for users' own tests."""

from typing import Any

import pytest
from agents import Agent, RunConfig, Runner, function_tool

from chatkit.testing import ScriptedModel
from chatkit.testing.scripted_model import Call, Fail, Say, ScriptExhausted

QUIET = RunConfig(tracing_disabled=True)


async def test_it_keeps_copies_of_what_it_was_asked() -> None:
    model = ScriptedModel("One.", "Two.")
    asked: list[Any] = [{"role": "user", "content": "hi"}]
    agent = Agent(name="a", model=model, instructions="Be brief.")
    assert (await Runner.run(agent, asked, run_config=QUIET)).final_output == "One."
    asked[0]["content"] = "changed"
    assert model.requests[0].input == [{"role": "user", "content": "hi"}]
    assert model.requests[0].instructions == "Be brief."
    assert model.remaining == 1


async def test_the_same_turn_streamed_or_not_says_the_same() -> None:
    said: list[Any] = []
    for streamed in (True, False):
        agent = Agent(name="a", model=ScriptedModel([Say("Hello, you.")]))
        if streamed:
            result = Runner.run_streamed(agent, "hi", run_config=QUIET)
            async for _ in result.stream_events():
                pass
            said.append(result.final_output)
        else:
            said.append((await Runner.run(agent, "hi", run_config=QUIET)).final_output)
    assert said == ["Hello, you."] * 2


async def test_errors_are_raised_where_the_script_has_them() -> None:
    for turn in (ValueError("x"), [Say("Half"), Fail(ValueError("x"))]):
        with pytest.raises(ValueError, match="x"):
            await Runner.run(Agent(name="a", model=ScriptedModel(turn)), "hi", run_config=QUIET)


async def test_one_question_too_many_is_a_failed_assertion() -> None:
    with pytest.raises(ScriptExhausted, match="0 turns"):
        await Runner.run(Agent(name="a", model=ScriptedModel()), "hi", run_config=QUIET)


async def test_two_calls_have_ids_of_their_own() -> None:
    @function_tool
    def count() -> int:
        return 1

    model = ScriptedModel([Call("count"), Call("count")], "Two.")
    await Runner.run(Agent(name="a", model=model, tools=[count]), "hi", run_config=QUIET)
    outputs = [item["call_id"] for item in model.requests[1].input if item.get("type") == "function_call_output"]
    assert len(set(outputs)) == 2
