"""Names of files that strangers type: only those that exist are known, and nothing of the others is kept."""

import asyncio
import gc
import json
import os
import tracemalloc
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from chatkit.http import ChatKit
from chatkit.http.assets import AssetFolder
from chatkit.http.errors import HttpError
from tests.http.servers import EchoServer, chatkit, client

BIG = b"x" * 900_000
NAME = "assets/diagram-abc.js"

SPELLINGS: dict[str, str] = {
    "two slashes": "assets//diagram-abc.js",
    "many slashes": "assets" + "/" * 50 + "diagram-abc.js",
    "slashes before": "//assets/diagram-abc.js",
    "a slash behind": "assets/diagram-abc.js/",
    "a dot": "assets/./diagram-abc.js",
    "a dot before": "./assets/diagram-abc.js",
    "two dots": "assets/../assets/diagram-abc.js",
    "out and in again": "../element/assets/diagram-abc.js",
    "a backslash": "assets\\diagram-abc.js",
    "upper case": "ASSETS/DIAGRAM-ABC.JS",
    "a dot behind": "assets/diagram-abc.js.",
    "a space behind": "assets/diagram-abc.js ",
    "a space before": " assets/diagram-abc.js",
    "an encoded slash": "assets%2fdiagram-abc.js",
    "NUL behind": "assets/diagram-abc.js\0",
    "NUL between": "assets\0/diagram-abc.js",
    "a stream of NTFS": "assets/diagram-abc.js::$DATA",
    "wide letters": "assets/diagram-\uff41bc.js",
    "another hyphen": "assets/diagram\u2010abc.js",
    "a mark that adds nothing": "assets/diagram-abc\u200d.js",
    "a query in the name": "assets/diagram-abc.js?x",
    "a line break": "assets/diagram-abc.js\n",
    "300 characters": "assets/" + "x" * 300,
    "5,000 characters": "assets/" + "x" * 5000 + ".js",
    "5,000 folders": "assets/" + "x/" * 5000,
    "300 signs of four bytes": "assets/" + "💥" * 300,
    "a lone surrogate": "assets/\udcff.js",
    "the folder": "assets",
    "the folder, as one": "assets/",
    "nothing": "",
    "a dot alone": ".",
    "two dots alone": "..",
    "a tilde": "~/assets/diagram-abc.js",
    "a drive": "C:/assets/diagram-abc.js",
    "absolute": "/etc/passwd",
    "hidden": ".git/config",
    "hidden within": "assets/.secret",
}


@pytest.fixture
def element(tmp_path: Path) -> Path:
    folder = tmp_path / "element"
    (folder / "assets").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("secret")
    (folder / "assets" / ".secret").write_text("secret")
    (folder / NAME).write_bytes(BIG)
    (folder / "chatkit.js").write_text("import './assets/diagram-abc.js'")
    (folder / "manifest.json").write_text(json.dumps({"main": NAME, "files": {}}))
    return folder


async def get(app: ChatKit, path: str) -> tuple[int, bytes]:
    """The answer to a path that no client would send as it is."""
    sent: list[Any] = []

    async def receive() -> Any:
        return await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": quote(path, errors="surrogatepass").encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [],
    }
    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("name", SPELLINGS)
async def test_a_file_has_one_name_and_every_other_is_not_found(server: EchoServer, element: Path, name: str) -> None:
    app = chatkit(server, element_dir=element)
    for path in (f"/chatkit/{SPELLINGS[name]}", f"/static/{SPELLINGS[name]}"):
        status, body = await get(app, path)
        if path != "/chatkit/" and not path.endswith("\n"):  # which routes do not see
            assert status == 404
            assert len(body) < 200
    assert (await get(app, f"/chatkit/{NAME}")) == (200, BIG)


@pytest.mark.parametrize("name", SPELLINGS)
def test_the_folder_knows_no_other_name(element: Path, name: str) -> None:
    folder = AssetFolder(element)
    assert SPELLINGS[name] not in folder
    with pytest.raises(HttpError):
        folder.get(SPELLINGS[name])


async def test_a_thousand_spellings_leave_nothing_in_memory(server: EchoServer, element: Path) -> None:
    app = chatkit(server, element_dir=element)
    await get(app, f"/chatkit/{NAME}")
    await get(app, "/chatkit/assets/none.js")
    tracemalloc.start()
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(1000):
        await get(app, f"/chatkit/assets{'/' * (number % 100 + 2)}./diagram-abc.js")
        await get(app, f"/chatkit/assets/none-{number}.js")
    gc.collect()
    left = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert left < 200_000


async def test_files_that_come_and_go_are_noticed(server: EchoServer, element: Path) -> None:
    app = chatkit(server, element_dir=element)
    late = element / "assets" / "late-def.js"
    assert (await get(app, "/chatkit/assets/late-def.js"))[0] == 404
    late.write_text("late")
    os.utime(late.parent, (2, 2))
    assert (await get(app, "/chatkit/assets/late-def.js")) == (200, b"late")
    (element / "chatkit.js").unlink()
    os.utime(element, (2, 2))
    assert (await get(app, "/chatkit/chatkit.js"))[0] == 404


HIDDEN = [
    ".env",
    ".git/config",
    ".git/",
    ".git",
    "assets/.htpasswd",
    "assets/.cache/state.json",
    "deep/er/.env.local",
    ".well-known/.env",
    "assets/.well-known/x",
    "link.txt",
    "%2eenv",
    "assets/%2e%2e/.env",
    "./.env",
    "//.env",
    ".ENV",
    "..env",
]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    for name in [*HIDDEN[:2], *HIDDEN[4:9], "..env", ".well-known/security.txt", "assets/app.js", "index.html"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("secret" if "/." in f"/{name}" and "security" not in name else name)
    (folder / ".git" / "index.html").write_text("secret")
    (folder / "link.txt").symlink_to(folder / ".env")
    return folder


@pytest.mark.parametrize("path", HIDDEN)
async def test_a_front_end_of_ones_own_shows_no_dot_files(server: EchoServer, site: Path, path: str) -> None:
    async with client(chatkit(server, static_dir=site)) as http:
        answer = await http.get(f"/{path}")
    assert answer.status_code == 404
    assert "secret" not in answer.text


async def test_its_other_files_are_served_and_those_that_are_well_known(server: EchoServer, site: Path) -> None:
    async with client(chatkit(server, static_dir=site)) as http:
        assert (await http.get("/assets/app.js")).text == "assets/app.js"
        assert (await http.get("/.well-known/security.txt")).text == ".well-known/security.txt"
        assert (await http.get("/")).text == "index.html"


@pytest.mark.parametrize("name", SPELLINGS)
async def test_no_name_makes_its_server_fail(server: EchoServer, site: Path, name: str) -> None:
    status, body = await get(chatkit(server, static_dir=site), f"/{SPELLINGS[name]}")
    assert status in (200, 307, 404)
    assert b"secret" not in body


async def test_a_page_of_ones_own_that_is_missing_is_a_fault_in_json(server: EchoServer, tmp_path: Path) -> None:
    async with client(chatkit(server, index=tmp_path / "none.html")) as http:
        answer: httpx.Response = await http.get("/")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "server.error"
    assert "none.html" not in answer.text
