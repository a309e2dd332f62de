"""Request bodies: read within limits before anything looks at them."""

import re

from starlette.requests import Request
from starlette.types import Receive

from chatkit.http.errors import HttpError, Problem

__all__ = ["ClientLeftError", "check_depth", "check_media_type", "read_body"]

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BRACES_TO_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class ClientLeftError(Exception):
    """The client went away in the middle of its request."""


def check_media_type(request: Request) -> None:
    """The body has to be plain JSON. Besides being honest, this keeps forms of other sites from posting here."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HttpError(
            Problem(415, "request.unsupported_type", "Send the request as `Content-Type: application/json`.")
        )
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise HttpError(Problem(415, "request.unsupported_type", "Send the body without `Content-Encoding`."))


def _too_large(limit: int) -> HttpError:
    return HttpError(
        Problem(413, "request.too_large", f"The body is larger than the {limit} bytes that this server takes.")
    )


async def read_body(request: Request, receive: Receive, limit: int) -> bytes:
    """The whole body, at most `limit` bytes: a longer one is refused unread, or while it is read when its length was
    not announced. Raises `HttpError` or `ClientLeftError`.
    """
    announced = request.headers.get("content-length")
    if announced is not None and announced.isdecimal() and int(announced) > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def check_depth(body: bytes, limit: int) -> None:
    """Refuses JSON nested deeper than `limit`, whether or not it is valid otherwise.

    A few counts settle it for nearly every request. For the others, only the brackets are kept and the innermost pairs
    are taken away, one level each time, which costs no recursion and no work in Python per character.
    """
    if body.count(b"[") + body.count(b"{") <= limit:
        return
    rest = _STRING.sub(b"", body).translate(_BRACES_TO_BRACKETS, _NOT_BRACKETS)
    for _ in range(limit):
        shorter = rest.replace(b"[]", b"")
        if len(shorter) == len(rest):
            break
        rest = shorter
    if rest:
        raise HttpError(Problem(400, "request.malformed", f"The JSON is unbalanced or nested deeper than {limit}."))
