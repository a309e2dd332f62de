"""Tools: which functions the model called, and, where the application asks for it, every call as an item."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from agents import ToolCallItem as CalledTool
from agents import ToolCallOutputItem as ToolOutput
from openai.types.responses import ResponseOutputItem
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from chatkit._waiting_calls import kept_waiting
from chatkit.adapters.openai_agents.context import AgentContext, ClientToolCall
from chatkit.adapters.openai_agents.run import FunctionCall, Run, Shown, on_item
from chatkit.types import (
    ClientToolCallItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadStreamEvent,
    ToolCallItem,
)

__all__ = ["HOSTED_TOOLS", "client_tool_call_events", "hosted_tool_added", "interrupted"]

HOSTED_TOOLS = {
    "web_search_call": "web_search",
    "file_search_call": "file_search",
    "code_interpreter_call": "code_interpreter",
    "mcp_call": "mcp",
    "computer_call": "computer",
}
"""Calls that the model's host runs, by type, with the name they are shown under. Images have an item of their own."""

_BESIDES_ARGUMENTS = {"id", "type", "status", "results", "outputs", "output", "error", "name", "arguments"}


def _arguments(text: str) -> dict[str, Any]:
    """A call's arguments. Models may write what is not a JSON object: it is kept as it is, under `input`."""
    try:
        parsed: object = json.loads(text or "{}")
    except ValueError:
        parsed = text
    return cast(dict[str, Any], parsed) if isinstance(parsed, dict) else {"input": parsed}


def _plain(raw: object) -> dict[str, Any]:
    if isinstance(raw, BaseModel):
        return raw.model_dump(mode="json", exclude_none=True)
    return dict(cast(dict[str, Any], raw) if isinstance(raw, dict) else getattr(raw, "__dict__", {}))


def _field(raw: object, name: str) -> str:
    """A text of a call, which is one of the SDK's classes, plain JSON, or stands in for them in a test."""
    value: object = cast(dict[str, object], raw).get(name) if isinstance(raw, dict) else getattr(raw, name, None)
    return value if isinstance(value, str) else ""


def _hosted(run: Run, raw: object) -> ToolCallItem | None:
    """A hosted call as an item, with what is known of it so far."""
    fields = _plain(raw)
    name = HOSTED_TOOLS.get(_field(raw, "type"))
    if name is None:
        return None
    if _field(raw, "type") == "mcp_call":
        arguments = _arguments(_field(raw, "arguments"))
        name = _field(raw, "name")
    else:
        arguments = {key: value for key, value in fields.items() if key not in _BESIDES_ARGUMENTS}
    output = next((fields[key] for key in ("output", "results", "outputs", "error") if key in fields), None)
    item = _item(run, str(fields.get("id", "")), name, arguments)
    return item.model_copy(update={"hosted": True, "output": output})


def _item(run: Run, call_id: str, name: str, arguments: dict[str, Any]) -> ToolCallItem:
    known = run.tool_calls.get(call_id)
    return ToolCallItem(
        id=known.id if known else run.context.generate_id("tool_call"),
        thread_id=run.context.thread.id,
        created_at=known.created_at if known else datetime.now(UTC),
        call_id=call_id,
        name=name,
        arguments=arguments,
    )


async def hosted_tool_added(run: Run, raw: ResponseOutputItem) -> Shown:
    """A hosted tool begins to work."""
    item = _hosted(run, raw) if run.show_tool_calls else None
    if item is None:
        return ()
    run.tool_calls[item.call_id] = item
    return [*run.end_workflow(), ThreadItemAddedEvent(item=item)]


