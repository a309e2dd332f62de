"""The element's own interface: attributes, options, methods, events."""

import pytest
from playwright.async_api import expect

from chatkit.actions import ActionConfig
from chatkit.types import ClientEffectEvent
from chatkit.widgets import Button, Card
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, Serve
from tests.browser.scripted import USER, ScriptedServer, Turn, assistant_message, page_app, user_message

LINE = '<openai-chatkit url="/chatkit"></openai-chatkit>'
BARE = "<openai-chatkit></openai-chatkit>"


@pytest.mark.shows("own:attribute.url")
async def test_one_line_of_html_is_a_chat(open_chat: OpenChat, serve: Serve, server: ScriptedServer) -> None:
    chat = await open_chat(await serve(page_app(server, LINE)), "/page")
    await chat.send("Hello")
    await expect(chat.answer).to_contain_text("You said Hello.")


@pytest.mark.shows(
    "own:attribute.url",
    "own:attribute.thread-id",
    "own:attribute.placeholder",
    "own:attribute.theme",
    "own:attribute.locale",
)
async def test_all_attributes_count_and_may_change(open_chat: OpenChat, serve: Serve, server: ScriptedServer) -> None:
    thread = await server.put_thread("By attribute", user_message("Hello"))
    body = (
        f'<openai-chatkit url="/chatkit" thread-id="{thread.id}" placeholder="Ask away" theme="dark" locale="en">'
        "</openai-chatkit>"
    )
    chat = await open_chat(await serve(page_app(server, body)), "/page")
    await expect(chat.title).to_have_text("By attribute")
    await expect(chat.composer).to_have_attribute("placeholder", "Ask away")
    assert await chat.element.evaluate("(element) => element.matches(':state(dark)')")
    await chat.element.evaluate("(element) => element.setAttribute('placeholder', 'Go on')")
    await expect(chat.composer).to_have_attribute("placeholder", "Go on")
    await chat.element.evaluate("(element) => element.setAttribute('theme', 'light')")
    assert not await chat.element.evaluate("(element) => element.matches(':state(dark)')")
    await expect(chat.said).to_have_text(["Hello"])


@pytest.mark.shows("own:element.open-chatkit")
async def test_the_other_name_works_too(open_chat: OpenChat, serve: Serve, server: ScriptedServer) -> None:
    chat = await open_chat(await serve(page_app(server, '<open-chatkit url="/chatkit"></open-chatkit>')), "/page")
    await chat.send("Hello")
    await expect(chat.answer).to_contain_text("You said Hello.")


