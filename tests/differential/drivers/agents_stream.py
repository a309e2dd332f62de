"""Scenarios of `stream_agent_response`: model events and helper calls in, ChatKit events out."""

from datetime import UTC, datetime
from typing import Any

from agents import (
    Agent,
    GuardrailFunctionOutput,
    InputGuardrail,
    InputGuardrailResult,
    InputGuardrailTripwireTriggered,
    OutputGuardrail,
    OutputGuardrailResult,
    OutputGuardrailTripwireTriggered,
    RunItemStreamEvent,
    ToolCallItem,
)
from agents_kit import (
    NOW,
    THREAD,
    Call,
    added,
    annotation,
    answer,
    delta,
    done,
    function_call,
    image_call,
    message,
    part_added,
    part_done,
    partial_image,
    play,
    reasoning,
    refusal_part,
    summary_event,
    text_done,
    text_part,
    thought_delta,
    thought_done,
    typed_annotation,
)
from openai.types.responses import ResponseFunctionToolCall

from chatkit.agents import ClientToolCall, ResponseStreamConverter
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    CustomSummary,
    CustomTask,
    EndOfTurnItem,
    HiddenContextItem,
    ProgressUpdateEvent,
    SDKHiddenContextItem,
    TaskItem,
    ThoughtTask,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    Workflow,
    WorkflowItem,
)
from chatkit.widgets import Card, Text

AGENT = Agent("assistant")
BASE: dict[str, Any] = {"thread_id": THREAD, "created_at": NOW}
URL = {"type": "url_citation", "url": "https://a.example/x", "title": "A", "start_index": 1, "end_index": 4}
FILE = {"type": "file_citation", "file_id": "f1", "filename": "report.pdf", "index": 3}
NAMELESS = {"type": "file_citation", "file_id": "f2", "filename": "", "index": 2}
CONTAINER = {
    "type": "container_file_citation",
    "container_id": "c1",
    "file_id": "f3",
    "filename": "out.csv",
    "start_index": 5,
    "end_index": 9,
}
PATH = {"type": "file_path", "file_id": "f4", "index": 1}


def emit(event: Any) -> Call:
    return lambda context: context.stream(event)


def workflow(kind: Any = "custom", *tasks: Any, **fields: Any) -> Workflow:
    return Workflow(type=kind, tasks=list(tasks), **fields)


def start(*tasks: Any, kind: Any = "custom", **fields: Any) -> Call:
    return lambda context: context.start_workflow(workflow(kind, *tasks, **fields))


def add_task(title: str) -> Call:
    return lambda context: context.add_workflow_task(CustomTask(title=title))


def update_task(title: str, index: int) -> Call:
    return lambda context: context.update_workflow_task(CustomTask(title=title), index)


def end(*args: Any, **options: Any) -> Call:
    return lambda context: context.end_workflow(*args, **options)


def widget(text: str, copy_text: str | None = None) -> Call:
    return lambda context: context.stream_widget(Card(children=[Text(id="t", value=text)]), copy_text=copy_text)


def growing_widget(*texts: str) -> Call:
    async def states() -> Any:
        for text in texts:
            yield Card(children=[Text(id="t", value=text, streaming=text != texts[-1])])

    return lambda context: context.stream_widget(states())


def client_tool(name: str) -> Call:
    async def call(context: Any) -> None:
        context.client_tool_call = ClientToolCall(name=name, arguments={"a": 1})

    return call


def called(call_id: str = "call_1", name: str = "go", item_id: str = "fc_1") -> RunItemStreamEvent:
    """What the SDK says once it has read a function call."""
    raw = ResponseFunctionToolCall(**function_call(call_id, name, item_id))
    return RunItemStreamEvent(name="tool_called", item=ToolCallItem(agent=AGENT, raw_item=raw))


def assistant(item_id: str, text: str) -> AssistantMessageItem:
    return AssistantMessageItem(id=item_id, content=[AssistantMessageContent(text=text)], **BASE)


def tool_item(status: Any = "pending") -> ClientToolCallItem:
    return ClientToolCallItem(id="tc_0", call_id="call_0", name="go", arguments={}, status=status, **BASE)


