"""Servers as strangers write them: hooks of every shape. Each is a class of its own, with a store that is like many."""
# ruff: noqa: DTZ005, SIM105 - as people write

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from chatkit.server import ChatKitServer, stream_widget
from chatkit.store import default_generate_id
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ErrorEvent,
    ProgressUpdateEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    WidgetItem,
)
from chatkit.widgets import Button, Card, Text

from .stores import InMemory

log = logging.getLogger("strangers")


def said(thread: Any, text: str, **more: Any) -> AssistantMessageItem:
    fields = {"id": default_generate_id("message"), "thread_id": thread.id, "created_at": datetime.now(), **more}
    return AssistantMessageItem(content=[AssistantMessageContent(text=text)], **fields)


class Echo(ChatKitServer[Any]):
    """What the others deviate from: answers, names the thread, shows a widget, and lets its button count."""

    def __init__(self, store: Any = None) -> None:
        super().__init__(store or InMemory())

    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        text = input_user_message.content[0].text if input_user_message else "nothing"
        item = said(thread, "")
        yield ThreadItemAddedEvent(item=item)
        for word in ("You ", "said ", text):
            update = AssistantMessageContentPartTextDelta(content_index=0, delta=word)
            yield ThreadItemUpdatedEvent(item_id=item.id, update=update)
        yield ThreadItemDoneEvent(item=said(thread, f"You said {text}", id=item.id))
        thread.title = thread.title or text
        async for event in stream_widget(thread, counter(0), generate_id=default_generate_id):
            yield event

    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> Any:
        widget = counter(1)
        yield ThreadItemReplacedEvent(item=sender.model_copy(update={"widget": widget}))


def counter(count: int) -> Card:
    return Card(children=[Text(id="count", value=f"count {count}"), Button(label="More")])


class MutatesInPlace(Echo):
    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> Any:
        sender.widget.children[0].value = "count 1"
        thread.metadata["clicks"] = thread.metadata.get("clicks", 0) + 1
        yield ThreadItemReplacedEvent(item=sender)


class StoresItself(Echo):
    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> Any:
        sender.widget = counter(1)
        await self.store.save_item(thread.id, sender, context=context)
        yield ThreadItemReplacedEvent(item=sender)


class DictWidgets(Echo):
    async def respond(self, thread: Any, input: Any, context: Any) -> Any:
        children = [{"type": "Text", "id": "count", "value": "count 0"}, {"type": "Button", "label": "More"}]
        widget: Any = {"type": "Card", "children": children}
        yield ThreadItemDoneEvent(item=said(thread, "dicts"))
        yield ThreadItemDoneEvent(
            item=WidgetItem(
                id="w" + default_generate_id("message"), thread_id=thread.id, created_at=datetime.now(), widget=widget
            )
        )

    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> Any:
        fields = sender.model_dump()
        fields["widget"]["children"][0]["value"] = "count 1"
        yield ThreadItemReplacedEvent(item=WidgetItem(**fields))


