"""What the buttons and boxes of the card do. No model is asked: a click is not a question."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from chatkit.actions import Action
from chatkit.demo.todos.database import TodoList
from chatkit.demo.todos.model import TodoError

__all__ = ["AddTodo", "ClearCompleted", "DeleteTodo", "SetDone", "perform"]


class NewTodo(TypedDict):
    """The form's field."""

    title: str


class DoneState(TypedDict):
    """A todo, and what a click on its box makes of it: a state rather than "toggle", so that twice does no harm.

    The box adds what it says itself, by todo. That goes first: after two quick clicks, `done` is one click behind.
    """

    id: str
    done: bool
    boxes: NotRequired[dict[str, bool]]


class TodoId(TypedDict):
    """A todo."""

    id: str


class AddTodo(Action[Literal["todo.add"], NewTodo | None]):
    """Adds what the form says. The card gives no payload: the form's fields become it."""


class SetDone(Action[Literal["todo.set_done"], DoneState]):
    """Ticks or unticks a todo."""


class DeleteTodo(Action[Literal["todo.delete"], TodoId]):
    """Deletes a todo."""


class ClearCompleted(Action[Literal["todo.clear_completed"], None]):
    """Deletes all todos that are done."""

    payload: Any = None  # whatever the form has in it; nothing of it is needed


_ACTIONS: TypeAdapter[AddTodo | SetDone | DeleteTodo | ClearCompleted] = TypeAdapter(
    Annotated[AddTodo | SetDone | DeleteTodo | ClearCompleted, Field(discriminator="type")]
)


async def perform(action: Action[str, Any], todos: TodoList) -> bool:
    """Carries out an action that a client sent, which can be anything. Says whether it changed something.

    Raises `TodoError` for an action that is not one of ours or lacks what it needs; nothing is changed then.
    """
    try:
        known = _ACTIONS.validate_python(action.model_dump())
    except ValidationError as error:
        raise TodoError(_what_is_wrong(action, error)) from error
    match known:
        case AddTodo(payload=new):
            return bool(await todos.add([new["title"] if new else ""]))
        case SetDone(payload=state):
            done = state.get("boxes", {}).get(state["id"], state["done"])
            return await todos.set_done([state["id"]], done) > 0
        case DeleteTodo(payload=todo):
            return await todos.delete([todo["id"]]) > 0
        case ClearCompleted():
            return await todos.clear_completed() > 0


def _what_is_wrong(action: Action[str, Any], error: ValidationError) -> str:
    (first, *_) = error.errors(include_url=False, include_context=False, include_input=False)
    if first["type"] == "union_tag_invalid":
        return f"The todo list has no action {action.type!r}."
    field = ".".join(str(part) for part in first["loc"][1:] if isinstance(part, int) or part.islower())
    return f"The action {action.type!r} does not fit: {field or 'payload'}: {first['msg'].lower()}."
