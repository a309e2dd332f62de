"""Settings from the environment: `CHATKIT_…`, `BRAND_…` for what the page is called, and which model answers.

Whatever is wrong with a value, making settings raises `SettingsError` and nothing else.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

from pydantic import Field, FilePath, SecretStr, ValidationError, model_validator

try:
    from pydantic_settings import BaseSettings, SettingsConfigDict
    from pydantic_settings import SettingsError as UnreadableSettingError
except ModuleNotFoundError as error:
    if error.name != "pydantic_settings":
        raise
    raise ImportError(
        "chatkit.settings needs the package 'pydantic_settings'. Install an extra that has it: "
        "pip install 'open-chatkit[http]' or pip install 'open-chatkit[openai]'"
    ) from error

from chatkit._setting_values import (
    SHORTEST_SECRET,
    Color,
    DatabaseUrl,
    Hosts,
    HttpUrl,
    LimitStorage,
    LiveUrl,
    Networks,
    Origins,
    Picture,
    Secrets,
    Sources,
)

__all__ = ["SHORTEST_SECRET", "AgentSettings", "Branding", "ModelApi", "ModelProviderName", "Settings", "SettingsError"]

ModelApi = Literal["responses", "chat_completions"]
ModelProviderName = Literal["openai", "azure", "offline"]


class SettingsError(ValueError):
    """Some settings are wrong. The message has one line for each, beginning with the variable's name."""

    @classmethod
    def of(cls, error: ValidationError, prefix: str) -> Self:
        """What pydantic says of a settings class whose variables begin with `prefix`; values are not repeated."""
        lines = [
            f"{prefix.upper()}{str(detail['loc'][0] if detail['loc'] else '').upper()}: {_reason(detail)}"
            for detail in error.errors(include_url=False, include_input=False)
        ]
        return cls("\n".join(lines))


def _reason(detail: Mapping[str, Any]) -> str:
    return str(detail["msg"]).removeprefix("Value error, ")


