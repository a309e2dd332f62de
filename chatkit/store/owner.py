"""Whose threads a request may touch."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar, cast, runtime_checkable

from chatkit.errors import RequestError
from chatkit.store.records import MAX_ID_BYTES, holds_id

__all__ = ["SHARED_OWNER", "OwnerOf", "default_owner", "owner_checked"]

TContext = TypeVar("TContext")

OwnerOf = Callable[[TContext], str]
"""Tells the owner by the context that the application passes to `process()`."""

SHARED_OWNER = ""
"""Owns what is stored under contexts that name no user."""


@runtime_checkable
class _NamesUser(Protocol):
    user_id: object


def default_owner(context: object) -> str:
    """`context.user_id`, else `context["user_id"]`, as text; without either, or when it is None, one shared owner."""
    user_id: object = None
    if isinstance(context, Mapping):
        user_id = cast("Mapping[str, object]", context).get("user_id")
    if user_id is None and isinstance(context, _NamesUser):
        user_id = context.user_id
    return SHARED_OWNER if user_id is None else str(user_id)


def owner_checked(owner: object) -> str:
    """The owner as stores need it. Raises `TypeError` for what is not text, `RequestError` for text no store can keep.

    A callable that forgets its `return` must not put all users under one owner.
    """
    if not isinstance(owner, str):
        raise TypeError(f"The store's owner callable must return a str, got {type(owner).__name__}.")
    if owner and not holds_id(owner):
        raise RequestError(
            "owner.invalid", f"An owner must be at most {MAX_ID_BYTES} bytes of UTF-8 without NUL characters."
        )
    return owner