@on_item("tool_called")
async def tool_called(run: Run, called: CalledTool) -> Shown:
    """The model has called a tool: functions run now, hosted tools are done already."""
    raw: object = called.raw_item
    if _field(raw, "type") == "function_call":
        call_id, name = _field(raw, "call_id"), _field(raw, "name")
        run.function_calls.append(FunctionCall(item_id=_field(raw, "id"), call_id=call_id, name=name))
        if not run.show_tool_calls:
            return ()
        item = _item(run, call_id, name, _arguments(_field(raw, "arguments")))
        run.tool_calls[call_id] = item
        run.shown_calls[call_id] = item.id
        return [*run.end_workflow(), ThreadItemDoneEvent(item=item)]
    item = _hosted(run, raw) if run.show_tool_calls else None
    if item is None:
        return ()
    announced = run.tool_calls.pop(item.call_id, None)
    failed = _plain(raw).get("status") == "failed" or bool(_plain(raw).get("error"))
    item.status = "failed" if failed else "completed"
    return [*(() if announced else run.end_workflow()), ThreadItemDoneEvent(item=item)]


@on_item("tool_output")
async def tool_output(run: Run, output: ToolOutput) -> Shown:
    """A function has answered."""
    # From the raw item: older releases of the SDK have it nowhere else.
    item = run.tool_calls.pop(str(_plain(output.raw_item).get("call_id", "")), None)
    if item is None:
        return ()
    result: object = to_jsonable_python(output.output, fallback=str)
    return [ThreadItemReplacedEvent(item=item.model_copy(update={"status": "completed", "output": result}))]


def interrupted(run: Run) -> Shown:
    """The run has ended early: calls that have no output will not get one."""
    calls = [call.model_copy(update={"status": "failed"}) for call in run.tool_calls.values()]
    run.tool_calls.clear()
    return [ThreadItemReplacedEvent(item=call) for call in calls]


async def client_tool_call_events(run: Run) -> list[ThreadStreamEvent]:
    """The calls that tools asked the page to run: the first is shown, the others wait in a hidden item.

    Their ids are those of the function calls behind them, so that outputs can be put to the model as those functions'.
    """
    context = run.context
    items = [await _client_item(run, wanted, call) for wanted, call in _paired(context, run.function_calls)]
    if not items:
        return []
    removed = [run.shown_calls[item.call_id] for item in items if item.call_id in run.shown_calls]
    first, *others = items
    waiting = [kept_waiting(context.generate_id("sdk_hidden_context"), first, others)] if others else []
    return [
        *(ThreadItemRemovedEvent(item_id=item_id) for item_id in removed),  # the page's calls stand in their place
        *(ThreadItemDoneEvent(item=item) for item in [*waiting, first]),
    ]


def _paired(
    context: AgentContext[Any], functions: Sequence[FunctionCall]
) -> list[tuple[ClientToolCall, FunctionCall | None]]:
    """The calls with the function calls behind them: the newest of that name, else the newest that is left.

    A function call has one: what it set first gives way to what it set last.
    """
    wanted = context.client_tool_calls()
    left = list(functions)
    pairs: dict[int, FunctionCall | None] = {}
    for same_name in (True, False):
        for place in reversed(range(len(wanted))):
            call = next((one for one in reversed(left) if not same_name or one.name == wanted[place].name), None)
            if place not in pairs and call is not None and (same_name or not _known(wanted[place], functions)):
                pairs[place] = call
                left.remove(call)
    if wanted and not pairs:
        pairs[len(wanted) - 1] = None
    return [(wanted[place], pairs[place]) for place in sorted(pairs)]


def _known(wanted: ClientToolCall, functions: Sequence[FunctionCall]) -> bool:
    return any(call.name == wanted.name for call in functions)


async def _client_item(run: Run, wanted: ClientToolCall, call: FunctionCall | None) -> ClientToolCallItem:
    context = run.context
    return ClientToolCallItem(
        id=await run.ids.open(call.item_id, new="tool_call") if call else context.generate_id("tool_call"),
        thread_id=context.thread.id,
        created_at=datetime.now(UTC),
        call_id=call.call_id if call else context.generate_id("tool_call"),
        name=wanted.name,
        arguments=wanted.arguments,
    )
