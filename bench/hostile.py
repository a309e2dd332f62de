"""Bodies made to cost more than their size: each refused in time that grows no faster than it does, in little memory.

    python -m bench.hostile                # the table; exits 1 when a gate fails
    python -m bench.hostile --only escape  # the bodies whose names contain that

Each goes through the whole app, without a socket. Gates: twice the body takes at most twice the processor time (the
best of some runs, with room for noise), 2 MB is refused within 50 ms, no answer is over 4 kB, and 1,000 requests leave
the process no larger.
"""

import argparse
import asyncio
import gc
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatkit.http import ChatKit, Settings
from chatkit.server import ChatKitServer
from chatkit.stores import MemoryStore
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem

BODY_BYTES = 2_000_000
MOST_MILLISECONDS = 50.0
MOST_GROWTH = 3.0
"""Twice, with room for noise and for memory that the caches no longer hold; what is quadratic is at 4."""
NOISE_MILLISECONDS = 2.0
"""Times below are not compared: they are the request's own, not the body's."""
MOST_ANSWER_BYTES = 4096
MOST_LEFT_MEGABYTES = 16.0

Make = Callable[[int], bytes]
"""A body of about so many bytes."""


def repeated(unit: bytes, before: bytes = b"", after: bytes = b"") -> Make:
    return lambda size: before + unit * max(1, (size - len(before) - len(after)) // len(unit)) + after


def in_request(make: Make, before: bytes, after: bytes) -> Make:
    return lambda size: before + make(size - len(before) - len(after)) + after


def numbered(pattern: bytes, joined: bytes = b",") -> Make:
    """Units that all differ."""

    def make(size: int) -> bytes:
        return joined.join(pattern % number for number in range(max(1, size // (len(pattern) + 5))))

    return make


def digits(before: bytes, digit: bytes, after: bytes = b"") -> Make:
    return repeated(digit, before, after)


NOT_JSON: dict[str, Make] = {
    "openers [": repeated(b"["),
    "openers {": repeated(b"{"),
    'openers {"a":': repeated(b'{"a":'),
    'openers [{"a":': repeated(b'[{"a":'),
    "openers in turn": repeated(b"[{"),
    "closers ]": repeated(b"]"),
    "closers }": repeated(b"}"),
    "a closer, then openers": repeated(b"[", b"]"),
    "pairs []": repeated(b"[]"),
    "pairs [}": repeated(b"[}"),
    "pairs of 60": repeated(b"[" * 60 + b"]" * 60),
    "65 openers, an open string of escapes": repeated(b'\\"', b"[" * 65 + b'"'),
    "65 openers, escapes": repeated(b"\\", b"[" * 65),
    "65 openers, escaped escapes in a string": repeated(b"\\\\", b"[" * 65 + b'"'),
    "65 openers, quotes": repeated(b'"', b"[" * 65),
    "65 openers, strings of brackets": repeated(b'"[",', b"[" * 65),
    "65 openers, strings and brackets": repeated(b'"[",[],', b"[" * 65),
    "quotes": repeated(b'"'),
    "open string": repeated(b"a", b'"'),
    "escapes in an open string": repeated(b"\\n", b'"'),
    "unicode escapes in an open string": repeated(b"\\u00e9", b'"'),
    "half surrogates": repeated(b"\\ud800", b'"', b'"'),
    "spaces": repeated(b" "),
    "commas": repeated(b","),
    "colons": repeated(b":"),
    "NUL": repeated(b"\0"),
    "bytes that are no UTF-8": repeated(b"\xff"),
    "no UTF-8 in a string": repeated(b"\xc3", b'"', b'"'),
    "byte order marks": repeated(b"\xef\xbb\xbf"),
    "minus": repeated(b"-"),
    "digits": repeated(b"9"),
    "an exponent": digits(b"1e", b"9"),
    "a fraction": digits(b"0.", b"1"),
    "true": repeated(b"true"),
    "NaN": repeated(b"NaN,", b"[", b"0]"),
    "Infinity": repeated(b"-Infinity,", b"[", b"0]"),
}
"""What no parser should get far with."""

VALUES: dict[str, Make] = {
    "numbers": repeated(b"1,", b"[", b"1]"),
    "fractions": repeated(b"1.5,", b"[", b"1]"),
    "numbers of 4,000 digits": repeated(b"9" * 4000 + b",", b"[", b"1]"),
    "too large numbers": repeated(b"1e999,", b"[", b"1]"),
    "empty arrays": repeated(b"[],", b"[", b"1]"),
    "empty objects": repeated(b"{},", b"[", b"1]"),
    "objects": repeated(b'{"a":1},', b"[", b"1]"),
    "nested arrays": repeated(b"[" * 30 + b"]" * 30 + b",", b"[", b"1]"),
    "as many arrays as may be": lambda size: b"[" + b"[]," * min(49_000, size // 40) + b"1]",
    "short strings": repeated(b'"a",', b"[", b"1]"),
    "strings that differ": in_request(numbered(b'"%x"'), b"[", b"]"),
    "keys that differ": in_request(numbered(b'"%x":1'), b"{", b"}"),
    "one key again and again": repeated(b'"a":1,', b"{", b'"b":1}'),
    "one long key": repeated(b"k", b'{"', b'":1}'),
    "one long string": repeated(b"a", b'"', b'"'),
    "a string of escapes": repeated(b"\\n", b'"', b'"'),
    "a string of quotes": repeated(b'\\"', b'"', b'"'),
    "a string of unicode escapes": repeated(b"\\u00e9", b'"', b'"'),
    "a string of NUL": repeated(b"\\u0000", b'"', b'"'),
    "a string of emoji": repeated("😀".encode(), b'"', b'"'),
    "a string of brackets": repeated(b"[", b'"', b'"'),
}
"""JSON that is well-formed, for any place in a request."""

PLACES: dict[str, tuple[bytes, bytes]] = {
    "alone": (b"", b""),
    "as the operation": (b'{"params":{},"type":', b"}"),
    "as the parameters": (b'{"type":"threads.add_structured_input","params":', b"}"),
    "as an unknown field": (b'{"type":"attachments.create","params":{"x":', b"}}"),
    "as a tool's result": (
        b'{"type":"threads.add_client_tool_output","params":{"thread_id":"thr_none","result":',
        b"}}",
    ),
    "as a message's content": (
        b'{"type":"threads.add_user_message","params":{"thread_id":"thr_none","input":{"content":',
        b',"attachments":[],"inference_options":{}}}}',
    ),
    "as attachments": (
        b'{"type":"threads.create","params":{"input":{"content":[],"inference_options":{},"attachments":',
        b"}}}",
    ),
    "as answers": (
        b'{"type":"threads.add_structured_input","params":{"thread_id":"t","item_id":"i","input":{"answers":',
        b"}}}",
    ),
    "as item ids": (b'{"type":"items.feedback","params":{"thread_id":"t","kind":"meh","item_ids":', b"}}"),
    "as extensions": (b'{"type":"threads.get_by_id","params":{"thread_id":"thr_none"},"extensions":', b"}"),
    "as a thread's id": (b'{"type":"threads.get_by_id","params":{"thread_id":', b"}}"),
    "as audio": (b'{"type":"input.transcribe","params":{"mime_type":"a/b","audio_base64":', b"}}"),
    "as metadata": (
        b'{"type":"threads.get_by_id","params":{"thread_id":"thr_none"},"metadata":{"a":',
        b"}}",
    ),
}


def bodies() -> dict[str, Make]:
    """All of the table: what is no JSON, and each value at each place."""
    placed = {
        f"{value}, {place}": in_request(make, before, after)
        for value, make in VALUES.items()
        for place, (before, after) in PLACES.items()
    }
    return NOT_JSON | placed


class Silent(ChatKitServer[Any]):
    """Has nothing to say."""

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        return
        yield


async def anybody(_: object) -> dict[str, str]:
    return {"user_id": "mallory"}


def hostile_app() -> ChatKit:
    """An app that everybody may use."""
    settings = Settings(turns_per_minute=0, max_body_bytes=BODY_BYTES + 1000)
    return ChatKit(Silent(MemoryStore()), context=anybody, settings=settings, page=None)


async def post(app: ChatKit, body: bytes) -> tuple[int, bytes]:
    """Status and body of the answer."""
    sent: list[Any] = []
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return messages.pop() if messages else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/chatkit",
        "raw_path": b"/chatkit",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", b"application/json"), (b"host", b"chat.test")],
    }
    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@dataclass(frozen=True, slots=True)
class Row:
    """What a body costs: milliseconds at half its size and whole; the answer to the whole."""

    name: str
    half: float
    whole: float
    status: int
    answer: int

    def failures(self) -> list[str]:
        found: list[str] = []
        if self.whole > max(NOISE_MILLISECONDS, MOST_GROWTH * self.half):
            found.append(f"grows {self.whole / self.half:.1f} times")
        if self.whole > MOST_MILLISECONDS:
            found.append("slow")
        if self.answer > MOST_ANSWER_BYTES:
            found.append("a long answer")
        if not 400 <= self.status < 500:
            found.append(f"status {self.status}")
        return found


async def cost(app: ChatKit, body: bytes, runs: int) -> tuple[float, int, int]:
    """Milliseconds of processor time, the best of the runs; status; bytes of the answer."""
    best, status, answer = float("inf"), 0, b""
    for _ in range(runs):
        gc.collect()
        start = time.process_time()
        status, answer = await post(app, body)
        best = min(best, time.process_time() - start)
    return best * 1000, status, len(answer)


async def measure(app: ChatKit, name: str, make: Make, runs: int) -> Row:
    half, _, _ = await cost(app, make(BODY_BYTES // 2), runs)
    whole, status, answer = await cost(app, make(BODY_BYTES), runs)
    return Row(name, half, whole, status, answer)


def resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


async def left_after(app: ChatKit, makes: list[Make], requests: int = 1000) -> float:
    """By how many megabytes the process is larger after so many requests, beyond what the first round took."""
    kept = [make(64_000) for make in makes]
    for body in kept:
        await post(app, body)
    gc.collect()
    before = resident_megabytes()
    for number in range(requests):
        await post(app, kept[number % len(kept)])
    gc.collect()
    return resident_megabytes() - before


async def run(only: str, runs: int) -> bool:
    app = hostile_app()
    chosen = {name: make for name, make in bodies().items() if only in name}
    sys.stdout.write(f"{'2 MB of':64}{'1 MB, ms':>10}{'2 MB, ms':>10}{'status':>8}{'answer':>8}\n")
    failed = False
    for name, make in chosen.items():
        row = await measure(app, name, make, runs)
        if row.failures():  # once more: what is slow by chance is not slow twice
            row = await measure(app, name, make, 3 * runs)
        failed |= bool(row.failures())
        told = "   " + ", ".join(row.failures())
        sys.stdout.write(
            f"{name:64}{row.half:10.1f}{row.whole:10.1f}{row.status:8}{row.answer:8}{told}".rstrip() + "\n"
        )
        sys.stdout.flush()
    left = await left_after(app, list(chosen.values()))
    sys.stdout.write(f"{len(chosen)} bodies; larger by {left:.1f} MB after 1,000 requests of 64 kB\n")
    return failed or left > MOST_LEFT_MEGABYTES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="a part of a body's name")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    sys.exit(asyncio.run(run(options.only, options.runs)))


if __name__ == "__main__":
    main()
