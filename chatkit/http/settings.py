"""Settings from the environment: `CHATKIT_…`, and `BRAND_…` for what the page is called and looks like."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableSettingError

__all__ = ["Branding", "Settings", "SettingsError"]

_COLOR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})|(?:rgb|hsl|oklch|oklab)a?\([0-9a-z.,%/ -]+\)", re.IGNORECASE)
_DATABASE = re.compile(r"(?:sqlite|postgresql|postgres)(?:\+[a-z0-9]+)?:")


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


def _split(value: object) -> object:
    """Lists are written with commas in the environment."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if value != "*" and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/")):
        raise ValueError(f"an origin is a scheme and a host, as https://app.example.org, not {value!r}")
    return value.rstrip("/")


def _color(value: str) -> str:
    if not _COLOR.fullmatch(value.strip()):
        raise ValueError("a colour is written #rrggbb, rgb(…), hsl(…) or oklch(…)")
    return value.strip()


def _picture(value: str) -> str:
    """Addresses of pictures: http(s), or a path on this server. Anything else could be a script."""
    parts = urlsplit(value)
    if parts.scheme in ("http", "https") and parts.netloc:
        return value
    if not parts.scheme and not parts.netloc and parts.path:
        return value
    raise ValueError("an address of a picture begins with https:// or /")


def _database(value: SecretStr) -> SecretStr:
    if not _DATABASE.match(value.get_secret_value()):
        raise ValueError(
            "a database is written sqlite+aiosqlite:///chat.sqlite3 or postgresql+psycopg://user:password@host/name"
        )
    return value


def _no_semicolon(value: str) -> str:
    if ";" in value or "\n" in value or "\r" in value:
        raise ValueError("list the sources separated by spaces, as in 'self' https://portal.example.org")
    return value


Commas = Annotated[list[Annotated[str, AfterValidator(_origin)]], NoDecode, BeforeValidator(_split)]
Picture = Annotated[str, AfterValidator(_picture)]


class _FromEnvironment(BaseSettings):
    """What both classes share: unknown variables are somebody else's, and empty ones are as good as none."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, env_file_encoding="utf-8")

    @classmethod
    def load(cls, prefix: str | None = None, *, env_file: Path | str | None = None, **given: Any) -> Self:
        """Reads the environment, and `env_file` for what it does not have. `given` goes before both.

        `prefix` replaces the class's own, so that the settings can live inside another application's, as in
        `TASKFLOW_CHATKIT_`. Raises `SettingsError`.
        """
        used = prefix if prefix is not None else cls.model_config.get("env_prefix", "")
        sources: dict[str, Any] = {"_env_prefix": used, "_env_file": env_file}
        try:
            return cls(**sources, **given)
        except ValidationError as error:
            raise SettingsError.of(error, used) from None
        except UnreadableSettingError as error:
            raise SettingsError(str(error)) from None


def _reason(detail: Mapping[str, Any]) -> str:
    return str(detail["msg"]).removeprefix("Value error, ")


class Branding(_FromEnvironment):
    """What the page is called and looks like: `BRAND_NAME`, `BRAND_TAGLINE`, `BRAND_LOGO_URL`, …"""

    model_config = SettingsConfigDict(env_prefix="BRAND_")

    name: str = Field(default="ChatKit", min_length=1, max_length=80)
    tagline: str | None = Field(default=None, max_length=200)
    logo_url: Picture | None = None
    primary_color: Annotated[str, AfterValidator(_color)] | None = None
    favicon_url: Picture | None = None


class Settings(_FromEnvironment):
    """How the server runs: `CHATKIT_DATABASE_URL`, `CHATKIT_SECRET_KEY`, `CHATKIT_ALLOWED_ORIGINS`, …

    `Settings()` raises pydantic's errors, `Settings.load()` a `SettingsError` that names the variables.
    """

    model_config = SettingsConfigDict(env_prefix="CHATKIT_")

    database_url: Annotated[SecretStr, AfterValidator(_database)] | None = None
    """Where `chatkit serve` keeps conversations when the server it is given has no store of its own yet."""
    database_schema: str | None = None
    """The PostgreSQL schema for the tables."""
    redis_url: SecretStr | None = None
    """Redis, for what several processes share."""
    data_dir: Path = Path(".chatkit")
    """A folder for what the command line keeps: the demo's database, the generated secret key."""

    secret_key: SecretStr | None = Field(default=None, min_length=16)
    """Signs visitor cookies. Without one a key is made up, and visitors are strangers after a restart."""
    visitor_cookie: str = Field(default="chatkit_visitor", pattern=r"^[A-Za-z0-9_-]+$")
    """The name of the visitor cookie."""
    jwt_secret: SecretStr | None = Field(default=None, min_length=16)
    """Makes bearer tokens signed with this secret (HS256) the way to sign in."""
    jwt_jwks_url: str | None = Field(default=None, pattern=r"^https?://")
    """Makes bearer tokens signed with the keys found at this URL the way to sign in."""
    jwt_audience: str | None = None
    """The `aud` that tokens must have."""
    jwt_issuer: str | None = None
    """The `iss` that tokens must have."""

    allowed_origins: Commas = []
    """Origins whose pages may call the endpoint, beside the server's own; separated by commas."""
    frame_ancestors: Annotated[str, AfterValidator(_no_semicolon)] = "'self'"
    """Who may show the page in a frame, as in CSP."""

    max_body_bytes: int = Field(default=2 * 1024 * 1024, ge=1024)
    """Longest JSON request."""
    max_json_depth: int = Field(default=64, ge=8, le=190)
    """Deepest nesting of a JSON request."""
    turns_per_minute: int = Field(default=60, ge=0)
    """Turns that one owner may start in a minute, in each process; 0 is no limit."""
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
