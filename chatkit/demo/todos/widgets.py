"""The card that shows the todos, and the chart of what was done."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from chatkit.demo.todos.actions import AddTodo, ClearCompleted, DeleteTodo, DoneState, SetDone, TodoId
from chatkit.demo.todos.model import Todo
from chatkit.types import ThreadItem, WidgetItem
from chatkit.widgets import (
    Badge,
    BarSeries,
    Button,
    Caption,
    Card,
    Chart,
    Checkbox,
    Col,
    Divider,
    Form,
    Icon,
    Input,
    Row,
    Spacer,
    Text,
    Title,
    WidgetComponent,
)

__all__ = ["as_text", "chart_card", "is_todo_card", "todo_card"]

CARD_ID = "todos"
"""The card's own id, by which it is recognised in a thread."""

CHART_DAYS = 7


def is_todo_card(item: ThreadItem) -> bool:
    """Whether an item of a thread is the card, whatever it showed when it was made."""
    return isinstance(item, WidgetItem) and item.widget.id == CARD_ID


def todo_card(todos: Sequence[Todo]) -> Card:
    """The todos, each with its box, and a form to add one."""
    done = sum(todo.done for todo in todos)
    children: list[WidgetComponent] = [_heading(open_=len(todos) - done, total=len(todos)), Divider(flush=True)]
    children += [_list(todos)] if todos else [_nothing_to_do()]
    children += [Divider(flush=True), _form()]
    if done:
        children.append(_footer(done, total=len(todos)))
    return Card(id=CARD_ID, size="md", children=children)


def as_text(todos: Sequence[Todo]) -> str:
    """The list as Markdown: what copying the card gives, and what the model reads."""
    if not todos:
        return "The list is empty."
    return "\n".join(f"{n}. [{'x' if todo.done else ' '}] {todo.title}" for n, todo in enumerate(todos, start=1))


def _heading(open_: int, total: int) -> Row:
    return Row(
        gap=2,
        children=[
            Icon(name="lucide:list-todo", size="lg", color="secondary"),
            Title(value="Your todos", size="sm"),
            Spacer(),
            _badge(open_, total),
        ],
    )


def _badge(open_: int, total: int) -> Badge:
    if not total:
        return Badge(label="Empty", color="secondary", variant="soft", pill=True)
    if not open_:
        return Badge(label="All done", color="success", variant="soft", pill=True)
    return Badge(label=f"{open_} open", color="info", variant="soft", pill=True)


def _list(todos: Sequence[Todo]) -> Col:
    return Col(gap=1, children=[_row(number, todo) for number, todo in enumerate(todos, start=1)])


def _row(number: int, todo: Todo) -> Row:
    """Ticking and deleting are not streamed, so they work while an answer is still being written."""
    tick = SetDone.create(DoneState(id=todo.id, done=not todo.done), streaming=False)
    remove = DeleteTodo.create(TodoId(id=todo.id), streaming=False)
    return Row(
        key=todo.id,
        gap=2,
        children=[
            Checkbox(
                name=f"boxes.{todo.id}",
                label=todo.title,
                lineThrough=True,
                defaultChecked=todo.done,
                onChangeAction=tick,
            ),
            Spacer(),
            Caption(value=str(number), size="sm", color="tertiary"),
            Button(
                iconStart="lucide:trash-2",
                iconSize="sm",
                label=f"Delete {todo.title}",
                onClickAction=remove,
                style="secondary",
                variant="ghost",
                size="xs",
                uniform=True,
            ),
        ],
    )


def _nothing_to_do() -> Col:
    return Col(
        align="center",
        gap=1,
        padding={"y": 5},
        children=[
            Icon(name="lucide:circle-check-big", size="2xl", color="tertiary"),
            Text(value="Nothing to do", weight="medium", textAlign="center"),
            Caption(value="Add a todo below, or just say it in the chat.", textAlign="center"),
        ],
    )


def _form() -> Form:
    """Enter adds, and so does the button."""
    field = Input(
        name="title",
        placeholder="Add a todo",
        required=True,
        pattern=r".*\S.*",
        size="md",
    )
    button = Button(submit=True, label="Add", iconStart="plus", style="primary", size="md")
    return Form(
        onSubmitAction=AddTodo.create(None, loading_behavior="container"),
        children=[Row(gap=2, align="start", children=[field, button])],
    )


def _footer(done: int, total: int) -> Row:
    clear = ClearCompleted.create(None, loading_behavior="self")
    return Row(
        gap=2,
        align="center",
        wrap="nowrap",
        children=[
            Caption(value=f"{done} of {total} done", truncate=True),
            Spacer(),
            Button(label="Clear completed", onClickAction=clear, style="secondary", variant="ghost", size="2xs"),
        ],
    )


def chart_card(todos: Sequence[Todo], now: datetime) -> Card:
    """How many todos were added and done on each of the last days, up to `now`, in UTC."""
    days = [now.astimezone(UTC).date() - timedelta(days=ago) for ago in reversed(range(CHART_DAYS))]
    added = [sum(todo.created_at.date() == day for todo in todos) for day in days]
    finished = [sum(todo.done_at is not None and todo.done_at.date() == day for todo in todos) for day in days]
    rows: list[dict[str, str | int | float]] = [
        {"day": f"{day:%a}", "added": new, "done": done} for day, new, done in zip(days, added, finished, strict=True)
    ]
    done = sum(todo.done for todo in todos)
    return Card(
        id="todo-chart",
        size="md",
        children=[
            Row(
                gap=2,
                children=[
                    Title(value="Last 7 days", size="sm"),
                    Spacer(),
                    Badge(label=f"{len(todos) - done} open", color="info", variant="soft", pill=True),
                    Badge(label=f"{done} done", color="success", variant="soft", pill=True),
                ],
            ),
            Chart(
                data=rows,
                series=[
                    BarSeries(label="Added", dataKey="added", color="blue"),
                    BarSeries(label="Done", dataKey="done", color="green"),
                ],
                xAxis="day",
                showYAxis=True,
                showLegend=True,
                height=220,
            ),
        ],
    )
