"""The unmodified `@openai/chatkit-react`, and the package of our own, in a React application."""

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import expect
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chatkit.actions import ActionConfig
from chatkit.http import UnauthenticatedError
from chatkit.http.assets import element_folder
from chatkit.types import ClientEffectEvent
from chatkit.widgets import Button, Card
from tests.browser.react.app import HANDLERS
from tests.browser.react.conftest import OpenReact
from tests.browser.scripted import USER, ScriptedServer, user_message

WARNINGS = {
    "openai": "ChatKit element is not mounted",
    "own": "focusComposer did nothing: <ChatKit> is not on the page.",
}
"""Each package's own words."""

URL = "api: { url: '/chatkit', domainKey: 'none' },"


async def test_a_component_and_a_hook_are_a_chat(open_react: OpenReact, server: ScriptedServer) -> None:
    react = await open_react()
    chat = await react.mount(className="chat mine")
    await chat.send("Hello")
    await expect(chat.answer).to_contain_text("You said Hello.")
    assert await react.details("onReady") == [None]
    # Attributes of the component are the element's, and its ref is the element.
    await expect(chat.element).to_have_attribute("class", "chat mine")
    await expect(chat.element).to_have_id("chat-a")
    assert await react.page.evaluate(
        "react.elements.a === probe.element() && react.chats.a.ref.current === probe.element()"
    )


# Options

EVERYTHING = """
    api: {
        url: '/chatkit',
        domainKey: 'domain_pk_none',
        fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, 'X-Page': 'react' } }),
        uploadStrategy: { type: 'two_phase' },
    },
    locale: 'de',
    theme: {
        colorScheme: 'dark',
        radius: 'sharp',
        density: 'compact',
        typography: { baseSize: 18, fontFamily: 'Georgia, serif', fontFamilyMono: 'monospace', fontSources: [] },
        color: {
            grayscale: { hue: 220, tint: 6, shade: -1 },
            accent: { primary: '#7c3aed', level: 2 },
            surface: { background: '#101014', foreground: '#1c1c22' },
        },
    },
    frameTitle: 'Assistentin',
    initialThread: null,
    header: {
        enabled: true,
        title: { enabled: true, text: 'Mein Titel' },
        leftAction: { icon: 'sidebar-left', onClick: () => react.calls.push(['left', null]) },
        rightAction: { icon: 'close', onClick: () => react.calls.push(['right', null]) },
    },
    history: { enabled: true, showDelete: false, showRename: true },
    startScreen: {
        greeting: 'Guten Tag',
        prompts: [
            { label: 'Erstens', prompt: 'Sag etwas', icon: 'sparkle' },
            { label: 'Zweitens', prompt: [{ type: 'input_text', text: 'Etwas anderes' }], icon: 'lucide:cat' },
        ],
    },
    threadItemActions: { feedback: true, retry: true },
    composer: {
        placeholder: 'Frag mich',
        attachments: {
            enabled: true, maxSize: { 'image/*': 1000, '*': 2000 }, maxCount: 2, accept: { 'image/*': ['.png'] },
        },
        tools: [
            {
                id: 'search', label: 'Websuche', icon: 'globe', shortLabel: 'Suche', placeholderOverride: 'Was suchen?',
                pinned: true,
            },
            { id: 'draw', label: 'Zeichnen', icon: 'images', persistent: true },
        ],
        models: [
            { id: 'small', label: 'Klein', description: 'schnell' },
            { id: 'large', label: 'Groß', default: true },
            { id: 'old', label: 'Alt', disabled: true },
        ],
        dictation: { enabled: true },
    },
    disclaimer: { text: 'Kann **irren**.', highContrast: true },
    entities: {
        onTagSearch: async (query) => [{ id: 'e1', title: `Ada (${query})`, group: 'Leute', interactive: true }],
        showComposerMenu: true,
        onClick: (entity) => react.calls.push(['entity', entity.id]),
        onRequestPreview: async () => ({ preview: null }),
    },
    commands: {
        enabled: true,
        onSearch: async () => [{ id: 'c1', label: 'Aufräumen' }],
        onSelect: async (command) => void react.calls.push(['command', command.id]),
    },
    widgets: { onAction: async (action) => void react.calls.push(['action', action.type]) },
    thread: { autoScroll: true },
    onClientTool: ({ name }) => { react.calls.push(['tool', name]); return { done: true }; },
"""


