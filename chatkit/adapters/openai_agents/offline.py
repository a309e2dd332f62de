"""A model without a model: it knows a few phrases, calls the agent's real tools, and says what it is.

For demos and for trying things where there is no key and no network. It implements the Agents SDK's `Model`, so tools,
streaming, widgets and actions run as they do with a real one.
"""

import random
from collections.abc import AsyncIterator, Callable, Sequence

from agents import AgentOutputSchemaBase, Handoff, Model, ModelResponse, ModelSettings, ModelTracing, Tool
from agents.items import TResponseInputItem, TResponseStreamEvent
from openai.types.responses.response_prompt_param import ResponsePromptParam
from pydantic import ValidationError

from chatkit.adapters.openai_agents.history import Said, read_turn
from chatkit.adapters.openai_agents.intents import Intent, IntentTurn
from chatkit.adapters.openai_agents.playback import Output, Say, respond, response_events

__all__ = ["OfflineModel"]

_NOTICE = "I am the **offline demo model**: I run without a key or a network and know only a few phrases."
_NO_INTENTS = "Set `OPENAI_API_KEY` or `CHATKIT_MODEL_BASE_URL` to talk to a real model."


class OfflineModel(Model):
    """Answers by `intents`, the first whose pattern is found and whose tool the agent has; else with help.

    The first answer of a conversation says what this is (`notice`). `delay` is the longest pause between two words, in
    seconds; 0 for tests.
    """

    def __init__(
        self,
        intents: Sequence[Intent] = (),
        *,
        name: str = "offline-demo",
        notice: str = _NOTICE,
        delay: float = 0.05,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.intents = tuple(intents)
        self.name = name
        self.notice = notice
        self.delay = delay
        self._chance = chance

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> ModelResponse:
        """The answer at once."""
        return await respond(self._outputs(input, tools), model=self.name)

    def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> AsyncIterator[TResponseStreamEvent]:
        """The answer word by word."""
        return response_events(self._outputs(input, tools), model=self.name, pause=lambda: self._chance() * self.delay)

    def _outputs(self, input: str | list[TResponseInputItem], tools: Sequence[Tool]) -> Sequence[Output]:
        said = read_turn(input)
        available = [
            intent for intent in self.intents if intent.tool is None or intent.tool in {tool.name for tool in tools}
        ]
        for intent in available:
            if match := intent.matches(said.text):
                turn = IntentTurn(text=said.text, match=match, results=said.results)
                return intent.calls(turn, said.calls) or [Say(self._introduced(said, _answer(intent, turn)))]
        return [Say(self._help(said, available))]

    def _introduced(self, said: Said, reply: str) -> str:
        return reply if said.answered_before else f"{reply}\n\n*{self.notice.replace('**', '')}*"

    def _help(self, said: Said, intents: Sequence[Intent]) -> str:
        examples = [f"- {intent.example}" for intent in intents if intent.example]
        lead = f"{self.notice} " if not said.answered_before else "I do not know that phrase. "
        if not examples:
            return f"{self.notice} {_NO_INTENTS}"
        return "\n".join([f"{lead}Try one of these:", "", *examples])


def _answer(intent: Intent, turn: IntentTurn) -> str:
    """The intent's reply; when a tool answered with something else than it reads, usually an error, that."""
    try:
        return intent.answer(turn)
    except ValidationError:
        return turn.last.output if turn.last else ""
