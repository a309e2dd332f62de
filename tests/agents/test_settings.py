"""Which model answers, by the environment."""

from pathlib import Path

import pytest
from agents import OpenAIChatCompletionsModel, OpenAIResponsesModel
from openai import AsyncAzureOpenAI, AsyncOpenAI

from chatkit.agents import AgentSettings, ModelConfigurationError, OfflineModel, SettingsModelProvider
from chatkit.settings import SettingsError


def provider() -> SettingsModelProvider:
    return SettingsModelProvider(AgentSettings.load())


def client_of(provider: SettingsModelProvider) -> AsyncOpenAI:
    model = provider.get_model(None)
    assert isinstance(model, OpenAIResponsesModel | OpenAIChatCompletionsModel)
    return model._get_client()  # pyright: ignore[reportPrivateUsage]


def test_nothing_configured_is_the_offline_model() -> None:
    assert isinstance(provider().get_model(None), OfflineModel)
    assert isinstance(provider().get_model("gpt-4.1"), OfflineModel)


def test_a_key_is_openai_with_the_responses_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    monkeypatch.setenv("OPENAI_MODEL", "gpt-4.1")
    model = provider().get_model(None)
    assert isinstance(model, OpenAIResponsesModel)
    assert model.model == "gpt-4.1"
    client = client_of(provider())
    assert (str(client.base_url), client.api_key) == ("https://api.openai.com/v1/", "sk-1")


def test_a_base_url_speaks_chat_completions_and_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_MODEL_BASE_URL", "http://localhost:11434/v1")
    monkeypatch.setenv("CHATKIT_MODEL", "llama")
    assert isinstance(provider().get_model(None), OpenAIChatCompletionsModel)
    assert str(client_of(provider()).base_url) == "http://localhost:11434/v1/"


def test_the_api_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:8000/v1")
    monkeypatch.setenv("CHATKIT_MODEL", "m")
    monkeypatch.setenv("CHATKIT_MODEL_API", "responses")
    assert isinstance(provider().get_model(None), OpenAIResponsesModel)


def test_a_host_of_ones_own_needs_a_models_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:8000/v1")
    with pytest.raises(ModelConfigurationError, match="CHATKIT_MODEL"):
        provider().get_model(None)


def test_azure_with_a_key_and_an_api_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com")
    monkeypatch.setenv("AZURE_OPENAI_DEPLOYMENT", "my-gpt")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "az-1")
    monkeypatch.setenv("AZURE_OPENAI_API_VERSION", "2025-04-01-preview")
    monkeypatch.setenv("OPENAI_API_KEY", "not this one")
    model = provider().get_model(None)
    assert isinstance(model, OpenAIResponsesModel)
    assert model.model == "my-gpt"
    client = client_of(provider())
    assert isinstance(client, AsyncAzureOpenAI)
    assert client.api_key == "az-1"


def test_azure_without_an_api_version_is_its_versionless_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com/")
    monkeypatch.setenv("AZURE_OPENAI_DEPLOYMENT", "my-gpt")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "az-1")
    client = client_of(provider())
    assert not isinstance(client, AsyncAzureOpenAI)
    assert str(client.base_url) == "https://x.openai.azure.com/openai/v1/"


async def test_azure_without_a_key_asks_the_token_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    async def token() -> str:
        return "aad"

    settings = AgentSettings(azure_endpoint="https://x.openai.azure.com", model="d", azure_api_version="2025-04-01")
    client = client_of(SettingsModelProvider(settings, azure_ad_token_provider=token))
    assert isinstance(client, AsyncAzureOpenAI)
    assert await client._get_azure_ad_token() == "aad"  # pyright: ignore[reportPrivateUsage]


def test_azure_without_key_and_identity_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "azure.identity.aio", None)
    settings = AgentSettings(azure_endpoint="https://x.openai.azure.com", model="d")
    with pytest.raises(ModelConfigurationError, match="AZURE_OPENAI_API_KEY"):
        SettingsModelProvider(settings).get_model(None)


def test_openai_without_a_key_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_MODEL_PROVIDER", "openai")
    with pytest.raises(ModelConfigurationError, match="OPENAI_API_KEY"):
        provider().get_model(None)


def test_variables_with_the_prefix_go_first_and_the_prefix_can_be_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_MODEL", "known")
    monkeypatch.setenv("CHATKIT_MODEL", "own")
    monkeypatch.setenv("TASKFLOW_CHATKIT_MODEL", "theirs")
    assert AgentSettings.load().model == "own"
    assert AgentSettings.load("TASKFLOW_CHATKIT_").model == "theirs"
    assert AgentSettings.load("OTHER_").model == "known"


def test_a_file_of_variables_is_read(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("OPENAI_API_KEY=sk-file\nCHATKIT_MODEL=from-file\n")
    settings = AgentSettings.load(env_file=file)
    assert settings.model == "from-file"
    assert settings.model_api_key is not None
    assert settings.model_api_key.get_secret_value() == "sk-file"


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert "sk-secret" not in repr(AgentSettings.load())


def test_a_wrong_value_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_MODEL_BASE_URL", "localhost:11434")
    with pytest.raises(SettingsError, match="CHATKIT_MODEL_BASE_URL: "):
        AgentSettings.load()


async def test_closing_closes_the_client_that_was_opened_and_a_later_use_opens_another() -> None:
    opened = SettingsModelProvider(AgentSettings(model="m", model_base_url="http://localhost:1/v1"))
    first = client_of(opened)
    await opened.aclose()
    assert first.is_closed()
    assert not client_of(opened).is_closed()
    await opened.aclose()


async def test_a_client_that_was_given_is_not_closed() -> None:
    given = AsyncOpenAI(api_key="x", base_url="http://localhost:1/v1")
    provider = SettingsModelProvider(AgentSettings(model="m"), client=given)
    assert client_of(provider) is given
    await provider.aclose()
    assert not given.is_closed()
    await given.close()
