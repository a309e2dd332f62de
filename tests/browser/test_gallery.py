"""Every state of the gallery, in both colours, both directions, on a desk and on a phone: nothing to report."""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from pydantic import TypeAdapter

from chatkit.widgets import WidgetRoot
from scripts import serve_gallery
from tests.browser.accessibility import put_axe
from tests.browser.conftest import PATIENCE_MS, PROBE
from tests.browser.gallery import NAMES, STATES, go
from tests.browser.watch import Watch
from tests.support.loopback import serving
from tests.support.npm import alone

LEFTOVERS = Path(__file__).with_name("leftovers.js")
LOCALES = {"ltr": "en", "rtl": "ar"}
WIDTHS = (1280, 320)
BATCHES = 6
"""How many tests the states are dealt out to, for each direction: what a worker takes at a time."""

FULL = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return reported(violations);
}"""
VISUAL = """async () => {
    const runOnly = ['color-contrast', 'target-size', 'link-in-text-block', 'scrollable-region-focusable'];
    const { violations } = await axe.run(document, { resultTypes: ['violations'], runOnly });
    return reported(violations);
}"""
"""Other colours or another width change no name, role or relation, only how it looks: that is looked at again."""

TOLD = """(() => { window.reported = (violations) => {
    const where = ({ target, any }) => `${target.flat().join(' ')} (${any[0]?.message ?? ''})`;
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(where).join('; ')}`);
}; })()"""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def gallery() -> AsyncGenerator[str]:
    """The address of the gallery, as `scripts/gallery` serves it. One worker builds it, the others wait for that."""
    async with alone(serve_gallery.hatch_build.WEB):
        await asyncio.to_thread(serve_gallery.build)
    async with serving(serve_gallery.app()) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, gallery: str, request: pytest.FixtureRequest) -> AsyncGenerator[Page]:
    """A page with nothing but the element; when the test is over, nothing may have gone wrong in it."""
    options: dict[str, Any] = getattr(request, "param", {})
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    watch = Watch(context, gallery)
    await context.add_init_script(path=PROBE)
    await context.add_init_script(path=LEFTOVERS)
    opened = await context.new_page()
    await opened.goto(f"{gallery}/?state={NAMES[0]}&bare")
    yield opened
    problems = watch.problems()
    await context.close()
    assert problems == []


DEALT = [NAMES[first::BATCHES] for first in range(BATCHES)]


async def colour(page: Page, scheme: str) -> None:
    """Changes the colours of the state on show, and waits until they have changed."""
    await page.evaluate(
        """(scheme) => {
            const place = new URLSearchParams(location.search);
            place.set('scheme', scheme);
            history.replaceState(null, '', `?${place}`);
            dispatchEvent(new PopStateEvent('popstate'));
            return probe.frames(2).then(() => probe.settled());
        }""",
        scheme,
    )


async def problems_of(page: Page, name: str, direction: str) -> AsyncGenerator[str]:
    """What there is to report of a state: all rules in light, and what dark and a phone's width can change.

    Right-to-left has all rules on a phone: its colours are those of left-to-right.
    """
    desk, phone = ({"width": width, "height": 800} for width in WIDTHS)
    await page.set_viewport_size(desk)
    await go(page, name, locale=LOCALES[direction])
    await page.evaluate("probe.settled()")
    if direction == "ltr":
        for text in await page.evaluate(FULL):
            yield f"{name}, light, {WIDTHS[0]}: {text}"
        await colour(page, "dark")
    yield await too_wide(page, name)
    await page.set_viewport_size(phone)
    await page.evaluate("probe.frames(2)")
    for text in await page.evaluate(VISUAL if direction == "ltr" else FULL):
        yield f"{name}, {direction}, {WIDTHS[1]}: {text}"
    yield await too_wide(page, name)


async def held_after(page: Page, name: str) -> list[str]:
    """What is held on things that outlive the element, when a state has been shown and another one takes its place."""
    await go(page, name)
    await go(page, NAMES[0])
    await page.evaluate("probe.frames(4)")
    return await page.evaluate("leftovers.held()")


@pytest.mark.parametrize("names", DEALT, ids=[f"batch{number}" for number in range(BATCHES)])
async def test_nothing_is_left_of_any_state(page: Page, names: list[str]) -> None:
    await page.wait_for_function("() => customElements.get('openai-chatkit') !== undefined")
    held = await held_after(page, NAMES[0])
    grown: list[str] = []
    for name in names:
        # What comes once, with a lazy part, stays; what comes each time piles up.
        for _ in range(4):
            before, held = held, await held_after(page, name)
            more = (Counter(held) - Counter(before)).elements()
            if not (lines := [f"{name}: {line}" for line in more]):
                break
        else:
            grown += lines
    assert grown == []


async def too_wide(page: Page, name: str) -> str:
    """What sticks out sideways; nothing is an empty string."""
    more = await page.evaluate("probe.overflow()")
    return f"{name}: {more} px too wide in {await page.evaluate('innerWidth')}" if more > 0 else ""


@pytest.mark.parametrize("names", DEALT, ids=[f"batch{number}" for number in range(BATCHES)])
@pytest.mark.parametrize("direction", LOCALES)
async def test_nothing_to_report_of_any_state(page: Page, direction: str, names: list[str]) -> None:
    await put_axe(page)
    await page.evaluate(TOLD)
    found = [text for name in names async for text in problems_of(page, name, direction) if text]
    assert found == []
    assert await page.evaluate("violations") == []  # of the page's policy


async def test_the_python_beside_a_widget_builds_it(page: Page, gallery: str, tmp_path: Path) -> None:
    adapter = TypeAdapter[WidgetRoot](WidgetRoot)
    await page.goto(f"{gallery}/?state={NAMES[0]}")
    written: dict[str, str] = {}
    for name, state in STATES.items():
        if state.widget is None:
            continue
        await page.evaluate(
            "(query) => { history.replaceState(null, '', query); dispatchEvent(new PopStateEvent('popstate')); }",
            f"?state={name}",
        )
        await page.wait_for_function(f"() => document.documentElement.dataset.shown === {name!r}")
        await page.get_by_role("tab", name="Python").click()
        source = await page.get_by_role("region", name="The widget as Python").inner_text()
        scope: dict[str, Any] = {}
        exec(compile(source, name, "exec"), scope)  # noqa: S102 - what readers are told to run
        expected = adapter.validate_python(state.widget)
        assert adapter.dump_python(scope["widget"]) == adapter.dump_python(expected), f"{name}:\n{source}"
        written[name] = source
    assert written
    await _assert_formatted(written, tmp_path)


async def _assert_formatted(sources: dict[str, str], folder: Path) -> None:
    """The snippets are laid out as the usual formatter has it, and import nothing in vain."""
    for name, source in sources.items():
        (folder / f"{name.replace('.', '_').replace('-', '_')}.py").write_text(source, encoding="utf-8")
    ruff = shutil.which("ruff")
    assert ruff is not None
    for command in (["format", "--check"], ["check", "--select", "F,I"]):
        process = await asyncio.create_subprocess_exec(
            *[ruff, *command, "--isolated", "--no-cache", str(folder)], stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()


async def test_a_widget_can_be_changed_beside_itself(page: Page, gallery: str) -> None:
    await page.goto(f"{gallery}/?state=card.plain")
    title = page.locator("openai-chatkit").get_by_role("heading", name="A card")
    await expect(title).to_be_visible()
    source = page.get_by_role("textbox", name="The widget as JSON")
    status = page.locator(".problems")
    await expect(status).to_contain_text("A valid widget")
    await source.fill('{"type": "Card", "children": [{"type": "Title", "value": "Another"}]}')
    await expect(page.locator("openai-chatkit").get_by_role("heading", name="Another")).to_be_visible()
    await source.fill('{"type": "Card", "children": [{"type": "Badge", "label": 7, "colour": "success"}]}')
    await expect(status).to_contain_text("children[0].label Expected string")
    await expect(status).to_contain_text("did you mean “color”?")
    await expect(page.locator("openai-chatkit").get_by_role("heading", name="Another")).to_be_visible()
    await source.fill('{"type": "Card", ')
    await expect(status).to_contain_text("Not JSON")


@pytest.mark.parametrize("name", ["card.plain", "start.prompts"])
async def test_the_gallery_itself_is_accessible(page: Page, gallery: str, name: str) -> None:
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            await page.set_viewport_size({"width": width, "height": 800})
            await page.goto(f"{gallery}/?state={name}&scheme={scheme}")
            await page.wait_for_function(f"() => document.documentElement.dataset.shown === {name!r}")
            await put_axe(page)
            await page.evaluate(TOLD)
            assert await page.evaluate(FULL) == []
            too_wide = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
            assert await page.evaluate(too_wide) <= 0


LOOK = """([selector, names]) => {
    const { shadowRoot } = document.querySelector('openai-chatkit');
    const found = [...shadowRoot.querySelectorAll(selector)].find((each) => each.checkVisibility());
    return names.map((name) => getComputedStyle(found)[name]);
}"""


async def look(page: Page, state: str, selector: str, *names: str) -> list[str]:
    """What the browser computes for the first node that is seen."""
    await go(page, state)
    await page.locator(selector).first.wait_for()
    return await page.evaluate(LOOK, [selector, list(names)])


async def test_a_button_has_one_shape_inside_and_outside_widgets(page: Page) -> None:
    names = ("borderRadius", "fontSize", "fontWeight", "minHeight")
    inside = await look(page, "theme.gray-cool", ".w-card-footer .w-button", *names)
    assert await look(page, "trouble.not-found", ".button", *names) == inside
    (sharp,) = await look(page, "theme.radius-sharp", ".w-card-footer .w-button", "borderRadius")
    assert sharp == "0px"


async def test_what_tools_say_has_one_size_and_one_sign_of_what_opens(page: Page) -> None:
    rows = [
        ("items.client-tool", ".tool-call"),
        ("items.tools", ".workflow-toggle"),
        ("items.workflow", ".workflow-toggle"),
        ("items.reasoning-running", ".task"),
        ("conversation.progress", ".progress .shimmer"),
    ]
    assert {(await look(page, state, selector, "fontSize"))[0] for state, selector in rows} == {"14px"}
    for state, toggle in (
        ("items.tools", ".workflow-toggle"),
        ("items.workflow", ".workflow-toggle"),
        ("messages.sources", ".sources-toggle"),
    ):
        await go(page, state)
        button = page.locator(toggle).first
        sign = button.locator("> svg").last
        turned = []
        for _ in range(2):
            await expect(sign).to_have_attribute("data-icon", "chevron-right")
            await page.evaluate("probe.frames(2).then(() => probe.settled())")
            turned.append(
                (
                    await button.get_attribute("aria-expanded"),
                    await sign.evaluate("(sign) => getComputedStyle(sign).rotate"),
                )
            )
            await button.click()
        assert dict(turned) == {"true": "90deg", "false": "none"}


async def test_a_stalled_stream_shows_a_sign_and_moves_nothing(page: Page) -> None:
    await go(page, "conversation.stalled")
    place = """() => {
        const { shadowRoot } = document.querySelector('openai-chatkit');
        return [shadowRoot.querySelector('.rows').offsetHeight, shadowRoot.querySelector('.stalled')?.hidden];
    }"""
    sign = page.locator(".stalled")
    await expect(sign).to_have_attribute("aria-hidden", "true")
    height, _ = await page.evaluate(place)
    await sign.evaluate("(sign) => { sign.style.display = 'none'; }")
    assert (await page.evaluate(place))[0] == height
