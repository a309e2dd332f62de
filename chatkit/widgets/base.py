"""What every component has."""

from typing import Any, ClassVar, cast

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from chatkit.widgets._spellings import normalise
from chatkit.widgets.fields import report_given

__all__ = ["WidgetComponentBase"]


def _without_nulls(value: object) -> object:
    """Nested objects without their null members. Nulls in lists stay: there, their place means something."""
    if isinstance(value, dict):
        members = cast(dict[str, object], value)
        return {name: _without_nulls(member) for name, member in members.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(entry) for entry in cast(list[object], value)]
    return value


class WidgetComponentBase(BaseModel):
    """A component. `key` tells siblings apart across updates, `id` names it for streaming updates.

    Serialisation leaves nulls out, except `children`, and always writes `type`. Fields of a newer peer are kept.
    """

    model_config = ConfigDict(serialize_by_alias=True, extra="allow")

    CLOSED: ClassVar[bool] = True
    """Whether the class knows all fields of its component: one more is a mistake then."""

    key: str | None = None
    id: str | None = None
    type: str = Field(...)

    @model_validator(mode="before")
    @classmethod
    def _accept_spellings(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        fields = cast(dict[str, object], value)
        known = cls.__pydantic_fields__
        component = known["type"].default
        if not isinstance(component, str):
            component = fields.get("type")
        if not isinstance(component, str):
            return fields
        fields = normalise(component, fields)
        if cls.CLOSED and not fields.keys() <= known.keys():
            report_given(component, known, fields)
        return fields

    @model_serializer(mode="wrap")
    def serialize(self, next_: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The component as the wire has it."""
        dumped: dict[str, Any] = next_(self)
        written: dict[str, Any] = {}
        for name, value in dumped.items():
            if name == "children":  # the children have been through this themselves
                written[name] = value
            elif value is not None:
                written[name] = _without_nulls(value)
        written["type"] = self.type
        return written
