"""What a stream of events makes of an item, and of a conversation. Pure: no I/O, and nothing given is changed.

`protocol/README.md` has the rules; `protocol/cases/` has the cases that this and the element's fold both pass.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ErrorEvent,
    GeneratedImageItem,
    GeneratedImageUpdated,
    NoticeEvent,
    ProgressUpdateEvent,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdate,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
    WidgetComponentUpdated,
    WidgetItem,
    WidgetRootUpdated,
    WidgetStreamingTextValueDelta,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from chatkit.widgets import DynamicWidgetComponent, Markdown, Text, WidgetComponentBase

__all__ = ["ConversationFold", "ItemFold", "PendingItems"]


class ItemFold:
    """One item and the updates to it. It works on a copy, and gathers text deltas until the item is asked for."""

    def __init__(self, item: ThreadItem) -> None:
        self._item: ThreadItem = item.model_copy(deep=True)
        self.texts: dict[int, list[str]] = {}
        """By part, the text deltas that `item` does not show yet."""
        self.progress: float | None = None

    def apply(self, update: ThreadItemUpdate) -> bool:
        """Applies an update; false when it does not fit the item and was ignored."""
        handler = self._HANDLERS.get(update.type)  # subclasses do what their class does
        return handler is not None and handler(self, update)

    @property
    def item(self) -> ThreadItem:
        """The item as it is now: the fold's own object, to be copied by whoever keeps it."""
        if self.texts and isinstance(self._item, AssistantMessageItem):
            for index, texts in self.texts.items():
                self._item.content[index].text += "".join(texts)
            self.texts.clear()
        return self._item

    def _parts(self, index: int) -> list[AssistantMessageContent] | None:
        """The parts of the message, at least `index + 1` of them; nothing when the item is no message."""
        if not isinstance(self._item, AssistantMessageItem) or index < 0:
            return None
        parts = self._item.content
        while len(parts) <= index:
            parts.append(AssistantMessageContent(text=""))
        return parts

    def _set_part(self, update: AssistantMessageContentPartAdded | AssistantMessageContentPartDone) -> bool:
        parts = self._parts(update.content_index)
        if parts is None:
            return False
        self.texts.pop(update.content_index, None)
        parts[update.content_index] = update.content.model_copy(deep=True)
        return True

    def add_text(self, index: int, delta: str) -> bool:
        """Appends to the text of part `index`; false when the item is no message."""
        if self._parts(index) is None:
            return False
        self.texts.setdefault(index, []).append(delta)
        return True

    def _text_delta(self, update: AssistantMessageContentPartTextDelta) -> bool:
        return self.add_text(update.content_index, update.delta)

    def _annotation(self, update: AssistantMessageContentPartAnnotationAdded) -> bool:
        parts = self._parts(update.content_index)
        if parts is None:
            return False
        annotations = parts[update.content_index].annotations
        annotations.insert(max(update.annotation_index, 0), update.annotation.model_copy(deep=True))
        return True

    def _task_added(self, update: WorkflowTaskAdded) -> bool:
        if not isinstance(self._item, WorkflowItem):
            return False
        self._item.workflow.tasks.insert(max(update.task_index, 0), update.task.model_copy(deep=True))
        return True

    def _task_updated(self, update: WorkflowTaskUpdated) -> bool:
        if not isinstance(self._item, WorkflowItem):
            return False
        tasks = self._item.workflow.tasks
        if not 0 <= update.task_index < len(tasks):
            return False
        tasks[update.task_index] = update.task.model_copy(deep=True)
        return True

    def _image(self, update: GeneratedImageUpdated) -> bool:
        if not isinstance(self._item, GeneratedImageItem):
            return False
        self._item.image = update.image.model_copy(deep=True)
        self.progress = update.progress
        return True

    def _root(self, update: WidgetRootUpdated) -> bool:
        if not isinstance(self._item, WidgetItem):
            return False
        self._item.widget = update.widget.model_copy(deep=True)
        return True

    def _component(self, update: WidgetComponentUpdated) -> bool:
        if not isinstance(self._item, WidgetItem):
            return False
        component = update.component.model_copy(deep=True)
        if self._item.widget.id == update.component_id:
            root = {"type": "widget.root.updated", "widget": component.model_dump(exclude_none=True)}
            self._item.widget = WidgetRootUpdated.model_validate(root).widget
            return True
        return _replace_below(self._item.widget, update.component_id, component)

    def _widget_text(self, update: WidgetStreamingTextValueDelta) -> bool:
        if not isinstance(self._item, WidgetItem):
            return False
        found = next((node for node in _walk(self._item.widget) if node.id == update.component_id), None)
        match found:
            case Text() | Markdown():
                found.value += update.delta
                if update.done:
                    found.streaming = False
            case DynamicWidgetComponent(type="Text" | "Markdown"):
                found.__setattr__("value", f"{(found.model_extra or {}).get('value') or ''}{update.delta}")
                if update.done:
                    found.__setattr__("streaming", False)
            case _:
                return False
        return True

    _HANDLERS: ClassVar[Mapping[str, Callable[[Any, Any], bool]]] = {
        "assistant_message.content_part.added": _set_part,
        "assistant_message.content_part.text_delta": _text_delta,
        "assistant_message.content_part.annotation_added": _annotation,
        "assistant_message.content_part.done": _set_part,
        "widget.streaming_text.value_delta": _widget_text,
        "widget.component.updated": _component,
        "widget.root.updated": _root,
        "workflow.task.added": _task_added,
        "workflow.task.updated": _task_updated,
        "generated_image.updated": _image,
    }


