"""What tools and hooks can show through their context."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from agents import Agent, RunConfig, RunContextWrapper, Runner, function_tool
from agents.agent import StopAtTools

from chatkit.agents import AgentContext, ClientToolCall, stream_agent_response
from chatkit.stores import MemoryStore
from chatkit.testing.scripted_model import Call, Say, ScriptedModel, Think
from chatkit.types import (
    ClientToolCallItem,
    CustomSummary,
    CustomTask,
    DurationSummary,
    ProgressUpdateEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    WidgetItem,
    Workflow,
    WorkflowItem,
)
from chatkit.widgets import Card, Text
from tests.agents.conftest import ClientFor, ask, items_of, kinds, texts

Context = RunContextWrapper[AgentContext[Any]]


async def new_context(thread_id: str = "thr_1") -> AgentContext[dict[str, Any]]:
    store = MemoryStore()
    thread = ThreadMetadata(id=thread_id, created_at=0)  # pyright: ignore[reportArgumentType]
    await store.save_thread(thread, {})
    return AgentContext(thread=thread, store=store, request_context={})


def run(context: AgentContext[Any], *turns: Any, **options: Any) -> Any:
    return Runner.run_streamed(
        Agent(name="a", model=ScriptedModel(*turns), **options),
        "hi",
        context=context,
        run_config=RunConfig(tracing_disabled=True),
    )


async def played(context: AgentContext[Any], *turns: Any, **options: Any) -> list[ThreadStreamEvent]:
    return [event async for event in stream_agent_response(context, run(context, *turns, **options))]


def tool(act: Callable[[AgentContext[Any]], Any]) -> Any:
    @function_tool
    async def act_now(context: Context) -> str:
        await act(context.context)
        return "done"

    return act_now


async def with_tool(act: Callable[[AgentContext[Any]], Any]) -> tuple[list[Any], AgentContext[Any]]:
    """The events of a run whose first turn calls a tool that acts on the context."""
    context = await new_context()
    return await played(context, Call("act_now"), "Ready.", tools=[tool(act)]), context


async def test_each_context_has_a_queue_of_its_own() -> None:
    first, second = await new_context("thr_1"), await new_context("thr_2")
    await first.stream(ProgressUpdateEvent(text="first"))
    await second.stream(ProgressUpdateEvent(text="second"))
    events = await played(first, "One"), await played(second, "Two")
    shown = [[event.text for event in answer if isinstance(event, ProgressUpdateEvent)] for answer in events]
    assert shown == [["first"], ["second"]]


async def test_what_tools_show_comes_where_they_ran() -> None:
    events, _ = await with_tool(lambda context: context.stream(ProgressUpdateEvent(text="working")))
    assert kinds(events)[0] == "progress_update"
    assert kinds(events)[-1] == "thread.item.done assistant_message"


async def test_widgets_from_tools_are_items() -> None:
    async def show(context: AgentContext[Any]) -> None:
        await context.stream_widget(Card(children=[Text(value="hi")]), copy_text="hi")

    events, _ = await with_tool(show)
    item = events[0].item
    assert isinstance(item, WidgetItem)
    assert item.copy_text == "hi"


async def test_text_of_the_applications_own_streams_and_is_returned() -> None:
    async def pieces() -> AsyncIterator[str]:
        for piece in ("One ", "", "two"):
            yield piece

    returned: list[Any] = []

    async def say(context: AgentContext[Any]) -> None:
        returned.append(await context.stream_text("Whole."))
        returned.append(await context.stream_text(pieces()))

    events, _ = await with_tool(say)
    finished = [event.item for event in events if isinstance(event, ThreadItemDoneEvent)]
    assert texts(finished) == ["Whole.", "One two", "Ready."]
    assert [item.id for item in finished[:2]] == [item.id for item in returned]


async def test_a_workflow_without_tasks_appears_with_its_first_task() -> None:
    async def work(context: AgentContext[Any]) -> None:
        await context.start_workflow(Workflow(type="custom", tasks=[]))
        assert context.arrivals.empty()
        await context.add_workflow_task(CustomTask(title="a"))
        await context.add_workflow_task(CustomTask(title="b"))
        await context.update_workflow_task(CustomTask(title="b!"), 1)
        await context.end_workflow(CustomSummary(title="Two steps"), expanded=True)

    events, context = await with_tool(work)
    added, done = events[0].item, events[3].item
    assert [task.title for task in added.workflow.tasks] == ["a"]
    assert [task.title for task in done.workflow.tasks] == ["a", "b!"]
    assert (done.workflow.summary, done.workflow.expanded) == (CustomSummary(title="Two steps"), True)
    assert context.workflow_item is None


async def test_a_workflow_started_anew_at_once_does_not_touch_the_one_before() -> None:
    async def work(context: AgentContext[Any]) -> None:
        for title in ("a", "b"):
            await context.start_workflow(Workflow(type="custom", tasks=[CustomTask(title=title)]))
            await context.end_workflow()

    events, _ = await with_tool(work)
    assert kinds(events)[:4] == ["thread.item.added workflow", "thread.item.done workflow"] * 2
    assert [event.item.workflow.tasks[0].title for event in events[:4]] == ["a", "a", "b", "b"]


async def test_a_tools_workflow_that_follows_reasoning_ends_with_the_answer() -> None:
    context = await new_context()
    tools = [tool(lambda context: context.add_workflow_task(CustomTask(title="mine")))]
    events = await played(context, [Think(["hm"]), Call("act_now")], "Ready.", tools=tools)
    (workflow,) = [e.item for e in events if isinstance(e, ThreadItemDoneEvent) and isinstance(e.item, WorkflowItem)]
    assert [task.type for task in workflow.workflow.tasks] == ["thought", "custom"]
    assert isinstance(workflow.workflow.summary, DurationSummary)


async def test_updating_a_task_without_a_workflow_is_an_error() -> None:
    context = await new_context()
    with pytest.raises(ValueError, match="start_workflow"):
        await context.update_workflow_task(CustomTask(title="x"), 0)


async def test_a_client_tool_call_waits_for_the_page_and_the_answer_goes_on_with_its_output(
    client_for: ClientFor,
) -> None:
    async def ask_page(context: AgentContext[Any]) -> None:
        context.client_tool_call = ClientToolCall(name="act_now", arguments={"theme": "dark"})

    model = ScriptedModel(Call("act_now", call_id="call_7"), "It is dark now.")
    stop = StopAtTools(stop_at_tool_names=["act_now"])
    client = client_for(Agent(name="a", model=model, tools=[tool(ask_page)], tool_use_behavior=stop))
    await ask(client, "dark please")
    call = (await items_of(client))[-1]
    assert isinstance(call, ClientToolCallItem)
    assert (call.call_id, call.arguments, call.status) == ("call_7", {"theme": "dark"}, "pending")
    assert [event async for event in client.add_client_tool_output(call.thread_id, {"ok": True})]
    assert texts(await items_of(client)) == ["It is dark now."]
    assert model.requests[1].input[-1] == {
        "type": "function_call_output",
        "call_id": "call_7",
        "output": '{"ok": true}',
    }


async def test_a_workflow_left_open_for_the_page_goes_on_afterwards(client_for: ClientFor) -> None:
    async def ask_page(context: AgentContext[Any]) -> None:
        await context.add_workflow_task(CustomTask(title="before"))
        context.client_tool_call = ClientToolCall(name="act_now", arguments={})

    stop = StopAtTools(stop_at_tool_names=["act_now"])
    model = ScriptedModel(Call("act_now"), "Done.")
    client = client_for(Agent(name="a", model=model, tools=[tool(ask_page)], tool_use_behavior=stop))
    await ask(client, "go")
    thread_id = (await items_of(client))[0].thread_id
    assert [event async for event in client.add_client_tool_output(thread_id, "ok")]
    items = await items_of(client)
    (workflow,) = [item for item in items if isinstance(item, WorkflowItem)]
    assert isinstance(workflow.workflow.summary, DurationSummary)


async def test_two_runs_of_one_context_do_not_mix() -> None:
    context = await new_context()
    stream = stream_agent_response(context, run(context, [Say("One two three"), Say("more")]))
    assert isinstance(await anext(stream), ThreadItemAddedEvent)
    await stream.aclose()
    events = await played(context, "Fresh.")
    assert texts([event.item for event in events if isinstance(event, ThreadItemDoneEvent)]) == ["Fresh."]


async def test_a_slow_reader_still_gets_everything_in_order() -> None:
    async def show(context: AgentContext[Any]) -> None:
        await context.start_workflow(Workflow(type="custom", tasks=[CustomTask(title="a")]))
        await context.end_workflow()

    context = await new_context()
    result = run(context, [Say("First."), Call("act_now")], "Last.", tools=[tool(show)])
    seen: list[Any] = []
    async for event in stream_agent_response(context, result):
        running = getattr(result, "run_loop_task", None) or result._run_impl_task  # older releases of the SDK
        await asyncio.wait((running,))  # nothing is read on until the whole run has happened
        seen.append(event)
    done = [event.item.type for event in seen if isinstance(event, ThreadItemDoneEvent)]
    assert done == ["assistant_message", "workflow", "assistant_message"]
