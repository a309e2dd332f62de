"""Write the element's protocol types from the Python models, so that both sides cannot drift apart.

    python scripts/generate_protocol_types.py           writes web/src/core/protocol.generated.ts
    python scripts/generate_protocol_types.py --check   exits 1 when that file is not what would be written

What is written is how values stand on the wire: a field with a default may be absent, dates are strings, a `type` is
always there. Widget components keep the types that `@openai/chatkit` publishes for them, which is what pages are
written against.
"""

import enum
import inspect
import sys
import types
import typing
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pydantic
from generated import main
from pydantic.fields import FieldInfo

import chatkit.types
from chatkit import actions
from chatkit.types import (
    ChatKitReq,
    Page,
    RunEndedEvent,
    Source,
    StreamResetEvent,
    SyncCustomActionResponse,
    ThreadMetadata,
    ThreadStreamEvent,
    TranscriptionResult,
)
from chatkit.types.runs import ClaimItemResponse, StopRunResponse, WatchEvent

TARGET = Path(__file__).resolve().parents[1] / "web/src/core/protocol.generated.ts"

HEAD = """\
// Written by scripts/generate_protocol_types.py from the Python models: do not edit.

import type { Widgets } from '@openai/chatkit';

/** A widget's root, as pages know it. */
export type WidgetRoot = Widgets.Card | Widgets.ListView | Widgets.BasicRoot;
/** A component inside a widget, as pages know it. */
export type WidgetComponent = Widgets.WidgetComponent;
"""

ROOTS: tuple[Any, ...] = (
    ChatKitReq,
    ThreadStreamEvent,
    ThreadMetadata,
    Source,
    Page,
    SyncCustomActionResponse,
    TranscriptionResult,
    actions.ActionConfig,
    RunEndedEvent,
    StreamResetEvent,
    StopRunResponse,
    ClaimItemResponse,
    WatchEvent,
)
SCALARS: dict[Any, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    bytes: "string",
    datetime: "string",
    pydantic.AnyUrl: "string",
    type(None): "null",
    Any: "unknown",
    object: "unknown",
}
# Filled in for Python code that leaves them out; on the wire they always are, and servers of others insist on them.
ALWAYS_THERE = {
    ("UserMessageTagContent", "data"),
    ("UserMessageItem", "inference_options"),
    ("ClientToolCallItem", "call_id"),
    ("ToolCallItem", "call_id"),
}
# Unions that carry a name in Python carry it here; widgets are imported, icon names are open (newer peers know more).
GIVEN = {"WidgetRoot": None, "WidgetComponent": None, "IconName": "string"}


def named_unions() -> dict[str, Any]:
    """Name → annotation of every public type that is not a class."""
    found = {name: getattr(chatkit.types, name) for name in chatkit.types.__all__}
    return {
        name: value for name, value in found.items() if not inspect.isclass(value) and not inspect.isfunction(value)
    }


class Writer:
    """Collects declarations, each after those it needs."""

    def __init__(self) -> None:
        self.declarations: dict[str, str] = {}
        self.unions = named_unions()

    def text(self) -> str:
        for root in ROOTS:
            self.spell(root)
        return HEAD + "".join(f"\n{declaration}" for declaration in self.declarations.values() if declaration)

    def spell(self, annotation: Any) -> str:
        """The TypeScript spelling of an annotation; declares what it names."""
        if (name := self.name_of(annotation)) is not None:
            return self.named_union(name)
        if isinstance(annotation, typing.TypeVar):
            return annotation.__name__
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self.spell(arguments[0])
        if origin is Literal:
            return " | ".join(self.literal(value) for value in arguments)
        if origin in (Union, types.UnionType):
            members = list(dict.fromkeys(part for argument in arguments for part in self.spell(argument).split(" | ")))
            if "unknown" in members:
                return "unknown"
            # An open set (icon names: newer peers know more) is any string.
            literals_too = "string" not in members
            return " | ".join(member for member in members if literals_too or not member.startswith("'"))
        if origin is list:
            return self.array(arguments[0])
        if origin is dict:
            return f"Record<string, {self.spell(arguments[1])}>"
        if annotation in SCALARS:
            return SCALARS[annotation]
        if inspect.isclass(annotation):
            return self.named_class(annotation)
        raise TypeError(f"no TypeScript spelling for {annotation!r}")

    def name_of(self, annotation: Any) -> str | None:
        return next((name for name, union in self.unions.items() if union is annotation or union == annotation), None)

    def array(self, of: Any) -> str:
        inner = self.spell(of)
        return f"({inner})[]" if " | " in inner else f"{inner}[]"

    @staticmethod
    def literal(value: Any) -> str:
        if isinstance(value, enum.Enum):
            value = value.value
        return f"'{value}'" if isinstance(value, str) else str(value).lower()

    def named_union(self, name: str) -> str:
        if name in GIVEN:
            return GIVEN[name] or name
        if name not in self.declarations:
            self.declarations[name] = ""
            union = self.unions[name]
            if get_origin(union) is Annotated:
                union = get_args(union)[0]
            spell = self.literal if get_origin(union) is Literal else self.spell
            members = "".join(f"\n  | {spell(member)}" for member in get_args(union))
            self.declare(name, f"export type {name} ={members};\n")
        return name

    def named_class(self, model: type) -> str:
        if issubclass(model, enum.Enum):
            return " | ".join(self.literal(member) for member in model)
        if not issubclass(model, pydantic.BaseModel):
            raise TypeError(f"no TypeScript spelling for {model!r}")
        generic = model.__pydantic_generic_metadata__
        if (origin := generic["origin"]) is not None:
            self.named_class(origin)
            return f"{origin.__name__}<{', '.join(self.spell(argument) for argument in generic['args'])}>"
        name = model.__name__
        if name in GIVEN:
            return GIVEN[name] or name
        if name not in self.declarations:
            self.declarations[name] = ""
            self.declare(name, self.interface(model, [parameter.__name__ for parameter in generic["parameters"]]))
        return name

    def declare(self, name: str, text: str) -> None:
        # Put at the end: what it needs was declared while it was spelled.
        del self.declarations[name]
        self.declarations[name] = text

    def interface(self, model: type[pydantic.BaseModel], parameters: list[str]) -> str:
        head = f"{model.__name__}<{', '.join(parameters)}>" if parameters else model.__name__
        about = (inspect.getdoc(model) or "").partition("\n")[0] if model.__doc__ else ""
        lines = [self.field(model.__name__, name, field) for name, field in model.model_fields.items()]
        comment = f"/** {about} */\n" if about else ""
        if not lines:
            return f"{comment}export type {head} = Record<string, never>;\n"
        return f"{comment}export interface {head} {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"

    def field(self, model: str, name: str, field: FieldInfo) -> str:
        optional = "" if field.is_required() or name == "type" or (model, name) in ALWAYS_THERE else "?"
        return f"{field.serialization_alias or field.alias or name}{optional}: {self.spell(field.annotation)};"


if __name__ == "__main__":
    sys.exit(main({TARGET: Writer().text()}, __doc__))
