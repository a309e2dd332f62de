"""What others write is shown, never run, wherever it is shown; it stays in its place, and leads nowhere by itself."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Frame, expect
from pydantic import BaseModel, TypeAdapter

import chatkit.widgets
from chatkit.errors import CustomStreamError
from chatkit.http import Branding, PageOptions, StartPrompt
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    CustomSummary,
    CustomTask,
    EntitySource,
    FileSource,
    FileTask,
    GeneratedImage,
    GeneratedImageItem,
    NoticeEvent,
    ProgressUpdateEvent,
    SearchTask,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    TaskItem,
    ThoughtTask,
    ThreadItem,
    URLSource,
    UserMessageTagContent,
    Workflow,
    WorkflowItem,
)
from chatkit.widgets import Card, WidgetRoot
from chatkit.widgets import Text as WidgetText
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, OpenWith, Serve
from tests.browser.corpus import PICTURE, STYLES, TEXTS, URLS
from tests.browser.scripted import ScriptedServer, Turn, app_of, assistant_message, user_message

NETWORK_NOISE = "Failed to load resource"
SHORT = [text for text in TEXTS.values() if len(text) < 400]
"""Those that a label may hold."""
TRAP = "() => { window.hits = []; window.pwned = (what) => hits.push(what); }"
Widgets: TypeAdapter[Any] = TypeAdapter(WidgetRoot)


class Guarded:
    """A page with a trap for scripts, from which nothing may lead away."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.left: list[str] = []
        self.address = chat.page.url

    async def watch(self) -> "Guarded":
        await self.chat.page.evaluate(TRAP)
        self.chat.page.on("framenavigated", self._navigated)
        return self

    def _navigated(self, frame: Frame) -> None:
        if frame.url.partition("#")[0] != self.address.partition("#")[0]:
            self.left.append(frame.url)

    async def assert_inert(self, *, visit: bool = True) -> None:
        """Nothing ran, nothing dangerous is in the document, links say no more than they should, nothing sticks out."""
        chat = self.chat
        if visit:
            await chat.page.evaluate("probe.visit()")
        assert await chat.page.evaluate("probe.dangerous()") == []
        for protocol, rel in await chat.page.evaluate(
            "probe.all('a[href]').map((link) => [new URL(link.href).protocol, link.rel])"
        ):
            assert protocol in {"http:", "https:", "mailto:", "tel:", "chatkit-link:"}
            assert "noopener" in rel
        for clickable in await chat.page.locator("[part=assistant-message] .prose :text('click')").all():
            if await clickable.evaluate("(node) => node.closest('a') === null"):
                await clickable.dispatch_event("click")
        assert await chat.page.evaluate("hits") == []
        turned = await chat.page.evaluate("(known) => probe.turned(known)", list(TEXTS.values()))
        assert turned == []
        assert await chat.page.evaluate("probe.sticking()") == []
        fixed = "probe.all('[data-type] *').filter((node) => getComputedStyle(node).position === 'fixed').length"
        assert await chat.page.evaluate(fixed) == 0
        assert self.left == []


async def guarded(chat: Chat) -> Guarded:
    return await Guarded(chat).watch()


async def show(chat: Chat, server: ScriptedServer, items: Sequence[ThreadItem], title: str = "Stored") -> None:
    """Opens a thread of these items, whose pictures may come from nowhere else."""
    thread = await server.put_thread(title, *items, allowed_image_domains=[])
    await chat.call("setThreadId", thread.id)
    await chat.idle()


def batched(texts: Iterable[str], size: int = 30) -> list[list[str]]:
    """As many as are loaded at once."""
    found = list(texts)
    return [found[at : at + size] for at in range(0, len(found), size)]


# Messages


