"""Stores of other people, called as they were written to be called.

The reference asks stores partly by name. So there is code that works with it and has parameters in an order of its own,
`**kwargs`, or no base class at all (test doubles, say). Such a store is asked through an adapter that finds out how
each method can be called; one that is written as `Store` says is asked directly.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from chatkit.logger import logger
from chatkit.store.ports import AttachmentStore, Store

__all__ = ["as_attachment_store", "as_store"]


class _Way(NamedTuple):
    """One way to call a method: that many values by position, the others by name, the context perhaps not at all."""

    by_position: int
    with_context: bool = True

    def arguments(self, names: Sequence[str], values: Sequence[Any]) -> tuple[Sequence[Any], dict[str, Any]]:
        named = dict(zip(names[self.by_position :], values[self.by_position :], strict=True))
        if not self.with_context:
            named.pop("context", None)
        by_position = self.by_position if self.with_context else min(self.by_position, len(names) - 1)
        return values[:by_position], named

    def fits(self, signature: inspect.Signature, names: Sequence[str]) -> bool:
        values, named = self.arguments(names, names)
        try:
            signature.bind(*values, **named)
        except TypeError:
            return False
        return True


_BY_NAME: Final = {"load_threads": 0, "add_thread_item": 2, "save_item": 2, "load_item": 2, "delete_thread_item": 2}
_ALL_BY_POSITION: Final = ("generate_thread_id", "generate_item_id", "create_attachment", "generate_attachment_id")
"""How the reference calls what is not called with one value by position and the others by name."""


def as_store(store: Any) -> Store[Any]:
    """The store, or, if it is not written as `Store` says, what asks it in its own way: always the same object."""
    return cast("Store[Any]", _adapted(store, Store))


def as_attachment_store(store: Any) -> AttachmentStore[Any]:
    """The same for attachments' bytes."""
    return cast("AttachmentStore[Any]", _adapted(store, AttachmentStore))


def _adapted(given: Any, port: type) -> Any:
    kind = type(cast(object, given))
    if (kind, port) in _KNOWN:
        return given
    if issubclass(kind, port) and all(_is_as_promised(kind, port, name) for name in _methods(port)):
        _KNOWN.add((kind, port))
        return given
    kept: dict[str, Any] = getattr(given, "__dict__", {})
    known = f"_chatkit_{port.__name__}"
    if known not in kept:
        kept[known] = _adapter(given, port)
    return kept[known]


_KNOWN: Final[set[tuple[type, type]]] = set()
"""Classes that are written as a port says."""


def _methods(port: type) -> Sequence[str]:
    """What a store has to have, and what makes ids."""
    required = cast("frozenset[str]", vars(port)["__abstractmethods__"])
    return [*sorted(required), *(name for name in vars(port) if name.startswith("generate_")), *_also(port)]


def _also(port: type) -> Sequence[str]:
    return ["create_attachment"] if port is AttachmentStore else []


def _names(port: type, name: str) -> list[str]:
    """What the port calls the parameters of a method."""
    return list(inspect.signature(getattr(port, name)).parameters)[1:]


def _is_as_promised(kind: type, port: type, name: str) -> bool:
    method: object = inspect.getattr_static(kind, name)
    if not inspect.isfunction(method):
        return False
    names = list(inspect.signature(method).parameters.values())[1:]
    same = [parameter.name for parameter in names[: len(_names(port, name))]] == _names(port, name)
    awaited = inspect.iscoroutinefunction(method) or name.startswith("generate_")
    return same and awaited and all(_is_usual(parameter, index, port, name) for index, parameter in enumerate(names))


def _is_usual(parameter: inspect.Parameter, index: int, port: type, name: str) -> bool:
    if index < len(_names(port, name)):
        return parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    variable = parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return variable or parameter.default is not inspect.Parameter.empty


def _adapter(given: Any, port: type) -> Any:
    """An instance of a class made for it: what the port defines from other methods is made from the adapted ones."""
    methods = {name: adapted for name in _methods(port) if (adapted := _method(given, port, name)) is not None}
    return type(f"Adapted{type(given).__name__}", (_Adapter, port), {**methods, **_overridden(given, port)})(given)


class _Adapter:
    """Whatever is asked for beside the port's methods is the store's own."""

    def __init__(self, given: Any) -> None:
        self.given = given

    def __getattr__(self, name: str) -> Any:
        return getattr(vars(self)["given"], name)


def _overridden(given: Any, port: type) -> Mapping[str, Any]:
    """The other methods of the port that a class deriving from it, or like it, has made its own."""
    kinds = [kind for kind in type(given).__mro__ if kind not in port.__mro__]
    others = {name for name in vars(port) if not name.startswith("_")} - set(_methods(port))
    own = {name for kind in kinds for name in others if vars(kind).get(name, vars(port)[name]) is not vars(port)[name]}
    return {name: property(lambda self, name=name: getattr(self.given, name)) for name in own}


def _method(given: Any, port: type, name: str) -> Callable[..., Any] | None:
    """The port's method, by calling the store's; None where the port has one of its own and the store has not."""
    names, told = _names(port, name), f"{type(given).__qualname__}.{name}()"
    if callable(getattr(given, name, None)):
        way = _way(getattr(given, name), name, names, told)
    elif name in cast("frozenset[str]", vars(port)["__abstractmethods__"]):
        logger.warning("%s is missing: it is called with (%s)", told, ", ".join(names))
        way = _Way(len(names))  # asking for it says so again
    else:
        return None

    def call(self: Any, *values: Any, **named: Any) -> Any:
        every = [*values, *(named[other] for other in names[len(values) :])]
        by_position, by_name = way.arguments(names, every)
        return getattr(self.given, name)(*by_position, **by_name)

    async def awaited(self: Any, *values: Any, **named: Any) -> Any:
        answer: Any = call(self, *values, **named)
        return await answer if inspect.isawaitable(answer) else answer

    return call if name.startswith("generate_") else awaited


def _way(method: Callable[..., Any], name: str, names: Sequence[str], told: str) -> _Way:
    """The first way that fits: the reference's, by position, and both without the context."""
    whole = len(names)
    try:
        signature = inspect.signature(method)
    except (TypeError, ValueError):  # what is written in C may not say
        return _Way(whole)
    usual = whole if name in _ALL_BY_POSITION else _BY_NAME.get(name, 1)
    for way in (_Way(usual), _Way(whole), _Way(usual, with_context=False), _Way(whole, with_context=False)):
        if way.fits(signature, names):
            if not way.with_context:
                logger.warning("%s takes no context, so it cannot tell users apart", told)
            return way
    logger.error("%s takes %s: it is called with (%s), which does not fit", told, signature, ", ".join(names))
    return _Way(whole)
