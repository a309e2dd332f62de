"""Says who calls the model, in requests that the OpenAI Agents SDK sends during a turn."""

import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, cast

from chatkit.version import __version__

__all__ = ["agents_sdk_user_agent_override", "override_user_agent"]

# The Agents SDK's own context variables, by the module that has them.
_VARIABLES = {
    "agents.models.chatcmpl_helpers": "HEADERS_OVERRIDE",
    "agents.models.openai_responses": "_HEADERS_OVERRIDE",
}


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


def override_user_agent() -> None:
    """As `agents_sdk_user_agent_override`, for the rest of a context that ends with the turn it belongs to."""
    for variable, value in _overrides():
        variable.set(value)


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
