"""One conversation with a server, whoever wrote it: its steps, and what came of each in words that can be compared."""

import asyncio
import json
import re
from types import SimpleNamespace
from typing import Any

from .people.agents import AGENTS
from .people.hooks import HOOKS, Echo
from .people.routes import ROUTES, app_with
from .people.stores import STORES

CONTEXTS: dict[str, Any] = {
    "nothing": None,
    "an empty dict": {},
    "a dict": {"request": object()},
    "a namespace": SimpleNamespace(user="ann"),
    "a text": "ann",
    "an object": object(),
}


class ThroughARoute:
    """A server as its own route answers."""

    def __init__(self, route: Any) -> None:
        self.app = app_with(route(Echo()))

    async def process(self, body: bytes, context: Any) -> Any:
        """What a client makes of it."""
        status, media_type, content = await asked(self.app, body)
        if status >= 400:
            raise RuntimeError(f"status {status}")
        if not media_type.startswith("text/event-stream"):
            return SimpleNamespace(json=content)

        async def frames() -> Any:
            for frame in content.split(b"\n\n")[:-1]:
                yield frame

        return SimpleNamespace(json_events=frames())


async def asked(app: Any, body: bytes) -> tuple[int, str, bytes]:
    """The status, the media type and the content that an ASGI app answers with."""
    waiting, sent = [{"type": "http.request", "body": body, "more_body": False}], []
    left = asyncio.Event()

    async def receive() -> Any:
        if not waiting:
            await left.wait()  # the client stays
        return waiting.pop()

    async def send(part: Any) -> None:
        sent.append(part)

    headers = [(b"content-type", b"application/json"), (b"host", b"testserver")]
    scope = {"type": "http", "method": "POST", "path": "/chatkit", "raw_path": b"/chatkit", "query_string": b""}
    await app(
        {**scope, "headers": headers, "http_version": "1.1", "scheme": "http", "root_path": "", "app": app},
        receive,
        send,
    )
    answered = dict(sent[0]["headers"])
    content = b"".join(part.get("body", b"") for part in sent[1:])
    return sent[0]["status"], answered.get(b"content-type", b"").decode(), content


STRANGERS: dict[str, Any] = {
    **{f"store: {name}": (lambda make=make: Echo(make())) for name, make in STORES.items()},
    **{f"hooks: {name}": make for name, make in HOOKS.items()},
    **{f"agents: {name}": make for name, make in AGENTS.items()},
    **{f"context: {name}": Echo for name in CONTEXTS},
    **{f"route: {name}": (lambda route=route: ThroughARoute(route)) for name, route in ROUTES.items()},
}
"""What makes each server."""

UNKNOWN = {"thread_id": "thr_unknown"}


def message(text: str) -> dict[str, Any]:
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


async def play(name: str) -> dict[str, list[str]]:
    """By step, what a client sees of a stranger's answer; or `["raised", …]`: the error and what is noted beside it."""
    server, context = STRANGERS[name](), CONTEXTS.get(name.removeprefix("context: "))
    steps: dict[str, list[str]] = {}
    told: dict[str, Any] = {"thread": "thr_none", "message": "msg_none", "widget": "msg_none"}

    async def step(step: str, operation: str, **params: Any) -> None:
        try:
            result = await server.process(json.dumps({"type": operation, "params": params}).encode(), context)
            if hasattr(result, "json_events"):
                steps[step] = [word async for frame in result.json_events for word in _words(_event(frame), told)]
            else:
                steps[step] = _document(json.loads(result.json))
        except Exception as error:  # noqa: BLE001 - whatever a stranger raises
            steps[step] = ["raised", type(error).__name__, str(error), *getattr(error, "__notes__", ())]

    await step("create", "threads.create", input=message("one"))
    thread = {"thread_id": told["thread"]}
    await step("go on", "threads.add_user_message", **thread, input=message("two"))
    action = {"type": "more", "payload": {"by": 1}}
    await step("action", "threads.custom_action", **thread, item_id=told["widget"], action=action)
    await step("list threads", "threads.list", limit=20)
    await step("open", "threads.get_by_id", **thread)
    await step("list items", "items.list", **thread, limit=20, order="asc")
    await step("rename", "threads.update", **thread, title="Renamed")
    await step("retry", "threads.retry_after_item", **thread, item_id=told["message"])
    await step("open again", "threads.get_by_id", **thread)
    await step("open what is not there", "threads.get_by_id", **UNKNOWN)
    await step("delete", "threads.delete", **thread)
    await step("open what is gone", "threads.get_by_id", **thread)
    await step("list threads in the end", "threads.list")
    return steps


def _event(frame: bytes) -> dict[str, Any]:
    return json.loads(frame.removeprefix(b"data: "))


def _words(event: dict[str, Any], told: dict[str, Any]) -> list[str]:
    """What an event says, without ids and times. Ids that the story needs later are noted."""
    match event:
        case {"type": "thread.created" | "thread.updated" as kind, "thread": thread}:
            told["thread"] = thread["id"]
            return [f"{kind} {thread.get('title')}"]
        case {"type": "thread.item.updated", "update": update}:
            return [f"{update['type']} {update.get('delta', '')}"]
        case {"type": kind, "item": item}:
            if kind == "thread.item.done":
                told[{"user_message": "message"}.get(item["type"], item["type"])] = item["id"]
            return [f"{kind} {_item(item)}"]
        case {"type": "error"}:
            return [f"error {event['code']} {event.get('message')}"]
        case _:
            return [f"{event['type']} {event.get('text', '')}"]


def _item(item: dict[str, Any]) -> str:
    texts = re.findall(r'"(?:text|value|title|label)": "([^"]*)"', json.dumps(item))
    return f"{item['type']}: {' / '.join(texts)}"


def _document(document: dict[str, Any]) -> list[str]:
    rows = document.get("items", document)
    listed = rows.get("data", []) if isinstance(rows, dict) else []
    shown = [_item(row) if "type" in row else f"thread {row.get('title')}" for row in listed]
    return [f"title {document.get('title')}", *shown] if "items" in document else shown
