"""Files that are gone, that a model cannot take, that have odd kinds, and messages that are nothing but a file."""

import base64
from typing import Any

import pytest
from agents import Agent

from chatkit.agents import StoredAttachmentConverter, ThreadItemConverter
from chatkit.store import NotFoundError
from chatkit.testing.scripted_model import ScriptedModel
from chatkit.types import Attachment, ErrorEvent, FileAttachment, NoticeEvent, UserMessageInput
from tests.agents.conftest import ClientFor, ask, items_of, reaching, texts
from tests.agents.test_converter import file, message, parts
from tests.support.chat_host import ChatHost, Refusal
from tests.support.names import shown

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20


class Files:
    """Bytes by id; an exception in their place is raised."""

    def __init__(self, **files: Any) -> None:
        self.files = files

    async def read_attachment(self, attachment_id: str, context: Any, /) -> bytes:
        found = self.files.get(attachment_id, NotFoundError(attachment_id))
        if isinstance(found, Exception):
            raise found
        return found


async def with_file(client: Any, text: str, name: str, kind: str, thread_id: str | None = None) -> list[Any]:
    attachment = FileAttachment(id="f", name=name, mime_type=kind)
    await client.server.store.save_attachment(attachment, client.context)
    content = [{"type": "input_text", "text": text}] if text else []
    sent = UserMessageInput.model_validate({"content": content, "attachments": ["f"], "inference_options": {}})
    stream = client.add_user_message(thread_id, sent) if thread_id else client.create_thread(sent)
    return [event async for event in stream]


# Gone


GONE = [NotFoundError("f"), KeyError("f"), FileNotFoundError("f"), ConnectionError("down"), RuntimeError("x")]


@pytest.mark.parametrize("error", GONE, ids=shown)
async def test_a_file_that_cannot_be_read_does_not_break_its_thread(client_for: ClientFor, error: Exception) -> None:
    files = Files(f=b"It is there.")
    model = ScriptedModel("One.", "Two.")
    client = client_for(
        Agent(name="a", model=model), converter=lambda context: StoredAttachmentConverter(files, context)
    )
    await with_file(client, "see", "a.txt", "text/plain")
    files.files["f"] = error
    events = await ask(client, "again", (await items_of(client))[0].thread_id)
    assert not [event for event in events if isinstance(event, ErrorEvent)]
    assert texts(await items_of(client)) == ["One.", "Two."]
    assert "a.txt" in str(model.requests[1].input)


@pytest.mark.parametrize("error", GONE[:3], ids=shown)
async def test_a_converter_of_ones_own_may_miss_a_file_too(client_for: ClientFor, error: Exception) -> None:
    class Own(ThreadItemConverter):
        async def attachment_to_message_content(self, attachment: Attachment) -> Any:
            raise error

    model = ScriptedModel("One.")
    client = client_for(Agent(name="a", model=model), converter=Own())
    events = await with_file(client, "see", "a.txt", "text/plain")
    assert not [event for event in events if isinstance(event, ErrorEvent)]
    assert "a.txt" in str(model.requests[0].input)


# A model that takes none

REFUSALS: dict[str, tuple[int, Any]] = {
    "OpenAI": (400, {"error": {"message": "Invalid content type. image_url is only supported by certain models."}}),
    "vLLM": (400, {"error": {"message": "some-model is not a multimodal model"}}),
    "vLLM, none": (400, {"error": {"message": "At most 0 image(s) may be provided in one prompt."}}),
    "llama.cpp": (500, {"error": {"message": "image input is not supported - hint: you may need the mmproj"}}),
    "Ollama": (500, {"error": {"message": "this model is missing data required for image input"}}),
    "LM Studio": (400, {"error": "Model does not support images. Please use a model that does."}),
    "OpenRouter": (404, {"error": {"message": "No endpoints found that support image input", "code": 404}}),
    "DeepSeek": (422, {"error": {"message": "unknown variant `image_url`, expected `text`"}}),
    "Groq": (400, {"error": {"message": "messages[0].content must be a string"}}),
}


