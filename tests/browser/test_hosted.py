"""A front end of the hosted mode, with the two addresses changed: its back end's API, and the page's script."""

from contextlib import AsyncExitStack
from typing import Any

import pytest
from openai import AsyncOpenAI
from playwright.async_api import expect
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from chatkit.http import ChatKit, Settings
from tests.browser.conftest import OpenChat, Serve
from tests.browser.scripted import ScriptedServer
from tests.support.loopback import serving

pytestmark = pytest.mark.ours_only("The reference is no backend of the hosted mode.")

API_KEY = "key-of-the-shop-" + "k" * 20
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
<script src="{server}/chatkit.js" async></script></head><body><openai-chatkit></openai-chatkit>
<script type="module">
  await customElements.whenDefined('openai-chatkit');
  const chat = document.querySelector('openai-chatkit');
  chat.style.height = 'calc(100vh - 16px)';
  chat.setOptions({{
    api: {{
      async getClientSecret(current) {{
        const response = await fetch('/api/create-session', {{ method: 'POST' }});
        return (await response.json()).client_secret;
      }},
    }},
  }});
</script></body></html>"""


class Shop:
    """The page, and the small back end that asks for sessions."""

    def __init__(self) -> None:
        self.server = ""
        self.sessions: list[str] = []
        self.app = Starlette(
            routes=[Route("/", self._page), Route("/api/create-session", self._create, methods=["POST"])]
        )

    async def _page(self, request: Request) -> Response:
        return HTMLResponse(PAGE.format(server=self.server))

    async def _create(self, request: Request) -> Response:
        async with self._openai() as openai:
            session = await openai.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        self.sessions.append(session.id)
        return JSONResponse({"client_secret": session.client_secret})

    async def cancel(self, session_id: str) -> None:
        async with self._openai() as openai:
            await openai.beta.chatkit.sessions.cancel(session_id)

    def _openai(self) -> AsyncOpenAI:
        return AsyncOpenAI(base_url=f"{self.server}/v1", api_key=API_KEY)


async def test_a_page_of_the_hosted_mode_works_with_this_server(
    open_chat: OpenChat, server: ScriptedServer, serve: Serve, servers: AsyncExitStack
) -> None:
    shop = Shop()
    page = await servers.enter_async_context(serving(shop.app))
    options: dict[str, Any] = {"api_keys": [SecretStr(API_KEY)], "secret_key": SecretStr("s" * 40)}
    shop.server = await serve(ChatKit(server, settings=Settings(allowed_origins=[page], **options)))
    chat = await open_chat(page)
    chat.watch.origins.add(shop.server)
    chat.watch.expect("401")
    server.answer("Hello from another host.")
    await chat.send("Hello?")
    await expect(chat.answer).to_contain_text("Hello from another host.")
    assert len(shop.sessions) == 1
    await shop.cancel(shop.sessions[0])
    server.answer("Still here.")
    await chat.send("And now?")
    await expect(chat.answer.last).to_contain_text("Still here.")
    assert len(shop.sessions) == 2
    await chat.page.reload()
    await chat.ready()
    panel = await chat.open_history()
    await expect(panel.get_by_role("button", name="Untitled chat", exact=True)).to_be_visible()
    threads = await server.store.load_threads(10, None, "desc", {"user_id": "ada"})
    assert len(threads.data) == 1
