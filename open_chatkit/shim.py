"""An empty distribution `openai-chatkit`, for environments where something requires that name.

Its wheel has no files of its own and requires this distribution, so the package `chatkit` stays ours. The version is a
local one (`1.6.5+open`): it satisfies what the real one satisfies, and no index has it.
"""

import base64
import hashlib
import zipfile
from pathlib import Path

__all__ = ["VERSION", "write_shim"]

VERSION = "1.6.5"
"""The version of the reference that this package stands for."""

_METADATA = """\
Metadata-Version: 2.1
Name: openai-chatkit
Version: {version}
Summary: Empty: open-chatkit brings the package chatkit.
Requires-Dist: open-chatkit[openai]
"""
_WHEEL = "Wheel-Version: 1.0\nGenerator: open-chatkit\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write_shim(folder: Path, version: str = VERSION) -> Path:
    """Writes the wheel into `folder`, made if need be, and gives its path. The same version gives the same bytes."""
    full = f"{version}+open"
    info = f"openai_chatkit-{full}.dist-info"
    files = {f"{info}/METADATA": _METADATA.format(version=full), f"{info}/WHEEL": _WHEEL}
    record = "".join(f"{name},{_hash(text)},{len(text)}\n" for name, text in files.items())
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"openai_chatkit-{full}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            packed.writestr(zipfile.ZipInfo(name), text)
    return wheel


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
