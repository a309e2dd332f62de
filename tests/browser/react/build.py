"""The React pages under test: the harness, and the documentation's snippets."""

import shutil
from pathlib import Path

from chatkit.http.assets import ELEMENT_FOLDER, PAGE_HELPERS
from tests.support.npm import alone, fingerprint, installed, npm
from tests.support.snippets import DOCS, snippets

__all__ = ["DOCS_APP", "HERE", "built"]

HERE = Path(__file__).parent
DOCS_APP = HERE / "dist" / "docs" / "react"
"""The React application that the documentation shows, as a user has it: sources, `vite.config.ts`, and `dist/`."""

_STAMP = HERE / "dist" / ".stamp"
_INDEX = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Orders</title>
<link rel="icon" href="data:,"><script src="/chatkit.js" defer></script></head>
<body><div id="root"></div><script type="module" src="/src/main.tsx"></script></body></html>
"""
_OF_NEXT = ("app/", "next.config.ts")


def _sources() -> list[Path]:
    found = [path for path in (HERE / "src").rglob("*") if path.is_file()]
    own = [*HERE.glob("*.ts"), *HERE.glob("*.json"), HERE / "build.py"]
    element = [*(ELEMENT_FOLDER / name for name in PAGE_HELPERS), *(ELEMENT_FOLDER / "react").glob("*")]
    return [*found, *own, DOCS / "frameworks.md", *(path for path in element if path.is_file())]


def _write_snippets() -> None:
    """The documentation's files where a user puts them."""
    shutil.rmtree(DOCS_APP.parent, ignore_errors=True)
    files = {name: text for name, text in snippets("frameworks.md").items() if name.endswith((".ts", ".tsx"))}
    for name, text in files.items():
        path = (DOCS_APP.parent / "next" if name.startswith(_OF_NEXT) else DOCS_APP) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (DOCS_APP / "index.html").write_text(_INDEX)
    for name in PAGE_HELPERS:
        shutil.copy(ELEMENT_FOLDER / name, DOCS_APP / "src" / name)


async def built() -> Path:
    """The folder with the built pages. Types are checked before anything is built; nothing is done twice."""
    async with alone(HERE):
        wanted = fingerprint(_sources())
        if not _STAMP.is_file() or _STAMP.read_text() != wanted:
            await installed(HERE)
            _write_snippets()
            await npm(HERE, "run", "build")
            _STAMP.write_text(wanted)
    return _STAMP.parent
