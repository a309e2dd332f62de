"""Which model answers, and how it is reached: from `CHATKIT_…` and the variables that OpenAI's own tools read."""

from pathlib import Path
from typing import Any, Literal, Self

from agents.models import get_default_model
from pydantic import Field, SecretStr

try:
    from pydantic_settings import BaseSettings, SettingsConfigDict
except ModuleNotFoundError as error:
    raise ImportError(
        "Model settings need pydantic-settings. Install it with: pip install 'open-chatkit[openai]'"
    ) from error

__all__ = ["AgentSettings", "ModelApi", "ModelProviderName"]

ModelApi = Literal["responses", "chat_completions"]
ModelProviderName = Literal["openai", "azure", "offline"]


class _WellKnown(BaseSettings):
    """The variables of OpenAI's and Azure's tools, which have no prefix of ours."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    openai_model: str | None = None
    openai_default_model: str | None = None
    openai_api_version: str | None = None
    azure_openai_api_key: SecretStr | None = None
    azure_openai_endpoint: str | None = None
    azure_openai_deployment: str | None = None
    azure_openai_deployment_name: str | None = None
    azure_openai_api_version: str | None = None
    azure_openai_ad_token: SecretStr | None = None

    def as_fields(self) -> dict[str, Any]:
        """The same under the names of `AgentSettings`, without what is not set."""
        azure = self.azure_openai_endpoint is not None
        deployment = self.azure_openai_deployment or self.azure_openai_deployment_name
        model = self.openai_model or self.openai_default_model
        fields = {
            "model": (deployment or model) if azure else model,
            "model_api_key": self.azure_openai_api_key if azure else self.openai_api_key,
            "model_base_url": None if azure else self.openai_base_url,
            "azure_endpoint": self.azure_openai_endpoint,
            "azure_api_version": self.azure_openai_api_version or (self.openai_api_version if azure else None),
            "azure_ad_token": self.azure_openai_ad_token,
        }
        return {name: value for name, value in fields.items() if value is not None}


class AgentSettings(BaseSettings):
    """Which model answers: `CHATKIT_MODEL`, `CHATKIT_MODEL_BASE_URL`, `CHATKIT_MODEL_API_KEY`, ….

    `load()` also reads `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_MODEL`, `AZURE_OPENAI_ENDPOINT`,
    `AZURE_OPENAI_DEPLOYMENT`, `AZURE_OPENAI_API_VERSION`, `AZURE_OPENAI_API_KEY`, `AZURE_OPENAI_AD_TOKEN`; variables
    with the prefix go first. Without any of them the offline demo model answers.
    """

    model_config = SettingsConfigDict(env_prefix="CHATKIT_", extra="ignore", env_ignore_empty=True)

    model: str | None = None
    """The model's name; on Azure the deployment's."""
    model_provider: ModelProviderName | None = None
    """Who is asked. Unless set: Azure with an endpoint, OpenAI's API with a key or a base URL, else offline."""
    model_api: ModelApi | None = None
    """Which of OpenAI's APIs the host speaks: unless set, chat completions at a base URL, else responses."""
    model_base_url: str | None = Field(default=None, pattern=r"^https?://")
    """Any host that speaks one of OpenAI's APIs (Ollama: `http://localhost:11434/v1`)."""
    model_api_key: SecretStr | None = None
    model_timeout: float = Field(default=60, gt=0)
    """Seconds to wait for the host to say something."""
    model_retries: int = Field(default=2, ge=0)
    azure_endpoint: str | None = Field(default=None, pattern=r"^https?://")
    azure_api_version: str | None = None
    """Unless set, the version-less `/openai/v1` API is used."""
    azure_ad_token: SecretStr | None = None
    agents_tracing: bool = False
    """Whether the Agents SDK may send traces of runs to OpenAI. Off: nothing goes where it was not asked to."""

    @classmethod
    def load(cls, prefix: str | None = None, *, env_file: Path | str | None = None, **given: Any) -> Self:
        """Reads the environment, and `env_file` for what it does not have; `given` goes before both.

        `prefix` replaces `CHATKIT_`. Raises pydantic's `ValidationError`.
        """
        used = prefix if prefix is not None else str(cls.model_config.get("env_prefix", ""))
        sources: dict[str, Any] = {"_env_file": env_file}
        known = _WellKnown(**sources).as_fields()
        values: dict[str, Any] = {**sources, "_env_prefix": used, **given}
        own = cls(**values)
        return own.model_copy(update={name: value for name, value in known.items() if getattr(own, name) is None})

    @property
    def provider(self) -> ModelProviderName:
        """Who is asked."""
        if self.model_provider is not None:
            return self.model_provider
        if self.azure_endpoint is not None:
            return "azure"
        return "offline" if self.model_api_key is None and self.model_base_url is None else "openai"

    @property
    def api(self) -> ModelApi:
        """Which API is spoken."""
        if self.model_api is not None:
            return self.model_api
        elsewhere = self.model_base_url is not None and "api.openai.com" not in self.model_base_url
        return "chat_completions" if self.provider == "openai" and elsewhere else "responses"

    @property
    def default_model(self) -> str | None:
        """The model for agents that name none: OpenAI's has a default, other hosts' must be named."""
        if self.model is not None or self.provider == "azure" or self.model_base_url is not None:
            return self.model
        return get_default_model()
