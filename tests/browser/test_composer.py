"""The composer around its text: tools, models, quotations, drafts, dictation, what the page puts into it."""

import pytest
from playwright.async_api import expect

from chatkit.errors import CustomStreamError
from tests.browser.chat import Chat
from tests.browser.conftest import OpenWith
from tests.browser.scripted import ScriptedServer, assistant_message, user_message

TOOLS = """
    composer: {
        placeholder: 'Say something',
        tools: [
            {
                id: 'web', label: 'Search the web', shortLabel: 'Search', icon: 'globe',
                placeholderOverride: 'Search for…',
            },
            { id: 'draw', label: 'Create a picture', icon: 'images', persistent: true },
            { id: 'deep', label: 'Think for longer', shortLabel: 'Think', icon: 'lightbulb', pinned: true },
        ],
    },
"""
MODELS = """
    composer: {
        models: [
            { id: 'small', label: 'Small', description: 'Fast' },
            { id: 'large', label: 'Large', description: 'Thorough', default: true },
            { id: 'huge', label: 'Huge', disabled: true },
        ],
    },
"""
DICTATION = "composer: { dictation: { enabled: true } },"


async def choose(chat: Chat, button: str, item: str) -> None:
    """Chooses from the menu of a button."""
    await chat.page.get_by_role("button", name=button, exact=True).click()
    await chat.page.get_by_role("menuitemradio", name=item).click()
    await expect(chat.page.get_by_role("menu")).to_have_count(0)


# Tools


