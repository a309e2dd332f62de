"""Without the Agents SDK: what needs it says how to get it, and the rest works."""

import subprocess
import sys

import pytest

BLOCKED = """
import sys
sys.modules["agents"] = None
import chatkit.server, chatkit.stores, chatkit.adapters.text
try:
    import {module}
except ImportError as error:
    print(error)
"""


@pytest.mark.parametrize("module", ["chatkit.agents", "chatkit.testing.scripted_model"])
def test_the_error_has_the_command(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED.format(module=module)], capture_output=True, text=True, check=True
    )
    assert "pip install 'open-chatkit[openai]'" in done.stdout


def test_the_server_imports_no_agents_sdk() -> None:
    code = "import sys, chatkit.server; print(sorted({'agents', 'openai'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
