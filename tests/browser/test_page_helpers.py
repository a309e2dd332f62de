"""`chatkit-page.js`: what a page tells about itself, the button beside selected text, waiting for the script."""

from typing import Any

import pytest
from playwright.async_api import Locator, expect
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatkit.server import current_request_metadata
from tests.browser.accessibility import findings
from tests.browser.chat import Chat, shot
from tests.browser.conftest import OpenChat, Serve
from tests.browser.scripted import ScriptedServer, page_app, user_message

BODY = """<header><h1>Order 7</h1></header>
<main><h2>Items</h2><p id="tea">Two pounds of <b>green tea</b>, from Darjeeling.</p>
<p id="coffee">One pound of coffee. <a href="#coffee" id="link">More about coffee</a></p>
<h2 hidden>Hidden</h2><div data-chatkit-private><h2>Salary</h2><p id="secret">A lot of money</p></div>
<textarea aria-label="Notes">My own notes</textarea></main>
<openai-chatkit></openai-chatkit><link rel="stylesheet" href="/own.css"><script type="module" src="/own.js"></script>"""
STYLE = "body { font: 16px sans-serif } openai-chatkit { display: block; height: 400px }"
SETUP = """import * as page from '/chatkit-page.js';
window.page = page;
window.setUp = (options = {}, ask = {}) => {
    window.chat = document.querySelector('openai-chatkit');
    chat.setOptions({ api: { url: '/chatkit', fetch: page.fetchWithPage() }, ...options });
    window.button = page.askOnSelection(ask);
};
"""


class PageServer(ScriptedServer):
    """Keeps what pages say of themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[Any] = []

    async def respond(self, *arguments: Any) -> Any:
        self.pages.append(current_request_metadata().get("page"))
        async for event in super().respond(*arguments):
            yield event


@pytest.fixture
def server() -> PageServer:
    return PageServer()


class Page(Chat):
    """A page with text, the helpers and a chat."""

    @property
    def ask(self) -> Locator:
        """The button beside selected text."""
        return self.page.locator("[data-chatkit-ask] [part=button]")

    async def select(self, selector: str) -> None:
        """Selects an element's text, as a script does, and nothing else before."""
        await self.page.evaluate("getSelection().removeAllRanges()")
        await self.frames()
        await self.page.evaluate(
            "(selector) => getSelection().selectAllChildren(document.querySelector(selector))", selector
        )


async def opened(
    open_chat: OpenChat, serve: Serve, server: PageServer, options: str = "{}", ask: str = "{}", **settings: Any
) -> Page:
    """The page with the chat set up; its script and style come from its own origin, under the strict policy."""

    def file(content: str, kind: str) -> Any:
        async def answer(_: Request) -> Response:
            return Response(content, media_type=kind)

        return answer

    routes = [Route("/own.js", file(SETUP, "text/javascript")), Route("/own.css", file(STYLE, "text/css"))]
    address = await serve(page_app(server, BODY, routes=routes))
    chat = await open_chat(address, "/page?token=s3cret#at=here", ready=False, **settings)
    await chat.until("'setUp' in window && customElements.get('openai-chatkit') !== undefined")
    await chat.page.evaluate(f"setUp({options}, {ask})")
    await chat.ready()
    return Page(chat.page, chat.watch)


# What the page tells


@pytest.mark.shows("own:page.pageContext")
async def test_the_server_is_told_which_page_a_message_comes_from(
    open_chat: OpenChat, serve: Serve, server: PageServer
) -> None:
    chat = await opened(open_chat, serve, server)
    await chat.send("What is this?")
    address = chat.page.url.partition("?")[0]
    first = {
        "url": address,
        "path": "/page",
        "title": "A page",
        "description": "",
        "headings": [{"level": 1, "text": "Order 7"}, {"level": 2, "text": "Items"}],
    }
    assert server.pages == [first]
    await chat.page.evaluate("document.title = 'Another view'")
    await chat.send("And this?")
    assert server.pages == [first, {**first, "title": "Another view"}]
    bodies = [request.post_data or "" for request in chat.watch.requests if request.method == "POST"]
    assert not any("s3cret" in body or "Salary" in body for body in bodies)


# The button


@pytest.mark.shows("own:page.askOnSelection")
async def test_selected_text_gets_a_button_that_quotes_it_and_sends_nothing(
    open_chat: OpenChat, serve: Serve, server: PageServer
) -> None:
    chat = await opened(open_chat, serve, server)
    await chat.type("My own draft")
    await expect(chat.ask).to_have_count(0)
    await chat.page.locator("#tea b").dblclick()
    await expect(chat.ask).to_be_visible()
    await shot(chat.page, "ask-light")
    word = await chat.page.locator("#tea b").bounding_box()
    place = await chat.ask.bounding_box()
    assert word is not None
    assert place is not None
    assert 0 < place["y"] - (word["y"] + word["height"]) < 16
    await chat.ask.click()
    await expect(chat.page.locator("[part=composer]")).to_contain_text("green")
    await expect(chat.composer).to_have_value("My own draft")
    await expect(chat.composer).to_be_focused()
    await expect(chat.ask).to_be_hidden()
    assert server.pages == []
    await chat.composer.press("Enter")
    await chat.told_name("response.end")
    (sent,) = [event["item"] for event in await chat.told("message.sent")]
    assert sent["quoted_text"] == "green"


