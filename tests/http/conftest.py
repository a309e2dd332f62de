"""Settings of the environment must not reach the tests."""

import os
from collections.abc import AsyncGenerator

import httpx
import pytest

from tests.http.servers import EchoServer, chatkit, client


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("CHATKIT_", "BRAND_")):
            monkeypatch.delenv(name)


@pytest.fixture
def server() -> EchoServer:
    return EchoServer()


@pytest.fixture
async def http(server: EchoServer) -> AsyncGenerator[httpx.AsyncClient]:
    async with client(chatkit(server)) as opened:
        yield opened
