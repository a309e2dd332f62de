"""Tool servers (MCP) that act for the user of one request."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager

from agents.mcp import MCPServer, MCPServerStreamableHttp, MCPServerStreamableHttpParams

from chatkit.adapters.openai_agents.provider import ModelConfigurationError
from chatkit.logger import logger

__all__ = ["connected", "mcp_server"]

_CONNECTING_SECONDS = 10
_LEAVING_SECONDS = 10
# Whatever goes wrong is told to the turn; some releases of MCP's library cancel the task that connects.
_FAILURES = (Exception, asyncio.CancelledError)


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
    connections = [_Connection(server) for server in servers]
    try:
        for connection in connections:
            await connection.ready
        yield list(servers)
    finally:
        for connection in connections:
            connection.leave()
        if connections:
            await asyncio.wait([connection.task for connection in connections], timeout=_LEAVING_SECONDS)


class _Connection:
    """A server that a task of its own connects to and leaves again.

    It must be the same task, and a turn may be closed from another one than it began in.
    """

    def __init__(self, server: MCPServer) -> None:
        self.ready = asyncio.get_running_loop().create_future()
        self._left = asyncio.Event()
        self.task = asyncio.create_task(self._keep(server))

    def leave(self) -> None:
        """Ends the connection, or the attempt."""
        self._left.set()
        if not self.ready.done():
            self.ready.cancel()
            self.task.cancel()
        elif not self.ready.cancelled():
            self.ready.exception()  # looked at: nobody waits for it any more

    async def _keep(self, server: MCPServer) -> None:
        try:
            async with asyncio.timeout(_CONNECTING_SECONDS):
                await server.connect()
        except _FAILURES:
            if not self.ready.done():
                logger.exception("The MCP server %s cannot be reached", server.name)
                self.ready.set_exception(ModelConfigurationError(f"The tool server {server.name!r} cannot be reached."))
            return
        if not self.ready.done():
            self.ready.set_result(None)
        await self._left.wait()
        try:
            await server.cleanup()
        except _FAILURES:
            logger.exception("The MCP server %s could not be left in order", server.name)
