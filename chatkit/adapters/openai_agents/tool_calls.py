"""Tools: which functions the model called, and, where the application asks for it, every call as an item."""

import json
from datetime import UTC, datetime
from typing import Any, cast

from agents import ToolCallItem as CalledTool
from agents import ToolCallOutputItem as ToolOutput
from openai.types.responses import ResponseOutputItem
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

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
    """The call that a tool asked the page to run, if one did.

    Its ids are those of the function call behind it, so that the output can be put to the model as that function's:
    the newest call of that name, else the newest.
    """
    context = run.context
    wanted = context.client_tool_call
    if wanted is None:
        return []
    same_name = [call for call in run.function_calls if call.name == wanted.name]
    call = next(reversed(same_name or run.function_calls), None)
    item_id = await run.ids.open(call.item_id, new="tool_call") if call else context.generate_id("tool_call")
    item = ClientToolCallItem(
        id=item_id,
        thread_id=context.thread.id,
        created_at=datetime.now(UTC),
        call_id=call.call_id if call else context.generate_id("tool_call"),
        name=wanted.name,
        arguments=wanted.arguments,
    )
    shown = run.shown_calls.get(item.call_id)  # the page's call stands in its place
    return [*([ThreadItemRemovedEvent(item_id=shown)] if shown else []), ThreadItemDoneEvent(item=item)]
