"""What is packed is whole: the element, the page, the migrations; and a wheel built from the sdist needs no Node."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = [
    "chatkit/py.typed",
    "chatkit/_element/chatkit.js",
    "chatkit/_element/chatkit-page.d.ts",
    "chatkit/_element/chatkit-page.js",
    "chatkit/_element/manifest.json",
    "chatkit/http/pages/index.html",
    "chatkit/stores/sql/migrations/env.py",
]


def build(kind: str, source: Path, target: Path, **environment: str) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    done = subprocess.run(
        command, cwd=source, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(target.iterdir())


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


def test_the_wheel_has_everything_and_nothing_else(tmp_path: Path) -> None:
    wheel = build("wheel", ROOT, tmp_path)
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in NEEDED if name not in names] == []
    assert {name.split("/")[0] for name in names if not name.startswith("open_chatkit")} == {"chatkit"}
    assert not any(part in name for name in names for part in ("node_modules", "__pycache__", ".sqlite3"))


def test_a_wheel_from_the_sdist_needs_no_node(sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as packed:
        packed.extractall(tmp_path / "unpacked", filter="data")
    source = next((tmp_path / "unpacked").iterdir())
    (tmp_path / "wheel").mkdir()
    wheel = build("wheel", source, tmp_path / "wheel", PATH="/nonexistent")
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in NEEDED if name not in names] == []
