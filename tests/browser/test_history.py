"""The panel with earlier conversations."""

import pytest
from playwright.async_api import Route, expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.scripted import ScriptedServer, assistant_message, user_message


async def test_the_history_is_empty_before_the_first_conversation(chat: Chat) -> None:
    history = await chat.open_history()
    await expect(history).to_contain_text("No chats yet")


async def test_conversations_are_listed_newest_first_and_can_be_switched(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    for name in ("Tea", "Coffee", "Water"):
        await server.put_thread(name, user_message(f"About {name}"), assistant_message("", f"{name} is good."))
    chat = await open_chat(scripted)
    history = await chat.open_history()
    await expect(history.get_by_role("heading", name="Today")).to_be_visible()
    await expect(history.locator(".history-open")).to_have_text(["Water", "Coffee", "Tea"])
    await history.get_by_role("button", name="Coffee", exact=True).click()
    await expect(history).to_have_count(0)
    await expect(chat.title).to_have_text("Coffee")
    await expect(chat.answer).to_contain_text("Coffee is good.")
    await (await chat.open_history()).get_by_role("button", name="Tea", exact=True).click()
    await expect(chat.said).to_have_text(["About Tea"])
    history = await chat.open_history()
    await expect(history.locator("[aria-current=true]")).to_have_text("Tea")


@pytest.mark.shows("operation:threads.update")
async def test_a_conversation_is_renamed_here_and_in_the_header(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    thread = await server.put_thread("Old name", user_message("Hello"))
    chat = await open_chat(scripted, f"/#thread={thread.id}")
    history = await chat.open_history()
    await history.get_by_role("button", name="Rename “Old name”").click()
    field = history.get_by_role("textbox", name="Chat title")
    await expect(field).to_be_focused()
    await field.fill("New name")
    await field.press("Enter")
    await expect(history.get_by_role("button", name="New name", exact=True)).to_be_focused()
    await chat.page.keyboard.press("Escape")
    await expect(chat.title).to_have_text("New name")
    await chat.reload()
    await expect(chat.title).to_have_text("New name")


async def test_escape_leaves_a_name_as_it_was(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    await server.put_thread("The name", user_message("Hello"))
    chat = await open_chat(scripted)
    history = await chat.open_history()
    await history.get_by_role("button", name="Rename “The name”").click()
    field = history.get_by_role("textbox", name="Chat title")
    await field.fill("Something else")
    await field.press("Escape")
    await expect(history.locator(".history-open")).to_have_text(["The name"])
    await chat.reload()
    await chat.open_history()
    await expect(history.locator(".history-open")).to_have_text(["The name"])


@pytest.mark.shows("operation:threads.delete")
async def test_a_conversation_is_deleted_only_after_a_confirmation(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    await server.put_thread("Stays", user_message("Hello"))
    gone = await server.put_thread("Goes", user_message("Hello"))
    chat = await open_chat(scripted, f"/#thread={gone.id}")
    history = await chat.open_history()
    bin_ = history.get_by_role("button", name="Delete “Goes”")
    await bin_.click()
    confirm = history.get_by_role("alertdialog", name="Delete this chat?")
    await expect(confirm.get_by_role("button", name="Cancel")).to_be_focused()
    await confirm.get_by_role("button", name="Cancel").click()
    await expect(history.locator(".history-open")).to_have_count(2)
    await bin_.click()
    await confirm.get_by_role("button", name="Delete").click()
    await expect(history.locator(".history-open")).to_have_text(["Stays"])
    await chat.page.keyboard.press("Escape")
    await expect(chat.greeting).to_be_visible()
    await chat.reload()
    await expect(chat.greeting).to_be_visible()


@pytest.mark.shows("operation:threads.list", "own:history.filter")
async def test_many_conversations_load_in_pages_and_can_be_searched(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    for number in range(70):
        await server.put_thread(f"Talk {number:02}")
    chat = await open_chat(scripted)
    history = await chat.open_history()
    rows = history.locator(".history-open")
    await rows.last.scroll_into_view_if_needed()
    await expect(rows).to_have_count(60)
    await rows.last.scroll_into_view_if_needed()
    await expect(rows).to_have_count(70)
    await history.get_by_role("searchbox", name="Search chats").fill("talk 07")
    await expect(rows).to_have_text(["Talk 07"])
    await history.get_by_role("searchbox", name="Search chats").fill("nothing like it")
    await expect(history).to_contain_text("No chat with “nothing like it” in its title")


async def test_the_panel_keeps_focus_inside_and_gives_it_back(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    await server.put_thread("One", user_message("Hello"))
    chat = await open_chat(scripted)
    history = await chat.open_history()
    for _ in range(8):
        await chat.page.keyboard.press("Tab")
        outside = "(panel) => probe.root().activeElement && !panel.contains(probe.root().activeElement)"
        assert not await history.evaluate(outside)
    await chat.page.keyboard.press("Escape")
    await expect(history).to_have_count(0)
    await expect(chat.history_button).to_be_focused()
    assert [event["name"] for event in await chat.told("history.open", "history.close")] == [
        "history.open",
        "history.close",
    ]


async def test_a_click_beside_the_panel_closes_it(chat: Chat) -> None:
    history = await chat.open_history()
    await chat.page.mouse.click(200, 400)
    await expect(history).to_have_count(0)


@pytest.mark.parametrize("what", ["update", "delete"])
async def test_a_change_that_fails_says_why(
    open_chat: OpenChat, scripted: str, server: ScriptedServer, what: str
) -> None:
    await server.put_thread("Kept", user_message("Hello"))
    chat = await open_chat(scripted)
    chat.watch.expect("Failed to load resource")
    panel = await chat.open_history()

    async def refuse(route: Route) -> None:
        await route.fulfill(status=503, json={"error": {"code": "busy", "message": "Not now, please."}})

    await chat.route(f"threads.{what}", refuse)
    if what == "update":
        await panel.get_by_role("button", name="Rename").click()
        await chat.page.keyboard.insert_text("Lost")
        await chat.page.keyboard.press("Enter")
    else:
        await panel.get_by_role("button", name="Delete").click()
        await panel.get_by_role("button", name="Delete", exact=True).click()
    await expect(panel.get_by_role("alert")).to_have_text("Not now, please.")
    await expect(panel.get_by_role("button", name="Kept", exact=True)).to_be_visible()
    await chat.page.unroute("**/chatkit")
    await panel.get_by_role("button", name="Rename").click()
    await expect(panel.get_by_role("alert")).to_have_count(0)


async def test_a_search_looks_through_all_pages(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    await server.put_thread("The needle", user_message("Hello"))
    for number in range(130):
        await server.put_thread(f"Straw {number}", user_message("Hello"))
    chat = await open_chat(scripted)
    panel = await chat.open_history()
    await panel.get_by_role("searchbox").fill("needle")
    await expect(panel.get_by_role("button", name="The needle", exact=True)).to_be_visible()
