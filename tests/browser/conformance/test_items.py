"""Items of a thread and their parts: what each kind shows, field by field."""

import re
from typing import Any

import pytest
from playwright.async_api import Route, expect

from tests.browser.conformance.bench import PIXEL, Bench, Js
from tests.support.inventory import ids_of, values_of

_ELSEWHERE = re.compile("^https://(pictures|tracker)[.]example/")
_SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>"


def answer(text: str, *annotations: dict[str, Any]) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": list(annotations)}]
    return {"type": "assistant_message", "content": content}


def user(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "user_message", "content": [{"type": "input_text", "text": text}], "inference_options": {}, **more}


def annotation(source: dict[str, Any], index: int | None = None) -> dict[str, Any]:
    return {"type": "annotation", "source": source, "index": index}


# Messages


@pytest.mark.parametrize(
    "name",
    ids_of(
        "item:user_message",
        "item:user_message.{content,attachments,quoted_text,inference_options}",
        "type:Attachment.image.preview_url",
    ),
)
async def test_what_the_user_said(bench: Bench, name: str) -> None:
    await bench.start()
    attachments = [
        {"type": "file", "id": "a1", "name": "notes.txt", "mime_type": "text/plain"},
        {"type": "image", "id": "a2", "name": "dots.png", "mime_type": "image/png", "preview_url": PIXEL},
    ]
    options = {"tool_choice": {"id": "secret_tool"}, "model": "secret_model"}
    await bench.open(
        user("As **typed**\n  <b>", attachments=attachments, quoted_text="what you said", inference_options=options)
    )
    message = bench.part("user-message")
    match name.rpartition(".")[2]:
        case "attachments" | "preview_url":
            await expect(bench.part("attachments").get_by_text("notes.txt")).to_be_visible()
            await expect(bench.part("attachments").get_by_role("img", name="dots.png")).to_have_attribute("src", PIXEL)
        case "quoted_text":
            await expect(bench.part("quoted-text")).to_have_text("what you said")
        case "inference_options":
            # They are for the model: nothing of them is shown.
            assert "secret" not in await message.evaluate("(node) => node.outerHTML")
        case _:
            await expect(bench.chat.said).to_have_text("As **typed**\n  <b>", use_inner_text=True)


@pytest.mark.shows("item:assistant_message", "item:assistant_message.content")
async def test_what_the_assistant_said(bench: Bench) -> None:
    await bench.start()
    parts = [{"type": "output_text", "text": text, "annotations": []} for text in ("One **bold** word.", "- a list")]
    await bench.open({"type": "assistant_message", "content": parts})
    await expect(bench.chat.answer.locator("strong")).to_have_text("bold")
    await expect(bench.chat.answer.get_by_role("listitem")).to_have_text("a list")


@pytest.mark.shows("item:assistant_message.status")
async def test_a_message_that_was_cut_off_is_shown_as_far_as_it_goes(bench: Bench) -> None:
    await bench.start()
    parts = [{"type": "output_text", "text": "Half an answer", "annotations": []}]
    await bench.open({"type": "assistant_message", "content": parts, "status": "incomplete"})
    await expect(bench.chat.answer).to_contain_text("Half an answer")
    assert "incomplete" not in await bench.chat.answer.inner_text()  # the error beside it says so, and the model knows


# Sources

URL = {
    "type": "url",
    "title": "All about ducks",
    "url": "https://www.ducks.example/a",
    "attribution": "Duck Weekly",
    "description": "They quack.",
    "timestamp": "2 May 2026",
    "group": "Web",
}
FILE = {
    "type": "file",
    "title": "Notes on ducks",
    "filename": "ducks.pdf",
    "description": "Handwritten.",
    "timestamp": "1 May 2026",
    "group": "Files",
}
ENTITY = {
    "type": "entity",
    "id": "d7",
    "title": "Duck number 7",
    "icon": "star",
    "label": "Duck 7",
    "inline_label": "#7",
    "interactive": True,
    "data": {"pond": "3"},
    "preview": "lazy",
    "description": "A mallard.",
    "timestamp": "today",
    "group": "Ducks",
}
SOURCES = {"url": URL, "file": FILE, "entity": ENTITY}


