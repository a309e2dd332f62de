"""A server on the reference package, as its documentation shows one; what it answers, the test's script decides.

Runs in the reference's environment, so it imports nothing of this project: `python reference_app.py` prints the port it
listens on. Hooks and stores are calls to the process that runs the test: one connection each to the port that the
request names in its header `Script`, a line of JSON there, lines of JSON back. The last line is `{"result": …}` or
`{"error": …}`; those before it are the events of a stream.
"""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from chatkit.errors import CustomStreamError, ErrorCode, StreamError
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.store import AttachmentStore, NotFoundError, Store
from chatkit.types import (
    Attachment,
    Page,
    StreamOptions,
    SyncCustomActionResponse,
    ThreadItem,
    ThreadMetadata,
    ThreadStreamEvent,
    TranscriptionResult,
)

LINE = 64 * 1024 * 1024
"""The longest line, in bytes: an item may carry a picture."""

Context = dict[str, Any]


class Script:
    """What the test's process answers, over one connection for each call."""

    def call(self, context: Context, name: str, **arguments: Any) -> Any:
        """The result of a hook or of a store's method.

        Blocks, so that for the reference it is what a store in memory is: done at once. When the browser leaves,
        Starlette cancels every wait in what the reference still does to keep the answer.
        """
        with socket.create_connection(("127.0.0.1", context["port"])) as connection, connection.makefile("rb") as lines:
            connection.sendall(_line(name, arguments))
            line = json.loads(lines.readline())
        if "error" in line:
            raise _error(**line["error"])
        return line["result"]

    async def stream(self, context: Context, name: str, **arguments: Any) -> AsyncIterator[dict[str, Any]]:
        """Every line of the answer. Closing the connection tells the script that nobody listens any more."""
        reader, writer = await asyncio.open_connection("127.0.0.1", context["port"], limit=LINE)
        try:
            writer.write(_line(name, arguments))
            while text := await reader.readline():
                line = json.loads(text)
                if "error" in line:
                    raise _error(**line["error"])
                yield line
                if "result" in line:
                    return
            raise RuntimeError(f"The script left in the midst of {name}.")
        finally:
            writer.close()


def _line(name: str, arguments: dict[str, Any]) -> bytes:
    return json.dumps([name, to_jsonable_python(arguments, by_alias=True)]).encode() + b"\n"


def _error(kind: str, message: str, allow_retry: bool) -> Exception:
    match kind:
        case "NotFoundError":
            return NotFoundError(message)
        case "CustomStreamError":
            return CustomStreamError(message, allow_retry=allow_retry)
        case "StreamError":
            return StreamError(ErrorCode(message), allow_retry=allow_retry)
        case _:
            return RuntimeError(message)


RESULTS: dict[str, TypeAdapter[Any]] = {
    "load_thread": TypeAdapter(ThreadMetadata),
    "load_thread_items": TypeAdapter(Page[ThreadItem]),
    "load_attachment": TypeAdapter(Attachment),
    "load_threads": TypeAdapter(Page[ThreadMetadata]),
    "load_item": TypeAdapter(ThreadItem),
}
EVENTS: TypeAdapter[Any] = TypeAdapter(ThreadStreamEvent)


class ScriptStore(Store[Context]):
    """The test's store."""

    def __init__(self, script: Script) -> None:
        self._script = script

    def _do(self, name: str, context: Context, **arguments: Any) -> Any:
        result = self._script.call(context, f"store.{name}", **arguments)
        return RESULTS[name].validate_python(result) if name in RESULTS else None

    async def load_thread(self, thread_id: str, context: Context) -> ThreadMetadata:
        return self._do("load_thread", context, thread_id=thread_id)

    async def save_thread(self, thread: ThreadMetadata, context: Context) -> None:
        self._do("save_thread", context, thread=thread)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Context
    ) -> Page[ThreadItem]:
        return self._do("load_thread_items", context, thread_id=thread_id, after=after, limit=limit, order=order)

    async def save_attachment(self, attachment: Attachment, context: Context) -> None:
        self._do("save_attachment", context, attachment=attachment)

    async def load_attachment(self, attachment_id: str, context: Context) -> Attachment:
        return self._do("load_attachment", context, attachment_id=attachment_id)

    async def delete_attachment(self, attachment_id: str, context: Context) -> None:
        self._do("delete_attachment", context, attachment_id=attachment_id)

    async def load_threads(self, limit: int, after: str | None, order: str, context: Context) -> Page[ThreadMetadata]:
        return self._do("load_threads", context, limit=limit, after=after, order=order)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Context) -> None:
        self._do("add_thread_item", context, thread_id=thread_id, item=item)

    async def save_item(self, thread_id: str, item: ThreadItem, context: Context) -> None:
        self._do("save_item", context, thread_id=thread_id, item=item)

    async def load_item(self, thread_id: str, item_id: str, context: Context) -> ThreadItem:
        return self._do("load_item", context, thread_id=thread_id, item_id=item_id)

    async def delete_thread(self, thread_id: str, context: Context) -> None:
        self._do("delete_thread", context, thread_id=thread_id)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Context) -> None:
        self._do("delete_thread_item", context, thread_id=thread_id, item_id=item_id)


