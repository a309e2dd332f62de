"""What the offline model makes of free text."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from chatkit.agents import IntentTurn
from chatkit.demo.phrases import parts, titles
from chatkit.demo.server import INTENTS
from tests.demo.visitors import Visitor

Call = tuple[str, Mapping[str, Any]] | None


def understood(text: str) -> Call:
    """The tool that is called and its arguments; `("say", {})` for words only; None for help."""
    for intent in INTENTS:
        if match := intent.matches(text):
            calls = intent.calls(IntentTurn(text=text, match=match), 0)
            return (calls[0].name, calls[0].arguments) if calls else ("say", {})
    return None


def adds(*titles: str) -> Call:
    return "add_todo", {"titles": list(titles)}


def completes(*todos: str) -> Call:
    return "complete_todo", {"todos": list(todos)}


def reopens(*todos: str) -> Call:
    return "complete_todo", {"todos": list(todos), "done": False}


def deletes(*todos: str) -> Call:
    return "delete_todo", {"todos": list(todos)}


LIST: Call = ("list_todos", {})
CLEAR: Call = ("clear_completed", {})
CHART: Call = ("show_chart", {})
PLAN: Call = ("plan_day", {})
DARK: Call = ("set_theme", {"theme": "dark"})
LIGHT: Call = ("set_theme", {"theme": "light"})
SYSTEM: Call = ("set_theme", {"theme": "system"})
SAY: Call = ("say", {})

PHRASES: dict[str, Call] = {
    "add buy milk": adds("Buy milk"),
    "ADD milk": adds("Milk"),
    "add buy milk and call mum": adds("Buy milk", "Call mum"),
    "Add buy milk and call mum.": adds("Buy milk", "Call mum"),
    "add milk, eggs and bread": adds("Milk", "Eggs", "Bread"),
    "add buy bread and butter": adds("Buy bread and butter"),
    'add "rock and roll"': adds("rock and roll"),
    "add an iPhone cable": adds("An iPhone cable"),
    "add iPhone cable": adds("iPhone cable"),
    "add a todo to buy milk": adds("Buy milk"),
    "add a new task called Write report": adds("Write report"),
    "add task: water plants": adds("Water plants"),
    "add these todos: buy milk, call mum": adds("Buy milk", "Call mum"),
    "Add the following:\n- buy milk\n- call mum": adds("Buy milk", "Call mum"),
    "please add milk to my list": adds("Milk"),
    "can you add milk to my todo list, please?": adds("Milk"),
    "Could you please add “Call Bob”?": adds("Call Bob"),
    "hey, add milk for me": adds("Milk"),
    "put milk on my list": adds("Milk"),
    "remind me to call the dentist tomorrow": adds("Call the dentist tomorrow"),
    "Please remind me to book a table for two at 7.": adds("Book a table for two at 7"),
    "remind me about the rent": adds("The rent"),
    "remind me to delete the old files": adds("Delete the old files"),
    "remind me to switch to dark mode": adds("Switch to dark mode"),
    "don't forget to water the plants": adds("Water the plants"),
    "don’t forget to water the plants": adds("Water the plants"),
    "note down pay rent": adds("Pay rent"),
    "todo: buy milk": adds("Buy milk"),
    "set a reminder to call mum": adds("Call mum"),
    "create a task: buy milk": adds("Buy milk"),
    "I'd like to add buy milk": adds("Buy milk"),
    "I need to call mum": adds("Call mum"),
    "I have to buy milk and call mum": adds("Buy milk", "Call mum"),
    "we need milk": adds("Milk"),
    "buy milk": adds("Buy milk"),
    "and call mum": adds("Call mum"),
    "add show chart to boss": adds("Show chart to boss"),
    "add clear completed invoices": adds("Clear completed invoices"),
    "add": SAY,
    "add a todo": SAY,
    "new todo": SAY,
    "what's on my list": LIST,
    "what’s on my list?": LIST,
    "whats on my todo list": LIST,
    "What do I have to do today?": LIST,
    "what is left?": LIST,
    "what's next": LIST,
    "what have I done?": LIST,
    "how many todos do I have?": LIST,
    "anything left?": LIST,
    "show my list": LIST,
    "show me my todos": LIST,
    "show me all of my open tasks": LIST,
    "show completed": LIST,
    "list": LIST,
    "my todos": LIST,
    "tick off milk": completes("milk"),
    "tick milk off": completes("milk"),
    "check milk off my list": completes("milk"),
    "cross off 2": completes("2"),
    "mark 2 as done": completes("2"),
    "mark milk done": completes("milk"),
    "mark 1, 2 and 3 as completed": completes("1", "2", "3"),
    "mark everything as done": completes("everything"),
    "done with milk": completes("milk"),
    "I'm done with milk": completes("milk"),
    "I’m done with milk!": completes("milk"),
    "I finished the report": completes("the report"),
    "complete the first one": completes("the first one"),
    "milk is done": completes("milk"),
    "the second one is finished": completes("the second one"),
    "I bought milk": completes("milk"),
    "I've called mum": completes("mum"),
    "done": SAY,
    "complete": SAY,
    "reopen milk": reopens("milk"),
    "untick 2": reopens("2"),
    "mark milk as not done": reopens("milk"),
    "milk is not done": reopens("milk"),
    "milk isn't done yet": reopens("milk"),
    "delete the milk one": deletes("the milk one"),
    "delete milk": deletes("milk"),
    "remove 3": deletes("3"),
    "remove 2 and 3": deletes("2", "3"),
    "remove milk from my list": deletes("milk"),
    "take milk off my list": deletes("milk"),
    "forget about milk": deletes("milk"),
    "get rid of the second": deletes("the second"),
    "OK, now delete 2": deletes("2"),
    "delete everything": deletes("everything"),
    "clear my list": deletes("all"),
    "empty the list": deletes("all"),
    "delete it": SAY,
    "clear": SAY,
    "clear completed": CLEAR,
    "clear the completed ones": CLEAR,
    "delete all done todos": CLEAR,
    "remove everything that's done": CLEAR,
    "clean up completed": CLEAR,
    "show a chart": CHART,
    "show me a chart": CHART,
    "chart": CHART,
    "a chart, please": CHART,
    "draw a graph of my todos": CHART,
    "show me the stats": CHART,
    "how am I doing?": CHART,
    "plan my day": PLAN,
    "help me plan my day": PLAN,
    "let's plan the day": PLAN,
    "I want to plan my day, please": PLAN,
    "switch to dark theme": DARK,
    "dark mode": DARK,
    "make it dark": DARK,
    "turn on dark mode": DARK,
    "change the theme": DARK,
    "change the theme to light": LIGHT,
    "use light colours": LIGHT,
    "set theme to system": SYSTEM,
    "hello": SAY,
    "Hi there! 👋": SAY,
    "good morning": SAY,
    "how are you?": SAY,
    "thanks": SAY,
    "great, thank you so much!": SAY,
    "nice": SAY,
    "bye": SAY,
    "help": SAY,
    "what can you do?": SAY,
    "are you an AI?": SAY,
    "what is the weather?": None,
    "tell me a joke": None,
    "I have a dog": None,
    "42": None,
    "": None,
    "🙂": None,
}


@pytest.mark.parametrize("text", PHRASES)
def test_a_phrase_is_understood(text: str) -> None:
    assert understood(text) == PHRASES[text]


async def test_anything_else_gets_help_that_lists_what_can_be_tried(ada: Visitor) -> None:
    text = (await ada.say("what is the weather?")).text
    assert "offline demo model" in text
    for example in ("add buy milk", "what’s on my list", "mark 2 as done", "show me a chart", "plan my day"):
        assert example in text


@pytest.mark.parametrize("example", [intent.example for intent in INTENTS if intent.example])
def test_every_example_of_the_help_is_understood(example: str) -> None:
    assert understood(example) is not None


@pytest.mark.parametrize(
    "text",
    [" " * 2_000_000, "x" * 2_000_000, "add" + " " * 497, "a" + " " * 498 + "b", "mark x" + " " * 490, "please " * 70],
    ids=["blanks", "letters", "add", "gap", "mark", "please"],
)
def test_no_text_keeps_the_patterns_busy(text: str) -> None:
    started = time.process_time()
    understood(text)
    assert time.process_time() - started < 1


def test_long_lists_are_split_in_no_time() -> None:
    started = time.process_time()
    assert titles("a" + " " * 500_000 + "b") == ["A b"]
    assert len(titles("milk, " * 50_000)) == 50_000
    assert time.process_time() - started < 2


def test_things_that_are_named_together() -> None:
    assert parts("1, 2 and the milk one") == ["1", "2", "the milk one"]
    assert parts('"bread and butter"') == ["bread and butter"]
