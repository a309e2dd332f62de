"""A model for tests: it plays a script through the Agents SDK's own interface and keeps what it was asked.

    model = ScriptedModel("Hello!", [Think(["Let me look."]), Call("find", {"id": 7})], "Found it.")
    server = AgentChatKitServer(MemoryStore(), agent=Agent(name="a", model=model, tools=[find]), titles="none")
    …
    assert model.requests[0].instructions == …

Needs the extra `openai`.
"""

from collections.abc import AsyncIterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from chatkit.adapters.openai_agents.playback import (
    Call,
    Draw,
    Fail,
    Output,
    Refuse,
    Say,
    Think,
    respond,
    response_events,
)

# Below the adapter, whose import names the extra where it is missing.
from agents import AgentOutputSchemaBase, Handoff, Model, ModelResponse, ModelSettings, ModelTracing, Tool  # isort: skip
from agents.items import TResponseInputItem, TResponseStreamEvent  # isort: skip
from openai.types.responses.response_prompt_param import ResponsePromptParam  # isort: skip

__all__ = ["Call", "Draw", "Fail", "ModelRequest", "Refuse", "Say", "ScriptExhausted", "ScriptedModel", "Think"]

Turn = str | Exception | Output | Sequence[Output]
"""What the model does when it is asked once: text to say, an error to fail with, one output or several."""


class ScriptExhausted(AssertionError):
    """The model was asked more often than its script has turns."""


@dataclass(frozen=True)
class ModelRequest:
    """What the model was asked: copies, so that later changes do not show."""

    instructions: str | None
    input: list[Any]
    tools: tuple[str, ...]
    settings: ModelSettings
    previous_response_id: str | None


class ScriptedModel(Model):
    """Plays one turn of the script for each time it is asked, and keeps the `requests`.

    A turn is a text, an exception to raise at once, or outputs in order: `Say`, `Refuse`, `Think`, `Call`, `Draw`, and
    `Fail`, which breaks the stream off after what came before it.
    """

    def __init__(self, *turns: Turn, name: str = "scripted") -> None:
        self.turns: list[Turn] = list(turns)
        self.name = name
        self.requests: list[ModelRequest] = []

    @property
    def remaining(self) -> int:
        """How many turns have not been played."""
        return len(self.turns) - len(self.requests)

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
        """The next turn at once."""
        outputs = self._next(system_instructions, input, model_settings, tools, previous_response_id)
        return await respond(outputs, model=self.name)

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
        """The next turn as a stream."""
        outputs = self._next(system_instructions, input, model_settings, tools, previous_response_id)
        return response_events(outputs, model=self.name)

    def _next(
        self,
        instructions: str | None,
        input: str | list[TResponseInputItem],
        settings: ModelSettings,
        tools: Sequence[Tool],
        previous_response_id: str | None,
    ) -> Sequence[Output]:
        asked: list[Any] = [{"role": "user", "content": input}] if isinstance(input, str) else deepcopy(input)
        names = tuple(tool.name for tool in tools)
        self.requests.append(ModelRequest(instructions, asked, names, settings, previous_response_id))
        if len(self.requests) > len(self.turns):
            raise ScriptExhausted(f"The script has {len(self.turns)} turns, and the model was asked once more.")
        match self.turns[len(self.requests) - 1]:
            case str(text):
                return [Say(text)]
            case Exception() as error:
                return [Fail(error)]
            case Say() | Refuse() | Think() | Call() | Draw() | Fail() as output:
                return [output]
            case outputs:
                return outputs
