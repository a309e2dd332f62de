"""Saying something and being answered."""

import re

import pytest
from playwright.async_api import expect

from chatkit.types import ProgressUpdateEvent, StreamOptions, ThreadMetadata
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, Serve
from tests.browser.scripted import ScriptedServer, app_of


async def test_a_message_is_answered_and_the_card_follows(chat: Chat) -> None:
    await chat.begin("Add buy milk and call mum")
    await expect(chat.said).to_have_text(["Add buy milk and call mum"])
    await expect(chat.composer).to_have_value("")
    await expect(chat.answer).to_contain_text("Added Buy milk and Call mum. You have 2 things to do now.")
    card = chat.card()
    await expect(card.badge("2 open")).to_be_visible()
    await expect(card.boxes).to_have_count(2)
    await expect(card.box("Buy milk")).not_to_be_checked()
    await chat.idle()


async def test_the_send_button_sends_what_is_typed_and_nothing_else(chat: Chat) -> None:
    await expect(chat.send_button).to_be_disabled()
    await chat.type("   ")
    await expect(chat.send_button).to_be_disabled()
    await chat.type("Hello")
    await chat.send_button.click()
    await expect(chat.said).to_have_text(["Hello"])
    await expect(chat.answer).to_contain_text("I keep your todo list")


async def test_a_start_prompt_is_sent_with_one_click(chat: Chat) -> None:
    await expect(chat.greeting).to_have_text("What needs doing?")
    await chat.prompts.filter(has_text="Add two todos").click()
    await expect(chat.said).to_have_text(["Add buy milk and call mum"])
    await expect(chat.card().boxes).to_have_count(2)
    await expect(chat.greeting).to_have_count(0)


