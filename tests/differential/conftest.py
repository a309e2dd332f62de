"""The reference package, in an environment of its own, for tests that compare it with this one."""

import fcntl
import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = "openai-chatkit==1.6.5"
DRIVERS = Path(__file__).parent / "drivers"


@pytest.fixture(scope="session")
def reference_python() -> Path:
    """The interpreter of an environment with the reference installed; made once, by whichever process comes first."""
    if given := os.environ.get("CHATKIT_REFERENCE_PYTHON"):
        return Path(given)
    home = ROOT / ".chatkit" / "reference"
    home.parent.mkdir(exist_ok=True)
    python = home / "bin" / "python"
    with (home.parent / "reference.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "complete").exists():
            venv.create(home, with_pip=True, clear=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", REFERENCE], check=True)
            (home / "complete").touch()
    return python


Driver = Callable[[str], tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture(scope="session")
def compare(reference_python: Path) -> Driver:
    """Runs a driver under both packages: what it printed, one JSON object a line, by name; the reference's first."""

    def run(driver: str) -> tuple[dict[str, Any], dict[str, Any]]:
        return _run(reference_python, driver), _run(Path(sys.executable), driver)

    return run


def _run(python: Path, driver: str) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": "", "PYTHONWARNINGS": "ignore", "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [python, DRIVERS / f"{driver}.py"], capture_output=True, text=True, env=environment, cwd="/", check=False
    )
    assert done.returncode == 0, f"{driver} under {python} failed:\n{done.stderr[-4000:]}"
    return dict(json.loads(line) for line in done.stdout.splitlines() if line)
