"""Editing a message and sending it again."""

import pytest
from playwright.async_api import Locator, expect

from chatkit.types import LockedStatus, UserMessageItem
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.reference import Reference
from tests.browser.scripted import USER, ScriptedServer, assistant_message, user_message

OURS = pytest.mark.ours_only("Editing is an extension of this package's server.")


def edit_buttons(chat: Chat) -> Locator:
    return chat.page.get_by_role("button", name="Edit message")


def field(chat: Chat) -> Locator:
    return chat.page.get_by_role("textbox", name="Edited message")


async def talk(server: ScriptedServer) -> str:
    items = [
        user_message("One"),
        assistant_message("", "Answer one"),
        user_message("Two"),
        assistant_message("", "A 2"),
    ]
    return (await server.put_thread("A talk", *items)).id


async def test_editing_is_offered_where_the_server_can(
    open_chat: OpenChat, scripted: str, backend: Reference | None
) -> None:
    chat = await open_chat(scripted)
    await chat.send("Hello")
    await expect(edit_buttons(chat)).to_have_count(1 if backend is None else 0)
    await chat.reload()
    await expect(chat.said).to_have_count(1)
    await expect(edit_buttons(chat)).to_have_count(1 if backend is None else 0)


@OURS
@pytest.mark.shows("own:edit")
async def test_a_message_is_edited_in_place_by_keyboard(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    await chat.call("setThreadId", await talk(server))
    await expect(chat.said).to_have_text(["One", "Two"])
    await edit_buttons(chat).first.press("Enter")
    await expect(field(chat)).to_be_focused()
    await expect(field(chat)).to_have_value("One")
    await expect(chat.page.get_by_text("What came after this message will be removed.")).to_be_visible()
    await chat.page.keyboard.press("Escape")
    await expect(field(chat)).to_have_count(0)
    await expect(edit_buttons(chat).first).to_be_focused()
    await expect(chat.said).to_have_text(["One", "Two"])

    await chat.page.keyboard.press("Enter")
    await expect(field(chat)).to_be_focused()
    await chat.page.keyboard.type(" and a half")
    await chat.page.keyboard.press("Shift+Enter")
    await chat.page.keyboard.type("or so")
    server.answer("Answer one and a half")
    await chat.page.keyboard.press("Enter")
    await expect(chat.said).to_have_text(["One and a half\nor so"])
    await expect(chat.answers).to_have_text(["Assistant said:Answer one and a half"])
    await expect(chat.composer).to_be_focused()
    await chat.reload()
    await expect(chat.said).to_have_text(["One and a half\nor so"])
    await expect(chat.answers).to_have_text(["Assistant said:Answer one and a half"])


@OURS
async def test_while_an_answer_streams_nothing_is_edited(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    await chat.call("setThreadId", await talk(server))
    await expect(edit_buttons(chat)).to_have_count(2)
    await edit_buttons(chat).last.click()
    turn = server.turn()
    await chat.begin("Three")
    await turn.begun()
    resend = chat.page.get_by_role("button", name="Send again")
    await expect(resend).to_be_disabled()
    await field(chat).press("Enter")
    await expect(edit_buttons(chat).first).to_be_disabled()
    turn.say("Answer three").end()
    await expect(resend).to_be_enabled()
    await expect(chat.said).to_have_text(["One", "Three"])


@OURS
async def test_an_input_method_that_composes_does_not_send(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    await chat.call("setThreadId", await talk(server))
    await edit_buttons(chat).last.click()
    await expect(field(chat)).to_be_focused()
    devtools = await chat.page.context.new_cdp_session(chat.page)
    await devtools.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    await field(chat).dispatch_event(
        "keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True}
    )
    await field(chat).dispatch_event("keydown", {"key": "Escape", "isComposing": True, "bubbles": True})
    await expect(field(chat)).to_have_value("Twoに")
    await devtools.send("Input.insertText", {"text": "日"})
    server.answer("Understood")
    await field(chat).press("Enter")
    await expect(chat.said).to_have_text(["One", "Two日"])


@OURS
async def test_what_the_server_refuses_stays_to_be_sent_again(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    thread_id = await talk(server)
    chat = await open_chat(scripted)
    await chat.call("setThreadId", thread_id)
    await edit_buttons(chat).first.click()
    await field(chat).fill("Something else")
    thread = await server.store.load_thread(thread_id, USER)
    await server.store.save_thread(thread.model_copy(update={"status": LockedStatus(reason="Under review.")}), USER)
    await chat.page.get_by_role("button", name="Send again").click()
    await expect(chat.error).to_contain_text("Under review.")
    await expect(field(chat)).to_have_value("Something else")
    await expect(field(chat)).to_be_focused()
    await expect(chat.answers).to_have_count(2)
    kept = (await server.store.load_thread_items(thread_id, None, 10, "asc", USER)).data
    assert [part.text for item in kept if isinstance(item, UserMessageItem) for part in item.content] == ["One", "Two"]
