"""Runs it all on this machine: PostgreSQL, Redis where it is of use, two replicas, nginx. Ctrl+C ends everything.

usage: python examples/replicas/run.py [--port PORT] [--no-redis]

Everything listens on the loopback address, on free ports, and keeps what it has in a folder that goes away at the end.
"""

import argparse
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from chatkit.http import Settings

HERE = Path(__file__).parent
PATIENCE = 30.0
"""Seconds that a server has to start or to end."""


class Program:
    """A program that listens on a port, and can be started again."""

    def __init__(self, command: list[str], port: int, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.port = port
        self._command = command
        self._folder = folder
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it takes connections."""
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is for run.py, which ends the others in order
        )
        try:
            until = time.monotonic() + PATIENCE
            while not _listens(self.port):
                if not self.runs or time.monotonic() > until:
                    raise RuntimeError(f"{' '.join(self._command)} did not start.")
                time.sleep(0.05)
        except BaseException:
            self.kill()
            raise

    @property
    def runs(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Its process."""
        return None if self._process is None else self._process.pid

    def tell_to_stop(self) -> None:
        """Asks it to end, and does not wait."""
        if self._process is not None and self.runs:
            self._process.terminate()

    def wait(self) -> int:
        """Waits for its end. The exit status."""
        if self._process is None:
            raise RuntimeError("It was never started.")
        return self._process.wait(PATIENCE)

    def kill(self) -> None:
        """Ends it at once, as a machine that loses its power."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> "Program":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.tell_to_stop()
        try:
            self.wait()
        except (RuntimeError, subprocess.TimeoutExpired):
            self.kill()


class Stack:
    """What runs: `replicas`, and `address`, that of nginx in front of them."""

    def __init__(self, address: str, replicas: list[Program], live_url: str | None) -> None:
        self.address = address
        self.replicas = replicas
        self.live_url = live_url


@contextmanager
def running(*, port: int | None = None, with_redis: bool = True, **environment: str) -> Generator[Stack]:
    """Everything, for as long as this lasts. `environment` is for the replicas."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="replicas-", dir="/tmp")))
        folder.chmod(0o755)  # PostgreSQL and nginx are not run as root
        database = stack.enter_context(postgres(folder))
        # Redis carries what runs say, where this version of chatkit knows how to use it; else the database does.
        live_url: str | None = None
        if with_redis and "live_url" in Settings.model_fields and shutil.which("redis-server"):
            live_url = stack.enter_context(redis(folder))
        given = {
            "CHATKIT_DATABASE_URL": database,
            "CHATKIT_DATA_DIR": str(folder),
            "CHATKIT_SECRET_KEY": secrets.token_urlsafe(32),  # the same for all: a visitor's cookie is known to each
            "CHATKIT_TRUSTED_PROXIES": "127.0.0.1",
            "CHATKIT_WEBSOCKET": "true",
            **({} if live_url is None else {"CHATKIT_LIVE_URL": live_url}),
            **environment,
        }
        subprocess.run([*_CHATKIT, "migrate"], env={**os.environ, **given}, check=True, stdout=subprocess.DEVNULL)
        replicas = [_replica(given) for _ in range(2)]
        for replica in replicas:
            stack.enter_context(replica)
        balancer = stack.enter_context(_nginx(folder, port or free_port(), replicas))
        yield Stack(f"http://127.0.0.1:{balancer.port}", replicas, live_url)


_CHATKIT = [sys.executable, "-m", "open_chatkit"]


def _replica(environment: dict[str, str]) -> Program:
    port = free_port()
    return Program([*_CHATKIT, "serve", "app:Words", "--port", str(port)], port, HERE, environment)


def _nginx(folder: Path, port: int, replicas: list[Program]) -> Program:
    names = {f"REPLICA_{number}": f"127.0.0.1:{replica.port}" for number, replica in enumerate(replicas, 1)}
    names["LISTEN"] = f"127.0.0.1:{port}"
    site = re.sub(r"\$\{(\w+)\}", lambda found: names[found[1]], (HERE / "nginx.conf").read_text())
    (folder / "site.conf").write_text(site)
    spools = [f"{kind}_temp_path {folder}/nginx-{kind};" for kind in ("proxy", "fastcgi", "uwsgi", "scgi")]
    (folder / "main.conf").write_text(
        "\n".join(
            [
                "daemon off;",
                f"pid {folder}/nginx.pid;",
                "error_log stderr crit;",
                "events {}",
                "http {",
                "access_log off;",
                f"client_body_temp_path {folder}/nginx-body;",
                *spools,
                f"include {folder}/site.conf;",
                "}",
            ]
        )
    )
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise FileNotFoundError("nginx is not installed: apt install nginx")
    return Program([program, "-e", "stderr", "-p", str(folder), "-c", str(folder / "main.conf")], port, folder)


@contextmanager
def postgres(folder: Path) -> Generator[str]:
    """A PostgreSQL that keeps nothing beyond this. Its address."""
    home, user = folder / "postgres", _unprivileged()
    home.mkdir()
    if user is not None:
        os.chown(home, user.pw_uid, user.pw_gid)
    run_as = [] if user is None else ["runuser", "-u", user.pw_name, "--"]
    create = [*run_as, _postgres_program("initdb"), "-D", str(home / "data"), "--auth=trust", "-U", "chat", "--no-sync"]
    subprocess.run([*create, "--encoding=UTF8", "--locale=C.UTF-8"], cwd=home, check=True, stdout=subprocess.DEVNULL)
    port = free_port()
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(home), "fsync": "off"}
    command = [_postgres_program("postgres"), "-D", str(home / "data"), "-p", str(port)]
    command += [f"--{name}={value}" for name, value in options.items()]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            command,
            cwd=home,
            stdout=log,
            stderr=log,
            start_new_session=True,
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
        )
    try:
        until = time.monotonic() + PATIENCE
        while not _listens(port):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start: {(home / 'log').read_text()}")
            time.sleep(0.05)
        yield f"postgresql+psycopg://chat@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)  # "fast": open connections are cut
        server.wait(PATIENCE)


@contextmanager
def redis(folder: Path) -> Generator[str]:
    """A Redis that keeps nothing beyond this. Its address."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with Program(command, port, folder):
        yield f"redis://127.0.0.1:{port}/0"


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to be in root's place: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in ("postgres", "nobody") if name in known)


def _postgres_program(name: str) -> str:
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which(name)
    if found is None:
        raise FileNotFoundError("PostgreSQL is not installed: apt install postgresql")
    return found


def main() -> None:
    """Until Ctrl+C."""
    parser = argparse.ArgumentParser(description="Two replicas of a chat server behind nginx, on this machine.")
    parser.add_argument("--port", type=int, help="nginx' port; a free one unless given")
    parser.add_argument("--no-redis", action="store_true", help="let the database carry what runs say")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with running(port=options.port, with_redis=not options.no_redis) as stack:
            carrier = "PostgreSQL" if stack.live_url is None else "Redis"
            print(f"Two replicas behind nginx: {stack.address}  (Ctrl+C stops all)")
            print(f"They share PostgreSQL; what runs say goes by {carrier}. Their process ids are in the answers.")
            signal.pause()
    except KeyboardInterrupt:
        print("\nStopped.")
    except FileNotFoundError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
