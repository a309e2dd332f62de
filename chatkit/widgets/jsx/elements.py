"""Elements: `<Card>` and what stands inside."""

import html
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from chatkit.widgets.jsx.compiling import Compiler, rule
from chatkit.widgets.jsx.errors import JsxError, Place
from chatkit.widgets.jsx.expressions import call
from chatkit.widgets.jsx.literals import spread_object
from chatkit.widgets.jsx.scope import Scope, Thunk
from chatkit.widgets.jsx.tree import children, text_of
from chatkit.widgets.jsx.values import UNDEFINED, Function, Value, is_list, is_number, is_object, to_text

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["TEXT_FIELDS", "is_component"]

TEXT_FIELDS = {
    "Badge": "label",
    "Button": "label",
    "Caption": "value",
    "Label": "value",
    "Markdown": "value",
    "Text": "value",
    "Title": "value",
}
"""The field that text between the tags stands for."""

_ALWAYS_WITH_CHILDREN = {"Card", "ListView", "ListViewItem"}
_WITH_ONE_CHILD = {"Transition"}
_TAGS = ("jsx_opening_element", "jsx_closing_element")
_INNER = ("jsx_element", "jsx_expression", "jsx_self_closing_element")

Attribute: TypeAlias = Callable[[Scope, dict[str, Value]], None]


@rule("jsx_element", "jsx_self_closing_element")
def _element(compiler: Compiler, node: "Node") -> Thunk:
    tag = node.child_by_field_name("open_tag") or node
    name, place = tag.child_by_field_name("name"), compiler.place(node)
    inner = _children(compiler, node) if node.type == "jsx_element" else None
    if name is None:
        return _fragment(inner)
    kind = _kind(compiler, name)
    attributes = [_attribute(compiler, each) for each in tag.children_by_field_name("attribute")]

    def evaluate(scope: Scope) -> Value:
        scope.budget.place = place
        scope.budget.spend(1)
        fields: dict[str, Value] = {}
        for attribute in attributes:
            attribute(scope, fields)
        content = inner(scope) if inner else None
        own = _own_component(scope, kind)
        return _called(own, fields, content, scope, place, kind) if own else _made(kind, fields, content, scope, place)

    return evaluate


def _kind(compiler: Compiler, node: "Node") -> str:
    if node.type not in ("identifier", "member_expression"):
        raise compiler.unsupported(node)
    return "".join(text_of(node).split())


def _fragment(inner: "Inner | None") -> Thunk:
    return lambda scope: inner(scope) if inner else []


# --- attributes -----------------------------------------------------------------------------------------------------


def _attribute(compiler: Compiler, node: "Node") -> Attribute:
    if node.type == "jsx_expression":  # {...fields}
        return spread_object(compiler, next(children(node)))
    parts = list(children(node))
    name, place = text_of(parts[0]), compiler.place(node)
    if parts[0].type != "property_identifier":
        raise compiler.unsupported(parts[0])
    value = _attribute_value(compiler, parts[1]) if len(parts) > 1 else _constant(True)

    def put(scope: Scope, fields: dict[str, Value]) -> None:
        given = value(scope)
        if isinstance(given, Function):
            raise JsxError(f"{name} is a function; the client gets data only, as in onClickAction={{{{…}}}}", place)
        fields[name] = given

    return put


def _attribute_value(compiler: Compiler, node: "Node") -> Thunk:
    if node.type == "string":  # as in HTML: no escapes, but entities
        text = html.unescape(text_of(node)[1:-1])
        return lambda scope: text
    if node.type == "jsx_expression":
        return compiler(_only(compiler, node))
    return compiler(node)


def _only(compiler: Compiler, node: "Node") -> "Node":
    inner = next(children(node), None)
    if inner is None:
        raise JsxError("there is nothing between the braces", compiler.place(node))
    return inner


# --- what stands between the tags -----------------------------------------------------------------------------------

Inner: TypeAlias = Callable[[Scope], list[Value]]


def _children(compiler: Compiler, node: "Node") -> "Inner | None":
    """None when nothing stands there; texts, numbers and components, else."""
    source, start = node.text or b"", node.start_byte
    parts: list[Thunk] = []
    tag = compiler.field(node, "open_tag")
    at = tag.end_byte - start
    for child in (*(each for each in node.named_children if each.type in _INNER), compiler.field(node, "close_tag")):
        text = _shown_text(source[at : child.start_byte - start].decode(errors="replace"))
        parts += [_constant(text)] if text else []
        parts += _child(compiler, child)
        at = child.end_byte - start
    if not parts:
        return None
    return lambda scope: _flattened([part(scope) for part in parts], scope)


def _constant(value: Value) -> Thunk:
    return lambda scope: value


