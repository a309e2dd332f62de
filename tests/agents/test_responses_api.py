"""Answers over a real connection to a host that speaks the Responses API."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from agents import Agent, TracingProcessor, function_tool, set_trace_processors

from chatkit.testing.scripted_model import Call, Draw, Refuse, Say, Think
from chatkit.types import (
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartTextDelta,
    ErrorEvent,
    FileSource,
    GeneratedImageItem,
    GeneratedImageUpdated,
    ThoughtTask,
    ThreadItemUpdatedEvent,
    URLSource,
    WorkflowItem,
)
from tests.agents.conftest import ClientFor, ask, items_of, kinds, reaching, texts
from tests.support.model_host import BREAK_OFF, STALL


def updates(events: list[Any], kind: type[Any]) -> list[Any]:
    return [e.update for e in events if isinstance(e, ThreadItemUpdatedEvent) and isinstance(e.update, kind)]


async def test_text_streams_and_is_stored(client_for: ClientFor, host: Any) -> None:
    model_host, url = await host([Say("Hello there, friend.")])
    client = client_for(Agent(name="a", instructions="Be kind."), **reaching(url, model_api="responses"))
    events = await ask(client, "hi")
    deltas = updates(events, AssistantMessageContentPartTextDelta)
    assert "".join(update.delta for update in deltas) == "Hello there, friend."
    assert len(deltas) == 3
    assert texts(await items_of(client)) == ["Hello there, friend."]
    (request,) = model_host.requests
    assert request["instructions"] == "Be kind."
    assert request["model"] == "some-model"
    assert model_host.headers[0]["authorization"] == "Bearer k"


async def test_a_tool_runs_between_two_responses(client_for: ClientFor, host: Any) -> None:
    @function_tool
    def double(number: int) -> int:
        return 2 * number

    model_host, url = await host([Call("double", {"number": 21})], [Say("It is 42.")])
    client = client_for(Agent(name="a", tools=[double]), **reaching(url, model_api="responses"))
    await ask(client, "double 21")
    assert texts(await items_of(client)) == ["It is 42."]
    outputs = [item for item in model_host.requests[1]["input"] if item.get("type") == "function_call_output"]
    assert [item["output"] for item in outputs] == ["42"]


async def test_reasoning_is_a_workflow_that_the_answer_ends(client_for: ClientFor, host: Any) -> None:
    _, url = await host([Think(["First I look.", "Then I think."]), Say("Done.")])
    client = client_for(Agent(name="a"), **reaching(url, model_api="responses"))
    await ask(client, "hi")
    _, workflow, _ = await items_of(client)
    assert isinstance(workflow, WorkflowItem)
    thoughts = [task.content for task in workflow.workflow.tasks if isinstance(task, ThoughtTask)]
    assert thoughts == ["First I look.", "Then I think."]
    assert workflow.workflow.summary is not None


async def test_images_appear_while_they_are_made(client_for: ClientFor, host: Any) -> None:
    _, url = await host([Draw("whole", partial_images=["first", "second"])])
    client = client_for(Agent(name="a"), **reaching(url, model_api="responses"))
    events = await ask(client, "draw")
    shown = [update.image.url for update in updates(events, GeneratedImageUpdated)]
    assert shown == ["data:image/png;base64,first", "data:image/png;base64,second"]
    _, image = await items_of(client)
    assert isinstance(image, GeneratedImageItem)
    assert image.image is not None
    assert image.image.url == "data:image/png;base64,whole"


async def test_citations_come_while_streaming_and_stay(client_for: ClientFor, host: Any) -> None:
    page = {"type": "url_citation", "url": "https://a.example", "title": "A", "start_index": 0, "end_index": 4}
    file = {"type": "file_citation", "file_id": "f", "filename": "a.pdf", "index": 4}
    nameless = {"type": "file_citation", "file_id": "g", "filename": "", "index": 4}
    path = {"type": "file_path", "file_id": "h", "index": 4}
    _, url = await host([Say("Text.", citations=[nameless, page, path, file])])
    client = client_for(Agent(name="a"), **reaching(url, model_api="responses"))
    events = await ask(client, "cite")
    added = updates(events, AssistantMessageContentPartAnnotationAdded)
    assert [(u.annotation_index, type(u.annotation.source)) for u in added] == [(0, URLSource), (1, FileSource)]
    _, message = await items_of(client)
    assert message.type == "assistant_message"
    assert [annotation.index for annotation in message.content[0].annotations] == [4, 4]


async def test_a_refusal_reads_like_text(client_for: ClientFor, host: Any) -> None:
    _, url = await host([Refuse("I will not do that.")])
    client = client_for(Agent(name="a"), **reaching(url, model_api="responses"))
    await ask(client, "no")
    assert texts(await items_of(client)) == ["I will not do that."]


async def test_a_connection_cut_in_the_middle_is_an_error_that_may_be_retried(client_for: ClientFor, host: Any) -> None:
    _, url = await host([Say("This will not"), BREAK_OFF])
    client = client_for(Agent(name="a"), **reaching(url, model_api="responses"))
    events = await ask(client, "hi")
    assert isinstance(events[-1], ErrorEvent)
    assert events[-1].allow_retry
    assert events[-1].message


async def test_stopping_closes_the_connection_and_keeps_the_text(client_for: ClientFor, host: Any) -> None:
    model_host, url = await host([Say("Half of an answer"), STALL])
    client = client_for(Agent(name="a"), **reaching(url, model_api="responses"))
    async with aclosing(client.create_thread("hi")) as events:
        async for event in events:
            if kinds([event]) == ["thread.item.done assistant_message"]:
                break
    async with asyncio.timeout(10):
        await model_host.abandoned.wait()
    assert texts(await items_of(client)) == ["Half of an answer"]


@pytest.mark.parametrize("sent", [True, False])
async def test_traces_are_made_only_where_settings_say_so(client_for: ClientFor, host: Any, sent: bool) -> None:
    class Traces(TracingProcessor):
        seen: list[Any] = []  # noqa: RUF012

        def on_trace_start(self, trace: Any) -> None:
            self.seen.append(trace)

        def on_trace_end(self, trace: Any) -> None: ...
        def on_span_start(self, span: Any) -> None: ...
        def on_span_end(self, span: Any) -> None: ...
        def shutdown(self) -> None: ...
        def force_flush(self) -> None: ...

    Traces.seen = []
    set_trace_processors([Traces()])
    try:
        _, url = await host([Say("x")])
        client = client_for(Agent(name="a"), **reaching(url, model_api="responses", agents_tracing=sent))
        await ask(client, "hi")
    finally:
        set_trace_processors([])
    assert bool(Traces.seen) is sent
