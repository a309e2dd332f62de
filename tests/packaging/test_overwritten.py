"""Another distribution with a package `chatkit`: said in words where it came over ours, and kept out by the shim.

Installations are made of folders with the metadata that pip leaves, so that nothing is downloaded.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from chatkit.version import __version__
from open_chatkit.shim import write_shim

ROOT = Path(__file__).parents[2]
THEIRS = {"chatkit/__init__.py": "", "chatkit/server.py": "class ChatKitServer: ...\n", "chatkit/errors.py": ""}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder like `site-packages`, with this package in it."""
    for package in ("chatkit", "open_chatkit"):
        kept_out = shutil.ignore_patterns("__pycache__", "_element")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=kept_out)
    record_of(tmp_path, "open_chatkit", __version__, sorted(tmp_path.rglob("*.py")))
    return tmp_path


def record_of(site: Path, name: str, version: str, files: list[Path]) -> None:
    info = site / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n")
    lines = [f"{file.relative_to(site)},sha256={digest(file)},{file.stat().st_size}" for file in files]
    (info / "RECORD").write_text("\n".join(lines) + "\n")


def digest(file: Path) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(file.read_bytes()).digest()).rstrip(b"=").decode()


def install_the_other(site: Path) -> None:
    for name, text in THEIRS.items():
        (site / name).write_text(text)
    record_of(site, "openai_chatkit", "1.6.5", [site / name for name in THEIRS])


def command(site: Path, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command as its entry point does, with that folder before everything else."""
    program = "import sys; from open_chatkit import main; sys.argv[0] = 'chatkit'; main()"
    environment = {**os.environ, "PYTHONPATH": str(site)}
    line = [sys.executable, "-c", program, *words]
    return subprocess.run(line, cwd=cwd or site, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize("words", [["doctor"], ["--version"], ["serve", "app:server"], []])
def test_every_command_says_what_was_overwritten_and_how_to_mend_it(site: Path, words: list[str]) -> None:
    install_the_other(site)
    done = command(site, *words)
    assert done.returncode == 1
    assert "openai-chatkit 1.6.5 has overwritten 3 files of open-chatkit" in done.stderr
    assert "pip install --force-reinstall --no-deps open-chatkit" in done.stderr
    assert "chatkit shim" in done.stderr
    assert "Traceback" not in done.stderr


def test_files_that_are_gone_are_missed_too(site: Path) -> None:
    """`pip uninstall openai-chatkit` takes those of its files along that were ours."""
    (site / "chatkit" / "server.py").unlink()
    done = command(site, "doctor")
    assert done.returncode == 1
    assert "chatkit/server.py" in done.stderr
    assert "Traceback" not in done.stderr


def test_another_package_that_is_found_first_is_named(site: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    first = tmp_path_factory.mktemp("first")
    (first / "chatkit").mkdir()
    (first / "chatkit" / "__init__.py").touch()
    done = command(site, "doctor", cwd=first)  # Python looks in the working folder first
    assert done.returncode == 1
    assert str(first / "chatkit") in done.stderr


def test_a_whole_installation_runs_its_commands(site: Path) -> None:
    done = command(site, "--version")
    assert (done.returncode, done.stdout) == (0, f"open-chatkit {__version__}\n")


def test_doctor_warns_of_the_other_one_before_it_does_harm(site: Path) -> None:
    record_of(site, "openai_chatkit", "1.6.5", [site / name for name in THEIRS])
    done = command(site, "doctor")
    assert done.returncode == 1
    assert "openai-chatkit 1.6.5 is installed too" in done.stdout


def test_with_the_shim_doctor_finds_nothing_wrong_with_the_other_name(site: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(write_shim(tmp_path / "wheels")) as wheel:
        wheel.extractall(site)
    done = command(site, "doctor")
    assert "✓ openai-chatkit 1.6.5+open is the empty one" in done.stdout
    assert "installed too" not in done.stdout


def test_pip_takes_the_shim_for_the_distribution_of_that_name(tmp_path: Path) -> None:
    wheel = write_shim(tmp_path)
    target = tmp_path / "target"
    options = ["--no-deps", "--no-index", "--disable-pip-version-check", "--target", str(target)]
    line = [sys.executable, "-m", "pip", "install", "--quiet", *options, f"--find-links={tmp_path}"]
    done = subprocess.run([*line, "openai-chatkit>=1.6.4,<2"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in target.iterdir()} == {"openai_chatkit-1.6.5+open.dist-info"}
    assert wheel.read_bytes() == write_shim(tmp_path / "again").read_bytes()


def test_the_command_writes_the_shim_where_it_is_told(tmp_path: Path) -> None:
    done = command(ROOT, "shim", "--out", str(tmp_path / "wheels"), "--version", "1.7.0")
    assert done.returncode == 0, done.stderr
    (written,) = (tmp_path / "wheels").iterdir()
    assert written.name == "openai_chatkit-1.7.0+open-py3-none-any.whl"
    assert done.stdout.strip() == str(written)
