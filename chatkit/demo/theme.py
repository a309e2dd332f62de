"""Light and dark colours: a tool that the page runs, because only the page can."""

from typing import Literal

from agents import Tool, function_tool
from pydantic import BaseModel

from chatkit.agents import ClientToolCall, Intent, IntentTurn, ToolResult
from chatkit.demo.context import ToolContext
from chatkit.demo.phrases import phrase

__all__ = ["INSTRUCTIONS", "INTENTS", "TOOLS"]

INSTRUCTIONS = "set_theme changes the colours of the page. If the user does not say to what, choose dark.\n"


@function_tool
async def set_theme(context: ToolContext, theme: Literal["light", "dark", "system"]) -> str:
    """Changes the colours of the page that the user looks at.

    Args:
        theme: "system" follows the user's device.
    """
    # The run stops here (see the agent's `tool_use_behavior`). The page does it and reports, and the answer goes on.
    context.context.client_tool_call = ClientToolCall(name="set_theme", arguments={"theme": theme})
    return f"The page was asked to change to {theme}."


TOOLS: list[Tool] = [set_theme]


class _Report(BaseModel):
    """What the page answers."""

    ok: bool = False


_REPLIES = {
    "dark": "Done, it is **dark** now. Say *light theme* to go back.",
    "light": "Done, it is **light** now. Say *dark theme* to go back.",
    "system": "Done, the colours follow **your device** now.",
}


def _reply(turn: IntentTurn) -> str:
    match turn.last:
        case ToolResult(arguments={"theme": str(theme)}) as result if result.read(_Report).ok:
            return _REPLIES.get(theme, "Done.")
        case _:
            return "This page cannot change its colours. It works on the demo's own page."


def _named_theme(turn: IntentTurn) -> dict[str, str]:
    return {"theme": turn.match["theme"].lower()}


INTENTS = [
    Intent(
        phrase(
            r"(?:(?:switch|change|set|turn|go|make|put|use|enable|activate|choose)\s+)?"
            r"(?:(?:it|this|everything|(?:the\s+)?(?:page|theme|colou?rs?|app|screen))\s+)?(?:on\s+)?(?:back\s+)?(?:to\s+)?"
            r"(?:(?:the|a|my)\s+)?(?P<theme>dark|light|system)"
            r"(?:\s+(?:theme|mode|colou?rs?|colou?r scheme|scheme|one|version))?"
        ),
        tool="set_theme",
        arguments=_named_theme,
        reply=_reply,
        example="switch to dark theme",
    ),
    Intent(
        phrase(r"(?:change|switch|toggle)\s+(?:(?:the|my)\s+)?(?:theme|mode|scheme|colou?rs?)"),
        tool="set_theme",
        arguments=lambda _: {"theme": "dark"},
        reply=_reply,
    ),
]
