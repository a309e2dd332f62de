"""One page of a list."""

from typing import Generic, TypeVar

from pydantic import BaseModel

__all__ = ["Page"]

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """Some rows of a longer list. `after` is the id to ask for the next page with, when `has_more`."""

    data: list[T] = []
    has_more: bool = False
    after: str | None = None