async def test_an_answer_grows_as_it_streams(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("Tell me a story")
    await turn.begun()
    await expect(chat.progress).to_contain_text("The assistant is answering")
    turn.say("Once upon")
    await expect(chat.answer).to_have_text(re.compile(r"Once upon$"))
    await expect(chat.progress).to_have_count(0)
    turn.say(" a time there was")
    await expect(chat.answer).to_have_text(re.compile(r"Once upon a time there was$"))
    turn.say(" a **bo")
    await expect(chat.answer.locator("strong")).to_have_text("bo")
    await expect(chat.stop_button).to_be_visible()
    turn.say("ld** fox.").end()
    await expect(chat.answer.locator("strong")).to_have_text("bold")
    await expect(chat.answer).to_have_text(re.compile(r"Once upon a time there was a bold fox\.$"))
    await chat.idle()


async def test_a_message_shows_before_the_server_has_it(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("<b>As</b> *typed*\n  with lines")
    await expect(chat.said).to_have_text("<b>As</b> *typed*\n  with lines", use_inner_text=True)
    turn.say("Fine.").end()
    await expect(chat.answer).to_contain_text("Fine.")
    await expect(chat.said).to_have_count(1)


async def test_stopping_keeps_what_was_said_also_after_a_reload(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("Count to a million")
    turn.say("One, two, three")
    await expect(chat.answer).to_contain_text("One, two, three")
    await chat.stop_button.click()
    await turn.cancelled.wait()
    await chat.idle()
    await expect(chat.answer).to_contain_text("One, two, three")
    await expect(chat.composer).to_be_enabled()
    await chat.reload()
    await expect(chat.answer).to_contain_text("One, two, three")
    await expect(chat.said).to_have_text(["Count to a million"])
    assert await chat.told("error") == []


class UnstoppableServer(ScriptedServer):
    def get_stream_options(self, thread: ThreadMetadata, context: dict[str, str]) -> StreamOptions:
        return StreamOptions(allow_cancel=False)


async def test_an_answer_that_may_not_be_stopped_has_no_way_to(open_chat: OpenChat, serve: Serve) -> None:
    server = UnstoppableServer()
    chat = await open_chat(await serve(app_of(server)))
    turn = server.turn()
    await chat.begin("Launch")
    turn.say("Three, two")
    await expect(chat.answer).to_contain_text("Three, two")
    await expect(chat.stop_button).to_be_disabled()
    turn.say(", one.").end()
    await chat.idle()


async def test_a_reload_comes_back_to_the_conversation(chat: Chat) -> None:
    await chat.send("Add buy milk")
    await chat.send("Hello")
    await chat.reload()
    await expect(chat.said).to_have_text(["Add buy milk", "Hello"])
    await expect(chat.answers).to_have_count(2)
    await expect(chat.card().box("Buy milk")).to_be_visible()


async def test_a_draft_survives_a_reload_and_belongs_to_its_thread(chat: Chat) -> None:
    await chat.type("A thought that is not")
    await chat.reload()
    await expect(chat.composer).to_have_value("A thought that is not")
    await chat.send("Hello")
    await chat.type("Half an answer")
    await chat.reload()
    await expect(chat.composer).to_have_value("Half an answer")
    await chat.new_chat.click()
    await expect(chat.composer).to_have_value("")


async def test_a_new_chat_begins_empty_and_can_be_talked_to(chat: Chat) -> None:
    await expect(chat.new_chat).to_be_disabled()
    await chat.send("Hello")
    await chat.new_chat.click()
    await expect(chat.greeting).to_be_visible()
    await expect(chat.said).to_have_count(0)
    await expect(chat.composer).to_be_focused()
    await chat.send("Thanks")
    await expect(chat.said).to_have_text(["Thanks"])


@pytest.mark.shows("event-kind:progress_update")
async def test_the_progress_line_shows_until_something_else_does(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("Search")
    turn.send(ProgressUpdateEvent(icon="search", text="Looking through the archive…"))
    await expect(chat.progress).to_have_text("Looking through the archive…")
    await expect(chat.progress.locator("svg")).to_have_count(1)
    turn.send(ProgressUpdateEvent(text="Still looking…"))
    await expect(chat.progress).to_have_text("Still looking…")
    turn.say("Found it.")
    await expect(chat.answer).to_contain_text("Found it.")
    await expect(chat.progress).to_have_count(0)
    turn.end()
    await chat.idle()


@pytest.mark.shows("option:threadItemActions.retry", "operation:threads.retry_after_item")
async def test_a_retry_replaces_the_answer(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    chat = await open_chat(scripted)
    server.answer("The first try.")
    await chat.send("Try")
    server.answer("The second try.")
    await chat.page.get_by_role("button", name="Try again").click()
    await expect(chat.answers).to_have_count(1)
    await expect(chat.answer).to_contain_text("The second try.")
    await expect(chat.said).to_have_count(1)


async def test_copy_puts_the_answer_on_the_clipboard(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted, permissions=["clipboard-read", "clipboard-write"])
    server.answer("It is **bold**.")
    await chat.send("Say it")
    await chat.page.locator("[data-type=assistant_message]").get_by_role("button", name="Copy").click()
    await expect(chat.page.get_by_role("button", name="Copied")).to_be_visible()
    assert await chat.page.evaluate("navigator.clipboard.readText()") == "It is **bold**."


async def test_a_client_tool_changes_the_page_and_the_answer_goes_on(chat: Chat) -> None:
    scheme = chat.page.locator("html")
    await expect(scheme).to_have_attribute("data-scheme", "light")
    await chat.send("Switch to dark theme")
    await expect(chat.answer).to_contain_text("Say light theme to go back.")
    await expect(scheme).to_have_attribute("data-scheme", "dark")


@pytest.mark.shows("option:onClientTool")
async def test_a_client_tool_that_throws_reports_its_message(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    await chat.element.evaluate(
        """(element) => element.setOptions({
            api: { url: '/chatkit' }, onClientTool: () => { throw new Error('The printer is on fire.') },
        })"""
    )

    server.turn().call("print").end()
    server.answer("I see.")
    await chat.begin("Print it")
    await expect(chat.answer).to_contain_text("I see.")
    await chat.idle()
    assert [event["error"]["message"] for event in await chat.told("error")] == ["The printer is on fire."]
