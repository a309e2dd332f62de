"""Times in the protocol: aware, UTC, and patient with naive ones."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self, cast, overload

from pydantic import AfterValidator, PlainSerializer

__all__ = ["Moment", "UtcDatetime", "as_utc"]


def as_utc(value: datetime) -> datetime:
    """The same moment in UTC. A naive time is a local time, as everywhere in Python.

    A naive time at the ends of the calendar, which no zone can shift, is taken as it stands. Raises `ValueError` for an
    aware one that in UTC is before the first day or after the last.
    """
    if value.tzinfo is UTC:
        return value
    try:
        return value.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        raise ValueError("This time does not exist in UTC.") from error


class Moment(datetime):
    """A time in UTC that naive times can be compared with and subtracted from: they are local times here too.

    Much code has `datetime.now() - item.created_at`, which for any other aware time is a `TypeError`.
    """

    @classmethod
    def of(cls, value: datetime) -> Self:
        """The same moment. Raises what `as_utc` raises."""
        at = as_utc(value)
        return cls(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, tzinfo=UTC)

    def _like(self, other: Any) -> Any:
        """What can be compared with this: without its zone it is as naive as any."""
        return as_utc(other) if isinstance(other, datetime) and self.tzinfo is not None else other

    def __eq__(self, other: object) -> bool:
        return super().__eq__(self._like(other))

    def __lt__(self, other: datetime) -> bool:
        return super().__lt__(self._like(other))

    def __le__(self, other: datetime) -> bool:
        return super().__le__(self._like(other))

    def __gt__(self, other: datetime) -> bool:
        return super().__gt__(self._like(other))

    def __ge__(self, other: datetime) -> bool:
        return super().__ge__(self._like(other))

    __hash__ = datetime.__hash__

    @overload
    def __sub__(self, other: datetime) -> timedelta: ...
    @overload
    def __sub__(self, other: timedelta) -> Self: ...
    def __sub__(self, other: Any) -> Any:
        return cast(Any, super()).__sub__(self._like(other))

    def __rsub__(self, other: datetime) -> timedelta:
        aware: datetime = self._like(other)
        difference: timedelta = datetime.__sub__(aware, self)
        return difference


def _written(value: datetime) -> datetime:
    """In UTC; what was put there without validation and is no time (`model_construct`) as it is."""
    return as_utc(value) if isinstance(cast(object, value), datetime) else value


UtcDatetime = Annotated[
    datetime, AfterValidator(Moment.of), PlainSerializer(_written, return_type=datetime, when_used="json")
]
"""An aware time in UTC, a `Moment`. One that was assigned later is written in UTC too."""
