"""The id of the HTTP request in log records.

Importing this module adds a filter to the logger `chatkit`, no handler: every record of the package has the attribute
`request_id`, which is "-" outside a request. A handler of the application's own gets it for other loggers too when
`RequestIdFilter` is added to it.
"""

import logging
import re
import secrets
from contextvars import ContextVar

from chatkit.logger import logger

__all__ = ["LOG_FORMAT", "RequestIdFilter", "current_request_id", "new_request_id"]

LOG_FORMAT = "%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s"
"""A format for `logging.Formatter` that shows the request id."""

current_request_id: ContextVar[str] = ContextVar("chatkit_request_id", default="-")
"""The id of the request that the running task answers."""

_ACCEPTED = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to records. It lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Sets the attribute, unless something else has."""
        record.__dict__.setdefault("request_id", current_request_id.get())
        return True


def new_request_id(given: str | None) -> str:
    """The id that a proxy gave the request in `X-Request-Id`, if it is harmless in a log; else a new one."""
    if given is not None and _ACCEPTED.fullmatch(given):
        return given
    return secrets.token_hex(8)


if not any(isinstance(known, RequestIdFilter) for known in logger.filters):
    logger.addFilter(RequestIdFilter())
