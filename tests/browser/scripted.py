"""Servers that do what a test says, when it says it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from chatkit.actions import Action
from chatkit.http import Branding, ChatKit, PageOptions, Settings
from chatkit.server import ChatKitServer
from chatkit.stores import MemoryStore
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    AudioInput,
    ClientToolCallItem,
    FeedbackKind,
    InferenceOptions,
    SyncCustomActionResponse,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    TranscriptionResult,
    UserMessageItem,
    UserMessageTextContent,
    WidgetItem,
)
from chatkit.widgets import WidgetRoot
from tests.browser.files import Files

__all__ = ["POLICY", "USER", "ScriptedServer", "Turn", "app_of", "html", "page_app", "server_of"]

USER = {"user_id": "ada"}
"""The context of every request: one user, so that a test can put threads into the store beforehand."""

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The policy under which the element has to work."""

Step = ThreadStreamEvent | Callable[["Turn"], ThreadStreamEvent]


class Turn:
    """One answer. Nothing of it is sent before the test says so; `cancelled` is set when the user stopped it."""

    def __init__(self) -> None:
        self._steps: asyncio.Queue[Step | Exception | None] = asyncio.Queue()
        self._begun = asyncio.Event()
        self._text = ""
        self._item: AssistantMessageItem | None = None
        self.cancelled = asyncio.Event()
        self.thread: ThreadMetadata | None = None
        self.message: UserMessageItem | None = None

    async def begun(self) -> "Turn":
        """When the server has been asked for this answer."""
        await self._begun.wait()
        return self

    def send(self, *steps: Step) -> "Turn":
        """Sends events; those that need the thread are given as functions of the turn."""
        for step in steps:
            self._steps.put_nowait(step)
        return self

    def show(self, widget: WidgetRoot) -> "Turn":
        """Sends a widget that is complete."""
        return self.send(lambda turn: ThreadItemDoneEvent(item=turn.widget_item(widget)))

    def call(self, name: str, **arguments: Any) -> "Turn":
        """Has the page run a tool; the next turn follows with what it gave."""
        return self.send(lambda turn: ThreadItemDoneEvent(item=turn._tool_call(name, arguments)))

    def say(self, *deltas: str) -> "Turn":
        """Streams text. All calls together make up one message, until `end`."""
        if not self._text:
            self.send(Turn._message_added, Turn._part_added)
        for delta in deltas:
            self._text += delta
            self.send(lambda turn, delta=delta: turn._delta(delta))
        return self

    def complete(self) -> "Turn":
        """Completes the message, if there is one; other items, or another message, may follow."""
        if self._text:
            text, self._text = self._text, ""
            self.send(lambda turn: turn._message_done(text))
        return self

    def end(self) -> "Turn":
        """Completes the message, if there is one, and the answer."""
        self.complete()
        self._steps.put_nowait(None)
        return self

    def fail(self, error: Exception) -> "Turn":
        """Raises in the hook."""
        self._steps.put_nowait(error)
        return self

    @property
    def thread_id(self) -> str:
        """The thread's; known once the answer has begun."""
        assert self.thread is not None
        return self.thread.id

    def widget_item(self, widget: WidgetRoot) -> WidgetItem:
        """The widget as an item of the thread."""
        return WidgetItem(id=_new_id("widget"), thread_id=self.thread_id, created_at=datetime.now(UTC), widget=widget)

    async def play(self, thread: ThreadMetadata, message: UserMessageItem | None) -> AsyncIterator[ThreadStreamEvent]:
        """The events, as they are given."""
        self.thread, self.message = thread, message
        self._begun.set()
        try:
            while (step := await self._steps.get()) is not None:
                if isinstance(step, Exception):
                    raise step
                yield step(self) if callable(step) else step
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled.set()
            raise

    def _tool_call(self, name: str, arguments: dict[str, Any]) -> ClientToolCallItem:
        call = _new_id("call")
        return ClientToolCallItem(
            id=_new_id("tool"),
            thread_id=self.thread_id,
            created_at=datetime.now(UTC),
            call_id=call,
            name=name,
            arguments=arguments,
        )

    def _message_added(self) -> ThreadStreamEvent:
        self._item = assistant_message(self.thread_id, "").model_copy(update={"content": []})
        return ThreadItemAddedEvent(item=self._item)

    def _part_added(self) -> ThreadStreamEvent:
        part = AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text=""))
        return ThreadItemUpdatedEvent(item_id=self._message().id, update=part)

    def _delta(self, text: str) -> ThreadStreamEvent:
        delta = AssistantMessageContentPartTextDelta(content_index=0, delta=text)
        return ThreadItemUpdatedEvent(item_id=self._message().id, update=delta)

    def _message_done(self, text: str) -> ThreadStreamEvent:
        content = [AssistantMessageContent(text=text)]
        return ThreadItemDoneEvent(item=self._message().model_copy(update={"content": content}))

    def _message(self) -> AssistantMessageItem:
        assert self._item is not None
        return self._item


