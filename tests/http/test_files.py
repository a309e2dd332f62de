"""The element's files, the page, branding and configuration."""

import gzip
import json
import os
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from chatkit.http import Branding, PageOptions, Settings, SettingsError, StartPrompt
from chatkit.http.assets import PAGES_FOLDER
from tests.http.servers import EchoServer, chatkit, client

SCRIPT = "const words = 'the element';\n" * 100


@pytest.fixture
def element(tmp_path: Path) -> Path:
    """What a build leaves."""
    assets = tmp_path / "assets"
    assets.mkdir()
    (tmp_path / "chatkit.js").write_text('import("./assets/element-abc.js")\n')
    (tmp_path / "chatkit-page.js").write_text("export {};\n")
    (tmp_path / "chatkit-page.d.ts").write_text("export {};\n")
    (assets / "element-abc.js").write_text(SCRIPT)
    (assets / "element-abc.js.br").write_bytes(b"brotli's bytes")
    (assets / "chart-def.js").write_text(SCRIPT)
    (assets / "font-ghi.woff2").write_bytes(b"\0" * 5000)
    names = ["chatkit.js", "assets/element-abc.js"]
    manifest = {"entry": "chatkit.js", "main": "assets/element-abc.js", "files": {name: {} for name in names}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path.parent / "secret.txt").write_text("secret")
    return tmp_path


@pytest.fixture
async def http(server: EchoServer, element: Path) -> Any:
    async with client(chatkit(server, element_dir=element), headers={"accept-encoding": "identity"}) as opened:
        yield opened


async def test_hashed_files_are_kept_for_ever(http: httpx.AsyncClient) -> None:
    answer = await http.get("/chatkit/assets/element-abc.js")
    assert answer.status_code == 200
    assert answer.text == SCRIPT
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["vary"] == "Accept-Encoding"


FIXED = ["/chatkit.js", "/chatkit-page.js", "/chatkit/chatkit.js", "/chatkit/manifest.json", "/static/page.js"]


@pytest.mark.parametrize("path", FIXED)
async def test_files_with_fixed_names_are_asked_about_each_time(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    again = await http.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == answer.headers["etag"]
    changed = await http.get(path, headers={"if-none-match": '"other", "ones"'})
    assert changed.status_code == 200


async def test_the_helpers_for_pages_lie_beside_the_element_with_their_types(http: httpx.AsyncClient) -> None:
    script, types = [await http.get(f"/chatkit-page{ending}") for ending in (".js", ".d.ts")]
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["access-control-allow-origin"] == "*"
    assert types.headers["content-type"] == "text/plain; charset=utf-8"


async def test_a_build_that_is_made_anew_is_noticed(http: httpx.AsyncClient, element: Path) -> None:
    before = (await http.get("/chatkit.js")).headers["etag"]
    built = element / "chatkit.js"
    built.write_text(built.read_text().replace("element-abc", "chart-def"))
    os.utime(built, (1, 1))
    after = await http.get("/chatkit.js", headers={"if-none-match": before})
    assert after.status_code == 200
    assert "chart-def" in after.text


async def test_the_script_at_the_root_loads_the_main_module_beside_it(http: httpx.AsyncClient) -> None:
    script = (await http.get("/chatkit.js")).text
    path = re.search(r'"\./(.+?)"', script)
    assert path is not None
    assert (await http.get("/" + path[1])).text == SCRIPT


@pytest.mark.parametrize(
    ("path", "accepted", "encoding"),
    [
        ("/chatkit/assets/element-abc.js", "gzip, deflate, br", "br"),
        ("/chatkit/assets/element-abc.js", "gzip", "gzip"),
        ("/chatkit/assets/element-abc.js", "br;q=0, gzip", "gzip"),
        ("/chatkit/assets/element-abc.js", "", None),
        ("/chatkit/assets/chart-def.js", "br", None),
        ("/chatkit/assets/chart-def.js", "br, gzip;q=0.5", "gzip"),
        ("/chatkit/assets/font-ghi.woff2", "br, gzip", None),
        ("/chatkit/chatkit.js", "br, gzip", None),
    ],
)
async def test_files_come_in_the_best_encoding_there_is(
    server: EchoServer, element: Path, path: str, accepted: str, encoding: str | None
) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"accept-encoding", accepted.encode())],
    }
    await chatkit(server, element_dir=element)(scope, receive, send)
    headers = dict(sent[0]["headers"])
    body = sent[1]["body"]
    assert headers.get(b"content-encoding", b"").decode() == (encoding or "")
    assert int(headers[b"content-length"]) == len(body)
    match encoding:
        case "br":
            assert body == b"brotli's bytes"
        case "gzip":
            assert gzip.decompress(body).decode() == SCRIPT
            assert headers[b"etag"].endswith(b'-gzip"')
        case _:
            assert body == (element / path.removeprefix("/chatkit/")).read_bytes()


