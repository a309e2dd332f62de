"""The base of what is stored, and the limits of what a client sends."""

from typing import Annotated, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast
from pydantic_core import PydanticCustomError

__all__ = ["MOST_IDS", "MOST_PARTS", "FewFiles", "FewIds", "Parts", "Record", "at_most"]

T = TypeVar("T")

MOST_IDS = 100
"""Attachments of one message, items of one feedback, extensions: what is looked up one by one."""
MOST_PARTS = 1000
"""Parts of one message, answers of one structured input and values of one answer."""


class Record(BaseModel):
    """A model that is stored: fields that a newer peer wrote survive being loaded and saved."""

    model_config = ConfigDict(extra="allow")


def at_most(count: int, *, repeats: bool = True) -> BeforeValidator:
    """Refuses longer lists and dicts before anything looks into them. Without `repeats`, equal texts count as one."""

    def check(value: object) -> object:
        if isinstance(value, list | dict) and len(cast("list[object] | dict[str, object]", value)) > count:
            texts = cast("list[object]", value)
            if repeats or len({text for text in texts if isinstance(text, str)}) > count:
                raise PydanticCustomError("too_long", "There may be at most {count} of these", {"count": count})
        return cast(object, value)

    return BeforeValidator(check)


Parts = Annotated[list[T], FailFast(), at_most(MOST_PARTS)]
"""A list as a client sends it: bounded, and checked no further than its first fault, since each has an error."""
FewIds = Annotated[list[str], FailFast(), at_most(MOST_IDS)]
"""Ids as a client sends them."""
FewFiles = Annotated[list[str], FailFast(), at_most(MOST_IDS, repeats=False)]
"""Ids of files as a client sends them: one that comes again is the same file."""
