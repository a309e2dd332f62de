"""Servers on the Agents SDK as strangers write them, with a model that plays what it is told to."""
# ruff: noqa: DTZ005 - as people write

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

from agents import Agent, Model, ModelResponse, RunConfig, RunContextWrapper, Runner, Usage, function_tool
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseContentPartAddedEvent,
    ResponseFunctionToolCall,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
)

from chatkit.agents import AgentContext, ThreadItemConverter, simple_to_agent_input, stream_agent_response
from chatkit.types import CustomTask, ProgressUpdateEvent, ThreadItemDoneEvent, ThreadItemReplacedEvent, Workflow
from chatkit.widgets import Card, Text

from .hooks import Echo, counter, said

Tools = RunContextWrapper[AgentContext[Any]]


class Script(Model):
    """Calls each tool once, one after the other, then says its piece."""

    def __init__(self, *tools: str, says: str = "From the model.") -> None:
        self.turns: list[Any] = [*tools]
        self.says = says
        self.count = 0

    async def get_response(self, *arguments: Any, **named: Any) -> ModelResponse:
        return ModelResponse(output=[self._output()], usage=Usage(), response_id=None)

    def _output(self) -> Any:
        self.count += 1
        if self.count <= len(self.turns):
            return ResponseFunctionToolCall(
                id=f"fc_{self.count}",
                call_id=f"call_{self.count}",
                name=self.turns[self.count - 1],
                arguments="{}",
                type="function_call",
            )
        text = ResponseOutputText(annotations=[], text=self.says, type="output_text")
        return ResponseOutputMessage(
            id=f"msg_{id(self)}_{self.count}", content=[text], role="assistant", status="completed", type="message"
        )

    async def stream_response(self, *arguments: Any, **named: Any) -> AsyncIterator[Any]:
        output = self._output()
        numbers = iter(range(100))
        place = {"output_index": 0, "content_index": 0, "item_id": output.id}
        if isinstance(output, ResponseOutputMessage):
            begun = output.model_copy(update={"content": [], "status": "in_progress"})
            yield ResponseOutputItemAddedEvent(
                item=begun, output_index=0, sequence_number=next(numbers), type="response.output_item.added"
            )
            part = ResponseOutputText(annotations=[], text="", type="output_text")
            yield ResponseContentPartAddedEvent(
                part=part, sequence_number=next(numbers), type="response.content_part.added", **place
            )
            yield ResponseTextDeltaEvent(
                delta=self.says, logprobs=[], sequence_number=next(numbers), type="response.output_text.delta", **place
            )
            yield ResponseTextDoneEvent(
                text=self.says, logprobs=[], sequence_number=next(numbers), type="response.output_text.done", **place
            )
        yield ResponseOutputItemDoneEvent(
            item=output, output_index=0, sequence_number=next(numbers), type="response.output_item.done"
        )
        response = Response(
            id=f"resp_{self.count}",
            created_at=0,
            model="script",
            object="response",
            output=[output],
            tool_choice="auto",
            tools=[],
            parallel_tool_calls=False,
        )
        yield ResponseCompletedEvent(response=response, sequence_number=next(numbers), type="response.completed")


@function_tool
async def show_card(context: Tools) -> str:
    await context.context.stream_widget(counter(0))
    return "shown"


@function_tool
async def show_dict(context: Tools) -> str:
    widget: Any = {"type": "Card", "children": [{"type": "Text", "value": "a dict"}]}
    await context.context.stream_widget(widget)
    return "shown"


@function_tool
async def work(context: Tools) -> str:
    await context.context.start_workflow(Workflow(type="custom", tasks=[]))
    await context.context.add_workflow_task(CustomTask(title="Looking"))
    await context.context.update_workflow_task(CustomTask(title="Found"), task_index=0)
    await context.context.end_workflow()
    return "done"


@function_tool
async def fails(context: Tools) -> str:
    raise KeyError("no such city")


