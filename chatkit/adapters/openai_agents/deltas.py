"""The model's deltas built from their JSON at once: the objects that the SDK would have made of it.

The SDK validates each event against the union of all events, or builds it field by field through its types; for a delta
of one word that costs more than everything else on its way. Here an event is validated against its own class alone, and
a chunk as a whole, or by a table that is read from the SDK's classes once. What is not plainly what its class says is
left to the SDK.
"""

import types
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Literal, Union, cast, get_args, get_origin

from openai import BaseModel as SdkModel
from openai.types.chat import ChatCompletionChunk
from openai.types.responses import ResponseStreamEvent
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

__all__ = ["ChunkBuilder", "DeltaBuilder", "NotPlain", "Shape", "same"]

_PLAIN: dict[Any, Any] = {str: "x", int: 1, float: 0.5, bool: True}
"""The types whose values are taken as they are, each with a sample."""
_NEEDED = (
    "response.output_text.delta",
    "response.reasoning_text.delta",
    "response.reasoning_summary_text.delta",
    "response.function_call_arguments.delta",
)
"""The events that come in numbers."""
_CONTROL = "_fields_set"
"""A name in the JSON that the SDK takes for an argument of its own."""
_new = object.__new__
_set = object.__setattr__

Convert = Callable[[Any], Any]
"""Makes a field's value of its JSON. Raises `NotPlain`."""


class NotPlain(Exception):
    """The JSON, or the class, is not plain: only the SDK knows what it makes of it."""


class Shape:
    """How one of the SDK's classes is built from JSON.

    The SDK has two ways. What stands in a union it validates: every field without a default must be there, and what the
    class does not know counts as set. All else it constructs: what is missing or null gets the default or none, and
    what the class does not know is kept but does not count as set. Raises `NotPlain` for a class that cannot be built
    so.
    """

    def __init__(self, model: type[BaseModel], *, validated: bool) -> None:
        self.sample: dict[str, Any] = {}
        """JSON with every field that can be read."""
        self._model = model
        self._validated = validated
        self._blank = {name: _default(field) for name, field in model.model_fields.items()}
        self._plain: dict[str, Any] = {}
        self._converts: dict[str, Convert] = {}
        self._required = {name for name, field in model.model_fields.items() if validated and field.is_required()}
        for name, field in model.model_fields.items():
            self._read(name, field)
        self.build: Convert = _validator(model) if validated else self._construct
        """Makes the object of a JSON object. Raises `NotPlain`."""

    @property
    def shortest(self) -> dict[str, Any]:
        """The sample without all that may be missing."""
        return {name: value for name, value in self.sample.items() if name in self._required}

    def _construct(self, data: dict[str, Any]) -> Any:
        values = self._blank.copy()
        extra: dict[str, Any] = {}
        plain = self._plain
        for name, value in data.items():
            wanted = plain.get(name)
            if wanted is None:
                extra[name] = value
            elif type(value) is wanted:
                values[name] = value
            elif value is not None:
                values[name] = self._converts[name](value)
        if _CONTROL in extra:
            raise NotPlain
        built = _new(self._model)
        _set(built, "__dict__", values)
        _set(built, "__pydantic_extra__", extra)
        _set(built, "__pydantic_fields_set__", data.keys() - extra.keys() if extra else set(data))
        _set(built, "__pydantic_private__", None)
        return built

    def _read(self, name: str, field: FieldInfo) -> None:
        """Learns a field. One that cannot be read leaves the JSON that has it to the SDK."""
        annotation, nullable = _without_none(field.annotation)
        try:
            if field.alias or field.validation_alias or field.metadata:
                raise NotPlain
            self.sample[name], kind, convert = _reader(annotation, validated=self._validated or nullable)
        except NotPlain:
            if name in self._required and not nullable:
                raise
            kind, convert = NotPlain, _refuse
        self._plain[name] = kind
        self._converts[name] = convert


def _validator(model: type[BaseModel]) -> Convert:
    """Validates against the class alone: beside it the SDK's union has null, or classes with another `type`."""
    model.model_rebuild()
    validate = model.__pydantic_validator__.validate_python

    def convert(value: Any) -> Any:
        try:
            return validate(value)
        except ValidationError:
            raise NotPlain from None

    return convert


def _default(field: FieldInfo) -> Any:
    """A field's default; none where it has none, as the SDK has it."""
    if field.default_factory is not None or isinstance(field.default, list | dict | BaseModel):
        raise NotPlain
    return None if field.default is PydanticUndefined else field.default


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """What is inside an `Optional`, and whether there was one. Other unions stay as they are."""
    if get_origin(annotation) in (Union, types.UnionType):
        inside = [member for member in get_args(annotation) if member is not types.NoneType]
        if len(inside) == 1:
            return inside[0], True
    return annotation, False