def blind(refusal: tuple[int, Any], part: str = "image_url") -> Any:
    def judge(asked: dict[str, Any]) -> Refusal | None:
        contents = [message["content"] for message in asked["messages"] if isinstance(message["content"], list)]
        sees = any(piece["type"] == part for content in contents for piece in content)
        return Refusal(*refusal) if sees else None

    return judge


@pytest.mark.parametrize("host", REFUSALS)
async def test_a_model_that_sees_no_images_answers_without_them(client_for: ClientFor, host: str) -> None:
    answering = ChatHost(["I cannot see it."], ["Still not."], judge=blind(REFUSALS[host]))
    async with answering.running() as url:
        converter: Any = lambda context: StoredAttachmentConverter(Files(f=PNG), context)  # noqa: E731
        client = client_for(Agent(name="a"), converter=converter, **reaching(url))
        first = await with_file(client, "what is it?", "a.png", "image/png")
        asked = len(answering.requests)
        second = await ask(client, "and now?", (await items_of(client))[0].thread_id)
    assert texts(await items_of(client)) == ["I cannot see it.", "Still not."]
    assert [event.message for event in first if isinstance(event, NoticeEvent)] == [
        "This model takes no images, so it answers without seeing them."
    ]
    assert not [event for event in second if isinstance(event, NoticeEvent | ErrorEvent)]
    assert (asked, len(answering.requests)) == (2, 3)
    assert "cannot see" in str(answering.requests[1])


async def test_a_host_that_takes_no_files_gets_the_text_in_them(client_for: ClientFor) -> None:
    refusal = (400, {"error": {"message": "Unknown part type: file"}})
    answering = ChatHost(["Read."], judge=blind(refusal, "file"))
    async with answering.running() as url:
        converter: Any = lambda context: StoredAttachmentConverter(Files(f=b"the text"), context)  # noqa: E731
        client = client_for(Agent(name="a"), converter=converter, **reaching(url))
        await with_file(client, "read", "a.txt", "text/plain")
    assert texts(await items_of(client)) == ["Read."]
    assert "the text" in str(answering.requests[1])


async def test_a_refusal_for_other_reasons_is_not_tried_again(client_for: ClientFor) -> None:
    answering = ChatHost(judge=lambda _: Refusal(400, {"error": {"message": "temperature must be at most 1"}}))
    async with answering.running() as url:
        converter: Any = lambda context: StoredAttachmentConverter(Files(f=PNG), context)  # noqa: E731
        client = client_for(Agent(name="a"), converter=converter, **reaching(url))
        events = await with_file(client, "what is it?", "a.png", "image/png")
    assert isinstance(events[-1], ErrorEvent)
    assert len(answering.requests) == 1


async def test_a_converter_may_be_told_that_the_model_sees_no_images() -> None:
    converter = StoredAttachmentConverter(Files(f=PNG), None, images=False)
    for kind in ("image/png", "application/octet-stream"):
        (sent,) = await converter.to_agent_input(message(file("a.png", kind)))
        assert "input_image" not in str(sent)
        assert "a.png" in str(sent)


# Kinds

TEXT = "näme,値\n1,2\n"
TEXTS: dict[str, tuple[str, str, bytes]] = {
    "csv of Excel": ("data.csv", "application/vnd.ms-excel", TEXT.encode()),
    "TypeScript": ("main.ts", "video/mp2t", TEXT.encode()),
    "Markdown": ("notes.md", "", TEXT.encode()),
    "JSON": ("a.json", "application/octet-stream", TEXT.encode()),
    "log": ("server.log", "application/octet-stream", TEXT.encode()),
    "no ending": ("Makefile", "application/octet-stream", TEXT.encode()),
    "no name, no kind": ("notes", "", TEXT.encode()),
    "a hidden file": (".env", "application/octet-stream", TEXT.encode()),
    "YAML": ("a.yaml", "application/x-yaml", TEXT.encode()),
    "Python": ("a.py", "application/x-python-code", TEXT.encode()),
    "SVG": ("a.svg", "image/svg+xml", TEXT.encode()),
    "capitals": ("DATA.CSV", "APPLICATION/VND.MS-EXCEL; charset=x", TEXT.encode()),
    "marked UTF-8": ("a.csv", "text/csv", TEXT.encode("utf-8-sig")),
    "marked UTF-16": ("a.csv", "text/csv", TEXT.encode("utf-16")),
    "marked UTF-16, the other way": ("a.csv", "text/csv", b"\xfe\xff" + TEXT.encode("utf-16-be")),
    "empty": ("a.txt", "", b""),
}


