"""Which apps are up in this process: they can be told that it is about to stop, wherever they are mounted."""

from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from chatkit.http.app import ChatKit

__all__ = ["begin_shutdown", "up"]

up: "WeakSet[ChatKit]" = WeakSet()
"""Those whose lifespan has been entered and not left."""


def begin_shutdown() -> None:
    """Tells them all. Called in their event loop."""
    for app in list(up):
        app.begin_shutdown()
