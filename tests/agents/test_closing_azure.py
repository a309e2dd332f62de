"""What is opened for Azure's identity is closed with the server."""

import sys
from types import ModuleType
from typing import Any

import pytest

from chatkit.agents import AgentChatKitServer, AgentSettings, SettingsModelProvider
from chatkit.stores import MemoryStore


class Credential:
    made: list["Credential"] = []  # noqa: RUF012 - emptied by each test

    def __init__(self) -> None:
        self.closed = 0
        self.made.append(self)

    async def close(self) -> None:
        self.closed += 1


@pytest.fixture(autouse=True)
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library for identities, in the place of Azure's."""
    Credential.made.clear()
    module: Any = ModuleType("azure.identity.aio")
    module.DefaultAzureCredential = Credential

    def provider(credential: Credential, scope: str) -> Any:
        async def token() -> str:
            assert not credential.closed
            return "token"

        return token

    module.get_bearer_token_provider = provider
    for name in ("azure", "azure.identity"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "azure.identity.aio", module)


def azure(**more: Any) -> AgentSettings:
    return AgentSettings(azure_endpoint="https://x.openai.azure.com", model="gpt", **more)


@pytest.mark.parametrize("version", [None, "2024-10-21"])
async def test_closing_the_server_closes_the_identity_once(version: str | None) -> None:
    server = AgentChatKitServer(MemoryStore(), settings=azure(azure_api_version=version))
    server.model_provider.get_model(None)
    (credential,) = Credential.made
    assert credential.closed == 0
    await server.close()
    await server.close()
    assert credential.closed == 1
    server.model_provider.get_model(None)
    assert [one.closed for one in Credential.made] == [1, 0]
    await server.close()


async def test_the_identity_is_closed_although_the_client_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = SettingsModelProvider(azure())
    model: Any = provider.get_model(None)

    async def failing() -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(model._client, "close", failing)
    with pytest.raises(RuntimeError, match="no"):
        await provider.aclose()
    assert [one.closed for one in Credential.made] == [1]


async def test_a_key_or_tokens_of_ones_own_open_no_identity() -> None:
    async def own() -> str:
        return "own"

    for provider in (
        SettingsModelProvider(azure(model_api_key="k")),
        SettingsModelProvider(azure(azure_ad_token="t")),
        SettingsModelProvider(azure(), azure_ad_token_provider=own),
    ):
        provider.get_model(None)
        await provider.aclose()
    assert Credential.made == []
