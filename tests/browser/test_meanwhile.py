"""What is written in one conversation while others go on, and where it comes back."""

import asyncio
from datetime import UTC, datetime

from playwright.async_api import FilePayload, Route, expect

from chatkit.types import StructuredInput, StructuredInputFreeform, StructuredInputItem
from tests.browser.chat import Chat
from tests.browser.conftest import OpenWith
from tests.browser.scripted import ScriptedServer, assistant_message, user_message


async def _go_to(chat: Chat, title: str) -> None:
    panel = await chat.open_history()
    await panel.get_by_role("button", name=title, exact=True).click()
    await expect(chat.title).to_have_text(title)
    await chat.page.get_by_role("status", name="Loading the conversation").wait_for(state="detached")


async def _put(server: ScriptedServer, title: str) -> str:
    thread = await server.put_thread(title, user_message("Hello"), assistant_message("", f"This is {title}"))
    return thread.id


async def test_a_thread_that_still_answers_gets_its_own_draft_back(open_with: OpenWith, server: ScriptedServer) -> None:
    await _put(server, "Second")
    first = await _put(server, "First")
    chat = await open_with()
    await chat.call("setThreadId", first)
    turn = server.turn().say("Still ")
    await chat.begin("Go on")
    await expect(chat.answers).to_have_count(2)
    await chat.type("for the first")
    await _go_to(chat, "Second")
    await chat.type("for the second")
    await _go_to(chat, "First")
    await expect(chat.composer).to_have_value("for the first")
    turn.say("here.").end()
    await expect(chat.answer).to_contain_text("Still here.")
    await chat.idle()
    await expect(chat.composer).to_have_value("for the first")
    await _go_to(chat, "Second")
    await expect(chat.composer).to_have_value("for the second")


async def test_a_first_message_that_fails_after_it_was_left_waits_where_it_was_written(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    await _put(server, "Other")
    chat = await open_with()
    chat.watch.expect("Failed to load resource")
    left = asyncio.Event()

    async def refuse(route: Route) -> None:
        await left.wait()
        await route.fulfill(status=403)

    await chat.route("threads.create", refuse)
    await chat.begin("My first words")
    await expect(chat.said).to_have_text("My first words")
    await _go_to(chat, "Other")
    left.set()
    await chat.told_name("response.end")
    await chat.frames()
    await expect(chat.composer).to_have_value("")
    await chat.new_chat.click()
    await expect(chat.composer).to_have_value("My first words")


async def test_files_and_a_quotation_stay_with_their_draft(open_with: OpenWith, server: ScriptedServer) -> None:
    await _put(server, "Second")
    first = await _put(server, "First")
    chat = await open_with("composer: { attachments: { enabled: true } }")
    await chat.call("setThreadId", first)
    tiles = chat.part("composer-attachments").get_by_role("listitem")
    note: FilePayload = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"Note"}
    await chat.page.locator("input[type=file]").set_input_files([note])
    await expect(tiles).to_have_attribute("aria-busy", "false")
    await chat.call("setComposerValue", {"text": "See this", "reply": "What was said"})
    await _go_to(chat, "Second")
    await expect(tiles).to_have_count(0)
    await expect(chat.page.get_by_text("What was said")).to_have_count(0)
    await _go_to(chat, "First")
    await expect(tiles).to_contain_text("note.txt")
    await expect(chat.page.get_by_text("What was said")).to_be_visible()
    await chat.send("See this")
    await expect(chat.part("attachments")).to_contain_text("note.txt")
    await _go_to(chat, "Second")
    await _go_to(chat, "First")
    await expect(tiles).to_have_count(0)


async def test_a_message_that_was_not_sent_comes_back_when_another_is(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    chat = await open_with()
    await chat.call("setThreadId", await _put(server, "First"))
    chat.watch.expect("Failed to load resource")

    await chat.route("threads.add_user_message", lambda route: route.fulfill(status=403))
    await chat.begin("Lost words")
    await expect(chat.error).to_be_visible()
    await chat.page.unroute("**/chatkit")
    await chat.send("Other words")
    await expect(chat.said.last).to_have_text("Other words")
    await expect(chat.composer).to_have_value("Lost words")


async def test_answers_to_questions_that_did_not_get_there_are_still_there(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    inputs: list[StructuredInput] = [
        StructuredInputFreeform(id="name", question="Your name?"),
        StructuredInputFreeform(id="colour", question="Your colour?"),
    ]
    asked = StructuredInputItem(id="asked", thread_id="", created_at=datetime.now(UTC), inputs=inputs)
    thread = await server.put_thread("First", user_message("Hello"), asked)
    chat = await open_with()
    await chat.call("setThreadId", thread.id)
    chat.watch.expect("Failed to load resource")
    field = chat.question.get_by_role("textbox")
    await field.fill("Ada")
    await field.press("Enter")
    await expect(chat.question).to_contain_text("Your colour?")
    await chat.route("threads.add_structured_input", lambda route: route.fulfill(status=403))
    await field.fill("Blue")
    await field.press("Enter")
    await expect(chat.error).to_be_visible()
    await expect(chat.question).to_contain_text("Your colour?")
    await expect(field).to_have_value("Blue")
    await chat.question.get_by_role("button", name="Back").click()
    await expect(field).to_have_value("Ada")
