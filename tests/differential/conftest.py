"""The reference package, in an environment of its own, for tests that compare it with this one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.reference import reference_python

DRIVERS = Path(__file__).parent / "drivers"
ROOT = Path(__file__).parents[2]

Driver = Callable[[str], tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture(scope="session")
def compare() -> Driver:
    """Runs a driver under both packages: what it printed, one JSON object a line, by name; the reference's first."""
    reference = reference_python()

    def run(driver: str) -> tuple[dict[str, Any], dict[str, Any]]:
        return _run(reference, driver), _run(Path(sys.executable), driver, path=ROOT)

    return run


def _run(python: Path, driver: str, path: Path | None = None) -> dict[str, Any]:
    """`path` is where that package's source is, unless it is installed: this tree's, whatever else is."""
    environment = {**os.environ, "PYTHONPATH": str(path or ""), "PYTHONWARNINGS": "ignore", "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [python, DRIVERS / f"{driver}.py"], capture_output=True, text=True, env=environment, cwd="/", check=False
    )
    assert done.returncode == 0, f"{driver} under {python} failed:\n{done.stderr[-4000:]}"
    return dict(json.loads(line) for line in done.stdout.splitlines() if line)
