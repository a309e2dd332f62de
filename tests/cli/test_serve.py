"""`chatkit serve`, with all that it can be pointed at."""

import asyncio
import os
import socket
from typing import Any

import httpx
import pytest

from tests.cli.conftest import PATIENCE, PROJECT, Cli
from tests.http.servers import create, events

LIST: dict[str, Any] = {"type": "threads.list", "params": {}}


@pytest.mark.parametrize("target", ["shop:server", "shop:make", "shop:Server", "shop:app"])
async def test_servers_classes_functions_and_apps_are_served(cli: Cli, target: str) -> None:
    async with cli.serving(target) as url, httpx.AsyncClient(base_url=url) as http:
        assert "<openai-chatkit" in (await http.get("/")).text
        answer = await http.post("/chatkit", json=create())
        progress = events(answer.content)[-1]
        assert progress["text"].startswith("working for visitor_")


async def test_conversations_and_visitors_outlive_the_process(cli: Cli) -> None:
    async with cli.serving("shop:Server") as url, httpx.AsyncClient(base_url=url) as http:
        thread = events((await http.post("/chatkit", json=create())).content)[0]["thread"]["id"]
        cookies = http.cookies
    assert (cli.folder / ".chatkit" / "chatkit.sqlite3").is_file()
    assert (cli.folder / ".chatkit" / "secret_key").stat().st_mode & 0o077 == 0
    async with cli.serving("shop:Server") as url, httpx.AsyncClient(base_url=url, cookies=cookies) as http:
        assert [one["id"] for one in (await http.post("/chatkit", json=LIST)).json()["data"]] == [thread]


async def test_the_database_is_the_one_that_is_named(cli: Cli) -> None:
    url = f"sqlite+aiosqlite:///{cli.folder}/mine.sqlite3"
    async with cli.serving("shop:Server", "--database", url) as address, httpx.AsyncClient(base_url=address) as http:
        assert (await http.get("/ready")).status_code == 200
    assert (cli.folder / "mine.sqlite3").is_file()


async def test_a_database_that_is_down_is_told_and_does_not_keep_the_server_from_starting(cli: Cli) -> None:
    down = "postgresql+psycopg://chat:hunter2@127.0.0.1:9/chat"
    async with cli.serving("shop:Server", "--database", down) as url, httpx.AsyncClient(base_url=url) as http:
        health = await http.get("/health")
        assert health.status_code == 200
        assert health.json() == {"status": "degraded", "checks": {"store": {"status": "unavailable"}}}
        assert (await http.get("/ready")).status_code == 503
        answer = await http.post("/chatkit", json=create())
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "store.unavailable"


async def test_running_answers_are_logged_in_redis_when_it_is_named(cli: Cli) -> None:
    nowhere = "redis://:hunter2@127.0.0.1:9/0"
    checks = {"store": {"status": "ok"}, "live": {"status": "unavailable"}}
    for arguments, environment in ((["--redis", nowhere], {}), ([], {"CHATKIT_LIVE_URL": nowhere})):
        async with (
            cli.serving("shop:Server", *arguments, **environment) as url,
            httpx.AsyncClient(base_url=url) as http,
        ):
            ready = await http.get("/ready")
            assert (ready.status_code, ready.json()) == (200, {"status": "degraded", "checks": checks})
            assert (await http.post("/chatkit", json=create())).status_code == 200


async def test_several_processes_are_one_server(cli: Cli) -> None:
    async with cli.serving("shop:Server", "--workers", "2") as url, httpx.AsyncClient(base_url=url) as http:

        async def up() -> None:
            while True:
                try:
                    await http.get("/ready")
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                else:
                    return

        await asyncio.wait_for(up(), PATIENCE)
        thread = events((await http.post("/chatkit", json=create())).content)[0]["thread"]["id"]
        for _ in range(6):  # whichever process answers: the cookie and the conversation are known to it
            async with httpx.AsyncClient(base_url=url, cookies=http.cookies) as fresh:
                assert [one["id"] for one in (await fresh.post("/chatkit", json=LIST)).json()["data"]] == [thread]


