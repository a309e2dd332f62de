"""Scenarios of the converters: thread items in, model input out; and of `accumulate_text`."""

import inspect
from datetime import timedelta
from typing import Any

from agents_kit import NOW, THREAD, ScriptedRun, delta, dump, text_done

from chatkit.agents import (
    ResponseStreamConverter,
    ThreadItemConverter,
    accumulate_text,
    simple_to_agent_input,
)
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    CustomSummary,
    CustomTask,
    EndOfTurnItem,
    FileAttachment,
    FileSource,
    FileTask,
    GeneratedImage,
    GeneratedImageItem,
    HiddenContextItem,
    ImageTask,
    InferenceOptions,
    SDKHiddenContextItem,
    SearchTask,
    StructuredInputAnswer,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    TaskItem,
    ThoughtTask,
    ToolChoice,
    URLSource,
    UserMessageItem,
    UserMessageTagContent,
    UserMessageTextContent,
    WidgetItem,
    Workflow,
    WorkflowItem,
)
from chatkit.widgets import Button, Card, Col, Markdown, Text


def base(number: int) -> dict[str, Any]:
    return {"id": f"item_{number}", "thread_id": THREAD, "created_at": NOW + timedelta(minutes=number)}


def tag(text: str, tag_id: str | None = None, **data: Any) -> UserMessageTagContent:
    return UserMessageTagContent(id=tag_id or text, text=text, data=data)


def words(text: str) -> UserMessageTextContent:
    return UserMessageTextContent(text=text)


def user(number: int, *content: Any, **fields: Any) -> UserMessageItem:
    return UserMessageItem(**base(number), content=list(content), inference_options=InferenceOptions(), **fields)


def assistant(number: int, *texts: str) -> AssistantMessageItem:
    return AssistantMessageItem(**base(number), content=[AssistantMessageContent(text=text) for text in texts])


CITED = AssistantMessageItem(
    **base(3),
    content=[
        AssistantMessageContent(
            text="cited",
            annotations=[Annotation(source=URLSource(title="t", url="https://a.example"), index=2)],
        )
    ],
)
FILE = FileAttachment(id="atc_1", name="a.txt", mime_type="text/plain")
OUTPUT = {"id": "item_5", "call_id": "c1", "name": "go", "arguments": {"a": "ü", "b": [1]}}
CALL = {**base(5), **OUTPUT}
WIDGET = Card(
    key="k",
    children=[
        Col(gap=2, children=[Text(id="t", value="hi ü", streaming=False), Markdown(value="**b**")]),
        Button(label="ok", disabled=None),
    ],
)
QUESTIONS = [
    StructuredInputFreeform(id="q1", question="Name?", description="d", answer=StructuredInputAnswer(values=["Bo"])),
    StructuredInputMultipleChoice(
        id="q2",
        question="Which?",
        options=[StructuredInputMultipleChoiceOption(value="a"), StructuredInputMultipleChoiceOption(value="b")],
        multiple=True,
        answer=StructuredInputAnswer(values=["a", "b"]),
    ),
    StructuredInputFreeform(id="q3", question="Skip?", answer=StructuredInputAnswer(skipped=True)),
    StructuredInputFreeform(id="q4", question="Open?"),
    StructuredInputFreeform(id="q5", question="Empty?", answer=StructuredInputAnswer()),
]
TASKS = [
    CustomTask(title="T", content="C"),
    CustomTask(title="T"),
    CustomTask(content="C"),
    CustomTask(),
    CustomTask(title="", content=""),
    CustomTask(title="", content="C"),
    CustomTask(title="T", status_indicator="loading"),
    SearchTask(title="s", queries=["q"]),
    ThoughtTask(title="th", content="c"),
    FileTask(title="f", sources=[FileSource(title="x", filename="x.pdf")]),
    ImageTask(title="i"),
]


class Ready(ThreadItemConverter):
    """Answers what the base class leaves to its users."""

    async def attachment_to_message_content(self, attachment: Any) -> Any:
        return {"type": "input_text", "text": f"file {attachment.name}"}

    async def tag_to_message_content(self, tag: Any) -> Any:
        return {"type": "input_text", "text": f"tag {tag.id} {tag.text}"}

    async def hidden_context_to_input(self, item: Any) -> Any:
        return [{"type": "message", "role": "user", "content": str(item.content)}] * 2

    async def end_of_turn_to_input(self, item: Any) -> Any:
        return {"type": "message", "role": "user", "content": "end"}


async def convert(*items: Any, converter: ThreadItemConverter | None = None, single: bool = False) -> Any:
    converter = converter or ThreadItemConverter()
    try:
        return await converter.to_agent_input(items[0] if single else list(items))
    except NotImplementedError:
        return "NotImplementedError"


async def simple(*items: Any) -> Any:
    result = simple_to_agent_input(list(items))
    return await result if inspect.isawaitable(result) else result


async def accumulated(*events: Any) -> list[Any]:
    base_widget = Text(id="t", value="", streaming=True)
    stream = ScriptedRun(None, list(events)).stream_events()
    return [dump(widget) async for widget in accumulate_text(stream, base_widget)]


async def progress() -> list[float]:
    return [
        ResponseStreamConverter(partial_images=total).partial_image_index_to_progress(index)
        for total in (None, 0, 1, 3)
        for index in (0, 1, 2, 5)
    ]


def task(number: int, value: Any) -> TaskItem:
    return TaskItem(**base(number), task=value)


MENTIONS = [words("ask "), tag("Ann", "u1", k=1), words(" and "), tag("Bo", "u2"), tag("Ann", "u1", k=1)]

