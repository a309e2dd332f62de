"""The offline demo model: it runs an agent's real tools from what the user types, and says what it is."""

import json
from typing import Any

import pytest
from agents import Agent, RunContextWrapper, function_tool
from agents.agent import StopAtTools
from pydantic import BaseModel

from chatkit.agents import AgentContext, Call, ClientToolCall, Intent, IntentTurn, OfflineModel, ToolResult
from chatkit.types import ClientToolCallItem, HiddenContextItem, ProgressUpdateEvent, UserMessageInput
from tests.agents.conftest import ClientFor, ask, items_of, texts


class Todo(BaseModel):
    id: int
    title: str
    done: bool = False


class Todos:
    def __init__(self) -> None:
        self.all: list[Todo] = []

    def tools(self) -> list[Any]:
        @function_tool
        async def add_todo(context: RunContextWrapper[AgentContext[Any]], title: str) -> str:
            await context.context.stream(ProgressUpdateEvent(text="Adding"))
            self.all.append(Todo(id=len(self.all) + 1, title=title))
            return self.all[-1].model_dump_json()

        @function_tool
        def list_todos() -> str:
            return json.dumps([todo.model_dump() for todo in self.all])

        @function_tool
        def complete_todo(id: int) -> str:
            self.all[id - 1].done = True
            return "ok"

        return [add_todo, list_todos, complete_todo]


def added(turn: IntentTurn) -> str:
    result = turn.result("add_todo")
    assert result
    return f"Added **{result.read(Todo).title}**."


def complete_by_title(turn: IntentTurn) -> list[Call]:
    """Knows the number only once the list is there; then there is nothing more to call."""
    if turn.result("complete_todo") or turn.last is None:
        return []
    wanted = turn.groups()["title"]
    return [Call("complete_todo", {"id": todo.id}) for todo in turn.last.read(list[Todo]) if todo.title == wanted]


INTENTS = [
    Intent(pattern=r"\badd (?P<title>.+)", tool="add_todo", reply=added, example="add buy milk"),
    Intent(
        pattern=r"\bdone with (?P<title>.+)",
        tool="list_todos",
        arguments=lambda turn: {},
        then=complete_by_title,
        reply="Marked as done.",
    ),
    Intent(pattern=r"\bhow are you\b", reply="Fine, for a table of phrases.", example="how are you"),
    Intent(pattern=r"\blight\b", tool="switch_light", reply=lambda turn: f"The light said: {turn.last}"),
]


@pytest.fixture
def todos() -> Todos:
    return Todos()


@pytest.fixture
def agent(todos: Todos) -> Agent[Any]:
    return Agent(name="todo", tools=todos.tools())


def offline(**options: Any) -> dict[str, Any]:
    return {"offline_model": OfflineModel(INTENTS, delay=0, **options)}


async def test_named_groups_are_the_tools_arguments_and_the_reply_reads_its_output(
    client_for: ClientFor, agent: Agent[Any], todos: Todos
) -> None:
    client = client_for(agent, **offline())
    events = await ask(client, "Please ADD  buy milk ")
    assert [todo.title for todo in todos.all] == ["buy milk"]
    assert any(isinstance(event, ProgressUpdateEvent) for event in events)
    (answer,) = texts(await items_of(client))
    assert answer.startswith("Added **buy milk**.")


async def test_one_call_may_lead_to_the_next(client_for: ClientFor, agent: Agent[Any], todos: Todos) -> None:
    client = client_for(agent, **offline())
    await ask(client, "add milk")
    await ask(client, "done with milk", (await items_of(client))[0].thread_id)
    assert [todo.done for todo in todos.all] == [True]
    assert texts(await items_of(client))[1] == "Marked as done."


async def test_the_first_answer_says_what_it_is_and_later_ones_do_not(client_for: ClientFor, agent: Agent[Any]) -> None:
    client = client_for(agent, **offline())
    await ask(client, "how are you?")
    await ask(client, "how are you?", (await items_of(client))[0].thread_id)
    first, second = texts(await items_of(client))
    assert "offline demo model" in first
    assert second == "Fine, for a table of phrases."


