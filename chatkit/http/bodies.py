"""Request bodies: read within limits before anything looks at them."""

import asyncio

from pydantic import ValidationError
from starlette.requests import Request
from starlette.types import Receive

from chatkit._json import objection
from chatkit._wire import ParsedBody
from chatkit.http.errors import HttpError, Problem, invalid_request

__all__ = ["ClientLeftError", "check_depth", "check_media_type", "parse_body", "read_body"]


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


_STEADY_BYTES = 1024
"""As many more bytes give a body another second: a bad line still passes, one byte now and then does not."""


async def read_body(request: Request, receive: Receive, limit: int, seconds: float = 0) -> bytes:
    """The whole body, at most `limit` bytes: a longer one is refused unread, or while it is read when its length was
    not announced. It has to come within `seconds`, and one more for each KiB that is there; 0 is no limit. Raises
    `HttpError` or `ClientLeftError`.
    """
    announced = request.headers.get("content-length")
    if announced is not None and announced.isdecimal() and int(announced) > limit:
        raise _too_large(limit)
    patience = asyncio.timeout(seconds or None)
    try:
        async with patience:
            return await _all_of_it(receive, limit, patience)
    except TimeoutError:
        if patience.expired():
            raise _too_slow(request) from None
        raise


def _too_slow(request: Request) -> HttpError:
    """The rest of the body is not waited for either: the connection is closed, as far as the protocol has a way to."""
    headers = {"Connection": "close"} if request.scope.get("http_version", "1.1").startswith("1") else {}
    return HttpError(Problem(408, "request.timeout", "The body took too long to arrive.", headers=headers))


async def _all_of_it(receive: Receive, limit: int, patience: asyncio.Timeout) -> bytes:
    end = patience.when()  # of the loop's clock
    body = bytearray()  # a chunk may be one byte: kept apart, each would take forty
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        chunk: bytes = message.get("body", b"")
        if len(body) + len(chunk) > limit:
            raise _too_large(limit)
        if not message.get("more_body", False):
            return bytes(body + chunk) if body else chunk
        body += chunk
        if end is not None:
            patience.reschedule(end + len(body) / _STEADY_BYTES)


def check_depth(body: bytes, limit: int) -> None:
    """Refuses JSON nested deeper than `limit`, and JSON of too many arrays and objects, before it is parsed."""
    wrong = objection(body, depth=limit)
    if wrong is not None:
        raise HttpError(Problem(400, "request.malformed", f"The body cannot be read: {wrong}."))


def parse_body(body: bytes) -> ParsedBody:
    """The request in a body: for `process()`, which raises pydantic's errors too, but then they are the server's."""
    try:
        return ParsedBody(body)
    except ValidationError as error:
        raise HttpError(invalid_request(error)) from None
