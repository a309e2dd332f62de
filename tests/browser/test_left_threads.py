"""What the user did in a conversation is there again when they come back to it."""

from playwright.async_api import expect

from chatkit.widgets import Card, Text
from chatkit.widgets import Input as Field
from tests.browser.chat import Chat
from tests.browser.conftest import OpenWith
from tests.browser.scripted import ScriptedServer, user_message


async def leave_and_come_back(chat: Chat) -> None:
    await (await chat.open_history()).get_by_role("button", name="Another", exact=True).click()
    await expect(chat.said).to_have_text(["Elsewhere"])
    await (await chat.open_history()).get_by_role("button", name="This one", exact=True).click()
    await expect(chat.said.first).to_have_text("Here")


async def test_ratings_confirmed_cards_and_entries_outlast_leaving_a_conversation(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    await server.put_thread("Another", user_message("Elsewhere"))
    thread = await server.put_thread("This one", user_message("Here"))
    chat = await open_with("threadItemActions: { feedback: true },")
    await chat.call("setThreadId", thread.id)
    turn = server.turn().say("Shall I?").complete()
    card = {"label": "Go", "action": {"type": "go"}}
    turn.show(Card.model_validate({"children": [Text(value="Ready")], "confirm": card}))
    turn.show(Card(children=[Field(name="note", placeholder="Note")]))
    turn.end()
    await chat.send("Go on")
    await chat.page.get_by_role("button", name="Good answer").click()
    await chat.page.get_by_role("button", name="Go", exact=True).click()
    await expect(chat.page.locator(".w-outcome")).to_have_text("Go")
    await chat.page.get_by_placeholder("Note").fill("half a thought")
    await leave_and_come_back(chat)
    await expect(chat.page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    await expect(chat.page.locator(".w-outcome")).to_have_text("Go")
    await expect(chat.page.get_by_placeholder("Note")).to_have_value("half a thought")
