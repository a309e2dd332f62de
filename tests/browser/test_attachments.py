"""Files that go with a message: chosen, dropped, pasted, uploaded, refused, removed, sent."""

import base64
import re
from typing import Any

import pytest
from playwright.async_api import FilePayload, Locator, expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenWith
from tests.browser.corpus import PICTURE
from tests.browser.scripted import ScriptedServer

FILES = "composer: { attachments: { enabled: true } },"
DIRECT = "api: { url: '/chatkit', uploadStrategy: { type: 'direct', uploadUrl: '/upload' } }," + FILES
NETWORK_NOISE = "Failed to load resource"

PNG = FilePayload(name="dot.png", mimeType="image/png", buffer=base64.b64decode(PICTURE.partition(",")[2]))
TEXT = FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"Remember the milk.")
LONG = "A line of a long text.\n" * 5000
LARGE = 24 * 1024 * 1024
"""Bytes: more than the buffers between browser and server hold."""


def tiles(chat: Chat) -> Locator:
    return chat.part("composer-attachments").get_by_role("listitem")


async def attach(chat: Chat, *files: FilePayload) -> None:
    """Chooses files with the button."""
    async with chat.page.expect_file_chooser() as choosing:
        await chat.page.get_by_role("button", name="Attach files").click()
    await (await choosing.value).set_files(list(files))


async def attach_large(chat: Chat) -> Locator:
    """Begins the upload of a large file; gives its progress."""
    await chat.element.evaluate(
        "(element, size) => element.setComposerValue({ files: [new File([new Uint8Array(size)], 'film.bin')] })", LARGE
    )
    await chat.until("Number(probe.find('[role=progressbar]')?.getAttribute('aria-valuenow')) > 0")
    return chat.page.get_by_role("progressbar", name="Uploading film.bin")


async def uploaded(chat: Chat, count: int = 1) -> None:
    """When that many files are in the composer, all of them with the server."""
    await expect(tiles(chat)).to_have_count(count)
    await expect(chat.page.get_by_role("progressbar")).to_have_count(0)


async def transfer(chat: Chat, *files: tuple[str, str], text: str | None = None) -> Any:
    """What a drag or a copy carries: files by name and type, and perhaps text."""
    return await chat.page.evaluate_handle(
        """([files, text]) => {
            const carried = new DataTransfer();
            for (const [name, type] of files) carried.items.add(new File(['content'], name, { type }));
            if (text !== null) carried.setData('text/plain', text);
            return carried;
        }""",
        [list(files), text],
    )


async def paste(chat: Chat, carried: Any) -> None:
    """Pastes into the message field what `transfer` made."""
    await chat.composer.evaluate(
        """(field, clipboardData) => field.dispatchEvent(
            new ClipboardEvent('paste', { clipboardData, bubbles: true, composed: true, cancelable: true }))""",
        carried,
    )


