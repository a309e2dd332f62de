"""Tool servers (MCP) that act for the user of one request."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager

from agents.mcp import MCPServer, MCPServerManager, MCPServerStreamableHttp, MCPServerStreamableHttpParams

from chatkit.adapters.openai_agents.provider import ModelConfigurationError
from chatkit.logger import logger

__all__ = ["connected", "mcp_server"]


def mcp_server(
    url: str, *, token: str | None = None, headers: Mapping[str, str] | None = None, name: str | None = None
) -> MCPServer:
    """A tool server over HTTP, to be returned from `AgentChatKitServer.mcp_servers`.

    `token` is sent as bearer token, with `headers`, in each request to that server; the model never sees either.
    """
    sent = dict(headers or {})
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    params = MCPServerStreamableHttpParams(url=url, headers=sent)
    return MCPServerStreamableHttp(params, name=name or url, cache_tools_list=True)


@asynccontextmanager
async def connected(servers: Sequence[MCPServer]) -> AsyncGenerator[list[MCPServer]]:
    """The servers, connected for as long as this lasts. `ModelConfigurationError` names one that cannot be reached."""
    if not servers:
        yield []
        return
    # In parallel means: each in a task of its own. A turn may be closed from another task than it began in.
    async with MCPServerManager(servers, connect_in_parallel=True) as manager:
        for server, error in manager.errors.items():
            logger.error("The MCP server %s cannot be reached", server.name, exc_info=error)
            raise ModelConfigurationError(f"The tool server {server.name!r} cannot be reached.")
        yield list(manager.active_servers)
