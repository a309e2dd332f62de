"""A run that is going on, as a thread tells of it."""

from pydantic import BaseModel

__all__ = ["ActiveRun"]


class ActiveRun(BaseModel):
    """A run that is going on in a thread."""

    id: str