async def test_stored_messages_are_inert(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(width=360)
    page = await guarded(chat)
    for texts in batched(TEXTS.values()):
        await show(chat, server, [assistant_message("", text) for text in texts])
        await expect(chat.page.locator("[data-type=assistant_message]")).to_have_count(len(texts))
        await page.assert_inert()


async def test_streamed_messages_are_inert(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with()
    page = await guarded(chat)
    turn = server.turn()
    for text in TEXTS.values():
        size = 7 if len(text) < 500 else 500
        turn.say(*(text[at : at + size] for at in range(0, len(text), size))).complete()
    turn.end()
    await chat.send("Go")
    await page.assert_inert()


async def test_what_users_write_and_mention_is_inert(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(
        "entities: { onClick: () => {}, onRequestPreview: async () => ({ preview: null }) },", width=360
    )
    page = await guarded(chat)
    items: list[ThreadItem] = []
    for text in TEXTS.values():
        said = user_message(text)
        tag = UserMessageTagContent(id=text, text=text[:200], data={text[:50]: text}, group=text, interactive=True)
        items.append(said.model_copy(update={"content": [*said.content, tag], "quoted_text": text}))
    for batch in (items[:35], items[35:]):
        await show(chat, server, batch)
        await expect(chat.part("quoted-text").first).to_be_attached()
        await page.assert_inert()


async def test_titles_notices_progress_and_errors_are_inert(open_with: OpenWith, server: ScriptedServer) -> None:
    for text in SHORT:
        await server.put_thread(text, user_message("x"))
    chat = await open_with(width=360)
    page = await guarded(chat)
    await show(chat, server, [user_message("x")], TEXTS["bidi, not closed"])
    await expect(chat.title).to_have_text(TEXTS["bidi, not closed"])
    turn = server.turn()
    turn.send(*(NoticeEvent(level="info", title=text, message=text) for text in TEXTS.values()))
    await chat.begin("Go")
    await expect(chat.notices).to_have_count(len(TEXTS))
    for text in SHORT:
        turn.send(ProgressUpdateEvent(text=text, icon=f"lucide:{text}"))
    turn.send(ProgressUpdateEvent(text="The last one"))
    await expect(chat.progress).to_have_text("The last one")
    # Until the rare names of characters are there, an address with one in it is a path.
    await chat.until("performance.getEntriesByType('resource').some(({ name }) => name.includes('rare-entities'))")
    await chat.until("probe.find('a[href*=\"&colon;\"]') === null")
    await page.assert_inert()
    turn.fail(CustomStreamError(TEXTS["bidi, not closed"]))
    await expect(chat.error).to_contain_text("gnp.exe")
    await chat.idle()
    await page.assert_inert(visit=False)
    history = await chat.open_history()
    await history.locator(".history-open").last.scroll_into_view_if_needed()
    await page.assert_inert(visit=False)
    await history.get_by_role("button", name="Delete").first.click()
    await expect(history.get_by_role("alertdialog")).to_be_visible()
    await page.assert_inert(visit=False)


# Everything around messages


def sourced(text: str, url: str) -> AssistantMessageItem:
    """An answer with a source of each kind."""
    plain = assistant_message("", "See here.")
    sources = [
        URLSource.model_construct(type="url", title=text, url=url, description=text, attribution=text, group=text),
        FileSource(title=text, filename=text, description=text),
        EntitySource(
            id=text,
            title=text,
            label=text,
            icon=f"lucide:{text}",
            inline_label=text,
            interactive=True,
            data={text: url},
        ),
    ]
    notes = [Annotation.model_construct(type="annotation", source=source, index=4) for source in sources]
    content = AssistantMessageContent.model_construct(type="output_text", text="See here.", annotations=notes)
    return plain.model_copy(update={"content": [content]})


def worked(text: str, url: str, number: int) -> list[ThreadItem]:
    """A workflow with a task of each kind, a task alone, a tool, a picture, and questions that were answered."""
    common: dict[str, Any] = {"thread_id": "", "created_at": datetime.now(UTC)}
    source = URLSource.model_construct(type="url", title=text, url=url)
    icon = f"lucide:{text}"
    tasks = [
        CustomTask(title=text, icon=icon, content=text),
        SearchTask(title=text, title_query=text, queries=[text], sources=[source]),
        ThoughtTask(title=text, content=text),
        FileTask(title=text, sources=[FileSource(title=text, filename=text)]),
    ]
    summary = CustomSummary(title=text, icon=icon)
    workflow = Workflow(type="custom", tasks=tasks, summary=summary, expanded=True)
    choice = StructuredInputMultipleChoice.model_validate({"id": "a", "question": text, "options": [{"value": text}]})
    questions = [choice, StructuredInputFreeform(id="b", question=text, description=text)]
    picture = GeneratedImage(id="i", url=url)
    return [
        WorkflowItem(id=f"wf_{number}", workflow=workflow, **common),
        TaskItem(id=f"task_{number}", task=tasks[0], **common),
        ClientToolCallItem(
            id=f"tc_{number}", call_id="c", name=text, arguments={text: text}, status="completed", output=text, **common
        ),
        GeneratedImageItem(id=f"image_{number}", image=picture, **common),
        StructuredInputItem(id=f"q_{number}", inputs=questions, status="answered", **common),
    ]


async def test_sources_workflows_tools_and_questions_are_inert(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with("entities: { onClick: () => {} },", width=360)
    page = await guarded(chat)
    pairs = [(text, URLS[at % len(URLS)]) for at, text in enumerate(SHORT)]
    for at in range(0, len(pairs), 12):
        batch = pairs[at : at + 12]
        items = [
            item
            for number, (text, url) in enumerate(batch)
            for item in (user_message("x"), sourced(text, url), *worked(text, url, at + number))
        ]
        await show(chat, server, items[-39:])
        await chat.page.evaluate("probe.visit()")
        for button in await chat.page.locator("[part=sources] > button, .workflow-toggle[aria-expanded=false]").all():
            await button.evaluate("(node) => node.click()")
        await page.assert_inert()


async def test_a_source_without_an_address_is_no_link_but_has_a_name(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    source = URLSource.model_construct(type="url", title="A book", url="", attribution="")
    note = Annotation.model_construct(type="annotation", source=source, index=3)
    content = AssistantMessageContent(text="See here.", annotations=[note])
    chat = await open_with()
    await show(chat, server, [assistant_message("", "").model_copy(update={"content": [content]})])
    await expect(chat.part("citation")).to_have_text("A book")
    await chat.part("sources").get_by_role("button").click()
    await expect(chat.part("sources")).to_contain_text("A book")
    await expect(chat.answer.get_by_role("link")).to_have_count(0)


async def test_a_question_that_waits_is_inert(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(width=360)
    page = await guarded(chat)
    for text in SHORT[::4]:
        *_, item = worked(text, URLS[0], len(text))
        await show(chat, server, [user_message("x"), item.model_copy(update={"status": "pending"})])
        await expect(chat.question).to_be_visible()
        await page.assert_inert(visit=False)


async def test_attachments_are_inert(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with("composer: { attachments: { enabled: true } },", width=360)
    chat.watch.expect(NETWORK_NOISE)  # previews of this origin that are not there
    page = await guarded(chat)
    files = [{"type": "file", "id": f"f{at}", "name": text, "mime_type": text} for at, text in enumerate(SHORT)]
    images = [
        {"type": "image", "id": f"i{at}", "name": SHORT[at], "mime_type": "image/png", "preview_url": url}
        for at, url in enumerate(URLS)
    ]
    shown = [*images, *files]
    said = user_message("x")
    await chat.route("threads.get_by_id", lambda route: _with_attachments(route, shown))
    await show(chat, server, [said])
    await expect(chat.part("attachments").get_by_role("listitem")).to_have_count(len(shown))
    await page.assert_inert()
    await chat.call("setComposerValue", {"attachments": shown[:30:2], "reply": TEXTS["bidi, not closed"]})
    await expect(chat.part("composer-attachments").get_by_role("listitem")).to_have_count(15)
    await page.assert_inert(visit=False)


async def _with_attachments(route: Any, attachments: list[dict[str, Any]]) -> None:
    """Puts attachments into a thread's only message that no server would let pass."""
    response = await route.fetch()
    thread = await response.json()
    for item in thread["items"]["data"]:
        item["attachments"] = attachments
    await route.fulfill(response=response, body=json.dumps(thread))


async def test_what_the_page_offers_is_inert(open_with: OpenWith) -> None:
    texts = json.dumps(SHORT)
    chat = await open_with(
        f"""
        startScreen: {{
            greeting: {texts}[3],
            prompts: {texts}.map((text) => ({{ label: text, prompt: text, icon: text }})),
        }},
        header: {{ title: {{ text: {texts}.at(-4) }} }},
        disclaimer: {{ text: {texts}[3] }},
        composer: {{
            placeholder: {texts}[3],
            tools: {texts}.map((text) => ({{ id: text, label: text, icon: text, shortLabel: text }})),
            models: {texts}.map((text) => ({{ id: text, label: text, description: text }})),
        }},
        entities: {{
            onTagSearch: async () => {texts}.map((text) => ({{
                id: text, title: text, group: text, icon: text, data: {{ [text]: text }}, interactive: true,
            }})),
            onRequestPreview: async (entity) => ({{ preview: {{ type: 'Basic', children: [
                {{ type: 'Markdown', value: entity.title }},
                {{ type: 'Image', src: 'javascript:pwned(1)' }},
            ] }} }}),
        }},
        commands: {{
            enabled: true,
            onSearch: async () => {texts}.map((text) => ({{ id: text, label: text, description: text, group: text }})),
        }},
        """,
        width=360,
    )
    page = await guarded(chat)
    await expect(chat.prompts).to_have_count(len(SHORT))
    await page.assert_inert(visit=False)
    for name in ("tools-button", "model-button"):
        await chat.part(name).click()
        await expect(chat.page.get_by_role("menuitemradio")).to_have_count(len(SHORT))
        await page.assert_inert(visit=False)
        await chat.page.keyboard.press("Escape")
    for sign in "@/":
        await chat.composer.press_sequentially(f" {sign}")
        await expect(chat.page.get_by_role("option").nth(len(SHORT) - 1)).to_be_attached()
        await page.assert_inert(visit=False)
        await chat.page.keyboard.press("Escape" if sign == "/" else "Enter")
    await chat.composer.locator("[part=tag]").hover()
    await expect(chat.part("entity-preview")).to_be_visible()
    await page.assert_inert(visit=False)


@pytest.mark.ours_only("The page is this package's own.")
async def test_the_name_of_the_page_is_inert(open_chat: OpenChat, serve: Serve, server: ScriptedServer) -> None:
    for name in ("image handler", "script element", "bidi, not closed"):
        text = TEXTS[name]
        prompts = [StartPrompt(label=text, prompt=text, icon=text)]
        page = PageOptions(greeting=text, prompts=prompts, placeholder=text, disclaimer=text)
        app = app_of(server, page=page, branding=Branding(name=text, tagline=text))
        chat = await open_chat(await serve(app), width=360)
        found = await guarded(chat)
        await expect(chat.page.locator("#name")).to_have_text(text)
        await found.assert_inert(visit=False)
        assert await chat.page.evaluate("document.querySelectorAll('body script, body img[src=x]').length") == 0


# Widgets

OPTIONS = ("options", "children", "series", "data", "type", "key", "id")


def _actions(name: str) -> bool:
    return name.endswith("Action") or name in {"confirm", "cancel", "status"}


def components(value: str) -> list[dict[str, Any]]:
    """One component of every type, with the value in every field that takes any."""
    found: list[dict[str, Any]] = []
    for name in chatkit.widgets.__all__:
        model = getattr(chatkit.widgets, name)
        if not (isinstance(model, type) and issubclass(model, BaseModel) and "type" in model.model_fields):
            continue
        if name in {"Card", "ListView", "BasicRoot", "WidgetComponentBase"} or name.startswith("Dynamic"):
            continue
        fields: dict[str, Any] = {each: value for each in model.model_fields if each not in OPTIONS}
        fields |= {each: {"type": value, "payload": {value: value}} for each in fields if _actions(each)}
        if "options" in model.model_fields:
            fields["options"] = [{"label": value, "value": value, "description": value}]
        if "children" in model.model_fields:
            fields["children"] = [{"type": "Text", "value": value}]
        if name == "Chart":
            fields["data"] = [{"x": value, value: 3}, {"x": "b", value: "many"}]
            fields["series"] = [
                {"type": kind, "dataKey": value, "label": value, "color": value} for kind in ("bar", "line")
            ]
            fields["xAxis"] = {"dataKey": "x", "labels": {value: value}}
        found.append({"type": str(model.model_fields["type"].default or name), **fields})
    return found


def hostile_card(value: str) -> WidgetRoot:
    """A card of all of them, itself not better."""
    card = {"type": "Card", "background": value, "padding": value, "theme": value, "size": value}
    status = {"text": value, "icon": value, "favicon": value}
    return Widgets.validate_python({**card, "status": status, "children": components(value)})


@pytest.mark.parametrize(
    "values", [SHORT[:20], SHORT[20:40], SHORT[40:], URLS, STYLES], ids=["a", "b", "c", "url", "css"]
)
async def test_every_field_of_every_component_is_inert(
    open_with: OpenWith, server: ScriptedServer, values: Sequence[str]
) -> None:
    chat = await open_with(width=360)
    chat.watch.expect(NETWORK_NOISE)  # texts as addresses of pictures: paths of this origin, where nothing is
    page = await guarded(chat)
    assert len({each["type"] for each in components("x")}) > 24
    turn = Turn()
    turn.thread = await server.put_thread("Widgets")
    await show(chat, server, [turn.widget_item(hostile_card(value)) for value in values])
    await chat.page.evaluate("probe.visit()")
    await expect(chat.widgets).to_have_count(len(values))
    await page.assert_inert()


async def test_components_nobody_knows_show_nothing(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with()
    page = await guarded(chat)
    texts = [WidgetText(value="Before"), WidgetText(value="UNKNOWN"), WidgetText(value="After")]
    server.turn().show(Card(children=texts)).end()

    async def tamper(route: Any) -> None:
        response = await route.fetch()
        body = await response.text()
        known = json.dumps({"type": "Text", "value": "UNKNOWN"}, separators=(",", ":"))
        assert known in body
        strange = {"type": "Script", "value": "pwned(1)", "__proto__": {"polluted": True}, "children": [{"type": 7}]}
        await route.fulfill(response=response, body=body.replace(known, json.dumps(strange)))

    await chat.route("threads.create", tamper)
    await chat.send("Show")
    await expect(chat.widgets).to_have_text("BeforeAfter")
    await page.assert_inert()
    assert await chat.page.evaluate("({}).polluted") is None


async def test_images_load_only_from_where_the_thread_allows(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    text = f"![inline]({PICTURE}) ![own](/static/favicon.svg) ![other](https://evil.example/x.png)"
    thread = await server.put_thread("Pictures", assistant_message("", text))
    chat = await open_chat(scripted, f"/#thread={thread.id}")
    await expect(chat.answer.get_by_role("img", name="inline")).to_be_visible()
    await expect(chat.answer.locator("img")).to_have_count(2)
    # That one asks first, and shows where it would go.
    await expect(chat.answer.get_by_role("button", name="Load from evil.example")).to_be_visible()


async def test_marks_that_pile_up_stay_in_their_message(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with()
    tower = "a" + "\u0310" * 200 + " b" + "\u0316" * 200
    await show(chat, server, [user_message("Above"), user_message(tower), user_message("Below")], tower)
    await expect(chat.said).to_have_count(3)
    seen: list[list[bytes]] = []
    for visibility in ("visible", "hidden"):
        await chat.said.nth(1).evaluate("(node, value) => { node.style.visibility = value; }", visibility)
        seen.append([await chat.said.nth(at).screenshot(animations="disabled") for at in (0, 2)])
    assert seen[0] == seen[1]