class ForgetsToYield(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        ThreadItemDoneEvent(item=said(thread, "lost"))


class ReturnsNothing(Echo):
    def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        return None


class ReturnsAList(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        return [ThreadItemDoneEvent(item=said(thread, "listed"))]


class PlainGenerator(Echo):
    def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        yield ThreadItemDoneEvent(item=said(thread, "plain"))


class ReturnsAGenerator(Echo):
    def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        return Echo.respond(self, thread, input_user_message, context)


class YieldsText(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        yield "Hello"


class YieldsNone(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        yield ThreadItemDoneEvent(item=said(thread, "before none"))
        yield None


class YieldsDicts(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        yield {"type": "progress_update", "text": "a dict"}


class WrongException(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        yield ThreadItemDoneEvent(item=said(thread, "before the error"))
        raise KeyError("user_id")


class RaisesAtOnce(Echo):
    def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        raise ZeroDivisionError


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError


class RaisesTheUnspeakable(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        yield ProgressUpdateEvent(text="…")
        raise Unspeakable


class RaisesInFinally(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        try:
            yield ThreadItemDoneEvent(item=said(thread, "then the end"))
        finally:
            raise RuntimeError("while cleaning up")


class CatchesEverything(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        try:
            yield ThreadItemDoneEvent(item=said(thread, "careful"))
            raise ValueError("quota")
        except Exception as error:  # noqa: BLE001
            yield ErrorEvent(code="custom", message=f"Sorry: {error}")


class Timeouts(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(10)
        except TimeoutError:
            yield ThreadItemDoneEvent(item=said(thread, "too slow"))


class TaskGroups(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        queue: asyncio.Queue[Any] = asyncio.Queue()

        async def produce() -> None:
            for word in ("one", "two"):
                await queue.put(ThreadItemDoneEvent(item=said(thread, word)))
            await queue.put(None)

        async with asyncio.TaskGroup() as group:
            group.create_task(produce())
            while (event := await queue.get()) is not None:
                yield event


class SubclassedEvents(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        class Done(ThreadItemDoneEvent):
            """Its own."""

        yield Done(item=said(thread, "subclassed"))


class NothingValidated(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        item = AssistantMessageItem.model_construct(
            id=default_generate_id("message"),
            thread_id=thread.id,
            created_at=datetime.now().isoformat(),
            content=[AssistantMessageContent(text="constructed")],
        )
        yield ThreadItemDoneEvent.model_construct(item=item)


class NoMetadata(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        thread.metadata = None
        yield ThreadItemDoneEvent(item=said(thread, "no metadata"))


class AnythingInMetadata(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        thread.metadata["when"] = datetime.now()
        thread.metadata["tags"] = {"a", "b"}
        thread.metadata["result"] = SimpleNamespace(a=1)
        yield ThreadItemDoneEvent(item=said(thread, "noted"))


class OtherThreadsItems(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        yield ThreadItemDoneEvent(item=said(thread, "misplaced", thread_id="thr_other"))


class SetsAttributesLater(Echo):
    def __init__(self) -> None:
        self.store: Any = InMemory()
        self.attachment_store = None


class SavesEverythingItself(Echo):
    """Stores the answer, then yields it."""

    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        item = said(thread, "twice")
        await self.store.add_thread_item(thread.id, item, context)
        thread.title = "saved"
        await self.store.save_thread(thread, context)
        yield ThreadItemDoneEvent(item=item)


class ActionForgetsToYield(Echo):
    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> Any:
        log.info("clicked")


class ActionReturnsTheItem(Echo):
    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> Any:
        sender.widget = counter(1)
        return ThreadItemReplacedEvent(item=sender)


HOOKS: dict[str, Callable[[], Any]] = {
    "as it should be": Echo,
    "mutates in place": MutatesInPlace,
    "stores the widget itself": StoresItself,
    "dicts as widgets": DictWidgets,
    "forgets to yield": ForgetsToYield,
    "returns nothing": ReturnsNothing,
    "returns a list": ReturnsAList,
    "plain generator": PlainGenerator,
    "returns a generator": ReturnsAGenerator,
    "yields text": YieldsText,
    "yields None": YieldsNone,
    "yields dicts": YieldsDicts,
    "wrong exception": WrongException,
    "raises at once": RaisesAtOnce,
    "raises what cannot be shown": RaisesTheUnspeakable,
    "raises in finally": RaisesInFinally,
    "catches everything": CatchesEverything,
    "timeouts": Timeouts,
    "task groups": TaskGroups,
    "subclassed events": SubclassedEvents,
    "nothing validated": NothingValidated,
    "metadata set to None": NoMetadata,
    "anything in metadata": AnythingInMetadata,
    "another thread's item": OtherThreadsItems,
    "no super().__init__()": SetsAttributesLater,
    "saves everything itself": SavesEverythingItself,
    "an action that forgets to yield": ActionForgetsToYield,
    "an action that returns": ActionReturnsTheItem,
}


class Waiting(Echo):
    """Has said something, and waits for what does not come."""

    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        yield ThreadItemDoneEvent(item=said(thread, "begun"))
        await asyncio.Event().wait()


class SwallowsCancellation(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        yield ThreadItemDoneEvent(item=said(thread, "begun"))
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass
        yield ThreadItemDoneEvent(item=said(thread, "after all"))


class YieldsWhenClosed(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        try:
            yield ThreadItemDoneEvent(item=said(thread, "begun"))
            await asyncio.Event().wait()
        finally:
            yield ThreadItemDoneEvent(item=said(thread, "goodbye"))


class RaisesWhenClosed(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        try:
            yield ThreadItemDoneEvent(item=said(thread, "begun"))
            await asyncio.Event().wait()
        finally:
            raise RuntimeError("while cleaning up")


class WaitsInAGroup(Echo):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(3600))
            yield ThreadItemDoneEvent(item=said(thread, "begun"))
            await asyncio.Event().wait()


class FailingHandler(Waiting):
    async def handle_stream_cancelled(self, *arguments: Any, **named: Any) -> None:
        raise RuntimeError("no handlers here")


STOPPED: dict[str, Callable[[], Any]] = {
    "waits": Waiting,
    "swallows cancellation": SwallowsCancellation,
    "yields when closed": YieldsWhenClosed,
    "raises when closed": RaisesWhenClosed,
    "waits in a task group": WaitsInAGroup,
    "a handler that fails": FailingHandler,
}
"""Those whose answers never end by themselves."""
