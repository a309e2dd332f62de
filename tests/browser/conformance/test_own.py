"""Our own additions to the published interface."""

import re

import pytest
from playwright.async_api import Route, expect

from tests.browser.conformance.bench import Bench, Js
from tests.support.inventory import ids_of

USER = {"type": "user_message", "content": [{"type": "input_text", "text": "Hello"}], "inference_options": {}}


@pytest.mark.parametrize("name", ids_of("own:attribute.*"))
async def test_attributes_are_options(bench: Bench, name: str) -> None:
    """One line of HTML, with no script of the page's own but the server that stands in for one."""
    await bench.start()
    attributes = {
        "url": "/by-attribute",
        "thread-id": "thr_named",
        "placeholder": "Ask away",
        "theme": "dark",
        "locale": "de-DE",
    }
    attribute = name.removeprefix("own:attribute.")
    given = {"url": "/by-attribute", attribute: attributes[attribute]}
    asked: list[str] = []

    async def answer(route: Route) -> None:
        asked.append(route.request.post_data or "")
        await route.fulfill(json={"id": "thr_named", "created_at": "2026-01-01T00:00:00Z", "items": {"data": []}})

    await bench.chat.route("threads.get_by_id", answer, "**/by-attribute")
    ready = await bench.chat.told_count("ready")
    await bench.page.evaluate(
        """(attributes) => {
            bench.plain = null;
            bench.element = document.createElement('openai-chatkit');
            for (const [name, value] of Object.entries(attributes)) bench.element.setAttribute(name, value);
            document.body.replaceChildren(bench.element);
        }""",
        given,
    )
    await bench.chat.told_name("ready", ready + 1)
    match attribute:
        case "url" | "thread-id":
            if attribute == "url":
                await bench.page.evaluate("bench.element.setThreadId('thr_named')")
            await bench.chat.told_name("thread.load.end")
            assert [re.search('"thread_id": ?"thr_named"', each) is not None for each in asked] == [True]
        case "placeholder":
            await expect(bench.part("composer-input")).to_have_attribute("placeholder", "Ask away")
        case "theme":
            assert await bench.page.evaluate("bench.element.matches(':state(dark)')")
        case _:
            await expect(bench.part("root")).to_have_attribute("lang", re.compile("^de"))


@pytest.mark.shows("own:element.open-chatkit")
async def test_the_element_has_another_name(bench: Bench) -> None:
    await bench.start(tag="open-chatkit")
    await bench.open(USER)
    await expect(bench.chat.said).to_have_text(["Hello"])


@pytest.mark.shows("own:option.older-spellings")
async def test_older_spellings_are_understood(bench: Bench) -> None:
    await bench.page.evaluate(
        "bench.logs = []; addEventListener('chatkit.log', ({ detail }) => bench.logs.push(detail))"
    )
    await bench.start(
        newThreadView={"greeting": "As in the tutorial", "starterPrompts": [{"label": "One", "prompt": "1"}]}
    )
    await expect(bench.chat.greeting).to_have_text("As in the tutorial")
    await expect(bench.chat.prompts).to_have_text(["One"])
    renamed = [
        log["data"]["use"] for log in await bench.page.evaluate("bench.logs") if log["name"] == "options.renamed"
    ]
    assert renamed == ["startScreen.greeting", "startScreen.prompts"]


@pytest.mark.parametrize("name", ids_of("own:slot.{header-start,header-end,start-screen}"))
async def test_slots_take_the_pages_own(bench: Bench, name: str) -> None:
    slot = name.removeprefix("own:slot.")
    await bench.start()
    await bench.page.evaluate(
        """(slot) => {
            const own = document.createElement('button');
            own.slot = slot;
            own.textContent = 'My own';
            bench.element.append(own);
        }""",
        slot,
    )
    own = bench.page.get_by_role("button", name="My own")
    await expect(own).to_be_visible()
    box, title = await own.bounding_box(), await bench.chat.title.bounding_box()
    assert box is not None
    assert title is not None
    match slot:
        case "header-start":
            assert box["x"] + box["width"] <= title["x"]
        case "header-end":
            assert box["x"] >= title["x"]
        case _:
            assert box["y"] > title["y"] + title["height"]
            await expect(bench.chat.greeting).not_to_be_visible()


@pytest.mark.shows("own:state.rtl")
async def test_the_element_says_that_it_runs_from_right_to_left(bench: Bench) -> None:
    for locale, expected in (("ar", True), ("en", False)):
        await bench.start(locale=locale)
        await expect(bench.part("root")).to_have_attribute("lang", re.compile(f"^{locale}"))
        assert await bench.page.evaluate("bench.element.matches(':state(rtl)')") == expected


@pytest.mark.shows("own:parts")
async def test_parts_are_styled_by_the_page(bench: Bench) -> None:
    await bench.start(header={"leftAction": {"icon": "home", "onClick": Js("() => {}")}})
    await bench.open(USER)
    colour = await bench.page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync('openai-chatkit::part(user-bubble) { background: rgb(1, 2, 3); transition: none; }');
            document.adoptedStyleSheets = [sheet];
            const { backgroundColor } = getComputedStyle(probe.find('[part~=user-bubble]'));
            document.adoptedStyleSheets = [];
            return backgroundColor;
        }"""
    )
    assert colour == "rgb(1, 2, 3)"
