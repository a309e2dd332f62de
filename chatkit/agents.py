"""Answers from agents of the OpenAI Agents SDK. Needs the extra `openai`: `pip install 'open-chatkit[openai]'`."""

from typing import TYPE_CHECKING

from chatkit._known_names import known_names
from chatkit.adapters.openai_agents.base_server import BaseChatKitServer
from chatkit.adapters.openai_agents.context import AgentContext, ClientToolCall
from chatkit.adapters.openai_agents.converter import ThreadItemConverter, simple_to_agent_input
from chatkit.adapters.openai_agents.intents import Intent, IntentTurn, ToolResult
from chatkit.adapters.openai_agents.mcp import mcp_server
from chatkit.adapters.openai_agents.model_client import AzureModelClient, ModelClient
from chatkit.adapters.openai_agents.offline import OfflineModel
from chatkit.adapters.openai_agents.playback import Call
from chatkit.adapters.openai_agents.provider import ModelConfigurationError, SettingsModelProvider
from chatkit.adapters.openai_agents.response_converter import ResponseStreamConverter
from chatkit.adapters.openai_agents.server import AgentChatKitServer
from chatkit.adapters.openai_agents.stored_attachments import ReadsAttachments, StoredAttachmentConverter
from chatkit.adapters.openai_agents.stream import stream_agent_response
from chatkit.adapters.openai_agents.text import accumulate_text
from chatkit.adapters.openai_agents.workflow import StreamingThoughtTracker
from chatkit.settings import AgentSettings

__all__ = [
    "AgentChatKitServer",
    "AgentContext",
    "AgentSettings",
    "AzureModelClient",
    "BaseChatKitServer",
    "Call",
    "ClientToolCall",
    "Intent",
    "IntentTurn",
    "ModelClient",
    "ModelConfigurationError",
    "OfflineModel",
    "ReadsAttachments",
    "ResponseStreamConverter",
    "SettingsModelProvider",
    "StoredAttachmentConverter",
    "StreamingThoughtTracker",
    "ThreadItemConverter",
    "ToolResult",
    "accumulate_text",
    "mcp_server",
    "simple_to_agent_input",
    "stream_agent_response",
]

if not TYPE_CHECKING:  # type checkers see what is declared here, and nothing else
    __getattr__ = known_names(__name__)
