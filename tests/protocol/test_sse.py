"""The decoder of server-sent events takes every chunking and every line end that the format allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatkit._sse import SseDecoder, SseEvent, comment, frame


def whole(raw: bytes) -> list[SseEvent]:
    return SseDecoder().decode(raw)


def test_a_frame_is_read_as_it_was_written() -> None:
    assert whole(frame('{"text":"é"}'.encode())) == [SseEvent('{"text":"é"}')]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"data:x\n\n", [SseEvent("x")]),
        (b"data: x\n\n", [SseEvent("x")]),
        (b"data:  x\n\n", [SseEvent(" x")]),
        (b"data: a\ndata: b\n\n", [SseEvent("a\nb")]),
        (b"data\n\n", [SseEvent("")]),
        (b"data:\ndata\n\n", [SseEvent("\n")]),
        (b"data: x\r\n\r\n", [SseEvent("x")]),
        (b"data: x\r\r", [SseEvent("x")]),
        (b"data: x\r\n\ndata: y\n\r\n", [SseEvent("x"), SseEvent("y")]),
        (b"\xef\xbb\xbfdata: x\n\n", [SseEvent("x")]),
        (b"data: x\n\n\xef\xbb\xbfdata: y\n\n", [SseEvent("x")]),
        (b": ping\n\ndata: x\n\n", [SseEvent("x")]),
        (comment("still here") + b"data: x\n\n", [SseEvent("x")]),
        (b"event: e\ndata: x\n\ndata: y\n\n", [SseEvent("x", "e"), SseEvent("y")]),
        (b"event: e\n\ndata: y\n\n", [SseEvent("y")]),
        (
            b"id: 1\ndata: x\n\ndata: y\n\nid\ndata: z\n\n",
            [SseEvent("x", id="1"), SseEvent("y", id="1"), SseEvent("z")],
        ),
        (b"id: a\0b\ndata: x\n\n", [SseEvent("x")]),
        (b"retry: 100\ndata: x\n\nretry: x1\ndata: y\n\n", [SseEvent("x", retry=100), SseEvent("y")]),
        (b"nonsense: 1\nwhat\ndata: x\n\n", [SseEvent("x")]),
        (b"data: x\n", []),
        (b"data: x", []),
        (b"\n\n\n", []),
    ],
)
def test_the_format(raw: bytes, expected: list[SseEvent]) -> None:
    assert whole(raw) == expected


def test_text_that_is_not_utf8_does_not_end_the_stream() -> None:
    assert whole(b"data: \xff\n\ndata: x\n\n") == [SseEvent("\ufffd"), SseEvent("x")]


LINES = st.lists(
    st.sampled_from(
        ["data: é😀", "data:x", "data", ": c", "event: e", "id: 7", "retry: 5", "", "", "bad", "\ufeffdata: q"]
    )
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@given(LINES, st.data(), st.booleans())
def test_any_chunking_gives_what_the_whole_gives(lines: list[str], data: st.DataObject, bom: bool) -> None:
    raw = b"\xef\xbb\xbf" if bom else b""
    raw += "".join(line + data.draw(ENDS) for line in lines).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)))))
    decoder = SseDecoder()
    chunks = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert [event for chunk in chunks for event in decoder.decode(chunk)] == whole(raw)


def test_byte_by_byte() -> None:
    raw = "\ufeffid: 1\r\ndata: é😀\r\n\r\ndata: b\r\rdata: c\n\n".encode()
    decoder = SseDecoder()
    events = [event for at in range(len(raw)) for event in decoder.decode(raw[at : at + 1])]
    assert [event.data for event in events] == ["é😀", "b", "c"]
