"""Tools that need the user's approval: a run that waits for it, kept as JSON, and the run that goes on.

Older releases of the Agents SDK have no approvals; with them, nothing of this is ever asked for.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from agents import Agent, RunResultStreaming
from agents.items import TResponseInputItem
from openai.types.responses import ResponseFunctionToolCallParam
from openai.types.responses.response_input_param import FunctionCallOutput
from pydantic import BaseModel
from pydantic_core import to_json, to_jsonable_python

from chatkit.adapters.openai_agents.context import AgentContext
from chatkit.approvals import Approval, Paused
from chatkit.errors import CustomStreamError
from chatkit.logger import logger

__all__ = ["approval_for", "calls_to_input", "interruptions", "outputs_of", "restored", "saved"]

_REJECTED = "The user rejected this call. It was not made."
_BY_MESSAGE = "The user did not approve this call, but wrote a new message instead. It was not made."
_UNKNOWN = (
    "The user approved this call, but no output has come: it is not known whether it was made. Find out before you "
    "make it again."
)
_UNDECIDED = "The user has not decided on this call yet. It was not made."
_MOST_ID = 64
"""Characters of a call's id that hosts take."""


def interruptions(result: RunResultStreaming) -> list[Any]:
    """The calls that a run which is over waits for."""
    return list(getattr(result, "interruptions", None) or ())


def _fields(raw: object) -> Mapping[str, Any]:
    if isinstance(raw, BaseModel):
        return raw.model_dump()
    return cast(Mapping[str, Any], raw) if isinstance(raw, Mapping) else {}


def _call_id(interruption: Any) -> str | None:
    fields = _fields(interruption.raw_item)
    found = fields.get("call_id") or fields.get("id")
    return str(found) if found else None


def approval_for(interruption: Any) -> Approval:
    """The question for a call."""
    name = getattr(interruption, "qualified_name", None) or interruption.name or "tool"
    fields = _fields(interruption.raw_item)
    given = (fields[key] for key in ("arguments", "action", "operation", "input") if fields.get(key))
    arguments: Any = next(given, "{}")
    source = getattr(interruption.agent, "name", None)
    return Approval(tool=str(name), arguments=arguments, call_id=_call_id(interruption), source=source)


def _plainly(original: object) -> object:
    """The run's input as it was given: the SDK writes answers of the assistant as parts, which not all models take."""
    if not isinstance(original, list):
        return original
    return [_as_given(item) for item in cast(list[object], original)]


def _as_given(item: object) -> object:
    fields = dict(_fields(item))
    content: object = fields.get("content")
    if fields.get("role") != "assistant" or "id" in fields or not isinstance(content, list):
        return item
    texts = [_fields(part).get("text") for part in cast(list[object], content)]
    if not all(isinstance(text, str) for text in texts):
        return item
    return {"role": "assistant", "content": "".join(cast(list[str], texts))}


def saved(state: Any) -> dict[str, Any]:
    """A run's state as JSON, without the context: that holds the store and the request."""
    nothing: Callable[[object], Mapping[str, Any]] = lambda _: {}  # noqa: E731
    data = dict(state.to_json(**_taken(state.to_json, context_serializer=nothing)))
    context = dict(data.get("context") or {})
    data["context"] = {**context, "context": {}}
    data["original_input"] = _plainly(data.get("original_input"))
    return cast(dict[str, Any], to_jsonable_python(data, fallback=str))


def _taken(function: Callable[..., Any], **options: Any) -> dict[str, Any]:
    """The options that this release of the SDK takes."""
    known = inspect.signature(function).parameters
    return {name: value for name, value in options.items() if name in known}


async def restored(agent: Agent[Any], paused: Paused, context: AgentContext[Any]) -> Any:
    """The state that was saved, with the user's decisions.

    Raises `CustomStreamError` when it does not fit the agent or the SDK any more.
    """
    from agents import RunContextWrapper, RunState  # older releases have no `RunState`

    try:
        wrapper = RunContextWrapper(context)
        state = await RunState.from_json(agent, dict(paused.state), context_override=wrapper)
        answers = {approval.call_id: approval for approval in paused.approvals}
        for interruption in state.get_interruptions():
            if (approval := answers.get(_call_id(interruption))) is not None:
                _answer(state, interruption, approval)
    except Exception as error:
        logger.exception("A run that waited for approval cannot be gone on with")
        raise CustomStreamError("This cannot be gone on with. Please ask again.", allow_retry=True) from error
    return state


def _answer(state: Any, interruption: Any, approval: Approval) -> None:
    if approval.status != "rejected":
        state.approve(interruption)
        return
    state.reject(interruption, **_taken(state.reject, rejection_message=_output(approval)))


def outputs_of(result: RunResultStreaming | None) -> dict[str, str | None]:
    """What the calls of a run gave so far, by call id."""
    found: dict[str, str | None] = {}
    for item in cast(Iterable[Any], result.new_items if result is not None else ()):
        if item.type == "tool_call_output_item":
            call_id = _fields(item.raw_item).get("call_id")
            output: object = item.output
            text = output if isinstance(output, str) else to_json(output, fallback=str).decode()
            found[str(call_id)] = text
    return found


def _output(approval: Approval) -> str:
    match approval.status, approval.by:
        case "rejected", "message":
            return _BY_MESSAGE
        case "rejected", _:
            return f"{_REJECTED} The reason given: {approval.reason}" if approval.reason else _REJECTED
        case "done", _:
            return approval.output or ""
        case "interrupted", _:
            return _UNKNOWN
        case _:
            return _UNDECIDED


def calls_to_input(paused: Paused, besides: Sequence[str] = ()) -> list[TResponseInputItem]:
    """The calls that the user was asked about, each with what came of it, but for those with ids in `besides`."""
    items: list[TResponseInputItem] = []
    for approval in paused.approvals:
        if approval.call_id in besides:
            continue
        call_id = (approval.call_id or approval.id)[-_MOST_ID:]
        tool = approval.tool.rpartition(".")[2] or approval.tool
        call = ResponseFunctionToolCallParam(
            type="function_call", call_id=call_id, name=tool, arguments=approval.arguments
        )
        items += [call, FunctionCallOutput(type="function_call_output", call_id=call_id, output=_output(approval))]
    return items