def _reader(annotation: Any, *, validated: bool) -> tuple[Any, type, Convert]:
    """For values of an annotation: a sample, the type of those that are taken as they are, what makes the others.

    The type is one that no JSON has where all values have to be made.
    """
    if annotation in _PLAIN:
        return _PLAIN[annotation], annotation, _refuse
    if get_origin(annotation) is Literal:
        names = get_args(annotation)
        return names[0], NotPlain, _one_of(names)
    if _is_model(annotation):
        shape = Shape(annotation, validated=validated)
        return shape.sample, NotPlain, _object(shape)
    if get_origin(annotation) is list:
        (member,) = get_args(annotation)
        if not _is_model(member):
            return [], NotPlain, _empty
        shape = Shape(member, validated=validated)
        return [shape.sample], NotPlain, _objects(shape)
    raise NotPlain


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, SdkModel)


def _refuse(_: Any) -> Any:
    raise NotPlain


def _empty(value: Any) -> Any:
    """Lists of what are not objects may hold anything: only empty ones are taken."""
    if type(value) is list and not value:
        return []
    raise NotPlain


def _one_of(names: Iterable[object]) -> Convert:
    known = frozenset(names)

    def convert(value: Any) -> Any:
        if type(value) is str and value in known:
            return value
        raise NotPlain

    return convert


def _object(shape: Shape) -> Convert:
    def convert(value: Any) -> Any:
        if type(value) is dict:
            return shape.build(cast(dict[str, Any], value))
        raise NotPlain

    return convert


def _objects(shape: Shape) -> Convert:
    one = _object(shape)

    def convert(value: Any) -> Any:
        if type(value) is list:
            return [one(member) for member in cast(list[Any], value)]
        raise NotPlain

    return convert


class DeltaBuilder:
    """Builds events of the Responses API whose type ends in `.delta`: text, refusals, reasoning, arguments, code.

    Making it raises `NotPlain` when those that come in numbers cannot be built.
    """

    made_of: Any = ResponseStreamEvent
    """What the SDK is told to make of such a stream's events."""

    def __init__(self) -> None:
        self._shapes: dict[str, Shape] = {}
        union, *_ = get_args(ResponseStreamEvent)
        for model in get_args(union):
            (name, *_) = get_args(model.model_fields["type"].annotation)
            if name.endswith(".delta"):
                with suppress(NotPlain):
                    self._shapes[name] = Shape(model, validated=True)
        if not self._shapes.keys() >= set(_NEEDED):
            raise NotPlain(f"not all of {_NEEDED} can be read")

    def build(self, data: dict[str, Any]) -> Any:
        """The event. Raises `NotPlain`."""
        kind = data.get("type")
        shape = self._shapes.get(kind) if type(kind) is str else None
        if shape is None:
            raise NotPlain
        return shape.build(data)

    def samples(self) -> list[dict[str, Any]]:
        """JSON of each event: with all that is known and something that is not, and as short as it can be."""
        return [one for shape in self._shapes.values() for one in (_with_more(shape.sample), shape.shortest)]


class ChunkBuilder:
    """Builds chunks of Chat Completions.

    The SDK constructs a chunk, its choices and their deltas, and validates what is in those. Where all is strictly as
    the classes say, validating the whole costs half and differs in what counts as set.
    """

    made_of: Any = ChatCompletionChunk
    """What the SDK is told to make of such a stream's events."""

    def __init__(self) -> None:
        self._shape = Shape(ChatCompletionChunk, validated=False)
        ChatCompletionChunk.model_rebuild()
        self._validate = ChatCompletionChunk.__pydantic_validator__.validate_python

    def build(self, data: dict[str, Any]) -> Any:
        """The chunk. Raises `NotPlain`."""
        try:
            chunk: ChatCompletionChunk = self._validate(data, strict=True)
        except ValidationError:
            return self._shape.build(data)
        _only_fields_are_set(chunk)
        for choice in chunk.choices:
            _only_fields_are_set(choice)
            _only_fields_are_set(choice.delta)
        return chunk

    def samples(self) -> list[dict[str, Any]]:
        """JSON of a chunk with all that is known, of one as most are, and of the shortest one."""
        sample = self._shape.sample
        delta = {"role": None, "content": "x", "reasoning_content": "x"}
        choice = {"delta": delta, "index": 0, "logprobs": None, "finish_reason": None, "stop_reason": None}
        return [_with_more(sample), _with_more({**sample, "choices": [choice], "usage": None}), {}]


def _only_fields_are_set(built: SdkModel) -> None:
    if extra := built.__pydantic_extra__:
        if _CONTROL in extra:
            raise NotPlain
        built.__pydantic_fields_set__.difference_update(extra)


def _with_more(sample: dict[str, Any]) -> dict[str, Any]:
    return {"of_tomorrow": {"a": [1, None]}, **sample}


def same(one: Any, other: Any) -> bool:
    """Whether two values read the same in every way: types, fields in their order, which are set, which are extra."""
    if type(one) is not type(other):
        return False
    if isinstance(one, BaseModel):
        names = ("__pydantic_fields_set__", "__pydantic_private__", "__dict__", "__pydantic_extra__")
        return all(same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, dict):
        return same([*cast(Any, one).items()], [*other.items()])
    if isinstance(one, list | tuple):
        return len(cast(Any, one)) == len(other) and all(map(same, cast(Any, one), other))
    return bool(one == other)
