"""`chatkit doctor`: what may be wrong with an installation, and how to mend it."""

import importlib.util
import json
import sys
from importlib import metadata
from typing import cast

from chatkit._masking import shown_url
from chatkit.cli.database_checks import examine_database, examine_live
from chatkit.cli.findings import Finding, good
from chatkit.http.assets import ELEMENT_FOLDER
from chatkit.http.shared_limits import SharedLimiter
from chatkit.settings import AgentSettings, Branding, Settings, SettingsError
from open_chatkit.overwritten import OURS, REFERENCE, brings_the_package

__all__ = ["Finding", "examine"]

_OLDEST_PYTHON = (3, 11)


async def examine() -> list[Finding]:
    """Looks at everything. The settings come first, since the rest depends on them."""
    findings = [_python(), *_distributions(), _element()]
    try:
        settings = Settings.load(env_file=".env")
        Branding.load(env_file=".env")
    except SettingsError as error:
        return [*findings, Finding("wrong", "Settings", str(error).replace("\n", "\n    "))]
    return [
        *findings,
        good("Settings can be read"),
        await _secret_key(settings),
        await _hosts(settings),
        *await examine_database(settings),
        *await examine_live(settings),
        await _limits(settings),
        *_sockets(settings),
        await _model(settings),
    ]


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < _OLDEST_PYTHON:
        return Finding("wrong", f"Python {version}", "ChatKit needs Python 3.11 or later.")
    return good(f"Python {version}")


def _distributions() -> list[Finding]:
    """Both distributions bring a package `chatkit`: whichever was installed last has overwritten the other's files."""
    installed = {name: _version(name) for name in (OURS, REFERENCE)}
    found: list[Finding] = []
    if installed[OURS] is None:
        found.append(Finding("note", f"{OURS} is not installed; its source is being used"))
    else:
        found.append(good(f"{OURS} {installed[OURS]}"))
    if installed[REFERENCE] is not None and not brings_the_package(REFERENCE):
        found.append(good(f"{REFERENCE} {installed[REFERENCE]} is the empty one, which keeps the other away"))
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
    return good(f"The element's {len(manifest['files'])} files are there")


async def _secret_key(settings: Settings) -> Finding:
    if settings.secret_key is not None or settings.jwt_secret is not None or settings.jwt_jwks_url is not None:
        return good("A way to sign users in is set")
    return Finding(
        "note",
        "No CHATKIT_SECRET_KEY",
        f"`chatkit serve` keeps one in {settings.data_dir}; several machines need the same one in the environment.",
    )


async def _hosts(settings: Settings) -> Finding:
    if settings.allowed_hosts:
        return good(f"Requests may be for {', '.join(settings.allowed_hosts)}")
    remedy = "Name the hosts that the server goes by: other sites' pages may have a name of theirs point to it."
    return Finding("note", "No CHATKIT_ALLOWED_HOSTS", remedy)


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
    return good("The storage for rate limits answers")


def _sockets(settings: Settings) -> list[Finding]:
    """Whether the server that this command brings could open them; nothing when none are wanted."""
    if not settings.websocket:
        return []
    if not any(importlib.util.find_spec(name) for name in ("websockets", "wsproto")):
        return [Finding("wrong", "CHATKIT_WEBSOCKET needs a package", "pip install 'open-chatkit[serve]'")]
    remedy = "A proxy in front has to pass `Upgrade` on: docs/serving.md#web-sockets."
    return [Finding("note", "Web sockets are offered at /chatkit/ws", remedy)]


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
    return good(f"A model is configured: {model.model or 'the default'} at {named}")