def open_workflow(kind: Any = "custom", **fields: Any) -> WorkflowItem:
    return WorkflowItem(
        id="wf_0",
        thread_id=THREAD,
        # Naive: the reference reckons in local time, and a naive time is taken as UTC here.
        created_at=datetime.now(UTC).replace(tzinfo=None),
        workflow=workflow(kind, CustomTask(title="before"), **fields),
    )


def input_tripwire() -> Exception:
    async def check(*_: Any) -> GuardrailFunctionOutput:
        raise AssertionError

    output = GuardrailFunctionOutput(output_info=None, tripwire_triggered=True)
    return InputGuardrailTripwireTriggered(
        InputGuardrailResult(guardrail=InputGuardrail(guardrail_function=check), output=output)
    )


def output_tripwire() -> Exception:
    async def check(*_: Any) -> GuardrailFunctionOutput:
        raise AssertionError

    output = GuardrailFunctionOutput(output_info=None, tripwire_triggered=True)
    return OutputGuardrailTripwireTriggered(
        OutputGuardrailResult(
            guardrail=OutputGuardrail(guardrail_function=check), agent_output="", agent=AGENT, output=output
        )
    )


class Renaming(ResponseStreamConverter):
    """Overrides every hook."""

    async def base64_image_to_url(self, image_id: str, base64_image: str, partial_image_index: Any = None) -> str:
        return f"https://img.example/{image_id}/{base64_image}/{partial_image_index}"

    def partial_image_index_to_progress(self, partial_image_index: int) -> float:
        return 0.25 * partial_image_index

    async def file_citation_to_annotation(self, file_citation: Any) -> None:
        return None


THOUGHTS = [
    added(reasoning("rs_1")),
    summary_event("part.added", "rs_1", 0, part={"type": "summary_text", "text": ""}),
    thought_delta("rs_1", "Let "),
    thought_delta("rs_1", "me"),
    thought_done("rs_1", "Let me"),
    summary_event("part.done", "rs_1", 0, part={"type": "summary_text", "text": "Let me"}),
    thought_delta("rs_1", "Second", 1),
    thought_done("rs_1", "Second", 1),
]
IMAGE = [
    added(image_call("ig_1")),
    {"type": "response.image_generation_call.in_progress", "item_id": "ig_1"},
    {"type": "response.image_generation_call.generating", "item_id": "ig_1"},
    partial_image("ig_1", "AAA", 0),
    partial_image("ig_1", "BBB", 1),
    {"type": "response.image_generation_call.completed", "item_id": "ig_1"},
    done(image_call("ig_1", "CCC", "completed")),
]

