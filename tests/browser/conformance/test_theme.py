"""The theme: what becomes of it on the page."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conformance.bench import Bench
from tests.support.inventory import ids_of, values_of

USER = {"type": "user_message", "content": [{"type": "input_text", "text": "Hello"}], "inference_options": {}}
ANSWER = {
    "type": "assistant_message",
    "content": [{"type": "output_text", "text": "Hi `there`.\n\n[link](https://example.org/)", "annotations": []}],
}
SOFT = {"type": "Button", "label": "Soft", "variant": "soft", "color": "primary"}


async def look(bench: Bench, themes: list[Any], selector: str, *properties: str) -> list[Any]:
    """What the browser computes for one node under each theme, in one conversation."""
    await bench.start()
    await bench.open(USER, ANSWER, {"type": "widget", "widget": {"type": "Card", "children": [SOFT]}})
    await expect(bench.page.locator("code")).to_be_visible()
    await expect(bench.widgets).to_be_visible()
    await bench.chat.type("Draft")
    found: list[Any] = []
    for theme in themes:
        await bench.set(theme=theme)
        await bench.page.evaluate("probe.frames(1).then(() => probe.settled())")
        found.append(
            await bench.page.evaluate(
                """([selector, names]) => {
                    const node = selector === ':host' ? bench.element : probe.find(selector);
                    return names.map((name) => getComputedStyle(node).getPropertyValue(name));
                }""",
                [selector, list(properties)],
            )
        )
    return [each[0] if len(properties) == 1 else tuple(each) for each in found]


def color(**fields: Any) -> dict[str, Any]:
    return {"color": fields}


def grays(**fields: Any) -> dict[str, Any]:
    return color(grayscale={"hue": 250, "tint": 6, **fields})


@pytest.mark.shows("option:theme", "option:theme.colorScheme", "own:theme.system", "own:state.dark")
async def test_the_colour_scheme_is_light_unless_it_is_set(bench: Bench) -> None:
    themes = [{}, "light", "dark", {"colorScheme": "dark"}, {"colorScheme": "light"}, "system"]
    unset, light, dark, dark_too, light_too, system = await look(bench, themes, ":host", "color", "background-color")
    assert unset == light == light_too == system
    assert dark == dark_too != light
    await bench.page.emulate_media(color_scheme="dark")
    assert await look(bench, ["light", "system"], ":host", "color", "background-color") == [light, dark]
    for theme, expected in (("system", True), ("dark", True), ("light", False)):
        await bench.set(theme=theme)
        assert await bench.page.evaluate("bench.element.matches(':state(dark)')") == expected


@pytest.mark.shows("option:theme.radius")
async def test_how_round_things_are(bench: Bench) -> None:
    values = values_of("option:theme.radius")
    assert sorted(values) == ["pill", "round", "sharp", "soft"]
    order = ["pill", "round", "soft", "sharp"]
    radii = await look(bench, [{"radius": value} for value in order], "[part~=composer]", "border-top-left-radius")
    pixels = [float(radius.removesuffix("px")) for radius in radii]
    assert pixels == sorted(set(pixels), reverse=True)
    assert pixels[-1] == 0
    assert await look(bench, [{}], "[part~=composer]", "border-top-left-radius") == radii[:1]


@pytest.mark.shows("option:theme.density")
async def test_how_dense_things_are(bench: Bench) -> None:
    order = ["compact", "normal", "spacious"]
    assert sorted(values_of("option:theme.density")) == order
    paddings = await look(bench, [{"density": value} for value in order], "[part~=user-bubble]", "padding-top")
    pixels = [float(padding.removesuffix("px")) for padding in paddings]
    assert pixels == sorted(set(pixels))
    assert await look(bench, [{}], "[part~=user-bubble]", "padding-top") == [paddings[1]]


@pytest.mark.shows("option:theme.typography.baseSize")
async def test_how_large_text_is(bench: Bench) -> None:
    sizes = values_of("option:theme.typography.baseSize")
    themes = [{"typography": {"baseSize": size}} for size in sizes]
    assert await look(bench, themes, "[part~=user-bubble]", "font-size") == [f"{size}px" for size in sizes]


@pytest.mark.shows("option:theme.typography.fontFamily", "option:theme.typography.fontFamilyMono")
async def test_which_fonts_text_and_code_have(bench: Bench) -> None:
    typography = {"fontFamily": "Palatino, serif", "fontFamilyMono": "Menlo, monospace"}
    assert await look(bench, [{"typography": typography}], "[part~=user-bubble]", "font-family") == ["Palatino, serif"]
    assert await look(bench, [{"typography": typography}], "code", "font-family") == ["Menlo, monospace"]


@pytest.mark.shows("option:theme.typography.fontSources")
@pytest.mark.parametrize(
    "name", ids_of("option:theme.typography.fontSources[].{family,src,weight,style,display,unicodeRange}")
)
async def test_font_files_become_known_to_the_page(bench: Bench, name: str) -> None:
    field = name.rpartition(".")[2]
    asked: list[str] = []

    async def answer(route: Any) -> None:
        asked.append(route.request.url)
        await route.fulfill(status=200, content_type="font/woff2", body=b"no font")

    bench.chat.watch.expect("Failed to decode downloaded font", "OTS parsing error")
    await bench.page.route("**/fonts/**", answer)
    src = f"/fonts/{field}.woff2"
    given = {
        "family": f"Font {field}",
        "src": src,
        "weight": 650,
        "style": "italic",
        "display": "optional",
        "unicodeRange": "U+0-7F",
    }
    await bench.page.evaluate(
        """(src) => {
            Object.assign(bench, { fontOf: src, fontLogs: [] });
            addEventListener('chatkit.log', ({ detail }) => bench.fontLogs.push(detail));
        }""",
        src,
    )
    await bench.start(theme={"typography": {"fontSources": [given]}})
    logged = await bench.page.wait_for_function(
        "() => bench.fontLogs.find(({ name, data }) => name === 'font.unavailable' && data.src === bench.fontOf)?.data"
    )
    assert await logged.json_value() == {"family": f"Font {field}", "src": src}
    assert await bench.chat.told("error") == []
    face = await bench.page.evaluate(
        """(family) => {
            const face = [...document.fonts].find((each) => each.family.replaceAll('"', '') === family);
            const { weight, style, display, unicodeRange } = face;
            return { family, weight, style, display, unicodeRange };
        }""",
        given["family"],
    )
    expected = {**given, "weight": "650", "unicodeRange": "U+0-7F", "src": src}
    if field == "src":
        assert [url.endswith(src) for url in asked] == [True]
    else:
        assert face[field] == expected[field]


GRAYS: dict[str, tuple[list[Any], str]] = {
    "hue": ([0, 90, 200, 300], "color"),
    "tint": ([*range(10)], "color"),
    "shade": ([-4, -3, -2, -1, 0, 1, 2, 3, 4], "background-color"),
}


@pytest.mark.parametrize("name", ids_of("option:theme.color.grayscale.*"))
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_grays_have_a_hue_a_tint_and_a_shade(bench: Bench, name: str, scheme: str) -> None:
    field = name.rpartition(".")[2]
    values, style = GRAYS[field]
    if field != "hue":
        assert values == values_of(name)
    themes = [{"colorScheme": scheme, **grays(**{field: value})} for value in values]
    found = await look(bench, themes, "[part~=user-bubble]", style)
    assert len(set(found)) == len(values), found


@pytest.mark.shows("option:theme.color.accent.primary")
async def test_the_accent_is_the_colour_of_what_acts(bench: Bench) -> None:
    themes = [color(accent={"primary": primary, "level": 1}) for primary in ("#ff0000", "rgb(0 0 255)")]
    assert await look(bench, themes, "[part~=send-button]", "background-color") == ["rgb(255, 0, 0)", "rgb(0, 0, 255)"]
    links = await look(bench, themes, "[part~=assistant-message] a", "color")
    assert links[0] != links[1]


@pytest.mark.shows("option:theme.color.accent.level")
async def test_the_accent_has_four_strengths(bench: Bench) -> None:
    levels = values_of("option:theme.color.accent.level")
    themes = [color(accent={"primary": "#ff0000", "level": level}) for level in levels]
    assert levels == [0, 1, 2, 3]
    assert len(set(await look(bench, themes, ".w-soft", "background-color"))) == 4


@pytest.mark.shows("option:theme.color.surface.background", "option:theme.color.surface.foreground")
async def test_surfaces_have_their_own_colours(bench: Bench) -> None:
    theme = color(surface={"background": "#102030", "foreground": "#f0e0d0"})
    assert await look(bench, [theme], ":host", "background-color", "color") == [
        ("rgb(16, 32, 48)", "rgb(240, 224, 208)")
    ]


@pytest.mark.shows("own:custom-properties")
async def test_the_pages_own_properties_win(bench: Bench) -> None:
    await bench.start(theme=color(accent={"primary": "#ff0000", "level": 1}))
    await bench.chat.type("Draft")
    await bench.page.evaluate(
        """(sheet) => {
            const made = new CSSStyleSheet();
            made.replaceSync(sheet);
            document.adoptedStyleSheets = [made];
            return probe.frames(1).then(() => probe.settled());
        }""",
        "openai-chatkit { --chatkit-color-accent: #00ff00; }",
    )
    colour = await bench.chat.send_button.evaluate("(node) => getComputedStyle(node).backgroundColor")
    await bench.page.evaluate("document.adoptedStyleSheets = []")
    assert colour == "rgb(0, 255, 0)"


LEAST_CONTRAST = """() => {
    const mark = document.createElement('i');
    bench.element.shadowRoot.append(mark);
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const luminance = (name) => {
        mark.style.color = `var(--chatkit-color-${name})`;
        canvas.fillStyle = getComputedStyle(mark).color;
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
            .map((value) => value / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    };
    const pairs = ['text', 'text-secondary', 'text-tertiary'].flatMap((text) =>
        ['surface', 'surface-secondary', 'surface-tertiary', 'surface-elevated'].map((surface) => {
            const [one, other] = [luminance(text), luminance(surface)];
            return [Math.max(one, other) / Math.min(one, other), text, surface];
        }));
    mark.remove();
    return pairs.sort(([one], [other]) => one - other)[0];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_can_be_read_on_every_gray(bench: Bench, scheme: str) -> None:
    await bench.start()
    found: list[tuple[float, Any]] = []
    for hue in range(0, 360, 60):
        for tint in (0, 5, 9):
            for shade in (-4, -1, 0, 2, 4):
                fields = {"hue": hue, "tint": tint, "shade": shade}
                await bench.set(theme={"colorScheme": scheme, **grays(**fields)})
                await bench.page.evaluate("probe.frames(1)")
                contrast, *pair = await bench.page.evaluate(LEAST_CONTRAST)
                found.append((contrast, (fields, *pair)))
    assert len(found) == 90
    assert min(contrast for contrast, _ in found) >= 4.5, sorted(found, key=lambda each: each[0])[:4]
