"""The package's logger. No handler is added on import: the application decides where records go."""

import logging

__all__ = ["logger"]

logger = logging.getLogger("chatkit")
