"""Widgets written as JSX: parsed with tree-sitter, evaluated by a small evaluator, never executed.

A source sees the data and the few names of `globals`. It cannot reach Python's objects, assign, loop, or do more work
than `budget` allows. `docs/server.md` has what is supported.
"""

from chatkit.widgets.jsx.errors import JsxError, Place
from chatkit.widgets.jsx.source import JsxSource, looks_like_jsx, zod_schema

__all__ = ["JsxError", "JsxSource", "Place", "looks_like_jsx", "zod_schema"]
