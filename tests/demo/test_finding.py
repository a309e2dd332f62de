"""Which todo somebody means."""

from datetime import UTC, datetime

import pytest

from chatkit.demo.todos.finding import find, find_all
from chatkit.demo.todos.model import Todo, TodoError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TITLES = ["Buy milk", "Call mum", "Write the report", "Call the dentist", "3 eggs", "Überweisung"]
TODOS = [Todo(f"todo_{place}", title, NOW) for place, title in enumerate(TITLES, start=1)]


@pytest.mark.parametrize(
    ("reference", "title"),
    [
        ("1", "Buy milk"),
        ("#2", "Call mum"),
        ("number 3", "Write the report"),
        ("no. 4", "Call the dentist"),
        ("todo 2", "Call mum"),
        ("2nd", "Call mum"),
        ("two", "Call mum"),
        ("the first one", "Buy milk"),
        ("second", "Call mum"),
        ("the last one", "Überweisung"),
        ("todo_2", "Call mum"),
        ("Buy milk", "Buy milk"),
        ("BUY MILK!", "Buy milk"),
        ("“buy milk”", "Buy milk"),
        ("milk", "Buy milk"),
        ("the milk one", "Buy milk"),
        ("report", "Write the report"),
        ("rep", "Write the report"),
        ("dentist call", "Call the dentist"),
        ("eggs", "3 eggs"),
        ("3 eggs", "3 eggs"),
        ("überweisung", "Überweisung"),
        ("mlik", "Buy milk"),
        ("dentits", "Call the dentist"),
        ("call mumm", "Call mum"),
    ],
)
def test_a_reference_means_one_todo(reference: str, title: str) -> None:
    assert [todo.title for todo in find(TODOS, reference)] == [title]


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        ("7", "no number 7: the list has 6 todos"),
        ("0", "no number 0"),
        ("9999", "no number 9999"),
        ("call", "2. “Call mum” or 4. “Call the dentist”"),
        ("xylophone", "No todo on the list is like “xylophone”"),
        ("", "No todo"),
        ("?", "No todo"),
        ("x" * 100_000, "No todo"),
    ],
)
def test_what_is_unclear_is_said(reference: str, problem: str) -> None:
    with pytest.raises(TodoError) as caught:
        find(TODOS, reference)
    assert problem in str(caught.value)


def test_everything_means_all() -> None:
    assert find(TODOS, "everything") == TODOS
    assert find(TODOS, "all of them") == TODOS


def test_an_empty_list_has_nothing_to_mean() -> None:
    with pytest.raises(TodoError, match="nothing on the list"):
        find([], "all")


def test_of_several_the_preferred_one_is_meant() -> None:
    done = Todo("a", "Buy milk", NOW, done_at=NOW)
    open_ = Todo("b", "Buy milk", NOW)
    assert find([done, open_], "milk", prefer=lambda todo: not todo.done) == [open_]
    with pytest.raises(TodoError, match="Which number"):
        find([done, open_], "milk")


def test_several_references_are_in_the_order_of_the_list_each_once() -> None:
    assert [todo.title for todo in find_all(TODOS, ["mum", "1", "milk"])] == ["Buy milk", "Call mum"]
