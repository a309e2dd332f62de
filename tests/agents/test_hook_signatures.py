"""What the hooks of `AgentChatKitServer` get, however they are written."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest
from agents import Agent
from typing_extensions import TypedDict

from chatkit.agents import AgentChatKitServer, AgentContext, AgentSettings, SettingsModelProvider, ThreadItemConverter
from chatkit.stores import MemoryStore
from chatkit.testing import InProcessClient
from chatkit.testing.scripted_model import ScriptedModel
from chatkit.types import ThreadMetadata, UserMessageItem
from tests.agents.conftest import ask, items_of, texts
from tests.agents.test_context import new_context

CONTEXT: dict[str, Any] = {"user_id": "ann"}
seen: dict[str, Any] = {}


def note(**given: Any) -> None:
    seen.clear()
    seen.update(given)


def sync_context(self: Any, context: Any) -> Any:
    note(context=context)


async def old(self: Any, context: Any) -> Any:
    note(context=context)


async def odd_name(self: Any, whatever: Any) -> Any:
    note(context=whatever)


async def nothing(self: Any) -> Any:
    note()


async def all_by_name(self: Any, thread: Any, message: Any, context: Any) -> Any:
    note(thread=thread, message=message, context=context)


async def other_order(self: Any, context: Any, message: Any, thread: Any) -> Any:
    note(thread=thread, message=message, context=context)


async def as_respond(self: Any, thread: Any, input_user_message: Any, context: Any) -> Any:
    note(thread=thread, message=input_user_message, context=context)


async def by_position(self: Any, t: Any, m: Any, c: Any, /) -> Any:
    note(thread=t, message=m, context=c)


async def two(self: Any, t: Any, c: Any) -> Any:
    note(thread=t, context=c)


async def by_keyword(self: Any, *, message: Any, context: Any) -> Any:
    note(message=message, context=context)


async def with_defaults(self: Any, context: Any, thread: Any = None, extra: int = 3) -> Any:
    assert extra == 3
    note(context=context, thread=thread)


async def keywords(self: Any, **given: Any) -> Any:
    note(**given)


async def anything(self: Any, *arguments: Any, **more: Any) -> Any:
    assert more == {}
    note(context=arguments[0])


SHAPES = [
    sync_context, old, odd_name, nothing, all_by_name, other_order, as_respond, by_position, two, by_keyword,
    with_defaults, keywords, anything,
]  # fmt: skip
ANSWERS: Mapping[str, Any] = {
    "get_agent": lambda: Agent(name="a", model=ScriptedModel("Hello.")),
    "extra_instructions": lambda: "Be kind.",
    "mcp_servers": lambda: (),
    "get_converter": ThreadItemConverter,
}


def returning(shape: Any, answer: Any) -> Any:
    """The hook with its own parameters, giving an answer."""
    import functools
    import inspect

    if inspect.iscoroutinefunction(shape):

        @functools.wraps(shape)
        async def hook(*arguments: Any, **more: Any) -> Any:
            await shape(*arguments, **more)
            return answer()

        return hook

    @functools.wraps(shape)
    def plain(*arguments: Any, **more: Any) -> Any:
        shape(*arguments, **more)
        return answer()

    return plain


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@pytest.mark.parametrize("hook", ANSWERS)
async def test_a_hook_gets_what_it_takes(hook: str, shape: Any) -> None:
    kind = type("Own", (AgentChatKitServer,), {hook: returning(shape, ANSWERS[hook])})
    agent = Agent(name="a", model=ScriptedModel("Hello."))
    client: Any = InProcessClient(kind(MemoryStore(), agent=agent, titles="none"), CONTEXT)
    await ask(client, "hi")
    assert texts(await items_of(client)) == ["Hello."]
    kinds = {"thread": ThreadMetadata, "message": UserMessageItem, "context": dict}
    assert {name: type(value) for name, value in seen.items()} == {name: kinds[name] for name in seen}
    assert seen.get("context", CONTEXT) is CONTEXT


TITLES: list[Any] = [
    lambda self, agent, input_user_message, answered: note(agent=agent, message=input_user_message, answered=answered),
    lambda self, a, m, t: note(agent=a, message=m, answered=t),
    lambda self, thread, message, context: note(thread=thread, message=message, context=context),
    lambda self, answered: note(answered=answered),
    lambda self: note(),
]


@pytest.mark.parametrize("place", range(len(TITLES)))
async def test_a_title_is_made_of_what_its_hook_takes(place: int) -> None:
    def hook_answer() -> str:
        return "A title"

    kind = type("Own", (AgentChatKitServer,), {"generate_title": returning(TITLES[place], hook_answer)})
    agent = Agent(name="a", model=ScriptedModel("Hello."))
    client: Any = InProcessClient(kind(MemoryStore(), agent=agent), CONTEXT)
    await ask(client, "hi")
    assert (await client.server.store.load_threads(1, None, "desc", CONTEXT)).data[0].title == "A title"
    kinds = {"thread": ThreadMetadata, "message": UserMessageItem, "context": dict, "agent": Agent, "answered": str}
    assert {name: type(value) for name, value in seen.items()} == {name: kinds[name] for name in seen}


async def test_an_override_may_call_the_hook_it_overrides_as_before() -> None:
    class Own(AgentChatKitServer[dict[str, Any]]):
        async def get_agent(self, context: dict[str, Any]) -> Agent[Any]:  # type: ignore[override]
            return (await super().get_agent(context)).clone(name="b")

        def get_converter(self, context: dict[str, Any]) -> ThreadItemConverter:  # type: ignore[override]
            return super().get_converter(context)

    server = Own(MemoryStore(), agent=Agent(name="a", model=ScriptedModel("Hello.")), titles="none")
    client: Any = InProcessClient(server, CONTEXT)
    await ask(client, "hi")
    assert texts(await items_of(client)) == ["Hello."]


@pytest.mark.parametrize("make", [AsyncMock, Mock, partial])
async def test_a_hook_may_be_replaced_on_one_server(make: Any) -> None:
    agent = Agent(name="a", model=ScriptedModel("Hello."))
    server = AgentChatKitServer(MemoryStore(), titles="none")
    hook: Any = partial(lambda agent, context: agent, agent) if make is partial else make(return_value=agent)
    server.get_agent = hook  # type: ignore[method-assign]
    client: Any = InProcessClient(server, CONTEXT)
    await ask(client, "hi")
    assert texts(await items_of(client)) == ["Hello."]


@pytest.mark.parametrize("takes", [lambda context: f"For {context['user_id']}", lambda thread, context: "For ann"])
async def test_instructions_that_are_made_get_what_they_take(takes: Any) -> None:
    model = ScriptedModel("Hello.")
    server = AgentChatKitServer(MemoryStore(), agent=Agent(name="a", model=model), instructions=takes, titles="none")
    await ask(InProcessClient(server, CONTEXT), "hi")
    assert model.requests[0].instructions == "For ann"


# The context


class Typed(TypedDict):
    user_id: str


@pytest.mark.parametrize("kind", [AgentContext, AgentContext[dict], AgentContext[dict[str, Any]], AgentContext[Typed]])
async def test_a_context_keeps_the_request_context_itself(kind: Any) -> None:
    known = await new_context()
    given = {"user_id": "ann", "nested": {"a": [1]}}
    assert kind(thread=known.thread, store=known.store, request_context=given).request_context is given


async def test_a_context_of_lists_keeps_the_list() -> None:
    known = await new_context()
    given = [1, 2]
    made = AgentContext[list[int]](thread=known.thread, store=known.store, request_context=given)
    assert made.request_context is given


# Names


def test_the_model_provider_has_a_name_of_its_own() -> None:
    provider = SettingsModelProvider(AgentSettings())
    for options in ({"model_provider": provider}, {"models": provider}):
        server = AgentChatKitServer(MemoryStore(), **options)  # type: ignore[arg-type]
        assert (server.model_provider, server.models) == (provider, provider)
    server.models = other = SettingsModelProvider(AgentSettings())
    assert server.model_provider is other


def test_names_that_are_confused_are_told_apart() -> None:
    provider = SettingsModelProvider(AgentSettings())
    with pytest.raises(TypeError, match="model_choices"):
        AgentChatKitServer(MemoryStore(), models={"big": "gpt-big"})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="one of them"):
        AgentChatKitServer(MemoryStore(), models=provider, model_provider=provider)


@pytest.mark.parametrize(
    "name", ["history_limit", "history_tokens", "max_turns", "show_tool_calls", "response_converter"]
)
def test_the_docstring_says_what_an_option_is(name: str) -> None:
    assert f"`{name}`" in (AgentChatKitServer.__doc__ or "")
