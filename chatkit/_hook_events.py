"""The events of a hook, whatever it returned: usually an async generator, but sloppier hooks are understood too."""

import inspect
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable
from types import AsyncGeneratorType
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel

from chatkit._iterators import iterating
from chatkit.errors import NotSupportedError
from chatkit.types import ThreadStreamEvent

__all__ = ["checked_event", "events_of", "started"]

T = TypeVar("T")

_EXPECTED = "It must be an async generator that yields events of chatkit.types."

_NO_EVENTS = (str, bytes, dict)


def started(hook: Callable[..., AsyncIterator[ThreadStreamEvent]], *arguments: Any) -> AsyncIterator[ThreadStreamEvent]:
    """What a hook returns. One that is no generator and fails at once fails as any other: what was sent is stored."""
    try:
        return hook(*arguments)
    except NotSupportedError:
        raise
    except Exception as error:  # noqa: BLE001 - raised by the turn
        return _failing(error)


async def _failing(error: Exception) -> AsyncGenerator[ThreadStreamEvent, None]:
    raise error
    yield


def events_of(
    returned: object, name: str = "A hook", otherwise: Callable[[], bool] = lambda: False
) -> AsyncGenerator[ThreadStreamEvent, None]:
    """The events of what a hook returned: an async generator as it is; else one that goes through it, and closes it.

    Understood are async iterables, iterables, single events, and coroutines of these; and coroutines without a result
    when `otherwise` says, at their end, that they had their effect in another way. For anything else the first step
    raises a `TypeError` that says what is wrong with the hook `name`.
    """
    if isinstance(returned, AsyncGeneratorType):
        return cast(AsyncGenerator[ThreadStreamEvent, None], returned)
    return _adapted(returned, name, otherwise)


async def _adapted(
    returned: object, name: str, otherwise: Callable[[], bool]
) -> AsyncGenerator[ThreadStreamEvent, None]:
    if inspect.isawaitable(returned):
        awaited: object = await returned
        if awaited is None:
            if otherwise():
                return
            raise TypeError(f"{name} is an async def without a yield, so it gave no events but None. {_EXPECTED}")
        returned = awaited
    if isinstance(returned, AsyncIterable):
        async with iterating(cast(AsyncIterable[ThreadStreamEvent], returned)) as events:
            async for event in events:
                yield event
    elif isinstance(returned, BaseModel):
        yield cast(ThreadStreamEvent, returned)
    elif isinstance(returned, Iterable) and not isinstance(returned, _NO_EVENTS):
        for event in cast(Iterable[ThreadStreamEvent], returned):
            yield event
    else:
        raise TypeError(f"{name} returned {_shown(cast(object, returned))}. {_EXPECTED}")


def checked_event(event: object, name: str = "A hook") -> ThreadStreamEvent:
    """The event itself; of what only stands in for one, as the mocks of tests do, the event of that `type`.

    Raises `TypeError`, in words for the developer, for what is none.
    """
    if isinstance(event, BaseModel) and isinstance(getattr(event, "type", None), str):
        return cast(ThreadStreamEvent, event)
    told: object = getattr(event, "type", None)
    kind = _KINDS.get(told) if isinstance(told, str) else None
    if kind is not None:
        return cast(ThreadStreamEvent, kind.model_validate(event, from_attributes=True))
    hint = " For text there is chatkit.adapters.text.text_stream." if isinstance(event, str) else ""
    raise TypeError(f"{name} yielded {_shown(event)}, which is no event. {_EXPECTED}{hint}")


_KINDS: dict[str, type[BaseModel]] = {
    kind.model_fields["type"].default: kind for kind in get_args(get_args(ThreadStreamEvent)[0])
}
"""The classes of events by their `type`."""


def _shown(value: object) -> str:
    return "None" if value is None else f"an object of type {type(value).__name__}"