async def cite(bench: Bench, source: dict[str, Any]) -> None:
    entities = {
        "onClick": Js("(entity) => { bench.seen.push(['click', entity]); }"),
        "onRequestPreview": Js(
            """async (entity) => {
                bench.seen.push(['preview', entity]);
                return { preview: { type: 'Basic', children: [{ type: 'Text', value: 'A preview' }] } };
            }"""
        ),
    }
    await bench.start(entities=entities)
    await bench.open(answer("Ducks quack.", annotation(source, 12)))
    await bench.page.get_by_role("button", name="1 source").click()
    await expect(bench.page.locator(".source-list")).to_be_visible()


@pytest.mark.parametrize("name", ids_of("source:{url,file,entity}", "source:*.*"))
async def test_sources(bench: Bench, name: str) -> None:
    kind, _, field = name.removeprefix("source:").partition(".")
    source = SOURCES[kind]
    await cite(bench, source)
    mark = bench.part("citation")
    row = bench.page.locator(".source-list li")
    match kind, field:
        case _, "" | "title":
            await expect(row).to_contain_text(source["title"])
            await expect(mark.locator(".citation-label")).to_have_attribute("title", source["title"])
        case _, "description" | "timestamp":
            await expect(row).to_contain_text(source[field])
        case "url", "url":
            for link in (mark.get_by_role("link"), row.get_by_role("link")):
                await expect(link).to_have_attribute("href", URL["url"])
                await expect(link).to_have_attribute("rel", re.compile("noopener"))
            await cite(bench, {**URL, "attribution": None})
            await expect(mark).to_have_text("ducks.example")
        case "url", "attribution":
            await expect(mark).to_have_text("Duck Weekly")
        case "file", "filename":
            await expect(mark).to_have_text("ducks.pdf")
            await expect(row).to_contain_text("ducks.pdf")
        case "entity", "inline_label":
            await expect(mark).to_have_text("#7")
        case "entity", "label":
            await cite(bench, {**ENTITY, "inline_label": None})
            await expect(mark).to_have_text("Duck 7")
        case "entity", "icon":
            await expect(mark.locator("svg path").first).to_be_attached()
            await cite(bench, {**ENTITY, "icon": None})
            await expect(mark.locator("svg")).to_have_count(0)
        case "entity", "interactive":
            await expect(mark.get_by_role("button")).to_have_count(1)
            await cite(bench, {**ENTITY, "interactive": False})
            await expect(mark.get_by_role("button")).to_have_count(0)
        case "entity", "preview":
            await mark.get_by_role("button").hover()
            await expect(bench.part("entity-preview")).to_have_text("A preview")
            assert [what for what, _ in await bench.seen(1)] == ["preview"]
        case "entity", "data":
            await row.get_by_role("button").click()
            ((what, entity),) = [each for each in await bench.seen(1) if each[0] == "click"]
            assert (what, entity["id"], entity["data"]) == ("click", "d7", {"pond": "3"})
        case _, "group":
            headings = await bench.page.locator(".source-group").all_text_contents()
            assert headings == [source["group"]]
        case _:
            raise AssertionError(f"nothing looks at {name}")


@pytest.mark.shows("annotation:source", "annotation:index")
async def test_a_citation_stands_behind_its_character(bench: Bench) -> None:
    await bench.start()
    notes = [
        annotation(URL, 15),
        annotation(FILE, 32),
        annotation({**URL, "title": "More", "url": "https://geese.example/", "attribution": "Geese"}, 32),
        annotation({**FILE, "filename": "all.pdf"}),
    ]
    await bench.open(answer("The sky is blue. Grass is green.", *notes))
    await expect(bench.part("citation")).to_have_text(["Duck Weekly", "ducks.pdf +1"])
    assert (
        await bench.chat.answer.locator("p").first.text_content()
        == "The sky is blueDuck Weekly. Grass is green.ducks.pdf +1"
    )
    await expect(bench.page.get_by_role("button", name="4 sources")).to_be_visible()


# Workflows and tasks

