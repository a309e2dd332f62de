"""Requests as people write them by hand (an extension), which stand for the protocol's own. Pure."""

from typing import Any, Final, cast

from pydantic import BaseModel, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from chatkit.actions import Action
from chatkit.types.content import InferenceOptions, UserMessageInput, UserMessageTextContent
from chatkit.types.requests import (
    BaseReq,
    ThreadAddUserMessageParams,
    ThreadCreateParams,
    ThreadCustomActionParams,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
)

__all__ = ["PlainMessageParams", "plain_path", "plain_request", "renamed"]

_OTHER_NAMES: Final = {"threads.run": "threads.add_user_message"}
"""Operations under names that tutorials have for them."""

_PATHS: Final = {
    "params.input": "message",
    "params.input.content": "message",
    "params.thread_id": "thread_id",
    "params.item_id": "item_id",
}
"""Fields of the protocol's own requests, and where a plain request has what stands in them."""


class _PlainMessage(BaseReq):
    """A message. It opens a thread unless it names one that is there."""

    thread_id: str | None = None
    message: str


class _ActionBody(BaseModel):
    type: str
    payload: Any = None

    @model_validator(mode="before")
    @classmethod
    def _accept_data(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        fields = cast(dict[str, object], value)
        return fields if "payload" in fields else {**fields, "payload": fields.get("data")}


class _PlainAction(BaseReq):
    """An action that answers with a stream; `item_id` is the widget it comes from, if it comes from one."""

    thread_id: str
    item_id: str | None = None
    action: _ActionBody


class PlainMessageParams(ThreadAddUserMessageParams):
    """A message for a thread; when it is not there, one is opened, under an id of the store's."""


class PlainCreateParams(ThreadCreateParams):
    """A first message, written by hand."""


class PlainActionParams(ThreadCustomActionParams):
    """An action, written by hand."""


def plain_path(params: BaseModel, path: str | None) -> str | None:
    """Where the client wrote what stands at a path of the parameters."""
    is_plain = isinstance(params, PlainMessageParams | PlainCreateParams | PlainActionParams)
    return _PATHS.get(path, path) if is_plain and path is not None else path


def renamed(fields: dict[str, object]) -> dict[str, object]:
    """The request under the operation's own name."""
    name = fields.get("type")
    return {**fields, "type": _OTHER_NAMES[name]} if isinstance(name, str) and name in _OTHER_NAMES else fields


def plain_request(
    fields: dict[str, object],
) -> ThreadsCreateReq | ThreadsAddUserMessageReq | ThreadsCustomActionReq | None:
    """What a plain request stands for; None for what is none. Raises pydantic's `ValidationError`, with its paths."""
    if "type" in fields or not fields.keys() & {"message", "action"}:
        return None
    if {"message", "action"} <= fields.keys():
        error = PydanticCustomError("plain_request", "A request has a message or an action, not both")
        raise ValidationError.from_exception_data(
            "ChatKitReq", [{"type": error, "loc": ("action",), "input": None}], hide_input=True
        )
    return _message(fields) if "message" in fields else _action(fields)


def _message(fields: dict[str, object]) -> ThreadsCreateReq | ThreadsAddUserMessageReq:
    plain = _PlainMessage.model_validate(fields)
    content = [UserMessageTextContent(type="input_text", text=plain.message)]
    written = UserMessageInput(content=[*content], attachments=[], inference_options=InferenceOptions())
    rest: dict[str, Any] = {"metadata": plain.metadata, "extensions": plain.extensions}
    if plain.thread_id is None:
        return ThreadsCreateReq(params=PlainCreateParams(input=written), **rest)
    return ThreadsAddUserMessageReq(params=PlainMessageParams(input=written, thread_id=plain.thread_id), **rest)


def _action(fields: dict[str, object]) -> ThreadsCustomActionReq:
    plain = _PlainAction.model_validate(fields)
    action = Action[str, Any](type=plain.action.type, payload=plain.action.payload)
    params = PlainActionParams(thread_id=plain.thread_id, item_id=plain.item_id, action=action)
    return ThreadsCustomActionReq(params=params, metadata=plain.metadata, extensions=plain.extensions)
