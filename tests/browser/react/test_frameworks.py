"""What `docs/frameworks.md` shows, as a user would put it together."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from chatkit.server import current_request_metadata
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, Serve
from tests.browser.react.build import DOCS_APP, HERE
from tests.browser.scripted import POLICY, ScriptedServer, app_of
from tests.support.npm import environment
from tests.support.snippets import snippets

FILES = snippets("frameworks.md")


def served(server: ScriptedServer, *routes: Any) -> Starlette:
    """Routes, and what the documentation calls the server."""
    app = Starlette(routes=[*routes, *app_of(server).routes])
    app.state.server = server
    return app


def file(name: str, kind: str) -> Route:
    """A file of the documentation."""

    async def answer(_: Request) -> Response:
        return Response(FILES[name], media_type=kind, headers={"Content-Security-Policy": POLICY})

    return Route(f"/{name}", answer)


async def test_the_plain_page_is_a_chat_under_a_strict_policy(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    routes = [file("index.html", "text/html"), file("page.css", "text/css"), file("page.js", "text/javascript")]
    chat = await open_chat(await serve(served(server, *routes)), "/index.html")
    await expect(chat.greeting).to_have_text("How can we help?")
    await chat.send("Hello")
    await expect(chat.answer).to_contain_text("You said Hello.")
    await chat.reload()
    await expect(chat.said).to_have_text(["Hello"])
    await chat.new_chat.click()
    await chat.reload()
    await expect(chat.greeting).to_have_text("How can we help?")


async def test_fastapi_mounts_the_chat_and_knows_who_asks(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    scope: dict[str, Any] = {"server": server, "__name__": "main"}
    exec(FILES["main.py"], scope)  # noqa: S102 - the documentation's own

    async def page(signed_in: bool = True) -> Response:
        body = (
            '<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">'
            '<script src="/assistant/chatkit.js" defer></script>'
            '<openai-chatkit url="/assistant/chatkit"></openai-chatkit></html>'
        )
        response = HTMLResponse(body, headers={"Content-Security-Policy": POLICY})
        if signed_in:
            response.set_cookie("user", "ada", httponly=True, samesite="lax")
        return response

    scope["app"].get("/page")(page)
    scope["app"].state.server = server
    address = await serve(scope["app"])
    stranger = await open_chat(address, "/page?signed_in=false")
    stranger.watch.expect("401")
    await stranger.begin("Hello")
    await expect(stranger.error).to_be_visible()
    chat = await open_chat(address, "/page")
    await chat.send("Hello")
    await expect(chat.answer).to_contain_text("You said Hello.")


class WhereServer(ScriptedServer):
    """Says which page it has been asked from."""

    async def respond(self, *arguments: Any) -> Any:
        page = current_request_metadata().get("page")
        self.answer(f"You are at {page['path']}, titled {page['title']}." if page else "Nowhere.")
        async for event in super().respond(*arguments):
            yield event


async def drive(chat: Chat) -> None:
    """What the React application of the documentation does."""
    await expect(chat.greeting).to_have_text("How can we help?")
    await chat.page.get_by_role("button", name="Where is my order?").click()
    await expect(chat.answer).to_contain_text("You are at /, titled Orders.")
    await chat.idle()
    await chat.page.get_by_text("Your order is on its way.").dblclick(position={"x": 10, "y": 8})
    await chat.page.locator("[data-chatkit-ask] [part=button]").click()
    await expect(chat.page.locator("[part=composer]")).to_contain_text("Your")
    await chat.reload()
    await expect(chat.said).to_have_text(["Where is my order?"])


async def test_the_react_application_works_as_built(open_chat: OpenChat, serve: Serve, react_build: Path) -> None:
    app = served(WhereServer())
    app.router.routes.insert(0, Mount("/assets", StaticFiles(directory=DOCS_APP / "dist" / "assets")))
    app.router.routes.insert(0, page_route(DOCS_APP / "dist" / "index.html"))
    await drive(await open_chat(await serve(app)))


def page_route(path: Path) -> Route:
    """An HTML file at the root."""
    page = path.read_text()

    async def answer(_: Request) -> Response:
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})

    return Route("/", answer)


@pytest.mark.xdist_group("vite")
async def test_the_react_application_works_behind_vites_proxy(
    open_chat: OpenChat, serve: Serve, react_build: Path
) -> None:
    backend = await serve(served(WhereServer()))
    async with vite_running(backend) as address:
        chat = await open_chat(address)
        await drive(chat)
        await chat.page.close()  # before the server that it may still ask something


@pytest.mark.xdist_group("vite")
async def test_a_stream_passes_vites_proxy_as_it_comes(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer, react_build: Path
) -> None:
    backend = await serve(served(server))
    async with vite_running(backend) as address:
        chat = await open_chat(address)
        turn = server.turn()
        await chat.begin("Slowly")
        turn.say("One ")
        await expect(chat.answer).to_contain_text("One")
        turn.say("two ")
        await expect(chat.answer).to_contain_text("One two")
        await chat.stop_button.click()
        await turn.cancelled.wait()
        await chat.page.close()


@asynccontextmanager
async def vite_running(backend: str) -> AsyncGenerator[str]:
    """Vite's development server on the documentation's application, as `npm run dev`; gives its address.

    Its cache is for one at a time: tests that use it are of one group.
    """
    program = HERE / "node_modules" / "vite" / "bin" / "vite.js"
    process = await asyncio.create_subprocess_exec(
        "node",
        *(str(program), str(DOCS_APP), "--host", "127.0.0.1", "--port", "0", "--clearScreen", "false"),
        env=environment() | {"CHATKIT_BACKEND": backend, "NO_COLOR": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    said = ""
    try:
        async for line in process.stdout:
            said += line.decode()
            if found := re.search(r"http://127\.0\.0\.1:\d+", said):
                yield found[0]
                break
        else:
            pytest.fail(f"Vite did not start:\n{said}")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        await process.wait()


async def test_the_react_application_says_when_the_script_does_not_come(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer, react_build: Path
) -> None:
    async def missing(_: Request) -> Response:
        return Response(status_code=404)

    async def blank(_: Request) -> Response:
        return HTMLResponse('<link rel="icon" href="data:,">')

    app = served(server, Route("/chatkit.js", missing), Route("/blank", blank))
    app.router.routes.insert(0, Mount("/assets", StaticFiles(directory=DOCS_APP / "dist" / "assets")))
    app.router.routes.insert(0, page_route(DOCS_APP / "dist" / "index.html"))
    address = await serve(app)
    chat = await open_chat(address, "/blank", ready=False, last=True)  # its clock stays as it is set
    chat.watch.expect("404")
    await chat.page.clock.install()
    await chat.page.goto(address)
    await expect(chat.page.locator("openai-chatkit")).to_be_attached()
    await chat.page.clock.fast_forward(10_000)
    await expect(chat.page.get_by_role("alert")).to_contain_text("The chat could not be loaded.")
    await expect(chat.page.get_by_role("alert")).to_contain_text("/chatkit.js is on the page but did not define it")


def test_the_snippet_for_servers_compiles() -> None:
    compile(FILES["server.py"], "server.py", "exec")
