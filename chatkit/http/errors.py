"""What goes wrong, as an HTTP status and a JSON body.

Every error answer is `{"error": {"code", "message", "param"?}}`. Which exception gives which answer is one table,
`_ANSWERS`; what is not in it is a fault of the server: status 500, the traceback goes to the log and only there.
"""

import http
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.responses import Response

from chatkit._shown import shown
from chatkit.errors import CustomStreamError, NotSupportedError, RequestError, StreamError
from chatkit.logger import logger
from chatkit.store import NotFoundError, StoreUnavailableError

__all__ = [
    "HttpError",
    "Problem",
    "UnauthenticatedError",
    "error_response",
    "invalid_request",
    "problem_of",
    "refusal_of",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """An answer that says what is wrong. `param` is the path of the field that is at fault."""

    status: int
    code: str
    message: str
    param: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class HttpError(Exception):
    """Raised inside the HTTP layer to give a particular answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class UnauthenticatedError(PermissionError):
    """Nobody is signed in, or what they sent to prove it is not valid: status 401.

    A plain `PermissionError` of an application's `context=`, or of an `Authentication`, is for somebody known who may
    not do this: status 403. From anywhere else it is a fault like any other.
    """


_REQUEST_FIELDS = ("type", "params", "metadata", "extensions", "thread_id", "item_id", "message", "action")
_CONTENT_TAGS = ("input_text", "input_tag")
"""Kinds of content, which pydantic puts into paths too; no field of a request has such a name."""


def _path(location: tuple[int | str, ...], fields: Collection[str]) -> str:
    """Where in the request, as `params.input.content.0`; without the operation's name, which pydantic puts first where
    it is none of the `fields`."""
    start = 1 if fields and location and location[0] not in fields else 0
    return ".".join(str(part) for part in location[start:] if part not in _CONTENT_TAGS)


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


_PLACES = 3
"""Wrong fields that an answer names."""
_PLACE_LIMIT = 120
_REASON_LIMIT = 200


def invalid_request(error: ValidationError, fields: Collection[str] = _REQUEST_FIELDS) -> Problem:
    """Malformed JSON and an unknown operation are told apart from parameters that do not fit.

    `fields` are those of a request of several operations; none for one that is always of the same form. What the client
    sent comes back in no more than the names of the first few fields.
    """
    details: list[ErrorDetails] = error.errors(include_url=False, include_context=False, include_input=False)
    first = details[0]
    if first["type"] == "json_invalid":
        return Problem(400, "request.malformed", f"The body is {_lower(shown(first['msg'], _REASON_LIMIT))}.")
    if first["type"] in ("union_tag_invalid", "union_tag_not_found") and not first["loc"]:
        return Problem(400, "request.unknown_operation", "`type` does not name an operation of ChatKit.", "type")
    found = [
        (shown(_path(detail["loc"], fields), _PLACE_LIMIT), shown(detail["msg"], _REASON_LIMIT))
        for detail in details[:_PLACES]
    ]
    message = "; ".join(f"{path or 'body'}: {reason}" for path, reason in found)
    return Problem(422, "request.invalid_params", message, found[0][0] or None)


_HTTP_CODES = {
    400: "request.invalid",
    401: "auth.required",
    403: "auth.forbidden",
    404: "not_found",
    405: "request.method_not_allowed",
    409: "request.conflict",
    413: "request.too_large",
    415: "request.unsupported_type",
    422: "request.invalid_params",
    429: "rate.limited",
    501: "not_implemented",
    503: "server.unavailable",
}


_PHRASES = {status.value: status.phrase for status in http.HTTPStatus}


def _http_exception(error: Exception) -> Problem:
    """`HTTPException` of Starlette or FastAPI; a dict as its detail may bring its own code and message."""
    raised = cast(HTTPException, error)
    status = raised.status_code
    code, message = _HTTP_CODES.get(status, f"http.{status}"), str(raised.detail)
    detail: object = raised.detail
    if isinstance(detail, dict):
        given = cast(dict[str, object], detail)
        code = str(given.get("code", code))
        message = str(given.get("message", _PHRASES.get(status, code)))
    return Problem(status, code, message, headers=dict(raised.headers or {}))


def refusal_of(error: PermissionError) -> Exception:
    """What to raise for a `PermissionError` of whoever tells who calls: status 403 with its text.

    One that comes from the system has a number: it is a fault, and its text may name a path.
    """
    if isinstance(error, UnauthenticatedError) or error.errno is not None or error.filename is not None:
        return error
    return HttpError(Problem(403, "auth.forbidden", str(error) or "You may not do this."))


def _stream_error(error: Exception) -> Problem:
    raised = cast(StreamError, error)
    status = raised.code.status_code
    if status >= _FAULT.status:
        logger.error("A request failed.", exc_info=error)
    return Problem(status, raised.code.value, "The request was refused.")


_REQUEST_STATUS = {
    "request.malformed": 400,
    "request.unknown_operation": 400,
    "message.too_long": 413,
    "request.id_reused": 409,
}


def _request_error(error: Exception) -> Problem:
    raised = cast(RequestError, error)
    return Problem(_REQUEST_STATUS.get(raised.code, 422), raised.code, raised.message, raised.param)


_FAULT = Problem(500, "server.error", "Something went wrong on the server. The log has the details.")
_UNAVAILABLE = Problem(
    503,
    StoreUnavailableError.code,
    "The conversations cannot be reached at the moment. Try again shortly.",
    headers={"Retry-After": "2"},
)

_ANSWERS: dict[type[Exception], Callable[[Exception], Problem]] = {
    HttpError: lambda error: cast(HttpError, error).problem,
    HTTPException: _http_exception,
    RequestError: _request_error,
    StreamError: _stream_error,
    CustomStreamError: lambda error: Problem(422, "custom", cast(CustomStreamError, error).message),
    NotFoundError: lambda _: Problem(404, "not_found", "There is no such thread, item or attachment."),
    UnauthenticatedError: lambda error: Problem(
        401, "auth.required", str(error) or "Sign in first.", headers={"WWW-Authenticate": "Bearer"}
    ),
    NotSupportedError: lambda error: Problem(
        501, NotSupportedError.code, str(error) or "This server does not implement the operation."
    ),
    StoreUnavailableError: lambda _: _UNAVAILABLE,
}
"""The exceptions that are meant for the client: this package's own, and those of the web framework. A `ValueError`, an
`OSError` or a `ValidationError` may come from anywhere, with anything in its text."""


def problem_of(error: Exception) -> Problem:
    """The answer to an exception. What the table does not know is logged with its traceback and answered with 500."""
    for known in type(error).__mro__:
        answer = _ANSWERS.get(cast(Any, known))
        if answer is not None:
            return answer(error)
    logger.error("A request failed.", exc_info=error)
    return _FAULT


_MESSAGE_BYTES = 3000
_CODE_BYTES = 100
_PARAM_BYTES = 500


def _cut(text: str, size: int) -> str:
    """The text in at most `size` bytes of JSON, or nearly so: what it quotes may be anything."""
    written = json.dumps(text[:size], ensure_ascii=False)[1:-1].encode(errors="replace")
    if len(text) <= size and len(written) <= size:
        return text
    return shown(text, size // 6) + "…"


def error_response(problem: Problem) -> Response:
    """The JSON answer, of less than 4 kB. It is never cached."""
    body = {"code": _cut(problem.code, _CODE_BYTES), "message": _cut(problem.message, _MESSAGE_BYTES)}
    if problem.param is not None:
        body["param"] = _cut(problem.param, _PARAM_BYTES)
    content = json.dumps({"error": body}, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **problem.headers}
    return Response(content, status_code=problem.status, media_type="application/json", headers=headers)
