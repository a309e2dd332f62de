"""Help, `migrate`, `doctor` and `demo`."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from chatkit.cli import doctor, running
from chatkit.version import __version__
from tests.cli.conftest import Cli
from tests.http.servers import create, events


@pytest.mark.parametrize("command", [[], ["demo"], ["serve"], ["migrate"], ["doctor"]])
async def test_help_shows_examples(cli: Cli, command: list[str]) -> None:
    ran = await cli.run(*command, "--help")
    assert ran.code == 0
    assert "Examples:" in ran.out
    assert f"chatkit {command[0] if command else 'demo'}" in ran.out.split("Examples:")[1]


async def test_the_version_is_the_packages(cli: Cli) -> None:
    assert (await cli.run("--version")).out == f"open-chatkit {__version__}\n"


def test_without_its_extra_the_command_says_what_to_install() -> None:
    code = "import sys; sys.modules['typer'] = None; from chatkit.cli import main; main()"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr == "The chatkit command needs the package 'typer': pip install 'open-chatkit[serve]'\n"


@pytest.mark.parametrize("missing", ["starlette", "itsdangerous", "pydantic_settings"])
def test_without_its_extra_the_package_says_what_to_install(missing: str) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; import chatkit.http"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "pip install 'open-chatkit[http]'" in ran.stderr.splitlines()[-1]
    assert missing in ran.stderr.splitlines()[-1]


async def test_migrate_makes_the_tables_and_then_has_nothing_to_do(cli: Cli) -> None:
    named = ["migrate", "--database", f"sqlite+aiosqlite:///{cli.folder}/chat.sqlite3"]
    before = await cli.run(*named, "check")
    assert before.code == 1
    assert "Pending" in before.out
    assert "Migrated:" in (await cli.run(*named)).out
    assert (await cli.run(*named, "up")).out == "The tables are up to date.\n"
    after = await cli.run(*named, "check")
    assert after.code == 0
    assert "up to date" in after.out


async def test_migrate_shows_its_sql_without_a_database(cli: Cli) -> None:
    ran = await cli.run(
        "migrate", "--schema", "chat", "sql", CHATKIT_DATABASE_URL="postgresql+psycopg://chat:hunter2@nowhere/chat"
    )
    assert ran.code == 0
    assert "CREATE SCHEMA IF NOT EXISTS chat" in ran.out
    assert "CREATE TABLE" in ran.out
    assert "hunter2" not in ran.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Name the database"),
        (["--database", "mysql://x"], "mysql"),
        (["--database", "postgresql+psycopg://chat:hunter2@127.0.0.1:9/chat"], "does not answer"),
        (["--database", "sqlite+aiosqlite:///x.sqlite3", "--schema", "chat"], "SQLite has no schemas"),
    ],
)
async def test_migrate_says_what_is_wrong(cli: Cli, arguments: list[str], told: str) -> None:
    ran = await cli.run("migrate", *arguments)
    assert ran.code == 1
    assert told in ran.err
    assert "Traceback" not in ran.err
    assert "hunter2" not in ran.err


async def test_the_doctor_finds_nothing_wrong_in_a_good_installation(cli: Cli) -> None:
    ran = await cli.run("doctor", CHATKIT_DATABASE_URL=f"sqlite+aiosqlite:///{cli.folder}/chat.sqlite3")
    wrong = [line for line in ran.out.splitlines() if line.startswith("✗") and "element" not in line]
    assert wrong == []
    assert "✓ Python 3." in ran.out
    assert "✓ The database answers" in ran.out
    assert "No CHATKIT_SECRET_KEY" in ran.out


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"CHATKIT_DATABASE_URL": "postgresql+psycopg://chat:hunter2@127.0.0.1:9/chat"}, "does not answer"),
        ({"CHATKIT_DATABASE_URL": "sqlite+aiosqlite:////nowhere/at/all/x.sqlite3"}, "✗ Database"),
        ({"CHATKIT_RATE_LIMIT_STORAGE": "redis://:hunter2@127.0.0.1:9"}, "✗ redis://:***@127.0.0.1:9 does not answer"),
        ({"CHATKIT_RATE_LIMIT_STORAGE": "http://:hunter2@127.0.0.1:9"}, "CHATKIT_RATE_LIMIT_STORAGE: "),
        ({"OPENAI_BASE_URL": "localhost:11434"}, "OPENAI_BASE_URL: "),
        ({"CHATKIT_TURNS_PER_MINUTE": "many"}, "CHATKIT_TURNS_PER_MINUTE: "),
        ({"BRAND_LOGO_URL": "javascript:x"}, "BRAND_LOGO_URL: "),
        ({"CHATKIT_MODEL_TIMEOUT": "soon"}, "CHATKIT_MODEL_TIMEOUT: "),
    ],
)
async def test_the_doctor_says_what_is_wrong(cli: Cli, environment: dict[str, str], told: str) -> None:
    ran = await cli.run("doctor", **environment)
    assert ran.code == 1
    assert told in ran.out
    assert "hunter2" not in ran.out + ran.err
    assert "Traceback" not in ran.err


async def test_the_doctor_finds_both_distributions(cli: Cli) -> None:
    other = cli.folder / "site" / "openai_chatkit-1.6.5.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.4\nName: openai-chatkit\nVersion: 1.6.5\n")
    ran = await cli.run("doctor", PYTHONPATH=str(cli.folder / "site"))
    assert ran.code == 1
    assert "openai-chatkit 1.6.5 is installed too" in ran.out
    assert "pip uninstall openai-chatkit" in ran.out


async def test_the_doctor_sees_a_model_and_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:11434/v1")
    monkeypatch.setenv("CHATKIT_SECRET_KEY", "x" * 32)
    texts = [finding.text for finding in await doctor.examine() if finding.level == "good"]
    assert "A model is configured: the default at http://localhost:11434/v1" in texts
    assert "A way to sign users in is set" in texts


@pytest.mark.parametrize(
    ("variable", "url"),
    [
        ("OPENAI_BASE_URL", "https://user:hunter2@models.test/v1"),
        ("CHATKIT_MODEL_BASE_URL", "https://hunter2@models.test/v1"),
        ("CHATKIT_MODEL_BASE_URL", "https://models.test/v1?key=hunter2"),
        ("CHATKIT_MODEL_BASE_URL", "https://models.test/v1?api_key=hunter2&api-version=1#hunter2"),
        ("AZURE_OPENAI_ENDPOINT", "https://user:hunter2@models.test?subscription-key=hunter2"),
    ],
)
async def test_the_doctor_shows_a_models_address_without_its_credentials(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT", "CHATKIT_MODEL_BASE_URL", "CHATKIT_MODEL_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, url)
    shown = "\n".join(finding.shown() for finding in await doctor.examine())
    assert "models.test" in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://chat@127.0.0.1:9/chat?password=hunter2",
        "postgresql+psycopg://chat:x@127.0.0.1:9/chat?sslpassword=hunter2",
        "postgresql+psycopg://chat@127.0.0.1:9/chat?options=-c%20a%3Dhunter2",
        "postgresql+psycopg://chat@127.0.0.1:9/chat?nonsense=hunter2",
        "postgresql+psycopg://chat:x@127.0.0.1:hunter2/chat",
        "postgresql+psycopg://chat:hunter2@x@127.0.0.1:9/chat",
        "postgresql+psycopg://chat:hun/ter2@127.0.0.1:9/chat",
    ],
)
async def test_the_doctor_says_which_database_is_down_without_its_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHATKIT_DATABASE_URL", url)
    (finding,) = [finding for finding in await doctor.examine() if finding.text == "Database"]
    assert finding.level == "wrong"
    assert "hunter2" not in finding.shown()
    assert "ter2" not in finding.shown()
    assert "hun" not in finding.shown()


@pytest.mark.parametrize("left", ["nothing", "manifest only"])
async def test_the_doctor_misses_the_elements_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, left: str) -> None:
    if left == "manifest only":
        (tmp_path / "manifest.json").write_text('{"files": {"chatkit.js": {}}}')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(doctor, "ELEMENT_FOLDER", tmp_path)
    (finding,) = [finding for finding in await doctor.examine() if "element" in finding.text]
    assert finding.level == "wrong"
    assert finding.remedy is not None
    assert "hatch_build.py" in finding.remedy


async def test_the_demo_runs_without_a_model_or_a_network(cli: Cli) -> None:
    async with (
        cli.serving_command("demo", "--no-browser", "--port", "0", "--data-dir", "kept") as url,
        httpx.AsyncClient(base_url=url, timeout=30) as http,
    ):
        assert "<openai-chatkit" in (await http.get("/")).text
        assert (await http.get("/ready")).status_code == 200
        for path in ("/", "/ready", "/chatkit.js", "/static/page.js"):
            assert (await http.get(path, headers={"host": "evil.test"})).status_code == 421
        rebound = await http.post(
            "/chatkit", json=create(), headers={"host": "evil.test", "origin": "http://evil.test"}
        )
        assert rebound.status_code == 421
        answer = await http.post("/chatkit", json=create("Add milk to my list"))
    assert any(event["type"] == "thread.item.done" for event in events(answer.content))
    assert (cli.folder / "kept" / "secret_key").is_file()


async def test_the_demo_names_wrong_settings_of_the_model(cli: Cli) -> None:
    ran = await cli.run("demo", "--no-browser", "--port", "0", CHATKIT_MODEL_TIMEOUT="soon")
    assert ran.code == 1
    assert "CHATKIT_MODEL_TIMEOUT: " in ran.err
    assert "Traceback" not in ran.err


def test_the_demo_gets_its_folder_and_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made: list[Any] = []
    ran: list[Any] = []
    demo = ModuleType("chatkit.demo")
    monkeypatch.setattr(demo, "create_app", lambda settings: made.append(settings) or "app", raising=False)
    monkeypatch.setitem(sys.modules, "chatkit.demo", demo)
    monkeypatch.setattr(running, "_run_here", lambda *arguments, **options: ran.append((arguments, options)))
    monkeypatch.setattr(running.logging.config, "dictConfig", lambda config: None)
    monkeypatch.chdir(tmp_path)
    running.run_demo("127.0.0.1", 0, tmp_path / "data", browser=False)
    (settings,) = made
    assert settings.data_dir == tmp_path / "data"
    assert settings.secret_key.get_secret_value() == (tmp_path / "data" / "secret_key").read_text()
    assert ran == [(("app", "127.0.0.1", 0, settings), {"browser": False})]
