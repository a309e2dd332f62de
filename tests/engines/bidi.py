"""Firefox, driven by WebDriver BiDi: its own port speaks it, no driver stands between."""

import asyncio
import base64
import itertools
import json
import re
import shutil
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.engines.process import running
from tests.engines.window import Window, input_actions

__all__ = ["Firefox", "firefox_running"]

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PREFERENCES = {
    # Nothing on this machine but what a test opens.
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.disable_beforeunload": True,
    "extensions.update.enabled": False,
    "intl.accept_languages": "en-GB, en",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "remote.prefs.recommended": True,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
CALL = "async (text) => JSON.stringify((await (%s)(...JSON.parse(text))) ?? null)"


class Connection:
    """Commands and their answers, over one web socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reading = asyncio.create_task(self._read())

    async def close(self) -> None:
        """Reads no more."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        """A command's result. Raises `RuntimeError` with what the browser says is wrong."""
        number = next(self._ids)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        said = await answer
        if said["type"] == "error":
            raise RuntimeError(f"{method}: {said['error']}: {said['message']}")
        return said["result"]

    async def _read(self) -> None:
        async for text in self._socket:
            said = json.loads(text)
            waiting = self._waiting.pop(said.get("id"), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(said)


class FirefoxWindow(Window):
    """One tab in a user context of its own."""

    def __init__(self, connection: Connection, context: str) -> None:
        self._connection = connection
        self._context = context

    async def goto(self, url: str) -> None:
        await self._connection.send("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def reload(self) -> None:
        await self._connection.send("browsingContext.reload", context=self._context, wait="complete")

    async def evaluate(self, function: str, *arguments: Any) -> Any:
        given = {"type": "string", "value": json.dumps(arguments)}
        return json.loads((await self._call(CALL % function, given))["value"])

    async def click(self, x: float, y: float) -> None:
        at = {"x": round(x), "y": round(y)}
        actions = [
            {"type": "pointerMove", **at},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        await self._perform({"type": "pointer", "id": "mouse", "actions": actions})

    async def keys(self, *keys: str) -> None:
        await self._perform({"type": "key", "id": "keyboard", "actions": input_actions(keys)})

    async def choose_files(self, function: str, files: Sequence[Path]) -> None:
        element = await self._call(function)
        named = [str(file) for file in files]
        shared = {"sharedId": element["sharedId"]}
        await self._connection.send("input.setFiles", context=self._context, element=shared, files=named)

    async def resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height}
        await self._connection.send("browsingContext.setViewport", context=self._context, viewport=size)

    async def picture(self) -> bytes:
        return await self._bytes("browsingContext.captureScreenshot")

    async def printed(self) -> bytes | None:
        return await self._bytes("browsingContext.print")

    async def _bytes(self, method: str) -> bytes:
        return base64.b64decode((await self._connection.send(method, context=self._context))["data"])

    async def _perform(self, source: dict[str, Any]) -> None:
        await self._connection.send("input.performActions", context=self._context, actions=[source])

    async def _call(self, function: str, *arguments: dict[str, Any]) -> dict[str, Any]:
        said = await self._connection.send(
            "script.callFunction",
            functionDeclaration=function,
            arguments=list(arguments),
            target={"context": self._context},
            awaitPromise=True,
        )
        if said["type"] == "exception":
            raise RuntimeError(said["exceptionDetails"]["text"])
        return said["result"]


class Firefox:
    """A running Firefox."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def window(self) -> AsyncGenerator[Window]:
        """A window as of a person who was never here."""
        person = (await self._connection.send("browser.createUserContext"))["userContext"]
        made = await self._connection.send("browsingContext.create", type="tab", userContext=person)
        try:
            yield FirefoxWindow(self._connection, made["context"])
        finally:
            await self._connection.send("browser.removeUserContext", userContext=person)


@asynccontextmanager
async def firefox_running(folder: Path) -> AsyncGenerator[Firefox]:
    """Firefox without a screen, its profile in `folder`."""
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    if found is None:
        raise RuntimeError("Firefox is not installed; scripts/test installs it.")
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    await asyncio.to_thread((folder / "user.js").write_text, "\n".join(lines), encoding="utf-8")
    command = [found, "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", "0"]
    async with running(command, folder / "firefox.log") as program:
        address = await program.line(LISTENING)
        async with connect(f"{address}/session", max_size=None, proxy=None) as socket:
            connection = Connection(socket)
            try:
                await connection.send("session.new", capabilities={})
                yield Firefox(connection)
            finally:
                await connection.close()
