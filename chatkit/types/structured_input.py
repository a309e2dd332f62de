"""Questions that the assistant puts to the user in a form of its own, and the answers."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from chatkit.types._base import MOST_PARTS, Parts, Record, at_most

__all__ = [
    "StructuredInput",
    "StructuredInputAnswer",
    "StructuredInputAnswerSubmission",
    "StructuredInputBase",
    "StructuredInputFreeform",
    "StructuredInputMultipleChoice",
    "StructuredInputMultipleChoiceOption",
    "StructuredInputSubmission",
]


class StructuredInputAnswer(Record):
    """The answer to one question: the values chosen or typed, or that it was skipped."""

    values: list[str] = Field(default_factory=list)
    skipped: bool = False


class StructuredInputBase(Record):
    """What every question has; `answer` is absent until it is answered or skipped."""

    id: str
    question: str
    answer: StructuredInputAnswer | None = None


class StructuredInputMultipleChoiceOption(Record):
    """One choice."""

    value: str


class StructuredInputMultipleChoice(StructuredInputBase):
    """Choices, of which the user may also write one of their own. Only the first value counts unless `multiple`."""

    type: Literal["multiple_choice"] = "multiple_choice"
    options: list[StructuredInputMultipleChoiceOption]
    multiple: bool = False


class StructuredInputFreeform(StructuredInputBase):
    """A question answered in words."""

    type: Literal["freeform"] = "freeform"
    description: str | None = None


StructuredInput = Annotated[StructuredInputMultipleChoice | StructuredInputFreeform, Field(discriminator="type")]


class StructuredInputAnswerSubmission(BaseModel):
    """One answer as the client sends it."""

    values: Parts[str] = Field(default_factory=list)
    skipped: bool = False


class StructuredInputSubmission(BaseModel):
    """All answers as the client sends them, by question id, at most 1,000; or that the whole was skipped."""

    status: Literal["answered", "skipped"] = "answered"
    answers: Annotated[dict[str, StructuredInputAnswerSubmission], at_most(MOST_PARTS)] = Field(
        default_factory=dict[str, StructuredInputAnswerSubmission]
    )
