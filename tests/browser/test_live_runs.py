"""Answers that survive: reloads, lost lines, other tabs, frozen pages. Real servers, real Chromium."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Request, expect

from chatkit.types import AssistantMessageItem, ClientToolCallItem, ThreadItem, UserMessageItem
from chatkit.widgets import Card, Text
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, OpenWith
from tests.browser.scripted import USER, ScriptedServer, Turn, app_of, assistant_message, user_message
from tests.support.loopback import serving

WORDS = [f"word{number} " for number in range(60)]
NOISE = ("Failed to load resource", "net::ERR")


async def trickle(
    turn: Turn, words: list[str] = WORDS, pause: float = 0.05, until: asyncio.Event | None = None
) -> None:
    """Streams slowly: a text with a card in its middle, then a second text, whose end waits."""
    half = len(words) // 2
    for word in words[:half]:
        turn.say(word)
        await asyncio.sleep(pause)
    turn.complete().show(Card(children=[Text(value="In between")]))
    for word in words[half:]:
        turn.say(word)
        await asyncio.sleep(pause)
    if until is not None:
        await until.wait()
    turn.end()


async def stored(server: ScriptedServer, thread_id: str) -> list[str]:
    """What the store has of a thread, in words."""
    page = await server.store.load_thread_items(thread_id, None, 100, "asc", USER)
    return [text for item in page.data if (text := _words(item))]


def _words(item: ThreadItem) -> str:
    if isinstance(item, AssistantMessageItem | UserMessageItem):
        return "".join(part.text for part in item.content).strip()
    return "In between" if item.type == "widget" else ""


SHOWN = """() => [...probe.element().shadowRoot.querySelectorAll(
  '[part=user-bubble], [part=assistant-message] .ck-md, [data-type=widget] > [part=widget]')]
  .map((node) => node.textContent.trim()).filter((text) => text !== '')"""


async def _shown(chat: Chat) -> list[str]:
    return await chat.page.evaluate(SHOWN)


async def same(chat: Chat, server: ScriptedServer, thread_id: str) -> None:
    """Waits until the page shows what the store has."""
    wanted = await stored(server, thread_id)
    for _ in range(100):
        if await _shown(chat) == wanted:
            return
        await asyncio.sleep(0.05)
    assert await _shown(chat) == wanted


async def _open(open_with: OpenWith, server: ScriptedServer, options: str = "") -> tuple[Chat, str]:
    thread = await server.put_thread("Live", user_message("Before"), assistant_message("", "Was said"))
    chat = await open_with(options)
    await chat.call("setThreadId", thread.id)
    return chat, thread.id


async def _watches(chat: Chat) -> int:
    return sum(1 for each in chat.watch.requests if "threads.watch" in (each.post_data or ""))


@pytest.mark.shows("operation:threads.resume")
async def test_an_answer_that_five_reloads_interrupt(
    open_with: OpenWith, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    chat, thread_id = await _open(open_with, server)
    reloaded = asyncio.Event()
    telling = asyncio.create_task(trickle(server.turn(), until=reloaded))
    await chat.begin("Tell me")
    await expect(chat.page.get_by_text("word3 ").first).to_be_visible()
    times: list[float] = []
    for _ in range(5):
        before = time.monotonic()
        await chat.page.reload(wait_until="commit")
        await chat.page.wait_for_function("() => probe.element()?.setOptions !== undefined")
        await chat.element.evaluate("(element) => { element.style.height = 'calc(100vh - 16px)'; }")
        await chat.call("openThread", thread_id)
        await expect(chat.page.get_by_text("word3 ").first).to_be_visible()
        times.append(time.monotonic() - before)
        await expect(chat.stop_button).to_be_visible()
        await asyncio.sleep(0.2)
    reloaded.set()
    await telling
    await chat.idle()
    await same(chat, server, thread_id)
    halves = ["".join(half).strip() for half in (WORDS[:30], WORDS[30:])]
    assert (await stored(server, thread_id))[-3:] == [halves[0], "In between", halves[1]]
    with capsys.disabled():
        print(f"\nreload to the answer on show: {', '.join(f'{1000 * each:.0f} ms' for each in times)}")


async def test_two_tabs_one_of_them_without_a_connection_for_a_while(
    open_with: OpenWith, open_chat: OpenChat, server: ScriptedServer
) -> None:
    first, thread_id = await _open(open_with, server)
    second = await open_with()  # a profile of its own: another device
    await second.call("setThreadId", thread_id)
    for chat in (first, second):
        chat.watch.expect(*NOISE)
    telling = asyncio.create_task(trickle(server.turn(), pause=0.08))
    await first.begin("Tell me")
    began = time.monotonic()
    await expect(second.said.last).to_have_text("Tell me")
    await expect(second.page.get_by_text("word1 ").first).to_be_visible()
    assert time.monotonic() - began < 2
    await second.page.context.set_offline(True)
    await asyncio.sleep(1.5)
    await second.page.context.set_offline(False)
    await telling
    for chat in (first, second):
        await chat.idle()
        await same(chat, server, thread_id)


@pytest.mark.shows("operation:items.claim")
async def test_a_client_tool_runs_in_one_of_two_tabs(open_with: OpenWith, server: ScriptedServer) -> None:
    tool = """onClientTool: () => {
        window.ran = (window.ran ?? 0) + 1;
        return new Promise((give) => setTimeout(() => give({ city: 'Oslo' }), 1500));
    }"""
    first, thread_id = await _open(open_with, server, tool)
    second = await open_with(tool)
    await second.call("setThreadId", thread_id)
    server.turn().call("locate").end()
    server.answer("In Oslo.")
    await first.begin("Where am I?")
    for chat in (first, second):
        await expect(chat.answer).to_contain_text("In Oslo.")
        await chat.idle()
    ran = [await chat.page.evaluate("window.ran ?? 0") for chat in (first, second)]
    assert sum(ran) == 1
    page = await server.store.load_thread_items(thread_id, None, 100, "asc", USER)
    assert [item.output for item in page.data if isinstance(item, ClientToolCallItem)] == [{"city": "Oslo"}]


async def test_a_client_tool_whose_tab_dies_is_taken_over(open_with: OpenWith, server: ScriptedServer) -> None:
    first, thread_id = await _open(open_with, server, "onClientTool: () => new Promise(() => {})")
    second = await open_with("onClientTool: () => ({ city: 'Oslo' })")
    server.turn().call("locate").end()
    server.answer("In Oslo.")
    await first.begin("Where am I?")
    await expect(first.part("client-tool-call")).to_be_visible()
    await second.call("openThread", thread_id)
    await expect(second.part("trouble")).to_contain_text("another tab")
    await first.page.close()
    died = time.monotonic()
    await expect(second.answer).to_contain_text("In Oslo.")
    assert time.monotonic() - died < 11


@pytest.mark.shows("event-kind:stream_options.run_id", "operation:threads.stop")
async def test_stop_in_one_tab_stops_in_the_other(open_with: OpenWith, server: ScriptedServer) -> None:
    first, thread_id = await _open(open_with, server)
    second = await open_with()
    await second.call("setThreadId", thread_id)
    turn = server.turn().say("Half an ")
    await first.begin("Tell me")
    await expect(second.answer).to_contain_text("Half an")
    await second.stop_button.click()
    await turn.cancelled.wait()
    for chat in (first, second):
        await chat.idle()
        await expect(chat.part("ending")).to_contain_text("stopped")
        await same(chat, server, thread_id)


async def test_an_edited_message_is_edited_in_the_other_tab(open_with: OpenWith, server: ScriptedServer) -> None:
    first, thread_id = await _open(open_with, server)
    second = await open_with()
    await second.call("setThreadId", thread_id)
    await first.said.last.hover()
    await first.page.get_by_role("button", name="Edit message").click()
    await first.part("message-editor-input").fill("Another question")
    server.answer("Another answer")
    await first.page.get_by_role("button", name="Send again").click()
    for chat in (first, second):
        await expect(chat.said).to_have_text(["Another question"])
        await expect(chat.answer).to_contain_text("Another answer")
        await chat.idle()
        await same(chat, server, thread_id)


@pytest.mark.shows("operation:threads.watch")
async def test_seven_tabs_hold_one_watch(open_with: OpenWith, server: ScriptedServer) -> None:
    first, thread_id = await _open(open_with, server)
    tabs = [first]
    for _ in range(6):
        page = await first.page.context.new_page()
        await page.goto(first.page.url)
        tab = await Chat(page, first.watch).ready()
        await tab.call("openThread", thread_id)
        tabs.append(tab)
    await tabs[-1].frames()
    assert await _watches(first) == 1
    telling = asyncio.create_task(trickle(server.turn(), WORDS[:20]))
    await tabs[3].begin("All of you")
    await telling
    for tab in tabs:
        await tab.idle()
        await same(tab, server, thread_id)
    assert await _watches(first) == 1
    # The next tab takes over.
    await first.page.close()
    for _ in range(40):
        if await _watches(first) == 2:
            break
        await asyncio.sleep(0.05)
    assert await _watches(first) == 2


async def test_a_frozen_tab_comes_back(open_with: OpenWith, server: ScriptedServer) -> None:
    chat, thread_id = await _open(open_with, server)
    chat.watch.expect(*NOISE)
    telling = asyncio.create_task(trickle(server.turn()))
    await chat.begin("Tell me")
    await expect(chat.page.get_by_text("word3 ").first).to_be_visible()
    devtools = await chat.page.context.new_cdp_session(chat.page)
    await devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    await asyncio.sleep(1)
    await devtools.send("Page.setWebLifecycleState", {"state": "active"})
    await telling
    await chat.idle()
    await same(chat, server, thread_id)


async def test_a_server_that_is_away_for_three_seconds(open_chat: OpenChat, server: ScriptedServer) -> None:
    async with proxied(app_of(server)) as proxy:
        chat = await open_chat(proxy.address)
        chat.watch.expect(*NOISE)
        turn = server.turn()
        telling = asyncio.create_task(trickle(turn, pause=0.1))
        await chat.begin("Tell me")
        await expect(chat.page.get_by_text("word3 ").first).to_be_visible()
        await proxy.cut()
        await expect(chat.part("trouble")).to_contain_text("Reconnecting")
        await asyncio.sleep(3)
        await proxy.restore()
        await expect(chat.part("trouble")).to_have_count(0)
        await telling
        await chat.idle()
        await same(chat, server, turn.thread_id)
        assert await chat.told("error") == []


async def test_a_first_message_is_told_of_once_however_often_it_is_sent(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    chat, thread_id = await _open(open_with, server)
    chat.watch.expect(*NOISE)
    sent: list[Request] = []

    async def lose(route: Any) -> None:
        sent.append(route.request)
        if len(sent) > 1:
            await route.continue_()
            return
        await route.fetch()  # it gets there, its reply does not
        await route.abort()

    await chat.route("threads.add_user_message", lose)
    server.answer("Heard.")
    await chat.send("Once")
    await expect(chat.answer).to_contain_text("Heard.")
    assert len(sent) == 2
    assert (await stored(server, thread_id))[-2:] == ["Once", "Heard."]
    await same(chat, server, thread_id)


async def test_the_history_marks_what_is_answered(open_with: OpenWith, server: ScriptedServer) -> None:
    first, thread_id = await _open(open_with, server)
    second = await open_with()
    await second.call("setThreadId", thread_id)
    await second.new_chat.click()
    panel = await second.open_history()
    mark = panel.get_by_role("img", name="The assistant is answering")
    await expect(mark).to_have_count(0)
    turn = server.turn().say("Still ")
    await first.begin("Tell me")
    await expect(mark).to_be_visible()
    row = panel.get_by_role("button", name="Live", exact=True)
    await expect(row).to_have_accessible_description("The assistant is answering")
    turn.say("here.").end()
    await expect(mark).to_have_count(0)
    await first.idle()


class _Proxy:
    """A port that leads to another, or to nothing."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._port = 0
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def restore(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there = await asyncio.open_connection("127.0.0.1", self._target)
        self._open |= {writer, there}
        try:
            await asyncio.gather(_pipe(reader, there), _pipe(there_reader, writer))
        finally:
            self._open -= {writer, there}


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def proxied(app: Any) -> AsyncIterator[_Proxy]:
    async with serving(app) as address:
        proxy = _Proxy(int(address.rpartition(":")[2]))
        await proxy.restore()
        try:
            yield proxy
        finally:
            await proxy.cut()
