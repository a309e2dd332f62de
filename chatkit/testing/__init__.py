"""For the tests of applications: contract suites for stores and engines of one's own, a client without a socket, a
scripted model.

    from chatkit.testing import InProcessClient, StoreContract

The suites need pytest, with asynchronous tests turned on (`asyncio_mode = "auto"` of pytest-asyncio).
"""

import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatkit.testing.attachment_store_contract import AttachmentStoreContract
    from chatkit.testing.in_process import InProcessClient
    from chatkit.testing.leases_contract import LeasesContract
    from chatkit.testing.run_log_contract import RunLogContract
    from chatkit.testing.scripted_model import ScriptedModel
    from chatkit.testing.store_contract import StoreContract

__all__ = [
    "AttachmentStoreContract",
    "InProcessClient",
    "LeasesContract",
    "RunLogContract",
    "ScriptedModel",
    "StoreContract",
]

_HOMES = {
    "AttachmentStoreContract": "chatkit.testing.attachment_store_contract",
    "InProcessClient": "chatkit.testing.in_process",
    "LeasesContract": "chatkit.testing.leases_contract",
    "RunLogContract": "chatkit.testing.run_log_contract",
    "ScriptedModel": "chatkit.testing.scripted_model",
    "StoreContract": "chatkit.testing.store_contract",
}


def __getattr__(name: str) -> object:
    """Imports what is asked for, so that the client needs no pytest and the suites need no agents SDK."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name.endswith("Contract"):
        _show_values_of_failed_asserts(_HOMES[name])
    return getattr(importlib.import_module(_HOMES[name]), name)


def _show_values_of_failed_asserts(module: str) -> None:
    try:
        import pytest
    except ImportError as error:
        raise ImportError("The contract suites need packages for tests: pip install pytest pytest-asyncio") from error
    if module not in sys.modules:  # too late, and pytest would warn
        pytest.register_assert_rewrite(module)
