"""ChatKit over HTTP: `ChatKit(server)` is an ASGI app, to run, to mount, or to take routes from.

Needs the extra `http`.
"""

try:
    from chatkit.http.app import ChatKit
    from chatkit.http.auth import (
        Authentication,
        BearerToken,
        Caller,
        ContextProvider,
        OwnContext,
        RequestContext,
        VisitorCookie,
    )
    from chatkit.http.element import ElementFiles
    from chatkit.http.errors import UnauthenticatedError
    from chatkit.http.logs import LOG_FORMAT
    from chatkit.http.page import PageOptions, StartPrompt
    from chatkit.http.settings import Branding, Settings, SettingsError
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
    "Caller",
    "ChatKit",
    "ContextProvider",
    "ElementFiles",
    "OwnContext",
    "PageOptions",
    "RequestContext",
    "Settings",
    "SettingsError",
    "StartPrompt",
    "UnauthenticatedError",
    "VisitorCookie",
]
