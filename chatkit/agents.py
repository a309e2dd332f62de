"""Answers from agents of the OpenAI Agents SDK. Needs the extra `openai`: `pip install 'open-chatkit[openai]'`."""

from chatkit.adapters.openai_agents.context import AgentContext, ClientToolCall
from chatkit.adapters.openai_agents.converter import ThreadItemConverter, simple_to_agent_input
from chatkit.adapters.openai_agents.response_converter import ResponseStreamConverter
from chatkit.adapters.openai_agents.stream import stream_agent_response
from chatkit.adapters.openai_agents.text import accumulate_text
from chatkit.adapters.openai_agents.workflow import StreamingThoughtTracker

__all__ = [
    "AgentContext",
    "ClientToolCall",
    "ResponseStreamConverter",
    "StreamingThoughtTracker",
    "ThreadItemConverter",
    "accumulate_text",
    "simple_to_agent_input",
    "stream_agent_response",
]
