"""The project's own page around the element, and the script that any page loads."""

import re
from typing import Any

import pytest
from playwright.async_api import expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatkit.http import Branding, PageOptions, StartPrompt
from tests.browser.conftest import OpenChat, Serve
from tests.browser.scripted import ScriptedServer, app_of, assistant_message, page_app, user_message

pytestmark = pytest.mark.ours_only("The page and the script are this package's own.")

HEARD = "(name) => new Promise((heard) => addEventListener(name, (event) => heard(event.detail ?? 'nothing more')))"

# Branding


@pytest.mark.parametrize("width", [1280, 360])
async def test_the_tagline_is_the_headers_second_line(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer, width: int
) -> None:
    branding = Branding(name="Acme Assist", tagline="Answers for the field, day and night, in any weather")
    chat = await open_chat(await serve(app_of(server, branding=branding)), width=width)
    name, tagline = (chat.page.locator(f"#{part}") for part in ("name", "tagline"))
    await expect(tagline).to_have_text("Answers for the field, day and night, in any weather")
    first, second = await name.bounding_box(), await tagline.bounding_box()
    header = await chat.part("header").bounding_box()
    assert first is not None and second is not None and header is not None
    assert first["y"] + first["height"] <= second["y"] + 0.5
    assert first["x"] == second["x"]
    assert second["y"] + second["height"] <= header["y"] + header["height"]
    assert await chat.overflow() == 0
    await expect(chat.greeting).to_have_text("What can I help with today?")


async def test_a_page_without_a_tagline_has_one_line(open_chat: OpenChat, scripted: str) -> None:
    chat = await open_chat(scripted)
    await expect(chat.page.locator("#tagline")).to_be_hidden()


async def test_the_operators_style_sheet_dresses_the_page_and_the_element(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer, tmp_path: Any
) -> None:
    sheet = tmp_path / "branding.css"
    sheet.write_text(".brand-name { letter-spacing: 3px } openai-chatkit { --chatkit-color-text: rgb(1, 2, 3) }")
    branding = Branding(name="Acme", primary_color="#5b5bd6", stylesheet=sheet)
    chat = await open_chat(await serve(app_of(server, branding=branding)), scheme="dark")
    await expect(chat.page.locator("#name")).to_have_css("letter-spacing", "3px")
    await expect(chat.page.locator("#mark")).to_have_css("background-color", "rgb(91, 91, 214)")
    await expect(chat.greeting).to_have_css("color", "rgb(1, 2, 3)")


# What became of the script


@pytest.mark.shows("own:page.script-events")
async def test_the_script_tells_that_it_has_loaded_also_to_who_comes_late(open_chat: OpenChat, scripted: str) -> None:
    chat = await open_chat(scripted)
    assert await chat.page.evaluate(HEARD, "chatkit-script-loaded") == "nothing more"


