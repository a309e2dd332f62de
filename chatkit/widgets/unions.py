"""Which components there are, typed and dynamic."""

from typing import Annotated, Literal, TypeAlias, Union, get_args

from pydantic import ConfigDict, Field

from chatkit.widgets.base import WidgetComponentBase
from chatkit.widgets.chart import Chart
from chatkit.widgets.containers import Box, Card, Col, Form, ListView, ListViewItem, Row, Transition
from chatkit.widgets.controls import Button, Checkbox, DatePicker, Input, RadioGroup, Select, Textarea
from chatkit.widgets.media import Divider, Icon, Image, Spacer
from chatkit.widgets.table import Table, TableCell, TableRow
from chatkit.widgets.text import Badge, Caption, Label, Markdown, Text, Title

__all__ = [
    "COMPONENTS",
    "BasicRoot",
    "DynamicWidgetComponent",
    "DynamicWidgetRoot",
    "StrictWidgetComponent",
    "StrictWidgetRoot",
    "WidgetComponent",
    "WidgetRoot",
]


class DynamicWidgetComponent(WidgetComponentBase):
    """A component known only by its `type`: built by a template, or of a newer version."""

    model_config = ConfigDict(extra="allow")
    CLOSED = False

    children: Union["DynamicWidgetComponent", list["DynamicWidgetComponent"], None] = None


StrictWidgetComponent: TypeAlias = Annotated[
    Text
    | Title
    | Caption
    | Chart
    | Badge
    | Markdown
    | Box
    | Row
    | Col
    | Divider
    | Icon
    | Image
    | ListViewItem
    | Button
    | Checkbox
    | Spacer
    | Select
    | DatePicker
    | Form
    | Input
    | Label
    | RadioGroup
    | Textarea
    | Transition
    | Table
    | TableRow
    | TableCell,
    Field(discriminator="type"),
]


class BasicRoot(DynamicWidgetComponent):
    """A widget without a frame."""

    type: Literal["Basic"] = Field(default="Basic", frozen=True)  # pyright: ignore[reportIncompatibleVariableOverride]


StrictWidgetRoot: TypeAlias = Annotated[
    Card | ListView | BasicRoot | Box | Row | Col | Form | ListViewItem | Table | Transition,
    Field(discriminator="type"),
]
"""The reference knows the first three; any other container is taken as a root too."""


class DynamicWidgetRoot(DynamicWidgetComponent):
    """A widget whose content is known only by its fields."""

    type: Literal["Card", "ListView", "Basic", "Box", "Row", "Col", "Form", "ListViewItem", "Table", "Transition"]  # pyright: ignore[reportIncompatibleVariableOverride]


WidgetComponent: TypeAlias = StrictWidgetComponent | DynamicWidgetComponent
WidgetRoot: TypeAlias = StrictWidgetRoot | DynamicWidgetRoot

COMPONENTS: dict[str, type[WidgetComponentBase]] = {
    component.model_fields["type"].default: component
    for union in (StrictWidgetComponent, StrictWidgetRoot)
    for component in get_args(get_args(union)[0])
}
"""The class of each component, by its type."""

# The containers name `WidgetComponent` before it exists: now it does.
_NAMESPACE = {"WidgetComponent": WidgetComponent}
for _model in (ListViewItem, ListView, Card, Box, Row, Col, Form, Transition, TableCell, TableRow, Table):
    _model.model_rebuild(_types_namespace=_NAMESPACE)