TASKS: dict[str, dict[str, Any]] = {
    "custom": {
        "type": "custom",
        "title": "Read it",
        "icon": "star",
        "content": "All **of** it",
        "status_indicator": "none",
    },
    "web_search": {
        "type": "web_search",
        "title": "Looked it up",
        "title_query": "ducks",
        "queries": ["ducks", "geese"],
        "sources": [URL],
    },
    "thought": {"type": "thought", "title": "Thought", "content": "It *may* be so"},
    "file": {"type": "file", "title": "Read files", "sources": [FILE]},
    "image": {"type": "image", "title": "Drew it"},
}


def workflow(*tasks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "workflow", "workflow": {"type": "custom", "tasks": list(tasks), "expanded": True, **more}}


async def loading(bench: Bench, task: dict[str, Any]) -> str:
    """What the mark of a task says while its workflow streams."""
    await bench.reply("threads.create", {"live": True})
    await bench.start()
    await bench.reply("threads.create", {"live": True})
    await bench.chat.begin("Go")
    await bench.calls("threads.create", 1)
    item = {"id": "wf", "thread_id": "t", "created_at": "2026-01-01T00:00:00Z", **workflow(task)}
    await bench.send({"type": "thread.item.added", "item": item})
    label = await bench.part("task").locator(".task-mark [role=img]").get_attribute("aria-label") or ""
    await bench.send({"type": "thread.item.done", "item": item})
    await bench.end()
    await bench.chat.told_name("response.end")
    return label


@pytest.mark.parametrize("name", ids_of("task:{custom,web_search,thought,file,image}", "task:*.*"))
async def test_tasks(bench: Bench, name: str) -> None:
    kind, _, field = name.removeprefix("task:").partition(".")
    task = TASKS[kind]
    await bench.start()
    await bench.open(workflow(task), workflow({**task, "title": None, "status_indicator": "complete"}))
    first, untitled = bench.part("task").nth(0), bench.part("task").nth(1)
    match field:
        case "" | "title":
            await expect(first.locator(".task-title")).to_have_text(task["title"])
        case "icon":
            await bench.open(workflow(task, {**task, "icon": "bug"}))
            shapes = (
                await bench.part("task")
                .locator(".task-mark svg")
                .evaluate_all("(all) => all.map((svg) => svg.innerHTML)")
            )
            assert shapes[0] != shapes[1]
        case "content":
            await expect(first.locator("strong, em")).to_have_text({"custom": "of", "thought": "may"}[kind])
        case "status_indicator":
            await expect(untitled.get_by_role("img", name="complete")).to_be_visible()
            await expect(first.get_by_role("img", name="complete")).to_have_count(0)
            assert sorted(values_of(name)) == ["complete", "loading", "none"]
            assert await loading(bench, {**task, "status_indicator": "loading"}) == "in progress"
        case "title_query":
            await expect(untitled.locator(".task-title")).to_have_text("ducks")
        case "queries":
            assert await first.locator(".query").all_text_contents() == ["ducks", "geese"]
        case "sources":
            await expect(first.locator(".source-list")).to_contain_text(task["sources"][0]["title"])
        case _:
            raise AssertionError(f"nothing looks at {name}")


@pytest.mark.shows("item:task")
async def test_a_task_stands_alone(bench: Bench) -> None:
    await bench.start()
    await bench.open(*({"type": "task", "task": task} for task in TASKS.values()))
    await expect(bench.part("task")).to_have_count(5)
    await expect(bench.part("workflow")).to_have_count(0)
    titles = await bench.part("task").locator(".task-title").all_text_contents()
    assert titles == [task["title"] for task in TASKS.values()]


