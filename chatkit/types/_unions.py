"""Unions by `type` that can be used like the class that tutorials take them for."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, cast

from pydantic import TypeAdapter

__all__ = ["like_a_class"]

# Whatever `Annotated` makes is of this class; the `typing` module has no public name for it.
_ALIAS: Final[Any] = type(Annotated[int, None])


class _Likeness:
    """An `Annotated` union, as type checkers, pydantic and `get_args` know it, that validates and makes members too."""

    __origin__: Any
    tag: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None

    def __call__(self, **fields: Any) -> Any:
        tag = vars(self)["tag"]
        return _adapter(self).validate_python(tag(fields) if tag else fields)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self.__origin__)

    def model_validate(self, obj: Any, **options: Any) -> Any:
        """The member that `obj` describes."""
        return _adapter(self).validate_python(obj, **options)

    def model_validate_json(self, json_data: str | bytes | bytearray, **options: Any) -> Any:
        """The member that the JSON describes."""
        return _adapter(self).validate_json(json_data, **options)

    def model_json_schema(self, **options: Any) -> dict[str, Any]:
        """The schema of all members."""
        return _adapter(self).json_schema(**options)


_LIKENESS: Final[Any] = type("_Union", (_Likeness, _ALIAS), {}, _root=True)


def _adapter(union: Any) -> TypeAdapter[Any]:
    """The union's validator, made when it is first needed."""
    known = cast(dict[str, Any], vars(union))
    if "adapter" not in known:
        known["adapter"] = TypeAdapter(union)
    return known["adapter"]


def like_a_class(union: Any, tag: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None) -> Any:
    """The `Annotated` union, with `model_validate`, calls that make the member of their `type`, and `isinstance`.

    `tag` may add the `type` to the fields of a call.
    """
    alike = _LIKENESS(union.__origin__, union.__metadata__)
    vars(alike)["tag"] = tag  # setting attributes of an alias sets those of what it stands for
    return alike
