"""What comes late: parts of the element that are fetched when they are needed."""

import asyncio
from datetime import UTC, datetime

import pytest
from playwright.async_api import Route, expect

from chatkit.types import CustomSummary, CustomTask, ThreadMetadata, Workflow, WorkflowItem
from chatkit.widgets import Card, Text
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, Serve
from tests.browser.scripted import ScriptedServer, assistant_message, page_app, user_message

pytestmark = pytest.mark.ours_only("Chunks come from where the element comes from, whoever answers it.")

FAILED_TO_LOAD = "Failed to load resource|Failed to fetch dynamically imported module"


class Held:
    """Requests that wait until the test lets them go."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.waiting = asyncio.Event()

    async def __call__(self, route: Route) -> None:
        self.waiting.set()
        await self.gate.wait()
        await route.continue_()


async def opened(open_chat: OpenChat, address: str, chunk: str, hold: Held | None) -> Chat:
    """A page on which one chunk is held, or is gone for good."""
    chat = await open_chat(address, "/page", ready=False)

    async def gone(route: Route) -> None:
        await route.fulfill(status=404)

    await chat.page.route(f"**/assets/{chunk}-*.js", hold or gone)
    await chat.page.reload()
    return chat


async def thread_with_workflow(server: ScriptedServer) -> ThreadMetadata:
    workflow = Workflow(type="custom", tasks=[CustomTask(title="Looked")], summary=CustomSummary(title="Worked on it"))
    item = WorkflowItem(id="wf_1", thread_id="", created_at=datetime.now(UTC), workflow=workflow)
    return await server.put_thread("Work", user_message("Work"), item, assistant_message("", "It is done."))


def page_on(server: ScriptedServer, thread: ThreadMetadata) -> str:
    return f'<openai-chatkit url="/chatkit" thread-id="{thread.id}"></openai-chatkit>'


async def test_a_thread_is_shown_with_everything_in_it_or_not_yet(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    thread = await thread_with_workflow(server)
    hold = Held()
    chat = await opened(open_chat, await serve(page_app(server, page_on(server, thread))), "details", hold)
    await chat.told_name("thread.load.end")
    await hold.waiting.wait()
    await chat.frames(3)
    await expect(chat.answers).to_have_count(0)
    await expect(chat.page.get_by_role("status", name="Loading the conversation")).to_have_count(1)
    await chat.page.evaluate(
        """() => {
            window.shifts = [];
            new PerformanceObserver((list) => shifts.push(...list.getEntries().map((each) => each.value)))
                .observe({ type: 'layout-shift' });
        }"""
    )
    hold.gate.set()
    await expect(chat.page.get_by_role("button", name="Worked on it")).to_be_visible()
    await expect(chat.answers).to_have_text(["Assistant said:It is done."])
    await chat.page.evaluate("probe.settled()")
    assert await chat.page.evaluate("shifts.reduce((sum, each) => sum + each, 0)") < 0.01


async def test_what_an_answer_needs_late_takes_its_place_when_it_is_there(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    thread = await server.put_thread("Plain", user_message("Hello"), assistant_message("", "Good day."))
    hold = Held()
    chat = await opened(open_chat, await serve(page_app(server, page_on(server, thread))), "details", hold)
    await expect(chat.answers).to_have_count(1)
    server.turn().show(Card(children=[Text(value="A card")])).say("Here it is.").end()
    await chat.send("Show me")
    await expect(chat.answers).to_have_count(2)
    await expect(chat.widgets).to_have_count(0)
    hold.gate.set()
    await expect(chat.widgets).to_have_text(["A card"])


async def test_a_click_on_the_history_before_it_is_there_opens_it_when_it_comes(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    await server.put_thread("An old talk", user_message("Hello"))
    hold = Held()
    address = await serve(page_app(server, '<openai-chatkit url="/chatkit"></openai-chatkit>'))
    chat = await opened(open_chat, address, "history", hold)
    await chat.history_button.click()
    await hold.waiting.wait()
    await expect(chat.history).to_have_count(0)
    hold.gate.set()
    await expect(chat.history.get_by_text("An old talk")).to_be_visible()


async def test_a_part_that_is_gone_is_missed_in_its_place_and_once(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    thread = await thread_with_workflow(server)
    chat = await opened(open_chat, await serve(page_app(server, page_on(server, thread))), "details", None)
    chat.watch.expect(FAILED_TO_LOAD)
    missing = chat.page.locator("[data-type=workflow] [part=missing-part]")
    await expect(missing).to_contain_text("A part of the chat could not be loaded.")
    await expect(missing.get_by_role("button", name="Reload the page")).to_be_visible()
    await expect(chat.page.locator("[part=missing-part]")).to_have_count(1)
    await expect(chat.answers).to_have_text(["Assistant said:It is done."])


async def test_a_part_that_nobody_asked_for_is_not_missed(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    address = await serve(page_app(server, '<openai-chatkit url="/chatkit"></openai-chatkit>'))
    chat = await opened(open_chat, address, "history", None)
    chat.watch.expect(FAILED_TO_LOAD)
    async with chat.page.expect_response("**/assets/history-*.js"):
        await chat.ready()
    async with chat.page.expect_response("**/assets/history-*.js"):
        pass  # the second try
    await chat.send("Hello")
    await expect(chat.page.locator("[part=missing-part]")).to_have_count(0)
    await chat.history_button.click()
    await expect(chat.page.locator("[part=missing-part]")).to_have_count(1)
