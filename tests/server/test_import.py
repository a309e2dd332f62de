"""Importing the server is light: no agents SDK, no web framework, no database driver, and nothing is printed."""

import json
import subprocess
import sys

import pytest

HEAVY = [
    "agents",
    "openai",
    "starlette",
    "fastapi",
    "uvicorn",
    "sqlalchemy",
    "alembic",
    "psycopg",
    "aiosqlite",
    "limits",
    "redis",
]
MODULES = ["chatkit", "chatkit.server", "chatkit.types", "chatkit.widgets", "chatkit.store", "chatkit.stores"]


@pytest.mark.parametrize("module", MODULES)
def test_the_core_brings_nothing_heavy(module: str) -> None:
    program = f"import {module}, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) & set(HEAVY) == set()
    assert done.stderr == ""


def test_without_the_extra_agents_names_the_command() -> None:
    program = "import sys; sys.modules['agents'] = None\nimport chatkit.agents"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "pip install 'open-chatkit[openai]'" in done.stderr
