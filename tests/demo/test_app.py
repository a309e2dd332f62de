"""The demo over HTTP, and how it is put together."""

import json
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from chatkit.agents import AgentSettings
from chatkit.demo import create_app
from chatkit.demo.server import TodoServer
from chatkit.demo.todos.database import TodoDatabase
from chatkit.http import ChatKit, Settings


@pytest.fixture
async def browser(app: ChatKit) -> AsyncGenerator[httpx.AsyncClient]:
    async with _browser(app) as opened:
        yield opened


def _browser(app: ChatKit) -> httpx.AsyncClient:
    """One visitor's: it keeps cookies."""
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://demo.test", headers={"Origin": "http://demo.test"})


async def _post(browser: httpx.AsyncClient, operation: str, **params: Any) -> httpx.Response:
    return await browser.post("/chatkit", json={"type": operation, "params": params})


def _events(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    frames = response.text.split("\n\n")
    return [json.loads(frame.removeprefix("data: ")) for frame in frames if frame.startswith("data: ")]


def _message(text: str) -> dict[str, Any]:
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


def _card(events: list[dict[str, Any]]) -> dict[str, Any]:
    return next(event["item"] for event in events if event.get("item", {}).get("type") == "widget")


async def test_add_tick_reload_and_a_stranger(app: ChatKit, browser: httpx.AsyncClient) -> None:
    events = _events(await _post(browser, "threads.create", input=_message("add buy milk")))
    thread_id = events[0]["thread"]["id"]
    card = _card(events)
    action = _find(card["widget"], "Checkbox")["onChangeAction"]
    answer = await _post(
        browser,
        "threads.sync_custom_action",
        thread_id=thread_id,
        item_id=card["id"],
        action={"type": action["type"], "payload": action["payload"]},
    )
    assert _find(answer.json()["updated_item"]["widget"], "Checkbox")["defaultChecked"] is True

    reloaded = (await _post(browser, "threads.get_by_id", thread_id=thread_id)).json()
    (stored,) = (item for item in reloaded["items"]["data"] if item["type"] == "widget")
    assert _find(stored["widget"], "Checkbox")["defaultChecked"] is True

    async with _browser(app) as stranger:
        assert (await _post(stranger, "threads.get_by_id", thread_id=thread_id)).status_code == 404
        assert (await _post(stranger, "threads.list")).json()["data"] == []
        events = _events(await _post(stranger, "threads.create", input=_message("what's on my list?")))
        assert _find(_card(events)["widget"], "Badge")["label"] == "Empty"


async def test_a_bad_sync_action_is_a_readable_error(browser: httpx.AsyncClient) -> None:
    events = _events(await _post(browser, "threads.create", input=_message("add buy milk")))
    answer = await _post(
        browser,
        "threads.sync_custom_action",
        thread_id=events[0]["thread"]["id"],
        item_id=_card(events)["id"],
        action={"type": "todo.set_done", "payload": {}},
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "action.invalid"


async def test_the_page_says_what_the_demo_is(browser: httpx.AsyncClient) -> None:
    config = (await browser.get("/api/config")).json()
    assert config["branding"]["name"] == "Todos"
    start = config["options"]["startScreen"]
    assert start["greeting"]
    assert len(start["prompts"]) == 4
    assert all(prompt["icon"] and prompt["prompt"] for prompt in start["prompts"])


async def test_the_brand_is_the_environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAND_NAME", "Acme")
    monkeypatch.setenv("BRAND_PRIMARY_COLOR", "#ff0066")
    app = create_app(Settings(data_dir=tmp_path, secret_key="not-so-secret-in-tests"))
    async with _browser(app) as browser:
        branding = (await browser.get("/api/branding")).json()
    assert (branding["name"], branding["primaryColor"]) == ("Acme", "#ff0066")


async def test_a_key_or_a_base_url_makes_it_a_real_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="not-so-secret-in-tests")
    offline, online, elsewhere = (
        create_app(settings, model=AgentSettings.load(**given))
        for given in ({}, {"model_api_key": "sk-test"}, {"model_base_url": "http://localhost:11434/v1"})
    )
    assert [_server(app).models.offline for app in (offline, online, elsewhere)] == [True, False, False]


@pytest.mark.parametrize("driver", ["sqlite", "sqlite+aiosqlite"])
async def test_the_database_can_be_named(tmp_path: Path, driver: str) -> None:
    url = f"{driver}:///{tmp_path / 'mine.sqlite3'}"
    app = create_app(Settings(database_url=url, data_dir=tmp_path / "unused", secret_key="not-so-secret-in-tests"))
    async with app.lifespan():
        assert (tmp_path / "mine.sqlite3").exists()
    assert not (tmp_path / "unused").exists()


async def test_the_data_folder_is_made(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path / "a" / "b", secret_key="not-so-secret-in-tests"))
    async with app.lifespan():
        assert (tmp_path / "a" / "b" / "demo.sqlite3").exists()


async def test_what_was_opened_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[TodoDatabase] = []
    close = TodoDatabase.close

    async def closing(database: TodoDatabase) -> None:
        closed.append(database)
        await close(database)

    monkeypatch.setattr(TodoDatabase, "close", closing)
    app = create_app(Settings(data_dir=tmp_path, secret_key="not-so-secret-in-tests"))
    async with app.lifespan():
        assert not closed
    assert len(closed) == 1


def test_importing_opens_nothing(tmp_path: Path) -> None:
    code = "import chatkit.demo, pathlib; assert not list(pathlib.Path().iterdir())"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=60)


def _server(app: ChatKit) -> TodoServer:
    assert isinstance(app.server, TodoServer)
    return app.server


def _find(node: dict[str, Any], kind: str) -> dict[str, Any]:
    """The first component of a kind."""
    if node["type"] == kind:
        return node
    found = [match for child in node.get("children") or () if (match := _find(child, kind))]
    return found[0] if found else {}


@pytest.mark.parametrize(("given", "offline"), [({}, True), ({"model_api_key": "sk-test"}, False)])
async def test_the_page_says_who_answers_and_how_to_put_ones_own_model_there(
    tmp_path: Path, given: dict[str, str], offline: bool
) -> None:
    app = create_app(Settings(data_dir=tmp_path), model=AgentSettings.load(env_file=None, **given))
    async with _browser(app) as http:
        options = (await http.get("/api/config")).json()["options"]
    start = options["startScreen"]
    assert len(start["prompts"]) == 4
    if not offline:
        assert start["greeting"] == "What needs doing?"
        assert "disclaimer" not in options
        return
    assert "offline demo model" in start["greeting"]["description"]
    for word in ("OPENAI_API_KEY", "scripts/gallery", "docs/"):
        assert word in options["disclaimer"]["text"]
