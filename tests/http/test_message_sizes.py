"""How long a message may be is a setting; a longer one is a 413 that says so."""

import pytest

from chatkit.http import Settings
from tests.http.servers import EchoServer, chatkit, client, create


@pytest.mark.parametrize(("limit", "longest"), [(None, 256 * 1024), (1000, 1000)])
async def test_a_message_that_is_too_long_is_413(limit: int | None, longest: int) -> None:
    server = EchoServer()
    app = chatkit(server, settings=Settings(max_message_bytes=limit))
    async with client(app) as http:
        fits = await http.post("/chatkit", json=create("x" * (longest - 200)))
        refused = await http.post("/chatkit", json=create("x" * longest))
    assert fits.status_code == 200
    assert refused.status_code == 413
    error = refused.json()["error"]
    assert (error["code"], error["param"]) == ("message.too_long", "params.input")
    assert f"{longest:,}" in error["message"]


def test_the_setting_has_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_MAX_MESSAGE_BYTES", "5000")
    monkeypatch.setenv("CHATKIT_STATEMENT_TIMEOUT_SECONDS", "2.5")
    settings = Settings.load()
    assert (settings.max_message_bytes, settings.statement_timeout_seconds) == (5000, 2.5)
    monkeypatch.delenv("CHATKIT_MAX_MESSAGE_BYTES")
    assert Settings.load().max_message_bytes is None