class Answering(Echo):
    """An agent's answer; what differs is what the methods below say."""

    tools: tuple[Any, ...] = ()

    def agent(self) -> Agent[Any]:
        model = Script(*(tool.name for tool in self.tools))
        return Agent(name="Helper", instructions="Help.", model=model, tools=[*self.tools])

    def agent_context(self, thread: Any, context: Any) -> Any:
        return AgentContext(thread=thread, store=self.store, request_context=context)

    async def input(self, thread: Any, message: Any, context: Any) -> Any:
        return await simple_to_agent_input(message)

    def run(self, given: Any, agent_context: Any) -> Any:
        return Runner.run_streamed(
            self.agent(), given, context=agent_context, run_config=RunConfig(tracing_disabled=True)
        )

    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        agent_context = self.agent_context(thread, context)
        given = await self.input(thread, input_user_message, context)
        async for event in stream_agent_response(agent_context, self.run(given, agent_context)):
            yield event
        async for event in self.after(thread, agent_context):
            yield event

    async def after(self, thread: Any, agent_context: Any) -> Any:
        thread.title = "Titled"
        return
        yield


class ShowsCards(Answering):
    tools = (show_card, show_dict)


class Works(Answering):
    tools = (work,)


class ToolFails(Answering):
    tools = (fails,)


class WholeHistory(Answering):
    async def input(self, thread: Any, message: Any, context: Any) -> Any:
        page = await self.store.load_thread_items(thread.id, after=None, limit=20, order="asc", context=context)
        return await simple_to_agent_input(page.data)


class CarelessConverter(ThreadItemConverter):
    """Takes what it knows, and leaves out the rest."""

    async def attachment_to_message_content(self, attachment: Any) -> Any:
        return None

    async def widget_to_input(self, item: Any) -> Any:
        return None

    async def hidden_context_to_input(self, item: Any) -> Any:
        return {"role": "developer", "content": json.dumps(item.content, default=str)}


class Careless(WholeHistory):
    tools = (show_card,)

    async def input(self, thread: Any, message: Any, context: Any) -> Any:
        page = await self.store.load_thread_items(thread.id, None, 20, "asc", context)
        return await CarelessConverter().to_agent_input(page.data)


class OwnContext(AgentContext[Any]):
    """With more in it."""

    company: dict[str, Any] | None = None


class OwnFields(Answering):
    tools = (show_card,)

    def agent_context(self, thread: Any, context: Any) -> Any:
        return OwnContext(thread=thread, store=self.store, request_context=context, company={"name": "A"})


class OwnEventsAround(Answering):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        yield ProgressUpdateEvent(text="Thinking")
        async for event in Answering.respond(self, thread, input_user_message, context):
            yield event
        yield ThreadItemDoneEvent(item=said(thread, "And more."))


class StreamsFirst(Answering):
    """A widget before the agent has its turn."""

    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        agent_context = self.agent_context(thread, context)
        await agent_context.stream_widget(counter(0))
        given = await self.input(thread, input_user_message, context)
        async for event in stream_agent_response(agent_context, self.run(given, agent_context)):
            yield event


class ActionOnlyAwaits(Answering):
    """What is streamed into the context is all that there is."""

    tools = (show_card,)

    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> Any:
        await self.agent_context(thread, context).stream_widget(Card(children=[Text(value="a new card")]))


class ActionDoesBoth(ActionOnlyAwaits):
    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> Any:
        agent_context = self.agent_context(thread, context)
        yield ThreadItemReplacedEvent(item=sender.model_copy(update={"widget": counter(1)}))
        await agent_context.stream_widget(Card(children=[Text(value="a new card")]))


class WidgetAfterwards(Answering):
    """Streams when the run is over, where nobody reads any more."""

    async def after(self, thread: Any, agent_context: Any) -> Any:
        await agent_context.stream_widget(counter(0))
        return
        yield


class RespondOnlyAwaits(Answering):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        agent_context = self.agent_context(thread, context)
        result = await Runner.run(self.agent(), "hi", run_config=RunConfig(tracing_disabled=True))
        await agent_context.stream(
            ThreadItemDoneEvent(item=said(thread, result.final_output, created_at=datetime.now()))
        )


AGENTS: dict[str, Callable[[], Any]] = {
    "an agent": Answering,
    "tools that stream widgets": ShowsCards,
    "tools that work": Works,
    "a tool that fails": ToolFails,
    "the whole history": WholeHistory,
    "a careless converter": Careless,
    "a context with fields of its own": OwnFields,
    "events of its own around": OwnEventsAround,
    "a widget before the run": StreamsFirst,
    "an action that only awaits": ActionOnlyAwaits,
    "an action that does both": ActionDoesBoth,
    "a widget after the run": WidgetAfterwards,
    "respond that only awaits": RespondOnlyAwaits,
}
