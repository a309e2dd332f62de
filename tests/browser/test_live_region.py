"""What is read out while things happen: whole sentences, each once, and how it ended."""

import re
from contextlib import suppress
from datetime import UTC, datetime

from playwright.async_api import TimeoutError as Late
from playwright.async_api import expect

from chatkit.actions import ActionConfig
from chatkit.errors import CustomStreamError
from chatkit.types import GeneratedImageItem, NoticeEvent, ProgressUpdateEvent, ThreadItem, WidgetItem
from chatkit.widgets import Button, Card, Text, Title
from tests.browser.chat import Chat
from tests.browser.conftest import OpenWith
from tests.browser.scripted import USER, ScriptedServer, assistant_message, user_message

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


async def listening(chat: Chat) -> Chat:
    """From now on what is said is taken down."""
    await chat.page.evaluate("probe.listen()")
    return chat


async def heard(chat: Chat, *lines: str) -> None:
    """When that was said, and nothing else."""
    with suppress(Late):
        same = "(lines) => JSON.stringify(heard) === JSON.stringify(lines)"
        await chat.page.wait_for_function(same, arg=[*lines])
    assert await chat.page.evaluate("heard") == [*lines]


async def heard_last(chat: Chat, line: str) -> None:
    """When that was said last."""
    with suppress(Late):
        await chat.page.wait_for_function("(line) => heard.at(-1) === line", arg=line)
    assert (await chat.page.evaluate("heard"))[-1:] == [line]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