@pytest.mark.shows("item:workflow")
@pytest.mark.parametrize(
    "name", ids_of("workflow:tasks", "workflow:summary", "workflow:summary.{title,icon,duration}", "workflow:expanded")
)
async def test_workflows(bench: Bench, name: str) -> None:
    await bench.start()
    task = TASKS["custom"]
    await bench.open(
        workflow(task, TASKS["image"], summary={"title": "Worked on it", "icon": "bolt"}),
        workflow(task, summary={"duration": 12}, expanded=False, type="reasoning"),
        workflow(task, summary={"duration": 150}),
        workflow(task, summary={"title": "Plain"}),
    )
    toggles = bench.part("workflow").locator("button[aria-expanded]")
    match name.removeprefix("workflow:"):
        case "tasks":
            await expect(bench.part("workflow").first.locator("[part~=task]")).to_have_count(2)
        case "expanded":
            assert [await toggles.nth(at).get_attribute("aria-expanded") for at in (0, 1)] == ["true", "false"]
            await expect(bench.part("workflow").nth(1).get_by_text("Read it")).not_to_be_visible()
            await toggles.nth(1).click()
            await expect(bench.part("workflow").nth(1).get_by_text("Read it")).to_be_visible()
        case "summary.icon":
            counts = await toggles.evaluate_all("(all) => all.map((one) => one.querySelectorAll('svg').length)")
            assert counts == [2, 1, 1, 1]
        case _:
            assert await toggles.all_text_contents() == [
                "Worked on it",
                "Thought for 12 seconds",
                "Thought for 3 minutes",
                "Plain",
            ]


# Tools, images, questions


TOOL = {
    "type": "tool_call",
    "call_id": "call_1",
    "name": "get_weather",
    "arguments": {"city": "Oslo"},
    "output": {"degrees": 7},
    "status": "completed",
}


@pytest.mark.parametrize("name", ids_of("item:tool_call", "item:tool_call.{status,name,arguments,output}"))
async def test_tool_calls_of_the_server(bench: Bench, name: str) -> None:
    await bench.start()
    await bench.open(TOOL, {**TOOL, "status": "in_progress", "output": None}, {**TOOL, "status": "failed"})
    calls = bench.part("tool-call")
    match name.rpartition(".")[2]:
        case "status":
            assert sorted(values_of(name)) == ["completed", "failed", "in_progress"]
            texts = await calls.locator("button").all_text_contents()
            assert texts == ["Ran “Get weather”", "Running “Get weather”", "“Get weather” did not finish"]
        case "arguments":
            await calls.first.get_by_role("button").click()
            await expect(calls.first.locator("pre").first).to_contain_text('"city": "Oslo"')
        case "output":
            await calls.first.get_by_role("button").click()
            await expect(calls.first.locator("pre").last).to_contain_text('"degrees": 7')
            await calls.nth(1).get_by_role("button").click()
            await expect(calls.nth(1).locator("pre")).to_have_count(1)
        case _:
            await expect(calls.first).to_contain_text("Get weather")


@pytest.mark.shows("item:widget", "item:widget.copy_text")
async def test_a_widget_is_copied_as_its_text(bench: Bench) -> None:
    await bench.start()
    card = {"type": "Card", "children": [{"type": "Text", "value": "Seen"}]}
    await bench.open({"type": "widget", "widget": card, "copy_text": "The card in words"})
    await expect(bench.widgets.get_by_text("Seen")).to_be_visible()
    await bench.page.get_by_role("button", name="Copy").click()
    await expect(bench.page.get_by_role("button", name="Copied")).to_be_visible()
    assert await bench.page.evaluate("navigator.clipboard.readText()") == "The card in words"


@pytest.mark.shows("item:generated_image", "item:generated_image.image", "update-kind:generated_image.updated")
async def test_an_image_is_made(bench: Bench) -> None:
    await bench.start()
    await bench.reply("threads.create", {"live": True})
    await bench.chat.begin("Draw")
    await bench.calls("threads.create", 1)
    item = {"id": "img_1", "thread_id": "t", "created_at": "2026-01-01T00:00:00Z", "type": "generated_image"}
    await bench.send({"type": "thread.item.added", "item": item})
    await expect(bench.part("generated-image")).to_have_text("Creating the image")
    image = {"id": "i", "url": PIXEL}
    update = {"type": "generated_image.updated", "image": image, "progress": 0.4}
    await bench.send({"type": "thread.item.updated", "item_id": "img_1", "update": update})
    await expect(bench.part("generated-image").get_by_role("img")).to_have_attribute("src", PIXEL)
    await expect(bench.part("generated-image").get_by_role("progressbar")).to_have_js_property("value", 0.4)
    await bench.send({"type": "thread.item.done", "item": {**item, "image": image}})
    await bench.end()
    await expect(bench.part("generated-image").get_by_role("progressbar")).to_have_count(0)
    await bench.chat.told_name("response.end")


