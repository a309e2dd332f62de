"""ChatKit over HTTP: `ChatKit(server)` is an ASGI app, to run, to mount, or to take routes from.

Needs the extra `http`; `BearerToken` also the extra `jwt`.
"""

try:
    from chatkit.http.app import ChatKit
    from chatkit.http.auth import Authentication, Caller, ContextProvider, OwnContext, RequestContext, VisitorCookie
    from chatkit.http.bearer import BearerToken
    from chatkit.http.element import ElementFiles
    from chatkit.http.errors import UnauthenticatedError
    from chatkit.http.limits import Budget, RateLimiter, TokenBuckets
    from chatkit.http.logs import LOG_FORMAT
    from chatkit.http.page import PageOptions, StartPrompt
    from chatkit.http.session_auth import ClientSecret, client_session
    from chatkit.http.sessions import ClientSession, Sessions
    from chatkit.http.shared_limits import SharedLimiter
    from chatkit.settings import Branding, Settings, SettingsError
except ModuleNotFoundError as error:
    if error.name is None or error.name.partition(".")[0] == "chatkit":
        raise
    raise ImportError(
        f"chatkit.http needs the package {error.name!r}. Install the extra: pip install 'open-chatkit[http]'"
    ) from error

__all__ = [
    "LOG_FORMAT",
    "Authentication",
    "BearerToken",
    "Branding",
    "Budget",
    "Caller",
    "ChatKit",
    "ClientSecret",
    "ClientSession",
    "ContextProvider",
    "ElementFiles",
    "OwnContext",
    "PageOptions",
    "RateLimiter",
    "RequestContext",
    "Sessions",
    "Settings",
    "SettingsError",
    "SharedLimiter",
    "StartPrompt",
    "TokenBuckets",
    "UnauthenticatedError",
    "VisitorCookie",
    "client_session",
]