SCENARIOS: dict[str, Any] = {
    "nothing": lambda: play([]),
    "text": lambda: play(answer("Hello there")),
    "two messages": lambda: play([*answer("One", "m1"), *answer("Two", "m2")]),
    "placeholders for ids": lambda: play([*answer("One", "__fake_id__"), *answer("Two", "__fake_id__")]),
    "an id that the thread has": lambda: play(answer("One", "m0"), items=[assistant("m0", "earlier")]),
    "two parts": lambda: play(
        [
            added(message("m1")),
            part_added("m1", text_part()),
            delta("m1", "a"),
            text_done("m1", "a"),
            part_added("m1", text_part(), 1),
            delta("m1", "b", 1),
            text_done("m1", "b", 1),
            done(message("m1", text_part("a"), text_part("b"))),
        ]
    ),
    "part with text": lambda: play([added(message("m1")), part_added("m1", text_part("pre", [URL]))]),
    "citations": lambda: play(
        [
            added(message("m1")),
            part_added("m1", text_part()),
            delta("m1", "text"),
            annotation("m1", NAMELESS, 0),
            annotation("m1", URL, 1),
            annotation("m1", FILE, 2),
            annotation("m1", PATH, 3),
            annotation("m1", CONTAINER, 4),
            text_done("m1", "text"),
            part_done("m1", text_part("text", [NAMELESS, URL, FILE, PATH, CONTAINER])),
            part_added("m1", text_part(), 1),
            annotation("m1", FILE, 0, 1),
            done(message("m1", text_part("text", [NAMELESS, URL, FILE, PATH, CONTAINER]), text_part("", [FILE]))),
        ]
    ),
    "typed citations": lambda: play(
        [
            added(message("m1")),
            part_added("m1", text_part()),
            typed_annotation("m1", URL, 0),
            typed_annotation("m1", FILE, 1),
        ]
    ),
    "citations of nameless files": lambda: play(
        [
            annotation("m1", {**CONTAINER, "filename": ""}, 0),
            annotation("m2", {**URL, "title": ""}, 0),
            done(message("m1", text_part("t", [{**CONTAINER, "filename": ""}, {**URL, "title": ""}]))),
        ]
    ),
    "refusal": lambda: play(
        [
            added(message("m1")),
            part_added("m1", refusal_part("")),
            {"type": "response.refusal.delta", "item_id": "m1", "delta": "I can"},
            {"type": "response.refusal.done", "item_id": "m1", "refusal": "I cannot."},
            part_done("m1", refusal_part("I cannot.")),
            done(message("m1", refusal_part("I cannot."))),
        ]
    ),
    "reasoning part": lambda: play(
        [
            added(reasoning("rs_1")),
            part_added("rs_1", {"type": "reasoning_text", "text": "hm"}),
            {"type": "response.reasoning_text.delta", "item_id": "rs_1", "delta": "x"},
            {"type": "response.reasoning_text.done", "item_id": "rs_1", "text": "x"},
            part_done("rs_1", {"type": "reasoning_text", "text": "hm"}),
            done(reasoning("rs_1")),
        ]
    ),
    "reasoning": lambda: play([*THOUGHTS, done(reasoning("rs_1", "Let me", "Second"))]),
    "reasoning then text": lambda: play([*THOUGHTS, done(reasoning("rs_1")), *answer("So")]),
    "reasoning twice": lambda: play(
        [
            *THOUGHTS,
            done(reasoning("rs_1")),
            added(reasoning("rs_2")),
            thought_delta("rs_2", "x"),
            thought_done("rs_2", "x"),
        ]
    ),
    "reasoning, text, reasoning": lambda: play([*THOUGHTS, *answer("So"), *THOUGHTS]),
    "thought without deltas": lambda: play([added(reasoning("rs_1")), thought_done("rs_1", "whole")]),
    "thought without reasoning item": lambda: play([thought_delta("rs_1", "x"), thought_done("rs_1", "x")]),
    "thoughts in a custom workflow": lambda: play([start(CustomTask(title="a")), *THOUGHTS]),
    "thoughts interleaved": lambda: play(
        [
            added(reasoning("rs_1")),
            thought_delta("rs_1", "a"),
            thought_delta("rs_1", "b", 1),
            thought_done("rs_1", "b", 1),
            thought_delta("rs_1", "a2"),
            thought_done("rs_1", "aa2"),
            thought_delta("rs_1", "c", 2),
            thought_done("rs_1", "c", 2),
        ]
    ),
    "thought after a task": lambda: play(
        [added(reasoning("rs_1")), add_task("mine"), thought_delta("rs_1", "a"), thought_done("rs_1", "a")]
    ),
    "thought then task": lambda: play(
        [
            added(reasoning("rs_1")),
            thought_delta("rs_1", "a"),
            add_task("mine"),
            thought_delta("rs_1", "b"),
            thought_done("rs_1", "ab"),
        ]
    ),
    "second item's first thought": lambda: play(
        [
            added(reasoning("rs_1")),
            thought_delta("rs_1", "a"),
            added(reasoning("rs_2")),
            thought_delta("rs_2", "b"),
            thought_done("rs_2", "b"),
            thought_done("rs_1", "a"),
        ]
    ),
    "image": lambda: play(IMAGE),
    "image with progress": lambda: play(IMAGE, converter=ResponseStreamConverter(partial_images=3)),
    "image with few partials": lambda: play(
        [*IMAGE[:3], partial_image("ig_1", "Z", 7)], converter=ResponseStreamConverter(partial_images=2)
    ),
    "image converted": lambda: play([*IMAGE, *answer("x")], converter=Renaming()),
    "image failed": lambda: play([added(image_call("ig_1")), done(image_call("ig_1", None, "failed"))]),
    "image twice": lambda: play([*IMAGE, added(image_call("ig_2")), done(image_call("ig_2", "DDD", "completed"))]),
    "image without added": lambda: play([partial_image("ig_1", "A", 0), done(image_call("ig_1", "A", "completed"))]),
    "image in a workflow": lambda: play([start(CustomTask(title="a")), *IMAGE]),
    "image open at the end": lambda: play(IMAGE[:4]),
    "function call": lambda: play([added(function_call()), done(function_call()), *answer("x")]),
    "function call in reasoning": lambda: play(
        [*THOUGHTS, added(function_call()), done(function_call()), *answer("x")]
    ),
    "message without added": lambda: play([done(message("m9", text_part("t")))]),
    "message with empty content": lambda: play([added(message("m9")), done(message("m9"))]),
    "message added with content": lambda: play([added(message("m9", text_part("t", [URL])))]),
    "progress": lambda: play([emit(ProgressUpdateEvent(text="working")), *answer("x")]),
    "widget": lambda: play([widget("hello", "copy"), *answer("x")]),
    "growing widget": lambda: play([growing_widget("a", "ab", "abc")]),
    "widget mid-message": lambda: play([*answer("One")[:3], widget("w"), *answer("One")[3:]]),
    "widget in a workflow": lambda: play([start(CustomTask(title="a")), widget("w"), add_task("b"), *answer("x")]),
    "workflow": lambda: play([start(), add_task("a"), add_task("b"), update_task("a!", 0), end(), *answer("x")]),
    "workflow with tasks": lambda: play([start(CustomTask(title="a")), add_task("b"), end(), *answer("x")]),
    "workflow with summary": lambda: play([start(CustomTask(title="a")), end(CustomSummary(title="S"), expanded=True)]),
    "workflow keeps summary": lambda: play(
        [start(CustomTask(title="a"), summary=CustomSummary(title="kept"), expanded=True), end()]
    ),
    "workflow closed by text keeps summary": lambda: play(
        [start(CustomTask(title="a"), summary=CustomSummary(title="kept"), expanded=True), *answer("x")]
    ),
    "workflow never started": lambda: play([end(), *answer("x")]),
    "task starts workflow": lambda: play([add_task("a"), *answer("x")]),
    "update without workflow": lambda: play([update_task("a", 0)]),
    "update past the end": lambda: play([start(CustomTask(title="a")), update_task("b", 5)]),
    "empty workflow ended": lambda: play([start(), end(), *answer("x")]),
    "empty workflow closed by text": lambda: play([start(), *answer("x")]),
    "empty workflow left open": lambda: play([start()]),
    "empty reasoning workflow": lambda: play([start(kind="reasoning"), *answer("x")]),
    "two workflows": lambda: play([start(CustomTask(title="a")), start(CustomTask(title="b")), *answer("x")]),
    "workflow left open": lambda: play([start(CustomTask(title="a")), add_task("b")]),
    "reasoning in open workflow": lambda: play([start(CustomTask(title="a")), added(reasoning("rs_1"))]),
    "end twice": lambda: play([start(CustomTask(title="a")), end(), end()]),
    "workflow goes on": lambda: play([add_task("after"), *answer("x")], items=[open_workflow()]),
    "reasoning goes on": lambda: play(THOUGHTS, items=[open_workflow("reasoning")]),
    "workflow with a summary goes on": lambda: play(
        [add_task("after")], items=[open_workflow(summary=CustomSummary(title="s"))]
    ),
    "workflow goes on after client tool": lambda: play(answer("x"), items=[open_workflow(), tool_item("completed")]),
    "workflow before text": lambda: play(answer("x"), items=[open_workflow(), assistant("m0", "x")]),
    "workflow before pending tool": lambda: play([add_task("x")], items=[open_workflow(), tool_item()]),
    "workflow of the context": lambda: play([add_task("x")], items=[open_workflow()], prepare=start(kind="reasoning")),
    "done item closes": lambda: play(
        [start(CustomTask(title="a")), emit(ThreadItemDoneEvent(item=assistant("m0", "hi"))), add_task("b")]
    ),
    "added item closes": lambda: play(
        [start(CustomTask(title="a")), emit(ThreadItemAddedEvent(item=assistant("m0", "hi"))), add_task("b")]
    ),
    "replaced item closes": lambda: play(
        [start(CustomTask(title="a")), emit(ThreadItemReplacedEvent(item=assistant("m0", "hi"))), add_task("b")]
    ),
    "removed item": lambda: play([start(CustomTask(title="a")), emit(ThreadItemRemovedEvent(item_id="m0"))]),
    "hidden item": lambda: play(
        [
            start(CustomTask(title="a")),
            emit(ThreadItemDoneEvent(item=HiddenContextItem(id="h", content="x", **BASE))),
            add_task("b"),
        ]
    ),
    "hidden item of the package": lambda: play(
        [
            start(CustomTask(title="a")),
            emit(ThreadItemDoneEvent(item=SDKHiddenContextItem(id="h", content="x", **BASE))),
            add_task("b"),
        ]
    ),
    "end of turn item": lambda: play(
        [start(CustomTask(title="a")), emit(ThreadItemDoneEvent(item=EndOfTurnItem(id="e", **BASE))), add_task("b")]
    ),
    "task item": lambda: play(
        [
            start(CustomTask(title="a")),
            emit(ThreadItemDoneEvent(item=TaskItem(id="t", task=ThoughtTask(content="c"), **BASE))),
        ]
    ),
    "tool item": lambda: play(
        [start(CustomTask(title="a")), emit(ThreadItemDoneEvent(item=tool_item())), add_task("b")]
    ),
    "progress keeps workflow": lambda: play(
        [start(CustomTask(title="a")), emit(ProgressUpdateEvent(text="p")), add_task("b")]
    ),
    "client tool": lambda: play(
        [added(function_call()), done(function_call("call_9", "go", "fc_9")), client_tool("go")]
    ),
    "client tool called": lambda: play([called(), client_tool("go")]),
    "client tool called later": lambda: play([client_tool("go"), called()]),
    "client tool called among tools": lambda: play(
        [called("call_1", "go", "fc_1"), called("call_2", "other", "fc_2"), client_tool("go")]
    ),
    "client tool with a placeholder for an id": lambda: play(
        [called("call_1", "go", "__fake_id__"), client_tool("go")]
    ),
    "client tool of another name": lambda: play([called("call_1", "other", "fc_1"), client_tool("go")]),
    "client tool called twice": lambda: play([called(), called("call_2", "go", "fc_2"), client_tool("go")]),
    "client tool called, then text": lambda: play([called(), client_tool("go"), *answer("x")]),
    "reasoning closed while it streams": lambda: play(
        [*THOUGHTS[:4], *answer("x"), thought_done("rs_1", "Let me"), added(reasoning("rs_2")), *THOUGHTS[1:5]]
    ),
    "client tool in a workflow": lambda: play(
        [
            start(CustomTask(title="a")),
            added(function_call("call_9", "go", "fc_9")),
            client_tool("go"),
            done(function_call("call_9", "go", "fc_9")),
        ]
    ),
    "client tool among tools": lambda: play(
        [
            done(function_call("call_1", "go", "fc_1")),
            done(function_call("call_2", "other", "fc_2")),
            client_tool("go"),
        ]
    ),
    "client tool twice": lambda: play(
        [done(function_call("call_1", "go", "fc_1")), done(function_call("call_2", "go", "fc_2")), client_tool("go")]
    ),
    "client tool without a call": lambda: play([client_tool("go")]),
    "error": lambda: play([*answer("Hello")[:3], ValueError("x")]),
    "error in a workflow": lambda: play([start(CustomTask(title="a")), ValueError("x")]),
    "error with helper events": lambda: play(
        [*answer("Hello")[:3], emit(ProgressUpdateEvent(text="p")), ValueError("x")]
    ),
    "input guardrail": lambda: play([*answer("Hello"), *answer("More", "m2")[:3], input_tripwire()]),
    "output guardrail": lambda: play([*answer("Hello"), widget("w"), output_tripwire()]),
    "guardrail in a workflow": lambda: play([start(CustomTask(title="a")), add_task("b"), output_tripwire()]),
    "guardrail in reasoning": lambda: play([*THOUGHTS, input_tripwire()]),
    "guardrail after image": lambda: play([*IMAGE, input_tripwire()]),
    "guardrail after a resumed workflow": lambda: play([add_task("b"), input_tripwire()], items=[open_workflow()]),
    "guardrail after a removed item": lambda: play(
        [*answer("Hello"), emit(ThreadItemRemovedEvent(item_id="m1")), input_tripwire()]
    ),
    "guardrail after hidden item": lambda: play(
        [emit(ThreadItemDoneEvent(item=HiddenContextItem(id="h", content="x", **BASE))), input_tripwire()]
    ),
    "helper before": lambda: play(answer("x"), prepare=emit(ProgressUpdateEvent(text="before"))),
    "workflow before the run": lambda: play(answer("x"), prepare=start(CustomTask(title="a"))),
}
