"""A tool that needs approval, in the page: the question, the decision, and what is left of it after a reload."""

from typing import Any

import pytest
from agents import Agent, function_tool
from playwright.async_api import expect

from chatkit.agents import AgentChatKitServer
from chatkit.approvals import Approvals
from chatkit.stores import MemoryStore
from chatkit.testing.scripted_model import Call, Say, ScriptedModel
from tests.browser.chat import shot
from tests.browser.conftest import OpenChat, Serve
from tests.browser.scripted import app_of

pytestmark = pytest.mark.ours_only("the reference has no approvals")

MAIL = {
    "to": "eve@example.com",
    "subject": "Tomorrow",
    "text": "Dear Eve,\n\nlet us meet at ten. <b>Bring</b> the [papers](https://example.com). " + "Much to say. " * 60,
}


def mail_server(*turns: Any) -> tuple[AgentChatKitServer[Any], list[str]]:
    sent: list[str] = []

    async def send_mail(to: str, subject: str, text: str) -> str:
        sent.append(to)
        return "sent"

    model = ScriptedModel(*turns)
    agent = Agent(name="Post", model=model, tools=[function_tool(send_mail, needs_approval=True)])
    store: MemoryStore[Any] = MemoryStore()
    approvals = Approvals(store, ask_reason=True)
    return AgentChatKitServer(store, agent=agent, titles="none", approvals=approvals), sent


async def test_the_user_approves_and_the_answer_goes_on(serve: Serve, open_chat: OpenChat) -> None:
    server, sent = mail_server([Say("I have written this."), Call("send_mail", MAIL)], "The mail is on its way.")
    chat = await open_chat(await serve(app_of(server)))
    await chat.send("Write to Eve")
    approve = chat.element.get_by_role("button", name="Approve")
    await expect(approve).to_be_visible()
    await expect(chat.element.get_by_text("<b>Bring</b> the [papers]")).to_be_visible()
    await chat.element.get_by_role("button", name="Show everything").click()
    await expect(chat.element.get_by_role("button", name="Show everything")).to_have_count(0)
    await chat.reload()
    await approve.click()
    await expect(chat.answer.get_by_text("The mail is on its way.", exact=True)).to_be_visible()
    await expect(chat.element.get_by_text("You approved this.", exact=True)).to_be_visible()
    assert sent == ["eve@example.com"]
    await chat.reload()
    await expect(chat.element.get_by_text("You approved this.", exact=True)).to_be_visible()
    await expect(approve).to_have_count(0)


async def test_the_user_rejects_one_of_two_with_a_reason(serve: Serve, open_chat: OpenChat) -> None:
    short = {**MAIL, "text": "Hello."}
    calls = [Call("send_mail", short), Call("send_mail", {**short, "to": "mallory@example.com"})]
    server, sent = mail_server(calls, "One of the two.")
    chat = await open_chat(await serve(app_of(server)))
    await chat.send("Write to both")
    cards = chat.element.locator(".w-card")
    await expect(cards).to_have_count(2)
    await cards.nth(1).get_by_role("textbox").fill("Not to Mallory")
    await cards.nth(1).get_by_role("button", name="Reject").click()
    await expect(cards.nth(1).get_by_text("You rejected this.")).to_be_visible()
    await expect(cards.nth(1).get_by_text("Not to Mallory")).to_be_visible()
    await cards.nth(0).get_by_role("button", name="Approve").click()
    await expect(chat.answer.get_by_text("One of the two.", exact=True)).to_be_visible()
    assert sent == ["eve@example.com"]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)])
async def test_the_card_fits_its_place(serve: Serve, open_chat: OpenChat, scheme: str, width: int) -> None:
    calls = [Say("Both are ready."), Call("send_mail", MAIL), Call("send_mail", {**MAIL, "text": "Hello."})]
    server, _ = mail_server(calls, "Done.")
    chat = await open_chat(await serve(app_of(server)), scheme=scheme, width=width, height=1400)
    await chat.send("Write to both")
    reject = chat.element.get_by_role("button", name="Reject")
    await expect(reject).to_have_count(2)
    await reject.nth(0).click()
    await expect(chat.element.get_by_text("You rejected this.")).to_be_visible()
    await shot(chat.page, f"approvals-{scheme}-{width}")
    assert await chat.overflow() <= 0
