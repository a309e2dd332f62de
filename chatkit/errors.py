"""Errors that a hook raises to tell the client why its answer ended.

BaseStreamError
├── StreamError        a code from `ErrorCode`; the client shows its own words for it
└── CustomStreamError  the message is shown to the user as it stands
"""

from abc import ABC
from enum import Enum

__all__ = ["BaseStreamError", "CustomStreamError", "ErrorCode", "StreamError"]


class ErrorCode(str, Enum):
    """Stable codes of `error` events. `stream.error` is the reference's; the others are extensions."""

    STREAM_ERROR = "stream.error"
    THREAD_LOCKED = "thread.locked"
    THREAD_CLOSED = "thread.closed"

    @property
    def status_code(self) -> int:
        """The HTTP status that fits the code, for servers that answer outside a stream."""
        return _STATUS[self]

    @property
    def allow_retry(self) -> bool:
        """Whether trying again can help, where the raiser does not say."""
        return self is ErrorCode.STREAM_ERROR


_STATUS = {ErrorCode.STREAM_ERROR: 500, ErrorCode.THREAD_LOCKED: 409, ErrorCode.THREAD_CLOSED: 409}


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
