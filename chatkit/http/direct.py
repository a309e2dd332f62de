"""Writing to a connection without a task that waits for it, where the server is known to bear that."""

import types

from starlette.types import Send

from chatkit._steps import rest_of

__all__ = ["going_on", "is_uvicorns"]


def is_uvicorns(send: Send) -> bool:
    """Whether it is the server's own, with no layer around it that might not bear to change tasks in its middle."""
    return isinstance(send, types.MethodType) and type(send.__self__).__module__.startswith("uvicorn.protocols.")


going_on = types.coroutine(rest_of)
