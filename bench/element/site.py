"""The contestants' pages: built once with Vite, served from this machine, and weighed by what they ask for."""

import gzip
import os
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).parent
PAGES = HERE / "pages"
ROOT = HERE.parents[1]
BUILT = ROOT / ".chatkit" / "bench-element"
ELEMENT = ROOT / "chatkit" / "_element"
WEIGHED = {".js", ".css"}


def build(contestants: list[str]) -> None:
    """Installs what the lock file says and builds one page for each contestant."""
    if not (PAGES / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=PAGES, check=True)
    for name in contestants:
        environment = os.environ | {"CONTESTANT": name, "OUT": str(BUILT / name)}
        subprocess.run(
            ["npx", "vite", "build"],
            cwd=PAGES,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


class _Handler(SimpleHTTPRequestHandler):
    """Files of the built pages, and the element's own under `/element/`."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, element: Path) -> None:
        self.element = element
        super().__init__(*args, directory=str(BUILT))

    def translate_path(self, path: str) -> str:
        plain = urlsplit(path).path
        if plain.startswith("/element/"):
            return str(self.element / plain.removeprefix("/element/"))
        return super().translate_path(path)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def served(element: Path = ELEMENT) -> Generator[str]:
    """Serves all built pages; gives the address below which each contestant has its folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, element=element))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def weight(paths: set[str], element: Path) -> int:
    """Bytes of the scripts and style sheets at `paths`, each compressed with gzip."""
    total = 0
    for path in paths:
        file = element / path.removeprefix("/element/") if path.startswith("/element/") else BUILT / path.lstrip("/")
        if file.suffix in WEIGHED:
            total += len(gzip.compress(file.read_bytes()))
    return total
