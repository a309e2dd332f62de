"""Asking the user before a tool runs, for agents of any kind.

`Approvals` keeps the questions with the thread and gives each decision out once; `Approval` is one question.
"""

from chatkit.approvals.approval import Approval, Choice, Paused, Status, is_approval_card, paused_of
from chatkit.approvals.approvals import Approvals, Decided
from chatkit.approvals.card import approval_card
from chatkit.approvals.texts import ApprovalTexts

__all__ = [
    "Approval",
    "ApprovalTexts",
    "Approvals",
    "Choice",
    "Decided",
    "Paused",
    "Status",
    "approval_card",
    "is_approval_card",
    "paused_of",
]
