"""One language at a time: nothing English where another one is spoken, and no other language's rules in English."""

import pytest
from playwright.async_api import expect
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chatkit.types import Annotation, AssistantMessageContent, URLSource
from chatkit.widgets import Card, Chart
from tests.browser.conftest import OpenChat, OpenWith, Serve
from tests.browser.scripted import ScriptedServer, assistant_message, page_app, user_message

NETWORK_NOISE = "Failed to load resource"


@pytest.mark.parametrize(
    ("wanted", "spoken"), [("de-DE", "de-DE"), ("ar", "ar"), ("he", "en"), ("fa-IR", "en"), ("en-GB", "en")]
)
async def test_the_page_is_in_the_language_that_the_chat_speaks(
    open_chat: OpenChat, scripted: str, wanted: str, spoken: str
) -> None:
    chat = await open_chat(scripted, locale=wanted)
    await expect(chat.part("root")).to_have_attribute("lang", spoken)
    await expect(chat.page.locator("html")).to_have_attribute("lang", spoken)


@pytest.mark.parametrize("locale", ["fa-IR", "he", "mr-Latn"])
async def test_a_language_that_stands_in_counts_by_its_own_rules(
    open_with: OpenWith, server: ScriptedServer, locale: str
) -> None:
    chat = await open_with(f"locale: {locale!r},")
    sources = [URLSource(title=str(number), url=f"https://{number}.example/") for number in range(2)]
    notes = [Annotation(source=source, index=2) for source in sources]
    said = assistant_message("", "1.").model_copy(
        update={"content": [AssistantMessageContent(text="1.", annotations=notes)]}
    )
    thread = await server.put_thread("Sources", user_message("Hi"), said)
    await chat.call("setThreadId", thread.id)
    await expect(chat.part("sources")).to_have_text("2 sources")


@pytest.mark.parametrize(("locale", "status"), [("de-DE", 404), ("ja-JP", 500), ("ar", 401)])
async def test_what_developers_are_told_is_in_no_language_of_who_chats(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer, locale: str, status: int
) -> None:
    async def refuse(_: Request) -> Response:
        message = "There is no such thread, item or attachment."
        return JSONResponse({"error": {"code": "not_found", "message": message}}, status_code=status)

    routes = [Route("/elsewhere", refuse, methods=["POST"])]
    body = f'<openai-chatkit url="/elsewhere" locale="{locale}"></openai-chatkit>'
    chat = await open_chat(await serve(page_app(server, body, routes=routes)), "/page")
    chat.watch.expect(NETWORK_NOISE)
    field = chat.part("composer-input")
    await field.fill("Hi")
    await field.press("Enter")
    await expect(chat.error).to_be_visible()
    assert "no such thread" not in await chat.error.inner_text()


async def test_buttons_of_the_page_are_called_in_the_language_or_as_the_page_says(open_with: OpenWith) -> None:
    left = "leftAction: { icon: 'settings-cog', onClick() {} }"
    chat = await open_with(f"header: {{ {left}, rightAction: {{ icon: 'bug', label: 'Melden', onClick() {{}} }} }},")
    await expect(chat.part("header-left-action")).to_have_accessible_name("Settings")
    await expect(chat.part("header-right-action")).to_have_accessible_name("Melden")
    await chat.options("header: { leftAction: { icon: 'sparkle-nobody-knows', onClick() {} } },")
    await expect(chat.part("header-left-action")).to_have_accessible_name("Action")


ENDS = """probe.all('svg text.w-chart-category').map((label) => {
    const last = label.getNumberOfChars() - 1;
    const rightwards = label.getStartPositionOfChar(0).x < label.getStartPositionOfChar(last).x;
    return `${label.textContent[last]} ${last === 0 ? 'alone' : rightwards ? 'right' : 'left'}`;
}).join()"""
"""Of each label of a chart: its last sign, and where that stands."""


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_a_label_that_is_cut_ends_at_its_own_end(
    open_with: OpenWith, server: ScriptedServer, locale: str
) -> None:
    chat = await open_with(f"locale: {locale!r},")
    names = ["International Business Machines Corporation", "Minnesota Mining and Manufacturing Company"]
    names += ["شركة الاتصالات المتنقلة السعودية العالمية المحدودة", "B"]
    data = [{"name": name, "size": 1} for name in names]
    server.turn().show(
        Card(children=[Chart(data=data, series=[{"type": "bar", "dataKey": "size", "label": "Size"}], xAxis="name")])
    ).end()
    await chat.call("sendUserMessage", {"text": "Chart"})
    await chat.until(f"{ENDS} === '… right,… right,… left,B alone'")