async def test_an_unknown_phrase_gets_help_that_lists_what_can_be_done(
    client_for: ClientFor, agent: Agent[Any]
) -> None:
    client = client_for(agent, **offline())
    await ask(client, "sing")
    (answer,) = texts(await items_of(client))
    assert "offline demo model" in answer
    assert "- add buy milk\n- how are you" in answer


async def test_what_the_agent_has_no_tool_for_is_not_understood(client_for: ClientFor, agent: Agent[Any]) -> None:
    client = client_for(agent, **offline())
    await ask(client, "light on")
    assert "The light said" not in texts(await items_of(client))[0]


async def test_without_intents_it_says_how_to_get_a_real_model(client_for: ClientFor) -> None:
    client = client_for(Agent(name="a"), offline_model=OfflineModel(delay=0))
    await ask(client, "hi")
    assert "OPENAI_API_KEY" in texts(await items_of(client))[0]


async def test_a_tool_that_fails_is_reported_in_its_own_words(client_for: ClientFor) -> None:
    @function_tool(failure_error_function=lambda _context, error: f"Out of order: {error}")
    def add_todo(title: str) -> str:
        raise RuntimeError("no disk")

    client = client_for(Agent(name="a", tools=[add_todo]), **offline())
    await ask(client, "add milk")
    assert "Out of order: no disk" in texts(await items_of(client))[0]


async def test_quotes_and_hidden_context_are_not_what_the_user_said(client_for: ClientFor, agent: Agent[Any]) -> None:
    client = client_for(agent, **offline())
    await ask(client, "how are you?")
    thread_id = (await items_of(client))[0].thread_id
    hidden = HiddenContextItem(id="h", thread_id=thread_id, created_at=0, content="add secret")  # pyright: ignore[reportArgumentType]
    await client.server.store.add_thread_item(thread_id, hidden, {})
    message = {"content": [{"type": "input_text", "text": "how are you"}], "attachments": [], "inference_options": {}}
    quoting = UserMessageInput.model_validate({**message, "quoted_text": "add something quoted"})
    assert [event async for event in client.add_user_message(thread_id, quoting)]
    assert texts(await items_of(client))[-1] == "Fine, for a table of phrases."


async def test_a_client_tool_runs_in_the_page_and_the_reply_has_its_output(client_for: ClientFor) -> None:
    @function_tool
    async def switch_light(context: RunContextWrapper[AgentContext[Any]]) -> str:
        context.context.client_tool_call = ClientToolCall(name="switch_light", arguments={})
        return "asked"

    stop = StopAtTools(stop_at_tool_names=["switch_light"])
    intent = Intent(
        pattern="light", tool="switch_light", reply=lambda turn: f"It is {turn.last and turn.last.read()['light']}."
    )
    client = client_for(
        Agent(name="a", tools=[switch_light], tool_use_behavior=stop), offline_model=OfflineModel([intent], delay=0)
    )
    await ask(client, "light please")
    call = (await items_of(client))[-1]
    assert isinstance(call, ClientToolCallItem)
    assert [event async for event in client.add_client_tool_output(call.thread_id, {"light": "on"})]
    assert texts(await items_of(client))[0].startswith("It is on.")


async def test_the_words_come_one_by_one_with_pauses_of_at_most_the_delay(client_for: ClientFor) -> None:
    drawn: list[float] = []

    def chance() -> float:
        drawn.append(0.0)
        return 0.0

    model = OfflineModel([Intent(pattern="count", reply="one two three")], notice="", delay=9, chance=chance)
    client = client_for(Agent(name="a"), offline_model=model)
    await ask(client, "count")
    assert len(drawn) > 5


def test_results_are_read_as_what_they_are() -> None:
    result = ToolResult(name="x", arguments={}, output='{"id": 1, "title": "a"}')
    assert result.read(Todo) == Todo(id=1, title="a")
    assert result.read() == {"id": 1, "title": "a"}
    assert ToolResult(name="x", arguments={}, output="plain words").read(str) == "plain words"
