"""Iterators that have an end to be told of, as async generators do."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar, runtime_checkable

__all__ = ["close", "iterating"]

T = TypeVar("T")


@runtime_checkable
class _Closable(Protocol):
    async def aclose(self) -> object: ...


async def close(iterator: AsyncIterator[object]) -> None:
    """Ends what gives the items, where it can be told to."""
    if isinstance(iterator, _Closable):
        await iterator.aclose()


@asynccontextmanager
async def iterating(items: AsyncIterable[T]) -> AsyncGenerator[AsyncIterator[T], None]:
    """Goes through items, and ends what gives them as soon as the body is left, by whatever path."""
    iterator = aiter(items)
    try:
        yield iterator
    finally:
        await close(iterator)
