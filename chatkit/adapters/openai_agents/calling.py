"""Hooks with what they take: applications write them with fewer parameters, or with others, than there are."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

__all__ = ["called"]

_ORDER: Final = ("thread", "message", "context")
_NAMES: Final[Mapping[str, str]] = {
    "input_user_message": "message",
    "user_message": "message",
    "request_context": "context",
    "ctx": "context",
    "thread_metadata": "thread",
}
_BY_POSITION: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


async def called(hook: Callable[..., Any], given: Mapping[str, object], before: Sequence[str] = ("context",)) -> Any:
    """What a hook gives, a coroutine or not. It gets what its parameters name, of `given`.

    Parameters with other names are taken for those that the hook once had, `before`, if their number is that; for
    thread and context, if they are two; for thread, message and context, if they are three.
    """
    function: Any = getattr(hook, "__func__", hook)
    try:
        positional, named = _plan(function, function is not hook, tuple(before), tuple(given))
    except TypeError:  # one that cannot be looked up, or has no signature
        positional, named = tuple(before), {}
    answer = hook(*(given[name] for name in positional), **{name: given[known] for name, known in named.items()})
    return await answer if inspect.isawaitable(answer) else answer


@lru_cache(maxsize=512)
def _plan(
    function: Callable[..., Any], bound: bool, before: tuple[str, ...], known: tuple[str, ...]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """What to give by position, and by which names. Raises `TypeError` for what has no signature."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[bound:]
    except ValueError as error:
        raise TypeError from error
    kinds = {parameter.kind for parameter in parameters}
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return before, {}
    places = [parameter for parameter in parameters if parameter.kind in _BY_POSITION]
    needed = [parameter for parameter in places if parameter.default is inspect.Parameter.empty]
    meant = dict(zip((parameter.name for parameter in needed), _meant(len(needed), before), strict=False))
    positional: list[str] = []
    named: dict[str, str] = {}
    for parameter in parameters:
        name = _NAMES.get(parameter.name, parameter.name)
        value = name if name in known else meant.get(parameter.name)
        if value is None or parameter.kind is inspect.Parameter.VAR_KEYWORD:
            continue
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            positional.append(value)
        else:
            named[parameter.name] = value
    if inspect.Parameter.VAR_KEYWORD in kinds:
        taken = {*positional, *named.values()}
        named |= {name: name for name in known if name not in taken}
    return tuple(positional), named


def _meant(count: int, before: tuple[str, ...]) -> Sequence[str]:
    if count == len(before):
        return before
    return ("thread", "context") if count == len(_ORDER) - 1 else _ORDER
