"""What each extra brings, and that nothing needs more than its own."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]

MOUNTED = """
import asyncio, sys
for name in {blocked!r}:
    sys.modules[name] = None
from chatkit.http import Branding, ChatKit, PageOptions, Settings, SettingsError, VisitorCookie
from chatkit.server import ChatKitServer
from chatkit.stores import MemoryStore
class Server(ChatKitServer):
    async def respond(self, thread, input_user_message, context):
        return
        yield
app = ChatKit(Server(MemoryStore()), settings=Settings(secret_key="long enough for a key"))
from starlette.applications import Starlette
outer = Starlette()
outer.mount("/assistant", app)
async def ask():
    sent = []
    async def receive():
        return {{"type": "http.request", "body": b"", "more_body": False}}
    async def send(message):
        sent.append(message)
    scope = {{"type": "http", "method": "GET", "path": "/assistant/ready", "headers": [], "query_string": b"",
              "root_path": "", "scheme": "http", "http_version": "1.1"}}
    await outer(scope, receive, send)
    print(sent[0]["status"])
asyncio.run(ask())
"""
NOT_FOR_MOUNTING = ["typer", "uvicorn", "jwt", "cryptography", "limits", "redis", "agents", "openai", "sqlalchemy"]


def packages(extra: str) -> set[str]:
    """What an extra installs, by name, with the extras that it includes."""
    found: set[str] = set()
    for requirement in EXTRAS[extra]:
        own = re.match(r"open-chatkit\[(.*)\]", requirement)
        found |= set().union(*map(packages, own[1].split(","))) if own else {re.split(r"[\[><=!~]", requirement)[0]}
    return found


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)


def test_an_app_to_mount_needs_no_command_no_server_and_no_tokens() -> None:
    assert packages("http") == {"idna", "itsdangerous", "pydantic-settings", "starlette"}
    ran = python(MOUNTED.format(blocked=NOT_FOR_MOUNTING))
    assert (ran.stdout, ran.returncode) == ("200\n", 0), ran.stderr


def test_the_extras_are_these() -> None:
    assert set(EXTRAS) == {
        *("all", "demo", "http", "jwt", "limits", "openai", "postgres", "redis", "serve", "sqlite", "templates")
    }
    assert packages("serve") == packages("http") | {"typer", "uvicorn", "websockets"}
    assert packages("demo") == packages("serve") | packages("openai") | packages("sqlite")
    assert packages("all") == set().union(*(packages(extra) for extra in EXTRAS))
    assert packages("jwt") == {"pyjwt"}
    assert packages("limits") == {"limits", "redis"}
    assert packages("redis") == {"redis"}


@pytest.mark.parametrize("missing", ["agents", "starlette", "idna", "itsdangerous"])
def test_all_settings_are_read_without_what_they_are_for(missing: str) -> None:
    ran = python(
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from chatkit.settings import AgentSettings, Branding, Settings\n"
        "print(AgentSettings().provider, Branding().name, Settings().turns_per_minute)"
    )
    assert ran.stdout.split()[1:] == ["ChatKit", "60"], ran.stderr


def test_settings_without_their_package_name_the_command() -> None:
    ran = python("import sys; sys.modules['pydantic_settings'] = None; import chatkit.settings")
    assert "pip install 'open-chatkit[http]'" in ran.stderr.splitlines()[-1]


def test_every_command_that_is_shown_names_an_extra_that_exists() -> None:
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "chatkit").rglob("*.py")]
    named = {
        extra
        for file in files
        for extras in re.findall(r"open-chatkit\[([a-z, ]+)\]", file.read_text())
        for extra in extras.replace(" ", "").split(",")
    }
    assert named
    assert named <= set(EXTRAS)


def test_nothing_is_said_of_what_is_gone() -> None:
    for file in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "chatkit").rglob("*.py")]:
        assert "CHATKIT_REDIS_URL" not in file.read_text(), file
