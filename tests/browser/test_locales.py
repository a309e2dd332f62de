"""Every language: its own chunk, its words, its plurals and dates, its direction."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    DurationSummary,
    ThoughtTask,
    ThreadItem,
    URLSource,
    Workflow,
    WorkflowItem,
)
from tests.browser.chat import Chat, shot
from tests.browser.conftest import OpenWith
from tests.browser.scripted import USER, ScriptedServer, assistant_message, user_message

LOCALES = sorted(path.stem for path in (Path(__file__).parents[2] / "web/src/locales/translations").glob("*.ts"))
RIGHT_TO_LEFT = {"ar", "ur"}

COMPOSER = """
    composer: {
        attachments: { enabled: true },
        dictation: { enabled: true },
        tools: [{ id: 'x', label: '1', icon: 'globe' }],
        models: [{ id: 'm', label: '2' }],
    },
    threadItemActions: { feedback: true, retry: true },
"""

STRINGS = """() => {
    const found = new Set();
    const walker = document.createTreeWalker(probe.root(), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.parentElement?.closest('script, style')) found.add(node.data.trim());
    }
    for (const node of probe.all('[aria-label], [placeholder], [title], [alt]')) {
        for (const name of ['aria-label', 'placeholder', 'title', 'alt']) found.add(node.getAttribute(name) ?? '');
    }
    return [...found].filter((text) => /\\p{L}/u.test(text) && !text.includes('.example'));
}"""
"""Every text on the page that has letters: the element's own, since what the conversation holds has none but hosts."""
SHARED = re.compile(r"Model: |\d+ sources?$")
"""What some languages have in common with English."""


def sourced(count: int) -> ThreadItem:
    """An answer with that many sources; nothing in it has letters."""
    plain = assistant_message("", "1.")
    sources = [URLSource(title=str(number), url=f"https://{number}.example/") for number in range(count)]
    notes = [Annotation(source=source, index=2) for source in sources]
    return plain.model_copy(update={"content": [AssistantMessageContent(text="1.", annotations=notes)]})


def thought(seconds: int) -> ThreadItem:
    """A workflow that took that long."""
    workflow = Workflow(
        type="reasoning", tasks=[ThoughtTask(title="1", content="2")], summary=DurationSummary(duration=seconds)
    )
    return WorkflowItem(id=f"wf_{seconds}", thread_id="", created_at=datetime.now(UTC), workflow=workflow)


DAYS_AGO = (0, 1, 3, 400)


async def prepared(open_with: OpenWith, server: ScriptedServer) -> Chat:
    """A conversation with everything that is counted, and a history with everything that is dated."""
    now = datetime.now(UTC)
    for number, days in enumerate(DAYS_AGO):
        thread = await server.put_thread(str(number))
        thread.created_at = now - timedelta(days=days)
        await server.store.save_thread(thread, USER)
    items = [user_message("1"), *(thought(seconds) for seconds in (1, 2, 120)), *map(sourced, (1, 2, 5, 11))]
    talk = await server.put_thread("0", *items)
    chat = await open_with(COMPOSER)
    await chat.call("setThreadId", talk.id)
    await expect(chat.part("sources")).to_have_count(4)
    await expect(chat.part("workflow")).to_have_count(3)
    await chat.open_history()
    await expect(chat.part("history").locator(".history-day")).to_have_count(len(DAYS_AGO))
    return chat


async def speak(chat: Chat, locale: str, language: str | None = None) -> None:
    """Changes the language; until its words are there."""
    await chat.options(f"locale: {locale!r},{COMPOSER}")
    await expect(chat.part("root")).to_have_attribute("lang", language or locale)


def scripts(chat: Chat) -> list[str]:
    """The parts of the element that were loaded, in their order."""
    return [request.url for request in chat.watch.requests if "/assets/" in request.url]


async def test_every_language_comes_as_its_own_chunk_and_shows_no_english(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    assert len(LOCALES) >= 63
    chat = await prepared(open_with, server)
    for region in await chat.page.locator("[aria-live=polite]").all():  # what was announced in English has been
        await expect(region).to_have_text("")
    english = set(await chat.page.evaluate(STRINGS))
    sentences = {text for text in english if " " in text}
    assert len(english) > 30
    assert len(sentences) > 15
    await speak(chat, LOCALES[0])
    problems: list[str] = []
    for locale in LOCALES[1:] + LOCALES[:1]:
        before = len(scripts(chat))
        await speak(chat, locale)
        loaded = scripts(chat)[before:]
        if len(loaded) != (locale != LOCALES[0]):
            problems.append(f"{locale} loaded {loaded}")
        expected = "rtl" if locale in RIGHT_TO_LEFT else "ltr"
        found = await chat.part("root").get_attribute("dir")
        if found != expected:
            problems.append(f"{locale} is {found}")
        texts = set(await chat.page.evaluate(STRINGS))
        if len(texts) < len(english) * 0.7:
            problems.append(f"{locale} has only {len(texts)} texts for {len(english)}")
        problems += [f"{locale} says {text!r}" for text in texts & sentences if not SHARED.match(text)]
        problems += [f"{locale} shows {text!r}" for text in texts if re.search(r"[{}]|undefined|NaN|\ufffd", text)]
    assert problems == []


COUNTED = {
    "de-DE": ["1 Quelle", "2 Quellen", "5 Quellen", "11 Quellen"],
    "pl-PL": ["1 źródło", "2 źródła", "5 źródeł", "11 źródeł"],
    "ru-RU": ["1 источник", "2 источника", "5 источников", "11 источников"],
    "ar": ["مصدر واحد", "مصدران", "5 مصادر", "11 مصدرًا"],
    "ja-JP": ["1 件の情報源", "2 件の情報源", "5 件の情報源", "11 件の情報源"],
}


async def test_numbers_have_their_plural_and_days_their_names(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await prepared(open_with, server)
    for locale, texts in COUNTED.items():
        await speak(chat, locale)
        digits = await chat.page.evaluate("(locale) => [5, 11].map((n) => n.toLocaleString(locale))", locale)
        wanted = [text.replace("5", digits[0]).replace("11", digits[1]) for text in texts]
        await expect(chat.part("sources").locator("button").filter(visible=True)).to_contain_text(wanted)
        days = chat.part("history").locator(".history-day")
        weeks, month = await chat.page.evaluate(
            """([locale, age]) => {
                const week = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
                const day = new Date(Date.now() - age * 86400000);
                const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric' }).format(day);
                return [[0, -1].map((each) => week.format(each, 'week')), month];
            }""",
            [locale, DAYS_AGO[3]],
        )
        await expect(days.nth(2)).to_have_text(re.compile("|".join(f"^{re.escape(each)}$" for each in weeks)))
        await expect(days.nth(3)).to_have_text(month)
        await shot(chat.page, f"history-{locale}")


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("pt", "pt-BR"),
        ("pt-AO", "pt-PT"),
        ("zh-Hant", "zh-TW"),
        ("zh", "zh-CN"),
        ("es-MX", "es-419"),
        ("de-AT", "de-DE"),
        ("sr_Latn", "sr-RS"),
        ("eo", "en"),
        ("not a locale", "en"),
    ],
)
async def test_a_language_that_is_missing_is_served_by_the_nearest(
    open_with: OpenWith, wanted: str, language: str
) -> None:
    chat = await open_with()
    await speak(chat, wanted, language)
    sent = await chat.page.evaluate("navigator.language")
    assert sent == "en-GB"


