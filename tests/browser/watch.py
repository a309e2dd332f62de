"""What no page may do, whatever the test: complain, break its policy, or speak to a stranger."""

import re
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Request, WebError

__all__ = ["Watch"]

_NOISY = {"error", "warning", "assert"}
_LOCAL_SCHEMES = {"data", "blob", "about"}


class Watch:
    """Collects what the pages of a context do wrong. `origins` are those that they may speak to."""

    def __init__(self, context: BrowserContext, *origins: str) -> None:
        self.origins = set(origins)
        self.requests: list[Request] = []
        self._said: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        self._context = context
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)

    def end(self) -> None:
        """Watches no more: the context is for somebody else."""
        self._context.remove_listener("console", self._on_console)
        self._context.remove_listener("weberror", self._on_error)
        self._context.remove_listener("request", self._on_request)

    @property
    def said(self) -> list[str]:
        """What the console holds that it should not, expected or not."""
        return self._said

    def expect(self, *patterns: str) -> None:
        """Texts that the console may hold in this test, as regular expressions."""
        self._expected += [re.compile(pattern) for pattern in patterns]

    def problems(self) -> list[str]:
        """Everything that should not have happened so far."""
        said = [text for text in self._said if not any(pattern.search(text) for pattern in self._expected)]
        strangers = [request.url for request in self.requests if not self._is_known(request.url)]
        return [*said, *(f"request to {url}" for url in strangers)]

    def _is_known(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in _LOCAL_SCHEMES or f"{parts.scheme}://{parts.netloc}" in self.origins

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in _NOISY:
            self._said.append(f"console {message.type}: {message.text}")

    def _on_error(self, error: WebError) -> None:
        self._said.append(f"uncaught: {error.error}")

    def _on_request(self, request: Request) -> None:
        self.requests.append(request)
