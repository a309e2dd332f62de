"""Schemas written with zod beside a widget, as JSON Schema. What is not known here allows everything."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from chatkit.widgets.jsx.literals import text_literal
from chatkit.widgets.jsx.tree import children, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["OPTIONAL", "Schema", "Schemas", "is_zod"]

Schema: TypeAlias = dict[str, Any]
OPTIONAL = "x-optional"
"""Marks a schema whose member may be missing, until the object around it says so."""

_LENGTHS = {
    "string": ("minLength", "maxLength"),
    "number": ("minimum", "maximum"),
    "integer": ("minimum", "maximum"),
    "array": ("minItems", "maxItems"),
}
_PLAIN: Mapping[str, Schema] = {
    "any": {},
    "bigint": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "email": {"type": "string"},
    "int": {"type": "integer"},
    "iso.date": {"type": "string"},
    "iso.datetime": {"type": "string"},
    "iso.time": {"type": "string"},
    "null": {"type": "null"},
    "number": {"type": "number"},
    "string": {"type": "string"},
    "unknown": {},
    "url": {"type": "string"},
    "uuid": {"type": "string"},
}


def is_zod(node: "Node") -> bool:
    """Whether an expression is a chain of calls that begins with `z.`"""
    while node.type in ("call_expression", "member_expression"):
        node = node.child_by_field_name("function") or node.child_by_field_name("object") or node.children[0]
    return node.type == "identifier" and text_of(node) == "z"


class Schemas:
    """The schemas of one source, by name."""

    def __init__(self) -> None:
        self.named: dict[str, Schema] = {}

    def read(self, node: "Node") -> Schema:
        """The schema of an expression; an empty one allows everything."""
        if node.type == "identifier":
            return dict(self.named.get(text_of(node), {}))
        called = node.child_by_field_name("function")
        if node.type != "call_expression" or called is None or called.type != "member_expression":
            return {}
        owner, prop = called.child_by_field_name("object"), called.child_by_field_name("property")
        arguments = node.child_by_field_name("arguments")
        given = list(children(arguments)) if arguments is not None else []
        if owner is None or prop is None:
            return {}
        name = text_of(prop)
        if text_of(owner) in ("z", "z.iso", "z.coerce"):
            return self._made(name if text_of(owner) != "z.iso" else f"iso.{name}", given)
        return _refined(self.read(owner), name, given)

    def _made(self, name: str, given: list["Node"]) -> Schema:
        if name in _PLAIN:
            return dict(_PLAIN[name])
        make = _MAKERS.get(name)
        return make(self, given) if make and given else {}

    def object_(self, given: list["Node"], strict: bool) -> Schema:
        properties: Schema = {}
        for pair in children(given[0]):
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is not None and value is not None:
                properties[text_literal(key) if key.type == "string" else text_of(key)] = self.read(value)
        required = [name for name, schema in properties.items() if not schema.pop(OPTIONAL, False)]
        schema: Schema = {"type": "object", "properties": properties, "required": required}
        return schema | {"additionalProperties": False} if strict else schema

    def of_each(self, given: list["Node"]) -> list[Schema]:
        return [_known(self.read(each)) for each in children(given[0])]


def _known(schema: Schema) -> Schema:
    return {name: value for name, value in schema.items() if name != OPTIONAL}


def _literal(node: "Node") -> Any:
    text = text_of(node)
    constants = {"true": True, "false": False, "null": None}
    if node.type == "string":
        return text_literal(node)
    try:
        return constants[text] if text in constants else float(text) if "." in text else int(text)
    except ValueError:
        return text


def _enumerated(_schemas: Schemas, given: list["Node"]) -> Schema:
    if given[0].type != "array":
        return {}
    return {"enum": [_literal(each) for each in children(given[0])]}


_MAKERS: Mapping[str, Callable[[Schemas, list["Node"]], Schema]] = {
    "array": lambda schemas, given: {"type": "array", "items": _known(schemas.read(given[0]))},
    "discriminatedUnion": lambda schemas, given: {"anyOf": schemas.of_each(given[1:])} if given[1:] else {},
    "enum": _enumerated,
    "literal": lambda _schemas, given: {"const": _literal(given[0])},
    "nullable": lambda schemas, given: _refined(schemas.read(given[0]), "nullable", []),
    "object": lambda schemas, given: schemas.object_(given, strict=False),
    "optional": lambda schemas, given: schemas.read(given[0]) | {OPTIONAL: True},
    "record": lambda schemas, given: {"type": "object", "additionalProperties": _known(schemas.read(given[-1]))},
    "strictObject": lambda schemas, given: schemas.object_(given, strict=True),
    "tuple": lambda schemas, given: {"type": "array", "prefixItems": schemas.of_each(given)},
    "union": lambda schemas, given: {"anyOf": schemas.of_each(given)},
}


def _refined(schema: Schema, name: str, given: list["Node"]) -> Schema:
    """A schema after one more call in its chain; calls that say nothing about the shape change nothing."""
    if name in ("optional", "default", "prefault", "catch"):
        return schema | {OPTIONAL: True}
    if name in ("nullable", "nullish"):
        optional = {OPTIONAL: True} if name == "nullish" or schema.get(OPTIONAL) else {}
        return {"anyOf": [_known(schema), {"type": "null"}]} | optional
    if name == "array":
        return {"type": "array", "items": _known(schema)}
    if name == "int":
        return schema | {"type": "integer"}
    if name == "strict":
        return schema | {"additionalProperties": False}
    return schema | _limits(schema, name, given)


def _limits(schema: Schema, name: str, given: list["Node"]) -> Schema:
    names = _LENGTHS.get(str(schema.get("type")))
    value = _literal(given[0]) if given else None
    if names is None or not isinstance(value, (int, float)):
        return {}
    low, high = names
    limits = {"min": {low: value}, "max": {high: value}, "length": {low: value, high: value}}
    numeric = {
        "gt": {"exclusiveMinimum": value},
        "gte": {low: value},
        "lt": {"exclusiveMaximum": value},
        "lte": {high: value},
    }
    return (limits | numeric if low == "minimum" else limits).get(name, {})
