"""The tool that the user picked in the composer."""

from typing import Any, Final

from agents import Agent, ModelResponse, ModelSettings, RunConfig, RunContextWrapper, RunHooks

__all__ = ["PickedTool"]

_CHOICES: Final = {"hosted_mcp": "mcp"}
"""Tools that the host runs, by name, where they are chosen under another."""


class PickedTool(RunHooks[Any]):
    """Has the agent that runs call the tool first, if it has it. Once it is called, all go on as they are set up.

    The run's settings hold for every agent that it is handed to, and hosts refuse a choice that is not among the tools;
    so they are set for the agent's first step alone.
    """

    def __init__(self, name: str, run_config: RunConfig) -> None:
        self._name = name
        self._run_config = run_config
        self._called = False

    async def on_agent_start(self, context: RunContextWrapper[Any], agent: Agent[Any]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """An agent begins, at first or by a handoff."""
        offered = not self._called and self._name in {tool.name for tool in await agent.get_all_tools(context)}
        choice = _CHOICES.get(self._name, self._name)
        self._run_config.model_settings = ModelSettings(tool_choice=choice) if offered else None

    async def on_llm_end(self, context: RunContextWrapper[Any], agent: Agent[Any], response: ModelResponse) -> None:
        """Its first step is done."""
        self._run_config.model_settings = None
        self._called = self._called or any(self._is_call(item) for item in response.output)

    def _is_call(self, item: Any) -> bool:
        kind: str = getattr(item, "type", "")
        return getattr(item, "name", None) == self._name or kind == f"{self._name.removesuffix('_preview')}_call"
