"""What waits for the user's yes or no, and the record of it that a thread keeps. Pure."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import from_json, to_json

from chatkit._surrogates import well_formed_text
from chatkit.actions import ActionConfig
from chatkit.logger import logger
from chatkit.types import SDKHiddenContextItem, ThreadItem, WidgetItem

__all__ = [
    "ACTION",
    "Approval",
    "Choice",
    "Decision",
    "Paused",
    "Status",
    "is_approval_card",
    "paused_of",
]

ACTION: Final = "chatkit.approval"
"""The type of the actions that a card of an approval sends."""

CARD_ID: Final = "chatkit-approval-"
"""What the ids of the cards' roots begin with: by it they are told from other widgets."""

_MARK: Final = "chatkit.approvals "
"""What the text of a record begins with."""

Status = Literal["pending", "approved", "running", "done", "rejected", "interrupted"]
"""`approved` waits for the other decisions of its turn; `running` is shown, never stored; `done` has an answer;
`interrupted` was approved and has no answer (so far), so nobody knows whether it was done."""

Choice = Literal["approve", "always", "reject", "show"]
"""What a card's buttons ask for; `show` is all of the arguments."""

MOST_REASON: Final = 2000
"""Characters of a reason; what is longer is cut."""


def _text(value: object) -> object:
    return well_formed_text(value if isinstance(value, str) else to_json(value, fallback=str).decode())


def _whole(value: object) -> object:
    return well_formed_text(value) if isinstance(value, str) else value


Whole = Annotated[str, BeforeValidator(_whole)]
"""Text without halves of characters, which models write and no store keeps."""


class Approval(BaseModel):
    """One call of a tool that the user is asked about.

    `arguments` are text, usually JSON, as the model wrote them: never trust them. `source` is whose tool it is (an
    agent's name, say), `question` the application's own words. `by` says what decided: the user, a new message of
    theirs, or a rule. `output` is what the tool gave.
    """

    model_config = ConfigDict(frozen=True)

    tool: Whole
    arguments: Annotated[str, BeforeValidator(_text)] = "{}"
    call_id: Whole | None = None
    source: Whole | None = None
    question: Whole | None = None
    id: str = ""
    item_id: str = ""
    status: Status = "pending"
    by: Literal["user", "message", "rule"] | None = None
    reason: str | None = None
    output: str | None = None
    expanded: bool = False

    @property
    def rule(self) -> str:
        """What "always" is remembered for: the tool of that source."""
        return f"{self.source}: {self.tool}" if self.source else self.tool

    @property
    def parsed(self) -> Any:
        """The arguments as JSON; what is not JSON is the text itself."""
        try:
            return from_json(self.arguments)
        except ValueError:  # also for what is nested too deep
            return self.arguments

    def action(self, choice: Choice) -> ActionConfig:
        """The action of a button that decides. In a form, the field `reason` goes along."""
        return ActionConfig(type=ACTION, payload={"id": self.id, "decision": choice}, loadingBehavior="container")


class Decision(BaseModel):
    """A card's action as it arrives."""

    id: str
    decision: Choice
    reason: str | None = None

    @classmethod
    def of(cls, payload: object) -> "Decision | None":
        """The decision in an action's payload; None when it is none."""
        try:
            return cls.model_validate(payload)
        except ValidationError:
            return None

    @property
    def record_id(self) -> str:
        """The id of the record that the approval is in."""
        return self.id.rpartition(".")[0]

    @property
    def given_reason(self) -> str | None:
        """The reason, if there is one."""
        return (self.reason or "").strip()[:MOST_REASON] or None


class Paused(BaseModel):
    """A turn that waits: for what, and what is needed to go on.

    It is stored in the thread as one hidden item, as text, so that no depth of `state` matters. `waiting` becomes
    `going_on` with the last decision, in one step, and `over` with the answer, or without one.
    """

    id: str
    status: Literal["waiting", "going_on", "over"] = "waiting"
    approvals: list[Approval] = Field(default_factory=list[Approval])
    state: Any = None

    def find(self, approval_id: str) -> Approval | None:
        """The approval of that id."""
        return next((approval for approval in self.approvals if approval.id == approval_id), None)

    def changed(self, *changed: Approval, **fields: Any) -> "Paused":
        """With these approvals in the place of those with their ids. A turn that is over needs no state any more."""
        by_id = {approval.id: approval for approval in changed}
        approvals = [by_id.get(approval.id, approval) for approval in self.approvals]
        rest = {"state": None} if fields.get("status") == "over" else {}
        return self.model_copy(update={**fields, **rest, "approvals": approvals})

    def item(self, thread_id: str, created_at: datetime | None = None) -> SDKHiddenContextItem:
        """The record."""
        return SDKHiddenContextItem(
            id=self.id,
            thread_id=thread_id,
            created_at=created_at or datetime.now(UTC),
            # Python's own: halves of characters in the state come back as they were.
            content=_MARK + json.dumps(self.model_dump(exclude_defaults=True)),
        )


def paused_of(item: ThreadItem) -> Paused | None:
    """What a record says; None for other items, and, with a warning, for what only a newer version understands."""
    if not isinstance(item, SDKHiddenContextItem) or not item.content.startswith(_MARK):
        return None
    try:
        return Paused.model_validate(json.loads(item.content.removeprefix(_MARK)))
    except ValueError:  # ValidationError is one
        logger.warning("The record %s of approvals cannot be read by this version", item.id)
        return Paused(id=item.id, status="over")


def is_approval_card(item: ThreadItem) -> bool:
    """Whether an item is the card of an approval, whatever it looks like."""
    return isinstance(item, WidgetItem) and (item.widget.id or "").startswith(CARD_ID)
