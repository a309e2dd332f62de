"""The thread's items as input for the model. Every kind of item has a method of its own, to be overridden."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from agents import TResponseInputItem
from openai.types.responses import (
    EasyInputMessageParam,
    ResponseFunctionToolCallParam,
    ResponseInputContentParam,
    ResponseInputTextParam,
)
from openai.types.responses.response_input_param import FunctionCallOutput, Message

from chatkit._waiting_calls import keeps_waiting
from chatkit.adapters.openai_agents.approving import calls_to_input
from chatkit.adapters.openai_agents.untrusted import quoted
from chatkit.approvals import is_approval_card, paused_of
from chatkit.errors import NotSupportedError
from chatkit.logger import logger
from chatkit.store import NotFoundError
from chatkit.types import (
    AssistantMessageItem,
    Attachment,
    ClientToolCallItem,
    CustomTask,
    EndOfTurnItem,
    GeneratedImageItem,
    HiddenContextItem,
    SDKHiddenContextItem,
    StructuredInput,
    StructuredInputItem,
    Task,
    TaskItem,
    ThreadItem,
    ToolCallItem,
    UserMessageItem,
    UserMessageTagContent,
    UserMessageTextContent,
    WidgetItem,
    WorkflowItem,
)

__all__ = ["Converted", "ThreadItemConverter", "is_context", "simple_to_agent_input", "text_input"]

Converted = TResponseInputItem | list[TResponseInputItem] | None
"""What an item becomes: one input item, several, or none."""

_MENTIONS = (
    "The user's message mentions the entities below with '@'. This is what is known of them. Call them by their names, "
    "without the '@', which is only how the user picked them."
)
_QUOTE = "The user's message is about this passage in particular:"
_WIDGET = "A widget (item id: "
_IMAGE = "The assistant generated this image."
_CUT_OFF = "The assistant's answer broke off here, because of a fault. It is incomplete."
_GONE = "The user attached a file of which you know only the name, because its content is no longer there:"
_HIDDEN = "Context for you alone, which the user does not see:"
_TASK = "The user was shown that this task was performed:"
_QUESTIONS = "The user was asked these questions; status: "

_CONTEXT = (_MENTIONS, _QUOTE, _WIDGET, _IMAGE, _HIDDEN, _TASK)


def is_context(text: str) -> bool:
    """Whether the text of a user's message in the input is not the user's, but put there by `ThreadItemConverter`.

    Answers to questions count as the user's own words.
    """
    return text.startswith(_CONTEXT)


def text_input(text: str) -> ResponseInputTextParam:
    """A part of text."""
    return ResponseInputTextParam(type="input_text", text=text)


def _user(*content: ResponseInputContentParam) -> Message:
    return Message(type="message", role="user", content=list(content))


def _wrapped(introduction: str, tag: str, text: str) -> Message:
    return _user(text_input(f"{introduction}\n<{tag}>\n{text}\n</{tag}>"))


class ThreadItemConverter:
    """Turns thread items into input for the Agents SDK.

    Override a method to change what the model gets for that kind of item; None leaves the item out. Attachments and
    @-mentions need an override, because only the application knows what they are.
    """

    async def attachment_to_message_content(self, attachment: Attachment) -> ResponseInputContentParam:
        """What the model gets for a file of a user message."""
        raise NotSupportedError(
            f"A message has the attachment {attachment.id}: override {type(self).__name__}."
            "attachment_to_message_content() to say what the model gets for it, or use StoredAttachmentConverter."
        )

    async def tag_to_message_content(self, tag: UserMessageTagContent) -> ResponseInputContentParam:
        """What the model gets to know of an entity that the user mentioned."""
        raise NotSupportedError(
            f"A message mentions something with @: override {type(self).__name__}.tag_to_message_content() to say what "
            "the model gets to know of it, or use StoredAttachmentConverter."
        )

    async def user_message_to_input(self, item: UserMessageItem, is_last_message: bool = True) -> Converted:
        """The text with mentions as `@text`, the attachments, what is quoted (of the last message), the mentions."""
        text = "".join(
            part.text if isinstance(part, UserMessageTextContent) else f"@{part.text}" for part in item.content
        )
        attachments = [await self._attachment(attachment) for attachment in item.attachments]
        words = [text_input(text)] if text or not attachments else []
        messages: list[TResponseInputItem] = [_user(*words, *attachments)]
        if item.quoted_text and is_last_message:
            messages.append(_user(text_input(f"{_QUOTE}\n{item.quoted_text}")))
        tags: dict[str, UserMessageTagContent] = {}  # one for each name, the first
        for part in item.content:
            if isinstance(part, UserMessageTagContent):
                tags.setdefault(part.text, part)
        if tags:
            known = [await self.tag_to_message_content(tag) for tag in tags.values()]
            messages.append(_user(text_input(_MENTIONS), *known))
        return messages

    async def _attachment(self, attachment: Attachment) -> ResponseInputContentParam:
        try:
            return await self.attachment_to_message_content(attachment)
        except (NotFoundError, LookupError, FileNotFoundError):
            # Its bytes are gone, or somebody else's by now: it would fail in every turn of the thread from now on.
            logger.warning("Attachment %s is gone: the model gets its name", attachment.id, exc_info=True)
            return text_input(f"{_GONE} {quoted({'name': attachment.name, 'mime_type': attachment.mime_type})}")

    async def assistant_message_to_input(self, item: AssistantMessageItem) -> Converted:
        """The answer's text; that it is incomplete is said in a message of its own."""
        # As one string: lists of output parts without an id are refused by the SDK's chat-completions models, and with
        # an id by the Responses API, which takes it for one of its own. Without `type`, which makes older releases of
        # the SDK expect such a list.
        text = "\n\n".join(part.text for part in item.content)
        said = EasyInputMessageParam(role="assistant", content=text)
        return [said, _hidden(_CUT_OFF)] if item.status == "incomplete" else said

    async def client_tool_call_to_input(self, item: ClientToolCallItem) -> Converted:
        """The call and its output; nothing while it is pending."""
        if item.status == "pending":
            return None
        return _call(item.call_id, item.name, item.arguments, json.dumps(item.output))

    async def tool_call_to_input(self, item: ToolCallItem) -> Converted:
        """The call and its output; nothing for calls without one, and for those that the model's host ran."""
        if item.hosted or item.status != "completed":
            return None
        output = item.output if isinstance(item.output, str) else json.dumps(item.output)
        return _call(item.call_id, item.name, item.arguments, output)

    async def widget_to_input(self, item: WidgetItem) -> Converted:
        """What the widget shows, as JSON, and its item's id."""
        shown = item.widget.model_dump_json(exclude_unset=True, exclude_none=True)
        return _user(text_input(f"{_WIDGET}{item.id}) was shown to the user:{shown}"))

    async def generated_image_to_input(self, item: GeneratedImageItem) -> Converted:
        """The image; nothing while it is being made."""
        if item.image is None:
            return None
        return _user(
            text_input(_IMAGE),
            {"type": "input_image", "detail": "auto", "image_url": item.image.url},
        )

    async def task_to_input(self, item: TaskItem) -> Converted:
        """What the task said; nothing for tasks that say nothing of their own."""
        return _task(item.task)

    async def workflow_to_input(self, item: WorkflowItem) -> Converted:
        """What each task said."""
        messages = [_task(task) for task in item.workflow.tasks]
        return [message for message in messages if message]

    async def structured_input_to_input(self, item: StructuredInputItem) -> Converted:
        """The questions and their answers."""
        lines = "\n".join(f"- {asked.question}: {_answer(asked)}" for asked in item.inputs)
        return _wrapped(f"{_QUESTIONS}{item.status}", "StructuredInput", lines)

    async def hidden_context_to_input(self, item: HiddenContextItem) -> Converted:
        """The text that was kept for the model. Anything but text needs an override."""
        if not isinstance(item.content, str):
            raise NotSupportedError(
                f"A hidden context item has content of type {type(item.content).__name__}: override "
                f"{type(self).__name__}.hidden_context_to_input() to say what the model gets for it."
            )
        return _hidden(item.content)

    async def sdk_hidden_context_to_input(self, item: SDKHiddenContextItem) -> Converted:
        """The text that this package kept for the model."""
        return _hidden(item.content)

    async def end_of_turn_to_input(self, item: EndOfTurnItem) -> Converted:
        """Nothing."""
        return None

    async def to_agent_input(self, thread_items: Sequence[ThreadItem] | ThreadItem) -> list[TResponseInputItem]:
        """The input for all items, which stand in chronological order."""
        items = list(thread_items) if isinstance(thread_items, Sequence) else [thread_items]
        converted: list[TResponseInputItem] = []
        outputs = [item.call_id for item in items if isinstance(item, ToolCallItem) and item.status == "completed"]
        for item in items:
            if (paused := paused_of(item)) is not None:
                converted.extend(calls_to_input(paused, besides=outputs))
                continue
            if is_approval_card(item):
                continue
            match await self._to_input(item, is_last=item is items[-1]):
                case None:
                    pass
                case list() as several:
                    converted.extend(several)
                case one:
                    converted.append(one)
        return converted

    async def _to_input(self, item: ThreadItem, is_last: bool) -> Converted:
        if keeps_waiting(item):
            return None
        if isinstance(item, UserMessageItem):
            return await self.user_message_to_input(item, is_last)
        convert: Callable[[Any], Awaitable[Converted]] = getattr(self, _METHODS[type(item)])
        return await convert(item)


