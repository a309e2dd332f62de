"""The page can be typed into at once, whatever its language and wherever it was left; nothing that is typed is lost."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from chatkit.types import ClosedStatus
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, OpenWith
from tests.browser.scripted import ScriptedServer, assistant_message, user_message

LANGUAGES = ["en-GB", "de-DE", "ar", "ja-JP", "he"]
"""English, translated ones, one from right to left, and one there are no words for."""


async def thread_of(server: ScriptedServer) -> str:
    thread = await server.put_thread("Trip", user_message("Hi"), assistant_message("", "Hello."))
    return thread.id


@pytest.mark.parametrize("inside", [False, True], ids=["a new chat", "a thread"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_message_field_has_the_focus(
    open_chat: OpenChat, scripted: str, server: ScriptedServer, language: str, inside: bool
) -> None:
    path = f"/#thread={await thread_of(server)}" if inside else "/"
    chat = await open_chat(scripted, path, locale=language)
    field = chat.part("composer-input")
    await expect(field).to_be_focused()
    await chat.reload()
    await expect(field).to_be_focused()
    await chat.page.keyboard.type("Hi")
    await expect(field).to_have_value("Hi")
    await expect(chat.answers).to_have_count(int(inside))


class Gate:
    """Holds requests back until it is opened."""

    def __init__(self) -> None:
        self._open = asyncio.Event()

    async def hold(self, route: Route) -> None:
        await self._open.wait()
        await route.continue_()

    def open(self) -> None:
        self._open.set()


async def held_back(chat: Chat, *patterns: str) -> Gate:
    gate = Gate()
    for pattern in patterns:
        await chat.page.route(pattern, gate.hold)
    return gate


@pytest.mark.parametrize(
    "late", ["**/api/config", "**/assets/element-*", "**/assets/de-DE-*", "**/chatkit"], ids=lambda each: each[3:]
)
async def test_what_is_typed_before_the_chat_is_there_is_in_its_field(
    open_chat: OpenChat, scripted: str, server: ScriptedServer, late: str
) -> None:
    chat = await open_chat(scripted, f"/#thread={await thread_of(server)}", locale="de-DE")
    gate = await held_back(chat, late)
    await chat.page.reload(wait_until="domcontentloaded")
    await chat.page.keyboard.type("Hallo dub")
    await chat.page.keyboard.press("Backspace")
    await chat.page.keyboard.type(",")
    gate.open()
    field = chat.part("composer-input")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("Hallo du,")
    await chat.page.keyboard.type(" wie geht es?")
    await expect(chat.answers).to_have_count(1)
    await expect(field).to_have_value("Hallo du, wie geht es?")


async def test_what_is_typed_goes_behind_the_draft_that_was_left(open_chat: OpenChat, scripted: str) -> None:
    chat = await open_chat(scripted)
    await chat.type("Half a thought")
    gate = await held_back(chat, "**/api/config")
    await chat.page.reload(wait_until="domcontentloaded")
    await chat.page.keyboard.type(" and more")
    gate.open()
    await expect(chat.composer).to_have_value("Half a thought and more")


async def test_the_element_takes_the_focus_as_soon_as_it_can(open_with: OpenWith) -> None:
    chat = await open_with()
    # A language that is not there yet, in an element that has drawn nothing.
    await chat.page.evaluate(
        """() => {
            const made = document.createElement('openai-chatkit');
            document.body.replaceChildren(made);
            made.setOptions({ api: { url: '/chatkit' }, locale: 'fr-FR' });
            made.focus();
        }"""
    )
    await expect(chat.part("composer-input")).to_be_focused()


async def test_who_went_elsewhere_meanwhile_is_not_called_back(open_with: OpenWith, server: ScriptedServer) -> None:
    closed = await server.put_thread("Solved", user_message("Hi"), status=ClosedStatus())
    chat = await open_with()
    await chat.call("setThreadId", closed.id)
    await expect(chat.part("closed-banner")).to_be_visible()
    await chat.element.evaluate("(element) => element.focus()")
    await chat.history_button.focus()
    await chat.call("setThreadId", None)
    await expect(chat.composer).to_be_visible()
    await chat.frames()
    await expect(chat.history_button).to_be_focused()


async def test_a_quotation_that_is_taken_out_leaves_the_focus_in_the_field(open_with: OpenWith) -> None:
    chat = await open_with()
    await chat.call("setComposerValue", {"reply": "What was said"})
    await chat.page.get_by_role("button", name="Remove the quotation").focus()
    await chat.page.keyboard.press("Enter")
    await expect(chat.composer).to_be_focused()
