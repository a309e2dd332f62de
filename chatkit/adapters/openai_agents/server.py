"""`AgentChatKitServer`: a ChatKit server whose answers come from an agent, with everything around it done."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Generic, Literal, TypeVar, cast

from agents import Agent, Model, RunConfig, RunContextWrapper, Runner
from agents.mcp import MCPServer
from agents.models import get_default_model_settings

from chatkit._hook_events import events_of
from chatkit._operations import refusal
from chatkit._surrogates import sound
from chatkit.actions import Action
from chatkit.adapters.openai_agents.adapted_input import AdaptedInput
from chatkit.adapters.openai_agents.approved_run import ApprovedRun
from chatkit.adapters.openai_agents.calling import called
from chatkit.adapters.openai_agents.context import AgentContext
from chatkit.adapters.openai_agents.converter import ThreadItemConverter
from chatkit.adapters.openai_agents.faults import as_stream_error
from chatkit.adapters.openai_agents.making_titles import MakingTitles, Title
from chatkit.adapters.openai_agents.mcp import connected
from chatkit.adapters.openai_agents.offline import OfflineModel
from chatkit.adapters.openai_agents.picked_tool import PickedTool
from chatkit.adapters.openai_agents.provider import ModelConfigurationError, SettingsModelProvider
from chatkit.adapters.openai_agents.response_converter import ResponseStreamConverter
from chatkit.adapters.openai_agents.stream import pending_events, stream_agent_response
from chatkit.adapters.openai_agents.titles import first_words, model_title
from chatkit.adapters.openai_agents.untrusted import client_facts
from chatkit.approvals import Approval, Approvals, Paused
from chatkit.logger import logger
from chatkit.server import ChatKitServer, current_request_metadata
from chatkit.settings import AgentSettings
from chatkit.store import AttachmentStore, Store, ThreadChanges
from chatkit.store.borrowed import as_store
from chatkit.store.ports import as_page
from chatkit.types import (
    AssistantMessageItem,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
    UserMessageTextContent,
    WidgetItem,
)
from chatkit.widgets import WidgetRoot

__all__ = ["AgentChatKitServer", "Instructions", "Titles"]

TContext = TypeVar("TContext")
Instructions = str | Callable[[TContext], str | Awaitable[str | None] | None]
"""More instructions for the agent, or what makes them from the request's context."""

Titles = Literal["model", "first_words", "none"]
"""Where a new thread's title comes from: the model (the first words, offline), the user's first words, or nowhere."""

_TITLE_SECONDS = 10
_PAGE = 100


