"""Bases of the protocol's models, and the time they carry."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

__all__ = ["Record", "UtcDatetime", "as_utc"]


def as_utc(value: datetime) -> datetime:
    """The same moment in UTC. A naive time is taken to be UTC already."""
    if value.tzinfo is UTC:
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


UtcDatetime = Annotated[datetime, AfterValidator(as_utc)]
"""An aware time in UTC."""


class Record(BaseModel):
    """A model that is stored: fields that a newer peer wrote survive being loaded and saved."""

    model_config = ConfigDict(extra="allow")
