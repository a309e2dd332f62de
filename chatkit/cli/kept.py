"""Small files that the commands keep: whole or not there, whenever the machine stops, the same for all processes."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

from chatkit.logger import logger

__all__ = ["kept_text"]


def kept_text(path: Path, make: Callable[[], str], is_whole: Callable[[str], bool]) -> str:
    """The text in the file, which is made, readable by its owner only, when it is missing or not `is_whole`.

    The new text is written beside the file and put in its place once it is on the disk. Processes that do this at the
    same time agree on one text. Raises `OSError`.
    """
    known = _read(path)
    if known is not None and is_whole(known):
        return known
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path.with_name(f"{path.name}.lock")):
        known = _read(path)
        if known is not None and is_whole(known):
            return known
        if known is not None:
            logger.warning("%s was not written to its end, or is too short: it is made anew.", path)
        _write(path, make(), replace=known is not None)
        return _read(path) or ""


def _read(path: Path) -> str | None:
    """None when there is no such file; bytes that are no text are no reason to fail."""
    try:
        return path.read_bytes().decode("utf-8", "replace").strip()
    except FileNotFoundError:
        return None


def _write(path: Path, text: str, *, replace: bool) -> None:
    """Puts the text in place in one step. Unless told to replace, another process's file stays."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # readable by its owner only
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace or not _linked(name, path):
            os.replace(name, path)  # noqa: PTH105 - beside os.link, whose counterpart it is
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108 - as above
    _sync_folder(path.parent)


def _linked(name: str, path: Path) -> bool:
    """Gives the file its name, unless there is one of that name. False where the file system has no links."""
    try:
        os.link(name, path)
    except FileExistsError:
        return True
    except OSError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    """The name has to be on the disk too. Not every system can do that, or needs it."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _alone(path: Path) -> Generator[None]:
    """One process at a time, where the system has such locks: the lock goes with the process that holds it."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with contextlib.suppress(OSError):  # some network file systems have none
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
