"""A real PgBouncer for the tests, in transaction mode: each transaction may have another of its few connections."""

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port, wait_for_port
from tests.support.postgres import unprivileged_user

__all__ = ["run_pgbouncer"]

_PATIENCE_SECONDS = 20

_CONFIG = """\
[databases]
postgres = host=127.0.0.1 port={server} dbname=postgres user=tests

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
# psycopg and libpq may send it; PgBouncer would refuse what it cannot keep for a client
ignore_startup_parameters = extra_float_digits
"""


@contextmanager
def run_pgbouncer(folder: Path, server: int) -> Generator[str]:
    """Runs one for as long as this lasts, in front of the PostgreSQL at that port; gives its address for `SQLStore`."""
    binary = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    assert Path(binary).exists(), "pgbouncer is not installed; scripts/test installs it"
    port, config = free_port(), folder / "pgbouncer.ini"
    config.write_text(_CONFIG.format(server=server, port=port))
    user = unprivileged_user()  # it refuses to run as root
    command = [binary, "-q", *([] if user is None else ["-u", user.pw_name]), str(config)]
    with (folder / "pgbouncer.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env={"PATH": os.environ["PATH"]})
    try:
        wait_for_port(port, process)
        yield f"postgresql+psycopg://tests@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)
