"""What comes from outside reaches the log on one line, without escapes, short, without credentials."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel

from chatkit._shown import shown, shown_error
from chatkit.http.logs import LOG_FORMAT
from chatkit.logger import LogContext, current_thread_id, logger
from chatkit.settings import Settings
from chatkit.store import StoreUnavailableError
from chatkit.stores import MemoryStore
from chatkit.types import StructuredInputFreeform, StructuredInputItem, ThreadItemDoneEvent
from tests.http.servers import EchoServer, chatkit, client, create, new_thread

FORGED = "2026-01-01 00:00:00,000 CRITICAL chatkit [- - -] The server was taken over"
HOSTILE: dict[str, str] = {
    "a line break": f"x\n{FORGED}",
    "a carriage return": f"x\r{FORGED}",
    "both": f"x\r\n{FORGED}",
    "NUL": "x\0y",
    "a colour": "\x1b[31mred\x1b[0m",
    "a title of the terminal": "\x1b]0;owned\x07",
    "a C1 escape": "\x9b31m",
    "backspaces": "x" + "\b" * 100 + "nothing",
    "a vertical tab and a form feed": "x\x0b\x0cy",
    "other line breaks": f"x\x85{FORGED}\u2028{FORGED}\u2029{FORGED}",
    "text turned round": "\u202eexe.txt\u2066\u2069",
    "nothing to see": "\u200b\u2060\ufeff\u00ad",
    "percent signs": "%s %d %(name)s %n",
    "braces": "{0} {record.__class__}",
    "a megabyte": "long" * 300_000,
    "a megabyte of line breaks": "\n" * 1_000_000,
    "a megabyte of emoji": "💥" * 300_000,
    "a password": "postgresql://chat:hunter2@db/chat",
    "a token": "Authorization: Bearer hunter2hunter2hunter2",
    "a key": "api_key=sk-hunter2hunter2",
}
TYPED = "What-The-User-Typed"
MOST = 1000
"""Characters of a record without a traceback."""


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The log as a file has it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield written
    logger.setLevel(before)
    logger.removeHandler(handler)


class Quoting(EchoServer):
    """Its hooks quote the client in what they raise, and its answers ask a question."""

    max_message_bytes = 16_000_000

    async def add_feedback(self, thread_id: str, item_ids: list[str], *_: Any) -> None:
        raise ValueError(f"no such thing: {thread_id} {item_ids}")

    async def sync_action(self, thread: Any, action: Any, *_: Any) -> Any:
        raise KeyError(action.type)

    async def transcribe(self, audio_input: Any, context: Any) -> Any:
        try:
            raise ValueError(audio_input.mime_type)
        except ValueError as error:
            raise ExceptionGroup(audio_input.mime_type, [error, OSError(audio_input.mime_type)]) from error

    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
        yield ThreadItemDoneEvent(
            item=StructuredInputItem(
                id=self.store.generate_item_id("message", thread, context),
                thread_id=thread.id,
                created_at=datetime.now(UTC),
                inputs=[StructuredInputFreeform(id="name", question="Your name?")],
            )
        )


def requests(thread: str, message: str, question: str, text: str) -> list[Any]:
    """Every operation, with the text in each place that takes one."""
    ids = {"thread_id": text, "item_id": text}
    asked = {"thread_id": thread, "item_id": question}
    typed = {"content": [{"type": "input_text", "text": TYPED}], "attachments": [text], "inference_options": {}}
    action = {"type": text, "payload": {"text": TYPED}}
    return [
        {"type": "threads.create", "params": {"input": typed}, "metadata": {"page": TYPED}},
        {"type": "threads.add_user_message", "params": {"thread_id": thread, "input": typed}},
        {"type": "threads.add_user_message", "params": {"thread_id": text, "input": typed}},
        {"type": "threads.add_client_tool_output", "params": {"thread_id": thread, "result": TYPED}},
        {"type": "threads.add_structured_input", "params": ids | {"input": {}}},
        {
            "type": "threads.add_structured_input",
            "params": asked | {"input": {"answers": {text: {"values": [TYPED]}, "b" + text: {"values": [TYPED]}}}},
        },
        {"type": "threads.retry_after_item", "params": {"thread_id": thread, "item_id": text}},
        {"type": "threads.custom_action", "params": {"thread_id": thread, "item_id": message, "action": action}},
        {"type": "threads.custom_action", "params": {"thread_id": thread, "action": action}},
        {"type": "threads.sync_custom_action", "params": {"thread_id": thread, "action": action}},
        {"type": "threads.get_by_id", "params": {"thread_id": text}},
        {"type": "threads.list", "params": {"after": text}},
        {"type": "threads.update", "params": {"thread_id": text, "title": TYPED}},
        {"type": "threads.delete", "params": {"thread_id": text}},
        {"type": "items.list", "params": {"thread_id": thread, "after": text}},
        {"type": "items.feedback", "params": {"thread_id": text, "item_ids": [text], "kind": "positive"}},
        {"type": "items.feedback", "params": {"thread_id": thread, "item_ids": [message], "kind": "positive"}},
        {"type": "attachments.create", "params": {"name": text, "size": 1, "mime_type": text}},
        {"type": "attachments.delete", "params": {"attachment_id": text}},
        {"type": "input.transcribe", "params": {"audio_base64": "AAAA", "mime_type": text}},
        {"type": text, "params": {text: text}},
        {"type": "threads.list", "params": {"limit": text, "order": text}},
    ]


def assert_harmless(log: str) -> None:
    assert all(sign == "\n" or sign.isprintable() for sign in log)
    assert not [line for line in log.split("\n") if line.startswith(FORGED[:10])]
    assert max(map(len, log.split("\n"))) <= MOST
    assert TYPED not in log
    assert "hunter2" not in log


@pytest.mark.parametrize("name", HOSTILE)
async def test_no_request_can_forge_the_log_or_fill_it(name: str, lines: io.StringIO) -> None:
    settings = Settings(max_body_bytes=16_000_000, turns_per_minute=0)
    async with client(chatkit(Quoting(), settings=settings)) as http:
        thread, found = await new_thread(http)
        message, question = found[1]["item"]["id"], found[-1]["item"]["id"]
        for request in requests(thread, message, question, HOSTILE[name]):
            headers = {"x-request-id": "x" * 500, "authorization": "Bearer hunter2hunter2", "cookie": "a=hunter2"}
            await http.post("/chatkit", json=request, headers=headers)
    log = lines.getvalue()
    assert "its sender, which is no widget" in log
    assert "has no questions" in log
    assert log.count("A request failed.") >= 3
    assert_harmless(log)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_threads_id_in_other_loggers_records_is_harmless_too(name: str) -> None:
    token = current_thread_id.set(HOSTILE[name])
    record = logging.LogRecord("other", logging.INFO, "", 0, "text", None, None)
    LogContext().filter(record)
    current_thread_id.reset(token)
    assert_harmless(record.__dict__["thread_id"])
    assert len(record.__dict__["thread_id"]) <= 81


class Typed(BaseModel):
    text: int


async def test_what_a_user_typed_is_not_quoted_from_a_validation_error(lines: io.StringIO) -> None:
    class Validating(EchoServer):
        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
            Typed.model_validate({"text": input_user_message.content[0].text})
            yield

    async with client(chatkit(Validating())) as http:
        await http.post("/chatkit", json=create(TYPED))
    assert "text (int_parsing)" in lines.getvalue()
    assert_harmless(lines.getvalue())


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("thr_1", "thr_1"),
        ("Grüße 💥", "Grüße 💥"),
        ("a\nb", "a\\nb"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202e", "\\u202e"),
        (7, "7"),
        (None, "None"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 200 + "…"),
        ("\n" * 500, "\\n" * 100 + "…"),
        ("postgresql+psycopg://chat:pass@db:5432/chat", "postgresql+psycopg://***@db:5432/chat"),
        ("https://example.org/a@b", "https://example.org/a@b"),
        ("host=db password=top user=chat", "host=db password=*** user=chat"),
        ("postgresql://db/chat?user=a&password=top&x=1", "postgresql://db/chat?user=a&password=***&x=1"),
        ("https://x.test/?api-key=abc&api_version=1", "https://x.test/?api-key=***&api_version=1"),
        ("{'token': 'abc', 'a': 1}", "{'token': '***', 'a': 1}"),
        ("Bearer abcdef.ghijkl", "Bearer ***"),
        ("Authorization: Basic YTpi", "Authorization: Basic ***"),
        ("basic information: a token was refused", "basic information: a token was refused"),
        ("Incorrect API key provided: sk-abcdefghijkl.", "Incorrect API key provided: sk-***."),
    ],
)
def test_a_value_is_shown_as_it_is_unless_that_could_do_harm(text: Any, written: str) -> None:
    assert shown(text) == written


def test_the_errors_that_led_to_one_are_told_each_once_even_in_a_circle() -> None:
    first, second = ValueError("first"), RuntimeError("second")
    first.__cause__, second.__cause__ = second, first
    told = shown_error(first)
    assert told.count("ValueError: first") == 1
    assert told.count("RuntimeError: second") == 1


def test_an_error_of_a_thousand_errors_is_told_in_short() -> None:
    told = shown_error(ExceptionGroup("many", [ValueError("x" * 10_000) for _ in range(1000)]))
    assert len(told) < 20_000


class Down(MemoryStore[Any]):
    """A database without room, behind a password."""

    async def load_threads(self, *_: Any, **__: Any) -> Any:
        raise StoreUnavailableError("postgresql://chat:hunter2@db: the disk\nis full") from OSError("No space left")


async def test_a_store_that_is_down_leaves_a_line_and_not_one_for_each_request(lines: io.StringIO) -> None:
    async with client(chatkit(EchoServer(Down()))) as http:
        answers = [await http.post("/chatkit", json={"type": "threads.list", "params": {}}) for _ in range(365)]
    assert {answer.status_code for answer in answers} == {503}
    log = lines.getvalue()
    assert log.count("\n") == 1
    assert "the disk\\nis full (OSError)" in log
    assert "ERROR" in log
    assert_harmless(log)
