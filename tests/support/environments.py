"""Environments with other versions of what this package needs, each made once and kept in `.chatkit`."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["ROOT", "VERSIONS", "environment", "run_tests", "versions_python"]

ROOT = Path(__file__).parents[2]

# The lower bounds of pyproject.toml, all at once; a test holds the two lists together.
_OLDEST = [
    "aiosqlite==0.20.0",
    "alembic==1.14.0",
    "idna==3.7.0",
    "itsdangerous==2.2.0",
    "jinja2==3.1.5",
    "jsonschema==4.23.0",
    "limits[redis]==5.0.0",
    "openai-agents==0.3.2",
    "psycopg[binary]==3.2.1",
    "pydantic==2.11.0",
    "pydantic-settings==2.7.0",
    "pyjwt[crypto]==2.10.0",
    "redis==5.2.0",
    "sqlalchemy[asyncio]==2.0.43",
    "starlette==0.37.2",
    "tree-sitter==0.25.0",
    "tree-sitter-javascript==0.25.0",
    "typer==0.15.0",
    "typing-extensions==4.12.2",
    "uvicorn==0.34.0",
    "websockets==13.0",
]
_UNPINNED = [requirement.partition("==")[0] for requirement in _OLDEST]

VERSIONS = {
    "oldest": [*_OLDEST, "fastapi==0.114.1"],
    "middle": [
        *(one for one in _UNPINNED if one != "openai-agents"),
        "openai-agents==0.10.5",
        "openai==2.30.0",
        "fastapi",
    ],
    "samples": [*_UNPINNED, "fastapi>=0.114.1,<0.116"],
    "newest": [*_UNPINNED, "fastapi"],
}
"""Name → what is installed: `samples` pin FastAPI as OpenAI's own samples do, and leave the rest to pip."""
_TOOLS = ["granian", "httpx", "hypercorn", "hypothesis", "pytest", "pytest-asyncio", "pytest-timeout"]


def environment(name: str, requirements: Sequence[str]) -> Path:
    """The interpreter of an environment with these; made by whichever process comes first, anew when they change."""
    home = ROOT / ".chatkit" / name
    home.parent.mkdir(exist_ok=True)
    python, complete, wanted = home / "bin" / "python", home / "complete", "\n".join(requirements)
    with (home.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists() or complete.read_text() != wanted:
            # In a process of its own: an interpreter copied here would stay open in what another thread starts.
            subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
            if requirements:
                subprocess.run([python, "-m", "pip", "install", "--quiet", *requirements], check=True)
            complete.write_text(wanted)
    return python


def versions_python(version: str) -> Path:
    """The interpreter of the environment with the versions of that name, and what tests need."""
    return environment(f"versions-{version}", [*VERSIONS[version], *_TOOLS])


def run_tests(version: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs tests of this tree with the versions of that name. Warnings, which old libraries have, are not errors."""
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:anyio", "-o", "filterwarnings="]
    return subprocess.run(
        [versions_python(version), "-m", "pytest", *options, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
