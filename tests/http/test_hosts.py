"""Which hosts' names are answered to, and names in other scripts wherever they are written."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from starlette.applications import Starlette

from chatkit.cli.targets import with_hosts_of
from chatkit.http import Branding, PageOptions, Settings, SettingsError
from tests.http.servers import EchoServer, chatkit, client, create

PATHS = ["/", "/chatkit", "/chatkit.js", "/chatkit/assets/x.js", "/static/page.js", "/api/config", "/health", "/ready"]


ANY = "0.0.0.0"  # noqa: S104 - nothing is bound


async def status(app: Any, host: str, path: str = "/health", method: str = "GET", **options: Any) -> int:
    async with client(app) as http:
        answer = await http.request(method, path, headers={"host": host}, **options)
    if answer.status_code == 421:
        assert answer.json()["error"]["code"] == "request.wrong_host"
        assert "evil" not in answer.text
    return answer.status_code


@pytest.mark.parametrize(
    ("allowed", "host", "answered"),
    [
        ("", "evil.test", True),
        ("chat.test", "chat.test", True),
        ("chat.test", "CHAT.test:8000", True),
        ("chat.test:443", "chat.test:8000", True),
        ("chat.test", "chat.test.", True),
        ("chat.test", "evil.test", False),
        ("chat.test", "chat.test.evil.test", False),
        ("chat.test", "evilchat.test", False),
        ("chat.test", "a.chat.test", False),
        ("chat.test", "127.0.0.1", False),
        ("chat.test", "", False),
        ("chat.test", "evil.test:chat.test", False),
        ("chat.test", "evil.test/chat.test", False),
        ("chat.test", "user@chat.test", False),
        ("*.chat.test", "a.b.chat.test", True),
        ("*.chat.test", "chat.test", False),
        ("*.chat.test", ".chat.test", False),
        ("*.chat.test", "evil.test/.chat.test", False),
        ("10.0.0.0/8, chat.test", "10.1.2.3:8080", True),
        ("10.0.0.0/8, chat.test", "11.1.2.3:8080", False),
        ("[::1]", "[::1]:8000", True),
        ("::1", "[0:0:0:0:0:0:0:1]", True),
        ("::1", "[::2]", False),
        ("*", "anything.test", True),
        ("bücher.example", "xn--bcher-kva.example", True),
        ("straße.example", "xn--strae-oqa.example", True),
        ("xn--bcher-kva.example", "XN--BCHER-KVA.example", True),
    ],
)
async def test_only_the_hosts_on_the_list_are_answered(allowed: str, host: str, answered: bool) -> None:
    app = chatkit(EchoServer(), settings=Settings(allowed_hosts=allowed))
    assert await status(app, host) == (200 if answered else 421)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("mounted", ["alone", "mounted", "as routes"])
async def test_every_route_is_kept_from_other_hosts(path: str, mounted: str) -> None:
    server = EchoServer()
    chat = chatkit(server, settings=Settings(allowed_hosts="chat.test"))
    app: Any = chat
    if mounted == "mounted":
        app = Starlette()
        app.mount("/inside", chat)
    elif mounted == "as routes":
        app = Starlette(routes=chat.routes)
    prefix = "/inside" if mounted == "mounted" else ""
    assert await status(app, "evil.test", prefix + path) == 421
    assert await status(app, "evil.test", prefix + "/chatkit", "POST", json=create()) == 421
    assert await status(app, "chat.test", prefix + "/health") == 200
    assert server.contexts == []


async def test_files_of_the_applications_own_are_kept_from_other_hosts_too(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>mine")
    app = chatkit(EchoServer(), settings=Settings(allowed_hosts="chat.test"), static_dir=tmp_path)
    assert await status(app, "evil.test", "/index.html") == 421
    assert await status(app, "chat.test", "/index.html") == 200


async def test_a_request_with_two_hosts_or_none_is_refused() -> None:
    app = chatkit(EchoServer(), settings=Settings(allowed_hosts="chat.test"))
    for headers in ([], [(b"host", b"chat.test"), (b"host", b"evil.test")]):
        sent: list[Any] = []

        async def send(message: Any, sent: list[Any] = sent) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/health", "headers": headers, "query_string": b""}
        await app(scope, lambda: None, send)  # type: ignore[arg-type, return-value]
        assert sent[0]["status"] == 421


@pytest.mark.parametrize(
    ("listening", "answered", "refused"),
    [
        ("127.0.0.1", ["localhost:8000", "127.0.0.1", "[::1]:1", "a.localhost"], ["evil.test", "10.0.0.1", ANY]),
        ("localhost", ["localhost", "127.0.0.1"], ["evil.test"]),
        ("::1", ["[::1]"], ["evil.test"]),
        (ANY, ["192.168.1.5:8000", "localhost", "[fe80::1]"], ["evil.test"]),
        ("192.168.1.5", ["192.168.1.5", "localhost"], ["evil.test", "192.168.1.6"]),
        ("box.local", ["box.local", "192.168.1.5"], ["evil.test"]),
    ],
)
async def test_a_demo_goes_by_its_own_names_only(listening: str, answered: list[str], refused: list[str]) -> None:
    app = chatkit(EchoServer(), settings=with_hosts_of(Settings(), listening))
    assert {host: await status(app, host) for host in answered} == dict.fromkeys(answered, 200)
    assert {host: await status(app, host) for host in refused} == dict.fromkeys(refused, 421)


async def test_a_demo_whose_hosts_are_set_keeps_to_them() -> None:
    settings = with_hosts_of(Settings(allowed_hosts="chat.test"), "127.0.0.1")
    assert settings.allowed_hosts == ["chat.test"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        (variable, value)
        for variable, values in {
            "CHATKIT_FRAME_ANCESTORS": [
                "https://a.test; script-src *",
                "https://a.test;",
                "https://a.test, https://b.test",
                "https://a.test,",
                "'self' 'unsafe-inline'",
                "https://a.test\nX-Header: 1",
                "https://a.test\r",
                '"https://a.test"',
                "'self",
                "https://a b.test https://<x>",
                "https://user@a.test",
                "https://a.test?x",
            ],
            "CHATKIT_ALLOWED_ORIGINS": [
                "https://a.test; script-src *",
                "https://a.test\nX: 1",
                "https://'a.test",
                "https://user:hunter2@a.test",
                "https://a.test?x=1",
                "https://a.test:port",
                "https://*.a.test",
                "https://a_\u2028.test",
                "null",
            ],
            "CHATKIT_ALLOWED_HOSTS": [
                "a.test;b",
                "https://a.test",
                "a.test/b",
                "*.*.test",
                "a b",
                "'a'",
                "10.0.0.0/99",
            ],
            "CHATKIT_TRUSTED_PROXIES": ["proxy.test", "10.0.0.0/99", "10.0.0.1;"],
            "BRAND_LOGO_URL": [
                "https://a.test; script-src *",
                "https://a.test;script-src/logo.png",
                "https://a.test,b/logo.png",
                "https://a.test/logo.png;x",
                "https://a.test/'logo'.png",
                'https://a.test/".png',
                "https://a.test/lo go.png",
                "https://a.test/\nlogo.png",
                "\thttps://a.test/logo.png",
                "https://user:hunter2@a.test/logo.png",
                "https://a.test:port/logo.png",
                "/\\evil.test/logo.png",
            ],
            "BRAND_FAVICON_URL": ["https://a.test;x/icon.png", "/icon.png;x", "https://[a/icon.png"],
        }.items()
        for value in values
    ],
)
def test_what_could_end_a_policy_is_refused_and_the_variable_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    for make in (Branding, Branding.load) if variable.startswith("BRAND") else (Settings, Settings.load):
        with pytest.raises(SettingsError, match=f"^{variable}: ") as raised:
            make()
        assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    "host", ["https://a.test; script-src *", "https://a.test,x", "https://a b", "'self'", "https://a.test\n", ""]
)
def test_hosts_of_pictures_cannot_end_the_policy_either(host: str) -> None:
    with pytest.raises(ValidationError, match="image_hosts"):
        PageOptions(image_hosts=[host])


async def test_names_in_other_scripts_are_written_in_ascii_wherever_browsers_compare_them() -> None:
    settings = Settings(
        allowed_origins="https://Bücher.example:443, http://пример.example:8080",
        frame_ancestors="'self' https://bücher.example *.straße.example",
    )
    assert settings.allowed_origins == ["https://xn--bcher-kva.example", "http://xn--e1afmkfd.example:8080"]
    branding = Branding(logo_url="https://bilder.bücher.example/logo.png", favicon_url="https://[2001:db8::1]/i.png")
    page = PageOptions(image_hosts=["https://bücher.example", "data:", "*.example.org"])
    app = chatkit(EchoServer(), settings=settings, branding=branding, page=page)
    async with client(app) as http:
        policy = (await http.get("/")).headers["content-security-policy"]
        origin = {"origin": "https://xn--bcher-kva.example"}
        allowed = await http.post("/chatkit", json=create(), headers=origin | {"cookie": "session=1"})
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["frame-ancestors"] == "'self' https://xn--bcher-kva.example *.xn--strae-oqa.example"
    assert directives["img-src"].split() == [
        "'self'",
        "data:",
        "blob:",
        "https://bilder.xn--bcher-kva.example",
        "https://[2001:db8::1]",
        "https://xn--bcher-kva.example",
        "*.example.org",
    ]
    assert policy.isascii()
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "https://xn--bcher-kva.example"


def test_sources_that_policies_know_are_taken() -> None:
    for value in ("'none'", "*", "https:", "'self' https://a.test:* http://b.test:8080/path", "https://*.a.test"):
        assert Settings(frame_ancestors=value).frame_ancestors == value


async def test_an_address_of_the_server_may_be_asked_when_its_network_is_on_the_list() -> None:
    app = chatkit(EchoServer(), settings=Settings(allowed_hosts="chat.test,10.0.0.0/8"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://10.1.1.1:8080") as http:
        assert (await http.get("/ready")).status_code == 200
