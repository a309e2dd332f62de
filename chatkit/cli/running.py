"""`chatkit serve` and `chatkit demo`: uvicorn, told how to listen, log and stop."""

import importlib
import logging.config
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer
import uvicorn
from starlette.types import ASGIApp

from chatkit.cli.connections import connections, sockets
from chatkit.cli.dotenv import ENV_FILE, read_env_file
from chatkit.cli.problems import UsageProblem
from chatkit.cli.stopping import told_of_stop
from chatkit.cli.targets import app_for, with_hosts_of, with_secret_key
from chatkit.http import LOG_FORMAT, Settings

__all__ = ["create_app", "run_demo", "run_server", "server_options"]

TARGET_VARIABLE = "CHATKIT_SERVE_TARGET"
DATABASE_VARIABLE = "CHATKIT_SERVE_DATABASE"
REDIS_VARIABLE = "CHATKIT_SERVE_REDIS"

_LAST_WORD_SECONDS = 2
"""For answers whose time is up to say so; then their connections are cut."""


def _log_config(level: str) -> dict[str, Any]:
    shown = level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": "chatkit.logger.LogContext"}},
        "formatters": {"default": {"format": LOG_FORMAT}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "default", "filters": ["context"]},
        },
        "root": {"handlers": ["stderr"], "level": "WARNING" if shown == "INFO" else shown},
        "loggers": {"chatkit": {"level": shown}, "uvicorn": {"level": shown if shown == "DEBUG" else "WARNING"}},
    }


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket, so that a taken port is told before anything else happens and a free one is known."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UsageProblem(
            f"Cannot listen on {host}, port {port} ({error.strerror}): choose another --port, 0 for a free one."
        ) from None
    listener.set_inheritable(True)
    return listener


def _url(host: str, port: int) -> str:
    """Where a browser on this machine finds it."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


class _Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts listening, then calls back."""
        await super().startup(sockets)
        if self.started:
            self._when_ready()


def server_options(settings: Settings) -> dict[str, Any]:
    """What uvicorn is told, however many processes there are."""
    return {
        "log_config": _log_config(settings.log_level),
        "log_level": None,
        "access_log": settings.log_level.upper() == "DEBUG",
        "server_header": False,
        "proxy_headers": False,  # CHATKIT_TRUSTED_PROXIES says whose are believed; uvicorn would believe this machine's
        "http": connections(settings),
        "timeout_graceful_shutdown": settings.shutdown_seconds + _LAST_WORD_SECONDS,
        **sockets(settings),
    }


def _run_here(app: ASGIApp, host: str, port: int, settings: Settings, *, browser: bool) -> None:
    listener = _listen(host, port)
    url = _url(host, listener.getsockname()[1])

    def ready() -> None:
        typer.echo(f"ChatKit is ready: {url}  (Ctrl+C stops it)")
        if browser:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to be stopped is no failure
    try:
        _Server(uvicorn.Config(told_of_stop(app), **server_options(settings)), ready).run(sockets=[listener])
    except KeyboardInterrupt:  # uvicorn has stopped in good order and raises the signal again
        pass
    finally:
        listener.close()


def run_demo(host: str, port: int, data_dir: Path | None, *, browser: bool) -> None:
    """Runs the demo until it is stopped."""
    read_env_file()
    given: dict[str, Any] = {} if data_dir is None else {"data_dir": data_dir}
    settings = with_hosts_of(with_secret_key(Settings.load(env_file=ENV_FILE, **given)), host)
    logging.config.dictConfig(_log_config(settings.log_level))
    try:
        app: ASGIApp = importlib.import_module("chatkit.demo").create_app(settings)
    except ImportError as error:
        raise UsageProblem(f"{error}\nThe demo needs its extra: pip install 'open-chatkit[demo]'") from None
    _run_here(app, host, port, settings, browser=browser)


def run_server(
    target: str, host: str, port: int, *, workers: int, database: str | None, redis: str | None, reload: bool
) -> None:
    """Serves the target until it is stopped. Several processes, or one that reloads, make the app each for itself."""
    if reload and workers > 1:
        raise UsageProblem("--reload watches one process: leave --workers out.")
    read_env_file()
    settings, given = _settings_with(database, redis)
    logging.config.dictConfig(_log_config(settings.log_level))
    if workers == 1 and not reload:
        app = app_for(target, settings, given=given)
        _run_here(app, host, port, settings, browser=False)
        return
    if not reload:  # one try here tells of a wrong target once, in place of once per process
        app_for(target, settings, given=given)
    os.environ[TARGET_VARIABLE] = target
    for variable, value in ((DATABASE_VARIABLE, database), (REDIS_VARIABLE, redis)):
        if value is not None:
            os.environ[variable] = value
    with _listen(host, port) as listener:
        free = int(listener.getsockname()[1])
    typer.echo(f"ChatKit is starting: {_url(host, free)}  (Ctrl+C stops it)")
    uvicorn.run(
        "chatkit.cli.running:create_app",
        factory=True,
        host=host,
        port=free,
        workers=workers,
        reload=reload,
        **server_options(settings),
    )


def create_app() -> ASGIApp:
    """The app, in a process that `run_server` has started. Called by uvicorn."""
    read_env_file()
    settings, given = _settings_with(os.environ.get(DATABASE_VARIABLE), os.environ.get(REDIS_VARIABLE))
    return told_of_stop(app_for(os.environ[TARGET_VARIABLE], settings, given=given))


def _settings_with(database: str | None, redis: str | None) -> tuple[Settings, list[str]]:
    """The settings, and which of the options for the store were given."""
    options = {"--database": ("database_url", database), "--redis": ("live_url", redis)}
    given = {option: pair for option, pair in options.items() if pair[1] is not None}
    settings = Settings.load(env_file=ENV_FILE, **dict(given.values()))
    return with_secret_key(settings), list(given)
