"""Requests that name a host which this server is not: refused before a route sees them."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Host, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from chatkit._hosts import HostList
from chatkit.http.errors import Problem, error_response

__all__ = ["guarded", "only_for_hosts"]

_REFUSED = Problem(
    421,
    "request.wrong_host",
    "This server does not go by the host that the request names. Its operator can add it to CHATKIT_ALLOWED_HOSTS.",
)


def only_for_hosts(routes: Sequence[BaseRoute], allowed: Sequence[str]) -> list[BaseRoute]:
    """The routes, answering only requests whose `Host` is in the list; just as they are if the list is empty.

    A page of another site that has its own name point to this machine (DNS rebinding) is of one origin with it, as the
    browser sees it; only the host that the request names tells.
    """
    for route in routes:
        if isinstance(route, (Route, Mount, Host, WebSocketRoute)):
            route.app = guarded(route.app, allowed)
    return list(routes)


def guarded(app: ASGIApp, allowed: Sequence[str]) -> ASGIApp:
    """The same for one app, which may be reached without a route."""
    return _Guarded(app, HostList(allowed)) if allowed else app


class _Guarded:
    """An ASGI app that is only reached by the allowed hosts' names."""

    def __init__(self, app: ASGIApp, hosts: HostList) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 421, and closes web sockets before they are open, when the host is not allowed."""
        named = [value for name, value in scope.get("headers", ()) if name == b"host"]
        if len(named) == 1 and self._hosts.allows(named[0].decode("latin-1")):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await error_response(_REFUSED)(scope, receive, send)
