"""The reference package in an environment of its own."""

import os
from pathlib import Path

from tests.support.environments import environment

__all__ = ["reference_python"]

REFERENCE = "openai-chatkit==1.6.5"
# Read once: tests that want a quiet environment take such names out of it.
_GIVEN = os.environ.get("CHATKIT_REFERENCE_PYTHON")


def reference_python() -> Path:
    """The interpreter of an environment with the reference installed.

    `CHATKIT_REFERENCE_PYTHON` names one that is there already.
    """
    # What serves it is the application's choice; its own dependencies bring these two today.
    return Path(_GIVEN) if _GIVEN else environment("reference", [REFERENCE, "starlette", "uvicorn"])
