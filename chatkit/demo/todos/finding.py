"""Which todos somebody means: by number, id, or more or less by title."""

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher

from chatkit.demo.todos.model import MAX_TITLE, Todo, TodoError

__all__ = ["find", "find_all"]

_ALL = {"all", "everything", "all of them", "them all", "all of it", "it all", "every todo", "all todos", "all tasks"}
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_CARDINALS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]  # "one" is a filler
_NUMBER = re.compile(r"(?:number|no\.?|nr\.?|todo|task|item|#)*\s*#?\s*(\d{1,4})(?:st|nd|rd|th)?", re.IGNORECASE)
_FILLER = {"a", "an", "the", "my", "one", "ones", "todo", "todos", "task", "tasks", "item", "about", "to"}
_WORD = re.compile(r"\w+")
_CLOSE = 0.75
"""How alike a misspelt title must be: 1 is the same."""

Preference = Callable[[Todo], bool]


def find_all(todos: Sequence[Todo], references: Sequence[str], prefer: Preference | None = None) -> list[Todo]:
    """The todos that the references mean, each once, in the order of the list. Raises `TodoError` if one means none."""
    meant = {todo.id for reference in references for todo in find(todos, reference, prefer)}
    return [todo for todo in todos if todo.id in meant]


def find(todos: Sequence[Todo], reference: str, prefer: Preference | None = None) -> list[Todo]:
    """The todo that a reference means, or all of them for "all".

    `todos` is the list in its order, which numbers count. Where a title fits several, those that `prefer` accepts are
    meant. Raises `TodoError` when the reference means none, or still more than one.
    """
    wanted = " ".join(reference.split()).strip("\"'“”‘’.!?").casefold()
    if not todos:
        raise TodoError("There is nothing on the list.")
    if wanted in _ALL:
        return list(todos)
    for rule in (_by_id, _by_title, _by_place, _by_words, _by_likeness):
        found = list(rule(todos, wanted))
        if prefer is not None and len(found) > 1:
            found = [todo for todo in found if prefer(todo)] or found
        if len(found) == 1:
            return found
        if found:
            raise TodoError(f"“{reference}” could be {_listing(todos, found)}. Which number?")
    raise TodoError(_nothing(todos, reference, wanted))


def _by_id(todos: Sequence[Todo], wanted: str) -> Iterator[Todo]:
    return (todo for todo in todos if todo.id == wanted)


def _by_title(todos: Sequence[Todo], wanted: str) -> Iterator[Todo]:
    return (todo for todo in todos if todo.title.casefold() == wanted)


def _by_place(todos: Sequence[Todo], wanted: str) -> Iterator[Todo]:
    """A number, an ordinal or "last". Numbers that the list does not have mean nothing."""
    place = _place(wanted)
    if place is not None and -len(todos) <= place < len(todos):
        yield todos[place]


def _place(wanted: str) -> int | None:
    if number := _NUMBER.fullmatch(wanted):
        return int(number[1]) - 1 if int(number[1]) else None
    words = _words(wanted)
    if len(words) != 1:
        return None
    if words[0] in ("last", "latest", "newest"):
        return -1
    if words[0] in _CARDINALS:
        return _CARDINALS.index(words[0]) + 1
    return _ORDINALS.index(words[0]) if words[0] in _ORDINALS else None


def _by_words(todos: Sequence[Todo], wanted: str) -> Iterator[Todo]:
    """Titles that have every word, or a word that begins with it."""
    words = _words(wanted)
    for todo in todos:
        title = _words(todo.title.casefold())
        if words and all(any(own.startswith(word) for own in title) for word in words):
            yield todo


def _by_likeness(todos: Sequence[Todo], wanted: str) -> Iterator[Todo]:
    """The titles most like it, for what is misspelt: the whole title, or one word of it."""
    if len(wanted) > MAX_TITLE:
        return
    likeness = {todo.id: _likeness(wanted, todo.title.casefold()) for todo in todos}
    best = max(likeness.values())
    yield from (todo for todo in todos if best >= _CLOSE and likeness[todo.id] == best)


def _likeness(wanted: str, title: str) -> float:
    words = _words(wanted)
    candidates = [(" ".join(words), " ".join(_words(title)))]
    if len(words) == 1 and len(words[0]) > 2:
        candidates += [(words[0], own) for own in _words(title) if len(own) > 2]
    return max(SequenceMatcher(None, one, other).ratio() for one, other in candidates)


def _words(text: str) -> list[str]:
    words = _WORD.findall(text)
    return [word for word in words if word not in _FILLER] or words


def _listing(todos: Sequence[Todo], found: Sequence[Todo]) -> str:
    named = [f"{todos.index(todo) + 1}. “{todo.title}”" for todo in found]
    return " or ".join([", ".join(named[:-1]), named[-1]])


def _nothing(todos: Sequence[Todo], reference: str, wanted: str) -> str:
    if _NUMBER.fullmatch(wanted):
        count = "1 todo" if len(todos) == 1 else f"{len(todos)} todos"
        return f"There is no number {reference.strip()}: the list has {count}."
    return f"No todo on the list is like “{reference.strip()}”."
