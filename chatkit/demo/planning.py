"""Planning the day: questions in a form of their own, and a workflow that shows how the answers become todos."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from agents import Tool, function_tool

from chatkit.agents import Intent, IntentTurn
from chatkit.demo.context import ToolContext
from chatkit.demo.phrases import join, phrase, titles
from chatkit.demo.todos.agent import Outcome, change_todos
from chatkit.demo.todos.database import TodoList
from chatkit.demo.todos.model import Todo, clean_title
from chatkit.types import (
    CustomSummary,
    CustomTask,
    StructuredInput,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    ThreadItemDoneEvent,
    Workflow,
)

__all__ = ["INSTRUCTIONS", "INTENTS", "TOOLS"]

INSTRUCTIONS = """\
plan_day asks the user a few questions when they want to plan their day. Their answers reach you as <StructuredInput>:
then call add_plan once, with a short title for everything that they want to get done. If they skipped it, let it be.
"""

_WHAT = "What do you want to get done today?"
_WHEN = "When do you start?"
_ELSE = "Anything else?"
_ERRANDS = ["Answer my emails", "Buy groceries", "Exercise", "Tidy up", "Call a friend"]
_TIMES = ["In the morning", "After lunch", "In the evening"]


@function_tool
async def plan_day(context: ToolContext) -> str:
    """Asks the user what they want to do today, and when. The answers come with the next message."""
    turn = context.context
    await turn.stream_text("Gladly. Three short questions, and your day is on the list.")
    item = StructuredInputItem(
        id=turn.generate_id("message"), thread_id=turn.thread.id, created_at=datetime.now(UTC), inputs=_questions()
    )
    await turn.stream(ThreadItemDoneEvent(item=item))
    return "The user has the questions before them."


def _questions() -> list[StructuredInput]:
    return [
        StructuredInputMultipleChoice(id="what", question=_WHAT, options=_options(_ERRANDS), multiple=True),
        StructuredInputMultipleChoice(id="when", question=_WHEN, options=_options(_TIMES)),
        StructuredInputFreeform(id="else", question=_ELSE, description="Separate several things with commas."),
    ]


def _options(values: Sequence[str]) -> list[StructuredInputMultipleChoiceOption]:
    return [StructuredInputMultipleChoiceOption(value=value) for value in values]


@function_tool
async def add_plan(context: ToolContext, titles: list[str]) -> str:
    """Adds the todos of a planned day, step by step before the user's eyes.

    Args:
        titles: The title of each todo, short, in the order of the day.
    """
    turn = context.context

    async def change(mine: TodoList) -> Sequence[Todo]:
        planned = [clean_title(title) for title in titles]
        added = await mine.add(planned)
        await turn.start_workflow(Workflow(type="custom", tasks=[]))
        for todo in added:
            await turn.add_workflow_task(CustomTask(title=todo.title, icon="plus", status_indicator="complete"))
        await turn.end_workflow(CustomSummary(title="Planned your day", icon="calendar"))
        return added

    return await change_todos(turn, "calendar", "Planning your day…", change)


TOOLS: list[Tool] = [plan_day, add_plan]


# What the offline model makes of the answers. A real one reads them itself.

_ANSWER = re.compile(r"^- (?P<question>.+?\?): (?P<values>.+)$", re.MULTILINE)


def _answers(turn: IntentTurn) -> Mapping[str, str]:
    """The answers by question, without those that were skipped."""
    found = {answer["question"]: answer["values"].strip() for answer in _ANSWER.finditer(turn.text)}
    return {question: values for question, values in found.items() if values not in ("skipped", "unanswered")}


def _plan(turn: IntentTurn) -> Mapping[str, list[str]]:
    answers = _answers(turn)
    return {"titles": [title for question in (_WHAT, _ELSE) for title in titles(answers.get(question, ""))]}


def _planned(turn: IntentTurn) -> str:
    if turn.last is None:
        return "Nothing was planned."
    outcome = turn.last.read(Outcome)
    if not outcome.todos:
        return "Then there is nothing to plan, and that is fine too. The list is as it was."
    start = _answers(turn).get(_WHEN)
    begin = f" {start} you begin with **{outcome.todos[0]}**." if start in _TIMES else ""
    return f"Your day is planned: I added {join(outcome.todos)}.{begin} Have a good one!"


INTENTS = [
    Intent(pattern=r"status: skipped\s+<StructuredInput>", reply="No plan then. Ask me again whenever you like."),
    Intent(pattern=r"status: answered\s+<StructuredInput>", tool="add_plan", arguments=_plan, reply=_planned),
    Intent(
        phrase(
            r"(?:help me (?:to )?|let me |i want to |i need to )?plan(?:ning)?(?:\s+(?:out|for))?\s+"
            r"(?:(?:my|the|a|this)\s+)?(?:day|today|tomorrow|morning|afternoon|evening|week|weekend)"
        ),
        tool="plan_day",
        reply="The questions are below.",
        example="plan my day",
    ),
]
