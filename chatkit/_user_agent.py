"""Says who calls the model, in requests that the OpenAI Agents SDK sends during a turn."""

import sys
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from contextvars import ContextVar, Token
from functools import cache
from typing import Any, TypeVar, cast

from chatkit.version import __version__

__all__ = ["agents_sdk_is_loaded", "agents_sdk_user_agent_override", "with_user_agent"]

T = TypeVar("T")

# The Agents SDK's own context variables, by the module that has them.
_VARIABLES = {
    "agents.models.chatcmpl_helpers": "HEADERS_OVERRIDE",
    "agents.models.openai_responses": "_HEADERS_OVERRIDE",
}


def agents_sdk_is_loaded() -> bool:
    """Whether anything has imported the Agents SDK; if not, nothing can call a model through it."""
    return "agents" in sys.modules


@contextmanager
def agents_sdk_user_agent_override() -> Generator[None]:
    """Within this, the Agents SDK names this package in its `User-Agent`. Without the SDK it does nothing,
    and does not import it.
    """
    with ExitStack() as undo:
        for variable, value in _overrides():
            token = variable.set(value)
            undo.callback(variable.reset, token)
        yield


async def with_user_agent(source: AsyncIterator[T]) -> AsyncGenerator[T, None]:
    """The same events, each made under the override.

    It is set and undone around every step, not around the whole: between two steps the stream may be handed to another
    task, or never be asked again, and the consumer's own calls to the SDK are none of ours.
    """
    async with AsyncExitStack() as closing:
        if isinstance(source, AsyncGenerator):
            closing.push_async_callback(source.aclose)
        while True:
            overrides = _overrides()
            tokens: list[Token[Any]] = [variable.set(value) for variable, value in overrides]
            try:
                event = await source.__anext__()
            except StopAsyncIteration:
                return
            finally:
                for (variable, _), token in zip(overrides, tokens, strict=True):
                    variable.reset(token)
            yield event


def _overrides() -> list[tuple[ContextVar[Any], dict[str, str]]]:
    """The variables that are there to set, with the headers for them."""
    found: list[tuple[ContextVar[Any], dict[str, str]]] = []
    for module_name, variable_name in _VARIABLES.items():
        variable = vars(sys.modules[module_name]).get(variable_name) if module_name in sys.modules else None
        if isinstance(variable, ContextVar):
            found.append((cast(ContextVar[Any], variable), {"User-Agent": _user_agent()}))
    return found


@cache
def _user_agent() -> str:
    version = getattr(sys.modules.get("agents.version"), "__version__", "unknown")
    return f"Agents/Python {version} OpenChatKit/Python {__version__}"
