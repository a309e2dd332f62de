"""Widget actions: what a control asks for (`ActionConfig`) and what the server receives (`Action`)."""

from typing import Any, Generic, Literal, TypeVar, cast, get_args

from pydantic import BaseModel, Field, model_validator

__all__ = [
    "DEFAULT_HANDLER",
    "DEFAULT_LOADING_BEHAVIOR",
    "Action",
    "ActionConfig",
    "Handler",
    "LoadingBehavior",
]

Handler = Literal["client", "server"]
"""Who runs the action: the page's own callback, or the server."""

LoadingBehavior = Literal["auto", "none", "self", "container"]
"""What shows that the action runs: the control (`self`), the whole widget (`container`), nothing, or what fits."""

DEFAULT_HANDLER: Handler = "server"
DEFAULT_LOADING_BEHAVIOR: LoadingBehavior = "auto"

TType = TypeVar("TType", bound=str)
TPayload = TypeVar("TPayload")


def _payload_from_data(value: object) -> object:
    """Existing tutorials write `data` where the wire has `payload`."""
    if not isinstance(value, dict):
        return value
    fields = cast(dict[str, object], value)
    if "data" not in fields or "payload" in fields:
        return fields
    return {("payload" if key == "data" else key): item for key, item in fields.items()}


class ActionConfig(BaseModel):
    """An action as a widget carries it. An `Action` is accepted wherever one of these is expected.

    `streaming: false` asks for one JSON answer (`sync_action`) in place of a stream of events (`action`).
    """

    type: str
    payload: Any = None
    handler: Handler = DEFAULT_HANDLER
    loadingBehavior: LoadingBehavior = DEFAULT_LOADING_BEHAVIOR
    streaming: bool = True

    @model_validator(mode="before")
    @classmethod
    def _accept_actions(cls, value: object) -> object:
        if isinstance(value, Action):
            action = cast("Action[str, Any]", value)
            return {"type": action.type, "payload": action.payload}
        return _payload_from_data(value)


class Action(BaseModel, Generic[TType, TPayload]):
    """An action as it reaches the server: its type and the payload, form values included.

    Subclass with a literal type to name an action once and build its configuration with `create`:

        class Complete(Action[Literal["todo.complete"], dict[str, str]]): ...
        Button(label="Done", onClickAction=Complete.create({"id": "7"}))
    """

    type: TType = Field(default=cast(TType, TType), frozen=True)
    payload: TPayload = cast(TPayload, None)

    @model_validator(mode="before")
    @classmethod
    def _accept_data(cls, value: object) -> object:
        return _payload_from_data(value)

    @property
    def data(self) -> TPayload:
        """The payload, under the name that existing tutorials use."""
        return self.payload

    @classmethod
    def create(
        cls,
        payload: TPayload,
        handler: Handler = DEFAULT_HANDLER,
        loading_behavior: LoadingBehavior = DEFAULT_LOADING_BEHAVIOR,
        streaming: bool = True,
    ) -> ActionConfig:
        """The configuration for a widget. Raises `TypeError` unless the class fixes its type with one literal."""
        values = get_args(cls.model_fields["type"].annotation)
        if len(values) != 1 or not isinstance(values[0], str):
            raise TypeError(f"{cls.__name__} must fix its type with a literal, as in Action[Literal['x'], P].")
        return ActionConfig(
            type=values[0], payload=payload, handler=handler, loadingBehavior=loading_behavior, streaming=streaming
        )
