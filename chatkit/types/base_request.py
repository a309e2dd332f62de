"""What every request has."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from chatkit.types._base import FewIds

__all__ = ["BaseReq"]

MOST_OF_A_REQUEST_ID = 200
"""Characters."""


def _as_request_id(value: object) -> object:
    """What is no id is none, as for clients that have something else under that name."""
    return value if isinstance(value, str) and 0 < len(value) <= MOST_OF_A_REQUEST_ID and value.isprintable() else None


def _as_if_busy(value: object) -> object:
    return "stop" if value == "stop" else "reject"


RequestId = Annotated[str | None, BeforeValidator(_as_request_id)]
IfBusy = Annotated[Literal["reject", "stop"], BeforeValidator(_as_if_busy)]


class BaseReq(BaseModel):
    """What every request has. `metadata` is the page's own and comes from the client: do not trust it.

    `extensions` are the names of what the client understands beyond the reference's protocol; the answer then says
    which of them this server does. Unknown names mean nothing.

    With `runs` among them: a turn that is asked for twice under one `request_id` (any text up to 200 characters that
    the client made up) is one turn, and `if_busy` says what becomes of it when the thread is being answered already.
    """

    metadata: dict[str, Any] = Field(default_factory=dict)
    extensions: FewIds = Field(default_factory=list)
    request_id: RequestId = None
    if_busy: IfBusy = "reject"