class ScriptedServer(ChatKitServer[dict[str, str]]):
    """Answers with the turns that the test prepared, in their order; without one it repeats what it is told."""

    def __init__(self) -> None:
        store = MemoryStore[dict[str, str]]()
        self.files = Files(store, USER)
        super().__init__(store, self.files)
        self._turns: deque[Turn] = deque()
        self._action_turns: deque[Turn] = deque()
        self.actions: list[Action[str, Any]] = []
        self.renewed: WidgetRoot | None = None
        """What the card of a synchronous action becomes."""
        self.feedback: list[tuple[list[str], str]] = []
        """Which items the user liked or not."""
        self.recordings: list[AudioInput] = []
        self.heard: str | Exception = "What was said"
        """What a recording is turned into, or why it is not."""

    def turn(self) -> Turn:
        """Prepares the next answer."""
        self._turns.append(turn := Turn())
        return turn

    def action_turn(self) -> Turn:
        """Prepares what the next streamed action does."""
        self._action_turns.append(turn := Turn())
        return turn

    def answer(self, *texts: str) -> Turn:
        """Prepares an answer that is complete at once."""
        return self.turn().say(*texts).end()

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: dict[str, str]
    ) -> AsyncIterator[ThreadStreamEvent]:
        if self._turns:
            turn = self._turns.popleft()
        else:
            said = "".join(part.text for part in input_user_message.content) if input_user_message else "go on"
            turn = Turn().say(f"You said {said}.").end()
        async for event in turn.play(thread, input_user_message):
            yield event

    async def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: dict[str, str]
    ) -> AsyncIterator[ThreadStreamEvent]:
        self.actions.append(action)
        turn = self._action_turns.popleft() if self._action_turns else Turn().end()
        async for event in turn.play(thread, None):
            yield event

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: dict[str, str]
    ) -> SyncCustomActionResponse:
        self.actions.append(action)
        if sender is None or self.renewed is None:
            return SyncCustomActionResponse()
        return SyncCustomActionResponse(updated_item=sender.model_copy(update={"widget": self.renewed}))

    async def add_feedback(
        self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: dict[str, str]
    ) -> None:
        self.feedback.append((item_ids, feedback))

    async def transcribe(self, audio_input: AudioInput, context: dict[str, str]) -> TranscriptionResult:
        self.recordings.append(audio_input)
        if isinstance(self.heard, Exception):
            raise self.heard
        return TranscriptionResult(text=self.heard)

    async def put_thread(self, title: str | None = None, *items: ThreadItem, **fields: Any) -> ThreadMetadata:
        """A thread in the store, with items that say whose it is only from now on."""
        thread = ThreadMetadata(id=_new_id("thread"), title=title, created_at=datetime.now(UTC), **fields)
        await self.store.save_thread(thread, USER)
        for item in items:
            await self.store.add_thread_item(thread.id, item.model_copy(update={"thread_id": thread.id}), USER)
        return thread

    async def put_conversation(self, count: int, title: str = "A long talk") -> ThreadMetadata:
        """A thread of `count` exchanges, numbered from 1, each a minute after the one before."""
        start = datetime.now(UTC) - timedelta(minutes=count)
        items: list[ThreadItem] = []
        for number in range(1, count + 1):
            moment = start + timedelta(minutes=number)
            answer = f"Answer {number}, which goes on for a while. " * 4
            items += [user_message(f"Question {number}", at=moment)]
            items += [assistant_message("", answer, at=moment + timedelta(seconds=1))]
        return await self.put_thread(title, *items)


def assistant_message(thread_id: str, text: str, *, at: datetime | None = None) -> AssistantMessageItem:
    """A complete answer."""
    content = [AssistantMessageContent(text=text)]
    return AssistantMessageItem(
        id=_new_id("message"), thread_id=thread_id, created_at=at or datetime.now(UTC), content=content
    )


def user_message(text: str, *, at: datetime | None = None) -> UserMessageItem:
    """What a user typed, for `put_thread`."""
    content = [UserMessageTextContent(text=text)]
    return UserMessageItem(
        id=_new_id("message"),
        thread_id="",
        created_at=at or datetime.now(UTC),
        content=content,
        inference_options=InferenceOptions(),
    )


_count = 0


def _new_id(kind: str) -> str:
    global _count
    _count += 1
    return f"{kind}_{_count:06}"


async def _as_ada(request: Request) -> dict[str, str]:
    return dict(USER)


def server_of(app: ASGIApp) -> ScriptedServer | None:
    """The scripted server that an app serves."""
    found = app.server if isinstance(app, ChatKit) else app.state.server if isinstance(app, Starlette) else None
    return found if isinstance(found, ScriptedServer) else None


def app_of(server: ChatKitServer[Any], *, page: PageOptions | None = None, **options: Any) -> ChatKit:
    """The server with the project's own page."""
    return ChatKit(
        server,
        context=options.pop("context", _as_ada),
        settings=Settings(turns_per_minute=0, websocket=options.pop("websocket", True)),
        branding=options.pop("branding", Branding(name="Scripted")),
        page=page or PageOptions(),
        **options,
    )


def html(body: str, *, policy: str = POLICY, head: str = "") -> HTMLResponse:
    """A page of somebody else's, in which the element stands."""
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f'<script src="/chatkit.js" defer></script>{head}</head><body>{body}</body></html>'
    )
    return HTMLResponse(text, headers={"Content-Security-Policy": policy})


def page_app(
    server: ChatKitServer[Any], body: str, *, policy: str = POLICY, routes: Sequence[BaseRoute] = (), **options: Any
) -> Starlette:
    """The server, and at `/page` a page of the test's own with `body` in it."""

    async def page(_: Request) -> Response:
        return html(body, policy=policy)

    files = server.files.routes() if isinstance(server, ScriptedServer) else []
    app = Starlette(routes=[Route("/page", page), *routes, *files, *app_of(server, **options).routes])
    app.state.server = server
    return app
