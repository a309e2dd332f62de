"""What `chatkit serve` is pointed at: found, made if need be, and wrapped into an app."""

import importlib
import inspect
import secrets
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, cast

from pydantic import SecretStr
from starlette.types import ASGIApp

from chatkit._hosts import LOOPBACK, networks, parse_address
from chatkit.cli.kept import kept_text
from chatkit.cli.problems import UsageProblem
from chatkit.http import ChatKit, Settings
from chatkit.logger import logger
from chatkit.server import ChatKitServer
from chatkit.settings import SHORTEST_SECRET
from chatkit.store import Store
from chatkit.stores import MemoryStore

__all__ = ["app_for", "find", "with_hosts_of", "with_secret_key"]


def find(target: str) -> object:
    """The object at `module:name`. Raises `UsageProblem` that says what is missing."""
    module_name, _, path = target.partition(":")
    if not module_name or not path:
        raise UsageProblem(f"{target!r} does not name a server: write it as module:name, for example myapp:server.")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: object = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not (module_name == error.name or module_name.startswith(f"{error.name}.")):
            raise
        raise UsageProblem(f"There is no module {error.name!r} in {here} or among the installed packages.") from None
    for name in path.split("."):
        try:
            found = inspect.getattr_static(found, name) if isinstance(found, type) else vars(found)[name]
        except (AttributeError, KeyError, TypeError):
            raise UsageProblem(f"{module_name} has no {path!r}.") from None
    return found


def app_for(target: str, settings: Settings, *, given: Collection[str] = ()) -> ASGIApp:
    """The ASGI app for what stands at `target`.

    A store is made for classes that want one, from the settings' database; it is closed when the app ends.
    `given`: options of this very command that are about that store, so that they must not be passed over.
    """
    found = find(target)
    made: list[Store[Any]] = []
    if inspect.isclass(found) and issubclass(found, ChatKitServer):
        found = _instance(cast("type[ChatKitServer[Any]]", found), settings, made)
    elif inspect.isfunction(found) and not inspect.iscoroutinefunction(found) and not _required(found):
        found = cast("Callable[[], object]", found)()
    if given and not made:
        left = " and ".join(given)
        raise UsageProblem(f"{target} brings its own store: leave {left} out, or serve the class in its place.")
    if isinstance(found, ChatKitServer):
        try:
            return ChatKit(cast("ChatKitServer[Any]", found), settings=settings)
        except ImportError as error:  # what the settings ask for needs another extra
            raise UsageProblem(str(error)) from None
    if callable(found):
        return cast(ASGIApp, found)
    raise UsageProblem(f"{target} is a {type(found).__name__}: it has to be a ChatKitServer or an ASGI app.")


def _required(function: Callable[..., object]) -> list[str]:
    """The parameters that have to be given."""
    return [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]


def _instance(server: type[ChatKitServer[Any]], settings: Settings, made: list[Store[Any]]) -> ChatKitServer[Any]:
    required = _required(server)
    if inspect.isabstract(server):
        missing = ", ".join(sorted(server.__abstractmethods__))
        raise UsageProblem(f"{server.__name__} is not complete, it lacks: {missing}.")
    if not required:
        return cast("Callable[[], ChatKitServer[Any]]", server)()
    if required not in (["store"], ["data_store"]):
        raise UsageProblem(
            f"{server.__name__} wants {', '.join(required)}: serve a function without parameters that makes it."
        )
    made.append(_open_store(settings))
    return server(made[0])


def _open_store(settings: Settings) -> Store[Any]:
    """The settings' database, else a SQLite file, else memory when the extra for SQLite is not installed."""
    url = settings.database_url.get_secret_value() if settings.database_url is not None else None
    live = settings.live_url.get_secret_value() if settings.live_url is not None else None
    try:
        from chatkit.stores import SQLStore

        if url is not None:
            return SQLStore(
                url,
                schema_name=settings.database_schema,
                statement_timeout=settings.statement_timeout_seconds,
                live=live,
            )
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        return SQLStore(f"sqlite+aiosqlite:///{settings.data_dir / 'chatkit.sqlite3'}", live=live)
    except ImportError as error:
        if url is not None or live is not None:
            raise UsageProblem(str(error)) from None
        logger.warning("Conversations are kept in memory only: pip install 'open-chatkit[sqlite]' keeps them.")
        return MemoryStore()
    except ValueError as error:
        raise UsageProblem(str(error)) from None


def with_secret_key(settings: Settings) -> Settings:
    """The settings with a secret key: their own, else the one kept in the data folder, made when there is none."""
    if settings.secret_key is not None:
        return settings
    try:
        key = kept_text(settings.data_dir / "secret_key", lambda: secrets.token_urlsafe(32), _is_key)
    except OSError as error:
        logger.warning("No secret key can be kept in %s (%s): set CHATKIT_SECRET_KEY.", settings.data_dir, error)
        key = secrets.token_urlsafe(32)
    return settings.model_copy(update={"secret_key": SecretStr(key)})


def _is_key(text: str) -> bool:
    """Whether a kept key can be one: long enough, and not the zeros that a crash may leave."""
    return len(text) >= SHORTEST_SECRET and text.isascii() and text.isprintable()


def with_hosts_of(settings: Settings, listening: str) -> Settings:
    """The settings, answering only to this machine's own names unless they say otherwise.

    Pages of other sites cannot have these, so none can reach a demo that listens on this machine. Where it was told to
    listen elsewhere too, to whatever address it is called by.
    """
    if settings.allowed_hosts:
        return settings
    address = parse_address(listening)
    more = [listening.lower()] if address is None else [str(network) for network in networks(str(address))]
    if address is None or address.is_unspecified:
        more += map(str, networks("*"))
    own = listening == "localhost" or (address is not None and address.is_loopback)
    return settings.model_copy(update={"allowed_hosts": [*LOOPBACK, *([] if own else more)]})
