"""The reference package in an environment of its own."""

import fcntl
import os
import subprocess
import venv
from pathlib import Path

__all__ = ["reference_python"]

ROOT = Path(__file__).parents[2]
REFERENCE = "openai-chatkit==1.6.5"
# Read once: tests that want a quiet environment take such names out of it.
_GIVEN = os.environ.get("CHATKIT_REFERENCE_PYTHON")


def reference_python() -> Path:
    """The interpreter of an environment with the reference installed; made once, by whichever process comes first.

    `CHATKIT_REFERENCE_PYTHON` names one that is there already.
    """
    if _GIVEN:
        return Path(_GIVEN)
    home = ROOT / ".chatkit" / "reference"
    home.parent.mkdir(exist_ok=True)
    python = home / "bin" / "python"
    with (home.parent / "reference.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "complete").exists():
            venv.create(home, with_pip=True, clear=True)
            # What serves it is the application's choice; its own dependencies bring these two today.
            subprocess.run([python, "-m", "pip", "install", "--quiet", REFERENCE, "starlette", "uvicorn"], check=True)
            (home / "complete").touch()
    return python
