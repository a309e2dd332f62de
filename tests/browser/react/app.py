"""The React harness as a test uses it."""

import json
from typing import Any

from tests.browser.chat import Chat

__all__ = ["HANDLERS", "ReactChat"]

HANDLERS = [
    "onReady",
    "onError",
    "onEffect",
    "onDeeplink",
    "onResponseStart",
    "onResponseEnd",
    "onThreadChange",
    "onThreadLoadStart",
    "onThreadLoadEnd",
    "onToolChange",
    "onHistoryOpen",
    "onHistoryClose",
    "onLog",
]
"""Every handler that `useChatKit` takes; `types.test-d.tsx` proves that there is no other."""


class ReactChat:
    """A page of React chats, of which most tests have one. Options are given as JavaScript, as an object's inside."""

    def __init__(self, chat: Chat, address: str) -> None:
        self.chat = chat
        self.page = chat.page
        self.address = address

    async def mount(self, options: str = "", *, name: str = "a", ready: bool = True, **settings: Any) -> Chat:
        """Renders a chat with all handlers noted, and waits until it has drawn itself."""
        await self.page.evaluate(f"react.mount({name!r}, {self._options(options)}, {json.dumps(settings)})")
        return await self.chat.ready() if ready else self.chat

    async def update(self, options: str, *, name: str = "a") -> None:
        """Renders with other options."""
        await self.page.evaluate(f"react.update({name!r}, {self._options(options)})")
        await self.chat.frames()

    async def unmount(self, *, name: str = "a") -> None:
        """Takes a chat off the page."""
        await self.page.evaluate(f"react.unmount({name!r})")

    async def call(self, method: str, *arguments: Any, name: str = "a") -> Any:
        """Calls what the hook returned. Raises with its message when it rejects."""
        return await self.page.evaluate(
            "([name, method, args]) => react.chats[name][method](...args)", [name, method, list(arguments)]
        )

    async def details(self, handler: str) -> list[Any]:
        """What a handler has been called with, each time."""
        return await self.page.evaluate("(name) => react.details(name)", handler)

    async def called(self, handler: str, count: int = 1) -> None:
        """When a handler has been called that often."""
        await self.chat.until(f"react.details({handler!r}).length >= {count}")

    @staticmethod
    def _options(options: str) -> str:
        api = "" if "api:" in options else "api: { url: '/chatkit', domainKey: 'none' },"
        return f"{{ {api} ...react.handlers({json.dumps(HANDLERS)}), {options} }}"
