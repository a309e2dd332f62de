"""The chart, the questions, the page's own tool, and what each tool reports."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatkit.agents import Call
from chatkit.demo.server import TodoServer
from chatkit.demo.todos.model import Todo
from chatkit.demo.todos.widgets import as_text, chart_card, todo_card
from chatkit.http import ChatKit
from chatkit.testing import ScriptedModel
from chatkit.types import (
    ClientToolCallItem,
    CustomSummary,
    CustomTask,
    StructuredInputItem,
    WidgetItem,
    WorkflowItem,
)
from tests.demo.visitors import Turn, Visitor, nodes, shown

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)  # a Friday


# Chart


async def test_a_chart_is_drawn_of_the_todos(ada: Visitor) -> None:
    await ada.tick((await ada.say("add buy milk and call mum")).widgets[0], "Buy milk")
    turn = await ada.say("show me a chart")
    chart = next(node for node in nodes(turn.widgets[0]) if node["type"] == "Chart")
    assert len(chart["data"]) == 7
    assert (chart["data"][-1]["added"], chart["data"][-1]["done"]) == (2, 1)
    assert "**1 of 2** done" in turn.text
    assert "progress_update" in turn.kinds
    assert [item.type for item in turn.items] == ["widget", "assistant_message"]


async def test_a_chart_of_nothing_is_drawn_too(ada: Visitor) -> None:
    turn = await ada.say("show me a chart")
    assert "nothing to count yet" in turn.text
    assert len(turn.widgets) == 1


def test_the_chart_counts_by_day() -> None:
    todos = [
        Todo("a", "a", NOW - timedelta(days=6), done_at=NOW),
        Todo("b", "b", NOW - timedelta(days=6)),
        Todo("c", "c", NOW - timedelta(days=7), done_at=NOW - timedelta(days=1)),
    ]
    item = WidgetItem(id="w", thread_id="t", created_at=NOW, widget=chart_card(todos, NOW))
    data = next(node for node in nodes(item) if node["type"] == "Chart")["data"]
    assert [row["day"] for row in data] == ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"]
    assert [row["added"] for row in data] == [2, 0, 0, 0, 0, 0, 0]
    assert [row["done"] for row in data] == [0, 0, 0, 0, 0, 1, 1]


# Questions


def _questions(turn: Turn) -> StructuredInputItem:
    (item,) = (item for item in turn.items if isinstance(item, StructuredInputItem))
    return item


async def test_a_planned_day_becomes_todos(ada: Visitor) -> None:
    asked = await ada.say("plan my day")
    item = _questions(asked)
    assert [item.type for item in asked.items] == ["assistant_message", "structured_input"]
    assert [question.id for question in item.inputs] == ["what", "when", "else"]
    answers = {
        "what": {"values": ["Exercise", "Paint the fence"]},
        "when": {"values": ["After lunch"]},
        "else": {"values": ["call mum, buy bread and butter"]},
    }
    turn = await ada.answer(item.id, {"status": "answered", "answers": answers})
    titles = ["Exercise", "Paint the fence", "Call mum", "Buy bread and butter"]
    assert shown(turn.widgets[0]) == [(title, False) for title in titles]
    assert "After lunch you begin with **Exercise**" in turn.text
    (workflow,) = (item.workflow for item in turn.items if isinstance(item, WorkflowItem))
    assert [task.title for task in workflow.tasks if isinstance(task, CustomTask)] == titles
    assert workflow.summary == CustomSummary(title="Planned your day", icon="calendar")
    assert [item.type for item in turn.items] == ["workflow", "assistant_message", "widget"]


@pytest.mark.parametrize(
    "submission",
    [
        {"status": "skipped"},
        {"status": "answered", "answers": {}},
        {"status": "answered", "answers": {"what": {"skipped": True}, "when": {"values": ["After lunch"]}}},
    ],
)
async def test_a_plan_that_is_skipped_adds_nothing(ada: Visitor, submission: dict[str, Any]) -> None:
    item = _questions(await ada.say("plan my day"))
    turn = await ada.answer(item.id, submission)
    assert turn.error is None
    assert "plan" in turn.text
    assert all(shown(card) == [] for card in turn.widgets)


async def test_questions_can_be_asked_again(ada: Visitor) -> None:
    for title in ("Exercise", "Tidy up"):
        item = _questions(await ada.say("plan my day"))
        turn = await ada.answer(item.id, {"answers": {"what": {"values": [title]}}})
        assert f"I added **{title}**" in turn.text


# The page's tool


@pytest.mark.parametrize(("text", "theme"), [("switch to dark theme", "dark"), ("light mode please", "light")])
async def test_the_page_changes_its_colours(ada: Visitor, text: str, theme: str) -> None:
    turn = await ada.say(text)
    (call,) = (item for item in turn.items if isinstance(item, ClientToolCallItem))
    assert (call.name, call.arguments, call.status) == ("set_theme", {"theme": theme}, "pending")
    assert f"**{theme}**" in (await ada.report({"ok": True})).text
    assert (await ada.say("hello")).text.startswith("Hello!")


@pytest.mark.parametrize("result", [{"ok": False}, {}, {"theme": "dark"}])
async def test_a_page_that_cannot_is_told_so(ada: Visitor, result: object) -> None:
    await ada.say("switch to dark theme")
    assert "cannot change its colours" in (await ada.report(result)).text


# What is said


async def test_answers_count_what_is_left(ada: Visitor) -> None:
    said = [
        (await ada.say(text)).text.split("\n")[0]
        for text in (
            "add milk",
            "add tea and buy sugar",
            "what's on my list",
            "done with milk",
            "mark tea as done",
            "tick off sugar",
            "what's on my list",
            "reopen tea",
            "clear completed",
            "clear completed",
            "mark 9 as done",
            "delete tea",
            "delete tea",
        )
    ]
    assert said == [
        "Added **Milk**. That is the only thing to do.",
        "Added **Tea** and **Buy sugar**. You have 3 things to do now.",
        "There are 3 things to do:",
        "Ticked off **Milk**. 2 things are left to do.",
        "Ticked off **Tea**. One thing is left to do.",
        "Ticked off **Buy sugar**. Nothing is left to do. Well done!",
        "Everything on your list is done. Well done!",
        "**Tea** is open again. One thing is left to do.",
        "Cleared 2 completed todos. One thing is left to do.",
        "Nothing was completed, so the list stays as it is.",
        "There is no number 9: the list has 1 todo.",
        "Deleted **Tea**. The list is empty now.",
        "There is nothing on the list.",
    ]


def test_the_list_as_text() -> None:
    assert as_text([]) == "The list is empty."
    assert as_text([Todo("a", "Milk", NOW), Todo("b", "Tea", NOW, done_at=NOW)]) == "1. [ ] Milk\n2. [x] Tea"


def test_an_empty_card_invites() -> None:
    item = WidgetItem(id="w", thread_id="t", created_at=NOW, widget=todo_card([]))
    kinds = [node["type"] for node in nodes(item)]
    assert "Checkbox" not in kinds
    assert "Input" in kinds
    assert any(node.get("value") == "Nothing to do" for node in nodes(item))


# A model that is none of ours


async def test_another_model_gets_tools_instructions_and_reports(app: ChatKit, ada: Visitor) -> None:
    model = ScriptedModel(
        [Call("add_todo", {"titles": ["Milk", "Tea"]})],
        [Call("complete_todo", {"todos": ["2"]}), Call("list_todos")],
        "All set.",
        "Still here.",
        "A title",
    )
    assert isinstance(app.server, TodoServer)
    assert app.server.agent is not None
    app.server.agent.model = model
    app.server.titles = "none"
    turn = await ada.say("Put milk and tea on it, tea is done")
    assert turn.text == "All set."
    assert shown(turn.widgets[0]) == [("Milk", False), ("Tea", True)]
    first = model.requests[0]
    assert "todo list" in (first.instructions or "")
    assert {"add_todo", "list_todos", "complete_todo", "delete_todo", "show_chart", "plan_day", "set_theme"} <= set(
        first.tools
    )
    reports = [item["output"] for item in model.requests[2].input if item.get("type") == "function_call_output"]
    assert [report.startswith('{"todos":') for report in reports] == [True, True, True]
    assert "[x] Tea" in reports[1]

    await ada.say("Are you there?")
    assert "Checkbox" not in str(model.requests[3].input)  # the card is left out: it is stale as soon as it is clicked


async def test_problems_are_reported_to_the_model_in_words(app: ChatKit, ada: Visitor) -> None:
    model = ScriptedModel([Call("delete_todo", {"todos": ["4"]}), Call("add_todo", {"titles": [" "]})], "Sorry.")
    assert isinstance(app.server, TodoServer)
    assert app.server.agent is not None
    app.server.agent.model = model
    app.server.titles = "none"
    assert (await ada.say("Delete 4")).error is None
    reports = [item["output"] for item in model.requests[1].input if item.get("type") == "function_call_output"]
    assert "There is nothing on the list." in reports[0]
    assert "A todo needs a title." in reports[1]
