"""Guardrails: what a run has shown before one trips is taken back."""

from typing import Any

import pytest
from agents import (
    Agent,
    GuardrailFunctionOutput,
    InputGuardrail,
    InputGuardrailTripwireTriggered,
    OutputGuardrail,
    OutputGuardrailTripwireTriggered,
    RunContextWrapper,
    function_tool,
)

from chatkit.agents import AgentContext, stream_agent_response
from chatkit.testing.scripted_model import Call, ScriptedModel
from chatkit.types import ErrorEvent, ThreadItemDoneEvent, ThreadItemRemovedEvent
from chatkit.widgets import Card, Text
from tests.agents.conftest import ClientFor, ask, items_of
from tests.agents.test_context import new_context, run


def trips(*_: Any) -> GuardrailFunctionOutput:
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered=True)


@function_tool
async def show(context: RunContextWrapper[AgentContext[Any]]) -> str:
    await context.context.stream_widget(Card(children=[Text(value="x")]))
    return "shown"


INPUT: dict[str, Any] = {"input_guardrails": [InputGuardrail(guardrail_function=trips)]}
OUTPUT: dict[str, Any] = {"output_guardrails": [OutputGuardrail(guardrail_function=trips)]}


@pytest.mark.parametrize(
    ("guardrails", "error"),
    [(INPUT, InputGuardrailTripwireTriggered), (OUTPUT, OutputGuardrailTripwireTriggered)],
)
async def test_what_was_shown_is_removed_and_the_exception_goes_on(
    guardrails: dict[str, Any], error: type[Exception]
) -> None:
    context = await new_context()
    seen: list[Any] = []
    with pytest.raises(error):
        async for event in stream_agent_response(
            context, run(context, Call("show"), "Said.", tools=[show], **guardrails)
        ):
            seen.append(event)
    shown = [event.item.id for event in seen if isinstance(event, ThreadItemDoneEvent)]
    removed = [event.item_id for event in seen if isinstance(event, ThreadItemRemovedEvent)]
    assert removed == shown
    assert seen[len(seen) - len(removed) :] == [event for event in seen if isinstance(event, ThreadItemRemovedEvent)]
    assert context.arrivals.empty()


async def test_the_user_reads_that_it_was_stopped_and_nothing_is_kept(client_for: ClientFor) -> None:
    model = ScriptedModel(Call("show"), "Said.")
    client = client_for(Agent(name="a", model=model, tools=[show], **OUTPUT))
    events = await ask(client, "hi")
    assert isinstance(events[-1], ErrorEvent)
    assert "safety check" in (events[-1].message or "")
    assert not events[-1].allow_retry
    assert [item.type for item in await items_of(client)] == ["user_message"]
