"""Icons, images, lines and space."""

from typing import Literal

from pydantic import Field

from chatkit.widgets.base import WidgetComponentBase
from chatkit.widgets.tokens import IconSize, RadiusValue, Spacing, ThemeColor, WidgetIcon

__all__ = [
    "Divider",
    "Icon",
    "Image",
    "Spacer",
]


class Divider(WidgetComponentBase):
    """A line; `flush` reaches the edges of the card."""

    type: Literal["Divider"] = Field(default="Divider", frozen=True)
    color: str | ThemeColor | None = None
    size: int | str | None = None
    spacing: int | str | None = None
    flush: bool | None = None


class Icon(WidgetComponentBase):
    """An icon."""

    type: Literal["Icon"] = Field(default="Icon", frozen=True)
    name: WidgetIcon
    color: str | ThemeColor | None = None
    size: IconSize | None = None


class Image(WidgetComponentBase):
    """An image; loaded over HTTPS, or when the thread has `allowed_image_domains`, from the own origin and these."""

    type: Literal["Image"] = Field(default="Image", frozen=True)
    src: str
    alt: str | None = None
    fit: Literal["cover", "contain", "fill", "scale-down", "none"] | None = None
    position: (
        Literal["top left", "top", "top right", "left", "center", "right", "bottom left", "bottom", "bottom right"]
        | None
    ) = None
    radius: RadiusValue | None = None
    frame: bool | None = None
    flush: bool | None = None
    height: int | str | None = None
    width: int | str | None = None
    size: int | str | None = None
    minHeight: int | str | None = None
    minWidth: int | str | None = None
    minSize: int | str | None = None
    maxHeight: int | str | None = None
    maxWidth: int | str | None = None
    maxSize: int | str | None = None
    margin: int | str | Spacing | None = None
    background: str | ThemeColor | None = None
    aspectRatio: float | str | None = None
    flex: int | str | None = None


class Spacer(WidgetComponentBase):
    """Flexible space."""

    type: Literal["Spacer"] = Field(default="Spacer", frozen=True)
    minSize: int | str | None = None
