"""Times in the protocol: aware, UTC, and patient with naive ones."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self, cast, overload

from pydantic import AfterValidator

from chatkit.types._base import Record

__all__ = ["Dated", "Moment", "UtcDatetime", "as_utc"]


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


UtcDatetime = Annotated[datetime, AfterValidator(Moment.of)]
"""An aware time in UTC, a `Moment`."""


class Dated(Record):
    """A record with a time `created_at` that is a `Moment` however it came there: one that is assigned later, or given
    to a copy, is not validated by pydantic, and would be written without its zone.

    What is no time is kept as it is.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, Moment.of(value) if name == "created_at" and isinstance(value, datetime) else value)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        if update and isinstance(at := update.get("created_at"), datetime):
            update = {**update, "created_at": Moment.of(at)}
        return super().model_copy(update=update, deep=deep)
