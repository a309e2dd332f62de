"""What the cards of approvals say."""

from dataclasses import dataclass

__all__ = ["ApprovalTexts"]


@dataclass(frozen=True)
class ApprovalTexts:
    """The words of the cards and of what is said about decisions, to be translated. `{tool}` is the tool's name."""

    title: str = "Allow {tool}?"
    approve: str = "Approve"
    reject: str = "Reject"
    always: str = "Always allow in this chat"
    reason: str = "Reason (optional)"
    show: str = "Show everything"
    no_arguments: str = "No arguments"
    approved: str = "You approved this. It is done once the other questions are answered."
    running: str = "You approved this. It is being done."
    done: str = "You approved this."
    done_by_rule: str = "Approved, as you always allow this in this chat."
    rejected: str = "You rejected this."
    rejected_by_message: str = "Not done: you wrote a new message instead."
    interrupted: str = "You approved this, but there is no answer: it is not known whether it was done."
    decided: str = "This has been decided already."
    unknown: str = "There is no such question any more."
    lost: str = "This cannot be gone on with. Please ask again."
