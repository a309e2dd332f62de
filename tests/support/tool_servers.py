"""The MCP library's server, under the name that its second version gave it."""

try:
    from mcp.server import MCPServer
except ImportError:
    from mcp.server.fastmcp import FastMCP as MCPServer

__all__ = ["MCPServer"]
