"""The unmodified `@openai/chatkit-react`, in a React application."""

from playwright.async_api import expect

from tests.browser.react.conftest import OpenReact
from tests.browser.scripted import ScriptedServer


async def test_a_component_and_a_hook_are_a_chat(open_react: OpenReact, server: ScriptedServer) -> None:
    react = await open_react()
    chat = await react.mount()
    await chat.send("Hello")
    await expect(chat.answer).to_contain_text("You said Hello.")
    assert await react.details("onReady") == [None]