def _children(node: WidgetComponentBase) -> list[WidgetComponentBase]:
    children: object = node.__dict__.get("children")
    if isinstance(children, WidgetComponentBase):
        return [children]
    return list(children) if isinstance(children, list) else []  # pyright: ignore[reportUnknownArgumentType]


def _walk(node: WidgetComponentBase) -> Iterator[WidgetComponentBase]:
    """The components in document order, the root first."""
    yield node
    for child in _children(node):
        yield from _walk(child)


def _replace_below(node: WidgetComponentBase, component_id: str, component: WidgetComponentBase) -> bool:
    """Replaces the first component with that id among the descendants, in document order."""
    for index, child in enumerate(_children(node)):
        if child.id == component_id:
            if isinstance(children := node.__dict__["children"], list):
                children[index] = component
            else:
                node.__setattr__("children", component)
            return True
        if _replace_below(child, component_id, component):
            return True
    return False


class PendingItems:
    """The items of a turn that have begun and are not final: what is lost if the turn is cancelled now."""

    __slots__ = ("_folds",)

    def __init__(self) -> None:
        self._folds: dict[str, ItemFold] = {}

    def growing(self, item_id: str, index: int) -> Callable[[str], object]:
        """What takes the deltas of a message's part, until anything else is noted. Nearly all updates are such."""
        fold = self._folds.get(item_id)
        return _nowhere if fold is None or not fold.add_text(index, "") else fold.texts[index].append

    def update(self, item_id: str, update: ThreadItemUpdate) -> None:
        """Notes an update; one for an item that is not pending is ignored."""
        fold = self._folds.get(item_id)
        if fold is not None:
            fold.apply(update)

    def see(self, event: ThreadStreamEvent) -> None:
        """Notes what an event says of pending items."""
        match event:
            case ThreadItemUpdatedEvent():
                self.update(event.item_id, event.update)
            case ThreadItemAddedEvent():
                self._folds[event.item.id] = ItemFold(event.item)
            case ThreadItemDoneEvent() | ThreadItemReplacedEvent():
                self._folds.pop(event.item.id, None)
            case ThreadItemRemovedEvent():
                self._folds.pop(event.item_id, None)
            case _:
                pass

    @property
    def items(self) -> list[ThreadItem]:
        """The pending items as far as they got, in the order they were added."""
        return [fold.item for fold in self._folds.values()]


class ConversationFold:
    """A thread as a client knows it: metadata, items in order, the progress line."""

    def __init__(self, thread: ThreadMetadata | None = None, items: list[ThreadItem] | None = None) -> None:
        self.thread = thread
        self.progress: ProgressUpdateEvent | None = None
        self._folds: dict[str, ItemFold] = {}
        self._begin(items or [])

    @property
    def items(self) -> list[ThreadItem]:
        """Copies of the items as they are now."""
        return [fold.item.model_copy(deep=True) for fold in self._folds.values()]

    @property
    def image_progress(self) -> dict[str, float]:
        """Progress from 0 to 1 of the generated images that are not done, by item id."""
        return {name: fold.progress for name, fold in self._folds.items() if fold.progress is not None}

    def apply(self, event: ThreadStreamEvent) -> bool:
        """Applies an event; false when it fits nothing known and was ignored."""
        match event:
            case ThreadItemUpdatedEvent():
                fold = self._folds.get(event.item_id)
                applied = fold is not None and fold.apply(event.update)
            case ThreadItemAddedEvent() | ThreadItemDoneEvent() | ThreadItemReplacedEvent():
                self._folds[event.item.id] = ItemFold(event.item)
                applied = True
            case ThreadItemRemovedEvent():
                applied = self._folds.pop(event.item_id, None) is not None
            case _:
                return self._apply_other(event)
        if applied:
            self.progress = None
        return applied

    def end(self) -> None:
        """The stream is over."""
        self.progress = None

    def _apply_other(self, event: ThreadStreamEvent) -> bool:
        match event:
            case ThreadCreatedEvent():
                self.thread = event.thread
                self._begin(event.thread.items.data)
            case ThreadUpdatedEvent():
                self.thread = event.thread
            case ProgressUpdateEvent():
                self.progress = event
            case ErrorEvent() | NoticeEvent():
                self.progress = None
            case _:  # client effects and stream options leave no trace
                pass
        return True

    def _begin(self, items: list[ThreadItem]) -> None:
        self._folds = {item.id: ItemFold(item) for item in items}


def _nowhere(_: str) -> None:
    """Where no text grows."""
