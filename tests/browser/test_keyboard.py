"""Everything works without a mouse, and one can see where one is."""

from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.scripted import ScriptedServer, user_message


async def tab_to(chat: Chat, name: str, *, key: str = "Tab", at_most: int = 40) -> None:
    """Presses Tab until what has that name has the focus, which must be visible at every step."""
    for _ in range(at_most):
        if await chat.focused() == name:
            return
        await chat.page.keyboard.press(key)
        assert await chat.has_focus_ring(), await chat.focused()
    raise AssertionError(f"{key} does not lead to {name!r}; it ended at {await chat.focused()!r}")


async def test_the_demo_can_be_used_by_keyboard_alone(chat: Chat) -> None:
    keyboard = chat.page.keyboard
    await expect(chat.composer).to_be_focused()
    await tab_to(chat, "Add two todos", key="Shift+Tab")
    await keyboard.press("Enter")
    card = chat.card()
    await expect(card.boxes).to_have_count(2)
    await chat.idle()

    await tab_to(chat, "Message")
    await keyboard.type("Add bread")
    await keyboard.press("Enter")
    await expect(chat.card(1).boxes).to_have_count(3)
    await chat.idle()
    await expect(chat.composer).to_be_focused()

    await tab_to(chat, "Bread", key="Shift+Tab")
    await keyboard.press("Space")
    await expect(card.badge("2 open")).to_be_visible()
    await expect(card.box("Bread")).to_be_checked()
    await expect(card.box("Bread")).to_be_focused()

    await tab_to(chat, "Add a todo")
    await keyboard.type("Butter")
    await keyboard.press("Enter")
    await expect(card.box("Butter")).to_be_visible()
    await expect(card.badge("3 open")).to_be_visible()


async def test_the_history_is_walked_by_keyboard(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    for name in ("Tea", "Coffee", "Water"):
        await server.put_thread(name, user_message(f"About {name}"))
    chat = await open_chat(scripted)
    keyboard = chat.page.keyboard
    await tab_to(chat, "Chat history", key="Shift+Tab")
    await keyboard.press("Enter")
    rows = chat.history.locator(".history-open")
    await expect(rows).to_have_count(3)
    await keyboard.press("ArrowDown")
    await expect(rows.nth(0)).to_be_focused()
    await keyboard.press("ArrowDown")
    await keyboard.press("ArrowDown")
    await keyboard.press("ArrowDown")
    await expect(rows.nth(2)).to_be_focused()
    await keyboard.press("ArrowUp")
    await expect(rows.nth(1)).to_be_focused()
    await keyboard.press("Enter")
    await expect(chat.title).to_have_text("Coffee")
    await expect(chat.history).to_have_count(0)


async def test_an_answer_is_stopped_by_keyboard_and_focus_is_not_lost(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("Go")
    turn.say("One")
    await expect(chat.answer).to_contain_text("One")
    await expect(chat.composer).to_be_focused()
    await tab_to(chat, "Stop answering")
    await chat.page.keyboard.press("Enter")
    await turn.cancelled.wait()
    await chat.idle()
    assert await chat.page.evaluate("document.activeElement.localName") == "openai-chatkit"


async def test_questions_are_answered_by_keyboard(chat: Chat) -> None:
    keyboard = chat.page.keyboard
    await chat.begin("Plan my day")
    await expect(chat.question.get_by_role("heading", name="What do you want to get done today?")).to_be_focused()
    await keyboard.press("Tab")
    await keyboard.press("Space")
    await expect(chat.question.get_by_label("Answer my emails")).to_be_checked()
    await tab_to(chat, "Next")
    await keyboard.press("Enter")
    await expect(chat.question.get_by_role("heading", name="When do you start?")).to_be_focused()
    await tab_to(chat, "Skip")
    await keyboard.press("Enter")
    await expect(chat.question.get_by_role("textbox")).to_be_focused()
    await keyboard.type("Read a book")
    await keyboard.press("Enter")
    await expect(chat.card().box("Read a book")).to_be_visible()
    await expect(chat.composer).to_be_focused()


async def test_enter_sends_and_shift_enter_breaks_the_line(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    server.answer("Fine.")
    low = await chat.composer.bounding_box()
    await chat.composer.press_sequentially("One")
    await chat.composer.press("Shift+Enter")
    await chat.composer.press_sequentially("Two")
    await expect(chat.composer).to_have_value("One\nTwo")
    high = await chat.composer.bounding_box()
    assert low is not None
    assert high is not None
    assert high["height"] > low["height"]
    await chat.composer.press("Enter")
    await expect(chat.said).to_have_text("One\nTwo", use_inner_text=True)


async def test_enter_that_ends_a_composition_does_not_send(open_chat: OpenChat, scripted: str) -> None:
    chat = await open_chat(scripted)
    await chat.composer.focus()
    session = await chat.page.context.new_cdp_session(chat.page)
    await session.send("Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3})
    await expect(chat.composer).to_have_value("にほん")
    enter = {"key": "Enter", "code": "Enter"}
    # As input methods do it: the key is the method's own (229), then the text is committed.
    await session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, **enter})
    await session.send("Input.insertText", {"text": "日本"})
    await session.send("Input.dispatchKeyEvent", {"type": "keyUp", "windowsVirtualKeyCode": 13, **enter})
    await expect(chat.composer).to_have_value("日本")
    await expect(chat.said).to_have_count(0)
    await chat.composer.press("Enter")
    await expect(chat.said).to_have_text(["日本"])
