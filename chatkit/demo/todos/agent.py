"""What the agent can do with the todos: its tools, and what it is told about them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from agents import Tool, function_tool
from pydantic import BaseModel

from chatkit.demo.context import DemoContext, ToolContext
from chatkit.demo.todos.database import TodoList
from chatkit.demo.todos.finding import find_all
from chatkit.demo.todos.model import Todo, TodoError
from chatkit.demo.todos.widgets import as_text, chart_card
from chatkit.icons import IconName
from chatkit.types import ProgressUpdateEvent

__all__ = ["INSTRUCTIONS", "TOOLS", "Outcome", "change_todos"]

INSTRUCTIONS = """\
You keep the user's todo list. It is the same list in all of their conversations.
- Use the tools for everything that concerns the list, and never claim a change that no tool has confirmed.
- Todos have the numbers of the latest list; users say "the second", "2" or part of a title. Pass on what they say.
- When several todos are meant, name them all in one call: after a deletion the numbers are different.
- If a tool reports a problem, tell the user in your own words and ask for what is missing.
- The user is shown the list as a card after your answer, so do not repeat it. Answer in one or two friendly sentences.
"""


class Outcome(BaseModel):
    """What a tool answers. `todos` are the titles that it concerns; `problem` says why nothing was changed."""

    todos: list[str] = []
    problem: str | None = None
    open: int = 0
    total: int = 0
    list: str = ""


async def change_todos(
    turn: DemoContext, icon: IconName, text: str, change: Callable[[TodoList], Awaitable[Sequence[Todo]]]
) -> str:
    """Shows progress, makes a change, and tells the model how it went, as JSON. The card follows the answer."""
    await turn.stream(ProgressUpdateEvent(icon=icon, text=text))
    turn.shows_todos = True
    problem, concerned = None, list[Todo]()
    try:
        concerned = list(await change(turn.todos))
    except TodoError as error:
        problem = str(error)
    todos = await turn.todos.all()
    return Outcome(
        todos=[todo.title for todo in concerned],
        problem=problem,
        open=sum(not todo.done for todo in todos),
        total=len(todos),
        list=as_text(todos),
    ).model_dump_json(exclude_none=True)


@function_tool
async def add_todo(context: ToolContext, titles: list[str]) -> str:
    """Adds todos to the list.

    Args:
        titles: The title of each new todo, short, in the user's language.
    """
    return await change_todos(context.context, "write", "Adding to your list…", lambda todos: todos.add(titles))


@function_tool
async def list_todos(context: ToolContext) -> str:
    """Gets the list with its numbers. The user is shown it as a card."""
    return await change_todos(context.context, "lucide:list-todo", "Looking at your list…", lambda todos: todos.all())


@function_tool
async def complete_todo(context: ToolContext, todos: list[str], done: bool = True) -> str:
    """Marks todos as done, or as open again.

    Args:
        todos: Which ones: for each its number, its id, or its title or a part of it; or "all".
        done: False opens them again.
    """

    async def change(mine: TodoList) -> Sequence[Todo]:
        found = find_all(await mine.all(), todos, prefer=lambda todo: todo.done is not done)
        await mine.set_done([todo.id for todo in found], done)
        return found

    text = "Ticking off…" if done else "Opening again…"
    return await change_todos(context.context, "check-circle", text, change)


@function_tool
async def delete_todo(context: ToolContext, todos: list[str]) -> str:
    """Deletes todos for good.

    Args:
        todos: Which ones: for each its number, its id, or its title or a part of it; or "all".
    """

    async def change(mine: TodoList) -> Sequence[Todo]:
        found = find_all(await mine.all(), todos)
        await mine.delete([todo.id for todo in found])
        return found

    return await change_todos(context.context, "lucide:trash-2", "Deleting…", change)


@function_tool
async def clear_completed(context: ToolContext) -> str:
    """Deletes all todos that are done."""

    async def change(mine: TodoList) -> Sequence[Todo]:
        done = [todo for todo in await mine.all() if todo.done]
        await mine.delete([todo.id for todo in done])
        return done

    return await change_todos(context.context, "lucide:trash-2", "Tidying up…", change)


@function_tool
async def show_chart(context: ToolContext) -> str:
    """Shows a chart of the todos added and done in the last days. Call it for charts, statistics and progress."""
    turn = context.context
    await turn.stream(ProgressUpdateEvent(icon="chart", text="Counting your todos…"))
    todos = await turn.todos.all()
    await turn.stream_widget(chart_card(todos, datetime.now(UTC)), copy_text=as_text(todos))
    return Outcome(open=sum(not todo.done for todo in todos), total=len(todos)).model_dump_json(exclude_none=True)


TOOLS: list[Tool] = [add_todo, list_todos, complete_todo, delete_todo, clear_completed, show_chart]
