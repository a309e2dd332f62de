"""What the demo's tools get of a turn, beside what every `AgentContext` has."""

from agents import RunContextWrapper
from pydantic import ConfigDict

from chatkit.agents import AgentContext
from chatkit.demo.todos.database import TodoList
from chatkit.http import RequestContext

__all__ = ["DemoContext", "ToolContext"]


class DemoContext(AgentContext[RequestContext]):
    """One turn of the demo: the user's own todos, and whether the card is to be shown when the answer is complete.

    Tools get `todos` from here, already bound to the user. They cannot reach anybody else's, whatever the model asks.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    todos: TodoList
    shows_todos: bool = False


ToolContext = RunContextWrapper[DemoContext]
"""What a tool takes as its first parameter."""
