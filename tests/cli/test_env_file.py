"""What stands in a file `.env` is there for the server that a module makes, in every process."""

import asyncio

import httpx
import pytest

from chatkit.settings import Settings
from tests.cli.conftest import PATIENCE, Cli

MODULE = """
import os

from chatkit.agents import AgentChatKitServer, AgentSettings
from chatkit.server import ChatKitServer
from chatkit.settings import Branding
from chatkit.stores import MemoryStore
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

MODEL = AgentSettings.load()
SEEN = {
    "own": os.environ.get("SHOP_KEY"),
    "brand": Branding.load().name,
    "model": MODEL.model,
    "provider": MODEL.provider,
}


def answer(request):
    return JSONResponse(SEEN)


app = Starlette(routes=[Route("/seen", answer), Route("/ready", answer)])
"""
FILE = """
# a comment
BRAND_NAME="Acme Assist"
OPENAI_API_KEY=sk-test
export OPENAI_MODEL=some-model
SHOP_KEY='from the file'
"""
EXPECTED = {"own": "from the file", "brand": "Acme Assist", "model": "some-model", "provider": "openai"}


@pytest.fixture
def shop(cli: Cli) -> Cli:
    (cli.folder / "boutique.py").write_text(MODULE)
    (cli.folder / ".env").write_text(FILE)
    return cli


async def seen(url: str) -> dict[str, str]:
    """What the served module saw, once it is up."""
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient(base_url=url) as http:
        while True:
            try:
                return (await http.get("/seen")).json()
            except httpx.TransportError:
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("options", [(), ("--workers", "2"), ("--reload",)], ids=["one process", "workers", "reload"])
async def test_the_module_that_is_served_sees_the_variables_of_the_file(shop: Cli, options: tuple[str, ...]) -> None:
    async with shop.serving("boutique:app", *options) as url:
        assert await seen(url) == EXPECTED


async def test_variables_that_are_there_already_win(shop: Cli) -> None:
    async with shop.serving("boutique:app", BRAND_NAME="Other", SHOP_KEY="") as url:
        assert await seen(url) == {**EXPECTED, "brand": "Other", "own": ""}


async def test_a_file_that_changes_is_read_again_with_reload(shop: Cli) -> None:
    async with shop.serving("boutique:app", "--reload") as url:
        assert (await seen(url))["own"] == "from the file"
        (shop.folder / ".env").write_text(FILE.replace("from the file", "changed").replace("BRAND_NAME", "OTHER_NAME"))
        async with asyncio.timeout(PATIENCE):
            while (found := await seen(url))["own"] != "changed":
                (shop.folder / "boutique.py").write_text(MODULE + "\n")  # what reload watches
                await asyncio.sleep(0.3)
        assert found["brand"] == "ChatKit"


async def test_a_file_that_is_no_text_is_told(shop: Cli) -> None:
    (shop.folder / ".env").write_bytes(b"\xff\xfe\x00=1")
    ran = await shop.run("serve", "boutique:app", "--port", "0")
    assert ran.code == 1
    assert ".env" in ran.err
    assert "Traceback" not in ran.err


async def test_the_demo_sees_the_file_too(shop: Cli) -> None:
    async with (
        shop.serving_command("demo", "--port", "0", "--no-browser") as url,
        httpx.AsyncClient(base_url=url) as http,
    ):
        assert "Acme Assist" in (await http.get("/api/branding")).text


@pytest.mark.parametrize("name", ["CHATKIT_SCHEMA_NAME", "CHATKIT_DATABASE_SCHEMA"])
def test_the_schema_of_the_database_has_two_names(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "chat")
    assert Settings.load().database_schema == "chat"


def test_of_two_schemas_the_databases_own_name_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKFLOW_CHATKIT_SCHEMA_NAME", "one")
    assert Settings.load("TASKFLOW_CHATKIT_").database_schema == "one"
    monkeypatch.setenv("TASKFLOW_CHATKIT_DATABASE_SCHEMA", "two")
    assert Settings.load("TASKFLOW_CHATKIT_").database_schema == "two"
