"""Client tools of the page: several in one turn, and what is stored beside them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from agents import Agent, RunContextWrapper, function_tool
from agents.agent import StopAtTools

from chatkit.agents import AgentChatKitServer, AgentContext, ClientToolCall
from chatkit.errors import RequestError
from chatkit.stores import MemoryStore, SQLStore
from chatkit.testing import InProcessClient
from chatkit.testing.scripted_model import Call, ScriptedModel
from chatkit.types import (
    CustomTask,
    EndOfTurnItem,
    HiddenContextItem,
    SDKHiddenContextItem,
    WorkflowItem,
)
from tests.agents.conftest import ClientFor, ask, items_of, texts
from tests.agents.test_context import new_context, played

Context = RunContextWrapper[AgentContext[Any]]


@function_tool
async def theme(context: Context, name: str) -> str:
    context.context.client_tool_call = ClientToolCall(name="theme", arguments={"name": name})
    return "asked"


@function_tool
async def open_page(context: Context, url: str) -> str:
    context.context.client_tool_call = ClientToolCall(name="navigate", arguments={"url": url})
    return "asked"


def agent(model: ScriptedModel, *tools: Any) -> Agent[Any]:
    names = ["theme", "open_page", *(tool.name for tool in tools)]
    stop = StopAtTools(stop_at_tool_names=names)
    return Agent(name="a", model=model, tools=[theme, open_page, *tools], tool_use_behavior=stop)


TWO = [Call("theme", {"name": "dark"}, call_id="c1"), Call("open_page", {"url": "/x"}, call_id="c2")]
THREE = [*TWO, Call("theme", {"name": "light"}, call_id="c3")]


def newest_seen(items: list[Any]) -> Any:
    """What a client takes for the newest item; it runs it when it is a pending call."""
    return [item for item in items if item.type not in ("hidden_context_item", "sdk_hidden_context")][-1]


async def answer_all(client: Any, thread_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Runs calls as a page does that knows nothing special: the newest item, one at a time."""
    run: list[tuple[str, dict[str, Any]]] = []
    while (call := newest_seen(await items_of(client, thread_id))).type == "client_tool_call":
        assert call.status == "pending"
        assert len(run) < 5
        run.append((call.name, call.arguments))
        assert [event async for event in client.add_client_tool_output(thread_id, f"did {call.call_id}")]
    return run


@pytest.mark.parametrize(("calls", "count"), [(TWO, 2), (THREE, 3)])
async def test_every_client_tool_of_a_turn_is_run_and_then_the_answer_goes_on(
    client_for: ClientFor, calls: list[Call], count: int
) -> None:
    model = ScriptedModel(calls, "All done.")
    client = client_for(agent(model))
    events = await ask(client, "go")
    shown = [event.item for event in events if getattr(getattr(event, "item", None), "type", "") == "client_tool_call"]
    assert [item.call_id for item in shown] == ["c1"]
    items = await items_of(client)
    wanted = [("theme", {"name": "dark"}), ("navigate", {"url": "/x"}), ("theme", {"name": "light"})]
    assert await answer_all(client, items[0].thread_id) == wanted[:count]
    items = await items_of(client)
    assert texts(items) == ["All done."]
    assert not [item for item in items if isinstance(item, SDKHiddenContextItem)]
    assert len(model.requests) == 2
    outputs = [item for item in model.requests[1].input if item.get("type") == "function_call_output"]
    assert [item["call_id"] for item in outputs] == ["c1", "c2", "c3"][:count]
    assert [item["output"] for item in outputs] == ['"did c1"', '"did c2"', '"did c3"'][:count]


async def test_waiting_calls_outlast_a_restart(tmp_path: Path) -> None:
    def connect() -> tuple[Any, Any]:
        store: SQLStore[Any] = SQLStore(f"sqlite+aiosqlite:///{tmp_path / 'chat.db'}")
        server = AgentChatKitServer(store, agent=agent(ScriptedModel("All done.")), titles="none")
        return store, InProcessClient(server, {"user_id": "u"})

    store, client = connect()
    client.server.agent = agent(ScriptedModel(TWO))
    await ask(client, "go")
    thread_id = (await items_of(client))[0].thread_id
    await store.close()
    store, client = connect()
    assert [name for name, _ in await answer_all(client, thread_id)] == ["theme", "navigate"]
    assert texts(await items_of(client, thread_id)) == ["All done."]
    await store.close()


async def test_a_function_that_changes_its_mind_makes_one_call(client_for: ClientFor) -> None:
    @function_tool
    async def decide(context: Context) -> str:
        for name in ("dark", "light"):
            context.context.client_tool_call = ClientToolCall(name="decide", arguments={"name": name})
        return "asked"

    client = client_for(agent(ScriptedModel(Call("decide"), "Done."), decide))
    await ask(client, "go")
    items = await items_of(client)
    assert await answer_all(client, items[0].thread_id) == [("decide", {"name": "light"})]


