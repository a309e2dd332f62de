"""What came of every stranger under the reference."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.reference import reference_python

Outcome = dict[str, list[str]]


@pytest.fixture(scope="session")
def under_the_reference() -> dict[str, Outcome]:
    """By stranger, by step, what a client saw; played in the reference's environment."""
    done = subprocess.run(
        [reference_python(), Path(__file__).with_name("under_the_reference.py")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "", "PYTHONWARNINGS": "ignore"},
        cwd="/",
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return dict(json.loads(line) for line in done.stdout.splitlines())
