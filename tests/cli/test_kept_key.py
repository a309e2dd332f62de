"""The secret key that the commands keep: whole after every crash, and the same for all processes."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chatkit.cli.targets import with_secret_key
from chatkit.http import Settings

KEY = "a key that was kept, long enough for one"
CRASHED = 9
START = """
import os, sys
from pathlib import Path
from chatkit.cli.targets import with_secret_key
from chatkit.http import Settings

def crash(*_, **__):
    os._exit({crashed})

def crash_after(call):
    return lambda *given, **named: (call(*given, **named), crash())

{setup}
settings = with_secret_key(Settings(data_dir=Path(sys.argv[1])))
print(settings.secret_key.get_secret_value())
"""
STEPS = {
    "before the file is made": "import tempfile; tempfile.mkstemp = crash",
    "after the file is made": "import tempfile; tempfile.mkstemp = crash_after(tempfile.mkstemp)",
    "before it is on the disk": "os.fsync = crash",
    "after it is on the disk": "os.fsync = crash_after(os.fsync)",
    "before it has its name": "os.link = crash; os.replace = crash",
    "after it has its name": "os.link = crash_after(os.link); os.replace = crash_after(os.replace)",
    "before the rest is put away": "os.unlink = crash",
}
LEFT = {
    "nothing": None,
    "an empty file": b"",
    "half a line": b"abc",
    "blanks": b" \n\n" * 20,
    "zeros": b"\0" * 43,
    "no text": b"\xff\xfe" * 40,
}


def start(folder: Path, setup: str = "") -> subprocess.Popen[str]:
    code = START.format(crashed=CRASHED, setup=setup)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHATKIT_")}
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def key_of(folder: Path) -> str:
    key = with_secret_key(Settings(data_dir=folder)).secret_key
    assert key is not None
    return key.get_secret_value()


@pytest.mark.parametrize("left", ["nothing", "an empty file"])
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_step_leaves_a_key_or_none_and_the_next_start_works(
    tmp_path: Path, step: str, left: str
) -> None:
    path = tmp_path / "secret_key"
    if (content := LEFT[left]) is not None:
        path.write_bytes(content)
    crashed = start(tmp_path, STEPS[step])
    crashed.communicate(timeout=60)
    if step != "before the rest is put away" or left == "nothing":
        assert crashed.returncode == CRASHED
    known = path.read_text() if path.exists() else ""
    key = key_of(tmp_path)
    assert len(key) >= 32
    assert known in ("", key), "a key that was in its place stays"
    assert key_of(tmp_path) == key == path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("left", LEFT)
def test_a_broken_file_is_made_anew_with_a_warning(tmp_path: Path, left: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    path = tmp_path / "secret_key"
    if (content := LEFT[left]) is not None:
        path.write_bytes(content)
    first, second = (with_secret_key(Settings(data_dir=tmp_path)).secret_key for _ in range(2))
    assert first is not None
    assert first == second
    assert len(first.get_secret_value()) >= 32
    assert path.read_text() == first.get_secret_value()
    assert path.stat().st_mode & 0o777 == 0o600
    assert caplog.text.count("made anew") == (0 if content is None else 1)
    assert sorted(found.name for found in tmp_path.iterdir()) == ["secret_key", "secret_key.lock"]


def test_a_key_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text(KEY + "\n")
    settings = with_secret_key(Settings(data_dir=tmp_path))
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == KEY
    assert (tmp_path / "secret_key").read_text() == KEY + "\n"


@pytest.mark.parametrize("left", ["nothing", "an empty file"])
def test_processes_that_start_at_once_have_one_key(tmp_path: Path, left: str) -> None:
    if (content := LEFT[left]) is not None:
        (tmp_path / "secret_key").write_bytes(content)
    gate = tmp_path / "gate"
    wait = f"import time\nwhile not os.path.exists({str(gate)!r}): time.sleep(0.001)"
    processes = [start(tmp_path, wait) for _ in range(6)]
    gate.touch()
    ended = [process.communicate(timeout=60) for process in processes]
    assert {process.returncode for process in processes} == {0}, ended
    assert {out for out, _ in ended} == {(tmp_path / "secret_key").read_text() + "\n"}


def test_where_no_links_can_be_made_the_key_is_kept_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    first, second = (with_secret_key(Settings(data_dir=tmp_path)).secret_key for _ in range(2))
    assert first == second
    assert (tmp_path / "secret_key").is_file()


def test_a_folder_that_cannot_be_written_to_is_told_and_the_server_starts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    settings = with_secret_key(Settings(data_dir=tmp_path / "file" / "inside"))
    assert settings.secret_key is not None
    assert "CHATKIT_SECRET_KEY" in caplog.text
