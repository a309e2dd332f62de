"""Where the conversation stands, and what does not move it."""

from playwright.async_api import Locator, expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.scripted import ScriptedServer

NEAR = 100
"""Pixels from the end that count as the end."""


async def rest(chat: Chat) -> float:
    """How far it is to the end of the conversation."""
    return await chat.log.evaluate("(log) => log.scrollHeight - log.scrollTop - log.clientHeight")


async def top_of(locator: Locator) -> float:
    """Where something stands in the window."""
    return await locator.evaluate("(node) => node.getBoundingClientRect().top")


async def test_a_thread_opens_at_its_newest_message(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    thread = await server.put_conversation(60)
    chat = await open_chat(scripted, f"/#thread={thread.id}")
    await expect(chat.page.get_by_text("Question 60", exact=True)).to_be_in_viewport()
    assert await rest(chat) < NEAR
    await expect(chat.page.locator("[part=jump-button]")).to_have_count(0)


async def test_older_messages_load_above_without_moving_the_view(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    thread = await server.put_conversation(60)
    chat = await open_chat(scripted, f"/#thread={thread.id}", reduced_motion="reduce")
    await expect(chat.said).to_have_count(20)
    oldest = chat.page.get_by_text("Question 41", exact=True)
    await chat.log.hover()
    # Until the first page's first question is in view, the wheel goes up; then more has come before it.
    while not await oldest.evaluate("(node) => node.getBoundingClientRect().top > 0"):
        await chat.page.mouse.wheel(0, -900)
        await chat.frames()
    await chat.until("probe.all('[part=user-bubble]').length >= 40")
    await chat.frames()
    before = await top_of(oldest)
    assert -50 < before < 800
    await expect(oldest).to_be_in_viewport()
    await chat.log.press("Home")
    await expect(chat.page.get_by_text("Question 1", exact=True)).to_be_attached()
    assert await chat.said.count() == 60


async def test_a_click_jumps_to_the_latest_message(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    thread = await server.put_conversation(15)
    chat = await open_chat(scripted, f"/#thread={thread.id}", reduced_motion="reduce")
    await chat.log.hover()
    await chat.page.mouse.wheel(0, -1500)
    jump = chat.page.get_by_role("button", name="Jump to the latest message")
    await jump.click()
    await expect(jump).to_have_count(0)
    await expect(chat.page.get_by_text("Question 15", exact=True)).to_be_in_viewport()


async def test_who_reads_further_up_is_not_pulled_down(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    thread = await server.put_conversation(15)
    chat = await open_chat(scripted, f"/#thread={thread.id}", reduced_motion="reduce")
    turn = server.turn()
    await chat.begin("Go on")
    turn.say("It begins. ")
    await expect(chat.answer).to_contain_text("It begins.")
    await chat.log.hover()
    await chat.page.mouse.wheel(0, -1500)
    await expect(chat.page.get_by_role("button", name="Jump to the latest message")).to_be_visible()  # it has turned
    read = chat.page.get_by_text("Question 12", exact=True)
    await read.evaluate("(node) => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
    await chat.frames()
    before = await top_of(read)
    turn.say(*["And it goes on, and on. \n\n" for _ in range(60)]).end()
    await chat.idle()
    await chat.frames()
    assert abs(await top_of(read) - before) < 2


async def test_a_sent_message_is_in_view_with_its_answer(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    thread = await server.put_conversation(15)
    chat = await open_chat(scripted, f"/#thread={thread.id}", reduced_motion="reduce")
    server.answer("Short.")
    await chat.send("A new question")
    await expect(chat.said.last).to_be_in_viewport(ratio=1)
    await expect(chat.answer).to_be_in_viewport(ratio=1)


async def test_selected_text_stays_selected_while_the_answer_goes_on(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("Go")
    turn.say("The first paragraph stays.\n\nThe second one gr")
    first = chat.answer.get_by_text("The first paragraph stays.")
    await expect(chat.answer).to_contain_text("The second one gr")
    await first.select_text()
    turn.say("ows and grows.\n\n- a list\n- of **things**\n\n")
    await expect(chat.answer.get_by_role("listitem")).to_have_count(2)
    turn.say("The end.").end()
    await chat.idle()
    selected = await chat.page.evaluate(
        """() => {
            const [range] = getSelection().getComposedRanges({ shadowRoots: [probe.root()] });
            const live = document.createRange();
            live.setStart(range.startContainer, range.startOffset);
            live.setEnd(range.endContainer, range.endOffset);
            return live.toString();
        }"""
    )
    assert selected.strip() == "The first paragraph stays."


async def test_a_long_thread_has_few_rows_at_first(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    thread = await server.put_conversation(200)
    chat = await open_chat(scripted, f"/#thread={thread.id}")
    assert await chat.page.locator(".row").count() <= 80
