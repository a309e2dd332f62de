"""`chatkit doctor`: what may be wrong with an installation, and how to mend it."""

import asyncio
import importlib.util
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import metadata
from typing import Literal, cast

from chatkit._masking import masked, secrets_in, shown_url
from chatkit._shown import shown
from chatkit.http.assets import ELEMENT_FOLDER
from chatkit.http.shared_limits import SharedLimiter
from chatkit.settings import AgentSettings, Branding, Settings, SettingsError
from chatkit.store import StoreUnavailableError
from open_chatkit.overwritten import OURS, REFERENCE, brings_the_package

__all__ = ["Finding", "examine"]

_OLDEST_PYTHON = (3, 11)
_PATIENCE_SECONDS = 5
_SIGNS = {"good": "✓", "note": "–", "wrong": "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `remedy` says what to do, when something is to be done."""

    level: Literal["good", "note", "wrong"]
    text: str
    remedy: str | None = None

    def shown(self) -> str:
        """As a line or two of text."""
        return f"{_SIGNS[self.level]} {self.text}" + (f"\n    {self.remedy}" if self.remedy else "")


def _good(text: str) -> Finding:
    return Finding("good", text)


async def examine() -> list[Finding]:
    """Looks at everything. The settings come first, since the rest depends on them."""
    findings = [_python(), *_distributions(), _element()]
    try:
        settings = Settings.load(env_file=".env")
        Branding.load(env_file=".env")
    except SettingsError as error:
        return [*findings, Finding("wrong", "Settings", str(error).replace("\n", "\n    "))]
    checks: list[Callable[[Settings], Awaitable[Finding]]] = [_secret_key, _hosts, _database, _limits, _model]
    return [*findings, _good("Settings can be read"), *[await check(settings) for check in checks]]


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < _OLDEST_PYTHON:
        return Finding("wrong", f"Python {version}", "ChatKit needs Python 3.11 or later.")
    return _good(f"Python {version}")


def _distributions() -> list[Finding]:
    """Both distributions bring a package `chatkit`: whichever was installed last has overwritten the other's files."""
    installed = {name: _version(name) for name in (OURS, REFERENCE)}
    found: list[Finding] = []
    if installed[OURS] is None:
        found.append(Finding("note", f"{OURS} is not installed; its source is being used"))
    else:
        found.append(_good(f"{OURS} {installed[OURS]}"))
    if installed[REFERENCE] is not None and not brings_the_package(REFERENCE):
        found.append(_good(f"{REFERENCE} {installed[REFERENCE]} is the empty one, which keeps the other away"))
    elif installed[REFERENCE] is not None:
        remedy = (
            f"pip uninstall {REFERENCE} && pip install --force-reinstall --no-deps {OURS}\n"
            "    Where something requires it: chatkit shim; see docs/migration.md."
        )
        found.append(Finding("wrong", f"{REFERENCE} {installed[REFERENCE]} is installed too", remedy))
    return found


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _element() -> Finding:
    remedy = "Installed packages bring them; from a source tree: python scripts/hatch_build.py"
    try:
        manifest = cast("dict[str, dict[str, object]]", json.loads((ELEMENT_FOLDER / "manifest.json").read_text()))
    except (OSError, ValueError):
        return Finding("wrong", "The element's files are missing", remedy)
    missing = [name for name in manifest["files"] if not (ELEMENT_FOLDER / name).is_file()]
    if missing:
        return Finding("wrong", f"{len(missing)} of the element's files are missing, {missing[0]} for one", remedy)
    return _good(f"The element's {len(manifest['files'])} files are there")


async def _secret_key(settings: Settings) -> Finding:
    if settings.secret_key is not None or settings.jwt_secret is not None or settings.jwt_jwks_url is not None:
        return _good("A way to sign users in is set")
    return Finding(
        "note",
        "No CHATKIT_SECRET_KEY",
        f"`chatkit serve` keeps one in {settings.data_dir}; several machines need the same one in the environment.",
    )


async def _hosts(settings: Settings) -> Finding:
    if settings.allowed_hosts:
        return _good(f"Requests may be for {', '.join(settings.allowed_hosts)}")
    remedy = "Name the hosts that the server goes by: other sites' pages may have a name of theirs point to it."
    return Finding("note", "No CHATKIT_ALLOWED_HOSTS", remedy)


async def _database(settings: Settings) -> Finding:
    if settings.database_url is None:
        return Finding("note", "No CHATKIT_DATABASE_URL", f"`chatkit serve` uses a SQLite file in {settings.data_dir}.")
    url = settings.database_url.get_secret_value()
    try:
        from chatkit.stores import SQLStore

        store = SQLStore[object](url, schema_name=settings.database_schema)
    except (ImportError, ValueError) as error:
        return Finding("wrong", "Database", shown(error, 500))
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await store.ping()
    except StoreUnavailableError as error:
        return Finding("wrong", "Database", shown(error, 500))
    except TimeoutError:
        return Finding("wrong", "Database", f"It did not answer within {_PATIENCE_SECONDS} s: check host and port.")
    except Exception as error:  # noqa: BLE001 - the driver may trip over the URL in ways of its own
        reason = shown(masked(f"{type(error).__name__}: {error}", secrets_in(url)), 500)
        return Finding("wrong", "Database", f"{reason}: check CHATKIT_DATABASE_URL.")
    finally:
        await store.close()
    return _good("The database answers, its tables are up to date")


async def _limits(settings: Settings) -> Finding:
    """Whether what processes count together can be reached."""
    if settings.rate_limit_storage is None:
        return Finding("note", "No CHATKIT_RATE_LIMIT_STORAGE", "Each process counts turns for itself.")
    try:
        limiter = SharedLimiter(settings.rate_limit_storage.get_secret_value())
    except (ImportError, ValueError) as error:
        return Finding("wrong", "Rate limits", str(error))
    try:
        reached = await limiter.reaches_storage()
    finally:
        await limiter.aclose()
    if not reached:
        return Finding("wrong", f"{limiter.where} does not answer", "Check CHATKIT_RATE_LIMIT_STORAGE.")
    return _good("The storage for rate limits answers")


async def _model(_: Settings) -> Finding:
    """Only whether something is configured: asking a model costs money."""
    if importlib.util.find_spec("agents") is None:
        return Finding(
            "note", "The OpenAI Agents SDK is not installed", "For chatkit.agents: pip install 'open-chatkit[openai]'"
        )
    try:
        model = AgentSettings.load(env_file=".env")
    except SettingsError as error:
        return Finding("wrong", "Model settings", str(error).replace("\n", "\n    "))
    if model.provider == "offline":
        remedy = "The offline model answers. Set OPENAI_API_KEY, or CHATKIT_MODEL_BASE_URL for a model of your own."
        return Finding("note", "No model is configured", remedy)
    place = model.azure_endpoint if model.provider == "azure" else model.model_base_url
    named = shown_url(place) if place is not None else model.provider
    return _good(f"A model is configured: {model.model or 'the default'} at {named}")