_METHODS: Mapping[type[Any], str] = {
    AssistantMessageItem: "assistant_message_to_input",
    ClientToolCallItem: "client_tool_call_to_input",
    ToolCallItem: "tool_call_to_input",
    WidgetItem: "widget_to_input",
    GeneratedImageItem: "generated_image_to_input",
    StructuredInputItem: "structured_input_to_input",
    WorkflowItem: "workflow_to_input",
    TaskItem: "task_to_input",
    HiddenContextItem: "hidden_context_to_input",
    SDKHiddenContextItem: "sdk_hidden_context_to_input",
    EndOfTurnItem: "end_of_turn_to_input",
}


def _call(call_id: str, name: str, arguments: dict[str, Any], output: str) -> list[TResponseInputItem]:
    return [
        ResponseFunctionToolCallParam(
            type="function_call", call_id=call_id, name=name, arguments=json.dumps(arguments)
        ),
        FunctionCallOutput(type="function_call_output", call_id=call_id, output=output),
    ]


def _hidden(text: str) -> Message:
    return _wrapped(_HIDDEN, "HiddenContext", text)


def _task(task: Task) -> Message | None:
    if not isinstance(task, CustomTask) or not (task.title or task.content):
        return None
    said = ": ".join(part for part in (task.title, task.content) if part)
    return _wrapped(_TASK, "Task", said)


def _answer(asked: StructuredInput) -> str:
    if asked.answer is None:
        return "unanswered"
    return "skipped" if asked.answer.skipped else ", ".join(asked.answer.values)


def simple_to_agent_input(
    thread_items: Sequence[ThreadItem] | ThreadItem,
) -> Awaitable[list[TResponseInputItem]]:
    """The input for the items, converted by the defaults of `ThreadItemConverter`."""
    return ThreadItemConverter().to_agent_input(thread_items)
