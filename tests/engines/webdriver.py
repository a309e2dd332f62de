"""WebKitGTK's browser, driven by WebDriver, on a screen that nobody sees."""

import asyncio
import base64
import json
import os
import re
import shutil
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.engines.process import running
from tests.engines.window import Window, input_actions
from tests.support.redis import free_port

__all__ = ["WebKit", "webkit_running"]

BROWSERS = ("usr/lib/*/webkit*gtk-*/MiniBrowser", "usr/libexec/webkit*gtk-*/MiniBrowser")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
CALL = """
const [text, done] = arguments;
Promise.resolve().then(() => (%s)(...JSON.parse(text))).then(
  (value) => done(JSON.stringify({ value: value ?? null })),
  (error) => done(JSON.stringify({ problem: String(error) })),
);
"""


class WebKitWindow(Window):
    """The window of one session."""

    def __init__(self, client: httpx.AsyncClient, session: str) -> None:
        self._client = client
        self._path = f"/session/{session}"

    async def goto(self, url: str) -> None:
        await self._post("url", {"url": url})

    async def reload(self) -> None:
        await self._post("refresh", {})

    async def evaluate(self, function: str, *arguments: Any) -> Any:
        said = json.loads(
            await self._post("execute/async", {"script": CALL % function, "args": [json.dumps(arguments)]})
        )
        if "problem" in said:
            raise RuntimeError(said["problem"])
        return said["value"]

    async def click(self, x: float, y: float) -> None:
        at = {"x": round(x), "y": round(y), "duration": 0, "origin": "viewport"}
        actions = [
            {"type": "pointerMove", **at},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        await self._post("actions", {"actions": [mouse]})

    async def keys(self, *keys: str) -> None:
        keyboard = {"type": "key", "id": "keyboard", "actions": input_actions(keys)}
        await self._post("actions", {"actions": [keyboard]})

    async def choose_files(self, function: str, files: Sequence[Path]) -> None:
        element = await self._post("execute/sync", {"script": f"return ({function})();", "args": []})
        text = "\n".join(str(file) for file in files)
        await self._post(f"element/{element[ELEMENT]}/value", {"text": text})

    async def resize(self, width: int, height: int) -> None:
        # A window has edges and bars of its own.
        given = await self._rect({"width": width, "height": height})
        inner = await self.evaluate("() => [innerWidth, innerHeight]")
        await self._rect({"width": given["width"] + width - inner[0], "height": given["height"] + height - inner[1]})

    async def picture(self) -> bytes:
        return base64.b64decode(await self._send("GET", "screenshot"))

    async def printed(self) -> bytes | None:
        return None

    async def _rect(self, size: dict[str, int]) -> dict[str, int]:
        return await self._post("window/rect", size)

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        return await self._send("POST", path, body)

    async def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return await _send(self._client, method, f"{self._path}/{path}", body)


async def _send(client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """A command's value. Raises `RuntimeError` with what the driver says is wrong."""
    value = (await client.request(method, path, json=body)).json()["value"]
    if isinstance(value, dict) and "error" in value:
        raise RuntimeError(f"{path}: {value['error']}: {value.get('message', '')}")
    return value


class WebKit:
    """A driver that starts a browser for each window: nothing of one gets into the next."""

    def __init__(self, client: httpx.AsyncClient, browser: str) -> None:
        self._client = client
        self._browser = browser

    @asynccontextmanager
    async def window(self) -> AsyncGenerator[Window]:
        """A window as of a person who was never here."""
        options = {"binary": self._browser, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options, "timeouts": {"script": 20_000}}}
        session = (await _send(self._client, "POST", "/session", {"capabilities": wanted}))["sessionId"]
        try:
            yield WebKitWindow(self._client, session)
        finally:
            await _send(self._client, "DELETE", f"/session/{session}")


def _browser() -> str | None:
    """The newest of those that are installed: it belongs to no package of a fixed name, and is in nobody's path."""
    return max((str(path) for pattern in BROWSERS for path in Path("/").glob(pattern)), default=None)


@asynccontextmanager
async def webkit_running(folder: Path) -> AsyncGenerator[WebKit]:
    """The driver and its screen; their logs are in `folder`."""
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    browser = await asyncio.to_thread(_browser)
    if driver is None or screen is None or browser is None:
        raise RuntimeError("WebKitGTK, its driver or Xvfb is not installed; scripts/test installs them.")
    command = [screen, "-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]
    async with running(command, folder / "screen.log") as shown, AsyncExitStack() as stack:
        number = await shown.line(re.compile(r"(\d+)"))
        at = {"DISPLAY": f":{number}", "HOME": str(folder), "LANG": "en_GB.UTF-8", "GDK_BACKEND": "x11"}
        port = free_port()
        started = running([driver, f"--port={port}"], folder / "driver.log", {**os.environ, **at})
        program = await stack.enter_async_context(started)
        await program.listens(port)
        client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)
        yield WebKit(await stack.enter_async_context(client), browser)
