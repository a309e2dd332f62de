"""What an application says about its page."""

from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from chatkit._setting_values import Source
from chatkit.settings import Branding

__all__ = ["PageOptions", "StartPrompt", "content_security_policy", "page_config"]


_STYLESHEET = Path("static/branding.css")
"""Where guides have operators put it, in the folder in which the server is started."""


class StartPrompt(BaseModel):
    """A question to begin with. `icon` is one of ChatKit's names, or `lucide:<name>`."""

    label: str
    prompt: str
    icon: str | None = None


class PageOptions(BaseModel):
    """The page around the element, in its user's words.

    `options` is merged over everything, and takes whatever the element's `setOptions` takes as JSON.
    """

    model_config = ConfigDict(extra="forbid", alias_generator=AliasGenerator(serialization_alias=to_camel))

    greeting: str | None = None
    """The start screen's heading; the element's own words unless given."""
    description: str | None = None
    """A sentence below it."""
    prompts: list[StartPrompt] = []
    """What the start screen proposes."""
    placeholder: str | None = None
    """The words in the empty message field."""
    disclaimer: str | None = None
    """Markdown below the message field."""
    locale: str | None = None
    """The interface's language; the browser's unless given."""
    history: bool = True
    """Whether the user can see, rename and delete earlier threads."""
    feedback: bool = True
    """Whether answers have thumbs."""
    retry: bool = True
    """Whether answers can be asked for again."""
    color_scheme: Literal["system", "light", "dark"] = "system"
    """What the page begins with; the user can switch."""
    radius: Literal["pill", "round", "soft", "sharp"] | None = None
    density: Literal["compact", "normal", "spacious"] | None = None
    transport: Literal["http", "websocket"] = "http"
    """How the page talks to the server; a web socket needs `CHATKIT_WEBSOCKET`, and HTTP is gone back to without it."""
    image_hosts: list[Source] = Field(default_factory=list[str])
    """Origins that pictures may come from beside this server, as `https://images.example.org`; without any, whatever
    the settings say, or anything over HTTPS."""
    options: dict[str, Any] = {}

    def element_options(self) -> dict[str, Any]:
        """The part of the element's options that is plain JSON. What depends on the browser, the page adds."""
        lines = {"title": self.greeting, "description": self.description}
        start = {
            "greeting": {name: line for name, line in lines.items() if line} if self.description else self.greeting,
            "prompts": [prompt.model_dump(exclude_none=True) for prompt in self.prompts],
        }
        chosen: dict[str, Any] = {
            "startScreen": {key: value for key, value in start.items() if value},
            "composer": {"placeholder": self.placeholder} if self.placeholder else {},
            "history": {"enabled": self.history, "showDelete": self.history, "showRename": self.history},
            "threadItemActions": {"feedback": self.feedback, "retry": self.retry},
            "thread": {"autoScroll": True},
        }
        if self.disclaimer:
            chosen["disclaimer"] = {"text": self.disclaimer}
        if self.locale:
            chosen["locale"] = self.locale
        return {key: value for key, value in chosen.items() if value} | self.options


def page_config(page: PageOptions, branding: Branding, endpoint: str) -> dict[str, Any]:
    """What `GET /api/config` answers. `endpoint` is relative to the page."""
    theme = {"radius": page.radius, "density": page.density}
    return {
        "endpoint": endpoint,
        "branding": branding_json(branding),
        "transport": page.transport,
        "colorScheme": page.color_scheme,
        "theme": {key: value for key, value in theme.items() if value},
        "options": page.element_options(),
    }


def branding_json(branding: Branding) -> dict[str, Any]:
    """What `GET /api/branding` answers; null for what is not set."""
    return {
        "name": branding.name,
        "tagline": branding.tagline,
        "logoUrl": branding.logo_url,
        "primaryColor": branding.primary_color,
        "faviconUrl": branding.favicon_url,
    }


def branding_css(branding: Branding) -> bytes:
    """What `GET /static/branding.css` answers: the brand's colour, then the operator's own style sheet.

    Raises `OSError` when that cannot be read.
    """
    own = branding.stylesheet or _STYLESHEET
    colour = f":root:root {{ --accent: {branding.primary_color}; }}\n" if branding.primary_color else ""
    return colour.encode() + (own.read_bytes() if own.is_file() else b"")


def _image_sources(page: PageOptions, branding: Branding, wanted: str | None) -> str:
    """What `img-src` says: what the application lists, and `wanted`, the operator's `CHATKIT_IMAGE_SOURCES`."""
    pictures = [_origin(url) for url in (branding.logo_url, branding.favicon_url) if url]
    named = [source for source in (wanted or "").split() if source != "'none'"]
    others = [*page.image_hosts, *named] if page.image_hosts or wanted else ["https:"]
    return " ".join(dict.fromkeys(["'self'", "data:", "blob:", *filter(None, pictures), *others]))


def content_security_policy(
    page: PageOptions, branding: Branding, frame_ancestors: str, image_sources: str | None = None
) -> str:
    """The page's policy: everything from this server, nothing inline, but for pictures."""
    directives = {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": _image_sources(page, branding, image_sources),
        "font-src": "'self'",
        "connect-src": "'self'",
        "media-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": frame_ancestors,
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