async def test_a_call_that_was_taken_back_is_not_made(client_for: ClientFor) -> None:
    @function_tool
    async def never(context: Context) -> str:
        context.context.client_tool_call = ClientToolCall(name="never", arguments={})
        context.context.client_tool_call = None
        return "no"

    client = client_for(agent(ScriptedModel(Call("never")), never))
    await ask(client, "go")
    assert [item.type for item in await items_of(client)] == ["user_message"]


async def test_a_message_meanwhile_leaves_waiting_calls_behind(client_for: ClientFor) -> None:
    model = ScriptedModel(TWO, "Never mind.", Call("theme", {"name": "blue"}, call_id="c9"), "Blue.")
    client = client_for(agent(model))
    await ask(client, "go")
    thread_id = (await items_of(client))[0].thread_id
    await ask(client, "stop", thread_id)
    await ask(client, "blue", thread_id)
    assert await answer_all(client, thread_id) == [("theme", {"name": "blue"})]
    assert texts(await items_of(client)) == ["Never mind.", "Blue."]
    assert "chatkit.client_tool_calls" not in str([request.input for request in model.requests])


BESIDE: dict[str, list[Any]] = {
    "a hidden item": [("hidden_context_item", 1)],
    "a hidden item of the package": [("sdk_hidden_context", 1)],
    "many hidden items": [("hidden_context_item", 45)],
    "an end of turn": [("end_of_turn", 1)],
    "both": [("hidden_context_item", 1), ("end_of_turn", 1), ("sdk_hidden_context", 1)],
}
MAKES: dict[str, Any] = {
    "hidden_context_item": lambda **base: HiddenContextItem(content="seen", **base),
    "sdk_hidden_context": lambda **base: SDKHiddenContextItem(content="seen", **base),
    "end_of_turn": lambda **base: EndOfTurnItem(**base),
}


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("store", ["memory", "sqlite"])
async def test_an_output_is_taken_although_something_unseen_was_stored_after_the_call(
    tmp_path: Path, beside: str, store: str
) -> None:
    kept: Any = MemoryStore() if store == "memory" else SQLStore(f"sqlite+aiosqlite:///{tmp_path / 'chat.db'}")
    model = ScriptedModel(TWO[:1], "Dark.")
    client: Any = InProcessClient(AgentChatKitServer(kept, agent=agent(model), titles="none"), {"user_id": "u"})
    await ask(client, "go")
    thread_id = (await items_of(client))[0].thread_id
    for kind, count in BESIDE[beside]:
        for number in range(count):
            base = {"id": f"{kind}{number}", "thread_id": thread_id, "created_at": datetime.now(UTC)}
            await kept.add_thread_item(thread_id, MAKES[kind](**base), client.context)
    assert [event async for event in client.add_client_tool_output(thread_id, "ok")]
    assert texts(await items_of(client)) == ["Dark."]
    if store == "sqlite":
        await kept.close()


async def test_an_output_is_refused_when_something_that_is_seen_came_after_the_call(client_for: ClientFor) -> None:
    client = client_for(agent(ScriptedModel(TWO[:1], "Hm.")))
    await ask(client, "go")
    thread_id = (await items_of(client))[0].thread_id
    await ask(client, "and?", thread_id)
    with pytest.raises(RequestError, match="pending client tool call"):
        assert [event async for event in client.add_client_tool_output(thread_id, "late")]


async def test_a_workflow_goes_on_after_several_calls(client_for: ClientFor) -> None:
    @function_tool
    async def begin(context: Context) -> str:
        await context.context.add_workflow_task(CustomTask(title="before"))
        context.context.client_tool_call = ClientToolCall(name="begin", arguments={})
        return "asked"

    client = client_for(agent(ScriptedModel([Call("begin"), TWO[0]], "Done."), begin))
    await ask(client, "go")
    items = await items_of(client)
    await answer_all(client, items[0].thread_id)
    (workflow,) = [item for item in await items_of(client) if isinstance(item, WorkflowItem)]
    assert workflow.workflow.summary is not None


async def test_a_call_that_the_context_was_made_with_is_made() -> None:
    context = await new_context()
    given = ClientToolCall(name="theme", arguments={})
    made = AgentContext(thread=context.thread, store=context.store, request_context={}, client_tool_call=given)
    events = await played(made, "Hello.")
    assert [item.item.name for item in events if getattr(item, "item", None) and item.item.type == "client_tool_call"]