async def test_the_button_comes_when_the_pointer_is_let_go_and_leaves_with_the_selection(
    open_chat: OpenChat, serve: Serve, server: PageServer
) -> None:
    chat = await opened(open_chat, serve, server)
    box = await chat.page.locator("#coffee").bounding_box()
    assert box is not None
    mouse = chat.page.mouse
    await mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
    await mouse.down()
    await mouse.move(box["x"] + 120, box["y"] + box["height"] / 2, steps=4)
    await chat.frames(3)
    await expect(chat.ask).to_have_count(0)
    await mouse.up()
    await expect(chat.ask).to_be_visible()
    # Behind the text and its link, whatever the fonts: a click on a link lets the selection stand.
    await mouse.click(box["x"] + box["width"] - 20, box["y"] + 2)
    await expect(chat.ask).to_be_hidden()


async def test_the_keyboard_reaches_the_button_and_gets_back(
    open_chat: OpenChat, serve: Serve, server: PageServer
) -> None:
    chat = await opened(open_chat, serve, server)
    keyboard = chat.page.keyboard
    await chat.select("#tea")
    await expect(chat.ask).to_be_visible()
    await expect(chat.page.locator("[data-chatkit-ask] [role=status]")).to_have_text(
        "Press Tab to ask about the selected text"
    )
    await keyboard.press("Tab")
    await expect(chat.ask).to_be_focused()
    await keyboard.press("Escape")
    await expect(chat.ask).to_be_hidden()
    assert await chat.page.evaluate("getSelection().toString()") != ""
    # On from the text, not from the end of the page.
    await keyboard.press("Tab")
    await expect(chat.page.locator("#link")).to_be_focused()
    await chat.select("#tea")
    await expect(chat.ask).to_be_visible()
    await keyboard.press("Tab")
    await expect(chat.ask).to_be_focused()
    # On from what had the focus before.
    await keyboard.press("Tab")
    await expect(chat.page.get_by_label("Notes")).to_be_focused()
    await expect(chat.ask).to_be_hidden()
    await chat.select("#coffee")
    await expect(chat.ask).to_be_visible()
    await keyboard.press("Tab")
    await expect(chat.ask).to_be_focused()
    await keyboard.press("Enter")
    await expect(chat.composer).to_be_focused()
    await expect(chat.page.locator("[part=composer]")).to_contain_text("One pound of coffee.")


async def test_text_that_is_not_the_pages_to_share_gets_no_button(
    open_chat: OpenChat, serve: Serve, server: PageServer
) -> None:
    chat = await opened(open_chat, serve, server, ask="{ within: 'main' }")
    await chat.send("Hello")
    for selector in ("#secret", "h1", "main"):
        await chat.select(selector)
        await chat.frames(3)
        await expect(chat.ask).to_have_count(0)
    await chat.page.get_by_label("Notes").select_text()
    await chat.frames(3)
    await expect(chat.ask).to_have_count(0)
    await chat.answer.locator("p").dblclick()
    await chat.frames(3)
    await expect(chat.ask).to_have_count(0)
    await chat.select("#tea")
    await expect(chat.ask).to_be_visible()


async def test_long_text_is_cut_and_may_become_the_draft(open_chat: OpenChat, serve: Serve, server: PageServer) -> None:
    settings = "{ as: 'draft', maxLength: 20, label: 'Fragen', beforeAsk: () => { window.opened = true; } }"
    chat = await opened(open_chat, serve, server, ask=settings)
    await chat.select("#tea")
    await expect(chat.ask).to_have_text("Fragen")
    await chat.ask.click()
    await expect(chat.composer).to_have_value("Two pounds of green…")
    assert await chat.page.evaluate("window.opened")


async def test_the_button_looks_like_the_chat(open_chat: OpenChat, serve: Serve, server: PageServer) -> None:
    theme = "{ theme: { colorScheme: 'dark', radius: 'sharp', typography: { fontFamily: 'Georgia' } } }"
    chat = await opened(open_chat, serve, server, options=theme)
    await chat.select("#tea")
    await expect(chat.ask).to_be_visible()
    await shot(chat.page, "ask-dark")
    look = "(node) => ['colorScheme', 'fontFamily', 'borderRadius'].map((name) => getComputedStyle(node)[name])"
    scheme, font, radius = await chat.ask.evaluate(look)
    assert scheme == "dark"
    assert "Georgia" in font
    assert radius != "9999px"
    light, dark = await chat.ask.evaluate(
        """(node) => {
            const brightness = (colour) => {
                const context = document.createElement('canvas').getContext('2d');
                context.fillStyle = colour;
                context.fillRect(0, 0, 1, 1);
                return context.getImageData(0, 0, 1, 1).data.slice(0, 3).reduce((sum, each) => sum + each) / 3;
            };
            const { color, backgroundColor } = getComputedStyle(node);
            return [brightness(color), brightness(backgroundColor)];
        }"""
    )
    assert light > 200
    assert dark < 80


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_accessibility_checker_has_nothing_to_say_of_the_button(
    open_chat: OpenChat, serve: Serve, server: PageServer, scheme: str
) -> None:
    theme = f"{{ theme: '{scheme}' }}"
    chat = await opened(open_chat, serve, server, options=theme, reduced_motion="reduce")
    await chat.select("#tea")
    await expect(chat.ask).to_be_visible()
    assert await findings(chat.page) == []