async def test_a_tool_from_the_menu_goes_with_one_message(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(TOOLS)
    await expect(chat.composer).to_have_attribute("placeholder", "Say something")
    await choose(chat, "Tools", "Search the web")
    await expect(chat.composer).to_be_focused()
    await expect(chat.composer).to_have_attribute("placeholder", "Search for…")
    chosen = chat.page.get_by_role("button", name="Stop using Search the web")
    await expect(chosen).to_have_text("Search")
    turn = server.turn()
    await chat.begin("Otters")
    message = (await turn.begun()).message
    assert message is not None
    assert message.inference_options.tool_choice is not None
    assert message.inference_options.tool_choice.id == "web"
    await expect(chosen).to_have_count(0)
    await expect(chat.composer).to_have_attribute("placeholder", "Say something")
    turn.say("Found some.").end()
    await chat.idle()
    assert [event["toolId"] for event in await chat.told("tool.change")] == ["web", None]


@pytest.mark.shows("option:composer.tools[].persistent")
async def test_a_persistent_tool_stays_until_it_is_removed(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(TOOLS)
    await choose(chat, "Tools", "Create a picture")
    chosen = chat.page.get_by_role("button", name="Stop using Create a picture")
    for words in ("A cat", "A dog"):
        turn = server.answer("Here.")
        await chat.send(words)
        assert turn.message is not None
        assert turn.message.inference_options.tool_choice is not None
        assert turn.message.inference_options.tool_choice.id == "draw"
        await expect(chosen).to_be_visible()
    await chosen.click()
    await expect(chosen).to_have_count(0)
    await expect(chat.composer).to_be_focused()
    turn = server.answer("Here.")
    await chat.send("Nothing")
    assert turn.message is not None
    assert turn.message.inference_options.tool_choice is None


@pytest.mark.shows("option:composer.tools[].pinned")
async def test_a_pinned_tool_stands_for_itself(open_with: OpenWith) -> None:
    chat = await open_with(TOOLS)
    pinned = chat.page.get_by_role("button", name="Think for longer")
    await expect(pinned).to_have_text("Think")
    await expect(pinned).to_have_attribute("aria-pressed", "false")
    await chat.page.get_by_role("button", name="Tools").click()
    await expect(chat.page.get_by_role("menuitemradio")).to_have_text(["Search the web", "Create a picture"])
    await chat.page.keyboard.press("Escape")
    await expect(chat.page.get_by_role("button", name="Tools")).to_be_focused()
    await pinned.click()
    await expect(pinned).to_have_attribute("aria-pressed", "true")
    await pinned.click()
    await expect(pinned).to_have_attribute("aria-pressed", "false")
    assert [event["toolId"] for event in await chat.told("tool.change")] == ["deep", None]


# Models


@pytest.mark.shows("option:composer.models")
async def test_the_model_goes_with_the_message(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(MODELS)
    picker = chat.part("model-button")
    await expect(picker).to_have_accessible_name("Model: Large")
    turn = server.answer("Yes.")
    await chat.send("One")
    assert turn.message is not None
    assert turn.message.inference_options.model == "large"
    await picker.click()
    items = chat.page.get_by_role("menuitemradio")
    await expect(items).to_have_text(["SmallFast", "LargeThorough", "Huge"])
    await expect(items.nth(1)).to_have_attribute("aria-checked", "true")
    await expect(items.nth(1)).to_be_focused()
    await items.nth(2).click(force=True)
    await expect(items).to_have_count(3)
    await items.nth(0).click()
    await expect(picker).to_have_accessible_name("Model: Small")
    await expect(chat.composer).to_be_focused()
    turn = server.answer("Yes.")
    await chat.send("Two")
    assert turn.message is not None
    assert turn.message.inference_options.model == "small"


# Quotations


async def test_selected_words_of_an_answer_are_replied_to(open_with: OpenWith, server: ScriptedServer) -> None:
    thread = await server.put_thread(
        "A talk", user_message("Why?"), assistant_message("", "Because the **sky** is blue.\n\nAnd the sea.")
    )
    chat = await open_with()
    await chat.call("setThreadId", thread.id)
    reply = chat.part("reply-button")
    await chat.answer.get_by_text("And the sea.").select_text()
    await expect(reply).to_be_visible()
    await chat.page.keyboard.press("Escape")
    await expect(reply).to_have_count(0)
    await chat.answer.get_by_text("Because the").select_text()
    await reply.click()
    await expect(reply).to_have_count(0)
    await expect(chat.composer).to_be_focused()
    quoted = chat.page.locator(".composer-reply")
    await expect(quoted).to_contain_text("Because the sky is blue.")
    turn = server.answer("It is.")
    await chat.send("Is it?")
    assert turn.message is not None
    assert turn.message.quoted_text == "Because the sky is blue."
    await expect(quoted).to_have_count(0)
    await expect(chat.part("quoted-text")).to_contain_text("Because the sky is blue.")
    await chat.said.last.select_text()
    await chat.frames(4)
    await expect(reply).to_have_count(0)


async def test_a_quotation_can_be_taken_back(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with()
    await chat.call("setComposerValue", {"text": "Hm", "reply": "what you said"})
    await chat.page.get_by_role("button", name="Remove the quotation").click()
    await expect(chat.page.locator(".composer-reply")).to_have_count(0)
    turn = server.answer("Fine.")
    await chat.composer.press("Enter")
    await turn.begun()
    assert turn.message is not None
    assert turn.message.quoted_text in (None, "")
    await chat.idle()


# Drafts


async def test_each_thread_keeps_its_draft_across_reloads(open_with: OpenWith, server: ScriptedServer) -> None:
    one = await server.put_thread("One", user_message("Hello"))
    two = await server.put_thread("Two", user_message("Hello"))
    chat = await open_with()
    await chat.type("For nobody yet")
    await chat.call("setThreadId", one.id)
    await expect(chat.composer).to_have_value("")
    await chat.type("For one\nover two lines")
    await chat.call("setThreadId", two.id)
    await chat.type("For two")
    await chat.reload()
    await expect(chat.composer).to_have_value("For nobody yet")
    await chat.call("setThreadId", one.id)
    await expect(chat.composer).to_have_value("For one\nover two lines")
    await chat.send("Sent")
    await chat.call("setThreadId", two.id)
    await expect(chat.composer).to_have_value("For two")
    await chat.call("setThreadId", one.id)
    await expect(chat.composer).to_have_value("")


async def test_a_draft_keeps_its_mentions(open_with: OpenWith) -> None:
    chat = await open_with("entities: { onTagSearch: async () => [{ id: 'ada', title: 'Ada' }] },")
    await chat.composer.press_sequentially("Ask @a")
    await chat.part("suggestions").get_by_role("option").click()
    await chat.reload()
    await expect(chat.composer.locator("[part=tag]")).to_have_text(["Ada"])
    await expect(chat.composer).to_have_text("Ask Ada ")


# What the page puts into it


@pytest.mark.shows("method:setComposerValue")
async def test_the_page_fills_every_part_of_the_composer(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(TOOLS.rstrip().removesuffix("},") + MODELS.strip().removeprefix("composer: {"))
    content = [
        {"type": "input_text", "text": "About "},
        {"type": "input_tag", "id": "ada", "text": "Ada", "group": "People", "data": {"role": "admin"}},
        {"type": "input_text", "text": ", please"},
    ]
    value = {"content": content, "reply": "her work", "selectedToolId": "draw", "selectedModelId": "small"}
    await chat.call("setComposerValue", value)
    await expect(chat.composer).to_have_text("About Ada, please")
    await expect(chat.composer.locator("[part=tag]")).to_have_text(["Ada"])
    await expect(chat.page.get_by_role("button", name="Stop using Create a picture")).to_be_visible()
    await expect(chat.part("model-button")).to_have_accessible_name("Model: Small")
    turn = server.answer("Sure.")
    await chat.send_button.click()
    message = (await turn.begun()).message
    assert message is not None
    assert [part.text for part in message.content] == ["About ", "Ada", ", please"]
    assert message.quoted_text == "her work"
    assert message.inference_options.model == "small"
    assert message.inference_options.tool_choice is not None
    await chat.idle()
    await chat.call("setComposerValue", {"selectedToolId": None, "text": "Only text"})
    await expect(chat.composer).to_have_value("Only text")
    await expect(chat.page.get_by_role("button", name="Stop using Create a picture")).to_have_count(0)
    await expect(chat.part("model-button")).to_have_accessible_name("Model: Small")
    await chat.call("setComposerValue", {"text": "", "reply": ""})
    await expect(chat.composer).to_have_value("")


@pytest.mark.shows("method:sendUserMessage.toolChoice.id", "method:sendUserMessage.model")
async def test_a_message_of_the_pages_leaves_the_choices_alone(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(TOOLS.rstrip().removesuffix("},") + MODELS.strip().removeprefix("composer: {"))
    await choose(chat, "Tools", "Create a picture")
    turn = server.answer("Sure.")
    message = {"text": "Go", "reply": "this", "toolChoice": {"id": "web"}, "model": "small"}
    await chat.call("sendUserMessage", message)
    await chat.idle()
    assert turn.message is not None
    assert turn.message.inference_options.tool_choice is not None
    assert turn.message.inference_options.tool_choice.id == "web"
    assert (turn.message.inference_options.model, turn.message.quoted_text) == ("small", "this")
    await expect(chat.page.get_by_role("button", name="Stop using Create a picture")).to_be_visible()
    await expect(chat.part("model-button")).to_have_accessible_name("Model: Large")


# Typing


async def test_a_composition_in_the_rich_field_is_typed_as_it_is(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with("entities: { onTagSearch: async () => [{ id: 'jp', title: '日本' }] },")
    await expect(chat.page.locator(".composer-rich")).to_be_visible()
    await chat.composer.focus()
    session = await chat.page.context.new_cdp_session(chat.page)
    for text in ("に", "にほ", "にほん"):
        await session.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )
    enter = {"key": "Enter", "code": "Enter"}
    await session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, **enter})
    await session.send("Input.insertText", {"text": "日本"})
    await session.send("Input.dispatchKeyEvent", {"type": "keyUp", "windowsVirtualKeyCode": 13, **enter})
    await expect(chat.composer).to_have_text("日本")
    await expect(chat.said).to_have_count(0)
    await chat.page.keyboard.press("Shift+Enter")
    await chat.page.keyboard.type("and @")
    await chat.part("suggestions").get_by_role("option").click()
    turn = server.answer("Hai.")
    await chat.page.keyboard.press("Enter")
    message = (await turn.begun()).message
    assert message is not None
    assert [part.text for part in message.content] == ["日本\nand ", "日本"]
    await chat.idle()


async def test_pasted_rich_text_is_text(open_with: OpenWith) -> None:
    chat = await open_with(
        "entities: { onTagSearch: async () => [] },", permissions=["clipboard-read", "clipboard-write"]
    )
    await expect(chat.page.locator(".composer-rich")).to_be_visible()
    await chat.page.evaluate(
        """() => navigator.clipboard.write([new ClipboardItem({
            'text/html': new Blob(['<b>Bold</b> <a href="https://example.org/">move</a>'], { type: 'text/html' }),
            'text/plain': new Blob(['Bold move'], { type: 'text/plain' }),
        })])"""
    )
    await chat.composer.focus()
    await chat.page.keyboard.press("Control+v")
    await expect(chat.composer).to_have_text("Bold move")
    assert await chat.composer.evaluate("(field) => field.childElementCount") == 0


async def test_what_could_not_be_sent_comes_back(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(TOOLS)
    chat.watch.expect("Failed to load resource")
    await chat.page.context.set_offline(True)
    await chat.begin("Do not lose me")
    await expect(chat.error).to_be_visible()
    await chat.page.context.set_offline(False)
    await chat.error.get_by_role("button", name="Try again").click()
    await expect(chat.answer).to_contain_text("You said Do not lose me.")
    await expect(chat.said).to_have_text(["Do not lose me"])


# Dictation


@pytest.mark.shows("option:composer.dictation.enabled", "operation:input.transcribe")
async def test_what_is_said_becomes_text(open_with: OpenWith, server: ScriptedServer) -> None:
    server.heard = "buy some milk"
    chat = await open_with(DICTATION)
    await chat.type("Please")
    await chat.page.get_by_role("button", name="Dictate").click()
    finish = chat.page.get_by_role("button", name="Turn speech into text")
    await expect(finish).to_be_focused()
    await expect(chat.page.get_by_role("group", name="Recording")).to_be_visible()
    await chat.until(
        "[...probe.find('[part=dictation-level]').children].some((bar) => bar.style.getPropertyValue('--level') > 0)"
    )
    await finish.click()
    await expect(chat.composer).to_have_value("Please buy some milk")
    await expect(chat.composer).to_be_focused()
    (recording,) = server.recordings
    assert recording.mime_type == "audio/webm;codecs=opus"
    assert recording.data[:4] == b"\x1aE\xdf\xa3"  # how every WebM file begins
    await expect(chat.page.get_by_role("button", name="Dictate")).to_be_visible()


async def test_dictation_can_be_cancelled(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(DICTATION)
    for cancel in ("click", "Escape"):
        await chat.page.get_by_role("button", name="Dictate").click()
        button = chat.page.get_by_role("button", name="Cancel dictation")
        await expect(chat.page.get_by_role("button", name="Turn speech into text")).to_be_focused()
        await (button.click() if cancel == "click" else chat.page.keyboard.press("Escape"))
        await expect(chat.composer).to_be_focused()
        await expect(chat.page.get_by_role("button", name="Dictate")).to_be_visible()
    assert server.recordings == []


async def test_dictation_that_fails_says_why(open_with: OpenWith, server: ScriptedServer) -> None:
    server.heard = CustomStreamError("No ears.")
    chat = await open_with(DICTATION)
    chat.watch.expect("Failed to load resource")
    await chat.page.get_by_role("button", name="Dictate").click()
    await chat.page.get_by_role("button", name="Turn speech into text").click()
    await expect(chat.part("composer-problem")).to_contain_text("Your speech could not be turned into text.")
    await expect(chat.composer).to_be_focused()
    await chat.page.evaluate(
        """() => {
            navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
        }"""
    )
    await chat.page.get_by_role("button", name="Dictate").click()
    await expect(chat.part("composer-problem")).to_contain_text("The microphone could not be used.")


@pytest.mark.parametrize("options", ["", "entities: { onTagSearch: () => [] },"])
async def test_enter_begins_a_line_on_touch_screens_where_the_button_sends(open_with: OpenWith, options: str) -> None:
    chat = await open_with(options, has_touch=True, is_mobile=True)
    await chat.composer.click()
    await expect(chat.composer).to_have_attribute("enterkeyhint", "enter")
    await chat.page.keyboard.type("one")
    await chat.page.keyboard.press("Enter")
    await chat.page.keyboard.type("two")
    assert await chat.composer.evaluate("(field) => field.value ?? field.textContent") == "one\ntwo"
    await chat.part("send-button").tap()
    await expect(chat.part("user-bubble")).to_have_text("one\ntwo")
