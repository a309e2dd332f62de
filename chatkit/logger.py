"""The package's logger, and what each of its records says of the work it belongs to.

No handler is added on import: the application decides where records go. Every record has the attributes `request_id`,
`thread_id` and `run_id` (one streamed answer is one run), each "-" where there is none. A handler gets them for other
loggers' records too when a `LogContext` is added to it.

What the package logs comes from clients as often as not. A filter on the logger escapes and cuts each value and each
exception's words, so that no call has to: see `chatkit._shown`.
"""

import logging
import secrets
from collections.abc import Mapping
from contextvars import ContextVar

from chatkit._shown import shown, shown_error

__all__ = ["LogContext", "current_request_id", "current_run_id", "current_thread_id", "logger", "new_run_id"]

logger = logging.getLogger("chatkit")

current_request_id: ContextVar[str] = ContextVar("chatkit_request_id", default="-")
"""The id of the request that the running task answers; set by whoever received it."""
current_thread_id: ContextVar[str] = ContextVar("chatkit_thread_id", default="-")
"""The thread that the request is about."""
current_run_id: ContextVar[str] = ContextVar("chatkit_run_id", default="-")
"""The streamed answer that the running task makes."""

_ID_LIMIT = 80
"""Characters of an id in a record: clients choose the thread's."""
_MESSAGE_LIMIT = 1000
"""Characters of a record that has no values."""
_SOURCES = {"request_id": current_request_id, "thread_id": current_thread_id, "run_id": current_run_id}


class LogContext(logging.Filter):
    """Adds `request_id`, `thread_id` and `run_id` to records. It lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Sets the attributes, unless something else has."""
        for name, source in _SOURCES.items():
            record.__dict__.setdefault(name, shown(source.get(), _ID_LIMIT))
        return True


class _Shown(logging.Filter):
    """Makes what a record tells of harmless, before any handler has it. It lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        arguments = record.args
        if isinstance(arguments, Mapping):
            record.args = {name: _argument(value) for name, value in arguments.items()}
        elif arguments:
            record.args = tuple(_argument(value) for value in arguments)
        else:
            record.msg = shown(record.msg, _MESSAGE_LIMIT)
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = shown_error(record.exc_info[1])  # formatters take it in place of their own
        return True


def _argument(value: object) -> object:
    return value if isinstance(value, int | float) else shown(value)


def new_run_id() -> str:
    """An id that no other run has."""
    return "run_" + secrets.token_hex(8)


if not any(isinstance(known, LogContext) for known in logger.filters):
    logger.addFilter(LogContext())
if not any(isinstance(known, _Shown) for known in logger.filters):
    logger.addFilter(_Shown())
