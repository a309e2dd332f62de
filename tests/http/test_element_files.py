"""The element for applications that keep a route of their own: mounted in one line, or copied for a static server."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from typer.testing import CliRunner

from chatkit.cli.commands import app as commands
from chatkit.http import ElementFiles
from tests.http.servers import client


def fastapi_at(path: str) -> Any:
    app = FastAPI()

    @app.post("/chatkit")
    async def chatkit() -> dict[str, str]:
        return {"route": "own"}

    app.mount(path, ElementFiles())
    return app


def starlette_at(path: str) -> Any:
    return Starlette(routes=[Mount(path, ElementFiles())])


async def loaded(http: httpx.AsyncClient, script: str) -> list[str]:
    """Loads the script and all that it asks for at once, as a browser would; gives the names of what it loaded."""
    answer = await http.get(script)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(("text/javascript", "application/javascript"))
    modules = re.findall(r'"(\./chatkit/[^"]+)"', answer.text)
    assert modules
    for module in modules:
        found = await http.get(f"{script.rpartition('/')[0]}/{module.removeprefix('./')}")
        assert found.status_code == 200, module
    return modules


@pytest.mark.parametrize("make", [fastapi_at, starlette_at])
@pytest.mark.parametrize("path", ["/", "/static", "/deep/er"])
async def test_one_line_serves_the_script_and_what_it_loads(make: Any, path: str) -> None:
    prefix = path.rstrip("/")
    async with client(make(path)) as http:
        await loaded(http, f"{prefix}/chatkit.js")
        assert (await http.get(f"{prefix}/chatkit-page.js")).status_code == 200
        assert (await http.get(f"{prefix}/chatkit/nothing.js")).status_code == 404
        assert (await http.get(f"{prefix}/nothing")).status_code == 404


async def test_a_route_of_ones_own_stays_beside_it() -> None:
    async with client(fastapi_at("/")) as http:
        assert (await http.post("/chatkit", json={})).json() == {"route": "own"}


async def test_an_element_of_ones_own_can_be_served(tmp_path: Path) -> None:
    async with client(Starlette(routes=[Mount("/", ElementFiles(tmp_path))])) as http:
        missing = await http.get("/chatkit.js")
        assert missing.status_code == 404
        assert missing.json()["error"]["code"] == "element.not_built"


async def test_the_copied_files_are_whole_for_any_static_server(tmp_path: Path) -> None:
    for _ in range(2):  # again, over what is there
        done = CliRunner().invoke(commands, ["element", "--out", str(tmp_path / "static")])
        assert done.exit_code == 0, done.output
    async with client(Starlette(routes=[Mount("/s", StaticFiles(directory=tmp_path / "static"))])) as http:
        await loaded(http, "/s/chatkit.js")
        assert (await http.get("/s/chatkit-page.js")).status_code == 200


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = CliRunner().invoke(commands, ["element", "--out", str(tmp_path / "file")])
    assert done.exit_code == 1
    assert "cannot be written" in done.output
