"""Options of the frame around the conversation: where from, which language, header, history, start, thread."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conformance.bench import Bench, Js, script
from tests.support.inventory import values_of

USER = {"type": "user_message", "content": [{"type": "input_text", "text": "Hello"}], "inference_options": {}}
ANSWER = {"type": "assistant_message", "content": [{"type": "output_text", "text": "Hi there.", "annotations": []}]}


def note(what: str = "1") -> Js:
    """A callback that notes its call."""
    return Js(f"(...given) => {{ bench.seen.push({what}); }}")


# Where the server is


@pytest.mark.shows("option:api.url", "option:api.fetch", "option:api.domainKey")
async def test_every_request_goes_through_the_pages_fetch_to_the_url(bench: Bench) -> None:
    await bench.start(
        api={"url": "https://elsewhere.example/api/chat", "domainKey": "domain_pk_1"},
        threadItemActions={"feedback": True},
    )
    await bench.open(USER, ANSWER)
    await bench.chat.send("Go on")
    await bench.chat.open_history()
    await bench.calls("threads.list", 1)
    await bench.call("hideHistory")
    await bench.page.get_by_role("button", name="Good answer").first.click()
    await bench.calls("items.feedback", 1)
    calls = await bench.calls()
    assert {call["type"] for call in calls} >= {
        "threads.get_by_id",
        "threads.add_user_message",
        "threads.list",
        "items.feedback",
    }
    assert {(call["url"], call["method"]) for call in calls} == {("https://elsewhere.example/api/chat", "POST")}
    assert {call["headers"]["accept-language"] for call in calls} == {"en-GB"}
    assert all("domain_pk_1" not in str(call) for call in calls)


@pytest.mark.shows("option:api.getClientSecret")
async def test_a_client_secret_is_asked_for_used_and_renewed_when_it_is_refused(bench: Bench) -> None:
    secret = Js("async (current) => { bench.seen.push(current); return `secret_${bench.seen.length}`; }")
    await bench.start(api={"getClientSecret": secret})
    await bench.open(USER)
    assert await bench.seen() == [None]
    refused = {"body": {"error": {"code": "unauthenticated", "message": "Expired."}}, "status": 401}
    await bench.reply("threads.get_by_id", refused)
    await bench.call("fetchUpdates")
    assert await bench.seen() == [None, "secret_1"]
    sent = [call["headers"]["authorization"] for call in await bench.calls("threads.get_by_id")]
    assert sent == ["Bearer secret_1", "Bearer secret_1", "Bearer secret_2"]


@pytest.mark.shows("option:initialThread", "operation:threads.get_by_id")
async def test_the_first_thread_is_the_one_that_is_named(bench: Bench) -> None:
    said = {**USER, "content": [{"type": "input_text", "text": "Earlier"}]}
    known = Js(f"(bench.kept = bench.thread([{script(said)}])).id")
    await bench.page.evaluate("bench.start({ initialThread: null })")
    await bench.chat.told_name("ready")
    await expect(bench.chat.greeting).to_be_visible()
    assert await bench.calls() == []
    keep = "(url, init) => { bench.threads[bench.kept.id] = bench.kept; return bench.fetch(url, init); }"
    await bench.start(initialThread=known, api={"fetch": Js(keep)})
    await expect(bench.chat.said).to_have_text(["Earlier"])
    assert [event["name"] for event in await bench.chat.told()][:1] == ["ready"]
    assert {"thread.load.start", "thread.load.end"} <= {event["name"] for event in await bench.chat.told()}


@pytest.mark.shows("option:frameTitle")
async def test_the_frame_has_an_accessible_title(bench: Bench) -> None:
    await bench.start(frameTitle="Help desk")
    await expect(bench.page.get_by_role("region", name="Help desk")).to_be_visible()
    await bench.start()
    await expect(bench.page.get_by_role("region", name="Chat", exact=True)).to_be_visible()


# Language


@pytest.mark.shows("option:locale")
async def test_the_language_is_the_one_that_is_set_else_the_browsers(bench: Bench) -> None:
    await bench.start(locale="de-DE")
    root = bench.part("root")
    await expect(root).to_have_attribute("lang", re.compile("^de"))
    await expect(bench.page.get_by_role("button", name="Neuer Chat")).to_be_visible()
    await bench.open(USER)
    assert [call["headers"]["accept-language"] for call in await bench.calls()] == ["de-DE"]
    await bench.set(locale="ar")
    await expect(root).to_have_attribute("dir", "rtl")
    await bench.set()
    await expect(root).to_have_attribute("lang", re.compile("^en"))
    await expect(root).to_have_attribute("dir", "ltr")


@pytest.mark.parametrize("name", ["TranslatedLocale", "SupportedLocale"])
@pytest.mark.shows("type:TranslatedLocale", "type:SupportedLocale")
async def test_every_locale_of_the_types_has_its_own_words(bench: Bench, name: str) -> None:
    locales = [locale for locale in values_of(f"type:{name}") if locale != "en"]
    await bench.start(locale="en")
    words = await bench.page.evaluate(
        """async (locales) => {
            const words = {};
            for (const locale of locales) {
                bench.set({ locale });
                const shown = () => probe.find('[part~=root]').lang.split('-')[0] === locale.split('-')[0];
                while (!shown()) await probe.frames(1);
                words[locale] = probe.find('[part~=composer-input]').placeholder;
            }
            return words;
        }""",
        locales,
    )
    assert [locale for locale in locales if words[locale] in ("", "Message the AI")] == []


# Header


@pytest.mark.shows("option:header.enabled")
async def test_the_header_can_be_left_out(bench: Bench) -> None:
    await bench.start(header={"enabled": False})
    await expect(bench.part("header")).to_have_count(0)
    for header in ({"enabled": True}, {}):
        await bench.start(header=header)
        await expect(bench.part("header")).to_have_count(1)


@pytest.mark.shows("option:header.title.enabled", "option:header.title.text", "own:header.title.level", "thread:title")
async def test_the_title_is_the_threads_unless_it_is_set(bench: Bench) -> None:
    await bench.start()
    await bench.open(USER, title="About ducks")
    await expect(bench.page.get_by_role("heading", name="About ducks", level=2)).to_be_visible()
    await bench.set(header={"title": {"text": "Always this", "level": 1}})
    await expect(bench.page.get_by_role("heading", name="Always this", level=1)).to_be_visible()
    await expect(bench.page.get_by_text("About ducks")).to_have_count(0)
    await bench.set(header={"title": {"enabled": False}})
    box = await bench.chat.title.bounding_box()
    assert box is not None
    assert box["width"] <= 1


@pytest.mark.shows(
    "option:header.leftAction.icon",
    "option:header.leftAction.onClick",
    "option:header.rightAction.icon",
    "option:header.rightAction.onClick",
)
async def test_own_buttons_stand_at_both_ends_of_the_header(bench: Bench) -> None:
    actions = {
        side: {"icon": icon, "onClick": note(f"'{side}'")}
        for side, icon in (("leftAction", "home"), ("rightAction", "settings-cog"))
    }
    await bench.start(header=actions)
    left, right = bench.part("header-left-action"), bench.part("header-right-action")
    await expect(left.locator("path").first).to_be_attached()
    shapes = [await button.locator("svg").evaluate("(svg) => svg.innerHTML") for button in (left, right)]
    assert shapes[0] != shapes[1]
    boxes = [await part.bounding_box() for part in (left, bench.chat.title, right)]
    places = [box["x"] for box in boxes if box is not None]
    assert places == sorted(places)
    await left.click()
    await right.click()
    assert await bench.seen() == ["leftAction", "rightAction"]


@pytest.mark.shows("type:HeaderIcon", "type:ChatKitIcon")
async def test_every_icon_of_the_types_is_drawn(bench: Bench) -> None:
    shapes: dict[str, str] = {}
    await bench.start()
    for icon in values_of("type:HeaderIcon"):
        await bench.set(header={"leftAction": {"icon": icon, "onClick": note()}})
        path = bench.part("header-left-action").locator("path").first
        await expect(path).to_be_attached()
        shapes[icon] = await bench.part("header-left-action").locator("svg").evaluate("(svg) => svg.innerHTML")
    assert all(shapes.values())
    icons = [icon for icon in values_of("type:ChatKitIcon") if isinstance(icon, str)]
    prompts = [{"label": icon, "prompt": "x", "icon": icon} for icon in icons] + [
        {"label": "own", "prompt": "x", "icon": "lucide:rocket"}
    ]
    await bench.set(startScreen={"prompts": prompts})
    await expect(bench.chat.prompts.last.locator("path").first).to_be_attached()
    drawn = await bench.chat.prompts.evaluate_all(
        "(prompts) => prompts.map((prompt) => prompt.querySelector('path')?.getAttribute('d') ?? '')"
    )
    assert [icon for icon, path in zip([*icons, "own"], drawn, strict=True) if not path] == []


# History


@pytest.mark.shows("option:history.enabled", "operation:threads.list")
async def test_the_history_can_be_left_out(bench: Bench) -> None:
    await bench.start(history={"enabled": False})
    await expect(bench.chat.history_button).to_have_count(0)
    with pytest.raises(Exception, match=r"history\.enabled"):
        await bench.call("showHistory")
    await bench.start()
    await bench.page.evaluate("bench.thread([], { title: 'About ducks' })")
    panel = await bench.chat.open_history()
    await expect(panel.get_by_role("button", name="About ducks", exact=True)).to_be_visible()
    assert len(await bench.calls("threads.list")) == 1


@pytest.mark.shows("option:history.showRename", "operation:threads.update")
async def test_a_thread_is_renamed_where_that_is_offered(bench: Bench) -> None:
    await bench.start(history={"showRename": False})
    await bench.page.evaluate("bench.thread([], { title: 'About ducks' })")
    panel = await bench.chat.open_history()
    await expect(panel.get_by_role("button", name="About ducks", exact=True)).to_be_visible()
    await expect(panel.get_by_role("button", name="Rename “About ducks”")).to_have_count(0)
    await bench.set(history={"showRename": True})
    await panel.get_by_role("button", name="Rename “About ducks”").click()
    await panel.get_by_role("textbox", name="Chat title").fill("About geese")
    await panel.get_by_role("textbox", name="Chat title").press("Enter")
    (call,) = await bench.calls("threads.update", 1)
    assert call["params"]["title"] == "About geese"
    assert call["params"]["thread_id"].startswith("thr_")


@pytest.mark.shows("option:history.showDelete", "operation:threads.delete")
async def test_a_thread_is_deleted_where_that_is_offered(bench: Bench) -> None:
    await bench.start(history={"showDelete": False})
    await bench.page.evaluate("bench.thread([], { title: 'About ducks' })")
    panel = await bench.chat.open_history()
    await expect(panel.get_by_role("button", name="About ducks", exact=True)).to_be_visible()
    await expect(panel.get_by_role("button", name="Delete “About ducks”")).to_have_count(0)
    await bench.set(history={"showDelete": True})
    await panel.get_by_role("button", name="Delete “About ducks”").click()
    await panel.get_by_role("button", name="Delete", exact=True).click()
    (call,) = await bench.calls("threads.delete", 1)
    assert call["params"]["thread_id"].startswith("thr_")
    await expect(panel.get_by_role("button", name="About ducks", exact=True)).to_have_count(0)


# Start screen


@pytest.mark.shows("option:startScreen.greeting")
async def test_the_greeting(bench: Bench) -> None:
    await bench.start(startScreen={"greeting": "Good morning <b>Ada</b>"})
    await expect(bench.chat.greeting).to_have_text("Good morning <b>Ada</b>")
    await bench.start()
    await expect(bench.chat.greeting).to_have_text("What can I help with today?")


@pytest.mark.shows("own:startScreen.greeting.description")
@pytest.mark.parametrize("option", ["startScreen", "newThreadView"])
async def test_a_greeting_of_two_lines(bench: Bench, option: str) -> None:
    greeting = {"title": "Good morning", "description": "Ask about <b>orders</b>."}
    await bench.start(**{option: {"greeting": greeting}})
    await expect(bench.chat.greeting).to_have_text("Good morning")
    await expect(bench.part("greeting-description")).to_have_text("Ask about <b>orders</b>.")
    await bench.start(**{option: {"greeting": {"description": "Ask about orders."}}})
    await expect(bench.chat.greeting).to_have_text("What can I help with today?")
    await expect(bench.part("greeting-description")).to_have_text("Ask about orders.")


TAG = {"type": "input_tag", "id": "p1", "text": "Ada", "group": "People", "data": {"age": "36"}, "interactive": True}


@pytest.mark.shows(
    "option:startScreen.prompts",
    "option:startScreen.prompts[].label",
    "option:startScreen.prompts[].prompt",
    "option:startScreen.prompts[].icon",
    "operation:threads.create",
    "event-kind:thread.created",
)
async def test_prompts_are_sent_as_text_or_as_content(bench: Bench) -> None:
    rich = [{"type": "input_text", "text": "Who is "}, TAG]
    prompts = [{"label": "Plain", "prompt": "Just text", "icon": "bolt"}, {"label": "Rich", "prompt": rich}]
    for at, content in enumerate(([{"type": "input_text", "text": "Just text"}], rich)):
        await bench.start(startScreen={"prompts": prompts})
        await expect(bench.chat.prompts).to_have_text(["Plain", "Rich"])
        assert await bench.chat.prompts.locator("svg").count() == 1
        await bench.chat.prompts.nth(at).click()
        (call,) = await bench.calls("threads.create", 1)
        assert call["params"]["input"]["content"] == content
        await bench.chat.told_name("response.end")


# Answers


@pytest.mark.shows("option:threadItemActions.feedback", "operation:items.feedback")
async def test_feedback_is_given_where_it_is_asked_for(bench: Bench) -> None:
    await bench.start()
    await bench.open(USER, ANSWER)
    await expect(bench.page.get_by_role("button", name="Copy").first).to_be_attached()
    await expect(bench.page.get_by_role("button", name="Good answer")).to_have_count(0)
    await bench.set(threadItemActions={"feedback": True})
    for name, kind in (("Good answer", "positive"), ("Bad answer", "negative")):
        await bench.page.get_by_role("button", name=name).click()
        await expect(bench.page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
        call = (await bench.calls("items.feedback"))[-1]
        assert call["params"]["kind"] == kind
        assert [each.startswith("itm_") for each in call["params"]["item_ids"]] == [True]


@pytest.mark.shows("option:threadItemActions.retry", "operation:threads.retry_after_item")
async def test_an_answer_is_tried_again_where_that_is_offered(bench: Bench) -> None:
    await bench.start()
    await bench.open(USER, ANSWER)
    await expect(bench.chat.answers).to_have_count(1)
    await expect(bench.page.get_by_role("button", name="Try again")).to_have_count(0)
    await bench.set(threadItemActions={"retry": True})
    await bench.page.get_by_role("button", name="Try again").click()
    (call,) = await bench.calls("threads.retry_after_item", 1)
    assert call["params"]["item_id"].endswith("_0")
    await expect(bench.chat.answers).to_have_count(0)


@pytest.mark.shows("option:thread.autoScroll")
@pytest.mark.parametrize("wanted", [True, False])
async def test_the_view_follows_a_long_answer_only_where_it_should(bench: Bench, wanted: bool) -> None:
    await bench.start(thread={"autoScroll": wanted})
    await bench.reply("threads.create", {"live": True})
    await bench.chat.begin("Count")
    await bench.calls("threads.create", 1)
    item = {
        "id": "msg_a",
        "thread_id": "thr",
        "created_at": "2026-01-01T00:00:00Z",
        "type": "assistant_message",
        "content": [{"type": "output_text", "text": "", "annotations": []}],
    }
    await bench.send({"type": "thread.item.added", "item": item})
    for number in range(60):
        delta = {"type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": f"Line {number}\n\n"}
        await bench.send({"type": "thread.item.updated", "item_id": "msg_a", "update": delta})
        await bench.chat.frames(1)
    await expect(bench.chat.answer).to_contain_text("Line 59")
    await bench.page.evaluate("probe.settled().then(() => probe.frames(3))")
    left = await bench.page.evaluate(
        "[probe.find('[role=log]')].map((log) => log.scrollHeight - log.scrollTop - log.clientHeight)[0]"
    )
    assert (left < 120) == wanted, left
    await bench.end()
    await bench.chat.told_name("response.end")


@pytest.mark.shows("option:disclaimer.text", "option:disclaimer.highContrast")
async def test_the_disclaimer_is_markdown_below_the_composer(bench: Bench) -> None:
    colours: list[str] = []
    for strong in (False, True):
        await bench.start(disclaimer={"text": "May **err**. [More](https://example.org/)", "highContrast": strong})
        disclaimer = bench.part("disclaimer")
        await expect(disclaimer).to_have_text("May err. More")
        await expect(disclaimer.get_by_role("link", name="More")).to_have_attribute("href", "https://example.org/")
        colours.append(
            await disclaimer.locator("strong").evaluate("(node) => getComputedStyle(node.parentElement).color")
        )
        field, words = await bench.part("composer").bounding_box(), await disclaimer.bounding_box()
        assert field is not None
        assert words is not None
        assert words["y"] >= field["y"] + field["height"]
    assert colours[0] != colours[1]
    await bench.start()
    await expect(bench.part("disclaimer")).to_have_count(0)


# What the page does for the server


@pytest.mark.shows(
    "option:onClientTool",
    "operation:threads.add_client_tool_output",
    "item:client_tool_call",
    "item:client_tool_call.name",
    "item:client_tool_call.arguments",
    "item:client_tool_call.status",
    "item:client_tool_call.output",
)
async def test_a_client_tool_runs_in_the_page_and_its_result_goes_back(bench: Bench) -> None:
    tool = Js("async (call) => { bench.seen.push(call); return { city: 'Oslo' }; }")
    await bench.start(onClientTool=tool)
    item: dict[str, Any] = {
        "id": "tc_1",
        "thread_id": "thr",
        "created_at": "2026-01-01T00:00:00Z",
        "type": "client_tool_call",
        "status": "pending",
        "call_id": "call_1",
        "name": "where_am_i",
        "arguments": {"precise": True},
    }
    await bench.reply("threads.add_user_message", [{"type": "thread.item.done", "item": item}])
    await bench.reply("threads.add_client_tool_output", {"live": True})
    await bench.open(USER)
    await bench.chat.begin("Where am I?")
    (call,) = await bench.calls("threads.add_client_tool_output", 1)
    assert await bench.seen() == [{"name": "where_am_i", "params": {"precise": True}}]
    assert call["params"]["result"] == {"city": "Oslo"}
    await expect(bench.part("client-tool-call")).to_have_text("Ran “Where am i”")
    await bench.end()
    await bench.chat.idle()
    await bench.open({**item, "status": "completed", "output": {"city": "Oslo"}})
    await expect(bench.part("client-tool-call")).to_have_text("Ran “Where am i”")
    assert len(await bench.seen()) == 1


@pytest.mark.shows("option:widgets.onAction", "own:action.handler")
async def test_an_action_for_the_page_goes_to_the_page(bench: Bench) -> None:
    await bench.start(widgets={"onAction": Js("async (action, item) => { bench.seen.push([action, item]); }")})
    action = {"type": "open", "payload": {"id": 7}, "handler": "client"}
    widget = {"type": "Card", "children": [{"type": "Button", "label": "Open", "onClickAction": action}]}
    await bench.show(widget)
    await bench.widgets.get_by_role("button", name="Open").click()
    ((told, item),) = await bench.seen(1)
    assert told == {"type": "open", "payload": {"id": 7}}
    assert item["id"].startswith("itm_")
    assert item["widget"]["type"] == "Card"
    assert await bench.calls("threads.custom_action") == []
