"""The syntax tree of a source, made by tree-sitter. Nothing here evaluates anything."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from chatkit.widgets.jsx.errors import JsxError, Place

if TYPE_CHECKING:
    from tree_sitter import Language, Node

__all__ = ["MOST_SOURCE", "Source", "children", "text_of"]

MOST_SOURCE = 500_000
"""Characters of one source."""


@cache
def _language() -> "Language":
    try:  # an extra: only JSX sources need it
        import tree_sitter_javascript
        from tree_sitter import Language
    except ImportError as error:
        raise ImportError("Widgets written as JSX need: pip install 'open-chatkit[templates]'") from error
    return Language(tree_sitter_javascript.language())


def _parse(source: bytes) -> "Node":
    language = _language()
    from tree_sitter import Parser

    return Parser(language).parse(source).root_node  # one each: threads must not share them


class Source:
    """A parsed source. Raises `JsxError` at the first place that is no JSX, `ImportError` without the extra."""

    def __init__(self, text: str) -> None:
        if len(text) > MOST_SOURCE:
            raise JsxError(f"a source may have at most {MOST_SOURCE} characters", Place(1, 1))
        encoded = text.encode(errors="replace")
        self._lines = encoded.split(b"\n")
        self.root = _parse(encoded)
        self._check_tags()
        if self.root.has_error:
            raise self._syntax_error()

    def place(self, node: "Node") -> Place:
        """Where a node begins. tree-sitter counts columns in bytes."""
        row, column = node.start_point
        return Place(row + 1, len(self._lines[row][:column].decode(errors="replace")) + 1)

    def _check_tags(self) -> None:
        """The grammar takes any closing tag for any element. Raises at the first that is another element's."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            waiting += reversed(node.named_children)
            opened, closed = node.child_by_field_name("open_tag"), node.child_by_field_name("close_tag")
            if opened is not None and closed is not None and _tag_name(opened) != _tag_name(closed):
                raise JsxError(f"<{_tag_name(opened)}> is not closed before </{_tag_name(closed)}>", self.place(opened))

    def _syntax_error(self) -> JsxError:
        """The innermost of the first faulty nodes: an outer one may be as large as the source."""
        faulty = self.root
        while inner := next((child for child in faulty.children if child.has_error or child.is_missing), None):
            faulty = inner
        open_tags = [child for child in faulty.children if child.type == "jsx_opening_element"]
        if open_tags:
            return JsxError(f"{text_of(open_tags[-1])[:40]} is not closed", self.place(open_tags[-1]))
        if faulty.is_missing:
            return JsxError(f"{faulty.type!r} is missing", self.place(faulty))
        found = text_of(faulty).strip().splitlines()
        return JsxError(f"this is not JSX: {found[0][:40]!r}" if found else "this is not JSX", self.place(faulty))

    def field(self, node: "Node", name: str) -> "Node":
        """A child that the grammar promises."""
        child = node.child_by_field_name(name)
        if child is None:
            raise JsxError(f"{name} is missing", self.place(node))
        return child


def _tag_name(tag: "Node") -> str:
    name = tag.child_by_field_name("name")
    return "" if name is None else text_of(name)


def text_of(node: "Node") -> str:
    return (node.text or b"").decode(errors="replace")


def children(node: "Node") -> Iterator["Node"]:
    """The named children without comments."""
    return (child for child in node.named_children if child.type not in ("comment", "html_comment"))