async def test_files_are_chosen_uploaded_and_sent(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(FILES)
    turn = server.turn()
    await attach(chat, PNG, TEXT)
    await uploaded(chat, 2)
    await expect(tiles(chat)).to_contain_text(["dot.png", "notes.txt"])
    await expect(tiles(chat).first.locator("canvas")).to_be_visible()
    await expect(chat.composer).to_be_focused()
    assert sorted(server.files.contents.values()) == sorted([PNG["buffer"], TEXT["buffer"]])
    assert server.files.headers["x-upload"] == "yes"
    await chat.begin("Look at these")
    message = (await turn.begun()).message
    assert message is not None
    assert [(each.type, each.name, each.mime_type) for each in message.attachments] == [
        ("image", "dot.png", "image/png"),
        ("file", "notes.txt", "text/plain"),
    ]
    assert [each.thread_id for each in message.attachments] == [turn.thread_id] * 2
    turn.say("I see.").end()
    await chat.idle()
    await expect(tiles(chat)).to_have_count(0)
    await expect(chat.part("attachments").get_by_role("img", name="dot.png")).to_be_visible()
    await expect(chat.part("attachments")).to_contain_text("notes.txt")
    loaded = "probe.find('[part=attachments] img').naturalWidth > 0"
    await chat.until(loaded)


async def test_files_alone_are_a_message(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(FILES)
    await expect(chat.send_button).to_be_disabled()
    await attach(chat, TEXT)
    await uploaded(chat)
    await chat.send_button.click()
    await expect(chat.answer).to_contain_text("You said .")
    await expect(chat.part("attachments")).to_contain_text("notes.txt")


@pytest.mark.shows("option:api.uploadStrategy.direct.uploadUrl")
async def test_direct_uploads_go_to_the_pages_own_route(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(DIRECT)
    turn = server.turn()
    await attach(chat, PNG, TEXT)
    await uploaded(chat, 2)
    assert server.files.headers["content-type"].startswith("multipart/form-data")
    await chat.begin("Look at these")
    message = (await turn.begun()).message
    assert message is not None
    assert sorted(each.name for each in message.attachments) == ["dot.png", "notes.txt"]
    turn.say("I see.").end()
    await chat.idle()


@pytest.mark.shows("option:api.fetch")
async def test_uploads_go_through_the_pages_fetch(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(
        """api: { url: '/chatkit', fetch: (url, init) => {
            (window.fetched ??= []).push([new URL(url, location).pathname.replace(/atc_.*/, 'id'), init.method]);
            return fetch(url, init);
        } },"""
        + FILES
    )
    await attach(chat, TEXT)
    await uploaded(chat)
    assert await chat.page.evaluate("fetched") == [["/chatkit", "POST"], ["/files/id", "PUT"]]
    assert list(server.files.contents.values()) == [TEXT["buffer"]]


async def test_files_are_dropped_on_the_chat(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(FILES)
    await expect(chat.page.get_by_role("button", name="Attach files")).to_be_visible()
    carried = await transfer(chat, ("a.txt", "text/plain"), ("b.txt", "text/plain"))
    for _ in range(50):  # over and over, as a browser does while something is dragged
        await chat.greeting.dispatch_event("dragover", {"dataTransfer": carried})
        await chat.frames(2)
        if await chat.page.get_by_text("Drop files here to attach them").count():
            break
    await expect(chat.page.get_by_text("Drop files here to attach them")).to_be_visible()
    await chat.greeting.dispatch_event("dragleave", {"dataTransfer": carried})
    await expect(chat.page.get_by_text("Drop files here to attach them")).to_have_count(0)
    await chat.greeting.dispatch_event("dragover", {"dataTransfer": carried})
    await chat.greeting.dispatch_event("drop", {"dataTransfer": carried})
    await expect(chat.page.get_by_text("Drop files here to attach them")).to_have_count(0)
    await uploaded(chat, 2)
    assert list(server.files.contents.values()) == [b"content"] * 2


async def test_pictures_are_pasted_and_texts_stay_texts(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(FILES, permissions=["clipboard-read", "clipboard-write"])
    await expect(chat.page.get_by_role("button", name="Attach files")).to_be_visible()
    await chat.page.evaluate(
        """async (data) => {
            const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
            const picture = new Blob([bytes], { type: 'image/png' });
            await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
        }""",
        base64.b64encode(PNG["buffer"]).decode(),
    )
    await chat.composer.focus()
    await chat.page.keyboard.press("Control+v")
    await uploaded(chat)
    await expect(tiles(chat).locator("canvas")).to_be_visible()
    carried = await transfer(chat, ("copy.png", "image/png"), text="A table of numbers")
    await paste(chat, carried)
    await chat.frames()
    await expect(tiles(chat)).to_have_count(1)


@pytest.mark.parametrize("text", ["notes.txt", "/home/ada/notes.txt", "file:///home/ada/notes.txt"])
async def test_a_file_pasted_with_its_name_is_the_file(open_with: OpenWith, text: str) -> None:
    chat = await open_with(FILES)
    await expect(chat.page.get_by_role("button", name="Attach files")).to_be_visible()
    carried = await transfer(chat, ("notes.txt", "text/plain"), text=text)
    await paste(chat, carried)
    await uploaded(chat)
    await expect(tiles(chat)).to_contain_text("notes.txt")


@pytest.mark.parametrize("rich", [False, True])
async def test_a_long_paste_is_offered_as_a_file(open_with: OpenWith, server: ScriptedServer, rich: bool) -> None:
    entities = "entities: { onTagSearch: () => [] }," if rich else ""
    chat = await open_with(FILES + entities, permissions=["clipboard-read", "clipboard-write"])
    await expect(chat.page.get_by_role("button", name="Attach files")).to_be_visible()
    await chat.composer.focus()
    await chat.page.keyboard.type("Summarise: ")
    await chat.page.evaluate("(text) => navigator.clipboard.writeText(text)", LONG)
    await chat.page.keyboard.press("Control+v")
    offer = chat.part("composer-pasted")
    await expect(offer).to_contain_text("That is a long text.")
    await offer.get_by_role("button", name="Attach it as a file").click()
    await uploaded(chat)
    await expect(tiles(chat)).to_contain_text("Pasted text.txt")
    await expect(offer).to_be_hidden()
    await expect(chat.composer).to_be_focused()
    left = await chat.composer.evaluate("(field) => field.value ?? field.textContent")
    assert left.strip() == "Summarise:"
    assert list(server.files.contents.values()) == [LONG.encode()]


async def test_a_long_paste_without_attachments_is_text_and_its_bubble_is_cut(open_with: OpenWith) -> None:
    chat = await open_with("", permissions=["clipboard-read", "clipboard-write"])
    await chat.composer.focus()
    await chat.page.evaluate("(text) => navigator.clipboard.writeText(text)", LONG)
    await chat.page.keyboard.press("Control+v")
    await expect(chat.part("composer-pasted")).to_have_count(0)
    await chat.page.keyboard.press("Enter")
    bubble = chat.part("user-bubble")
    await chat.idle()
    more = bubble.get_by_role("button", name="Show more")
    await expect(more).to_have_attribute("aria-expanded", "false")
    assert len(await bubble.inner_text()) < 3000
    await more.press("Enter")
    less = bubble.get_by_role("button", name="Show less")
    await expect(less).to_be_focused()
    assert len(await bubble.inner_text()) > 100_000
    await less.press("Enter")
    await expect(more).to_be_in_viewport()
    assert len(await bubble.inner_text()) < 3000


@pytest.mark.shows("own:upload.progress")
async def test_an_upload_tells_how_far_it_is_and_holds_the_message(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(FILES)
    server.files.open.clear()
    await chat.type("With a film")
    bar = await attach_large(chat)
    await expect(bar).to_be_visible()
    assert int(await bar.get_attribute("aria-valuenow") or 0) < 100
    await expect(tiles(chat)).to_contain_text(re.compile(r"\d+% · "))
    await expect(chat.send_button).to_be_disabled()
    await chat.composer.press("Enter")
    await expect(chat.said).to_have_count(0)
    server.files.open.set()
    await uploaded(chat)
    await expect(chat.send_button).to_be_enabled()
    assert [len(content) for content in server.files.contents.values()] == [LARGE]


async def test_an_upload_that_fails_can_be_tried_again(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(FILES)
    chat.watch.expect(NETWORK_NOISE)
    server.files.failures = 1
    await attach(chat, TEXT)
    await expect(chat.part("composer-problem")).to_contain_text("notes.txt could not be uploaded. The disk is full.")
    await expect(chat.send_button).to_be_disabled()
    assert [event["error"]["code"] for event in await chat.told("error")] == ["full"]
    await tiles(chat).get_by_role("button", name="Upload notes.txt again").click()
    await uploaded(chat)
    await expect(chat.send_button).to_be_enabled()
    assert list(server.files.contents.values()) == [TEXT["buffer"]]


async def test_a_removed_file_is_gone_from_the_server_too(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(FILES)
    await attach(chat, TEXT)
    await uploaded(chat)
    (kept,) = server.files.contents
    async with chat.page.expect_response("**/chatkit"):
        await tiles(chat).get_by_role("button", name="Remove notes.txt").click()
    await expect(tiles(chat)).to_have_count(0)
    await expect(chat.composer).to_be_focused()
    assert server.files.deleted == [kept]


async def test_a_file_that_is_removed_on_its_way_is_not_sent_on(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(FILES)
    server.files.open.clear()
    await attach_large(chat)
    async with chat.page.expect_event("requestfailed", lambda request: "/files/" in request.url):
        await tiles(chat).get_by_role("button", name="Remove film.bin").click()
    await expect(tiles(chat)).to_have_count(0)
    server.files.open.set()
    assert await chat.told("error") == []
    await chat.send("Without it")
    await expect(chat.part("attachments")).to_have_count(0)


@pytest.mark.shows(
    "option:composer.attachments.maxSize", "option:composer.attachments.maxCount", "option:composer.attachments.accept"
)
async def test_what_is_too_large_too_many_or_of_another_kind_is_refused(
    open_with: OpenWith, server: ScriptedServer
) -> None:
    chat = await open_with(
        """composer: { attachments: {
            enabled: true, maxCount: 2, maxSize: { 'text/plain': 10, 'image/*': 1000 },
            accept: { 'image/*': ['.png'], 'text/plain': ['.txt', '.log'] },
        } },"""
    )
    problem = chat.part("composer-problem")
    await attach(chat, TEXT)
    await expect(problem).to_contain_text("notes.txt is larger than 10 bytes.")
    await expect(tiles(chat)).to_have_count(0)
    await attach(chat, FilePayload(name="x.exe", mimeType="application/x-msdownload", buffer=b"MZ"))
    await expect(problem).to_contain_text("x.exe is a type of file that is not accepted here.")
    await attach(chat, FilePayload(name="by-ending.log", mimeType="", buffer=b"ok"), PNG)
    await uploaded(chat, 2)
    await expect(problem).to_be_hidden()
    await attach(chat, PNG)
    await expect(problem).to_contain_text("Only 2 files can go with a message.")
    await expect(tiles(chat)).to_have_count(2)
    assert len(server.files.contents) == 2
    accept = await chat.page.locator("input[type=file]").get_attribute("accept")
    assert accept == "image/*,.png,text/plain,.txt,.log"


@pytest.mark.shows("method:setComposerValue.files")
async def test_the_page_gives_files_to_the_composer(open_with: OpenWith, server: ScriptedServer) -> None:
    chat = await open_with(FILES)
    await chat.element.evaluate(
        """(element) => element.setComposerValue({
            text: 'From the page', files: [new File(['one'], 'one.txt', { type: 'text/plain' })],
        })"""
    )
    await uploaded(chat)
    await expect(chat.composer).to_have_value("From the page")
    assert list(server.files.contents.values()) == [b"one"]
    given = {"id": "atc_given", "type": "file", "name": "given.pdf", "mime_type": "application/pdf"}
    await chat.call("setComposerValue", {"attachments": [given]})
    await expect(tiles(chat)).to_contain_text(["given.pdf"])


@pytest.mark.shows("option:composer.attachments.enabled")
async def test_without_the_option_files_are_not_taken(open_with: OpenWith) -> None:
    chat = await open_with()
    await expect(chat.page.get_by_role("button", name="Attach files")).to_have_count(0)
    refused = await chat.element.evaluate(
        "(element) => element.setComposerValue({ files: [new File([''], 'x')] }).catch((error) => error.message)"
    )
    assert "composer.attachments" in refused
