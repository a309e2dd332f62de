"""What a conversation says of an answer that did not come to its end, and the ways on."""

import pytest
from playwright.async_api import Locator, expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.scripted import ScriptedServer, Turn, user_message


def ending(chat: Chat, text: str) -> Locator:
    return chat.page.locator("[part=ending]").filter(has_text=text)


async def half_an_answer(chat: Chat, server: ScriptedServer) -> Turn:
    turn = server.turn().say("Half **an ans")
    await chat.begin("Tell me")
    await expect(chat.answer).to_contain_text("Half an ans")
    return turn


@pytest.mark.ours_only("The reference does not keep that an answer was stopped.")
async def test_a_stopped_answer_says_so_after_a_reload_too_and_goes_on(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = await half_an_answer(chat, server)
    await chat.stop_button.click()
    await turn.cancelled.wait()
    for reloaded in (False, True):
        if reloaded:
            await chat.reload()
        await expect(ending(chat, "The answer was stopped.")).to_be_visible()
        await expect(chat.answer.locator("strong")).to_have_text("an ans")
    server.answer("And the other half.")
    await chat.page.get_by_role("button", name="Continue").click()
    await expect(chat.said).to_have_text(["Tell me", "Continue"])
    await expect(chat.answers.last).to_contain_text("And the other half.")
    await expect(chat.page.locator("[part=ending]")).to_have_count(0)


async def test_a_failed_answer_is_tried_again_after_a_reload(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = await half_an_answer(chat, server)
    turn.fail(RuntimeError("no"))
    await expect(chat.page.locator("[part=error]")).to_be_visible()
    await expect(chat.page.locator("[part=ending]")).to_have_count(0)
    await chat.reload()
    await expect(chat.page.locator("[part=ending]")).to_be_visible()
    server.answer("A whole answer.")
    await chat.page.get_by_role("button", name="Try again").click()
    await expect(chat.answers).to_have_count(1)
    await expect(chat.answer).to_contain_text("A whole answer.")
    await expect(chat.page.locator("[part=ending]")).to_have_count(0)


async def test_a_question_that_stands_alone_can_be_asked_again(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    thread = await server.put_thread("Alone", user_message("Anybody there?"))
    chat = await open_chat(scripted, f"/#thread={thread.id}")
    await expect(ending(chat, "This was not answered.")).to_be_visible()
    server.answer("Yes.")
    await chat.page.get_by_role("button", name="Try again").click()
    await expect(chat.answer).to_contain_text("Yes.")
    await expect(chat.said).to_have_text(["Anybody there?"])