class ScriptAttachments(AttachmentStore[Context]):
    """The test's attachment store."""

    def __init__(self, script: Script) -> None:
        self._script = script

    async def create_attachment(self, input: Any, context: Context) -> Attachment:
        created = self._script.call(context, "attachments.create_attachment", input=input)
        return RESULTS["load_attachment"].validate_python(created)

    async def delete_attachment(self, attachment_id: str, context: Context) -> None:
        self._script.call(context, "attachments.delete_attachment", attachment_id=attachment_id)


class ReferenceServer(ChatKitServer[Context]):
    """The reference's server; each hook is the test's."""

    def __init__(self) -> None:
        self._script = Script()
        super().__init__(ScriptStore(self._script), ScriptAttachments(self._script))

    def get_stream_options(self, thread: ThreadMetadata, context: Context) -> StreamOptions:
        return StreamOptions(allow_cancel=context["allow_cancel"])

    async def respond(self, thread: ThreadMetadata, input_user_message: Any, context: Context) -> AsyncIterator[Any]:
        async for event in self._play(thread, context, "respond", input_user_message=input_user_message):
            yield event

    async def action(
        self, thread: ThreadMetadata, action: Any, sender: Any, context: Context
    ) -> AsyncIterator[ThreadStreamEvent]:
        async for event in self._play(thread, context, "action", action=action, sender=sender):
            yield event

    async def _play(
        self, thread: ThreadMetadata, context: Context, hook: str, **arguments: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        lines = self._script.stream(context, hook, thread=thread, **arguments)
        try:
            async for line in lines:
                changed = ThreadMetadata.model_validate(line["thread"])
                for name in ThreadMetadata.model_fields:
                    setattr(thread, name, getattr(changed, name))
                if "event" in line:
                    yield EVENTS.validate_python(line["event"])
        finally:
            await lines.aclose()  # type: ignore[attr-defined]

    async def sync_action(
        self, thread: ThreadMetadata, action: Any, sender: Any, context: Context
    ) -> SyncCustomActionResponse:
        result = self._script.call(context, "sync_action", thread=thread, action=action, sender=sender)
        return SyncCustomActionResponse.model_validate(result)

    async def add_feedback(self, thread_id: str, item_ids: list[str], feedback: Any, context: Context) -> None:
        self._script.call(context, "add_feedback", thread_id=thread_id, item_ids=item_ids, feedback=feedback)

    async def transcribe(self, audio_input: Any, context: Context) -> TranscriptionResult:
        audio = {"data": base64.b64encode(audio_input.data).decode(), "mime_type": audio_input.mime_type}
        return TranscriptionResult.model_validate(self._script.call(context, "transcribe", audio_input=audio))


server = ReferenceServer()


async def chatkit_endpoint(request: Request) -> Response:
    """The route of the reference's documentation."""
    result = await server.process(await request.body(), json.loads(request.headers["script"]))
    if isinstance(result, StreamingResult):
        return StreamingResponse(result, media_type="text/event-stream")
    return Response(content=result.json, media_type="application/json")


async def main() -> None:
    """Serves until the process is ended."""
    app = Starlette(routes=[Route("/chatkit", chatkit_endpoint, methods=["POST"])])
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        print(listening.getsockname()[1], flush=True)
        await uvicorn.Server(uvicorn.Config(app, log_level="error")).serve(sockets=[listening])


if __name__ == "__main__":
    asyncio.run(main())
