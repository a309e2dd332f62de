"""Errors: those that a hook raises to tell the client why its answer ended, and those of wrong requests.

Exception
├── BaseStreamError        raised by hooks
│   ├── StreamError        a code from `ErrorCode`; the client shows its own words for it
│   └── CustomStreamError  the message is shown to the user as it stands
├── ValueError
│   └── RequestError       raised by `process()`: the request cannot be carried out as it is
└── NotImplementedError
    └── NotSupportedError  raised by `process()`: the application did not provide what the request needs
"""

from abc import ABC
from enum import Enum

__all__ = ["BaseStreamError", "CustomStreamError", "ErrorCode", "NotSupportedError", "RequestError", "StreamError"]


class ErrorCode(str, Enum):
    """Stable codes of `error` events. `stream.error` is the reference's; the others are extensions."""

    STREAM_ERROR = "stream.error"
    THREAD_LOCKED = "thread.locked"
    THREAD_CLOSED = "thread.closed"
    THREAD_BUSY = "thread.busy"
    RUNS_TOO_MANY = "runs.too_many"

    @property
    def status_code(self) -> int:
        """The HTTP status that fits the code, for servers that answer outside a stream."""
        return _STATUS[self]

    @property
    def allow_retry(self) -> bool:
        """Whether trying again can help, where the raiser does not say."""
        return self in (ErrorCode.STREAM_ERROR, ErrorCode.THREAD_BUSY, ErrorCode.RUNS_TOO_MANY)


_STATUS = {
    ErrorCode.STREAM_ERROR: 500,
    ErrorCode.THREAD_LOCKED: 409,
    ErrorCode.THREAD_CLOSED: 409,
    ErrorCode.THREAD_BUSY: 409,
    ErrorCode.RUNS_TOO_MANY: 429,
}

# What the reference calls them; not for new code.
DEFAULT_STATUS = _STATUS
DEFAULT_ALLOW_RETRY = {code: code.allow_retry for code in ErrorCode}


class BaseStreamError(ABC, Exception):
    """What an exception needs so that the turn can report it: whether the user may try again."""

    allow_retry: bool


class StreamError(BaseStreamError):
    """Ends the turn with a coded `error` event.

    `allow_retry` follows the code when it is not given: a failed stream may be retried, a locked thread may not.
    """

    code: ErrorCode

    def __init__(self, code: ErrorCode, *, allow_retry: bool | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.status_code = code.status_code
        self.allow_retry = code.allow_retry if allow_retry is None else allow_retry


class CustomStreamError(BaseStreamError):
    """Ends the turn with an `error` event of code `custom` that shows `message` to the user."""

    message: str

    def __init__(self, message: str, *, allow_retry: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.allow_retry = allow_retry


class RequestError(ValueError):
    """A request that is well-formed but cannot be carried out as it is; nothing was changed.

    `code` is stable; `param` is the path of the field that is to blame, if one is.
    """

    def __init__(self, code: str, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param


class NotSupportedError(NotImplementedError):
    """The application did not provide what the request needs; the message says what to provide."""

    code = "not_implemented"