class _FromEnvironment(BaseSettings):
    """What the classes share: unknown variables are somebody else's, and empty ones are as good as none."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, env_file_encoding="utf-8")

    def __init__(self, **given: Any) -> None:
        """What is given goes before the environment. Raises `SettingsError`."""
        used = given.get("_env_prefix")
        try:
            super().__init__(**given)
        except ValidationError as error:
            prefix = cast("str | None", used) if used is not None else self.model_config.get("env_prefix", "")
            raise SettingsError.of(error, prefix or "") from None
        except UnreadableSettingError as error:
            raise SettingsError(str(error)) from None
        except (OSError, UnicodeError) as error:
            raise SettingsError(f"The file {given.get('_env_file')} cannot be read: {type(error).__name__}") from None

    @classmethod
    def load(cls, prefix: str | None = None, *, env_file: Path | str | None = None, **given: Any) -> Self:
        """Reads the environment, and `env_file` for what it does not have. `given` goes before both.

        `prefix` replaces the class's own, so that the settings can live inside another application's, as in
        `TASKFLOW_CHATKIT_`. Raises `SettingsError`.
        """
        used = prefix if prefix is not None else cls.model_config.get("env_prefix", "")
        sources: dict[str, Any] = {"_env_prefix": used, "_env_file": env_file}
        return cls(**sources, **given)


class Branding(_FromEnvironment):
    """What the page is called and looks like: `BRAND_NAME`, `BRAND_TAGLINE`, `BRAND_LOGO_URL`, …"""

    model_config = SettingsConfigDict(env_prefix="BRAND_")

    name: str = Field(default="ChatKit", min_length=1, max_length=80)
    tagline: str | None = Field(default=None, max_length=200)
    logo_url: Picture | None = None
    primary_color: Color | None = None
    favicon_url: Picture | None = None
    stylesheet: FilePath | None = None
    """A CSS file for the page, after its own; `static/branding.css` in the working directory unless given."""


class Settings(_FromEnvironment):
    """How the server runs: `CHATKIT_DATABASE_URL`, `CHATKIT_SECRET_KEY`, `CHATKIT_ALLOWED_ORIGINS`, …"""

    model_config = SettingsConfigDict(env_prefix="CHATKIT_")

    database_url: DatabaseUrl | None = None
    """Where `chatkit serve` keeps conversations when the server it is given has no store of its own yet."""
    database_schema: str | None = None
    """The PostgreSQL schema for the tables."""
    schema_name: str | None = None
    """Another name for `database_schema`, which goes first."""
    statement_timeout_seconds: float = Field(default=30, gt=0)
    """How long that database may take to do one thing before it counts as down."""
    live_url: LiveUrl | None = None
    """Where that store logs what live runs say, as `redis://host:6379/0`; unless set, in the database."""
    data_dir: Path = Path(".chatkit")
    """A folder for what the command line keeps: the demo's database, the generated secret key."""

    secret_key: SecretStr | None = Field(default=None, min_length=SHORTEST_SECRET)
    """Signs visitor cookies. Without one a key is made up, and visitors are strangers after a restart."""
    secret_key_previous: Secrets = []
    """Keys that were in use before, separated by commas: what they signed is still good, and signed anew."""
    visitor_cookie: str = Field(default="chatkit_visitor", pattern=r"^[A-Za-z0-9_-]+$")
    """The name of the visitor cookie."""
    visitor_cookie_partitioned: bool = False
    """Makes the cookie work in a frame of another site's page, one cookie for each such site. HTTPS only."""
    jwt_secret: SecretStr | None = Field(default=None, min_length=SHORTEST_SECRET)
    """Makes bearer tokens signed with this secret (HS256) the way to sign in."""
    jwt_jwks_url: HttpUrl | None = Field(default=None, repr=False)
    """Makes bearer tokens signed with the keys found at this URL the way to sign in."""
    jwt_audience: str | None = None
    """The `aud` that tokens must have."""
    jwt_issuer: str | None = None
    """The `iss` that tokens must have."""

    api_keys: Secrets = []
    """Keys with which other servers ask for client secrets of their users (`POST /v1/chatkit/sessions`), separated by
    commas. Without one there is no such thing."""
    session_seconds: int = Field(default=600, ge=1, le=24 * 3600)
    """How long such a secret is good, unless the server that asks says."""

    allowed_hosts: Hosts = []
    """The `Host`s that requests may name, separated by commas: `chat.example.org`, `*.example.org`, `10.0.0.0/8`. Any,
    unless set; `chatkit demo` sets those of this machine."""
    allowed_origins: Origins = []
    """Origins whose pages may call the endpoint, beside the server's own; separated by commas."""
    frame_ancestors: Sources = "'self'"
    """Who may show the page in a frame, as in CSP."""
    image_sources: Sources | None = None
    """Where the page may load pictures from beside this server, as in CSP: `https://images.example.org *.example.org`,
    `'none'` for nowhere else. Unless set: what the application lists, and without a list anything over HTTPS."""

    max_body_bytes: int = Field(default=2 * 1024 * 1024, ge=1024)
    """Longest JSON request."""
    max_message_bytes: int | None = Field(default=None, ge=1)
    """Longest message, in bytes; without it the server's own `max_message_bytes`, 256 KiB unless it says otherwise."""
    max_json_depth: int = Field(default=64, ge=8, le=190)
    """Deepest nesting of a JSON request."""
    turns_per_minute: int = Field(default=60, ge=0)
    """Turns and other costly operations that one owner may start in a minute; 0 is no limit."""
    turns_per_minute_per_address: int | None = Field(default=None, ge=0)
    """The same for everybody at one address; ten times as many unless set, 0 is no limit."""
    rate_limit_storage: LimitStorage | None = None
    """Where processes count together, as `redis://host:6379/0`; unless set, each process counts for itself."""
    trusted_proxies: Networks = []
    """Addresses of the proxies in front, whose `X-Forwarded-For` is believed; separated by commas, `*` for any."""
    websocket: bool = False
    """Takes requests over a web socket too, at `/chatkit/ws`. What an application's own middleware does for HTTP
    requests alone is not done for it."""
    heartbeat_seconds: float = Field(default=15, gt=0)
    """Silence after which a stream sends a comment."""
    stall_seconds: float = Field(default=60, ge=0)
    """How long a client may take nothing of its stream before the answer is broken off; 0 is no limit."""
    body_seconds: float = Field(default=30, ge=0)
    """How long a request's body may take, beside one second for each KiB that has come; 0 is no limit."""
    header_seconds: float = Field(default=20, ge=0)
    """How long `chatkit serve` waits for a request's line and headers; 0 is no limit."""
    shutdown_seconds: int = Field(default=20, ge=0)
    """How long `chatkit serve` lets running turns finish before it interrupts them."""
    log_level: Annotated[str, Field(pattern=r"^(?i:debug|info|warning|error)$")] = "info"
    """How much `chatkit serve` logs."""

    @model_validator(mode="after")
    def _one_schema(self) -> Self:
        self.database_schema = self.database_schema or self.schema_name
        return self