async def test_every_option_reaches_the_element(open_react: OpenReact, server: ScriptedServer) -> None:
    react = await open_react()
    chat, page = await react.mount(EVERYTHING), react.page
    await expect(page.locator("[part=root]")).to_have_attribute("lang", "de-DE")
    await expect(page.locator("[part=root]")).to_have_attribute("aria-label", "Assistentin")
    await expect(chat.title).to_have_text("Mein Titel")
    await expect(chat.greeting).to_have_text("Guten Tag")
    await expect(chat.prompts).to_have_text(["Erstens", "Zweitens"])
    await expect(page.locator("[part=disclaimer] strong")).to_have_text("irren")
    look = await chat.element.evaluate(
        """(element) => {
            const style = getComputedStyle(element);
            return [element.matches(':state(dark)'), style.getPropertyValue('--chatkit-base'), style.fontFamily,
                style.getPropertyValue('--chatkit-color-accent')];
        }"""
    )
    assert look[0] is True
    assert look[1] == "18px"
    assert "Georgia" in look[2]
    assert "#7c3aed" in look[3]
    await page.locator("[part=header-left-action]").click()
    await page.locator("[part=header-right-action]").click()
    assert await react.details("left") == [None]
    assert await react.details("right") == [None]

    composer = page.locator("[part=composer-input]")
    await expect(page.locator("[part=attach-button]")).to_be_visible()
    await expect(page.locator("[part=mention-button]")).to_be_visible()
    await expect(page.locator("[part=dictation-button]")).to_be_visible()
    await expect(page.locator("[part=model-button]")).to_have_text("Groß")
    await page.locator("[part=tool]").click()
    assert await react.details("onToolChange") == [{"toolId": "search"}]
    await composer.click()
    await page.keyboard.type("@A")
    await page.locator("[part=suggestions]").get_by_text("Ada (A)").click()
    await page.keyboard.press("Enter")
    await chat.told_name("response.end")
    (sent,) = [event["item"] for event in await chat.told("message.sent")]
    assert sent["inference_options"] == {"tool_choice": {"id": "search"}, "model": "large"}
    assert [part["type"] for part in sent["content"]] == ["input_tag"]
    assert [part["id"] for part in sent["content"]] == ["e1"]
    await chat.said.get_by_text("Ada (A)").click()
    assert await react.details("entity") == ["e1"]

    await composer.click()
    await page.keyboard.type("/")
    await page.locator("[part=suggestions]").get_by_text("Aufräumen").click()
    await chat.until("react.details('command').length === 1")

    config = ActionConfig(type="open", payload={"id": 7}, handler="client")
    server.turn().show(Card(children=[Button(label="Auf", onClickAction=config)])).call("print").end()
    server.answer("Gedruckt.")
    await react.call("sendUserMessage", {"text": "Drucke"})
    await expect(chat.answer).to_contain_text("Gedruckt.")
    assert await react.details("tool") == ["print"]
    await chat.widgets.get_by_role("button", name="Auf").click()
    await chat.until("react.details('action').length === 1")
    assert all(
        [
            (await request.all_headers()).get("x-page") == "react"
            for request in chat.watch.requests
            if request.method == "POST"
        ]
    )


async def test_a_wrong_option_is_an_error_of_the_component(open_react: OpenReact, server: ScriptedServer) -> None:
    react = await open_react()
    # Before the element is there, its error is no component's.
    await react.page.evaluate("customElements.whenDefined('openai-chatkit').then(() => true)")
    await react.mount("theme: { radius: 'oval' }", ready=False)
    await react.called("uncaught")
    assert await react.details("uncaught") == [
        'ChatKit option "theme.radius" must be one of "pill", "round", "soft", "sharp", got "oval".'
    ]


