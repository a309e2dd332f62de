"""Whose threads a request may touch."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from chatkit.errors import RequestError
from chatkit.store.records import MAX_ID_BYTES, holds_id

__all__ = [
    "SHARED_OWNER",
    "OwnerOf",
    "UnknownOwnerError",
    "default_owner",
    "owner_checked",
    "owner_in_http",
    "owner_of",
    "user_in",
]

TContext = TypeVar("TContext")

OwnerOf = Callable[[TContext], str]
"""Tells the owner by the context that the application passes to `process()`."""

SHARED_OWNER = ""
"""Owns what is stored under contexts that say nothing at all: in programs with one user, in tests."""


class UnknownOwnerError(TypeError):
    """A context names no user, so that everybody would share one owner. A mistake in the application."""


@runtime_checkable
class _NamesUser(Protocol):
    user_id: object


def user_in(context: object) -> str | None:
    """`context.user_id`, else `context["user_id"]`, as text; None without either, or when it is None or empty."""
    user_id: object = None
    if isinstance(context, Mapping):
        user_id = cast("Mapping[str, object]", context).get("user_id")
    if user_id is None and isinstance(context, _NamesUser):
        user_id = context.user_id
    named = "" if user_id is None else str(user_id)
    return named if named.strip() else None


def default_owner(context: object) -> str:
    """`context.user_id`, else `context["user_id"]`, as text.

    None and an empty mapping tell nobody apart, and are one shared owner. A context that has something in it but no
    user, or one whose user is None or empty, raises `UnknownOwnerError`: it was meant to tell users apart.
    """
    if context is None or (isinstance(context, Mapping) and not context):
        return SHARED_OWNER
    return _named(cast(object, context))


def owner_in_http(store: object) -> Callable[[Any], str | None]:
    """How to tell whose a request's context is, for a server with this store.

    Where a store of this package goes by `default_owner`, every context has to name a user, also an empty one: over
    HTTP there is more than one. A store with an `owner=` of its own, and any other store, decides for itself.
    """
    own = getattr(store, "_owner_of", None)
    if own is default_owner:
        return _named
    return (lambda context: owner_checked(own(context))) if callable(own) else user_in


def owner_of(store: object, context: object) -> str | None:
    """Whose a context is, for a server with this store; None where a store of somebody else's is the only one to know.

    Raises what the store's `owner=` raises.
    """
    own = getattr(store, "_owner_of", None)
    return owner_checked(own(context)) if callable(own) else user_in(context)


def _named(context: Any) -> str:
    user = user_in(context)
    if user is None:
        raise UnknownOwnerError(
            f"The context, a {type(context).__name__}, names no user: there is no `user_id`, neither as an attribute "
            "nor as a key, or it is None or empty. Everybody would share the same threads. Give it one, or tell the "
            'store whose a context is: SQLStore(…, owner=lambda context: context["user"].id). If there is one user for '
            'all, say so: owner=lambda context: "everybody".'
        )
    return user


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