async def test_a_script_whose_modules_are_missing_tells_it_also_to_who_comes_late(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    async def missing(_: Request) -> Response:
        return Response(status_code=404)

    app = page_app(server, "<p>Nothing yet</p>", routes=[Route("/chatkit/{name:path}", missing)])
    chat = await open_chat(await serve(app), "/page", ready=False)
    chat.watch.expect("404")
    chat.watch.expect("ChatKit could not load")
    said = await chat.page.evaluate(HEARD, "chatkit-script-error")
    assert said.startswith("ChatKit could not load its modules beside chatkit.js: ")
    assert await chat.page.evaluate(HEARD, "chatkit-script-error") == said


async def test_the_helper_that_waits_tells_when_there_is_no_script_at_all(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    async def page(_: Request) -> Response:
        return Response('<!doctype html><link rel="icon" href="data:,"><p>No script</p>', media_type="text/html")

    app = Starlette(routes=[Route("/bare", page), *app_of(server).routes])
    app.state.server = server
    chat = await open_chat(await serve(app), "/bare", ready=False)
    waiting = """() => import('/chatkit-page.js').then(({ chatKitReady }) => chatKitReady({ timeout: 1 })
        .then(() => 'ready', (error) => error.message))"""
    said = await chat.page.evaluate(waiting)
    assert "No script on this page" in said
    assert await chat.page.evaluate(HEARD, "chatkit-script-error") == said


# Addresses


async def test_back_and_forward_go_between_threads(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    one, two = [await server.put_thread(name, user_message(f"In {name}")) for name in ("one", "two")]
    chat = await open_chat(scripted)
    history = await chat.open_history()
    await history.get_by_role("button", name="one", exact=True).click()
    await expect(chat.said).to_have_text(["In one"])
    history = await chat.open_history()
    await history.get_by_role("button", name="two", exact=True).click()
    await expect(chat.said).to_have_text(["In two"])
    assert chat.page.url.endswith(f"#thread={two.id}")
    await chat.page.go_back()
    await expect(chat.said).to_have_text(["In one"])
    assert chat.page.url.endswith(f"#thread={one.id}")
    await chat.page.go_back()
    await expect(chat.greeting).to_be_visible()
    await chat.page.go_forward()
    await expect(chat.said).to_have_text(["In one"])
    await chat.page.go_forward()
    await expect(chat.said).to_have_text(["In two"])
    await chat.reload()
    await expect(chat.said).to_have_text(["In two"])
    await chat.page.go_back()
    await expect(chat.said).to_have_text(["In one"])


async def test_back_leads_to_the_beginning_of_a_chat_and_a_new_chat_is_a_step(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    await chat.send("First")
    await chat.new_chat.click()
    await expect(chat.greeting).to_be_visible()
    await chat.send("Second")
    await chat.page.go_back()
    await expect(chat.greeting).to_be_visible()
    await chat.page.go_back()
    await expect(chat.said).to_have_text(["First"])


@pytest.mark.shows("own:openThread")
async def test_back_works_while_an_answer_streams_and_the_answer_goes_on(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    before = await server.put_thread("before", user_message("Before"))
    chat = await open_chat(scripted, f"/#thread={before.id}")
    await chat.new_chat.click()
    turn = server.turn()
    await chat.begin("Go")
    turn.say("One")
    await expect(chat.answer).to_contain_text("One")
    await chat.page.go_back()
    await expect(chat.greeting).to_be_visible()
    await chat.page.go_back()
    await expect(chat.said).to_have_text(["Before"])
    await chat.page.go_forward()
    await chat.page.go_forward()
    await expect(chat.answer).to_contain_text("One")
    turn.say(" and two").end()
    await expect(chat.answer).to_contain_text("One and two")
    assert not turn.cancelled.is_set()


async def test_the_page_begins_with_the_last_thread_without_a_step_more(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    thread = await server.put_thread("one", user_message("In one"))
    chat = await open_chat(scripted, f"/#thread={thread.id}")
    steps = await chat.page.evaluate("history.length")
    await chat.page.goto("about:blank")
    await chat.page.goto(scripted)
    await chat.ready()
    await expect(chat.said).to_have_text(["In one"])
    assert await chat.page.evaluate("history.length") == steps + 2


# The tab

HIDE = """(hidden) => {
    const state = hidden ? 'hidden' : 'visible';
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.mark.shows("own:event.chatkit.thread.title")
async def test_the_tab_is_called_like_the_thread(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    thread = await server.put_thread("Plans for Lisbon", user_message("In one"))
    chat = await open_chat(scripted)
    await expect(chat.page).to_have_title("Scripted")
    await chat.call("setThreadId", thread.id)
    await expect(chat.page).to_have_title("Plans for Lisbon")
    await chat.new_chat.click()
    await expect(chat.page).to_have_title("Scripted")
    await chat.page.go_back()
    await expect(chat.page).to_have_title("Plans for Lisbon")


async def test_an_answer_that_ends_out_of_sight_leaves_a_mark_until_it_is_seen(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("Go")
    turn.say("One")
    await expect(chat.answer).to_contain_text("One")
    await chat.page.evaluate(HIDE, True)
    await expect(chat.page).to_have_title("Scripted")
    turn.end()
    await expect(chat.page).to_have_title("● Scripted")
    await chat.page.evaluate(HIDE, False)
    await expect(chat.page).to_have_title("Scripted")
    await chat.send("Again")
    await expect(chat.page).to_have_title("Scripted")


# Escape

PRESS = "(field, event) => field.dispatchEvent(new KeyboardEvent('keydown', event))"


@pytest.mark.shows("own:stopResponse")
@pytest.mark.parametrize("where", ["composer", "answer", "nowhere"])
async def test_escape_stops_an_answer(open_chat: OpenChat, scripted: str, server: ScriptedServer, where: str) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("Go")
    turn.say("See [the page](https://example.org/)")
    await expect(chat.answer).to_contain_text("See")
    if where == "answer":
        await chat.answer.get_by_role("link").focus()
    elif where == "nowhere":
        await chat.page.evaluate("document.activeElement.blur()")
    await chat.page.keyboard.press("Escape")
    await turn.cancelled.wait()
    await chat.idle()


async def test_escape_closes_what_is_open_and_leaves_the_answer(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("Go")
    turn.say("One")
    await expect(chat.answer).to_contain_text("One")
    await chat.open_history()
    await chat.page.keyboard.press("Escape")
    await expect(chat.history).to_have_count(0)
    turn.say(" and two").end()
    await expect(chat.answer).to_contain_text("One and two")
    assert not turn.cancelled.is_set()


async def test_escape_in_a_composition_or_with_a_modifier_stops_nothing(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    await chat.begin("Go")
    turn.say("One")
    await expect(chat.answer).to_contain_text("One")
    for more in ({"isComposing": True}, {"shiftKey": True}, {"ctrlKey": True}):
        await chat.composer.evaluate(PRESS, {"key": "Escape", "bubbles": True, "composed": True, **more})
    turn.say(" and two").end()
    await expect(chat.answer).to_contain_text("One and two")
    assert not turn.cancelled.is_set()


# First run

EDGES = """(side) => {
    const edge = (node) => node.getBoundingClientRect()[side];
    const range = document.createRange();
    range.selectNodeContents(probe.find('.greeting'));
    const icons = probe.all('.prompt .ck-icon, .prompt svg').map(edge);
    return [edge(range), edge(probe.find('.greeting-more')), ...icons, edge(probe.find('.composer'))];
}"""


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("locale", ["en-GB", "ar"])
async def test_greeting_prompts_and_composer_begin_at_one_edge(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer, width: int, locale: str
) -> None:
    prompts = [StartPrompt(label="One", prompt="One", icon="bolt"), StartPrompt(label="Two", prompt="Two", icon="bolt")]
    page = PageOptions(greeting="Hello", description="A line below it", prompts=prompts, locale=locale)
    chat = await open_chat(await serve(app_of(server, page=page)), width=width)
    await expect(chat.part("greeting")).to_be_visible()  # once its language is there
    edges = await chat.page.evaluate(EDGES, "right" if locale == "ar" else "left")
    assert max(edges) - min(edges) <= 1, edges


async def test_the_demo_says_what_answers_and_its_suggestions_can_be_pressed(open_chat: OpenChat, demo: str) -> None:
    chat = await open_chat(demo)
    await expect(chat.part("greeting-description")).to_contain_text("offline demo model")
    for word in ("OPENAI_API_KEY", "scripts/gallery", "docs/"):
        await expect(chat.part("disclaimer")).to_contain_text(word)
    for at in range(await chat.prompts.count()):
        await chat.prompts.nth(at).click()
        await expect(chat.answers.or_(chat.widgets).or_(chat.question).first).to_be_visible()
        await chat.idle()
        await chat.new_chat.click()


# On paper

PAPER = """() => {
    const root = probe.root();
    const rows = probe.all('.row');
    const whole = rows.filter((row) => row.checkVisibility({ contentVisibilityAuto: true }));
    const link = root.querySelector('.prose a');
    const style = (node) => getComputedStyle(node);
    return {
        rows: rows.length,
        whole: whole.length,
        tall: document.documentElement.scrollHeight > 3 * innerHeight,
        inside: probe.element().getBoundingClientRect().height >= probe.find('.rows').getBoundingClientRect().height,
        colour: style(link.closest('.prose')).color,
        paper: style(document.body).backgroundColor,
        address: getComputedStyle(link, '::after').content,
        composer: probe.find('.foot').checkVisibility(),
    };
}"""
PAGES = re.compile(rb"/Type\s*/Page\b")


@pytest.mark.shows("own:preparePrint")
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_conversation_prints_whole_and_black_on_white(
    open_chat: OpenChat, scripted: str, server: ScriptedServer, scheme: Any
) -> None:
    said = [user_message(f"Question {n}") for n in range(1, 16)]
    text = "Answer {0} has [a page](https://example.org/{0}).\n\n"
    answers = [assistant_message("thr", text.format(n) * 6) for n in range(1, 16)]
    items = [item for pair in zip(said, answers, strict=True) for item in pair]
    thread = await server.put_thread("Long", *items)
    chat = await open_chat(scripted, f"/#thread={thread.id}", scheme=scheme)
    await expect(chat.answer).to_contain_text("Answer 15")
    await chat.until(
        "probe.element().shadowRoot.adoptedStyleSheets.some((each) => [...each.cssRules].some("
        "(rule) => rule.conditionText === 'print'))"
    )
    before = await chat.part("thread").evaluate("(node) => node.scrollTop")
    assert len(PAGES.findall(await chat.page.pdf())) > 2
    await chat.call("preparePrint")
    await chat.page.emulate_media(media="print")
    await chat.frames()
    found = await chat.page.evaluate(PAPER)
    assert found == {
        "rows": 30,
        "whole": 30,
        "tall": True,
        "inside": True,
        "colour": "rgb(0, 0, 0)",
        "paper": "rgba(0, 0, 0, 0)",
        "address": '" (https://example.org/1)"',
        "composer": False,
    }
    await chat.page.emulate_media(media="screen", color_scheme=scheme)
    await chat.page.evaluate("dispatchEvent(new Event('afterprint'))")
    await expect(chat.composer).to_be_visible()
    assert await chat.element.evaluate("(element) => element.matches(':state(dark)')") == (scheme == "dark")
    await chat.until(f"Math.abs(probe.find('.thread').scrollTop - {before}) < 2000")


async def test_the_keys_for_printing_load_all_of_the_thread_first(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    thread = await server.put_thread("Long", *(user_message(f"Message {n}") for n in range(1, 71)))
    chat = await open_chat(scripted, f"/#thread={thread.id}")
    await expect(chat.said.last).to_have_text("Message 70")
    await chat.page.evaluate("() => { window.print = () => { window.printed = probe.all('.row').length; }; }")
    await chat.page.keyboard.press("Control+p")
    await chat.until("window.printed !== undefined")
    assert await chat.page.evaluate("printed") == 70
