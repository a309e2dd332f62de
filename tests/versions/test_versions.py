"""The package works with every version of its libraries that it says it supports, in environments of their own.

A short core runs each time, with the oldest of all at once; the rest with `--all`.
"""

import re
import subprocess
import tomllib

import pytest

from tests.support.environments import ROOT, VERSIONS, environment, run_tests

# Groups are handed out before all else: nobody waits for this one in the end.
pytestmark = pytest.mark.xdist_group("versions")

CORE = [f"tests/{name}.py" for name in ("agents/test_context", "agents/test_responses_api", "http/test_app")]
APPROVALS = "tests/approvals/test_agent_approvals.py"
WHOLE = ["tests/agents", "tests/http", "tests/server", "tests/types", "tests/testing", "tests/protocol", APPROVALS]


@pytest.mark.timeout(900)
def test_the_core_passes_with_the_oldest_versions_of_everything() -> None:
    done = run_tests("oldest", *CORE)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.all
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("version", VERSIONS)
def test_agents_and_http_pass_with_every_set_of_versions(version: str) -> None:
    done = run_tests(version, *WHOLE)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.all
@pytest.mark.timeout(900)
@pytest.mark.parametrize("fastapi", ["fastapi>=0.114.1,<0.116", "fastapi==0.115.*", "fastapi"])
def test_pip_finds_versions_that_go_with_fastapi(fastapi: str) -> None:
    python = environment("empty", [])
    wanted = [f"{ROOT}[http,openai,sqlite]", fastapi]
    command = [python, "-m", "pip", "install", "--dry-run", "--ignore-installed", *wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    assert "Would install" in done.stdout


def test_the_oldest_versions_are_the_lower_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    tested_extras = ("http", "jwt", "limits", "openai", "postgres", "redis", "sqlite", "templates")
    declared = [*project["dependencies"], *(one for name in tested_extras for one in extras[name])]
    bounds, tested = dict(map(_parts, declared)), dict(map(_parts, VERSIONS["oldest"]))
    assert {name: tested.get(name) for name in bounds} == bounds


def _parts(requirement: str) -> tuple[str, list[str]]:
    """The name and the version, `2.7` as `2.7.0`."""
    found = re.match(r"([\w-]+)(?:\[\w+\])?(?:>=|==)([\d.]+)", requirement)
    assert found, requirement
    numbers = found[2].split(".")
    return found[1], numbers + ["0"] * (3 - len(numbers))
