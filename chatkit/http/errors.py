"""What goes wrong, as an HTTP status and a JSON body.

Every error answer is `{"error": {"code", "message", "param"?}}`. Which exception gives which answer is one table,
`_ANSWERS`; what is not in it is a fault of the server: status 500, the traceback goes to the log and only there.
"""

import http
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.responses import Response

from chatkit.errors import NotSupportedError, RequestError, StreamError
from chatkit.logger import logger
from chatkit.store import NotFoundError, StoreUnavailableError

__all__ = ["HttpError", "Problem", "UnauthenticatedError", "error_response", "problem_of"]


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

    A plain `PermissionError` is for somebody known who may not do this: status 403.
    """


_REQUEST_FIELDS = ("type", "params", "metadata")
_CONTENT_TAGS = ("input_text", "input_tag")
"""Kinds of content, which pydantic puts into paths too; no field of a request has such a name."""


def _path(location: tuple[int | str, ...]) -> str:
    """Where in the request, as `params.input.content.0`; without the operation's name, which pydantic puts first."""
    start = 1 if location and location[0] not in _REQUEST_FIELDS else 0
    return ".".join(str(part) for part in location[start:] if part not in _CONTENT_TAGS)


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _invalid(error: Exception) -> Problem:
    """Malformed JSON and an unknown operation are told apart from parameters that do not fit."""
    details: list[ErrorDetails] = cast(ValidationError, error).errors(
        include_url=False, include_context=False, include_input=False
    )
    kinds = {detail["type"] for detail in details}
    if "json_invalid" in kinds:
        return Problem(400, "request.malformed", f"The body is {_lower(details[0]['msg'])}.")
    if kinds & {"union_tag_invalid", "union_tag_not_found"} and not details[0]["loc"]:
        return Problem(400, "request.unknown_operation", "`type` does not name an operation of ChatKit.", "type")
    found = [(_path(detail["loc"]), detail["msg"]) for detail in details]
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


def _http_exception(error: Exception) -> Problem:
    """`HTTPException` of Starlette or FastAPI; a dict as its detail may bring its own code and message."""
    raised = cast(HTTPException, error)
    status = raised.status_code
    code, message = _HTTP_CODES.get(status, f"http.{status}"), str(raised.detail)
    detail: object = raised.detail
    if isinstance(detail, dict):
        given = cast(dict[str, object], detail)
        code = str(given.get("code", code))
        message = str(given.get("message", http.HTTPStatus(status).phrase))
    return Problem(status, code, message, headers=dict(raised.headers or {}))


def _said(status: int, code: str, default: str) -> Callable[[Exception], Problem]:
    """An answer with the exception's own text, or `default` when it has none."""
    return lambda error: Problem(status, code, str(error) or default)


def _stream_error(error: Exception) -> Problem:
    raised = cast(StreamError, error)
    return Problem(raised.code.status_code, raised.code.value, "The request was refused.")


_REQUEST_STATUS = {"request.malformed": 400, "request.unknown_operation": 400, "message.too_long": 413}


def _request_error(error: Exception) -> Problem:
    raised = cast(RequestError, error)
    return Problem(_REQUEST_STATUS.get(raised.code, 422), raised.code, raised.message, raised.param)


_ANSWERS: dict[type[Exception], Callable[[Exception], Problem]] = {
    HttpError: lambda error: cast(HttpError, error).problem,
    HTTPException: _http_exception,
    ValidationError: _invalid,
    RequestError: _request_error,
    StreamError: _stream_error,
    NotFoundError: lambda _: Problem(404, "not_found", "There is no such thread, item or attachment."),
    UnauthenticatedError: lambda error: Problem(
        401, "auth.required", str(error) or "Sign in first.", headers={"WWW-Authenticate": "Bearer"}
    ),
    PermissionError: _said(403, "auth.forbidden", "You may not do this."),
    NotImplementedError: _said(501, NotSupportedError.code, "This server does not implement the operation."),
    StoreUnavailableError: lambda _: Problem(
        503,
        StoreUnavailableError.code,
        "The conversations cannot be reached at the moment. Try again shortly.",
        headers={"Retry-After": "2"},
    ),
    ValueError: _said(422, "request.invalid_params", "The request does not fit."),
}

_FAULT = Problem(500, "server.error", "Something went wrong on the server. The log has the details.")


def problem_of(error: Exception) -> Problem:
    """The answer to an exception. What the table does not know is logged with its traceback and answered with 500."""
    for known in type(error).__mro__:
        answer = _ANSWERS.get(cast(Any, known))
        if answer is not None:
            return answer(error)
    logger.error("A request failed.", exc_info=error)
    return _FAULT


def error_response(problem: Problem) -> Response:
    """The JSON answer. It is never cached."""
    body = {"code": problem.code, "message": problem.message}
    if problem.param is not None:
        body["param"] = problem.param
    content = json.dumps({"error": body}, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **problem.headers}
    return Response(content, status_code=problem.status, media_type="application/json", headers=headers)