async def test_options_given_before_the_script_has_run_are_not_lost(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    chat = await open_chat(await serve(page_app(server, BARE)), "/page", ready=False)
    await chat.page.evaluate(
        """async () => {
            await customElements.whenDefined('openai-chatkit');
            const made = document.createElement('openai-chatkit');
            made.setOptions({ api: { url: '/chatkit' }, startScreen: { greeting: 'Set before' } });
            document.querySelector('openai-chatkit').replaceWith(made);
        }"""
    )
    await chat.ready()
    await expect(chat.greeting).to_have_text("Set before")


@pytest.mark.shows("method:setOptions")
async def test_new_options_keep_draft_conversation_and_place(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    thread = await server.put_conversation(15)
    body = f'<openai-chatkit url="/chatkit" thread-id="{thread.id}"></openai-chatkit>'
    chat = await open_chat(await serve(page_app(server, body)), "/page", height=600)
    await expect(chat.said).to_have_count(15)
    await chat.type("Half a thought")
    middle = chat.page.get_by_text("Question 8", exact=True)
    await chat.log.evaluate("(log) => log.dispatchEvent(new WheelEvent('wheel'))")
    await middle.evaluate("(node) => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
    await chat.frames()
    before = await middle.bounding_box()
    made = await chat.page.evaluate(
        """() => {
            const element = probe.element();
            const kept = probe.find('[part=assistant-message]');
            for (let round = 0; round < 20; round += 1) {
                element.setOptions({
                    api: { url: '/chatkit' },
                    theme: {
                        colorScheme: round % 2 ? 'dark' : 'light',
                        color: { accent: { primary: '#7c3aed', level: 1 } },
                    },
                    onClientTool: () => ({ round }),
                    header: { title: { text: `Round ${round}` } },
                });
            }
            return probe.frames(2).then(() => kept.isConnected);
        }"""
    )
    assert made
    await expect(chat.title).to_have_text("Round 19")
    await expect(chat.composer).to_have_value("Half a thought")
    await expect(chat.said).to_have_count(15)
    after = await middle.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 2
    assert len(await chat.told("thread.load.start")) == 1


async def test_new_options_do_not_disturb_an_answer(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("Go")
    turn.say("One ")
    await expect(chat.answer).to_contain_text("One")
    await chat.page.get_by_role("button", name="Use dark colours").click()
    turn.say("two").end()
    await expect(chat.answer).to_contain_text("One two")
    await chat.idle()


# Events

FIRST_MESSAGE = [
    "ready",
    "response.start",
    "thread.change",
    "message.sent",
    "message.received",
    "response.end",
]


@pytest.mark.shows(
    "event:chatkit.ready",
    "event:chatkit.response.start",
    "event:chatkit.response.end",
    "event:chatkit.thread.change",
    "own:event.chatkit.message.sent",
    "own:event.chatkit.message.received",
)
async def test_a_first_message_tells_its_events_in_order(chat: Chat) -> None:
    await chat.send("Hello")
    events = await chat.told()
    assert [event["name"] for event in events] == FIRST_MESSAGE
    assert events[2]["threadId"].startswith("thr_")
    assert events[3]["item"]["type"] == "user_message"
    assert events[4]["item"]["type"] == "assistant_message"


@pytest.mark.shows("method:setThreadId", "event:chatkit.thread.load.start", "event:chatkit.thread.load.end")
async def test_loading_a_thread_tells_its_events_in_order(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    thread = await server.put_thread("A thread", user_message("Hello"))
    chat = await open_chat(scripted)
    await chat.call("setThreadId", thread.id)
    await chat.call("setThreadId", None)
    loading = ["thread.load.start", "thread.change", "thread.load.end"]
    events = [event for event in await chat.told() if event["name"].startswith("thread.")]
    assert [event["name"] for event in events] == [*loading, "thread.change"]
    assert [event["threadId"] for event in events] == [thread.id, thread.id, thread.id, None]


@pytest.mark.shows("option:initialThread")
async def test_the_initial_thread_tells_its_load(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    thread = await server.put_thread("A thread", user_message("Hello"))
    chat = await open_chat(scripted, f"/#thread={thread.id}")
    # Whoever listens as of `ready`, as React does, misses nothing.
    assert [event["name"] for event in await chat.told()] == [
        "ready",
        "thread.load.start",
        "thread.change",
        "thread.load.end",
    ]


async def test_an_answer_begins_before_anything_shows_and_ends_after(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    await chat.page.evaluate(
        """() => {
            window.seen = {};
            addEventListener('chatkit.response.start', () => {
                seen.start = probe.all('[part=assistant-message]').length;
            });
            addEventListener('chatkit.response.end', async () => {
                await probe.frames(2);
                seen.end = probe.find('[part=assistant-message]').textContent;
            });
        }"""
    )
    server.answer("All of it.")
    await chat.send("Go")
    await chat.until("'end' in seen")
    assert await chat.page.evaluate("seen") == {"start": 0, "end": "Assistant said:All of it."}


async def test_a_stopped_and_a_failed_answer_end_too(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("Go")
    turn.say("One")
    await expect(chat.answer).to_contain_text("One")
    await chat.stop_button.click()
    await chat.told_name("response.end", 1)
    server.turn().fail(RuntimeError("no"))
    await chat.send("Again")
    names = [event["name"] for event in await chat.told("response.start", "response.end", "error")]
    assert names == ["response.start", "response.end", "response.start", "error", "response.end"]


@pytest.mark.shows("event:chatkit.effect")
async def test_client_effects_reach_the_page(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    chat = await open_chat(scripted)
    server.turn().send(ClientEffectEvent(name="confetti", data={"colour": "red"})).say("Hooray").end()
    await chat.send("Party")
    (effect,) = await chat.told("effect")
    assert (effect["called"], effect["data"]) == ("confetti", {"colour": "red"})


@pytest.mark.shows("event:chatkit.deeplink")
async def test_a_deep_link_calls_the_page_and_goes_nowhere(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    server.answer("Open [the invoice](chatkit-link://invoice?id=7&view=all).")
    await chat.send("Where is it?")
    url = chat.page.url
    await chat.answer.get_by_role("link", name="the invoice").click()
    (link,) = await chat.told("deeplink")
    assert (link["called"], link["data"]) == ("invoice", {"id": "7", "view": "all"})
    assert chat.page.url == url


# Methods


async def test_methods_refuse_while_an_answer_streams(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("Go")
    turn.say("Wait")
    await expect(chat.answer).to_contain_text("Wait")
    calls = {
        "sendUserMessage": [{"text": "Hi"}],
        "setThreadId": [None],
        "focusComposer": [],
        "sendCustomAction": [{"type": "x"}],
    }
    for method, arguments in calls.items():
        refused = await chat.refusal(method, *arguments)
        assert refused == f"{method} cannot run while a response is streaming. Wait for chatkit.response.end."
    turn.end()
    await chat.idle()
    assert await chat.refusal("focusComposer") == "it did not reject"


async def test_methods_refuse_while_a_thread_loads(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    thread = await server.put_thread("A thread", user_message("Hello"))
    chat = await open_chat(scripted)
    refused = await chat.element.evaluate(
        """async (element, id) => {
            const loading = element.setThreadId(id);
            const refused = await element.sendUserMessage({ text: 'Hi' }).catch((error) => error.message);
            await loading;
            return refused;
        }""",
        thread.id,
    )
    assert refused == "sendUserMessage cannot run while a thread is loading. Wait for chatkit.thread.load.end."
    await chat.call("sendUserMessage", {"text": "Now"})
    await expect(chat.answer).to_contain_text("You said Now.")


@pytest.mark.shows("method:sendUserMessage", "method:sendUserMessage.newThread")
async def test_a_message_sent_by_the_page_resolves_when_the_server_has_it(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.type("My own draft")
    await chat.call("sendUserMessage", {"text": "From the page"})
    assert (await turn.begun()).message is not None
    await expect(chat.stop_button).to_be_visible()
    turn.say("Yes.").end()
    await chat.idle()
    await expect(chat.composer).to_have_value("My own draft")
    await chat.call("sendUserMessage", {"text": "Elsewhere", "newThread": True})
    await expect(chat.said).to_have_text(["Elsewhere"])


@pytest.mark.shows("method:setComposerValue", "method:setComposerValue.reply", "method:focusComposer")
async def test_the_composer_can_be_filled_and_focused_by_the_page(chat: Chat) -> None:
    await chat.call("setComposerValue", {"text": "Prepared", "reply": "what you said"})
    await expect(chat.composer).to_have_value("Prepared")
    await expect(chat.page.get_by_text("what you said")).to_be_visible()
    await chat.history_button.focus()
    await chat.call("focusComposer")
    await expect(chat.composer).to_be_focused()


async def test_values_for_the_composer_that_cannot_be_kept_are_refused(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    chat = await open_chat(await serve(page_app(server, "<p>No chat yet</p>")), "/page", ready=False)
    refused = await chat.page.evaluate("""async () => {
        await customElements.whenDefined('openai-chatkit');
        const element = document.createElement('openai-chatkit');
        return element.setComposerValue({ text: 'Early' }).then(() => 'taken', (error) => error.message);
    }""")
    assert refused == "setComposerValue: call setOptions first."
    await chat.page.evaluate("document.body.append(document.createElement('openai-chatkit'))")
    await chat.element.evaluate("(element) => element.setOptions({ api: { url: '/chatkit' } })")
    await chat.ready()
    assert "a text, or a list" in await chat.refusal("setComposerValue", {"text": 5})
    assert "a text, or a list" in await chat.refusal("sendUserMessage", {"text": 5})
    assert await chat.told("response.start") == []


@pytest.mark.shows("method:fetchUpdates")
async def test_the_page_can_fetch_what_changed_on_the_server(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    thread = await server.put_thread("Before", user_message("Hello"))
    chat = await open_chat(scripted, f"/#thread={thread.id}")
    kept = await chat.said.first.element_handle()
    assert kept is not None
    thread.title = "After"
    await server.store.save_thread(thread, USER)
    await server.store.add_thread_item(thread.id, assistant_message(thread.id, "By the way"), USER)
    await chat.call("fetchUpdates")
    await expect(chat.title).to_have_text("After")
    await expect(chat.answer).to_contain_text("By the way")
    assert await kept.evaluate("(node) => node.isConnected")


@pytest.mark.shows("option:widgets.onAction", "own:action.handler")
async def test_a_client_action_reaches_the_page_and_not_the_server(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    await chat.element.evaluate(
        """(element) => {
            window.actions = [];
            element.setOptions({
                api: { url: '/chatkit' },
                widgets: { onAction: (action, { id, widget }) => { actions.push([action, typeof id, widget.type]); } },
            });
        }"""
    )
    config = ActionConfig(type="open", payload={"id": 7}, handler="client")
    server.turn().show(Card(children=[Button(label="Open it", onClickAction=config)])).end()
    await chat.send("Show")
    await chat.widgets.get_by_role("button", name="Open it").click()
    await chat.until("actions.length === 1")
    assert await chat.page.evaluate("actions") == [[{"type": "open", "payload": {"id": 7}}, "string", "Card"]]
    assert server.actions == []


async def test_an_element_that_is_moved_keeps_its_answer_going(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    body = f'<div id="here">{LINE}</div><div id="there"></div>'
    chat = await open_chat(await serve(page_app(server, body)), "/page")
    turn: Turn = server.turn()
    await chat.begin("Go")
    turn.say("Before, ")
    await expect(chat.answer).to_contain_text("Before,")
    await chat.page.evaluate("document.getElementById('there').append(document.querySelector('openai-chatkit'))")
    turn.say("after.").end()
    await expect(chat.answer).to_contain_text("Before, after.")
    await chat.idle()
