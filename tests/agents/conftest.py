"""Agents, hosts for their models, and what a thread looks like afterwards."""

import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from agents import Agent

from chatkit.agents import AgentChatKitServer, AgentSettings, SettingsModelProvider
from chatkit.stores import MemoryStore
from chatkit.testing import InProcessClient
from chatkit.types import ThreadItem, ThreadStreamEvent
from tests.support.model_host import ModelHost
from tests.support.npm import alone, environment, installed

AIMOCK = Path(__file__).parent / "aimock"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "AZURE_", "CHATKIT_")):
            monkeypatch.delenv(name)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def aimock_program() -> Path:
    """The mock of model hosts, installed once by whichever process comes first."""
    async with alone(AIMOCK):
        await installed(AIMOCK)
    return AIMOCK / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"


@pytest.fixture(scope="session")
def aimock(aimock_program: Path) -> Iterator[str]:
    """A running mock with the fixtures of `aimock/fixtures.json`; the base URL of its OpenAI APIs."""
    command = ["node", str(aimock_program), "-p", "0", "-f", str(AIMOCK / "fixtures.json"), "--strict"]
    options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "env": environment()}
    # A session of its own: `node` may be a launcher, and what it launched must end with it.
    with subprocess.Popen(command, text=True, start_new_session=True, **options) as process:
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if "http://" in line:
                break
        else:
            pytest.fail(f"The mock of model hosts did not start:\n{''.join(said)}")
        address = said[-1][said[-1].index("http://") :].split()[0].rstrip("/")
        yield f"{address}/v1"
        os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
async def host() -> AsyncIterator[Any]:
    """Starts model hosts that play what they are given, and stops them."""
    async with AsyncExitStack() as running:

        async def start(*turns: Any) -> tuple[ModelHost, str]:
            started = ModelHost(*turns)
            return started, await running.enter_async_context(started.running())

        yield start


Client = InProcessClient[dict[str, Any]]
ClientFor = Callable[..., Client]


@pytest.fixture
async def client_for() -> AsyncIterator[Any]:
    """Makes clients of servers with an agent, a store in memory, and no titles unless asked for; closes the servers."""
    async with AsyncExitStack() as closing:

        def make(agent: Agent[Any] | None = None, **options: Any) -> Client:
            server = AgentChatKitServer(MemoryStore(), agent=agent, **{"titles": "none", **options})
            closing.push_async_callback(server.close)
            return InProcessClient(server, {})

        yield make


def reaching(base_url: str, **settings: Any) -> dict[str, Any]:
    """The option that has the model of a host asked."""
    values = {"model": "some-model", "model_base_url": base_url, "model_api_key": "k", "model_retries": 0, **settings}
    return {"models": SettingsModelProvider(AgentSettings(**values))}


async def ask(client: Client, text: str, thread_id: str | None = None) -> list[ThreadStreamEvent]:
    """The events of the answer to a message."""
    stream = client.add_user_message(thread_id, text) if thread_id else client.create_thread(text)
    return [event async for event in stream]


async def items_of(client: Client, thread_id: str | None = None) -> list[ThreadItem]:
    """All items that are stored, oldest first: hidden ones too. Of the only thread unless told."""
    store = client.server.store
    if thread_id is None:
        threads = await store.load_threads(1, None, "desc", client.context)
        thread_id = threads.data[0].id
    page = await store.load_thread_items(thread_id, None, 100, "asc", client.context)
    return page.data


def kinds(events: list[Any]) -> list[str]:
    """The events' types, with the item's where there is one."""
    return [f"{event.type} {event.item.type}" if hasattr(event, "item") else event.type for event in events]


def texts(items: list[Any]) -> list[str]:
    """The text of each assistant message."""
    return ["".join(part.text for part in item.content) for item in items if item.type == "assistant_message"]
