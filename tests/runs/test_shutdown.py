"""A shutdown in the middle of whatever goes on."""

import asyncio
import threading
from pathlib import Path

import pytest

from chatkit._runs import runs_of
from chatkit.stores import SQLStore
from tests.runs.test_invariants import Directed
from tests.support.runs import Client, DirectedServer, said


def working() -> set[threading.Thread]:
    """Threads of databases and of heartbeats."""
    return {one for one in threading.enumerate() if "heartbeat" in one.name or "worker_thread" in one.name}


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 5, 8, 13, 21, 34, 55])
async def test_what_a_client_began_and_left_opens_nothing_again(tmp_path: Path, steps: int) -> None:
    """It goes on without the client, and is waited for; a store that is closed stays so."""
    before = working()
    directed = Directed()
    client = Client(DirectedServer(SQLStore(f"sqlite+aiosqlite:///{tmp_path}/chat.db"), directed.respond))
    await runs_of(client.server).ready()
    stream = await client.open("threads.create", input=said("Hello"), request_id="once")
    asking = asyncio.ensure_future(anext(stream))
    for _ in range(steps):
        await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])
    await stream.aclose()
    await runs_of(client.server).close(0)
    await client.server.store.close()
    await asyncio.sleep(0.2)
    assert working() <= before