QUESTIONS = [
    {"type": "multiple_choice", "id": "q1", "question": "Which one?", "options": [{"value": "Red"}, {"value": "Blue"}]},
    {
        "type": "multiple_choice",
        "id": "q2",
        "question": "Which ones?",
        "options": [{"value": "A"}, {"value": "B"}],
        "multiple": True,
    },
    {"type": "freeform", "id": "q3", "question": "Why?", "description": "In your own words."},
]


@pytest.mark.parametrize(
    "name",
    ids_of(
        "question:multiple_choice",
        "question:freeform",
        "question:multiple_choice.{question,options,multiple}",
        "question:freeform.{question,description}",
    ),
)
async def test_questions_take_the_composers_place(bench: Bench, name: str) -> None:
    kind = name.removeprefix("question:").partition(".")[0]
    await bench.start()
    asked = [question for question in QUESTIONS if question["type"] == kind]
    await bench.open({"id": "ask", "type": "structured_input", "status": "pending", "inputs": asked})
    question = bench.chat.question
    await expect(question).to_contain_text(asked[0]["question"])
    await expect(bench.part("composer")).to_have_count(0)
    if kind == "freeform":
        await expect(question).to_contain_text("In your own words.")
        await question.get_by_role("textbox").fill("Because")
        expected: dict[str, Any] = {"q3": {"values": ["Because"], "skipped": False}}
    else:
        await expect(question.get_by_role("radio")).to_have_count(2)
        await question.get_by_text("Red", exact=True).click()
        await question.get_by_text("Blue", exact=True).click()
        await question.get_by_role("button", name="Next").click()
        await expect(question).to_contain_text("Which ones?")
        await question.get_by_text("A", exact=True).click()
        await question.get_by_text("B", exact=True).click()
        expected = {"q1": {"values": ["Blue"], "skipped": False}, "q2": {"values": ["A", "B"], "skipped": False}}
    await question.get_by_role("button", name="Submit").click()
    (call,) = await bench.calls("threads.add_structured_input", 1)
    assert call["params"]["item_id"] == "ask"
    assert call["params"]["input"] == {"status": "answered", "answers": expected}


@pytest.mark.shows(
    "item:structured_input",
    "item:structured_input.status",
    "item:structured_input.inputs",
    "question:multiple_choice.answer",
    "question:freeform.answer",
    "operation:threads.add_structured_input",
)
async def test_answers_stay_in_the_thread(bench: Bench) -> None:
    await bench.start()
    answers = [{"values": ["Blue"]}, {"values": ["A", "B"]}, {"values": [], "skipped": True}]
    inputs = [{**question, "answer": given} for question, given in zip(QUESTIONS, answers, strict=True)]
    await bench.open(
        {"type": "structured_input", "status": "answered", "inputs": inputs},
        {"type": "structured_input", "status": "skipped", "inputs": QUESTIONS[:1]},
    )
    answered, skipped = bench.part("structured-input").nth(0), bench.part("structured-input").nth(1)
    assert await answered.locator("dt").all_text_contents() == ["Which one?", "Which ones?", "Why?"]
    assert await answered.locator("dd").all_text_contents() == ["Blue", "A, B", "Skipped"]
    assert await skipped.locator("dd").all_text_contents() == ["Skipped"]
    await expect(bench.part("composer")).to_have_count(1)
    await bench.open({"id": "ask", "type": "structured_input", "status": "pending", "inputs": QUESTIONS})
    await bench.chat.question.get_by_role("button", name="Skip all").click()
    (call,) = await bench.calls("threads.add_structured_input", 1)
    assert call["params"]["input"]["status"] == "skipped"


# What is not shown


@pytest.mark.shows("item:hidden_context_item", "item:sdk_hidden_context", "item:end_of_turn")
async def test_some_items_show_nothing(bench: Bench) -> None:
    await bench.start()
    hidden = [
        {"type": "hidden_context_item", "content": "a secret"},
        {"type": "sdk_hidden_context", "content": "a secret"},
        {"type": "end_of_turn"},
    ]
    await bench.open(user("Hello"), *hidden, answer("Hi."))
    await expect(bench.chat.answers).to_have_count(1)
    assert await bench.page.evaluate("probe.all('.row').map((row) => row.dataset.type)") == [
        "user_message",
        "assistant_message",
    ]
    assert "secret" not in await bench.page.evaluate("probe.root().innerHTML")


