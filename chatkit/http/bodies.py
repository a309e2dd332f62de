"""Request bodies: read within limits before anything looks at them."""

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


async def read_body(request: Request, receive: Receive, limit: int) -> bytes:
    """The whole body, at most `limit` bytes: a longer one is refused unread, or while it is read when its length was
    not announced. Raises `HttpError` or `ClientLeftError`.
    """
    announced = request.headers.get("content-length")
    if announced is not None and announced.isdecimal() and int(announced) > limit:
        raise _too_large(limit)
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
