"""What a model without understanding needs to know of its input: what the user said last, and what tools answered."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from agents.items import TResponseInputItem

from chatkit.adapters.openai_agents.converter import is_context
from chatkit.adapters.openai_agents.intents import ToolResult

__all__ = ["Said", "read_turn"]


@dataclass(frozen=True)
class Said:
    """The turn so far: the user's words, how many tools were called since, their results, whether it is the first."""

    text: str = ""
    calls: int = 0
    results: Sequence[ToolResult] = ()
    answered_before: bool = False


def _text(content: object) -> str:
    """The text of a message's content, which is a string or a list of parts."""
    if isinstance(content, str):
        return content
    parts = cast(Iterable[object], content) if isinstance(content, Sequence) else ()
    texts = (cast(Mapping[str, object], part).get("text") for part in parts if isinstance(part, Mapping))
    return "".join(text for text in texts if isinstance(text, str))


def _said_by_user(item: Mapping[str, Any]) -> bool:
    return item.get("role") == "user" and not is_context(_text(item.get("content")))


def _arguments(text: object) -> Mapping[str, Any]:
    try:
        parsed: object = json.loads(text) if isinstance(text, str) else {}
    except ValueError:
        return {}
    return cast(dict[str, Any], parsed) if isinstance(parsed, dict) else {}


def read_turn(input: str | Sequence[TResponseInputItem]) -> Said:
    """Reads the input's last turn: what came since the user last said something, or answered questions."""
    if isinstance(input, str):
        return Said(text=input)
    items = [cast(Mapping[str, Any], item) for item in input]
    start = max((index for index, item in enumerate(items) if _said_by_user(item)), default=None)
    if start is None:
        return Said()
    turn = items[start + 1 :]
    calls = {item["call_id"]: item for item in turn if item.get("type") == "function_call"}
    results = [
        ToolResult(
            name=str(calls[item["call_id"]]["name"]),
            arguments=_arguments(calls[item["call_id"]].get("arguments")),
            output=_text(item.get("output")),
        )
        for item in turn
        if item.get("type") == "function_call_output" and item.get("call_id") in calls
    ]
    answered = any(item.get("role") == "assistant" for item in items[:start])
    return Said(_text(items[start].get("content")), len(calls), results, answered)
