"""The real `openai-chatkit` behind the same page, with the same scripts.

`reference_app.py` serves it in a process of its own. Everything of the page comes from this package as always; only
requests to `/chatkit` go there, and it calls back: its hooks and its store are those of the test's `ScriptedServer`.
"""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from chatkit.actions import Action
from chatkit.errors import CustomStreamError, StreamError
from chatkit.server import ChatKitServer
from chatkit.store import NotFoundError
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    AudioInput,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
    WidgetItem,
)
from tests.browser.demo import quiet_environment
from tests.support.reference import reference_python

__all__ = ["Reference", "reference_running"]

LINE = 64 * 1024 * 1024

ARGUMENTS: dict[str, TypeAdapter[Any]] = {
    "thread": TypeAdapter(ThreadMetadata),
    "item": TypeAdapter(ThreadItem),
    "attachment": TypeAdapter(Attachment),
    "input": TypeAdapter(AttachmentCreateParams),
    "input_user_message": TypeAdapter(UserMessageItem | None),
    "sender": TypeAdapter(WidgetItem | None),
    "action": TypeAdapter(Action[str, Any]),
}
"""What a call names so is one of this package's models here."""


class Reference:
    """The running server."""

    def __init__(self, address: str) -> None:
        self._client = httpx.AsyncClient(base_url=address, timeout=None, trust_env=False)  # noqa: S113 - tests have one

    @asynccontextmanager
    async def in_front(self, app: ASGIApp, server: ChatKitServer[Any], context: Any) -> AsyncGenerator[ASGIApp]:
        """The app with the reference as its endpoint, which does what `server` does."""
        listening = await asyncio.start_server(_Script(server, context).answer, "127.0.0.1", 0, limit=LINE)
        port = listening.sockets[0].getsockname()[1]

        async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and (scope["method"], scope["path"]) == ("POST", "/chatkit"):
                response = await self._forward(Request(scope, receive), server, port, context)
                await response(scope, receive, send)
            else:
                await app(scope, receive, send)

        async with listening:
            yield dispatch

    async def aclose(self) -> None:
        """Ends what is open."""
        await self._client.aclose()

    async def _forward(self, request: Request, server: ChatKitServer[Any], port: int, context: Any) -> Response:
        """Passes the request on, and the answer back as it comes. When the browser leaves, so does this."""
        nobody = ThreadMetadata(id="thread", created_at=datetime.now(UTC))
        allow_cancel = server.get_stream_options(nobody, context).allow_cancel
        headers = {
            "Content-Type": "application/json",
            "Script": json.dumps({"port": port, "allow_cancel": allow_cancel}),
        }
        passed = self._client.build_request("POST", "/chatkit", content=await request.body(), headers=headers)
        answer = await self._client.send(passed, stream=True)

        async def body() -> AsyncIterator[bytes]:
            try:
                async for chunk in answer.aiter_raw():
                    yield chunk
            finally:
                await answer.aclose()

        return StreamingResponse(body(), answer.status_code, media_type=answer.headers.get("content-type"))


class _Script:
    """Answers the reference's calls with a server's hooks and stores."""

    def __init__(self, server: ChatKitServer[Any], context: Any) -> None:
        self._server = server
        self._context = context

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One call. It ends early when the other side leaves."""
        line = await reader.readline()
        if not line:  # cancelled before it had asked
            writer.close()
            return
        name, arguments = json.loads(line)
        calling = asyncio.create_task(self._call(name, arguments, writer))
        leaving = asyncio.create_task(reader.read())
        await asyncio.wait([calling, leaving], return_when=asyncio.FIRST_COMPLETED)
        for task in (calling, leaving):
            task.cancel()
        await asyncio.gather(calling, leaving, return_exceptions=True)
        writer.close()

    async def _call(self, name: str, given: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        arguments = {key: _read(key, value) for key, value in given.items()}
        try:
            if name in ("respond", "action"):
                hook = self._server.respond if name == "respond" else self._server.action
                async for event in hook(**arguments, context=self._context):
                    await _write(writer, thread=arguments["thread"], event=event)
                await _write(writer, thread=arguments["thread"], result=None)
            else:
                await _write(writer, result=await self._method(name)(**arguments, context=self._context))
        except Exception as error:  # noqa: BLE001 - whatever a hook raises is for the reference
            await _write(writer, error=_told(error))

    def _method(self, name: str) -> Any:
        owner, _, method = name.rpartition(".")
        owners = {"": self._server, "store": self._server.store, "attachments": self._server.attachment_store}
        return getattr(owners[owner], method)


def _read(name: str, value: Any) -> Any:
    if name == "audio_input":
        return AudioInput(data=base64.b64decode(value["data"]), mime_type=value["mime_type"])
    return ARGUMENTS[name].validate_python(value) if name in ARGUMENTS else value


def _told(error: Exception) -> dict[str, Any]:
    match error:
        case CustomStreamError():
            return {"kind": "CustomStreamError", "message": error.message, "allow_retry": error.allow_retry}
        case StreamError():
            return {"kind": "StreamError", "message": error.code.value, "allow_retry": error.allow_retry}
        case NotFoundError():
            return {"kind": "NotFoundError", "message": str(error), "allow_retry": False}
        case _:
            return {"kind": "Exception", "message": str(error), "allow_retry": False}


async def _write(writer: asyncio.StreamWriter, **line: Any) -> None:
    writer.write(json.dumps(to_jsonable_python(line, by_alias=True)).encode() + b"\n")
    await writer.drain()


@asynccontextmanager
async def reference_running(folder: Path) -> AsyncGenerator[Reference]:
    """The reference on a free port. Raises `RuntimeError` with what it printed when it does not start."""
    python = await asyncio.to_thread(reference_python)
    environment = {**quiet_environment(), "PYTHONPATH": ""}
    script = Path(__file__).with_name("reference_app.py")
    with (folder / "reference.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            python, script, cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE, stderr=log
        )
    try:
        assert process.stdout is not None
        port = (await process.stdout.readline()).decode().strip()
        if not port:
            said = await asyncio.to_thread((folder / "reference.log").read_text, errors="replace")
            raise RuntimeError(f"The reference did not start:\n{said}")
        reference = Reference(f"http://127.0.0.1:{port}")
        yield reference
        await reference.aclose()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()