def _child(compiler: Compiler, node: "Node") -> list[Thunk]:
    if node.type in _TAGS:
        return []
    if node.type != "jsx_expression":
        return [compiler(node)]
    inner = next(children(node), None)  # nothing is inside when it is a comment
    if inner is not None and inner.type == "spread_element":
        inner = next(children(inner))
    return [] if inner is None else [compiler(inner)]


def _shown_text(source: str) -> str:
    """JSX's rule: line breaks and the blanks around them are layout; what is left of the lines is joined by blanks."""
    lines = source.replace("\t", " ").splitlines() or [""]
    trimmed = [
        line.lstrip(" ") if index and index == len(lines) - 1 else line.rstrip(" ") if not index else line.strip(" ")
        for index, line in enumerate(lines)
    ]
    if len(lines) == 1:
        return html.unescape(lines[0])
    return html.unescape(" ".join(line for line in trimmed if line.strip(" ")))


def _flattened(values: list[Value], scope: Scope) -> list[Value]:
    """Arrays are opened; what shows nothing is left out."""
    flat: list[Value] = []
    for value in values:
        scope.budget.spend(1)
        if is_list(value):
            flat += _flattened(value, scope)
        elif value is not None and value is not UNDEFINED and not isinstance(value, bool):
            flat.append(value)
    return flat


# --- making components ----------------------------------------------------------------------------------------------


def _own_component(scope: Scope, kind: str) -> Function | None:
    """A function of the source with this name."""
    try:
        found = scope.find(kind)
    except KeyError:
        return None
    return found if type(found) is Function else None


def _called(
    own: Function, fields: dict[str, Value], content: list[Value] | None, scope: Scope, place: Place, kind: str
) -> Value:
    key = fields.pop("key", UNDEFINED)
    given = fields if content is None else fields | {"children": content}
    made = call(own, [given], scope, place, kind)
    if is_object(made) and key is not UNDEFINED and key is not None:
        return {"key": to_text(key, scope.budget)} | made
    return made


def _made(kind: str, fields: dict[str, Value], content: list[Value] | None, scope: Scope, place: Place) -> Value:
    if kind[0].islower():
        raise JsxError(f"<{kind}> is no widget component; these begin with a capital letter", place)
    if "type" in fields:
        raise JsxError(f"type is the name of the component, so <{kind}> cannot have it as an attribute", place)
    for name in ("key", "id"):
        if is_number(fields.get(name)):
            fields[name] = to_text(fields[name], scope.budget)
    made: dict[str, Value] = {"type": kind} | {name: _as_sent(name, value) for name, value in fields.items()}
    if content is not None:
        made |= _content(kind, content, made, scope, place)
    elif kind in _ALWAYS_WITH_CHILDREN:
        made.setdefault("children", [])
    return made


def _as_sent(name: str, value: Value) -> Value:
    """Guides write `data` where the wire has an action's `payload`."""
    if name.endswith("Action") and is_object(value) and "data" in value and "payload" not in value:
        return {("payload" if key == "data" else key): member for key, member in value.items()}
    if name in ("confirm", "cancel") and is_object(value):
        return {key: _as_sent("Action" if key == "action" else "", member) for key, member in value.items()}
    return value


def _content(kind: str, content: list[Value], made: dict[str, Value], scope: Scope, place: Place) -> dict[str, Value]:
    field = TEXT_FIELDS.get(kind)
    if field and all(isinstance(each, str) or is_number(each) for each in content):
        if field in made:
            raise JsxError(f"<{kind}> has both {field} and text between its tags", place)
        texts = [to_text(each, scope.budget) for each in content]
        scope.budget.write(sum(map(len, texts)))
        return {field: "".join(texts)}
    nodes = _nodes(content, scope, place)
    if kind not in _WITH_ONE_CHILD:
        return {"children": nodes}
    if len(nodes) > 1:
        raise JsxError(f"<{kind}> takes one child, not {len(nodes)}", place)
    return {"children": nodes[0] if nodes else None}


def _nodes(content: list[Value], scope: Scope, place: Place) -> list[Value]:
    """Components; text among them becomes `Text`."""
    nodes: list[Value] = []
    text = ""
    for each in content:
        if isinstance(each, str) or is_number(each):
            text += to_text(each, scope.budget)
            scope.budget.write(len(text))
            continue
        if not is_component(each):
            raise JsxError("only components and text can stand here, not other objects or functions", place)
        nodes += _as_text(text)
        nodes.append(each)
        text = ""
    return nodes + _as_text(text)


def is_component(value: Value) -> TypeGuard[dict[str, Value]]:
    """Whether a value is a component, from an element or from the data."""
    return is_object(value) and isinstance(value.get("type"), str)


def _as_text(text: str) -> list[Value]:
    return [{"type": "Text", "value": text.strip()}] if text.strip() else []
