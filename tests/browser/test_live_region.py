"""What is read out while things happen: whole sentences, each once, and how it ended."""

import re

from playwright.async_api import Locator, expect

from chatkit.errors import CustomStreamError
from chatkit.types import NoticeEvent, ProgressUpdateEvent
from chatkit.widgets import Card, Text
from tests.browser.chat import Chat
from tests.browser.conftest import OpenWith
from tests.browser.scripted import ScriptedServer

PIECES = [
    ("## Pri", []),
    ("ces\n", ["Prices"]),
    ("\nIt costs 3.", []),
    ("50 euros", []),
    (". ", ["It costs 3.50 euros."]),
    ("See [the li", []),
    ("st](https://shop.example/a.b). And", ["See the list."]),
    (" then?\n", ["And then?"]),
    ("\n- **One** thing\n", ["- One thing"]),
    ("- `two`\n\n", ["- two"]),
    ("Fine! “Very.” ", ["Fine! “Very.”"]),
    ("安いです。高い", ["安いです。"]),
    ("です。", ["高いです。"]),
    ("The end", []),
]
"""What comes, and what is said of it at once."""


def lines(chat: Chat) -> Locator:
    """What was said so far."""
    return chat.page.locator("[part=root] > [aria-live=polite] p")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


async def test_an_answer_is_read_out_sentence_by_sentence(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with()
    turn = server.turn()
    await chat.begin("What does it cost?")
    await expect(chat.progress).to_have_role("status")
    text, said = "", []
    for piece, sentences in PIECES:
        turn.say(piece)
        text += piece
        said += sentences
        # The text is on show before the next piece comes, so what is said of it is said.
        await chat.until(f"probe.shown().includes({words(text)[-1]!r})")
        await expect(lines(chat)).to_have_text(said)
    turn.end()
    await expect(lines(chat)).to_have_text([*said, "The end The answer is complete"])
    await expect(chat.log).to_have_attribute("aria-live", "off")
    await chat.idle()
    await expect(lines(chat)).to_have_count(len(said) + 1)


async def test_a_stopped_answer_says_that_it_was_stopped(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with()
    turn = server.turn()
    await chat.begin("Count")
    turn.say("One. Two, thr")
    await expect(lines(chat)).to_have_text(["One."])
    await chat.stop_button.click()
    await expect(lines(chat)).to_have_text(["One.", "Two, thr The answer was stopped"])


async def test_an_error_is_an_alert_and_the_answer_is_not_called_complete(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    chat = await open_with()
    turn = server.turn()
    await chat.begin("Count")
    turn.say("One. Two, thr").fail(CustomStreamError("Out of numbers.", allow_retry=True))
    await expect(chat.error).to_have_role("alert")
    await expect(chat.error).to_contain_text("Out of numbers.")
    await expect(lines(chat)).to_have_text(["One.", "Two, thr"])
    await chat.error.get_by_role("button", name="Try again").click()
    await expect(lines(chat).last).to_have_text("You said Count. The answer is complete")


async def test_a_tool_says_what_it_runs_and_the_answer_after_it_is_read(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    chat = await open_with(
        "onClientTool: () => new Promise((done) => { window.finish = () => done({ printed: true }); }),"
    )

    server.turn().say("I print it.").complete().call("print_page").end()
    server.answer("It is printed.")
    await chat.begin("Print it")
    tool = chat.part("client-tool-call")
    await expect(tool).to_have_role("status")
    await expect(tool).to_have_text("Running “Print page”")
    await expect(lines(chat)).to_have_text(["I print it."])
    await chat.until("window.finish")
    await chat.page.evaluate("finish()")
    await expect(tool).to_have_text("Ran “Print page”")
    await expect(lines(chat)).to_have_text(["I print it.", "It is printed. The answer is complete"])


async def test_notices_and_progress_are_announced_by_their_own_rows(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    chat = await open_with()
    turn = server.turn()
    await chat.begin("Search")
    turn.send(ProgressUpdateEvent(text="Looking…"))
    await expect(chat.progress).to_have_role("status")
    await expect(chat.progress).to_have_text("Looking…")
    turn.send(NoticeEvent(level="danger", message="The archive is **closed**."))
    turn.send(NoticeEvent(level="info", message="Try later."))
    await expect(chat.notices.first).to_have_role("alert")
    await expect(chat.notices.last).to_have_role("status")
    turn.say("Nothing found.").end()
    await chat.idle()
    await expect(lines(chat)).to_have_text(["Nothing found. The answer is complete"])


async def test_an_answer_that_is_only_a_card_is_called_complete(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with()
    server.turn().show(Card(children=[Text(value="A card")])).end()
    await chat.send("Show")
    await expect(lines(chat)).to_have_text(["The answer is complete"])


async def test_what_was_said_before_is_not_read_again(open_with: OpenWith, server: ScriptedServer) -> None:
    thread = await server.put_conversation(3)
    chat = await open_with()
    await chat.call("setThreadId", thread.id)
    await expect(chat.answers).to_have_count(3)
    await chat.frames(4)
    await expect(lines(chat)).to_have_count(0)
    server.answer("Something new.")
    await chat.send("And?")
    await expect(lines(chat)).to_have_text(["Something new. The answer is complete"])


async def test_what_the_user_does_is_confirmed(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(
        "threadItemActions: { feedback: true, retry: true },", permissions=["clipboard-read", "clipboard-write"]
    )
    server.answer("Fine.")
    await chat.send("Go")
    await chat.page.locator("[data-type=assistant_message]").get_by_role("button", name="Copy").click()
    await expect(lines(chat).last).to_have_text("Copied")
    good = chat.page.get_by_role("button", name="Good answer")
    await good.click()
    await expect(lines(chat).last).to_have_text("Thank you for your feedback")
    await expect(good).to_have_attribute("aria-pressed", "true")
    ((items, kind),) = server.feedback
    assert kind == "positive"
    assert len(items) == 1


async def test_suggestions_are_counted_aloud(open_with: OpenWith) -> None:
    chat = await open_with("entities: { onTagSearch: async (query) => query ? [] : [{ id: 'a', title: 'Ada' }] },")
    await chat.composer.press_sequentially("@")
    await expect(lines(chat)).to_have_text(["1 suggestion"])
    await chat.page.keyboard.type("x")
    await expect(lines(chat).last).to_have_text("Nothing found")