async def test_a_head_request_gets_the_same_headers_and_no_body(http: httpx.AsyncClient) -> None:
    full = await http.get("/chatkit/assets/element-abc.js")
    head = await http.head("/chatkit/assets/element-abc.js")
    assert head.headers["etag"] == full.headers["etag"]
    assert head.headers["content-length"] == str(len(SCRIPT))
    assert head.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/chatkit/assets/none.js",
        "/chatkit/../secret.txt",
        "/chatkit/..%2Fsecret.txt",
        "/chatkit/assets/%2e%2e/%2e%2e/secret.txt",
        "/chatkit//etc/passwd",
        "/chatkit/assets",
        "/chatkit/assets%00.js",
        "/chatkit/.stamp",
        "/chatkit/a\\..\\b",
        "/static/__init__.py/../../settings.py",
    ],
)
async def test_nothing_else_is_served(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


async def test_links_out_of_the_folder_are_not_followed(http: httpx.AsyncClient, element: Path) -> None:
    (element / "assets" / "link.js").symlink_to(element.parent / "secret.txt")
    assert (await http.get("/chatkit/assets/link.js")).status_code == 404


@pytest.mark.parametrize("name", ["__init__.py", "../page.py", "..%2Fpage.py"])
async def test_the_packages_python_files_are_not_the_pages_files(http: httpx.AsyncClient, name: str) -> None:
    assert (await http.get(f"/static/{name}")).status_code == 404


async def test_an_element_that_is_not_built_says_how_to_build_it(server: EchoServer, tmp_path: Path) -> None:
    async with client(chatkit(server, element_dir=tmp_path)) as http:
        for path in ("/chatkit.js", "/chatkit/chatkit.js"):
            answer = await http.get(path)
            assert answer.status_code == 404
            assert answer.json()["error"]["code"] == "element.not_built"
        assert (await http.get("/")).status_code == 200


def policy(answer: httpx.Response) -> dict[str, str]:
    directives = answer.headers["content-security-policy"].split("; ")
    return {name: values for name, _, values in (directive.partition(" ") for directive in directives)}


async def test_the_page_runs_under_a_strict_policy(http: httpx.AsyncClient) -> None:
    answer = await http.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    found = policy(answer)
    for name in ("default-src", "script-src", "style-src", "connect-src", "font-src", "frame-ancestors"):
        assert found[name] == "'self'"
    for name in ("object-src", "base-uri", "form-action"):
        assert found[name] == "'none'"
    assert found["img-src"] == "'self' data: blob: https:"
    assert found["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers


async def test_the_page_obeys_its_own_policy_and_names_no_other_host(http: httpx.AsyncClient) -> None:
    html = (await http.get("/")).text
    assert not re.search(r"\son[a-z]+=|\sstyle=|<style|javascript:", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    for name in ("page.js", "page.css", "index.html"):
        assert not re.search(r"https?://", (PAGES_FOLDER / name).read_text())
    for link in re.findall(r'(?:src|href)="([^"]+)"', html):
        assert (await http.get("/" + link.removeprefix("./"))).status_code == 200


async def test_what_the_operator_allows_is_in_the_policy(server: EchoServer) -> None:
    app = chatkit(
        server,
        settings=Settings(frame_ancestors="'self' https://portal.test"),
        branding=Branding(logo_url="https://cdn.test/logo.svg", favicon_url="/static/favicon.svg"),
        page=PageOptions(image_hosts=["https://images.test"]),
    )
    async with client(app) as http:
        found = policy(await http.get("/"))
    assert found["img-src"] == "'self' data: blob: https://cdn.test https://images.test"
    assert found["frame-ancestors"] == "'self' https://portal.test"


@pytest.mark.parametrize(
    ("sources", "hosts", "expected"),
    [
        (None, [], ["https:"]),
        ("'none'", [], []),
        ("'self'", [], []),
        ("https://images.test *.test", [], ["https://images.test", "*.test"]),
        ("https://images.test", ["https://own.test"], ["https://own.test", "https://images.test"]),
        ("'none'", ["https://own.test"], ["https://own.test"]),
        ("*", [], ["*"]),
    ],
)
async def test_where_pictures_come_from_follows_a_setting(
    server: EchoServer, monkeypatch: pytest.MonkeyPatch, sources: str | None, hosts: list[str], expected: list[str]
) -> None:
    if sources is not None:
        monkeypatch.setenv("CHATKIT_IMAGE_SOURCES", sources)
    app = chatkit(server, settings=Settings(), page=PageOptions(image_hosts=hosts))
    async with client(app) as http:
        assert policy(await http.get("/"))["img-src"].split() == ["'self'", "data:", "blob:", *expected]


async def test_branding_comes_from_the_environment(server: EchoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with client(chatkit(server)) as http:
        assert (await http.get("/api/branding")).json() == {
            "name": "ChatKit",
            "tagline": None,
            "logoUrl": None,
            "primaryColor": None,
            "faviconUrl": None,
        }
    monkeypatch.setenv("BRAND_NAME", "Acme Assist")
    monkeypatch.setenv("BRAND_TAGLINE", "Answers for the field")
    monkeypatch.setenv("BRAND_LOGO_URL", "/logo.svg")
    monkeypatch.setenv("BRAND_PRIMARY_COLOR", "#5b5bd6")
    monkeypatch.setenv("BRAND_FAVICON_URL", "https://acme.test/icon.png")
    async with client(chatkit(server)) as http:
        assert (await http.get("/api/branding")).json() == {
            "name": "Acme Assist",
            "tagline": "Answers for the field",
            "logoUrl": "/logo.svg",
            "primaryColor": "#5b5bd6",
            "faviconUrl": "https://acme.test/icon.png",
        }
        assert "startScreen" not in (await http.get("/api/config")).json()["options"]


@pytest.mark.parametrize("where", ["named", "in the working directory"])
async def test_a_style_sheet_of_the_operators_follows_the_brands_colour(
    server: EchoServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRAND_PRIMARY_COLOR", "#5b5bd6")
    file = tmp_path / "static" / "branding.css" if where == "in the working directory" else tmp_path / "acme.css"
    file.parent.mkdir(exist_ok=True)
    file.write_text("openai-chatkit { --chatkit-font-body: Georgia; }\n")
    if where == "named":
        monkeypatch.setenv("BRAND_STYLESHEET", str(file))
    async with client(chatkit(server)) as http:
        answer = await http.get("/static/branding.css")
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert answer.headers["cache-control"] == "no-cache"
        colour = ":root:root { --accent: #5b5bd6; }\n"
        assert answer.text == colour + "openai-chatkit { --chatkit-font-body: Georgia; }\n"
        again = await http.get("/static/branding.css", headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304
        file.write_text("/* changed */")
        assert (await http.get("/static/branding.css")).text == colour + "/* changed */"


async def test_without_one_the_brands_style_sheet_is_empty(
    server: EchoServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    async with client(chatkit(server)) as http:
        answer = await http.get("/static/branding.css")
        assert (answer.status_code, answer.text) == (200, "")


def test_a_style_sheet_that_is_not_there_is_said_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BRAND_STYLESHEET", str(tmp_path / "nothing.css"))
    with pytest.raises(SettingsError, match="BRAND_STYLESHEET"):
        Branding.load()


async def test_a_description_goes_below_the_greeting(server: EchoServer) -> None:
    page = PageOptions(greeting="Hello", description="Ask about orders.")
    async with client(chatkit(server, page=page)) as http:
        start = (await http.get("/api/config")).json()["options"]["startScreen"]
    assert start == {"greeting": {"title": "Hello", "description": "Ask about orders."}}


async def test_the_page_is_told_what_the_application_says(server: EchoServer) -> None:
    page = PageOptions(
        greeting="What shall we plan?",
        prompts=[StartPrompt(label="My week", prompt="Plan my week", icon="calendar")],
        placeholder="Ask the planner",
        disclaimer="It may be **wrong**.",
        history=False,
        radius="soft",
        color_scheme="dark",
        locale="de-DE",
        options={"composer": {"dictation": {"enabled": True}}},
    )
    async with client(chatkit(server, page=page, path="/api/chat")) as http:
        config = (await http.get("/api/config")).json()
        assert (await http.post("/api/chat", json={"type": "threads.list", "params": {}})).status_code == 200
    assert config["endpoint"] == "api/chat"
    assert config["colorScheme"] == "dark"
    assert config["transport"] == "http"
    assert config["theme"] == {"radius": "soft"}
    assert config["options"] == {
        "startScreen": {
            "greeting": "What shall we plan?",
            "prompts": [{"label": "My week", "prompt": "Plan my week", "icon": "calendar"}],
        },
        "composer": {"dictation": {"enabled": True}},
        "history": {"enabled": False, "showDelete": False, "showRename": False},
        "threadItemActions": {"feedback": True, "retry": True},
        "thread": {"autoScroll": True},
        "disclaimer": {"text": "It may be **wrong**."},
        "locale": "de-DE",
    }


async def test_without_a_page_only_the_endpoint_and_the_element_are_served(server: EchoServer, element: Path) -> None:
    async with client(chatkit(server, page=None, element_dir=element)) as http:
        assert (await http.get("/")).status_code == 404
        assert (await http.get("/api/config")).status_code == 404
        assert (await http.get("/chatkit.js")).status_code == 200


async def test_a_front_end_of_ones_own_takes_the_pages_place(server: EchoServer, element: Path, tmp_path: Path) -> None:
    build = tmp_path / "dist"
    (build / "assets").mkdir(parents=True)
    (build / "index.html").write_text("<h1>Mine</h1>")
    (build / "assets" / "app.js").write_text("app()")
    async with client(chatkit(server, static_dir=build, element_dir=element)) as http:
        mine = await http.get("/")
        assert mine.text == "<h1>Mine</h1>"
        assert mine.headers["content-security-policy"] == "frame-ancestors 'self'"
        assert mine.headers["x-content-type-options"] == "nosniff"
        assert (await http.get("/assets/app.js")).text == "app()"
        assert (await http.get("/nothing")).json()["error"]["code"] == "not_found"
        assert (await http.get("/chatkit.js")).status_code == 200
        assert (await http.post("/chatkit", json={"type": "threads.list", "params": {}})).status_code == 200
    async with client(chatkit(server, index=build / "index.html")) as http:
        answer = await http.get("/")
    assert answer.text == "<h1>Mine</h1>"
    assert answer.headers["content-security-policy"] == "frame-ancestors 'self'"