async def test_options_change_while_an_answer_streams_and_nothing_is_lost(
    open_react: OpenReact, server: ScriptedServer
) -> None:
    thread = await server.put_conversation(15)
    same = f"initialThread: {thread.id!r}, thread: {{ autoScroll: false }},"
    react = await open_react(height=600)
    chat = await react.mount(same)
    turn = server.turn()
    await chat.begin("Go")
    turn.say("One ")
    await expect(chat.answer).to_contain_text("One")
    await chat.type("Half a thought")
    middle = chat.page.get_by_text("Question 12", exact=True)
    await chat.log.evaluate("(log) => log.dispatchEvent(new WheelEvent('wheel'))")
    await middle.evaluate("(node) => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
    await chat.frames()
    before = await middle.bounding_box()
    kept = await middle.element_handle()
    for round_ in range(6):
        scheme = ("light", "dark")[round_ % 2]
        await react.update(
            f"""{same}
            api: {{ url: '/chatkit', domainKey: 'none', fetch: (...request) => fetch(...request) }},
            theme: {{ colorScheme: '{scheme}', radius: 'soft' }},
            composer: {{ placeholder: 'Round {round_}' }},
            header: {{ rightAction: {{ icon: 'close', onClick: () => react.calls.push(['right', {round_}]) }} }},
            onClientTool: () => ({{ round: {round_} }}),
            ...react.handlers({HANDLERS}, 'new '),"""
        )
        turn.say(f"more {round_} ")
        await expect(chat.answer).to_contain_text(f"more {round_}")
    assert await chat.element.evaluate("(element) => element.matches(':state(dark)')")
    await expect(chat.composer).to_have_attribute("placeholder", "Round 5")
    await expect(chat.composer).to_have_value("Half a thought")
    after = await middle.bounding_box()
    assert before is not None and after is not None and kept is not None
    assert abs(after["y"] - before["y"]) < 2
    assert await kept.evaluate("(node) => node.isConnected")
    await chat.page.locator("[part=header-right-action]").click()
    assert await react.details("right") == [5]
    turn.end()
    await chat.idle()
    await expect(chat.answer).to_contain_text("One more 0 more 1 more 2 more 3 more 4 more 5")
    assert len(await react.details("onThreadLoadStart")) == 1
    # Those that were there at the time are told, each once.
    assert await react.details("onResponseStart") == [None]
    assert await react.details("onResponseEnd") == []
    assert await react.details("new onResponseEnd") == [None]


async def test_a_handler_sees_what_its_component_last_rendered(open_react: OpenReact, server: ScriptedServer) -> None:
    react = await open_react()
    chat = await react.mount("onResponseEnd: () => react.calls.push(['end', 1])")
    await react.update("onResponseEnd: () => react.calls.push(['end', 2])")
    await chat.send("Hello")
    assert await react.details("end") == [2]
    await react.page.evaluate("react.again.a()")
    await chat.until("document.getElementById('chat-a').dataset.count === '1'")
    await chat.send("Hello again")
    assert await react.details("end") == [2, 2]
    await expect(chat.said).to_have_count(2)


# Handlers


@pytest.mark.shows(
    "event:chatkit.ready",
    "event:chatkit.error",
    "event:chatkit.effect",
    "event:chatkit.deeplink",
    "event:chatkit.response.start",
    "event:chatkit.response.end",
    "event:chatkit.history.open",
    "event:chatkit.history.close",
    "event:chatkit.thread.change",
    "event:chatkit.thread.load.start",
    "event:chatkit.thread.load.end",
    "event:chatkit.tool.change",
    "event:chatkit.log",
)
async def test_every_handler_is_called(open_react: OpenReact, server: ScriptedServer) -> None:
    thread = await server.put_thread("A thread", user_message("Hello"))
    react = await open_react()
    chat = await react.mount("composer: { tools: [{ id: 'search', label: 'Search', icon: 'globe', pinned: true }] },")
    server.turn().send(ClientEffectEvent(name="confetti", data={"colour": "red"})).say(
        "Open [the invoice](chatkit-link://invoice?id=7)."
    ).end()
    await chat.send("Where is it?")
    await chat.answer.get_by_role("link", name="the invoice").click()
    await react.call("showHistory")
    await react.called("onHistoryOpen")
    await react.call("hideHistory")
    await react.call("setComposerValue", {"selectedToolId": "search"})
    await react.call("setThreadId", thread.id)
    server.turn().fail(RuntimeError("no"))
    await chat.send("Fail")
    await react.update("unknownOption: 1,")
    for handler in HANDLERS:
        await react.called(handler)
    assert await react.details("onEffect") == [{"name": "confetti", "data": {"colour": "red"}}]
    assert await react.details("onDeeplink") == [{"name": "invoice", "data": {"id": "7"}}]
    first, second = await react.details("onThreadChange")
    assert first["threadId"].startswith("thr_")
    assert second == {"threadId": thread.id}
    assert await react.details("onThreadLoadStart") == [{"threadId": thread.id}]
    assert await react.details("onThreadLoadEnd") == [{"threadId": thread.id}]
    assert await react.details("onToolChange") == [{"toolId": "search"}, {"toolId": None}]
    assert [error["error"] for error in await react.details("onError")] != []
    assert "options.unknown" in [entry["name"] for entry in await react.details("onLog")]
    for handler, count in {
        "onReady": 1,
        "onResponseStart": 2,
        "onResponseEnd": 2,
        "onHistoryOpen": 1,
        "onHistoryClose": 1,
    }.items():
        assert len(await react.details(handler)) == count, handler


# Methods


@pytest.mark.shows("method:showHistory", "method:hideHistory", "method:sendCustomAction")
async def test_every_method_of_the_hook_works(open_react: OpenReact, server: ScriptedServer) -> None:
    thread = await server.put_thread("A thread", user_message("Before"))
    react = await open_react()
    options = """composer: {
        models: [{ id: 'small', label: 'Small' }, { id: 'large', label: 'Large' }],
        tools: [{ id: 'search', label: 'Search', icon: 'globe', pinned: true }],
    },"""
    chat = await react.mount(options)
    await react.call("setThreadId", thread.id)
    await expect(chat.said).to_have_text(["Before"])
    await react.call(
        "sendUserMessage",
        {"text": "And now", "reply": "what you said", "toolChoice": {"id": "search"}, "model": "large"},
    )
    await chat.idle()
    await expect(chat.answer).to_contain_text("You said And now.")
    (sent,) = [event["item"] for event in await chat.told("message.sent")]
    assert sent["quoted_text"] == "what you said"
    assert sent["inference_options"] == {"tool_choice": {"id": "search"}, "model": "large"}
    await expect(chat.page.locator("[part=model-button]")).to_have_text("Small")
    await react.call("sendUserMessage", {"content": [{"type": "input_text", "text": "Elsewhere"}], "newThread": True})
    await chat.idle()
    await expect(chat.said).to_have_text(["Elsewhere"])
    await react.call("setComposerValue", {"text": "Prepared", "selectedToolId": "search", "selectedModelId": "large"})
    await expect(chat.composer).to_have_value("Prepared")
    await expect(chat.page.locator("[part=model-button]")).to_have_text("Large")
    await expect(chat.page.locator("[part=tool]")).to_have_attribute("aria-pressed", "true")
    await react.call("focusComposer")
    await expect(chat.composer).to_be_focused()
    await react.call("showHistory")
    await expect(chat.history).to_be_visible()
    await react.call("hideHistory")
    await expect(chat.history).to_have_count(0)
    await react.call("sendCustomAction", {"type": "ping", "payload": {"n": 1}})
    await chat.idle()
    assert [(action.type, action.payload) for action in server.actions] == [("ping", {"n": 1})]
    renamed = await server.store.load_thread((await chat.told("thread.change"))[-1]["threadId"], USER)
    renamed.title = "Renamed elsewhere"
    await server.store.save_thread(renamed, USER)
    await react.call("fetchUpdates")
    await expect(chat.title).to_have_text("Renamed elsewhere")


async def test_a_method_that_is_refused_rejects_and_one_without_an_element_warns(
    open_react: OpenReact, server: ScriptedServer, package: str
) -> None:
    react = await open_react()
    chat = await react.mount()
    turn = server.turn()
    await chat.begin("Go")
    turn.say("Wait")
    await expect(chat.answer).to_contain_text("Wait")
    refusal = "react.chats.a.setThreadId(null).then(() => 'done', (error) => error.message)"
    assert (await react.page.evaluate(refusal)).startswith("setThreadId cannot run while a response is streaming.")
    turn.end()
    await chat.idle()
    await react.page.evaluate("window.kept = react.chats.a")
    await react.unmount()
    words = WARNINGS[package]
    react.chat.watch.expect(words)
    gone = "Promise.resolve().then(() => kept.focusComposer()).then(() => 'done', (error) => error.message)"
    assert await react.page.evaluate(gone) == "done"
    assert f"console warning: {words}" in react.chat.watch.said


# Coming and going


async def test_a_chat_that_is_taken_down_and_put_up_again_goes_on_where_it_was(
    open_react: OpenReact, server: ScriptedServer
) -> None:
    remember = (
        "initialThread: window.remembered ?? null, onThreadChange: ({ threadId }) => { window.remembered = threadId; },"
    )
    react = await open_react()
    chat = await react.mount(remember)
    await chat.send("Hello")
    await chat.type("Half a thought")
    await react.unmount()
    await expect(chat.element).to_have_count(0)
    chat = await react.mount(remember)
    await expect(chat.said).to_have_text(["Hello"])
    await expect(chat.answer).to_contain_text("You said Hello.")
    await expect(chat.composer).to_have_value("Half a thought")
    await react.called("onReady", 2)
    assert len(await react.details("onReady")) == 2
    await chat.send("Again")
    await expect(chat.said).to_have_text(["Hello", "Again"])


async def test_a_chat_taken_down_in_an_answer_lets_go_of_it(open_react: OpenReact, server: ScriptedServer) -> None:
    react = await open_react()
    chat = await react.mount()
    turn = server.turn()
    await chat.begin("Go")
    turn.say("One")
    await expect(chat.answer).to_contain_text("One")
    await react.unmount()
    # Nothing is told to a component that is gone, and the answer goes on without it.
    before = len(await react.page.evaluate("react.calls"))
    turn.say(" and two").end()
    async with asyncio.timeout(10):
        while len(items := (await server.store.load_thread_items(turn.thread_id, None, 9, "asc", USER)).data) < 2:
            await chat.frames(1)
    assert "One and two" in items[-1].model_dump_json()
    await chat.frames(4)
    assert len(await react.page.evaluate("react.calls")) == before


async def test_a_hidden_activity_keeps_its_conversation(open_react: OpenReact, server: ScriptedServer) -> None:
    react = await open_react()
    chat = await react.mount(activity=True)
    await chat.send("Hello")
    await chat.type("Half a thought")
    await react.page.evaluate("react.hide('a', true)")
    await expect(chat.element).to_be_hidden()
    await react.page.evaluate("react.hide('a', false)")
    await expect(chat.said).to_have_text(["Hello"])
    await expect(chat.composer).to_have_value("Half a thought")
    await chat.send("Again")
    await expect(chat.said).to_have_text(["Hello", "Again"])
    assert len(await react.details("onResponseEnd")) == 2


async def test_two_chats_on_a_page_do_not_meet(open_react: OpenReact, server: ScriptedServer) -> None:
    react = await open_react()
    say = "startScreen: {{ greeting: {0!r} }}, onResponseEnd: () => react.calls.push([{1!r}, null]),"
    await react.mount(say.format("Left", "left"))
    await react.mount("theme: 'dark'," + say.format("Right", "right"), name="b", ready=False)
    await react.called("onReady", 2)
    left, right = (react.page.locator(f"#chat-{name}") for name in "ab")
    await expect(left.locator("[part=greeting]")).to_have_text("Left")
    await expect(right.locator("[part=greeting]")).to_have_text("Right")
    turn = server.turn()
    await react.call("sendUserMessage", {"text": "To the left"})
    turn.say("Slowly")
    await expect(left.locator("[part=assistant-message]")).to_contain_text("Slowly")
    await react.call("sendUserMessage", {"text": "To the right"}, name="b")
    await expect(right.locator("[part=assistant-message]")).to_contain_text("You said To the right.")
    turn.end()
    await react.called("left")
    await expect(left.locator("[part=user-bubble]")).to_have_text(["To the left"])
    await expect(right.locator("[part=user-bubble]")).to_have_text(["To the right"])
    assert await react.details("left") == [None]
    assert await react.details("right") == [None]
    dark = "(element) => element.matches(':state(dark)')"
    assert [await each.evaluate(dark) for each in (left, right)] == [False, True]


async def test_strict_mode_doubles_nothing(open_react: OpenReact, server: ScriptedServer) -> None:
    thread = await server.put_thread("A thread", user_message("Before"))
    react = await open_react()
    chat = await react.mount(f"initialThread: {thread.id!r},", strict=True)
    assert await react.page.evaluate("react.renders.a") >= 2
    await chat.send("Hello")
    await expect(chat.said).to_have_text(["Before", "Hello"])
    for handler in ("onReady", "onThreadLoadStart", "onThreadLoadEnd", "onResponseStart", "onResponseEnd"):
        await react.called(handler)
        assert len(await react.details(handler)) == 1, handler
    bodies = [request.post_data_json for request in chat.watch.requests if request.method == "POST"]
    asked = [body["type"] for body in bodies if body]
    assert asked.count("threads.watch") <= 1
    assert asked.count("threads.get_by_id") <= 1 + asked.count("threads.watch")  # loaded, and looked at once watched


# The script


def held_back_script() -> tuple[Route, asyncio.Event]:
    """A route for what the element's script loads; it answers when the event is set."""
    come = asyncio.Event()

    async def answer(request: Request) -> Response:
        await come.wait()
        return await element_folder().get(request.path_params["name"]).respond(request)

    return Route("/chatkit/{name:path}", answer), come


async def test_a_script_that_comes_after_react_is_enough(open_react: OpenReact, server: ScriptedServer) -> None:
    script, come = held_back_script()
    react = await open_react(routes=[script])
    await react.mount("startScreen: { greeting: 'At last' },", ready=False)
    await react.chat.frames(10)
    assert not await react.page.evaluate("customElements.get('openai-chatkit') !== undefined")
    come.set()
    chat = await react.chat.ready()
    await expect(chat.greeting).to_have_text("At last")
    await chat.send("Hello")
    assert await react.details("onReady") == [None]
    await react.call("focusComposer")
    await expect(chat.composer).to_be_focused()


async def test_options_that_change_before_the_script_comes_are_the_last_ones(
    open_react: OpenReact, server: ScriptedServer
) -> None:
    script, come = held_back_script()
    react = await open_react(routes=[script])
    await react.mount("startScreen: { greeting: 'First' },", ready=False, strict=True)
    await react.update("startScreen: { greeting: 'Second' },")
    come.set()
    chat = await react.chat.ready()
    await expect(chat.greeting).to_have_text("Second")
    assert len(await react.details("onReady")) == 1


async def test_without_the_script_there_is_an_empty_element_that_css_can_tell(
    open_react: OpenReact, server: ScriptedServer
) -> None:
    react = await open_react(script=False)
    await react.mount(ready=False)
    await expect(react.page.locator("openai-chatkit:not(:defined)")).to_have_count(1)
    assert await react.page.inner_text("#app") == ""
    assert await react.page.evaluate("react.calls") == []


# Both ways to the server


@pytest.mark.shows("option:api.getClientSecret")
async def test_the_client_secret_is_asked_for_and_renewed_when_it_is_refused(
    open_react: OpenReact, server: ScriptedServer
) -> None:
    asked: list[Any] = []

    async def session(request: Request) -> Response:
        asked.append((await request.json())["current"])
        return JSONResponse({"secret": f"secret-{len(asked)}"})

    async def whose(request: Request) -> dict[str, str]:
        if request.headers.get("authorization") != f"Bearer {valid[0]}":
            raise UnauthenticatedError
        return {"user_id": "ada"}

    valid = ["secret-1"]
    react = await open_react(routes=[Route("/session", session, methods=["POST"])], chatkit={"context": whose})
    react.chat.watch.expect("401")
    hosted = """api: { getClientSecret: async (current) => {
        const response = await fetch('/session', { method: 'POST', body: JSON.stringify({ current }) });
        return (await response.json()).secret;
    } },"""
    chat = await react.mount(hosted)
    await chat.send("Hello")
    # React makes a new function with every render: nobody asks again for that.
    await react.update(hosted + "theme: 'dark',")
    await chat.send("Still there?")
    assert asked == [None]
    valid[0] = "secret-2"
    await chat.send("And now?")
    await expect(chat.answer).to_contain_text("You said And now?.")
    assert asked == [None, "secret-1"]
    assert await react.details("onError") == []


async def test_a_fetch_of_the_pages_own_carries_every_request(open_react: OpenReact, server: ScriptedServer) -> None:
    react = await open_react()
    own = """api: { url: '/chatkit', domainKey: 'none', fetch: (input, init) => {
        react.calls.push(['fetch', JSON.parse(init.body).type]);
        const headers = { ...init.headers, Authorization: 'Bearer mine' };
        return fetch(input, { ...init, credentials: 'include', headers });
    } },"""
    chat = await react.mount(own)
    await chat.send("Hello")
    await react.call("showHistory")
    await expect(chat.history.get_by_role("listitem")).to_have_count(1)
    sent = [request for request in chat.watch.requests if request.method == "POST"]
    assert [json.loads(request.post_data or "")["type"] for request in sent] == await react.details("fetch")
    assert {await request.header_value("authorization") for request in sent} == {"Bearer mine"}
