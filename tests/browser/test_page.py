"""The project's own page around the element, and the script that any page loads."""

from typing import Any

import pytest
from playwright.async_api import expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatkit.http import Branding
from tests.browser.conftest import OpenChat, Serve
from tests.browser.scripted import ScriptedServer, app_of, page_app

pytestmark = pytest.mark.ours_only("The page and the script are this package's own.")

HEARD = "(name) => new Promise((heard) => addEventListener(name, (event) => heard(event.detail ?? 'nothing more')))"

# Branding


@pytest.mark.parametrize("width", [1280, 360])
async def test_the_tagline_is_the_headers_second_line(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer, width: int
) -> None:
    branding = Branding(name="Acme Assist", tagline="Answers for the field, day and night, in any weather")
    chat = await open_chat(await serve(app_of(server, branding=branding)), width=width)
    name, tagline = (chat.page.locator(f"#{part}") for part in ("name", "tagline"))
    await expect(tagline).to_have_text("Answers for the field, day and night, in any weather")
    first, second = await name.bounding_box(), await tagline.bounding_box()
    header = await chat.part("header").bounding_box()
    assert first is not None and second is not None and header is not None
    assert first["y"] + first["height"] <= second["y"] + 0.5
    assert first["x"] == second["x"]
    assert second["y"] + second["height"] <= header["y"] + header["height"]
    assert await chat.overflow() == 0
    await expect(chat.greeting).to_have_text("What can I help with today?")


async def test_a_page_without_a_tagline_has_one_line(open_chat: OpenChat, scripted: str) -> None:
    chat = await open_chat(scripted)
    await expect(chat.page.locator("#tagline")).to_be_hidden()


async def test_the_operators_style_sheet_dresses_the_page_and_the_element(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer, tmp_path: Any
) -> None:
    sheet = tmp_path / "branding.css"
    sheet.write_text(".brand-name { letter-spacing: 3px } openai-chatkit { --chatkit-color-text: rgb(1, 2, 3) }")
    branding = Branding(name="Acme", primary_color="#5b5bd6", stylesheet=sheet)
    chat = await open_chat(await serve(app_of(server, branding=branding)), scheme="dark")
    await expect(chat.page.locator("#name")).to_have_css("letter-spacing", "3px")
    await expect(chat.page.locator("#mark")).to_have_css("background-color", "rgb(91, 91, 214)")
    await expect(chat.greeting).to_have_css("color", "rgb(1, 2, 3)")


# What became of the script


@pytest.mark.shows("own:page.script-events")
async def test_the_script_tells_that_it_has_loaded_also_to_who_comes_late(open_chat: OpenChat, scripted: str) -> None:
    chat = await open_chat(scripted)
    assert await chat.page.evaluate(HEARD, "chatkit-script-loaded") == "nothing more"


async def test_a_script_whose_modules_are_missing_tells_it_also_to_who_comes_late(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    async def missing(_: Request) -> Response:
        return Response(status_code=404)

    app = page_app(server, "<p>Nothing yet</p>", routes=[Route("/chatkit/{name:path}", missing)])
    chat = await open_chat(await serve(app), "/page", ready=False)
    chat.watch.expect("404")
    chat.watch.expect("ChatKit could not load")
    said = await chat.page.evaluate(HEARD, "chatkit-script-error")
    assert said.startswith("ChatKit could not load its modules beside chatkit.js: ")
    assert await chat.page.evaluate(HEARD, "chatkit-script-error") == said


async def test_the_helper_that_waits_tells_when_there_is_no_script_at_all(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    async def page(_: Request) -> Response:
        return Response('<!doctype html><link rel="icon" href="data:,"><p>No script</p>', media_type="text/html")

    app = Starlette(routes=[Route("/bare", page), *app_of(server).routes])
    app.state.server = server
    chat = await open_chat(await serve(app), "/bare", ready=False)
    waiting = """() => import('/chatkit-page.js').then(({ chatKitReady }) => chatKitReady({ timeout: 1 })
        .then(() => 'ready', (error) => error.message))"""
    said = await chat.page.evaluate(waiting)
    assert "No script on this page" in said
    assert await chat.page.evaluate(HEARD, "chatkit-script-error") == said