SCENARIOS: dict[str, Any] = {
    "convert nothing": lambda: convert(),
    "convert user text": lambda: convert(user(1, words("hello"), words("world"))),
    "convert single item": lambda: convert(user(1, words("hello")), single=True),
    "convert empty user message": lambda: convert(user(1)),
    "convert blank user message": lambda: convert(user(1, words("  "))),
    "convert user message with options": lambda: convert(
        UserMessageItem(
            **base(1),
            content=[words("x")],
            inference_options=InferenceOptions(tool_choice=ToolChoice(id="t"), model="m"),
        )
    ),
    "convert tags": lambda: convert(user(1, *MENTIONS), converter=Ready()),
    "convert same text tags": lambda: convert(
        user(1, tag("Ann", "u1"), tag("Ann", "u2"), tag("Al", "u1")), converter=Ready()
    ),
    "convert tags unready": lambda: convert(user(1, *MENTIONS)),
    "convert tags earlier": lambda: convert(
        user(1, *MENTIONS), assistant(2, "a"), user(3, words("b")), converter=Ready()
    ),
    "convert attachments": lambda: convert(user(1, words("see"), attachments=[FILE]), converter=Ready()),
    "convert attachment alone": lambda: convert(user(1, attachments=[FILE]), converter=Ready()),
    "convert attachments unready": lambda: convert(user(1, words("see"), attachments=[FILE])),
    "convert attachments earlier": lambda: convert(
        user(1, words("see"), attachments=[FILE]), user(2, words("x")), converter=Ready()
    ),
    "convert quote": lambda: convert(user(1, words("why?"), quoted_text="the sky")),
    "convert empty quote": lambda: convert(user(1, words("why?"), quoted_text="")),
    "convert quote earlier": lambda: convert(user(1, words("a"), quoted_text="q"), user(2, words("b"))),
    "convert quote, then an answer": lambda: convert(user(1, words("a"), quoted_text="q"), assistant(2, "b")),
    "convert quote and tags": lambda: convert(
        user(1, *MENTIONS, quoted_text="q", attachments=[FILE]), converter=Ready()
    ),
    "convert out of order": lambda: convert(
        user(5, words("b"), quoted_text="q"), user(2, words("a"), quoted_text="q2")
    ),
    "convert assistant": lambda: convert(assistant(1, "a", "b")),
    "convert assistant without content": lambda: convert(assistant(1)),
    "convert citations": lambda: convert(CITED),
    "convert pending tool": lambda: convert(ClientToolCallItem(**CALL)),
    "convert completed tool": lambda: convert(ClientToolCallItem(**CALL, status="completed", output={"r": "ü"})),
    "convert tool output text": lambda: convert(ClientToolCallItem(**CALL, status="completed", output="text")),
    "convert tool output none": lambda: convert(ClientToolCallItem(**CALL, status="completed")),
    "convert widget": lambda: convert(WidgetItem(**base(6), widget=WIDGET, copy_text="c")),
    "convert workflow": lambda: convert(WorkflowItem(**base(7), workflow=Workflow(type="custom", tasks=TASKS))),
    "convert summarised workflow": lambda: convert(
        WorkflowItem(
            **base(7),
            workflow=Workflow(type="custom", tasks=TASKS[:1], summary=CustomSummary(title="S"), expanded=True),
        )
    ),
    "convert reasoning workflow": lambda: convert(
        WorkflowItem(**base(7), workflow=Workflow(type="reasoning", tasks=TASKS))
    ),
    "convert empty workflow": lambda: convert(WorkflowItem(**base(7), workflow=Workflow(type="custom", tasks=[]))),
    **{
        f"convert task {number}": lambda number=number, value=value: convert(task(number, value))
        for number, value in enumerate(TASKS)
    },
    **{
        f"convert structured input {status}": lambda status=status: convert(
            StructuredInputItem(**base(8), status=status, inputs=QUESTIONS)
        )
        for status in ("pending", "answered", "skipped")
    },
    "convert structured input without questions": lambda: convert(
        StructuredInputItem(**base(8), status="answered", inputs=[])
    ),
    "convert hidden": lambda: convert(HiddenContextItem(**base(9), content="secret")),
    "convert hidden data": lambda: convert(HiddenContextItem(**base(9), content={"a": 1})),
    "convert hidden overridden": lambda: convert(HiddenContextItem(**base(9), content={"a": 1}), converter=Ready()),
    "convert hidden empty": lambda: convert(HiddenContextItem(**base(9), content="")),
    "convert sdk hidden": lambda: convert(SDKHiddenContextItem(**base(9), content="secret")),
    "convert image": lambda: convert(
        GeneratedImageItem(**base(10), image=GeneratedImage(id="i", url="data:image/png;base64,AA"))
    ),
    "convert image without image": lambda: convert(GeneratedImageItem(**base(10))),
    "convert end of turn": lambda: convert(EndOfTurnItem(**base(11))),
    "convert end of turn overridden": lambda: convert(EndOfTurnItem(**base(11)), converter=Ready()),
    "convert conversation": lambda: convert(
        user(1, words("hi")),
        assistant(2, "hello"),
        user(3, words("more"), quoted_text="hello"),
        assistant(4, "sure"),
        EndOfTurnItem(**base(11)),
    ),
    "convert simply": lambda: simple(user(1, words("hi"), quoted_text="q"), assistant(2, "hello")),
    "accumulate": lambda: accumulated(
        delta("m", "a"), delta("m", "b"), text_done("m", "ab"), delta("m2", "c", 1), text_done("m2", "c", 1)
    ),
    "accumulate nothing": lambda: accumulated(),
    "accumulate done alone": lambda: accumulated(text_done("m", "ab")),
    "progress of partial images": progress,
}
