"""Saying something and being answered."""

import re

from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.scripted import ScriptedServer


async def test_a_message_is_answered_and_the_card_follows(chat: Chat) -> None:
    await chat.begin("Add buy milk and call mum")
    await expect(chat.said).to_have_text(["Add buy milk and call mum"])
    await expect(chat.answer).to_contain_text("Added Buy milk and Call mum. You have 2 things to do now.")
    card = chat.card()
    await expect(card.badge("2 open")).to_be_visible()
    await expect(card.boxes).to_have_count(2)
    await expect(card.box("Buy milk")).not_to_be_checked()


async def test_an_answer_grows_as_it_streams(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("Tell me a story")
    await turn.begun()
    await expect(chat.progress).to_be_visible()
    turn.say("Once upon")
    await expect(chat.answer).to_have_text(re.compile(r"Once upon$"))
    await expect(chat.progress).to_have_count(0)
    turn.say(" a time")
    await expect(chat.answer).to_have_text(re.compile(r"Once upon a time$"))
    await expect(chat.stop_button).to_be_visible()
    turn.say(", the **end").end()
    await expect(chat.answer.locator("p")).to_have_text("Once upon a time, the **end")
    await chat.idle()
