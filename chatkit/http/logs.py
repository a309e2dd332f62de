"""The id of an HTTP request, and a log format that shows what a record belongs to."""

import re
import secrets

__all__ = ["LOG_FORMAT", "new_request_id"]

LOG_FORMAT = "%(asctime)s %(levelname)-7s %(name)s [%(request_id)s %(thread_id)s %(run_id)s] %(message)s"
"""A format for `logging.Formatter`. A handler with other loggers' records too needs a `chatkit.logger.LogContext`."""

_ACCEPTED = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)


def new_request_id(given: str | None) -> str:
    """The id that a proxy gave the request in `X-Request-Id`, if it is harmless in a log; else a new one."""
    if given is not None and _ACCEPTED.fullmatch(given):
        return given
    return secrets.token_hex(8)
