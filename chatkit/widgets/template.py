"""Widgets from `.widget` files: a template that gives the widget's JSON, and the schema of its data.

A template is Jinja inside JSON, as the widget builder exports it, or JSX, as it is written there.
"""

import base64
import binascii
import inspect
import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, cast

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment
from pydantic import BaseModel
from typing_extensions import deprecated

from chatkit._depth import TooDeepError, not_too_deep
from chatkit.widgets.checks import report_unknown
from chatkit.widgets.jsx import JsxError, JsxSource, looks_like_jsx, zod_schema
from chatkit.widgets.unions import BasicRoot, DynamicWidgetRoot

__all__ = ["WidgetTemplate", "WidgetTemplateError"]

_VERSION = "1.0"
_Definition = dict[str, Any]


def _to_json(value: object) -> object:
    """Called for what JSON has no form for; turning an undefined variable to text raises the error that names it."""
    raise TypeError(f"{str(value)[:60]!r} has no form in JSON")


_ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
_ENVIRONMENT.policies["json.dumps_kwargs"] = {"sort_keys": True, "default": _to_json}


class WidgetTemplateError(ValueError):
    """A template that cannot be read or rendered, or data that does not fit it. The message names the template."""


class WidgetTemplate:
    """A widget with blanks.

    `definition` is the parsed content of a `.widget` file: `version` ("1.0"), `name`, `template`, `jsonSchema` (of the
    data). A `template` is Jinja that renders to JSON, which runs in Jinja's sandbox and where an undefined variable is
    an error; or JSX, which is evaluated and never executed. What the widget builder keeps inside (`view`, `schema`,
    `encodedWidget`) is taken where there is no `template`. A text is a JSX source.
    """

    template: Template | JsxSource

    def __init__(self, definition: _Definition | str) -> None:
        definition = _whole({"version": _VERSION, "view": definition} if isinstance(definition, str) else definition)
        self.name = str(definition.get("name") or "widget")
        self.version = str(definition.get("version", _VERSION if "view" in definition else ""))
        if self.version != _VERSION:
            raise WidgetTemplateError(
                f"Widget template {self.name!r} has version {self.version!r}; this package reads version {_VERSION!r}."
            )
        self.template = self._compiled(definition.get("template", definition.get("view")))
        self.data_schema = self._schema(definition.get("jsonSchema", definition.get("schema")))

    @classmethod
    def from_file(cls, file_path: str) -> "WidgetTemplate":
        """Reads a `.widget` file, JSON or JSX. A relative path starts at the folder of the file that calls this."""
        path = Path(file_path)
        if not path.is_absolute():
            frame = inspect.currentframe()
            caller = frame.f_back if frame else None
            if caller is not None:
                path = Path(caller.f_code.co_filename).resolve().parent / path
        text = path.read_text(encoding="utf-8-sig")
        if looks_like_jsx(text):
            return cls({"version": _VERSION, "name": path.name.split(".")[0], "template": text})
        try:
            definition: object = json.loads(text)
        except json.JSONDecodeError as error:
            raise WidgetTemplateError(f"{path} is not valid JSON at line {error.lineno}: {error.msg}") from error
        if not isinstance(definition, dict):
            raise WidgetTemplateError(f"{path} does not hold a JSON object.")
        return cls(cast(_Definition, definition))

    def build(
        self, data: dict[str, Any] | BaseModel | None = None, *, validate: bool | Literal["strict"] = False
    ) -> DynamicWidgetRoot:
        """The widget for this data.

        `validate` checks the data against the schema first and names the field that is wrong. It is off by default
        because published templates and their schemas disagree. A component's unknown field warns; with
        `validate="strict"` it raises `UnknownFieldError`.
        """
        root = DynamicWidgetRoot.model_validate(self._render(data, validate))
        report_unknown(root, f"Widget template {self.name!r}", strict=validate == "strict", stacklevel=3)
        return root

    @deprecated("Use build(): it gives every kind of root.")
    def build_basic(self, data: dict[str, Any] | BaseModel | None = None) -> BasicRoot:
        """The widget for this data, where the template's root is `Basic`."""
        warnings.warn("build_basic() is deprecated; use build().", DeprecationWarning, stacklevel=2)
        root = BasicRoot.model_validate(self._render(data, False))
        report_unknown(root, f"Widget template {self.name!r}", strict=False, stacklevel=4)
        return root

    def _compiled(self, source: object) -> Template | JsxSource:
        if isinstance(source, Template):
            return source
        if not isinstance(source, str):
            raise WidgetTemplateError(f"Widget template {self.name!r} has no 'template' string.")
        try:
            return JsxSource(source) if looks_like_jsx(source) else _ENVIRONMENT.from_string(source)
        except TemplateSyntaxError as error:
            raise WidgetTemplateError(
                f"Widget template {self.name!r} is not valid Jinja at line {error.lineno}: {error.message}"
            ) from error
        except JsxError as error:
            raise WidgetTemplateError(f"Widget template {self.name!r}, {error}") from error

    def _schema(self, given: object) -> dict[str, Any]:
        """The JSON Schema of the data; a text is one as JSON, or written with zod. Empty when there is none."""
        if isinstance(given, str) and given.strip():
            try:
                given = json.loads(given) if given.lstrip().startswith("{") else zod_schema(given)
            except ValueError as error:  # also a JsxError: a schema that cannot be read checks nothing
                raise WidgetTemplateError(
                    f"Widget template {self.name!r} has a schema that is wrong: {error}"
                ) from error
        if isinstance(given, dict):
            return cast(dict[str, Any], given)
        return (self.template.schema or {}) if isinstance(self.template, JsxSource) else {}

    def _render(self, data: dict[str, Any] | BaseModel | None, validate: bool | str) -> object:
        values = data.model_dump() if isinstance(data, BaseModel) else dict(data or {})
        if validate:
            self._check(values)
        if isinstance(self.template, JsxSource):
            return self._evaluated(self.template, values)
        return self._rendered(self.template, values)

    def _evaluated(self, source: JsxSource, values: dict[str, Any]) -> object:
        declared: object = self.data_schema.get("properties")
        try:
            return source.render(values, cast(dict[str, Any], declared) if isinstance(declared, dict) else ())
        except JsxError as error:
            raise WidgetTemplateError(f"Widget template {self.name!r}, {error}") from error

    def _rendered(self, template: Template, values: dict[str, Any]) -> object:
        try:
            rendered = template.render(values)
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


def _whole(definition: _Definition) -> _Definition:
    """The definition, with what its `encodedWidget` holds where it has no template itself."""
    encoded: object = definition.get("encodedWidget")
    if "template" in definition or "view" in definition or not isinstance(encoded, str):
        return definition
    try:
        padded = encoded + "=" * (-len(encoded) % 4)
        inner: object = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError) as error:
        raise WidgetTemplateError(
            f"Widget template {definition.get('name')!r} has an encodedWidget of no use."
        ) from error
    return cast(_Definition, inner) | definition if isinstance(inner, dict) else definition
