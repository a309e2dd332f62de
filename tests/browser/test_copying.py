"""What is copied is on the clipboard, whatever the page may use; where nothing works, words say so."""

import pytest
from playwright.async_api import Locator, expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenWith
from tests.browser.scripted import ScriptedServer

ANSWER = "Run this:\n\n```python\nprint('hello')\n```"

REFUSED = "navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));"
"""As in a frame without the permission."""
MISSING = "Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });"
"""As on a page over plain HTTP."""
CLOSED = "document.execCommand = () => false;"
THROWS = "document.execCommand = () => { throw new Error('no'); };"

COPIED = {
    "the answer": ("[data-type=assistant_message] [part=copy-button]", ANSWER),
    "the message": ("[data-type=user_message] [part=copy-button]", "How?"),
    "code": (".ck-code-copy", "print('hello')"),
}


async def answered(open_with: OpenWith, server: ScriptedServer) -> Chat:
    chat = await open_with(permissions=["clipboard-read"])
    server.answer(ANSWER)
    await chat.send("How?")
    await chat.page.evaluate("probe.listen()")
    await chat.page.evaluate(
        "window.copied = null; document.addEventListener('copy', (event) => setTimeout(() => { copied = true; }))"
    )
    return chat


def button(chat: Chat, what: str) -> Locator:
    return chat.page.locator(COPIED[what][0])


@pytest.mark.parametrize("closed", [REFUSED, MISSING], ids=["refused", "missing"])
@pytest.mark.parametrize("what", COPIED)
async def test_the_older_way_is_taken(open_with: OpenWith, server: ScriptedServer, what: str, closed: str) -> None:
    chat = await answered(open_with, server)
    await chat.page.evaluate("window.reading = navigator.clipboard.readText.bind(navigator.clipboard)")
    await chat.page.evaluate(closed + "null")
    await button(chat, what).focus()
    await chat.page.keyboard.press("Enter")
    await chat.until("copied")
    assert await chat.page.evaluate("reading()") == COPIED[what][1]
    await expect(button(chat, what)).to_be_focused()


@pytest.mark.parametrize("closed", [REFUSED, MISSING], ids=["refused", "missing"])
@pytest.mark.parametrize("older", [CLOSED, THROWS], ids=["says no", "throws"])
@pytest.mark.parametrize("what", COPIED)
async def test_words_say_that_nothing_was_copied(
    open_with: OpenWith, server: ScriptedServer, what: str, closed: str, older: str
) -> None:
    chat = await answered(open_with, server)
    await chat.page.evaluate(closed + older + "null")
    await button(chat, what).click()
    words = chat.log.get_by_text("Could not copy")
    await expect(words).to_be_visible()
    await expect(words).to_have_count(0)
    await expect(button(chat, what)).to_have_accessible_name("Copy")