# Threads


@pytest.mark.shows("status:active", "status:locked", "status:closed")
async def test_the_status_of_a_thread(bench: Bench) -> None:
    await bench.start()
    await bench.open(user("Hello"), status={"type": "active"})
    await expect(bench.chat.composer).to_be_enabled()
    await bench.open(user("Hello"), status={"type": "locked", "reason": "A colleague looks into it."})
    await expect(bench.chat.composer).to_be_disabled()
    await expect(bench.chat.composer).to_have_attribute("placeholder", "A colleague looks into it.")
    await bench.open(user("Hello"), status={"type": "closed", "reason": "It is solved."})
    await expect(bench.part("closed-banner")).to_contain_text("It is solved.")
    await expect(bench.part("composer")).to_have_count(0)


@pytest.mark.shows("thread:allowed_image_domains")
async def test_pictures_come_from_allowed_places_only(bench: Bench) -> None:
    await bench.start()
    await bench.page.route(_ELSEWHERE, lambda route: route.fulfill(content_type="image/svg+xml", body=_SVG))
    bench.chat.watch.origins |= {"https://pictures.example", "https://tracker.example"}

    async def shown(**thread: Any) -> list[str | None]:
        nodes = [
            {"type": "Image", "src": f"https://{host}.example/a.svg", "alt": host} for host in ("pictures", "tracker")
        ]
        await bench.show({"type": "Card", "children": nodes}, **thread)
        return [await image.get_attribute("alt") for image in await bench.widgets.locator("img").all()]

    assert await shown(allowed_image_domains=["pictures.example"]) == ["pictures"]
    assert await shown(allowed_image_domains=[]) == []
    assert await shown(allowed_image_domains=["*"]) == ["pictures", "tracker"]
    assert await shown() == ["pictures", "tracker"]


async def test_a_picture_in_an_answer_loads_when_its_host_is_let_in(bench: Bench) -> None:
    await bench.start()
    asked: list[str] = []

    async def picture(route: Route) -> None:
        asked.append(route.request.url)
        await route.fulfill(content_type="image/svg+xml", body=_SVG)

    await bench.page.route(_ELSEWHERE, picture)
    bench.chat.watch.origins |= {"https://pictures.example", "https://tracker.example"}
    hosts = {"One": "pictures", "Two": "pictures", "Three": "tracker"}
    text = " ".join(f"![{name}](https://{host}.example/{name}.svg)" for name, host in hosts.items())
    await bench.open(user("Hello"), answer(text))
    buttons = bench.chat.answers.get_by_role("button", name="Load from")
    await expect(buttons).to_have_text(
        ["One Load from pictures.example", "Two Load from pictures.example", "Three Load from tracker.example"]
    )
    assert asked == []
    await buttons.first.press("Enter")
    await expect(bench.chat.answers.locator("img")).to_have_count(2)
    await expect(buttons).to_have_text("Three Load from tracker.example")
    await expect(bench.chat.answers.locator("img").first).to_be_focused()
    await bench.open(user("Hello again"), answer(text))
    await expect(bench.chat.answers.locator("img")).to_have_count(2)
    assert all("tracker" not in url for url in asked)


async def test_a_picture_of_the_own_origin_in_an_answer_says_not_who_asks(bench: Bench) -> None:
    await bench.start()
    cookies: list[str | None] = []

    async def picture(route: Route) -> None:
        cookies.append((await route.request.all_headers()).get("cookie"))
        await route.fulfill(content_type="image/svg+xml", body=_SVG)

    await bench.page.route("**/act?now", picture)
    await bench.page.evaluate("document.cookie = 'session=1'")
    await bench.open(user("Hello"), answer("![Picture](/act?now)"))
    await expect(bench.chat.answers.locator("img[src^='data:image/svg']")).to_have_count(1)
    assert cookies == [None]
