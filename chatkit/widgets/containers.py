"""Roots and layout: cards, lists, boxes, forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from chatkit.actions import ActionConfig
from chatkit.widgets.base import WidgetComponentBase
from chatkit.widgets.tokens import (
    Alignment,
    Border,
    Borders,
    Justification,
    RadiusValue,
    Spacing,
    ThemeColor,
    WidgetIcon,
)

if TYPE_CHECKING:
    from chatkit.widgets.unions import WidgetComponent

__all__ = [
    "Box",
    "BoxBase",
    "Card",
    "CardAction",
    "Col",
    "Column",
    "Form",
    "ListView",
    "ListViewItem",
    "Row",
    "Transition",
    "WidgetStatus",
    "WidgetStatusWithFavicon",
    "WidgetStatusWithIcon",
]


class WidgetStatusWithFavicon(TypedDict):
    """A widget's heading, with a small image."""

    text: str
    favicon: NotRequired[str]
    frame: NotRequired[bool]


class WidgetStatusWithIcon(TypedDict):
    """A widget's heading, with an icon."""

    text: str
    icon: NotRequired[WidgetIcon]


WidgetStatus = WidgetStatusWithFavicon | WidgetStatusWithIcon


class ListViewItem(WidgetComponentBase):
    """A row of a list; with an action the whole row is a button."""

    type: Literal["ListViewItem"] = Field(default="ListViewItem", frozen=True)
    children: list[WidgetComponent]
    onClickAction: ActionConfig | None = None
    gap: int | str | None = None
    align: Alignment | None = None


class ListView(WidgetComponentBase):
    """A list; `limit` rows are shown until the user asks for more."""

    type: Literal["ListView"] = Field(default="ListView", frozen=True)
    children: list[ListViewItem]
    limit: int | Literal["auto"] | None = None
    status: WidgetStatus | None = None
    theme: Literal["light", "dark"] | None = None


class CardAction(TypedDict):
    """A labelled action in a card's footer."""

    label: str
    action: ActionConfig


class Card(WidgetComponentBase):
    """A framed widget.

    `asForm` makes it a form; `confirm` and `cancel` add a footer; `collapsed` folds it once acted on.
    """

    type: Literal["Card"] = Field(default="Card", frozen=True)
    asForm: bool | None = None
    children: list[WidgetComponent]
    background: str | ThemeColor | None = None
    size: Literal["sm", "md", "lg", "full"] | None = None
    padding: float | str | Spacing | None = None
    status: WidgetStatus | None = None
    collapsed: bool | None = None
    confirm: CardAction | None = None
    cancel: CardAction | None = None
    theme: Literal["light", "dark"] | None = None


class BoxBase(BaseModel):
    """Layout of a container.

    Numbers for `padding`, `margin` and `gap` count 4 px units; sizes are px; strings are CSS lengths.
    """

    children: list[WidgetComponent] | None = None
    align: Alignment | None = None
    justify: Justification | None = None
    wrap: Literal["nowrap", "wrap", "wrap-reverse"] | None = None
    flex: int | str | None = None
    gap: int | str | None = None
    height: float | str | None = None
    width: float | str | None = None
    size: float | str | None = None
    minHeight: int | str | None = None
    minWidth: int | str | None = None
    minSize: int | str | None = None
    maxHeight: int | str | None = None
    maxWidth: int | str | None = None
    maxSize: int | str | None = None
    padding: float | str | Spacing | None = None
    margin: float | str | Spacing | None = None
    border: int | Border | Borders | None = None
    radius: RadiusValue | None = None
    background: str | ThemeColor | None = None
    aspectRatio: float | str | None = None


class Box(WidgetComponentBase, BoxBase):
    """A container; a column unless `direction` says otherwise."""

    type: Literal["Box"] = Field(default="Box", frozen=True)
    direction: Literal["row", "col"] | None = None


class Row(WidgetComponentBase, BoxBase):
    """A container that lays its children out in a row."""

    type: Literal["Row"] = Field(default="Row", frozen=True)


class Col(WidgetComponentBase, BoxBase):
    """A container that lays its children out in a column."""

    type: Literal["Col"] = Field(default="Col", frozen=True)


Column = Col


class Form(WidgetComponentBase, BoxBase):
    """A container whose fields join the payload of every action fired inside it."""

    type: Literal["Form"] = Field(default="Form", frozen=True)
    onSubmitAction: ActionConfig | None = None
    direction: Literal["row", "col"] | None = None


class Transition(WidgetComponentBase):
    """Animates the change from one child to the next."""

    type: Literal["Transition"] = Field(default="Transition", frozen=True)
    children: WidgetComponent | None
