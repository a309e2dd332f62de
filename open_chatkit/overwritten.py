"""Whether the package `chatkit` that Python finds is ours, whole, and nobody else's."""

import base64
import hashlib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

__all__ = ["OURS", "REFERENCE", "brings_the_package", "overwritten"]

OURS = "open-chatkit"
REFERENCE = "openai-chatkit"
_HOME = Path(__file__).resolve().parents[1] / "chatkit"
_REPAIR = f"""\
    Repair it:      pip uninstall --yes {REFERENCE} && pip install --force-reinstall --no-deps {OURS}
    Then keep it away, although something requires it:
                    chatkit shim && pip install ./openai_chatkit-*.whl
    More ways are in docs/migration.md."""


def overwritten(*, only_if_suspected: bool = False) -> str | None:
    """What is wrong, with how to mend it, or None.

    Reads every module of the package; `only_if_suspected` does so only where the other distribution is installed.
    """
    if (elsewhere := _found_elsewhere()) is not None:
        return f"✗ Python finds another package chatkit before this one: {elsewhere}\n{_REPAIR}"
    if only_if_suspected and not brings_the_package(REFERENCE):
        return None
    changed = _changed_files()
    if not changed:
        return None
    culprit = f"{REFERENCE} {metadata.version(REFERENCE)}" if brings_the_package(REFERENCE) else "Something"
    return f"✗ {culprit} has overwritten {len(changed)} files of {OURS}, {changed[0]} for one.\n{_REPAIR}"


def brings_the_package(distribution: str) -> bool:
    """Whether a distribution of that name is installed and has files in `chatkit/`; the shim has none.

    One that does not say which files it has is taken to have them.
    """
    try:
        files = metadata.distribution(distribution).files
    except metadata.PackageNotFoundError:
        return False
    return files is None or any(file.parts[0] == "chatkit" for file in files)


def _found_elsewhere() -> str | None:
    spec = find_spec("chatkit")
    found = Path(spec.origin).resolve().parent if spec is not None and spec.origin else None
    return None if found == _HOME else str(found or "none at all")


def _changed_files() -> list[str]:
    """The modules that are not as they were installed. None, where the source itself is being used."""
    try:
        files = metadata.distribution(OURS).files or []
    except metadata.PackageNotFoundError:
        return []
    ours = [file for file in files if file.parts[0] == "chatkit" and file.suffix == ".py" and file.hash is not None]
    return [str(file) for file in ours if file.hash and _digest(Path(str(file.locate()))) != file.hash.value]


def _digest(path: Path) -> str | None:
    """As `RECORD` has it; None for a file that is gone."""
    if not path.is_file():
        return None
    return base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).rstrip(b"=").decode()
