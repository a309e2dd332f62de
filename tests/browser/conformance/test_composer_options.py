"""Options of the composer: files, tools, models, dictation, mentions, commands."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conformance.bench import PIXEL, Bench, Js
from tests.support.inventory import ids_of


def note(what: str) -> Js:
    return Js(f"async (...given) => {{ bench.seen.push(given[0]); return {what}; }}")


def rich(bench: Bench) -> Locator:
    """The field, when it knows mentions and commands."""
    return bench.page.locator("[part~=composer-input][contenteditable]")


async def type_in(bench: Bench, text: str) -> None:
    await expect(rich(bench)).to_be_visible()
    await rich(bench).press_sequentially(text)


async def sent(bench: Bench) -> dict[str, Any]:
    """The message that the server was asked to take."""
    await bench.chat.send_button.click()
    calls = await bench.calls("threads.create", 1)
    await bench.chat.told_name("response.end")
    return calls[0]["params"]["input"]


@pytest.mark.shows("option:composer.placeholder")
async def test_the_placeholder(bench: Bench) -> None:
    await bench.start(composer={"placeholder": "Ask <me>"})
    await expect(bench.part("composer-input")).to_have_attribute("placeholder", "Ask <me>")
    await bench.start()
    await expect(bench.part("composer-input")).to_have_attribute("placeholder", "Message the AI")


# Files


def file(name: str, mime: str, size: int = 5) -> dict[str, Any]:
    return {"name": name, "mimeType": mime, "buffer": b"x" * size}


async def attach(bench: Bench, *files: dict[str, Any]) -> None:
    await expect(bench.part("attach-button")).to_be_visible()
    await bench.page.locator("input[type=file]").set_input_files(list(files))


@pytest.mark.shows("option:composer.attachments.enabled")
async def test_files_are_taken_only_where_that_is_turned_on(bench: Bench) -> None:
    for attachments in (None, {"enabled": False}):
        await bench.start(composer={} if attachments is None else {"attachments": attachments})
        await bench.chat.frames(4)
        await expect(bench.part("attach-button")).to_have_count(0)
    await bench.start(composer={"attachments": {"enabled": True}})
    await expect(bench.part("attach-button")).to_be_visible()


@pytest.mark.shows("option:composer.attachments.maxSize")
async def test_files_that_are_too_large_are_refused_by_type(bench: Bench) -> None:
    await bench.start(composer={"attachments": {"enabled": True, "maxSize": 10}})
    await attach(bench, file("large.txt", "text/plain", 11))
    await expect(bench.part("composer-problem")).to_contain_text("large.txt is larger than 10 bytes.")
    limits = {"image/*": 10, "image/gif": 3, "*": 20}
    await bench.start(composer={"attachments": {"enabled": True, "maxSize": limits}})
    await attach(bench, file("a.png", "image/png", 11), file("b.gif", "image/gif", 4), file("c.txt", "text/plain", 20))
    await expect(bench.part("composer-problem")).to_contain_text(
        "a.png is larger than 10 bytes. b.gif is larger than 3 bytes."
    )
    created = await bench.calls("attachments.create", 1)
    assert [call["params"]["name"] for call in created] == ["c.txt"]


@pytest.mark.shows("option:composer.attachments.maxCount")
async def test_only_so_many_files_go_with_a_message(bench: Bench) -> None:
    await bench.start(composer={"attachments": {"enabled": True, "maxCount": 2}})
    await attach(bench, *(file(f"{number}.txt", "text/plain") for number in range(3)))
    await expect(bench.part("composer-problem")).to_contain_text("Only 2 files can go with a message.")
    assert len(await bench.calls("attachments.create", 2)) == 2


@pytest.mark.shows("option:composer.attachments.accept")
async def test_only_files_of_some_types_are_taken(bench: Bench) -> None:
    await bench.start(
        composer={"attachments": {"enabled": True, "accept": {"image/*": [".png"], "text/csv": [".csv"]}}}
    )
    await attach(
        bench, file("a.exe", "application/x-msdownload"), file("b.csv", "text/csv"), file("c.jpg", "image/jpeg")
    )
    await expect(bench.part("composer-problem")).to_contain_text("a.exe is a type of file that is not accepted here.")
    created = await bench.calls("attachments.create", 2)
    assert [call["params"]["name"] for call in created] == ["b.csv", "c.jpg"]
    await expect(bench.page.locator("input[type=file]")).to_have_attribute("accept", "image/*,.png,text/csv,.csv")


@pytest.mark.shows(
    "option:api.uploadStrategy.two_phase",
    "operation:attachments.create",
    "operation:attachments.delete",
    "upload:url",
    "upload:method",
    "upload:headers",
    "type:Attachment.file",
    "type:Attachment.file.id",
    "type:Attachment.file.name",
    "type:Attachment.file.mime_type",
)
async def test_a_file_is_registered_then_uploaded_where_the_server_says(bench: Bench) -> None:
    descriptor = {"url": "/files/att_1?signature=abc", "method": "PUT", "headers": {"X-Signature": "abc"}}
    attachment = {
        "type": "file",
        "id": "att_1",
        "name": "notes.txt",
        "mime_type": "text/plain",
        "upload_descriptor": descriptor,
    }
    await bench.start(api={"uploadStrategy": {"type": "two_phase"}}, composer={"attachments": {"enabled": True}})
    await bench.reply("attachments.create", {"body": attachment}, {"body": {**attachment, "id": "att_2"}})
    await attach(bench, file("notes.txt", "text/plain"))
    created, uploaded = await bench.calls(count=2)
    assert created["params"] == {"name": "notes.txt", "size": 5, "mime_type": "text/plain"}
    assert uploaded["url"].endswith(descriptor["url"])
    assert (uploaded["method"], uploaded["headers"]["x-signature"], uploaded["bytes"]) == ("PUT", "abc", "xxxxx")
    await expect(bench.part("composer-attachments")).to_contain_text("notes.txt")
    await attach(bench, file("more.txt", "text/plain"))
    await expect(bench.part("composer-attachments").get_by_role("listitem")).to_have_count(2)
    await bench.calls("upload", 2)
    await bench.page.get_by_role("button", name="Remove more.txt").click()
    (deleted,) = await bench.calls("attachments.delete", 1)
    assert deleted["params"] == {"attachment_id": "att_2"}
    assert (await sent(bench))["attachments"] == ["att_1"]


@pytest.mark.shows(
    "option:api.uploadStrategy.direct",
    "option:api.uploadStrategy.direct.uploadUrl",
    "type:Attachment.image",
    "type:Attachment.image.id",
    "type:Attachment.image.name",
    "type:Attachment.image.mime_type",
)
async def test_a_file_is_posted_to_an_address(bench: Bench) -> None:
    attachment = {"type": "image", "id": "att_9", "name": "a.png", "mime_type": "image/png", "preview_url": PIXEL}
    strategy = {"type": "direct", "uploadUrl": "/direct/upload"}
    await bench.start(api={"uploadStrategy": strategy}, composer={"attachments": {"enabled": True}})
    await bench.reply("upload", {"body": attachment})
    await attach(bench, file("a.png", "image/png"))
    (uploaded,) = await bench.calls(count=1)
    assert uploaded["url"].endswith("/direct/upload")
    assert (uploaded["method"], uploaded["form"]) == ("POST", [["file", "a.png"]])
    assert (await sent(bench))["attachments"] == ["att_9"]


# Tools

TOOLS = [
    {
        "id": "search",
        "label": "Search the archive",
        "icon": "search",
        "shortLabel": "Archive",
        "placeholderOverride": "What to look for",
    },
    {"id": "draw", "label": "Draw", "icon": "images", "persistent": True},
    {"id": "pin", "label": "Pinned one", "icon": "bolt", "pinned": True},
]


async def pick(bench: Bench, name: str) -> None:
    await bench.part("tools-button").click()
    await bench.page.get_by_role("menuitemradio", name=name).click()


@pytest.mark.shows(
    "option:composer.tools",
    "option:composer.tools[].id",
    "option:composer.tools[].label",
    "option:composer.tools[].icon",
    "event:chatkit.tool.change",
)
async def test_tools_are_chosen_from_a_menu(bench: Bench) -> None:
    await bench.start(composer={"tools": TOOLS})
    await bench.part("tools-button").click()
    items = bench.page.get_by_role("menuitemradio")
    assert await items.all_text_contents() == ["Search the archive", "Draw"]
    assert await items.locator("svg path").count() >= 2
    await items.first.click()
    assert [event["toolId"] for event in await bench.chat.told("tool.change")] == ["search"]
    await bench.chat.type("Ducks")
    assert (await sent(bench))["inference_options"]["tool_choice"] == {"id": "search"}
    assert [event["toolId"] for event in await bench.chat.told("tool.change")] == ["search", None]


@pytest.mark.shows("option:composer.tools[].shortLabel", "option:composer.tools[].placeholderOverride")
async def test_a_chosen_tool_shows_its_short_name_and_its_placeholder(bench: Bench) -> None:
    await bench.start(composer={"tools": TOOLS, "placeholder": "Say it"})
    await pick(bench, "Search the archive")
    await expect(bench.part("tool").first).to_have_text("Archive")
    await expect(bench.part("composer-input")).to_have_attribute("placeholder", "What to look for")
    await pick(bench, "Draw")
    await expect(bench.part("tool").first).to_have_text("Draw")
    await expect(bench.part("composer-input")).to_have_attribute("placeholder", "Say it")


@pytest.mark.shows("option:composer.tools[].persistent")
async def test_a_persistent_tool_stays(bench: Bench) -> None:
    for name, kept in (("Draw", 1), ("Search the archive", 0)):
        await bench.start(composer={"tools": TOOLS[:2]})
        await pick(bench, name)
        await bench.chat.type("A cat")
        await sent(bench)
        await expect(bench.part("tool")).to_have_count(kept)


@pytest.mark.shows("option:composer.tools[].pinned")
async def test_a_pinned_tool_is_a_button_of_its_own(bench: Bench) -> None:
    await bench.start(composer={"tools": TOOLS})
    button = bench.page.get_by_role("button", name="Pinned one")
    await button.click()
    await expect(button).to_have_attribute("aria-pressed", "true")
    await bench.chat.type("Go")
    assert (await sent(bench))["inference_options"]["tool_choice"] == {"id": "pin"}


# Models

MODELS = [
    {"id": "fast", "label": "Quick", "description": "Good enough"},
    {"id": "deep", "label": "Thorough", "default": True},
    {"id": "next", "label": "Coming", "disabled": True},
]


@pytest.mark.parametrize("name", ids_of("option:composer.models", "option:composer.models[].*"))
async def test_models_are_chosen_from_a_menu(bench: Bench, name: str) -> None:
    await bench.start(composer={"models": MODELS})
    button = bench.part("model-button")
    await expect(button).to_be_visible()
    match name.rpartition(".")[2]:
        case "default":
            await expect(button).to_have_text("Thorough")
            await bench.chat.type("Hello")
            assert (await sent(bench))["inference_options"]["model"] == "deep"
        case "disabled":
            await button.click()
            await expect(bench.page.get_by_role("menuitemradio", name="Coming")).to_be_disabled()
            await bench.page.get_by_role("menuitemradio", name="Coming").click(force=True)
            await expect(button).to_have_text("Thorough")
        case "description":
            await button.click()
            await expect(bench.page.get_by_role("menuitemradio", name="Quick")).to_contain_text("Good enough")
        case _:
            await button.click()
            texts = await bench.page.get_by_role("menuitemradio").all_text_contents()
            assert texts == ["QuickGood enough", "Thorough", "Coming"]
            await bench.page.get_by_role("menuitemradio", name="Quick").click()
            await expect(button).to_have_text("Quick")
            await bench.chat.type("Hello")
            assert (await sent(bench))["inference_options"]["model"] == "fast"


# Dictation


@pytest.mark.shows("option:composer.dictation.enabled", "operation:input.transcribe")
async def test_speech_becomes_text_where_that_is_turned_on(bench: Bench) -> None:
    await bench.start(composer={"dictation": {"enabled": False}, "models": MODELS})
    await expect(bench.part("model-button")).to_be_visible()
    await expect(bench.part("dictation-button")).to_have_count(0)
    await bench.start(composer={"dictation": {"enabled": True}})
    await bench.page.evaluate(
        """navigator.mediaDevices.getUserMedia = async () => {
            const audio = new AudioContext();
            const [tone, made] = [audio.createOscillator(), audio.createMediaStreamDestination()];
            tone.connect(made);
            tone.start();
            return made.stream;
        }"""
    )
    await bench.reply("input.transcribe", {"body": {"text": "what I said"}})
    await bench.part("dictation-button").click()
    await bench.page.get_by_role("button", name="Turn speech into text").click()
    (call,) = await bench.calls("input.transcribe", 1)
    assert re.match("audio/", call["params"]["mime_type"])
    assert len(call["params"]["audio_base64"]) > 8
    await expect(bench.chat.composer).to_have_value("what I said")


# Mentions

PEOPLE = [
    {"id": "p1", "title": "Ada", "group": "People", "icon": "profile", "interactive": True, "data": {"age": "36"}},
    {"id": "d1", "title": "Ada’s notes", "group": "Documents", "icon": "document"},
    {"id": "p2", "title": "Adam", "group": "People"},
]
ENTITIES = {"onTagSearch": Js("async (query) => { bench.seen.push(query); return bench.people; }")}


async def people(bench: Bench, **options: Any) -> None:
    await bench.page.evaluate("(people) => { bench.people = people; }", PEOPLE)
    await bench.start(entities={**ENTITIES, **options})


@pytest.mark.shows("option:entities.onTagSearch")
async def test_a_mention_is_searched_for_and_sent_as_a_tag(bench: Bench) -> None:
    await people(bench)
    await type_in(bench, "Ask @Ad")
    options = bench.page.get_by_role("option")
    await expect(options).to_have_count(3)
    await bench.chat.until("bench.seen.at(-1) === 'Ad'")
    await options.first.click()
    await rich(bench).press_sequentially("now")
    content = (await sent(bench))["content"]
    assert [part["type"] for part in content] == ["input_text", "input_tag", "input_text"]


@pytest.mark.parametrize("name", ids_of("type:Entity.*"))
async def test_what_is_known_of_an_entity(bench: Bench, name: str) -> None:
    field = name.rpartition(".")[2]
    await people(bench)
    await type_in(bench, "@A")
    await expect(bench.page.get_by_role("option")).to_have_count(3)
    suggestions = bench.part("suggestions")
    match field:
        case "group":
            # Those of a group stand together, under its name.
            assert await suggestions.locator("[role=presentation], [role=option]").all_text_contents() == [
                "People",
                "Ada",
                "Adam",
                "Documents",
                "Ada’s notes",
            ]
        case "icon":
            icons = await bench.page.get_by_role("option").evaluate_all(
                "(all) => all.map((one) => one.querySelectorAll('svg').length)"
            )
            assert icons == [1, 0, 1]
        case _:
            assert await bench.page.get_by_role("option").first.text_content() == "Ada"
    await bench.page.get_by_role("option").first.click()
    (tag, *_) = (await sent(bench))["content"]
    expected = {"id": "p1", "text": "Ada", "group": "People", "interactive": True, "data": {"age": "36"}}
    assert {key: tag[key] for key in expected} == expected


@pytest.mark.shows("option:entities.showComposerMenu")
async def test_a_button_begins_a_mention(bench: Bench) -> None:
    await people(bench)
    await expect(rich(bench)).to_be_visible()
    await expect(bench.part("mention-button")).to_have_count(0)
    await bench.start(entities={"showComposerMenu": True})
    await bench.chat.frames(4)
    await expect(bench.part("mention-button")).to_have_count(0)
    await people(bench, showComposerMenu=True)
    await bench.part("mention-button").click()
    await expect(rich(bench)).to_have_text("@")
    await expect(bench.page.get_by_role("option")).to_have_count(3)


TAG = {"type": "input_tag", "id": "p1", "text": "Ada", "group": "People", "data": {"age": "36"}, "interactive": True}
PLAIN = {**TAG, "id": "p2", "text": "Bob", "interactive": False}


@pytest.mark.shows("option:entities.onClick")
async def test_a_click_on_an_entity_is_told(bench: Bench) -> None:
    await bench.start(entities={"onClick": Js("(entity) => { bench.seen.push(entity); }")})
    await bench.open({"type": "user_message", "content": [TAG, PLAIN], "inference_options": {}})
    await expect(bench.part("tag")).to_have_text(["Ada", "Bob"])
    await expect(bench.chat.said.get_by_role("button")).to_have_text(["Ada"])
    await bench.part("tag").first.click()
    assert await bench.seen(1) == [
        {"id": "p1", "title": "Ada", "interactive": True, "group": "People", "data": {"age": "36"}}
    ]


@pytest.mark.shows("option:entities.onRequestPreview")
async def test_an_entity_shows_its_preview(bench: Bench) -> None:
    preview = Js(
        """async (entity) => {
            bench.seen.push(entity.id);
            const known = { type: 'Basic', children: [{ type: 'Title', value: 'All about Ada' }] };
            return { preview: entity.id === 'p1' ? known : null };
        }"""
    )
    await bench.start(entities={"onRequestPreview": preview})
    other = {**TAG, "id": "p3", "text": "Eve"}
    await bench.open({"type": "user_message", "content": [TAG, other], "inference_options": {}})
    await bench.part("tag").first.hover()
    await expect(bench.part("entity-preview").get_by_role("heading", name="All about Ada")).to_be_visible()
    await bench.part("tag").nth(1).hover()
    assert await bench.seen(2) == ["p1", "p3"]
    await expect(bench.part("entity-preview")).to_have_count(0)


# Commands

COMMANDS = [
    {"id": "sum", "label": "Summarise", "description": "In three lines", "icon": "bolt", "group": "Text"},
    {"id": "who", "label": "Who", "group": "People"},
]


async def commands(bench: Bench, selected: str = "undefined", **options: Any) -> None:
    await bench.page.evaluate("(commands) => { bench.commands = commands; }", COMMANDS)
    search = Js("async (query) => { bench.seen.push(query); return bench.commands; }")
    select = Js(f"async (command) => {{ bench.seen.push(command); return {selected}; }}")
    await bench.start(commands={"enabled": True, "onSearch": search, "onSelect": select, **options})
    await type_in(bench, "/s")
    await bench.chat.until("bench.seen.at(-1) === 's'")
    await expect(bench.page.get_by_role("option")).to_have_count(2)


@pytest.mark.shows("option:commands.enabled")
async def test_commands_are_there_where_they_are_turned_on(bench: Bench) -> None:
    await bench.start(commands={"enabled": False, "onSearch": note("[{ id: 'a', label: 'A' }]")})
    await bench.chat.type("/")
    await bench.chat.frames(4)
    await expect(bench.part("suggestions")).to_have_count(0)
    assert await bench.seen() == []
    await bench.start(commands={"enabled": True}, composer={"tools": TOOLS[:1], "attachments": {"enabled": True}})
    await type_in(bench, "/")
    await expect(bench.page.get_by_role("option")).to_have_text(["Attach files", "Search the archive"])
    await bench.page.get_by_role("option").last.click()
    assert [event["toolId"] for event in await bench.chat.told("tool.change")] == ["search"]


@pytest.mark.shows("option:commands.onSearch", "option:commands.onSelect")
async def test_a_command_is_searched_for_and_run(bench: Bench) -> None:
    await commands(bench)
    assert (await bench.seen())[-1] == "s"
    await bench.page.get_by_role("option").first.click()
    await expect(rich(bench)).to_have_text("")
    assert (await bench.seen())[-1] == COMMANDS[0]


@pytest.mark.parametrize("name", ids_of("type:Command.*"))
async def test_what_is_known_of_a_command(bench: Bench, name: str) -> None:
    field = name.rpartition(".")[2]
    await commands(bench)
    first = bench.page.get_by_role("option").first
    match field:
        case "label":
            await expect(first).to_contain_text("Summarise")
        case "description":
            await expect(first).to_contain_text("In three lines")
        case "icon":
            counts = await bench.page.get_by_role("option").evaluate_all(
                "(all) => all.map((one) => one.querySelectorAll('svg').length)"
            )
            assert counts == [1, 0]
        case "group":
            assert await bench.part("suggestions").get_by_role("presentation").all_text_contents() == ["Text", "People"]
        case _:
            await first.click()
            assert (await bench.seen())[-1]["id"] == "sum"


@pytest.mark.shows("type:CommandSelection.entity", "type:CommandSelection.entity.entity")
async def test_a_command_puts_in_an_entity(bench: Bench) -> None:
    await commands(
        bench, "({ type: 'entity', entity: { id: 'p1', title: 'Ada', group: 'People', data: { age: '36' } } })"
    )
    await bench.page.get_by_role("option").first.click()
    await expect(rich(bench)).to_contain_text("Ada")
    (tag, *_) = (await sent(bench))["content"]
    assert (tag["type"], tag["id"], tag["text"], tag["data"]) == ("input_tag", "p1", "Ada", {"age": "36"})


@pytest.mark.shows("type:CommandSelection.menu", "type:CommandSelection.menu.commands")
async def test_a_command_opens_another_menu(bench: Bench) -> None:
    await commands(
        bench,
        """command.id !== 'sum' ? undefined
            : { type: 'menu', commands: [{ id: 'short', label: 'Short' }, { id: 'long', label: 'Long' }] }""",
    )
    await bench.page.get_by_role("option").first.click()
    await expect(bench.page.get_by_role("option", name="Long")).to_be_visible()
    await bench.page.get_by_role("option", name="Long").click()
    await expect(rich(bench)).to_have_text("")
    assert (await bench.seen())[-1] == {"id": "long", "label": "Long"}
