"""Charts."""

from typing import Annotated, Literal, NotRequired

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from chatkit.widgets.base import WidgetComponentBase
from chatkit.widgets.tokens import ThemeColor

__all__ = [
    "AreaSeries",
    "BarSeries",
    "Chart",
    "CurveType",
    "LineSeries",
    "Series",
    "XAxisConfig",
]


class XAxisConfig(TypedDict):
    """The horizontal axis: the key of its values, and labels to show in their place."""

    dataKey: str
    hide: NotRequired[bool]
    labels: NotRequired[dict[str, str]]


CurveType = Literal[
    "basis",
    "basisClosed",
    "basisOpen",
    "bumpX",
    "bumpY",
    "bump",
    "linear",
    "linearClosed",
    "natural",
    "monotoneX",
    "monotoneY",
    "monotone",
    "step",
    "stepBefore",
    "stepAfter",
]
"""How a line runs between its points; the names are d3's."""


class BarSeries(BaseModel):
    """Bars; series of one `stack` are stacked."""

    type: Literal["bar"] = Field(default="bar", frozen=True)
    label: str | None
    dataKey: str
    stack: str | None = None
    color: str | ThemeColor | None = None


class AreaSeries(BaseModel):
    """A filled line; series of one `stack` are stacked."""

    type: Literal["area"] = Field(default="area", frozen=True)
    label: str | None
    dataKey: str
    stack: str | None = None
    color: str | ThemeColor | None = None
    curveType: CurveType | None = None


class LineSeries(BaseModel):
    """A line."""

    type: Literal["line"] = Field(default="line", frozen=True)
    label: str | None
    dataKey: str
    color: str | ThemeColor | None = None
    curveType: CurveType | None = None


Series = Annotated[BarSeries | AreaSeries | LineSeries, Field(discriminator="type")]


class Chart(WidgetComponentBase):
    """A chart of `data`, one row per point; series of all kinds share the plot."""

    type: Literal["Chart"] = Field(default="Chart", frozen=True)
    data: list[dict[str, str | int | float]]
    series: list[Series]
    xAxis: str | XAxisConfig
    showYAxis: bool | None = None
    showLegend: bool | None = None
    showTooltip: bool | None = None
    barGap: int | None = None
    barCategoryGap: int | None = None
    title: str | None = None
    """The chart's name, above it and for screen readers. Ours: the reference has none."""
    xAxisTitle: str | None = None
    """What the categories are. Ours."""
    yAxisTitle: str | None = None
    """What the values are, with their unit. Ours."""
    flex: int | str | None = None
    height: int | str | None = None
    width: int | str | None = None
    size: int | str | None = None
    minHeight: int | str | None = None
    minWidth: int | str | None = None
    minSize: int | str | None = None
    maxHeight: int | str | None = None
    maxWidth: int | str | None = None
    maxSize: int | str | None = None
    aspectRatio: float | str | None = None
