"""Models by the settings: what the Agents SDK asks for the model of an agent that has none of its own."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

from agents import Model, ModelProvider, OpenAIChatCompletionsModel, OpenAIResponsesModel
from agents.models import get_default_model
from openai import AsyncOpenAI
from pydantic import SecretStr

from chatkit.adapters.openai_agents.model_client import AzureModelClient, ModelClient
from chatkit.adapters.openai_agents.offline import OfflineModel
from chatkit.settings import AgentSettings

__all__ = ["ModelConfigurationError", "SettingsModelProvider", "TokenProvider"]

TokenProvider = Callable[[], Awaitable[str]]
"""Gives an Azure AD (Entra ID) token, fresh each time."""

_AZURE_SCOPE = "https://cognitiveservices.azure.com/.default"


class _Closable(Protocol):
    async def close(self) -> None: ...


class ModelConfigurationError(Exception):
    """The model cannot be asked as it is configured; the message says what to set."""


class SettingsModelProvider(ModelProvider):
    """Opens one `ModelClient` for what the settings say, on first use, and closes it with `aclose()`.

    The environment's identity, which is asked for tokens on Azure without a key, is closed with it. A `client` that is
    given is used instead and not closed; nor is an `azure_ad_token_provider`.
    """

    def __init__(
        self,
        settings: AgentSettings,
        *,
        offline_model: OfflineModel | None = None,
        azure_ad_token_provider: TokenProvider | None = None,
        client: AsyncOpenAI | None = None,
    ) -> None:
        self.settings = settings
        self.offline_model = offline_model or OfflineModel()
        self._token_provider = azure_ad_token_provider
        self._client = client
        self._owned: AsyncOpenAI | None = None
        self._credential: _Closable | None = None

    @property
    def offline(self) -> bool:
        """Whether the offline demo model answers."""
        return self._client is None and self.settings.provider == "offline"

    @property
    def default_model(self) -> str | None:
        """The model for agents that name none: OpenAI's has a default, other hosts' must be named."""
        settings = self.settings
        if settings.model is not None or settings.provider == "azure" or settings.model_base_url is not None:
            return settings.model
        return get_default_model()

    def get_model(self, model_name: str | None) -> Model:
        """The model of that name, or the settings' own. Raises `ModelConfigurationError`."""
        if self.offline:
            return self.offline_model
        name = model_name or self.default_model
        if name is None:
            raise ModelConfigurationError("No model is named. Set CHATKIT_MODEL (on Azure: AZURE_OPENAI_DEPLOYMENT).")
        client = self._client or self._open()
        if self.settings.api == "responses":
            return OpenAIResponsesModel(model=name, openai_client=client)
        return OpenAIChatCompletionsModel(model=name, openai_client=client)

    async def aclose(self) -> None:
        """Closes the client that this opened, and its identity on Azure. A later use opens others."""
        client, self._owned = self._owned, None
        credential, self._credential = self._credential, None
        try:
            if client is not None:
                await client.close()
        finally:
            if credential is not None:
                await credential.close()

    def _open(self) -> AsyncOpenAI:
        if self._owned is None:
            self._owned = self._azure() if self.settings.provider == "azure" else self._openai()
        return self._owned

    def _openai(self) -> AsyncOpenAI:
        settings = self.settings
        key = _secret(settings.model_api_key)
        if key is None and settings.model_base_url is None:
            raise ModelConfigurationError("There is no API key. Set OPENAI_API_KEY, or CHATKIT_MODEL_PROVIDER=offline.")
        return ModelClient(
            api_key=key or "none",  # hosts of one's own often want no key; the client wants one
            base_url=settings.model_base_url or "https://api.openai.com/v1",
            timeout=settings.model_timeout,
            max_retries=settings.model_retries,
        )

    def _azure(self) -> AsyncOpenAI:
        settings = self.settings
        if settings.azure_endpoint is None:
            raise ModelConfigurationError("There is no Azure endpoint. Set AZURE_OPENAI_ENDPOINT.")
        key = _secret(settings.model_api_key)
        token = None if key else self._token_provider or self._tokens()
        if settings.azure_api_version is None:
            return ModelClient(
                api_key=key or token,
                base_url=f"{settings.azure_endpoint.rstrip('/')}/openai/v1/",
                timeout=settings.model_timeout,
                max_retries=settings.model_retries,
            )
        return AzureModelClient(
            azure_endpoint=settings.azure_endpoint,
            api_version=settings.azure_api_version,
            api_key=key,
            azure_ad_token_provider=token,
            timeout=settings.model_timeout,
            max_retries=settings.model_retries,
        )

    def _tokens(self) -> TokenProvider:
        """Tokens for Azure without a key: the fixed one, else those of the environment's identity."""
        token = _secret(self.settings.azure_ad_token)
        if token is not None:

            async def fixed() -> str:
                return token

            return fixed
        try:
            from azure.identity.aio import (  # pyright: ignore[reportMissingImports]
                DefaultAzureCredential,  # pyright: ignore[reportUnknownVariableType]
                get_bearer_token_provider,  # pyright: ignore[reportUnknownVariableType]
            )
        except ModuleNotFoundError as error:
            raise ModelConfigurationError(
                "There is no key for Azure OpenAI. Set AZURE_OPENAI_API_KEY, or install azure-identity to sign in with "
                "the environment's identity: pip install azure-identity aiohttp"
            ) from error
        credential = cast(Any, DefaultAzureCredential)()
        self._credential = credential
        return cast(TokenProvider, get_bearer_token_provider(credential, _AZURE_SCOPE))


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value is not None else None
