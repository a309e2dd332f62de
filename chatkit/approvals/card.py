"""The card that asks. Whatever the model wrote is shown as plain text, cut where it is long, with nothing invisible."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from pydantic_core import to_json

from chatkit.approvals.approval import Approval, Status
from chatkit.approvals.texts import ApprovalTexts
from chatkit.widgets import (
    Box,
    Button,
    Caption,
    Card,
    Col,
    Form,
    Icon,
    Input,
    Row,
    Text,
    Title,
    WidgetComponent,
)

__all__ = ["approval_card", "as_text"]

_LONGEST: Final = 400
"""Characters of one argument that are shown at first."""
_LONGEST_DECIDED: Final = 120
"""As many once it is decided."""
_MOST: Final = 8
"""Arguments that are shown at first."""
_NAME: Final = 80
"""Characters of a tool's or an argument's name."""

_KEPT: Final = "\n\t\u200c\u200d"
"""Line ends and tabs; joiners, of which letters and emoji are made."""
_LOOKS: Final[Mapping[Status, tuple[str, Any]]] = {
    "pending": ("circle-question", "secondary"),
    "approved": ("check-circle", "secondary"),
    "running": ("check-circle", "secondary"),
    "done": ("check-circle", "success"),
    "rejected": ("lucide:ban", "secondary"),
    "interrupted": ("info", "warning"),
}


def visible(text: str) -> str:
    """The text with characters that have no looks of their own spelled out: controls, and marks that reorder text."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{ord(char):04x}" if unicodedata.category(char) in ("Cc", "Cf") and char not in _KEPT else char
        for char in text
    )


def _shown(value: object) -> str:
    return visible(value if isinstance(value, str) else to_json(value, inf_nan_mode="constants").decode())


def _arguments(approval: Approval) -> list[tuple[str, str]]:
    """The arguments, each with its name; what is no JSON object has none."""
    parsed = approval.parsed
    if isinstance(parsed, dict):
        return [(visible(name), _shown(value)) for name, value in cast(dict[str, object], parsed).items()]
    return [("", _shown(parsed))] if parsed not in (None, "") else []


def as_text(approval: Approval) -> str:
    """The call as one piece of text, for the clipboard."""
    lines = [f"{name}: {value}" if name else value for name, value in _arguments(approval)]
    return "\n".join([visible(approval.tool), *lines])


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _rows(approval: Approval, texts: ApprovalTexts) -> Iterator[WidgetComponent]:
    """The arguments; with a button for the rest, if something is cut."""
    arguments = _arguments(approval)
    if not arguments:
        yield Caption(value=texts.no_arguments, color="tertiary")
    longest = _LONGEST if approval.status == "pending" else _LONGEST_DECIDED
    cut = len(arguments) > _MOST or any(len(value) > longest for _, value in arguments)
    for name, value in arguments if approval.expanded else arguments[:_MOST]:
        label = [Caption(value=_cut(name, _NAME), color="secondary")] if name else []
        shown = value if approval.expanded else _cut(value, longest)
        yield Col(gap=0, children=[*label, Text(value=shown or "—", size="sm")])
    if cut and not approval.expanded:
        yield Row(
            children=[Button(label=texts.show, onClickAction=approval.action("show"), variant="outline", size="sm")]
        )


def _heading(approval: Approval, texts: ApprovalTexts) -> Row:
    icon, color = _LOOKS[approval.status]
    tool = _cut(visible(approval.tool), _NAME)
    title = texts.title.replace("{tool}", tool) if approval.status == "pending" else tool
    return Row(gap=2, children=[Icon(name=icon, color=color, size="lg"), Title(value=title, size="sm")])


def _asking(approval: Approval, texts: ApprovalTexts, *, ask_reason: bool, offer_always: bool) -> Form:
    """The buttons, and the field for a reason; a line break in it would reject, and nothing is decided by Return."""
    buttons: list[WidgetComponent] = [
        Button(label=texts.approve, onClickAction=approval.action("approve"), style="primary", size="md"),
        Button(label=texts.reject, onClickAction=approval.action("reject"), style="secondary", size="md"),
    ]
    if offer_always:
        always = approval.action("always")
        buttons.append(Button(label=texts.always, onClickAction=always, variant="ghost", size="md"))
    field = [Input(name="reason", placeholder=texts.reason)] if ask_reason else []
    return Form(direction="col", gap=3, children=[*field, Row(gap=2, wrap="wrap", children=buttons)])


def _outcome(approval: Approval, texts: ApprovalTexts) -> str:
    match approval:
        case Approval(status="done", by="rule"):
            return texts.done_by_rule
        case Approval(status="rejected", by="message"):
            return texts.rejected_by_message
        case _:
            return getattr(texts, approval.status)


def _decided(approval: Approval, texts: ApprovalTexts) -> Iterator[WidgetComponent]:
    yield Caption(value=_outcome(approval, texts), color="secondary")
    if approval.reason:
        yield Text(value=visible(approval.reason), size="sm", italic=True)


def approval_card(approval: Approval, texts: ApprovalTexts, *, ask_reason: bool, offer_always: bool) -> Card:
    """The tool's name, the application's question, the arguments; then the buttons, or what was decided."""
    question = [Text(value=approval.question)] if approval.question else []
    arguments = Box(padding=3, radius="md", background="surface-tertiary", gap=2, children=list(_rows(approval, texts)))
    end: list[WidgetComponent] = (
        [_asking(approval, texts, ask_reason=ask_reason, offer_always=offer_always)]
        if approval.status == "pending"
        else list(_decided(approval, texts))
    )
    return Card(size="md", children=[Col(gap=3, children=[_heading(approval, texts), *question, arguments, *end])])