async def test_the_server_is_told_the_language(open_with: OpenWith) -> None:
    chat = await open_with()
    await speak(chat, "fr-CA")
    async with chat.page.expect_request("**/chatkit") as asked:
        await chat.page.get_by_role("textbox").fill("Bonjour")
        await chat.page.keyboard.press("Enter")
    headers = await (await asked.value).all_headers()
    assert headers["accept-language"] == "fr-CA"
    await chat.told_name("response.end")


# From right to left

BOXES = """(names) => Object.fromEntries(names.map((name) => {
    const { left, right } = probe.find(`[part~=${name}]`).getBoundingClientRect();
    return [name, [left, right]];
}))"""
MIRRORED = [
    "history-button",
    "new-chat-button",
    "attach-button",
    "send-button",
    "dictation-button",
]
"""Parts whose width does not depend on the language."""


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("locale", sorted(RIGHT_TO_LEFT))
async def test_right_to_left_languages_are_laid_out_the_other_way_round(
    open_with: OpenWith, server: ScriptedServer, locale: str, width: int
) -> None:
    question = "ما الذي تستطيع فعله؟" if locale == "ar" else "آپ کیا کر سکتے ہیں؟"
    answer = f"{question}\n\n- {question}\n- English in between\n\n```python\nprint('left to right')\n```\n"
    talk = await server.put_thread(
        "x", user_message(question), assistant_message("", answer), user_message("In English")
    )
    chat = await open_with(COMPOSER, width=width)
    await chat.call("setThreadId", talk.id)
    await expect(chat.answer).to_be_visible()
    await expect(chat.part("dictation-button")).to_be_visible()
    before = await chat.page.evaluate(BOXES, MIRRORED)
    await speak(chat, locale)
    await chat.frames()
    after = await chat.page.evaluate(BOXES, MIRRORED)
    for name, (left, right) in before.items():
        assert after[name] == pytest.approx([width - right, width - left], abs=1.5), name

    where = await chat.page.evaluate(
        """() => {
            const box = (node) => node.getBoundingClientRect();
            const column = box(probe.find('.thread .column'));
            const [first, second] = probe.all('[part=user-bubble]').map(box);
            const item = probe.find('.prose li');
            return {
                middle: (column.left + column.right) / 2, first: first.right, second: second.right,
                marker: getComputedStyle(item.parentElement).paddingRight,
                code: getComputedStyle(probe.find('pre')).direction,
            };
        }"""
    )
    assert where["first"] < where["middle"] + width / 4, "what the user said stands at the end of the line: on the left"
    assert where["second"] < where["middle"] + width / 4
    assert where["marker"] != "0px", "lists are indented from the right"
    assert where["code"] == "ltr", "programs read from left to right everywhere"
    assert await chat.overflow() <= 0

    await chat.page.locator("[part=history-button]").click()
    panel = chat.part("history")
    await expect(panel).to_be_visible()
    await chat.page.evaluate("probe.settled()")
    box = await panel.bounding_box()
    assert box is not None
    side = await chat.page.evaluate("document.dir") or "ltr"
    assert side == "ltr", "the page around it keeps its own direction"
    assert box["x"] + box["width"] <= width + 0.5
    await shot(chat.page, f"history-{locale}-{width}")
    await chat.page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)
    await shot(chat.page, f"talk-{locale}-{width}")


async def test_a_message_keeps_the_direction_of_its_own_language(open_with: OpenWith, server: ScriptedServer) -> None:
    talk = await server.put_thread(
        "x", user_message("مرحبا"), user_message("Hello"), assistant_message("", "مرحبا\n\nHello there")
    )
    chat = await open_with()
    await chat.call("setThreadId", talk.id)
    await expect(chat.said).to_have_count(2)
    directions = "probe.all('[part=user-bubble], .prose p').map((node) => getComputedStyle(node).direction)"
    assert await chat.page.evaluate(directions) == ["rtl", "ltr", "rtl", "ltr"]