async def test_the_button_stays_in_a_narrow_window_and_follows_the_text(
    open_chat: OpenChat, serve: Serve, server: PageServer
) -> None:
    chat = await opened(open_chat, serve, server, width=320, height=400, reduced_motion="reduce")
    await chat.select("#coffee")
    await expect(chat.ask).to_be_visible()
    before = await chat.ask.bounding_box()
    assert before is not None
    assert before["x"] >= 8
    assert before["x"] + before["width"] <= 312
    await chat.page.evaluate("scrollBy(0, 60)")
    await chat.frames(3)
    after = await chat.ask.bounding_box()
    assert after is not None
    assert after["y"] == pytest.approx(before["y"] - 60, abs=1)
    assert await chat.overflow() == 0


async def test_while_an_answer_streams_the_text_waits_in_the_composer(
    open_chat: OpenChat, serve: Serve, server: PageServer
) -> None:
    chat = await opened(open_chat, serve, server)
    turn = server.turn()
    await chat.begin("Go")
    turn.say("One")
    await expect(chat.answer).to_contain_text("One")
    await chat.select("#coffee")
    await chat.ask.click()
    await expect(chat.page.locator("[part=composer]")).to_contain_text("One pound of coffee.")
    await chat.frames(3)
    await expect(chat.ask).to_be_hidden()
    turn.end()
    await chat.idle()
    await expect(chat.page.locator("[part=composer]")).to_contain_text("One pound of coffee.")


async def test_what_goes_wrong_is_reported_and_a_destroyed_button_is_gone(
    open_chat: OpenChat, serve: Serve, server: PageServer
) -> None:
    chat = await opened(open_chat, serve, server, ask="{ chat: '#nowhere' }")
    chat.watch.expect("askOnSelection found no <openai-chatkit>")
    await chat.page.evaluate("addEventListener('error', (event) => { window.reported = event.message; })")
    await chat.select("#tea")
    await chat.ask.click()
    await chat.until("window.reported?.includes('its option \"chat\" says which one it is')")
    await chat.page.evaluate("button.destroy()")
    await chat.select("#coffee")
    await chat.frames(3)
    await expect(chat.page.locator("[data-chatkit-ask]")).to_have_count(0)


async def test_the_button_is_reachable_inside_a_dialog(open_chat: OpenChat, serve: Serve, server: PageServer) -> None:
    chat = await opened(open_chat, serve, server)
    await chat.page.evaluate(
        """() => {
            const dialog = document.createElement('dialog');
            dialog.append(document.getElementById('tea'), chat);
            document.body.append(dialog);
            dialog.showModal();
        }"""
    )
    await chat.select("#tea")
    await chat.ask.click()
    await expect(chat.page.locator("[part=composer]")).to_contain_text("green tea")


# Waiting for the script


@pytest.mark.shows("own:page.chatKitReady")
async def test_a_page_can_wait_for_the_script_and_is_told_why_it_does_not_come(
    open_chat: OpenChat, serve: Serve, server: PageServer
) -> None:
    chat = await opened(open_chat, serve, server)
    same = "page.chatKitReady().then((found) => found === customElements.get('openai-chatkit'))"
    assert await chat.page.evaluate(same)

    async def missing(_: Request) -> Response:
        return Response(status_code=404)

    async def setup(_: Request) -> Response:
        return Response(SETUP, media_type="text/javascript")

    routes = [Route("/chatkit/assets/{name:path}", missing), Route("/own.js", setup)]
    body = '<openai-chatkit></openai-chatkit><script type="module" src="/own.js"></script>'
    broken = await open_chat(await serve(page_app(server, body, routes=routes)), "/page", ready=False)
    broken.watch.expect("404", "could not load")
    await broken.until("'page' in window")
    said = await broken.page.evaluate("page.chatKitReady({ timeout: 50 }).catch((error) => error.message)")
    assert said.startswith("<openai-chatkit> was not there after 0.05 s. The script http://127.0.0.1")
    assert "is on the page but did not define it" in said


async def test_the_button_of_a_restored_thread_quotes_too(
    open_chat: OpenChat, serve: Serve, server: PageServer
) -> None:
    thread = await server.put_thread("A thread", user_message("Hello"))
    chat = await opened(open_chat, serve, server, options=f"{{ initialThread: {thread.id!r} }}")
    await chat.select("#tea")
    await chat.ask.click()
    await expect(chat.page.locator("[part=composer]")).to_contain_text("green tea")
    await expect(chat.said).to_have_text(["Hello"])
