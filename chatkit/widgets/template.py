"""Widgets from `.widget` files: a Jinja template that renders to the widget's JSON, and the schema of its data."""

import inspect
import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment
from pydantic import BaseModel
from typing_extensions import deprecated

from chatkit._depth import TooDeepError, not_too_deep
from chatkit.widgets.unions import BasicRoot, DynamicWidgetRoot

__all__ = ["WidgetTemplate", "WidgetTemplateError"]

_VERSION = "1.0"


def _to_json(value: object) -> object:
    """Called for what JSON has no form for; turning an undefined variable to text raises the error that names it."""
    raise TypeError(f"{str(value)[:60]!r} has no form in JSON")


_ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
_ENVIRONMENT.policies["json.dumps_kwargs"] = {"sort_keys": True, "default": _to_json}


class WidgetTemplateError(ValueError):
    """A template that cannot be read or rendered, or data that does not fit it. The message names the template."""


class WidgetTemplate:
    """A widget with blanks.

    `definition` is the parsed content of a `.widget` file: `version` ("1.0"), `name`, `template` (Jinja, rendering to
    JSON), `jsonSchema` (of the data). Templates run in Jinja's sandbox, and an undefined variable is an error.
    """

    def __init__(self, definition: dict[str, Any]) -> None:
        self.name = str(definition.get("name", "widget"))
        self.version = str(definition.get("version", ""))
        if self.version != _VERSION:
            raise WidgetTemplateError(
                f"Widget template {self.name!r} has version {self.version!r}; this package reads version {_VERSION!r}."
            )
        source = definition.get("template")
        if not isinstance(source, str):
            raise WidgetTemplateError(f"Widget template {self.name!r} has no 'template' string.")
        try:
            self.template = _ENVIRONMENT.from_string(source)
        except TemplateSyntaxError as error:
            raise WidgetTemplateError(
                f"Widget template {self.name!r} is not valid Jinja at line {error.lineno}: {error.message}"
            ) from error
        schema: object = definition.get("jsonSchema", {})
        self.data_schema = cast(dict[str, Any], schema) if isinstance(schema, dict) else {}

    @classmethod
    def from_file(cls, file_path: str) -> "WidgetTemplate":
        """Reads a `.widget` file. A relative path starts at the folder of the file that calls this."""
        path = Path(file_path)
        if not path.is_absolute():
            frame = inspect.currentframe()
            caller = frame.f_back if frame else None
            if caller is not None:
                path = Path(caller.f_code.co_filename).resolve().parent / path
        try:
            definition: object = json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            raise WidgetTemplateError(f"{path} is not valid JSON at line {error.lineno}: {error.msg}") from error
        if not isinstance(definition, dict):
            raise WidgetTemplateError(f"{path} does not hold a JSON object.")
        return cls(cast(dict[str, Any], definition))

    def build(self, data: dict[str, Any] | BaseModel | None = None, *, validate: bool = False) -> DynamicWidgetRoot:
        """The widget for this data.

        `validate` checks the data against `jsonSchema` first and names the field that is wrong. It is off by default
        because published templates and their schemas disagree.
        """
        return DynamicWidgetRoot.model_validate(self._render(data, validate))

    @deprecated("Use build(): it gives every kind of root.")
    def build_basic(self, data: dict[str, Any] | BaseModel | None = None) -> BasicRoot:
        """The widget for this data, where the template's root is `Basic`."""
        warnings.warn("build_basic() is deprecated; use build().", DeprecationWarning, stacklevel=2)
        return BasicRoot.model_validate(self._render(data, False))

    def _render(self, data: dict[str, Any] | BaseModel | None, validate: bool) -> object:
        values = data.model_dump() if isinstance(data, BaseModel) else dict(data or {})
        if validate:
            self._check(values)
        try:
            rendered = self.template.render(values)
        except (TemplateError, TypeError) as error:
            raise WidgetTemplateError(f"Widget template {self.name!r} did not render: {error}") from error
        try:
            return not_too_deep(json.loads(rendered))
        except (RecursionError, TooDeepError) as error:
            raise WidgetTemplateError(f"Widget template {self.name!r} rendered to a widget nested too deep.") from error
        except json.JSONDecodeError as error:
            near = rendered[max(0, error.pos - 30) : error.pos + 30]
            raise WidgetTemplateError(
                f"Widget template {self.name!r} rendered to invalid JSON at line {error.lineno}, column {error.colno}"
                f" ({error.msg}), near {near!r}."
            ) from error

    def _check(self, values: Mapping[str, Any]) -> None:
        try:
            import jsonschema  # an extra: only checked builds need it
        except ImportError as error:
            raise ImportError("build(validate=True) needs: pip install 'open-chatkit[templates]'") from error

        validator = jsonschema.Draft202012Validator(self.data_schema)
        problems: Iterator[jsonschema.ValidationError] = validator.iter_errors(values)  # pyright: ignore[reportUnknownMemberType]  # untyped upstream
        for problem in problems:
            field = ".".join(str(step) for step in problem.absolute_path) or "the data"
            raise WidgetTemplateError(f"Widget template {self.name!r}: {field}: {problem.message}")
