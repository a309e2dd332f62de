"""What `deploy/` and `examples/replicas` say fits together. There is no Docker and no cloud here: it is only read."""

import re
import subprocess
from pathlib import Path

import pytest

from chatkit.cli.running import server_options
from chatkit.http import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text()
BICEP = (ROOT / "deploy" / "azure-container-apps.bicep").read_text()
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
NGINX = (ROOT / "examples" / "replicas" / "nginx.conf").read_text()

STORING_SECONDS = 10
"""What a server takes at most, after connections were cut, to store what is left."""


def test_the_image_gets_every_file_that_it_copies() -> None:
    let_in = re.findall(r"^!(.+)$", (ROOT / "deploy" / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    copied = [
        name for names in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE) for name in names.split()
    ]
    assert sorted(copied) == sorted(let_in)
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_all_settings_are_known_or_to_come() -> None:
    known = {f"CHATKIT_{name.upper()}" for name in Settings.model_fields} | {"CHATKIT_LIVE_URL"}
    for text in (COMPOSE, BICEP, DOCKERFILE):
        assert set(re.findall(r"CHATKIT_\w+", text)) <= known


def test_containers_are_killed_later_than_answers_are_ended() -> None:
    def needed(shutdown: int) -> int:
        return int(server_options(Settings(shutdown_seconds=shutdown))["timeout_graceful_shutdown"]) + STORING_SECONDS

    [grace] = re.findall(r"stop_grace_period: (\d+)s", COMPOSE)
    [shutdown] = re.findall(r'CHATKIT_SHUTDOWN_SECONDS: "(\d+)"', COMPOSE)
    assert int(grace) >= needed(int(shutdown))
    [more] = re.findall(r"terminationGracePeriodSeconds: shutdownSeconds \+ (\d+)", BICEP)
    assert int(more) >= needed(0)


def test_the_proxy_is_told_all_that_it_asks_for_and_waits_longer_than_a_stream_is_silent() -> None:
    for name in set(re.findall(r"\$\{(\w+)\}", NGINX)):
        assert f"      {name}: " in COMPOSE
    [patience] = re.findall(r"proxy_read_timeout (\d+)s", NGINX)
    assert int(patience) >= 3 * Settings().heartbeat_seconds


@pytest.mark.parametrize("script", ["test", "check", "setup", "demo"])
def test_scripts_are_scripts(script: str) -> None:
    subprocess.run(["bash", "-n", ROOT / "scripts" / script], check=True)