class AgentChatKitServer(ChatKitServer[TContext], Generic[TContext]):
    """Answers with an agent of the OpenAI Agents SDK: pass one, or subclass and override `get_agent`.

        server = AgentChatKitServer(MemoryStore(), agent=Agent(name="Helper", tools=[…]))

    An agent without a model of its own gets the one of `settings` (`AgentSettings.load()` unless given), which is the
    offline demo model when nothing is configured. What the page sends as `userInfo` and `pageContext` in a request's
    metadata reaches the prompt, marked as data. `titles` says where a new thread's title comes from. Close it with
    `close()`.

    - `model_provider` makes the models, by the settings (`models` is its older name); `model_choices` are those that
      users may choose in the composer, by the id that it sends.
    - `history_limit`: how many of the thread's newest items the model gets. `history_tokens`: how long they may be
      together, in tokens as estimated (four ASCII characters, or one other, are one). The oldest are left out, never
      the user's newest message; half of it is sent once more when the host says that it is too long.
    - `max_turns`: how often the model may be called for one answer; each round of tools is a call more.
    - `show_tool_calls`: whether the tools that the server runs are shown, as `ToolCallItem`s, and so are known to the
      model in later turns.
    - `response_converter`: how the model's images and citations appear. `converter`: what the model gets for the items
      of the thread, or what makes it from the request's context.
    """

    def __init__(
        self,
        store: Store[TContext],
        attachment_store: AttachmentStore[TContext] | None = None,
        *,
        agent: Agent[Any] | None = None,
        settings: AgentSettings | None = None,
        model_provider: SettingsModelProvider | None = None,
        models: SettingsModelProvider | None = None,
        offline_model: OfflineModel | None = None,
        model_choices: Mapping[str, str | Model] | None = None,
        instructions: Instructions[TContext] | None = None,
        converter: ThreadItemConverter | Callable[[TContext], ThreadItemConverter] | None = None,
        response_converter: ResponseStreamConverter | None = None,
        history_limit: int = 50,
        history_tokens: int = 100_000,
        max_turns: int = 10,
        show_tool_calls: bool = False,
        titles: Titles = "model",
        approvals: Approvals[TContext] | None = None,
    ) -> None:
        super().__init__(store, attachment_store)
        if history_limit < 1:
            raise ValueError("history_limit must be at least 1.")
        if history_tokens < 1:
            raise ValueError("history_tokens must be at least 1.")
        self.agent = agent
        if isinstance(cast(object, models), Mapping):
            raise TypeError("models is another name of model_provider: those that users may choose are model_choices.")
        if model_provider is not None and models is not None:
            raise TypeError("models is another name of model_provider: give one of them.")
        self.model_provider = (
            model_provider
            or models
            or SettingsModelProvider(settings or AgentSettings.load(), offline_model=offline_model)
        )
        self.model_choices = dict(model_choices or {})
        self.instructions = instructions
        self.converter = converter or ThreadItemConverter()
        self.response_converter = response_converter or ResponseStreamConverter()
        self.history_limit = history_limit
        self.history_tokens = history_tokens
        self.max_turns = max_turns
        self.show_tool_calls = show_tool_calls
        self.titles = titles
        self.approvals = approvals or Approvals(store)
        self.approvals.render = self.approval_widget
        self._making_titles = MakingTitles()
        self._adapted = AdaptedInput()

    @property
    def models(self) -> SettingsModelProvider:
        """`model_provider`, under the name that it had first."""
        return self.model_provider

    @models.setter
    def models(self, provider: SettingsModelProvider) -> None:
        self.model_provider = provider

    # What subclasses override: with these parameters or fewer of them, by their names, as coroutines or not. `thread`
    # and `message` are there whenever the server calls; `message` is None when an answer goes on.

    async def get_agent(
        self, context: TContext, thread: ThreadMetadata | None = None, message: UserMessageItem | None = None
    ) -> Agent[Any]:
        """The agent that answers this request."""
        if self.agent is None:
            raise ModelConfigurationError(f"{type(self).__name__} has no agent: pass one, or override get_agent().")
        return self.agent

    async def extra_instructions(
        self, context: TContext, thread: ThreadMetadata | None = None, message: UserMessageItem | None = None
    ) -> str | None:
        """Instructions for this request, after the agent's own: those that were passed, and what the page says."""
        given = {"thread": thread, "message": message, "context": context}
        own = await called(self.instructions, given) if callable(self.instructions) else self.instructions
        return "\n\n".join(part for part in (own, client_facts(current_request_metadata())) if part) or None

    async def mcp_servers(
        self, context: TContext, thread: ThreadMetadata | None = None, message: UserMessageItem | None = None
    ) -> Sequence[MCPServer]:
        """Tool servers that act for this request's user, beside the agent's own; see `mcp_server`. None by default.

        They are connected before the run and closed after it.
        """
        return ()

    def get_converter(
        self, context: TContext, thread: ThreadMetadata | None = None, message: UserMessageItem | None = None
    ) -> ThreadItemConverter:
        """What turns this request's thread into input. It may be a coroutine."""
        return self.converter if isinstance(self.converter, ThreadItemConverter) else self.converter(context)

    def agent_context(self, thread: ThreadMetadata, context: TContext) -> AgentContext[TContext]:
        """What tools get as their context."""
        return AgentContext(thread=thread, store=self.store, request_context=context)

    async def post_respond_hook(
        self, thread: ThreadMetadata, agent_context: AgentContext[TContext]
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Comes after the agent's answer: may yield events, use the helpers of `agent_context`, change the thread."""
        return
        yield

    def approval_widget(self, approval: Approval) -> WidgetRoot | Awaitable[WidgetRoot]:
        """The card for a call that needs approval, as it stands: with buttons while it is pending
        (`approval.action("approve")`), with the outcome afterwards.
        """
        return self.approvals.card(approval)

    async def generate_title(
        self,
        agent: Agent[Any],
        input_user_message: UserMessageItem,
        answered: str,
        thread: ThreadMetadata | None = None,
        context: TContext | None = None,
    ) -> str | None:
        """The title of a thread after its first exchange; `answered` is the text of the answer."""
        asked = _text_of(input_user_message)
        model = agent.model if isinstance(agent.model, Model) else self.model_provider.get_model(agent.model)
        if self.titles == "first_words" or isinstance(model, OfflineModel):
            return first_words(asked)
        return await model_title(model, asked, answered) or first_words(asked)

    # What ChatKitServer asks for.

    def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: TContext
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        """Runs the agent on the thread's newest items and streams its answer. Then the title of a new thread is made;
        it is saved although the reader may have left by then, unless the user has named the thread meanwhile.

        Calls that need approval end the turn with a question for each; a message answers no to those that wait.
        """
        return self._answer(thread, input_user_message, context)

    def _chatkit_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: TContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        if self.approvals.is_decision(action):
            return self._decide(thread, action, context)
        return super()._chatkit_action(thread, action, sender, context)

    async def _decide(
        self, thread: ThreadMetadata, action: Action[str, Any], context: TContext
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        """Takes a decision; the last one of a turn lets it go on."""
        if (refused := refusal(self, thread)) is not None:
            yield refused
            return
        decided = await self.approvals.decide(thread, action, context)
        for event in decided.events:
            yield event
        if decided.paused is not None:
            async with aclosing(self._answer(thread, None, context, decided.paused)) as events:
                async for event in events:
                    yield event

    async def _answer(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: TContext,
        paused: Paused | None = None,
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        """The turn for a message, or one that was paused and goes on."""
        agent_context = self.agent_context(thread, context)
        answered: list[str] = []
        title: Title | None = None
        run = ApprovedRun(self.approvals, agent_context, paused)
        try:
            if input_user_message is not None:
                for event in await self.approvals.lapse(thread, context):
                    yield event
            agent = await self._agent_for(thread, input_user_message, context)
            items = await self._history(thread, context)
            for event in run.look_through(items, input_user_message):
                yield event
            offered = await self._hooked(self.mcp_servers, thread, input_user_message, context)
            async with connected(offered or ()) as servers:
                if servers:
                    agent = agent.clone(mcp_servers=[*agent.mcp_servers, *servers])
                async with aclosing(self._run(agent, items, input_user_message, agent_context, run)) as events:
                    async for event in events:
                        answered.extend(_answer_in(event))
                        yield event
            title = self._begin_title(thread, context, agent, input_user_message, answered)
            after = events_of(self.post_respond_hook(thread, agent_context), "post_respond_hook", lambda: True)
            async with aclosing(after) as events:
                async for event in events:
                    yield event
            for event in pending_events(agent_context):
                yield event
            made = await title.take() if title is not None else None
            if thread.title is None:
                thread.title = made
        except Exception as error:
            for event in await run.over():
                yield event
            raise as_stream_error(error) from error
        finally:
            await run.over()
            if title is not None:
                title.leave()

    async def close(self) -> None:
        """Waits for titles that are being made, at most 10 seconds, then closes what this server opened: the model's
        client.
        """
        await self._making_titles.close()
        await self.model_provider.aclose()

    # How it is done.

    async def _run(
        self,
        agent: Agent[Any],
        items: Sequence[ThreadItem],
        message: UserMessageItem | None,
        agent_context: AgentContext[TContext],
        run: ApprovedRun,
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        message = message or (run.message if run.paused else None)

        def ask(source: Any) -> AsyncGenerator[ThreadStreamEvent, None]:
            return self._run_once(agent, source, message, agent_context, run)

        if run.paused:
            answer = ask(await run.state(agent))
        else:
            converter = await self._hooked(
                self.get_converter, agent_context.thread, message, agent_context.request_context
            )
            options = message.inference_options if message else None
            model = (self.model_choices.get(options.model or "") if options else None) or agent.model
            converted = await converter.to_agent_input(items)
            answer = self._adapted.asked(ask, model, converted, self.history_tokens)
        while answer is not None:
            async with aclosing(answer) as events:
                async for event in events:
                    yield event
            state = run.state_by_rule()
            answer = ask(state) if state is not None else None
        async with aclosing(run.ask()) as events:
            async for event in events:
                yield event

    async def _run_once(
        self,
        agent: Agent[Any],
        source: Any,
        message: UserMessageItem | None,
        agent_context: AgentContext[TContext],
        run: ApprovedRun,
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        """One run, from its input or from the state that it goes on from."""
        run_config = self._run_config(message)
        options = message.inference_options if message else None
        picked = options.tool_choice.id if options and options.tool_choice else None
        result = Runner.run_streamed(
            agent,
            source,
            context=agent_context if isinstance(source, list) else None,  # a state has it, with the decisions
            max_turns=self.max_turns,
            previous_response_id=agent_context.previous_response_id,
            run_config=run_config,
            hooks=PickedTool(picked, run_config) if picked else None,
        )
        run.began(result)
        stream = stream_agent_response(
            agent_context,
            result,
            converter=self.response_converter,
            show_tool_calls=self.show_tool_calls,
            open_calls=run.open_calls,
        )
        async with aclosing(stream) as events:
            async for event in events:
                if type(event) is ThreadItemUpdatedEvent or not run.holds_back(event):
                    yield event
        for event in await run.over(completed=True):
            yield event

    async def _hooked(
        self, hook: Callable[..., Any], thread: ThreadMetadata, message: UserMessageItem | None, context: TContext
    ) -> Any:
        """What a hook that may be written with fewer parameters gives."""
        return await called(hook, {"thread": thread, "message": message, "context": context})

    def _run_config(self, message: UserMessageItem | None) -> RunConfig:
        """The model that the user picked in the composer, if it is among those on offer."""
        options = message.inference_options if message else None
        chosen = self.model_choices.get(options.model or "") if options else None
        return RunConfig(
            model=chosen,
            model_provider=self.models,
            tracing_disabled=not self.model_provider.settings.agents_tracing,
        )

    async def _agent_for(
        self, thread: ThreadMetadata, message: UserMessageItem | None, context: TContext
    ) -> Agent[Any]:
        """The agent with its model's own default settings and the request's instructions."""
        agent: Agent[Any] = await self._hooked(self.get_agent, thread, message, context)
        if agent.model is None and agent.model_settings == get_default_model_settings():
            # The SDK took its own default model's settings, which other models may refuse.
            agent = agent.clone(model_settings=get_default_model_settings(self.model_provider.default_model))
        extra: str | None = await self._hooked(self.extra_instructions, thread, message, context)
        if extra is None:
            return agent
        own = agent

        async def instructions(run_context: RunContextWrapper[Any], _: Agent[Any]) -> str:
            first = await own.get_system_prompt(run_context)
            return f"{first}\n\n{extra}" if first else extra

        return agent.clone(instructions=instructions)

    async def _history(self, thread: ThreadMetadata, context: TContext) -> list[ThreadItem]:
        """The newest items, oldest first."""
        newest: list[ThreadItem] = []
        after: str | None = None
        while len(newest) < self.history_limit:
            limit = min(_PAGE, self.history_limit - len(newest))
            page = as_page(await as_store(self.store).load_thread_items(thread.id, after, limit, "desc", context))
            newest.extend(page.data)
            after = page.after or (page.data[-1].id if page.data else None)
            if not page.has_more or not page.data:
                break
        return newest[::-1]

    def _begin_title(
        self,
        thread: ThreadMetadata,
        context: TContext,
        agent: Agent[Any],
        message: UserMessageItem | None,
        answered: Sequence[str],
    ) -> Title | None:
        """The title that a thread without one gets from its first exchange."""
        if thread.title is not None or message is None or self.titles == "none":
            return None

        async def save(title: str) -> None:
            changes = ThreadChanges({"title": title}, title_yields=True)
            await as_store(self.store).update_thread(thread.id, changes, context)

        return self._making_titles.begin(self._title(thread, context, agent, message, "\n\n".join(answered)), save)

    async def _title(
        self, thread: ThreadMetadata, context: TContext, agent: Agent[Any], message: UserMessageItem, answered: str
    ) -> str | None:
        given = {"thread": thread, "message": message, "context": context, "agent": agent, "answered": answered}
        try:
            async with asyncio.timeout(_TITLE_SECONDS):
                return sound(await called(self.generate_title, given, ("agent", "message", "answered")))
        except Exception:  # noqa: BLE001 - the answer stands; a title is not worth an error
            logger.warning("No title could be generated; the first words stand in", exc_info=True)
            return first_words(_text_of(message))


def _text_of(message: UserMessageItem) -> str:
    """What the user wrote, mentions by name; of a message that is files alone, their names."""
    parts = (part.text if isinstance(part, UserMessageTextContent) else f"@{part.text}" for part in message.content)
    text = "".join(parts)
    return text if text.strip() else ", ".join(attachment.name for attachment in message.attachments)


def _answer_in(event: ThreadStreamEvent) -> list[str]:
    """The text of an assistant message that the event finishes."""
    if isinstance(event, ThreadItemDoneEvent) and isinstance(event.item, AssistantMessageItem):
        return [part.text for part in event.item.content]
    return []