class _WellKnown(_FromEnvironment):
    """The variables of OpenAI's and Azure's tools, which have no prefix of ours."""

    openai_api_key: SecretStr | None = None
    openai_base_url: HttpUrl | None = None
    openai_model: str | None = None
    openai_default_model: str | None = None
    openai_api_version: str | None = None
    azure_openai_api_key: SecretStr | None = None
    azure_openai_endpoint: HttpUrl | None = None
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


class AgentSettings(_FromEnvironment):
    """Which model answers: `CHATKIT_MODEL`, `CHATKIT_MODEL_BASE_URL`, `CHATKIT_MODEL_API_KEY`, ….

    `load()` also reads `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_MODEL`, `AZURE_OPENAI_ENDPOINT`,
    `AZURE_OPENAI_DEPLOYMENT`, `AZURE_OPENAI_API_VERSION`, `AZURE_OPENAI_API_KEY`, `AZURE_OPENAI_AD_TOKEN`; variables
    with the prefix go first. Without any of them the offline demo model answers.
    """

    model_config = SettingsConfigDict(env_prefix="CHATKIT_")

    model: str | None = None
    """The model's name; on Azure the deployment's."""
    model_provider: ModelProviderName | None = None
    """Who is asked. Unless set: Azure with an endpoint, OpenAI's API with a key or a base URL, else offline."""
    model_api: ModelApi | None = None
    """Which of OpenAI's APIs the host speaks: unless set, chat completions at a base URL, else responses."""
    model_base_url: HttpUrl | None = Field(default=None, repr=False)
    """Any host that speaks one of OpenAI's APIs (Ollama: `http://localhost:11434/v1`)."""
    model_api_key: SecretStr | None = None
    model_timeout: float = Field(default=60, gt=0)
    """Seconds to wait for the host to say something."""
    model_retries: int = Field(default=2, ge=0)
    azure_endpoint: HttpUrl | None = Field(default=None, repr=False)
    azure_api_version: str | None = None
    """Unless set, the version-less `/openai/v1` API is used."""
    azure_ad_token: SecretStr | None = None
    agents_tracing: bool = False
    """Whether the Agents SDK may send traces of runs to OpenAI. Off: nothing goes where it was not asked to."""

    @classmethod
    def load(cls, prefix: str | None = None, *, env_file: Path | str | None = None, **given: Any) -> Self:
        """Reads the environment, and `env_file` for what it does not have; `given` goes before both.

        `prefix` replaces `CHATKIT_`. Raises `SettingsError`.
        """
        own = super().load(prefix, env_file=env_file, **given)
        known = _WellKnown.load(env_file=env_file).as_fields()
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
