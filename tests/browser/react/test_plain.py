"""`<ChatKit>` of our own with nothing but properties, in `<StrictMode>`."""

from typing import Any

from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.react.conftest import OpenPlain
from tests.browser.scripted import ScriptedServer, user_message

OWN_RULE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('openai-chatkit { height: 300px; min-height: 0 }');
    document.adoptedStyleSheets = [sheet];
}"""


async def show(chat: Chat, **props: Any) -> None:
    await chat.page.evaluate("(props) => plain.show({ ...plain.props, ...props })", props)


async def test_an_address_a_thread_and_a_placeholder_are_a_chat(open_plain: OpenPlain, server: ScriptedServer) -> None:
    thread = await server.put_thread("A thread", user_message("Before"))
    chat = await open_plain()
    await show(
        chat, apiUrl="/chatkit", threadId=thread.id, placeholder="Ask about orders", className="mine", locale="en"
    )
    await chat.ready()
    await expect(chat.said).to_have_text(["Before"])
    await expect(chat.composer).to_have_attribute("placeholder", "Ask about orders")
    await expect(chat.element).to_have_attribute("class", "mine")
    await chat.send("Hello")
    await expect(chat.answer).to_contain_text("You said Hello.")
    assert await chat.told_count("ready") == 1


async def test_other_properties_are_shown_and_lose_nothing(open_plain: OpenPlain, server: ScriptedServer) -> None:
    chat = await open_plain()
    await show(chat, apiUrl="/chatkit", placeholder="First", locale="en")
    await chat.ready()
    await chat.type("Half a thought")
    options = {"startScreen": {"greeting": "Hi there"}, "composer": {"placeholder": "never seen"}}
    await show(chat, placeholder="Second", theme="dark", options=options)
    await expect(chat.composer).to_have_attribute("placeholder", "Second")
    await expect(chat.greeting).to_have_text("Hi there")
    await expect(chat.composer).to_have_value("Half a thought")
    assert await chat.element.evaluate("(element) => element.matches(':state(dark)')")


async def test_the_thread_follows_its_property_and_the_property_the_thread(
    open_plain: OpenPlain, server: ScriptedServer
) -> None:
    one, two = [await server.put_thread(name, user_message(f"In {name}")) for name in ("one", "two")]
    chat = await open_plain()
    await show(chat, apiUrl="/chatkit", threadId=one.id, locale="en")
    await chat.ready()
    await expect(chat.said).to_have_text(["In one"])
    await show(chat, threadId=two.id)
    await expect(chat.said).to_have_text(["In two"])
    await show(chat, threadId=None)
    await expect(chat.greeting).to_be_visible()
    # A page that keeps the thread gives it back while its first answer streams.
    await chat.send("Something new")
    created = (await chat.told("thread.change"))[-1]["threadId"]
    assert (await chat.page.evaluate("plain.props.threadId")) == created
    await expect(chat.said).to_have_text(["Something new"])
    assert [call for call in await chat.page.evaluate("plain.calls") if call[0] == "onError"] == []


async def test_a_thread_that_is_asked_for_in_an_answer_comes_after_it(
    open_plain: OpenPlain, server: ScriptedServer
) -> None:
    other = await server.put_thread("other", user_message("In the other"))
    chat = await open_plain()
    await show(chat, apiUrl="/chatkit", threadId=None, locale="en")
    await chat.ready()
    turn = server.turn()
    await chat.begin("Go")
    turn.say("One")
    await expect(chat.answer).to_contain_text("One")
    await show(chat, threadId=other.id)
    await chat.frames(4)
    await expect(chat.said).to_have_text(["Go"])
    turn.end()
    await expect(chat.said).to_have_text(["In the other"])


async def test_the_style_sheet_gives_it_its_place_and_the_page_wins(
    open_plain: OpenPlain, server: ScriptedServer
) -> None:
    chat = await open_plain(height=700)
    await show(chat, apiUrl="/chatkit", locale="en")
    await chat.ready()
    await expect(chat.element).to_have_css("display", "block")
    await expect(chat.element).to_have_css("height", "700px")
    await chat.page.evaluate(OWN_RULE)
    await expect(chat.element).to_have_css("height", "300px")
