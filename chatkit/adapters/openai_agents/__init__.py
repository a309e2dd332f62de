"""Agents of the OpenAI Agents SDK. The public names are in `chatkit.agents`."""

try:
    import agents as _agents
except ModuleNotFoundError as error:
    if error.name != "agents":
        raise
    raise ImportError(
        "chatkit.agents needs the OpenAI Agents SDK. Install it with: pip install 'open-chatkit[openai]'"
    ) from error

__all__: list[str] = []
del _agents
