"""Methods and their parameters, and the events that the page hears."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conformance.bench import PIXEL, Bench, Js
from tests.browser.conformance.test_composer_options import MODELS, TOOLS
from tests.support.inventory import ids_of

USER = {"type": "user_message", "content": [{"type": "input_text", "text": "Hello"}], "inference_options": {}}
TAG = {"type": "input_tag", "id": "p1", "text": "Ada", "group": "People", "data": {"age": "36"}, "interactive": True}
CONTENT = [{"type": "input_text", "text": "Ask "}, TAG, {"type": "input_text", "text": " now"}]
FILE = {"type": "file", "id": "att_1", "name": "notes.txt", "mime_type": "text/plain"}
IMAGE = {"type": "image", "id": "att_2", "name": "a.png", "mime_type": "image/png", "preview_url": PIXEL}


# sendUserMessage


async def say(bench: Bench, **params: Any) -> dict[str, Any]:
    """The message that the server was asked to take."""
    await bench.call("sendUserMessage", params)
    (call,) = await bench.calls("threads.create", 1)
    await bench.chat.told_name("response.end")
    return call["params"]["input"]


@pytest.mark.shows("method:sendUserMessage", "method:sendUserMessage.text")
async def test_the_page_sends_a_message(bench: Bench) -> None:
    await bench.start()
    await bench.chat.type("My draft")
    said = await say(bench, text="From the page")
    assert said["content"] == [{"type": "input_text", "text": "From the page"}]
    await expect(bench.chat.said).to_have_text(["From the page"])
    await expect(bench.chat.composer).to_have_value("My draft")
    assert (
        await bench.chat.refusal("sendUserMessage", {})
        == 'sendUserMessage takes "text", "content" or "attachments"; all were empty.'
    )


@pytest.mark.parametrize("name", ids_of("method:sendUserMessage.{content,reply,attachments,toolChoice.id,model}"))
async def test_what_goes_with_a_message(bench: Bench, name: str) -> None:
    await bench.start(composer={"tools": TOOLS, "models": MODELS})
    await expect(bench.part("model-button")).to_have_text("Thorough")
    tool, model = {"id": "search"}, "fast"
    text: dict[str, Any] = {"content": CONTENT} if name.endswith("content") else {"text": "Hi"}
    said = await say(bench, **text, reply="what you said", attachments=[FILE, IMAGE], toolChoice=tool, model=model)
    match name.rpartition("sendUserMessage.")[2]:
        case "content":
            assert said["content"] == CONTENT
        case "reply":
            assert said["quoted_text"] == "what you said"
        case "attachments":
            assert said["attachments"] == ["att_1", "att_2"]
        case "toolChoice.id":
            assert said["inference_options"]["tool_choice"] == tool
            await expect(bench.part("tool")).to_have_count(1)
            assert await bench.chat.told("tool.change") == []
        case _:
            assert said["inference_options"]["model"] == "fast"
            await expect(bench.part("model-button")).to_have_text("Thorough")


@pytest.mark.shows("method:sendUserMessage.newThread", "operation:threads.add_user_message")
async def test_a_message_goes_to_the_thread_or_to_a_new_one(bench: Bench) -> None:
    await bench.start()
    thread = await bench.open(USER)
    await bench.call("sendUserMessage", {"text": "Here"})
    (call,) = await bench.calls("threads.add_user_message", 1)
    assert call["params"]["thread_id"] == thread
    await bench.chat.told_name("response.end")
    await bench.call("sendUserMessage", {"text": "Elsewhere", "newThread": True})
    assert len(await bench.calls("threads.create", 1)) == 1
    await expect(bench.chat.said).to_have_text(["Elsewhere"])
    await bench.chat.told_name("response.end", 2)


# setComposerValue


@pytest.mark.shows("method:setComposerValue", "method:setComposerValue.text", "method:setComposerValue.reply")
async def test_the_page_fills_the_composer_and_sends_nothing(bench: Bench) -> None:
    await bench.start()
    await bench.call("setComposerValue", {"text": "Prepared", "reply": "what you said"})
    await expect(bench.chat.composer).to_have_value("Prepared")
    await expect(bench.part("composer").get_by_text("what you said")).to_be_visible()
    assert await bench.calls() == []
    await bench.chat.send_button.click()
    (call,) = await bench.calls("threads.create", 1)
    assert call["params"]["input"]["quoted_text"] == "what you said"
    await bench.call("setComposerValue", {"text": ""})
    await expect(bench.chat.composer).to_have_value("")


@pytest.mark.parametrize("name", ids_of("method:setComposerValue.{content,attachments,selectedToolId,selectedModelId}"))
async def test_what_the_page_puts_into_the_composer(bench: Bench, name: str) -> None:
    await bench.start(composer={"tools": TOOLS, "models": MODELS}, entities={"onTagSearch": Js("async () => []")})
    await expect(bench.page.locator("[part~=composer-input][contenteditable]")).to_be_visible()
    await bench.call(
        "setComposerValue",
        {"content": CONTENT, "attachments": [FILE, IMAGE], "selectedToolId": "draw", "selectedModelId": "fast"},
    )
    await bench.chat.frames(1)
    match name.rpartition(".")[2]:
        case "content":
            await expect(bench.part("composer-input")).to_have_text("Ask Ada now")
        case "attachments":
            await expect(bench.part("composer-attachments").get_by_role("listitem")).to_have_count(2)
            await expect(bench.part("composer-attachments").get_by_text("notes.txt")).to_be_visible()
            src = await bench.part("composer-attachments").locator("img").get_attribute("src")
            assert src == PIXEL
        case "selectedToolId":
            await expect(bench.part("tool").first).to_have_text("Draw")
            await bench.call("setComposerValue", {"selectedToolId": None})
            assert [event["toolId"] for event in await bench.chat.told("tool.change")] == ["draw", None]
            return
        case _:
            await expect(bench.part("model-button")).to_have_text("Quick")
    await bench.chat.send_button.click()
    (call,) = await bench.calls("threads.create", 1)
    said = call["params"]["input"]
    assert (said["content"], said["attachments"]) == (CONTENT, ["att_1", "att_2"])
    assert said["inference_options"] == {"tool_choice": {"id": "draw"}, "model": "fast"}


@pytest.mark.shows("method:setComposerValue.files")
async def test_files_of_the_page_are_uploaded(bench: Bench) -> None:
    await bench.start()
    files = Js("[new File(['hello'], 'from-page.txt', { type: 'text/plain' })]")
    with pytest.raises(Exception, match="composer"):
        await bench.call("setComposerValue", {"files": files})
    await bench.set(composer={"attachments": {"enabled": True}})
    await bench.call("setComposerValue", {"files": files})
    (call,) = await bench.calls("attachments.create", 1)
    assert call["params"] == {"name": "from-page.txt", "size": 5, "mime_type": "text/plain"}
    await expect(bench.part("composer-attachments")).to_contain_text("from-page.txt")


# Threads


@pytest.mark.shows(
    "method:setThreadId",
    "method:setThreadId.threadId",
    "event:chatkit.thread.change",
    "event:chatkit.thread.load.start",
    "event:chatkit.thread.load.end",
)
async def test_the_page_opens_threads(bench: Bench) -> None:
    await bench.start()
    thread = await bench.open(USER)
    await expect(bench.chat.said).to_have_text(["Hello"])
    await bench.call("setThreadId", None)
    await expect(bench.chat.greeting).to_be_visible()
    events = [(event["name"], event["threadId"]) for event in await bench.chat.told() if event["name"] != "ready"]
    loading = [("thread.load.start", thread), ("thread.change", thread), ("thread.load.end", thread)]
    assert events == [*loading, ("thread.change", None)]


@pytest.mark.shows("method:fetchUpdates", "thread:title", "thread:status")
async def test_the_page_asks_for_what_changed(bench: Bench) -> None:
    await bench.start()
    thread = await bench.open(USER, title="Before")
    kept = await bench.chat.said.element_handle()
    assert kept is not None
    await bench.page.evaluate(
        """(id) => {
            const thread = bench.threads[id];
            const content = [{ type: 'input_text', text: 'By the way' }];
            const added = { ...thread.items.data[0], id: 'itm_new', content };
            Object.assign(thread, { title: 'After', status: { type: 'locked', reason: 'Wait' } });
            thread.items.data.push(added);
        }""",
        thread,
    )
    await bench.call("fetchUpdates")
    await expect(bench.chat.title).to_have_text("After")
    await expect(bench.chat.said).to_have_text(["Hello", "By the way"])
    await expect(bench.chat.composer).to_be_disabled()
    assert await kept.evaluate("(node) => node.isConnected")


@pytest.mark.shows(
    "method:showHistory",
    "method:hideHistory",
    "event:chatkit.history.open",
    "event:chatkit.history.close",
    "own:history.filter",
)
async def test_the_page_opens_and_closes_the_history(bench: Bench) -> None:
    await bench.start()
    await bench.page.evaluate("for (let n = 0; n < 8; n += 1) bench.thread([], { title: `Chat ${n}` })")
    await bench.call("showHistory")
    await expect(bench.chat.history).to_be_visible()
    await bench.chat.history.get_by_role("searchbox", name="Search chats").fill("chat 3")
    await expect(bench.chat.history.get_by_role("button", name="Chat 3", exact=True)).to_be_visible()
    await expect(bench.chat.history.get_by_role("button", name="Chat 4", exact=True)).to_have_count(0)
    await bench.call("hideHistory")
    await expect(bench.chat.history).to_have_count(0)
    names = [event["name"] for event in await bench.chat.told() if event["name"].startswith("history")]
    assert names == ["history.open", "history.close"]


# Other methods


@pytest.mark.shows(
    "method:sendCustomAction",
    "method:sendCustomAction.action.type",
    "method:sendCustomAction.action.payload",
    "method:sendCustomAction.itemId",
)
async def test_the_page_sends_an_action(bench: Bench) -> None:
    await bench.start()
    thread = await bench.open({"id": "wid_1", "type": "widget", "widget": {"type": "Card", "children": []}})
    await bench.call("sendCustomAction", {"type": "go", "payload": {"id": 7}}, "wid_1")
    await bench.call("sendCustomAction", {"type": "plain"})
    first, second = await bench.calls("threads.custom_action", 2)
    assert first["params"] == {"thread_id": thread, "item_id": "wid_1", "action": {"type": "go", "payload": {"id": 7}}}
    assert second["params"]["action"]["type"] == "plain"
    assert second["params"].get("item_id") is None


@pytest.mark.shows("method:focusComposer")
async def test_the_page_focuses_the_composer(bench: Bench) -> None:
    await bench.start()
    await bench.chat.history_button.focus()
    await bench.call("focusComposer")
    await expect(bench.chat.composer).to_be_focused()


@pytest.mark.shows("method:setOptions")
async def test_options_replace_the_ones_before(bench: Bench) -> None:
    await bench.start(startScreen={"greeting": "Hello"}, composer={"placeholder": "Say"}, header={"enabled": False})
    await bench.set(startScreen={"greeting": "Welcome"})
    await expect(bench.chat.greeting).to_have_text("Welcome")
    await expect(bench.chat.composer).to_have_attribute("placeholder", "Message the AI")
    await expect(bench.part("header")).to_have_count(1)
    wrong = await bench.page.evaluate(
        "(() => { try { bench.set({ theme: 'blue' }); } catch (error) { return error.message; } })()"
    )
    assert wrong == 'ChatKit option "theme" must be one of "light", "dark", "system", got "blue".'
    await expect(bench.chat.greeting).to_have_text("Welcome")


@pytest.mark.shows("method:addEventListener", "method:removeEventListener")
async def test_listeners_come_and_go(bench: Bench) -> None:
    await bench.start()
    await bench.page.evaluate(
        """() => {
            bench.listener = ({ type, detail, target }) =>
                bench.seen.push([type, detail ?? null, target === bench.element]);
            bench.element.addEventListener('chatkit.history.open', bench.listener);
            bench.element.addEventListener('chatkit.history.close', bench.listener, { once: true });
        }"""
    )
    for _ in range(2):
        await bench.call("showHistory")
        await bench.call("hideHistory")
        await bench.page.evaluate("bench.element.removeEventListener('chatkit.history.open', bench.listener)")
    assert await bench.seen() == [["chatkit.history.open", None, True], ["chatkit.history.close", None, True]]


# Events


@pytest.mark.shows("event:chatkit.ready")
async def test_ready_comes_once_when_the_element_has_drawn_itself(bench: Bench) -> None:
    await bench.page.evaluate(
        """addEventListener('chatkit.ready', () => {
            bench.drawn = probe.find('[part~=composer]') !== null;
        }, { once: true })"""
    )
    await bench.start()
    assert await bench.page.evaluate("bench.drawn")
    await bench.set(theme="dark")
    await bench.chat.frames(4)
    assert [event["name"] for event in await bench.chat.told()] == ["ready"]


@pytest.mark.shows(
    "event:chatkit.response.start",
    "event:chatkit.response.end",
    "own:event.chatkit.message.sent",
    "own:event.chatkit.message.received",
    "event-kind:thread.item.done",
)
async def test_a_response_begins_and_ends(bench: Bench) -> None:
    await bench.start()
    answer = {
        "id": "msg_a",
        "thread_id": "t",
        "created_at": "2026-01-01T00:00:00Z",
        "type": "assistant_message",
        "content": [{"type": "output_text", "text": "Hi.", "annotations": []}],
    }
    await bench.reply("threads.create", [{"type": "thread.item.done", "item": answer}])
    await bench.chat.send("Hello")
    events = await bench.chat.told()
    names = [event["name"] for event in events]
    assert names == ["ready", "response.start", "thread.change", "message.sent", "message.received", "response.end"]
    assert [event["item"]["type"] for event in events[3:5]] == ["user_message", "assistant_message"]
    await expect(bench.chat.answer).to_contain_text("Hi.")


@pytest.mark.shows(
    "event:chatkit.effect", "event-kind:client_effect", "event-kind:client_effect.name", "event-kind:client_effect.data"
)
async def test_an_effect_reaches_the_page(bench: Bench) -> None:
    await bench.start()
    effects = [
        {"type": "client_effect", "name": "confetti", "data": {"n": 3}},
        {"type": "client_effect", "name": "bell"},
    ]
    await bench.reply("threads.create", effects)
    await bench.chat.send("Party")
    told = [(event["called"], event.get("data")) for event in await bench.chat.told("effect")]
    assert told == [("confetti", {"n": 3}), ("bell", None)]


@pytest.mark.shows("event:chatkit.deeplink")
async def test_a_deep_link_reaches_the_page(bench: Bench) -> None:
    await bench.start()
    link = "[the order](chatkit-link://order?id=7&view=all)"
    await bench.open(
        {"type": "assistant_message", "content": [{"type": "output_text", "text": link, "annotations": []}]}
    )
    await bench.chat.answer.get_by_role("link", name="the order").click()
    (event,) = await bench.chat.told("deeplink")
    assert (event["called"], event["data"]) == ("order", {"id": "7", "view": "all"})


@pytest.mark.shows("event:chatkit.error", "event-kind:error", "event-kind:error.message", "event-kind:error.code")
async def test_an_error_reaches_the_page_and_the_reader(bench: Bench) -> None:
    for code, message, shown in (
        ("custom", "Not in your plan.", "Not in your plan."),
        ("stream.error", None, "The answer could not be completed."),
    ):
        await bench.start()
        await bench.reply("threads.create", [{"type": "error", "code": code, "message": message, "allow_retry": False}])
        await bench.chat.send("Go")
        await expect(bench.chat.error).to_contain_text(shown)
        (event,) = await bench.chat.told("error")
        assert event["error"]["code"] == code
    is_error = """new Promise((done) => {
        addEventListener('chatkit.error', ({ detail }) => done(detail.error instanceof Error), { once: true });
        bench.element.setThreadId('nowhere');
    })"""
    assert await bench.page.evaluate(is_error)


@pytest.mark.shows("event:chatkit.log")
async def test_oddities_are_logged(bench: Bench) -> None:
    await bench.page.evaluate(
        "bench.log = (event) => { bench.logged = event.detail; }; addEventListener('chatkit.log', bench.log)"
    )
    await bench.start(composer={"placeHolder": "x"})
    logged = await bench.page.evaluate("bench.logged")
    assert logged["name"] == "options.unknown"
    assert logged["data"]["option"] == "composer.placeHolder"


# Content that messages carry


@pytest.mark.parametrize("name", ids_of("type:UserMessageContent.**"))
async def test_content_of_a_message(bench: Bench, name: str) -> None:
    """Goes to the server as it is, and comes back as text and chips."""
    path = name.removeprefix("type:UserMessageContent.")
    await bench.start(entities={"onClick": Js("(entity) => { bench.seen.push(entity); }")})
    said = await say(bench, content=CONTENT)
    assert said["content"] == CONTENT
    await expect(bench.chat.said).to_have_text(["Ask Ada now"])
    chip = bench.chat.said.get_by_role("button", name="Ada")
    match path.rpartition(".")[2]:
        case "input_text" | "text":
            assert said["content"][0]["text"] == "Ask "
            assert said["content"][1]["text"] == "Ada"
        case "interactive":
            await expect(chip).to_be_visible()
            await bench.open({**USER, "content": [{**TAG, "interactive": False}]})
            await expect(bench.part("tag")).to_have_text(["Ada"])
            await expect(chip).to_have_count(0)
        case _:
            await chip.click()
            ((entity),) = await bench.seen(1)
            assert {key: entity[key] for key in ("id", "group", "data")} == {
                key: TAG[key] for key in ("id", "group", "data")
            }