@pytest.mark.parametrize("name", TEXTS)
async def test_text_is_read_whatever_kind_it_was_sent_with(name: str) -> None:
    filename, kind, data = TEXTS[name]
    sent = await StoredAttachmentConverter(Files(f=data), None).to_agent_input(message(file(filename, kind)))
    part = sent[0]["content"][1]  # type: ignore[index, typeddict-item]
    assert part["type"] == "input_file"
    url, _, encoded = part["file_data"].partition(";base64,")
    assert url.startswith("data:text/")
    assert base64.b64decode(encoded).decode() == (TEXT if data else "")


@pytest.mark.parametrize(
    ("data", "text"),
    [("Grüße;1".encode("cp1252"), "Grüße;1"), ("a;b".encode("utf-16-le"), "a;b"), ("a;b".encode("utf-16-be"), "a;b")],
)
async def test_text_of_windows_is_read_without_a_mark(data: bytes, text: str) -> None:
    converter = StoredAttachmentConverter(Files(f=data), None)
    sent: Any = await converter.to_agent_input(message(file("a.csv", "application/vnd.ms-excel")))
    assert base64.b64decode(sent[0]["content"][1]["file_data"].partition(";base64,")[2]).decode() == text


BINARY = [
    ("a.ts", "video/mp2t", b"G\x00\x11\x02\xff" * 40),
    ("a.csv", "text/csv", b"PK\x03\x04\x00\x01\x02"),
    ("a", "", b"\0"),
]


@pytest.mark.parametrize(("name", "kind", "data"), BINARY)
async def test_what_is_no_text_is_named(name: str, kind: str, data: bytes) -> None:
    sent = await StoredAttachmentConverter(Files(f=data), None).to_agent_input(message(file(name, kind)))
    assert "input_file" not in str(sent)
    assert "its kind cannot be read" in str(sent)


@pytest.mark.parametrize(
    ("name", "kind", "data", "url"),
    [
        ("a.png", "application/octet-stream", PNG, "data:image/png"),
        ("photo", "", b"\xff\xd8\xff\xe0", "data:image/jpeg"),
        ("a.jpg", "image/jpg", b"\xff\xd8\xff\xe0", "data:image/jpeg"),
        ("a.pdf", "application/octet-stream", b"%PDF-1.7", "data:application/pdf"),
    ],
)
async def test_images_and_pdfs_are_known_by_their_bytes(name: str, kind: str, data: bytes, url: str) -> None:
    sent: Any = await StoredAttachmentConverter(Files(f=data), None).to_agent_input(message(file(name, kind)))
    part = sent[0]["content"][1]
    assert (part.get("image_url") or part.get("file_data")).startswith(url)


# Nothing but a file


async def test_a_message_that_is_only_a_file_has_no_empty_part_and_gets_a_title(client_for: ClientFor) -> None:
    model = ScriptedModel("Read.")
    client = client_for(
        Agent(name="a", model=model),
        titles="first_words",
        converter=lambda context: StoredAttachmentConverter(Files(f=b"hi"), context),
    )
    await with_file(client, "", "Report 2026.txt", "text/plain")
    (sent,) = model.requests[0].input
    assert [part["type"] for part in sent["content"]] == ["input_file"]
    threads = await client.server.store.load_threads(1, None, "desc", client.context)
    assert threads.data[0].title == "Report 2026.txt"


async def test_the_parts_of_a_message_with_text_stay_as_they_were() -> None:
    from tests.agents.test_converter import Files as Owned

    (part,) = await parts(message(file("a.txt", "text/plain")), Owned(f=b"hi"))
    assert part["type"] == "input_file"
