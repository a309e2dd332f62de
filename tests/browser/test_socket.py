"""All requests of a page over one web socket: real servers, real Chromium."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import WebSocket, expect
from starlette.requests import Request

from chatkit.http import PageOptions, UnauthenticatedError
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, OpenWith, Serve
from tests.browser.scripted import USER, ScriptedServer, app_of, page_app
from tests.browser.test_live_runs import NOISE, WORDS, proxied, same, stored, trickle

OVER_SOCKET = PageOptions(transport="websocket")


class Lines:
    """What a page has opened."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.sockets: list[WebSocket] = []
        chat.page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        self.sockets.append(socket)

    @property
    def posts(self) -> list[str]:
        return [
            each.post_data or ""
            for each in self.chat.watch.requests
            if each.method == "POST" and "/chatkit" in each.url
        ]


pytestmark = pytest.mark.ours_only("the reference has no web sockets")


async def over_socket(open_chat: OpenChat, address: str) -> tuple[Chat, Lines]:
    """This package's own page, loaded once more so that everything it opens is seen."""
    chat = await open_chat(address)
    lines = Lines(chat)
    chat.watch.requests.clear()
    await chat.page.reload()
    await chat.ready()
    return chat, lines


async def test_many_answers_of_one_tab_take_one_socket(
    open_chat: OpenChat, server: ScriptedServer, serve: Serve
) -> None:
    """Eight at once, and the history beside them: over HTTP/1.1 the seventh would wait for the first."""
    address = await serve(app_of(server, page=OVER_SOCKET))
    chat, lines = await over_socket(open_chat, address)
    turns = [server.turn().say(f"Answer {number} begins ") for number in range(8)]
    for number, turn in enumerate(turns):
        if number:
            await chat.new_chat.click()
        await chat.begin(f"Question {number}")
        await expect(chat.answer).to_contain_text(f"Answer {number} begins")
        turn.say("and goes on ")
    panel = await chat.open_history()
    await expect(panel.get_by_role("img", name="The assistant is answering")).to_have_count(8)
    for turn in turns:
        turn.say("to its end.").end()
    await expect(panel.get_by_role("img", name="The assistant is answering")).to_have_count(0)
    for turn in turns:
        assert (await stored(server, turn.thread_id))[-1].endswith("begins and goes on to its end.")
    await chat.page.keyboard.press("Escape")
    await same(chat, server, turns[-1].thread_id)
    assert len(lines.sockets) == 1
    assert lines.posts == []
    assert lines.sockets[0].url == address.replace("http", "ws", 1) + "/chatkit/ws"


async def test_reloads_in_the_middle_of_an_answer(open_chat: OpenChat, server: ScriptedServer, serve: Serve) -> None:
    address = await serve(app_of(server, page=OVER_SOCKET))
    chat, lines = await over_socket(open_chat, address)
    reloaded, turn = asyncio.Event(), server.turn()
    telling = asyncio.create_task(trickle(turn, until=reloaded))
    await chat.begin("Tell me")
    await expect(chat.page.get_by_text("word3 ").first).to_be_visible()
    for _ in range(3):
        await chat.page.goto(f"{address}/?thread={turn.thread_id}")
        await expect(chat.page.get_by_text("word3 ").first).to_be_visible()
        await expect(chat.stop_button).to_be_visible()
    reloaded.set()
    await telling
    await chat.idle()
    await same(chat, server, turn.thread_id)
    assert lines.posts == []


async def logged(chat: Chat, name: str) -> list[dict[str, Any]]:
    """What the element's log has under a name."""
    found: list[dict[str, Any]] = await chat.page.evaluate("logged")
    return [each["data"] for each in found if each["name"] == name]


