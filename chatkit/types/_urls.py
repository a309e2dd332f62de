"""Addresses in the protocol: checked like pydantic's, and text, so that they go wherever text does."""

from typing import Annotated, Any

from pydantic import AfterValidator, AnyUrl, PlainSerializer

__all__ = ["Url", "UrlText"]


class UrlText(str):
    """An address as text, which `json.dumps` and databases take, with what pydantic's `AnyUrl` has: `host`, `path`, ….

    It equals an `AnyUrl` of the same address when it stands on the left.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, str(other) if isinstance(other, AnyUrl) else other)  # pyright: ignore[reportArgumentType] # any object

    __hash__ = str.__hash__

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(AnyUrl(self), name)


def _text(url: object) -> UrlText:
    return UrlText(str(url))


Url = Annotated[AnyUrl, AfterValidator(_text), PlainSerializer(_text, return_type=str)]
"""An address. Given as text or as `AnyUrl`; read as `UrlText`."""