async def test_settings_come_from_the_environment_and_a_file(cli: Cli) -> None:
    (cli.folder / ".env").write_text("CHATKIT_TURNS_PER_MINUTE=1\n")
    async with (
        cli.serving("shop:server", BRAND_NAME="Acme") as url,
        httpx.AsyncClient(base_url=url) as http,
    ):
        assert (await http.get("/api/branding")).json()["name"] == "Acme"
        await http.post("/chatkit", json=LIST)
        assert [(await http.post("/chatkit", json=create())).status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["shop"], "module:name"),
        (["nowhere:server"], "There is no module 'nowhere'"),
        (["shop:nothing"], "shop has no 'nothing'"),
        (["shop:number"], "a ChatKitServer or an ASGI app"),
        (["shop:Incomplete"], "it lacks: respond"),
        (["shop:Demanding"], "wants store, planner"),
        (["shop:server", "--database", "sqlite+aiosqlite:///x.sqlite3"], "brings its own store"),
        (["shop:server", "--redis", "redis://x"], "brings its own store: leave --redis out"),
        (["shop:Server", "--redis", "mysql://x"], "CHATKIT_LIVE_URL: where live runs are logged is written"),
        (["shop:Server", "--database", "mysql://x"], "CHATKIT_DATABASE_URL: a database is written"),
        (["shop:server", "--workers", "2", "--reload"], "leave --workers out"),
    ],
)
async def test_what_cannot_be_served_is_told_in_words(cli: Cli, arguments: list[str], told: str) -> None:
    ran = await cli.run("serve", *arguments)
    assert ran.code == 1
    assert told in ran.err
    assert "Traceback" not in ran.err


async def test_a_mistake_in_the_application_keeps_its_traceback(cli: Cli) -> None:
    (cli.folder / "broken.py").write_text("import nowhere_to_be_found\n")
    ran = await cli.run("serve", "broken:server")
    assert ran.code != 0
    assert "broken.py" in ran.err
    assert "nowhere_to_be_found" in ran.err


async def test_a_taken_port_is_told(cli: Cli) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = await cli.run("serve", "shop:server", "--port", str(taken.getsockname()[1]))
    assert ran.code == 1
    assert "choose another --port" in ran.err


async def test_wrong_settings_are_named(cli: Cli) -> None:
    ran = await cli.run("serve", "shop:server", CHATKIT_TURNS_PER_MINUTE="many", CHATKIT_LOG_LEVEL="loud")
    assert ran.code == 1
    assert "CHATKIT_TURNS_PER_MINUTE: " in ran.err
    assert "CHATKIT_LOG_LEVEL: " in ran.err


async def test_who_speaks_for_others_without_being_trusted_has_one_budget(cli: Cli) -> None:
    limited = {"CHATKIT_TURNS_PER_MINUTE": "2"}
    async with cli.serving("shop:Server", **limited) as url:
        statuses: list[int] = []
        for number in range(4):
            async with httpx.AsyncClient(base_url=url) as http:
                said = {"x-forwarded-for": f"198.51.100.{number}", "forwarded": f"for=198.51.100.{number}"}
                statuses.append((await http.post("/chatkit", json=create(), headers=said)).status_code)
    assert statuses == [200, 200, 429, 429]


async def test_a_client_for_redis_that_is_not_installed_is_told(cli: Cli) -> None:
    (cli.folder / "redis.py").write_text("raise ModuleNotFoundError('none', name='redis')\n")
    path = os.pathsep.join([str(cli.folder), os.environ.get("PYTHONPATH", "")])
    ran = await cli.run("serve", "shop:Server", "--redis", "redis://localhost", PYTHONPATH=path)
    assert ran.code == 1
    assert "pip install 'open-chatkit[redis]'" in ran.err
    assert "Traceback" not in ran.err


async def test_what_the_settings_ask_for_and_is_not_installed_is_told(cli: Cli) -> None:
    (cli.folder / "limits.py").write_text("raise ModuleNotFoundError('none', name='limits')\n")
    (cli.folder / "small.py").write_text(PROJECT.replace("app = ChatKit(server)", ""))
    path = os.pathsep.join([str(cli.folder), os.environ.get("PYTHONPATH", "")])
    ran = await cli.run("serve", "small:server", CHATKIT_RATE_LIMIT_STORAGE="redis://localhost", PYTHONPATH=path)
    assert ran.code == 1
    assert "pip install 'open-chatkit[limits]'" in ran.err
    assert "Traceback" not in ran.err