@pytest.mark.parametrize("how", ["server", "network"])
async def test_a_line_that_is_lost_is_come_back_to(open_chat: OpenChat, server: ScriptedServer, how: str) -> None:
    """The server goes away; or the network does, and nothing tells the socket."""
    async with proxied(app_of(server, page=OVER_SOCKET)) as proxy:
        chat, lines = await over_socket(open_chat, proxy.address)
        chat.watch.expect(*NOISE, "WebSocket connection")
        turn = server.turn()
        telling = asyncio.create_task(trickle(turn, WORDS[:40], pause=0.1))
        await chat.begin("Tell me")
        await expect(chat.page.get_by_text("word3 ").first).to_be_visible()
        if how == "server":
            await proxy.cut()
            await expect(chat.part("trouble")).to_contain_text("Reconnecting")
            await asyncio.sleep(1)
            await proxy.restore()
        else:
            await chat.page.context.set_offline(True)
            await asyncio.sleep(1.5)
            await chat.page.context.set_offline(False)
        await telling
        await chat.idle()
        await expect(chat.part("trouble")).to_have_count(0)
        await same(chat, server, turn.thread_id)
        assert await chat.told("error") == []
        assert len(lines.sockets) >= 2


async def test_stop_and_what_another_tab_says(open_chat: OpenChat, server: ScriptedServer, serve: Serve) -> None:
    address = await serve(app_of(server, page=OVER_SOCKET))
    first, _ = await over_socket(open_chat, address)
    second, _ = await over_socket(open_chat, address)
    turn = server.turn().say("Half an ")
    await first.begin("Tell me")
    await expect(first.answer).to_contain_text("Half an")
    await second.call("openThread", turn.thread_id)
    await expect(second.answer).to_contain_text("Half an")
    await second.stop_button.click()
    await turn.cancelled.wait()
    for chat in (first, second):
        await chat.idle()
        await expect(chat.part("ending")).to_contain_text("stopped")
        await same(chat, server, turn.thread_id)


async def test_without_a_socket_everything_goes_over_http_and_the_log_says_so(
    open_chat: OpenChat, server: ScriptedServer, serve: Serve
) -> None:
    address = await serve(app_of(server, page=OVER_SOCKET, websocket=False))
    chat = await open_chat(address)
    chat.watch.expect("WebSocket connection", "Failed to load resource")
    server.answer("Over HTTP.")
    await chat.send("How are you?")
    await expect(chat.answer).to_contain_text("Over HTTP.")
    told = await logged(chat, "socket.unavailable")
    assert [each["url"] for each in told] == [address.replace("http", "ws", 1) + "/chatkit/ws"]


async def test_a_client_secret_that_has_expired_is_asked_for_again(
    open_chat: OpenChat, server: ScriptedServer, serve: Serve
) -> None:
    """It comes with each request, and its refusal is one request's, not the socket's."""
    valid = {"secret 1"}

    def context(request: Request) -> dict[str, str]:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in valid:
            raise UnauthenticatedError("Expired.")
        return USER

    body = '<openai-chatkit locale="en"></openai-chatkit>'
    chat = await open_chat(await serve(page_app(server, body, context=context)), "/page", ready=False)
    lines = Lines(chat)
    asked = """api: {
        url: '/chatkit', transport: 'websocket',
        getClientSecret: async () => `secret ${window.secrets = (window.secrets ?? 0) + 1}`,
    }"""
    await chat.options(asked)
    await chat.ready()
    server.answer("First.")
    await chat.send("One")
    await expect(chat.answer).to_contain_text("First.")
    valid.clear()
    valid.add("secret 2")
    server.answer("Second.")
    await chat.send("Two")
    await expect(chat.answer.last).to_contain_text("Second.")
    assert await chat.page.evaluate("window.secrets") == 2
    assert len(lines.sockets) == 1


async def test_with_a_fetch_of_the_page_no_socket_is_opened(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with("api: { url: '/chatkit', transport: 'websocket', fetch: (...given) => fetch(...given) }")
    lines = Lines(chat)
    server.answer("By its own way.")
    await chat.send("How?")
    await expect(chat.answer).to_contain_text("By its own way.")
    assert lines.sockets == []
    assert len(await logged(chat, "socket.unavailable")) == 1
