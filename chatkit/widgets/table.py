"""Tables. The reference's Python package lacks them; the element's types have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from chatkit.widgets.base import WidgetComponentBase
from chatkit.widgets.tokens import Spacing

if TYPE_CHECKING:
    from chatkit.widgets.unions import WidgetComponent

__all__ = ["Table", "TableCell", "TableRow"]


class TableCell(WidgetComponentBase):
    """A cell; `colSize` is the width of its column as a name, `width` as px or a CSS length."""

    type: Literal["Table.Cell"] = Field(default="Table.Cell", frozen=True)
    children: list[WidgetComponent] | None = None
    width: float | str | None = None
    padding: Spacing | None = None
    colSpan: int | None = None
    rowSpan: int | None = None
    align: Literal["start", "center", "end"] | None = None
    vAlign: Literal["start", "center", "end"] | None = None
    colSize: Literal["xs", "sm", "md", "lg", "xl"] | None = None


class TableRow(WidgetComponentBase):
    """A row; `header` makes its cells the headings of their columns."""

    type: Literal["Table.Row"] = Field(default="Table.Row", frozen=True)
    children: list[TableCell] | None = None
    header: bool | None = None


class Table(WidgetComponentBase):
    """A table that scrolls inside itself."""

    type: Literal["Table"] = Field(default="Table", frozen=True)
    children: list[TableRow] | None = None
