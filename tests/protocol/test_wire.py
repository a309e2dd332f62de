"""Frames are what the serialiser gives, also on the short way that text deltas take."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chatkit._sse import frame
from chatkit._wire import TextFrames, client_json, event_frame, parse_event, parse_request
from chatkit.types import AssistantMessageContentPartTextDelta, ThreadItemUpdatedEvent

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT, st.integers(-3, 10**6), TEXT)
def test_a_text_delta_is_framed_as_the_serialiser_writes_it(item_id: str, index: int, delta: str) -> None:
    update = AssistantMessageContentPartTextDelta(content_index=index, delta=delta)
    event = ThreadItemUpdatedEvent(item_id=item_id, update=update)
    kept: list[str] = []
    frames = TextFrames(lambda *_: kept.append)
    expected = frame(client_json(event))
    assert [frames.frame(item_id, index, delta) for _ in range(2)] == [expected, expected] == [event_frame(event)] * 2
    assert kept == [delta, delta]


@given(TEXT)
def test_a_framed_event_is_read_back(delta: str) -> None:
    update = AssistantMessageContentPartTextDelta(content_index=0, delta=delta)
    event = ThreadItemUpdatedEvent(item_id="msg_1", update=update)
    assert parse_event(event_frame(event).removeprefix(b"data: ")) == event


@pytest.mark.parametrize(
    ("body", "place", "kind"),
    [
        ("{", (), "json_invalid"),
        ('{"type": "threads.nope"}', (), "union_tag_invalid"),
        ('{"type": "threads.get_by_id", "params": {}}', ("threads.get_by_id", "params", "thread_id"), "missing"),
        ('{"type": "threads.list", "params": {"limit": "x"}}', ("threads.list", "params", "limit"), "int_parsing"),
    ],
)
def test_a_request_that_is_none_says_where(body: str, place: tuple[str, ...], kind: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_request(body)
    problem = caught.value.errors()[0]
    assert (problem["loc"], problem["type"]) == (place, kind)


def test_what_a_newer_client_adds_to_content_is_kept() -> None:
    content = {"type": "input_text", "text": "hi", "mood": "new"}
    request = {"content": [content], "attachments": [], "inference_options": {}}
    parsed = parse_request(json.dumps({"type": "threads.create", "params": {"input": request}}))
    assert json.loads(client_json(parsed))["params"]["input"]["content"] == [content]
