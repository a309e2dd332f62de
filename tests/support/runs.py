"""Servers whose answers a test directs, replicas that share a store, and clients that lose their connection."""

import asyncio
import copy
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

from chatkit._fold import ConversationFold
from chatkit._sse import SseDecoder
from chatkit._wire import parse_event
from chatkit.live import MemoryRuns, memory_engine
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.store import Store
from chatkit.store.memory import MemoryStore
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)

Script = Callable[[ThreadMetadata, UserMessageItem | None, Any], AsyncIterator[ThreadStreamEvent]]


def message(thread: ThreadMetadata, item_id: str, text: str = "") -> AssistantMessageItem:
    """An assistant's message of one part."""
    content = [AssistantMessageContent(text=text)]
    return AssistantMessageItem(id=item_id, thread_id=thread.id, created_at=datetime.now(UTC), content=content)


def delta(item_id: str, text: str) -> ThreadItemUpdatedEvent:
    """More text."""
    update = AssistantMessageContentPartTextDelta(content_index=0, delta=text)
    return ThreadItemUpdatedEvent(item_id=item_id, update=update)


class Stage:
    """What a hook waits for, and what a test waits for: words that either says and the other hears."""

    def __init__(self) -> None:
        self._said: dict[str, asyncio.Event] = {}

    def _event(self, word: str) -> asyncio.Event:
        return self._said.setdefault(word, asyncio.Event())

    def say(self, word: str) -> None:
        self._event(word).set()

    async def hears(self, word: str) -> None:
        await self._event(word).wait()


class DirectedServer(ChatKitServer[Any]):
    """Answers as its script says."""

    def __init__(self, store: Store[Any], script: Script) -> None:
        super().__init__(store)
        self.script = script
        self.calls = 0

    def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        self.calls += 1
        return self.script(thread, input_user_message, context)


def replica_of(store: MemoryStore[Any], shared: MemoryRuns) -> MemoryStore[Any]:
    """The same store with leases and a log of another process."""
    replica = copy.copy(store)
    replica._runs, replica._live = shared, memory_engine(shared)  # pyright: ignore[reportPrivateUsage]
    return replica


class Frames:
    """What a client has heard on one connection."""

    def __init__(self) -> None:
        self.raw = b""
        self.frames: list[tuple[str, dict[str, Any]]] = []
        self._decoder = SseDecoder()

    def feed(self, data: bytes) -> None:
        self.raw += data
        for event in self._decoder.decode(data):
            self.frames.append((event.id, json.loads(event.data)))

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for _, event in self.frames]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    @property
    def position(self) -> str | None:
        return self.frames[-1][0] if self.frames else None

    def position_of(self, at: int) -> str:
        """Of the frame at this index."""
        return self.frames[at][0]

    def of(self, kind: str) -> dict[str, Any]:
        return next(event for event in self.events if event["type"] == kind)

    @property
    def run_id(self) -> str:
        return self.of("stream_options")["run_id"]


class Client:
    """One tab."""

    def __init__(self, server: ChatKitServer[Any], user: str = "ada") -> None:
        self.server = server
        self.context: dict[str, Any] = {"user_id": user}

    def body(self, operation: str, /, **given: Any) -> str:
        beside = {name: given.pop(name) for name in ("request_id", "if_busy") if name in given}
        return json.dumps({"type": operation, "params": given, "extensions": ["runs"], **beside})

    async def ask(self, operation: str, /, **given: Any) -> dict[str, Any]:
        result: Any = await self.server.process(self.body(operation, **given), self.context)
        return json.loads(result.json)

    async def open(self, operation: str, /, **given: Any) -> AsyncGenerator[bytes, None]:
        result = await self.server.process(self.body(operation, **given), self.context)
        assert isinstance(result, StreamingResult)
        return result.json_events

    async def stream(self, operation: str, /, until: Callable[[Frames], bool] | None = None, **given: Any) -> Frames:
        """Reads until the stream's end, or until `until` is true; then the connection is closed."""
        heard = Frames()
        async with aclosing(await self.open(operation, **given)) as stream:
            async for data in stream:
                heard.feed(data)
                if until is not None and until(heard):
                    break
        return heard

    async def create(self, text: str = "Hello", until: Callable[[Frames], bool] | None = None, **given: Any) -> Frames:
        return await self.stream("threads.create", until=until, input=said(text), **given)

    async def send(self, thread_id: str, text: str = "More", **given: Any) -> Frames:
        return await self.stream("threads.add_user_message", thread_id=thread_id, input=said(text), **given)

    async def stored(self, thread_id: str) -> list[dict[str, Any]]:
        """The items of the thread as a client gets them, oldest first."""
        page = await self.ask("items.list", thread_id=thread_id, limit=100, order="asc")
        return page["data"]


def said(text: str) -> dict[str, Any]:
    """A user's message."""
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


def has(kind: str, count: int = 1) -> Callable[[Frames], bool]:
    """Whether a client has heard so many events of a kind."""
    return lambda heard: heard.types.count(kind) >= count


TOLD_OF_RUNS = ("run.ended", "stream.reset")


def fold(events: Sequence[dict[str, Any]], known: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """The items that a client has, as it would load them: from what it loaded, and what it heard."""
    folded = ConversationFold()
    for item in known:
        folded.apply(parse_event(json.dumps({"type": "thread.item.done", "item": item})))
    for event in events:
        if event["type"] not in TOLD_OF_RUNS:
            folded.apply(parse_event(json.dumps(event)))
    return [json.loads(item.model_dump_json(by_alias=True, exclude_none=True)) for item in folded.items]


def whole_message(item_id: str, words: Sequence[str], *, pause: float = 0.0) -> Script:
    """A hook that says some words, one by one, in one message."""

    async def respond(thread: ThreadMetadata, _: Any, context: Any) -> AsyncIterator[ThreadStreamEvent]:
        answer = message(thread, f"{item_id}_{id(thread)}")
        yield ThreadItemAddedEvent(item=answer)
        for word in words:
            await asyncio.sleep(pause)
            yield delta(answer.id, word)
        yield ThreadItemDoneEvent(item=message(thread, answer.id, "".join(words)))

    return respond


class Listening:
    """A client that reads on while the test does something else."""

    def __init__(self, task: asyncio.Task[Frames], heard: Frames) -> None:
        self.task = task
        self.heard = heard

    @classmethod
    async def to(
        cls,
        client: Client,
        operation: str,
        /,
        *,
        first: str | None = None,
        until: Callable[[Frames], bool] | None = None,
        **given: Any,
    ) -> "Listening":
        """Begins, and returns when something was heard, or an event of the type `first`."""
        heard, begun = Frames(), asyncio.Event()

        async def read() -> Frames:
            async with aclosing(await client.open(operation, **given)) as stream:
                async for data in stream:
                    heard.feed(data)
                    if first is None or first in heard.types:
                        begun.set()
                    if until is not None and until(heard):
                        break
            return heard

        task = asyncio.create_task(read())
        waiting = asyncio.create_task(begun.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        return cls(task, heard)