async def test_an_answer_is_read_out_sentence_by_sentence(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await listening(await open_with())
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
        await heard(chat, *said)
    turn.end()
    await heard(chat, *said, "The end The answer is complete")
    await expect(chat.log).to_have_attribute("aria-live", "off")
    await chat.idle()
    await expect(chat.page.locator("[part=root] > [aria-live=polite]")).to_have_text("")
    await heard(chat, *said, "The end The answer is complete")


async def test_a_stopped_answer_says_that_it_was_stopped(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await listening(await open_with())
    turn = server.turn()
    await chat.begin("Count")
    turn.say("One. Two, thr")
    await heard(chat, "One.")
    await chat.stop_button.click()
    await heard(chat, "One.", "Two, thr The answer was stopped")


async def test_an_error_is_an_alert_and_the_answer_is_not_called_complete(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    chat = await listening(await open_with())
    turn = server.turn()
    await chat.begin("Count")
    turn.say("One. Two, thr").fail(CustomStreamError("Out of numbers.", allow_retry=True))
    await expect(chat.error).to_have_role("alert")
    await expect(chat.error).to_contain_text("Out of numbers.")
    await heard(chat, "One.", "Two, thr")
    await chat.error.get_by_role("button", name="Try again").click()
    await heard_last(chat, "You said Count. The answer is complete")


async def test_a_tool_says_what_it_runs_and_the_answer_after_it_is_read(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    chat = await open_with(
        "onClientTool: () => new Promise((done) => { window.finish = () => done({ printed: true }); }),"
    )
    await listening(chat)
    server.turn().say("I print it.").complete().call("print_page").end()
    server.answer("It is printed.")
    await chat.begin("Print it")
    tool = chat.part("client-tool-call")
    await expect(tool).to_have_role("status")
    await expect(tool).to_have_text("Running “Print page”")
    await heard(chat, "I print it.")
    await chat.until("window.finish")
    await chat.page.evaluate("finish()")
    await expect(tool).to_have_text("Ran “Print page”")
    await heard(chat, "I print it.", "It is printed. The answer is complete")


async def test_notices_and_progress_are_announced_by_their_own_rows(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    chat = await listening(await open_with())
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
    await heard(chat, "Nothing found. The answer is complete")


async def test_an_answer_that_is_only_a_card_is_called_complete(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await listening(await open_with())
    server.turn().show(Card(children=[Text(value="A card")])).end()
    await chat.send("Show")
    await heard(chat, "Card: A card", "The answer is complete")


BUTTON = Card(
    children=[
        Title(value="Flight LX 1"),
        Button(label="Book", onClickAction=ActionConfig(type="book")),
    ]
)


async def test_the_action_of_a_card_is_no_answer(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await listening(await open_with())
    server.turn().show(BUTTON).end()
    await chat.send("Show")
    said = ["Card: Flight LX 1", "The answer is complete"]
    await heard(chat, *said)
    server.action_turn().end()
    book = chat.widgets.first.get_by_role("button", name="Book")
    await book.click()
    await heard(chat, *said, "Done")
    await chat.idle()
    server.action_turn().show(Card(children=[Text(value="Booked")])).end()
    await book.click()
    await heard(chat, *said, "Done", "Card: Booked", "Done")
    await chat.idle()
    server.action_turn().say("Have a good flight.").end()
    await book.click()
    await heard_last(chat, "Have a good flight. The answer is complete")


async def test_another_conversation_on_show_completes_no_answer(open_with: OpenWith, server: ScriptedServer) -> None:
    await server.put_thread("The other one", user_message("Hi"))
    chat = await listening(await open_with())
    turn = server.turn()
    await chat.begin("Count")
    turn.say("One. Two, thr")
    await heard(chat, "One.")
    await chat.new_chat.click()
    await heard(chat, "One.", "New chat")
    await (await chat.open_history()).get_by_role("button", name="The other one", exact=True).click()
    await heard(chat, "One.", "New chat", "Opened “The other one”")
    turn.end()
    await chat.told_name("response.end")
    await chat.frames()
    await heard(chat, "One.", "New chat", "Opened “The other one”")


async def test_what_is_done_to_a_chat_is_said_where_it_is_done(open_with: OpenWith, server: ScriptedServer) -> None:
    for title in ("First", "Second", "Third"):
        await server.put_thread(title, user_message("Hi"))
    chat = await listening(await open_with("history: { showDelete: true, showRename: true },"))
    history = await chat.open_history()
    await expect(history.locator("[aria-live=polite]")).to_have_count(1)
    await history.get_by_role("button", name="Rename “Second”").click()
    await chat.page.keyboard.type("Another")
    await chat.page.keyboard.press("Enter")
    await heard(chat, "Renamed to “Another”")
    await history.get_by_role("button", name="Delete “Another”").click()
    await history.get_by_role("button", name="Delete", exact=True).click()
    await heard(chat, "Renamed to “Another”", "“Another” was deleted")
    # What is next is a title, so that another Enter opens a chat and deletes none.
    await expect(history.get_by_role("button", name="First", exact=True)).to_be_focused()


async def test_what_comes_without_an_answer_is_said(open_with: OpenWith, server: ScriptedServer) -> None:
    thread = await server.put_thread("Trip", user_message("Hi"))
    chat = await listening(await open_with())
    await chat.call("setThreadId", thread.id)
    said = ["Opened “Trip”"]
    await heard(chat, *said)
    now = datetime.now(UTC)
    came: list[tuple[ThreadItem, str]] = [
        (WidgetItem(id="w1", thread_id="", created_at=now, widget=BUTTON), "Card: Flight LX 1"),
        (WidgetItem(id="w2", thread_id="", created_at=now, widget=Card(children=[])), "A card was added"),
        (assistant_message("", "Something else. And more."), "Something else. And more."),
        (GeneratedImageItem(id="i1", thread_id="", created_at=now), "Creating the image"),
    ]
    for item, words in came:
        await server.store.add_thread_item(thread.id, item.model_copy(update={"thread_id": thread.id}), USER)
        await chat.call("fetchUpdates")
        said.append(words)
        await heard(chat, *said)


async def test_what_was_said_before_is_not_read_again(open_with: OpenWith, server: ScriptedServer) -> None:
    thread = await server.put_conversation(3)
    chat = await listening(await open_with())
    await chat.call("setThreadId", thread.id)
    await expect(chat.answers).to_have_count(3)
    opened = "Opened “A long talk”"
    await heard(chat, opened)
    server.answer("Something new.")
    await chat.send("And?")
    await heard(chat, opened, "Something new. The answer is complete")


async def test_what_the_user_does_is_confirmed(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(
        "threadItemActions: { feedback: true, retry: true },", permissions=["clipboard-read", "clipboard-write"]
    )
    await listening(chat)
    server.answer("Fine.")
    await chat.send("Go")
    await chat.page.locator("[data-type=assistant_message]").get_by_role("button", name="Copy").click()
    await heard_last(chat, "Copied")
    good = chat.page.get_by_role("button", name="Good answer")
    await good.click()
    await heard_last(chat, "Thank you for your feedback")
    await expect(good).to_have_attribute("aria-pressed", "true")
    ((items, kind),) = server.feedback
    assert kind == "positive"
    assert len(items) == 1


async def test_suggestions_are_counted_aloud(open_with: OpenWith) -> None:
    chat = await open_with("entities: { onTagSearch: async (query) => query ? [] : [{ id: 'a', title: 'Ada' }] },")
    await listening(chat)
    await chat.composer.press_sequentially("@")
    await heard(chat, "1 suggestion")
    await chat.page.keyboard.type("x")
    await heard_last(chat, "Nothing found")
