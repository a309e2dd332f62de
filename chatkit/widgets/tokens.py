"""The small types that component fields share: colours, spacing, borders, and the names of sizes."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from chatkit.icons import IconName

__all__ = [
    "Alignment",
    "Border",
    "Borders",
    "CaptionSize",
    "ControlSize",
    "ControlVariant",
    "EditableProps",
    "IconSize",
    "Justification",
    "MinMax",
    "RadiusValue",
    "Spacing",
    "TextAlign",
    "TextSize",
    "ThemeColor",
    "TitleSize",
    "WidgetIcon",
]

RadiusValue = Literal["2xs", "xs", "sm", "md", "lg", "xl", "2xl", "3xl", "4xl", "full", "100%", "none"]

TextAlign = Literal["start", "center", "end"]

TextSize = Literal["xs", "sm", "md", "lg", "xl"]

IconSize = Literal["xs", "sm", "md", "lg", "xl", "2xl", "3xl"]

TitleSize = Literal["sm", "md", "lg", "xl", "2xl", "3xl", "4xl", "5xl"]

CaptionSize = Literal["sm", "md", "lg"]

Alignment = Literal["start", "center", "end", "baseline", "stretch"]

Justification = Literal["start", "center", "end", "between", "around", "evenly", "stretch"]

ControlVariant = Literal["solid", "soft", "outline", "ghost"]

ControlSize = Literal["3xs", "2xs", "xs", "sm", "md", "lg", "xl", "2xl", "3xl"]

WidgetIcon = IconName


class ThemeColor(TypedDict):
    """A CSS colour for each colour scheme."""

    dark: str
    light: str


class Spacing(TypedDict):
    """Space per side; `x` and `y` set both sides. Numbers count 4 px units, strings are CSS lengths."""

    top: NotRequired[float | str]
    right: NotRequired[float | str]
    bottom: NotRequired[float | str]
    left: NotRequired[float | str]
    x: NotRequired[float | str]
    y: NotRequired[float | str]


class Border(TypedDict):
    """A border; `size` in px."""

    size: int
    color: NotRequired[str | ThemeColor]
    style: NotRequired[Literal["solid", "dashed", "dotted", "double", "groove", "ridge", "inset", "outset"]]


class Borders(TypedDict):
    """A border per side; a number is a width in px."""

    top: NotRequired[int | Border]
    right: NotRequired[int | Border]
    bottom: NotRequired[int | Border]
    left: NotRequired[int | Border]
    x: NotRequired[int | Border]
    y: NotRequired[int | Border]


class MinMax(TypedDict):
    """A range."""

    min: NotRequired[int]
    max: NotRequired[int]


class EditableProps(TypedDict):
    """Makes a `Text` editable in place, as the form field `name`."""

    name: str
    autoFocus: NotRequired[bool]
    autoSelect: NotRequired[bool]
    autoComplete: NotRequired[str]
    allowAutofillExtensions: NotRequired[bool]
    pattern: NotRequired[str]
    placeholder: NotRequired[str]
    required: NotRequired[bool]
