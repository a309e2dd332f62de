"""Prints the public interface of whichever `chatkit` is installed: models, classes, functions, aliases.

One JSON array a line: a dotted name, and what can be seen of it from outside. Names that a module only imports from
other libraries are left out.
"""

import enum
import importlib
import inspect
import json
import typing
import warnings
from types import ModuleType
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

warnings.simplefilter("ignore")

# In the order of their imports: an alias belongs to the first that has it.
MODULES = ["errors", "icons", "actions", "widgets", "types", "store", "server", "agents"]


def fields(model: type[BaseModel]) -> dict[str, Any]:
    """Each field: whether it is required, its default as JSON would have it, whether it is frozen."""
    seen: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if field.is_required():
            default: Any = "required"
        elif field.default is PydanticUndefined:
            default = _plain(field.get_default(call_default_factory=True, validated_data={}))
        else:
            default = _plain(field.default)
        seen[name] = [default, bool(field.frozen)]
    return seen


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, typing.TypeVar):
        return "type variable"
    return value if isinstance(value, str | int | float | bool | list | dict | None) else repr(value)


def parameters(function: Any) -> list[list[Any]]:
    """Each parameter: name, kind, whether it has a default."""
    return [
        [parameter.name, parameter.kind.name, parameter.default is not parameter.empty]
        for parameter in inspect.signature(function).parameters.values()
    ]


def methods(kind: type) -> dict[str, Any]:
    """Each public method, inherited ones of this package too."""
    seen: dict[str, Any] = {}
    for name in dir(kind):
        if name.startswith("_") and name != "__init__":
            continue
        found = inspect.getattr_static(kind, name)
        owner = next((base for base in kind.__mro__ if name in vars(base)), kind)
        if not owner.__module__.startswith("chatkit"):
            continue
        if isinstance(found, property):
            seen[name] = "property"
        elif isinstance(found, classmethod | staticmethod):
            seen[name] = parameters(found.__func__)
        elif inspect.isfunction(found):
            seen[name] = parameters(found)
    if issubclass(kind, BaseModel):
        seen.pop("__init__", None)
    return seen


def describe(value: Any) -> Any:
    """What can be seen of one public object; nothing for what is not the package's own."""
    if isinstance(value, ModuleType):
        return None
    if inspect.isclass(value) and get_origin(value) is None:
        if not value.__module__.startswith("chatkit"):
            return None
        seen: dict[str, Any] = {
            "methods": methods(value),
            "abstract": sorted(getattr(value, "__abstractmethods__", ())),
        }
        if issubclass(value, BaseModel):
            seen["fields"] = fields(value)
        elif issubclass(value, enum.Enum):
            seen["members"] = {member.name: member.value for member in value}
        elif typing.is_typeddict(value):
            seen["keys"] = {name: name in value.__required_keys__ for name in value.__annotations__}
        return seen
    if inspect.isfunction(value):
        return {"parameters": parameters(value)} if value.__module__.startswith("chatkit") else None
    if isinstance(value, str | int) and not isinstance(value, bool):
        return {"value": value}
    literals = sorted(map(str, _literals(value)))
    return {"literals": literals} if literals else None


def _literals(value: Any) -> set[Any]:
    """The strings in a `Literal`, also inside unions."""
    if get_origin(value) is typing.Literal:
        return {argument for argument in get_args(value) if isinstance(argument, str)}
    return set().union(*(_literals(argument) for argument in get_args(value))) if get_args(value) else set()


seen_names: set[str] = set()
for module_name in MODULES:
    module = importlib.import_module(f"chatkit.{module_name}")
    for public_name in sorted(dir(module)):
        value = getattr(module, public_name)
        if public_name.startswith("_") or (described := describe(value)) is None:
            continue
        home = getattr(value, "__module__", None) if inspect.isclass(value) or inspect.isfunction(value) else None
        at_home = home == module.__name__ if home else public_name not in seen_names
        seen_names.add(public_name)
        print(json.dumps([f"{module_name}.{public_name}", {**described, "at_home": at_home}], default=repr))
