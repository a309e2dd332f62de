"""The base of what is stored."""

from pydantic import BaseModel, ConfigDict

__all__ = ["Record"]


class Record(BaseModel):
    """A model that is stored: fields that a newer peer wrote survive being loaded and saved."""

    model_config = ConfigDict(extra="allow")
