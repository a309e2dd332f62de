"""The server's fold against the cases that every fold of this project runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from chatkit._fold import ConversationFold
from chatkit._wire import parse_event
from chatkit.types import Thread

CASES = Path(__file__).parents[2] / "protocol" / "cases"
# What only a fold over plain JSON meets: typed models refuse unknown types before a fold sees them.
TYPED = [path for path in sorted(CASES.glob("*.json")) if path.stem != "unknown"]


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['name']}")
        for path in TYPED
        for case in json.loads(path.read_text())["cases"]
    ]


def plain(model: Any) -> Any:
    return json.loads(model.model_dump_json(by_alias=True, exclude_none=True))


def start(state: dict[str, Any]) -> ConversationFold:
    thread = state["thread"]
    parsed = Thread.model_validate({**(thread or {"id": "x", "created_at": 0}), "items": {"data": state["items"]}})
    fold = ConversationFold(parsed if thread else None, parsed.items.data)
    if state["progress"] is not None:
        fold.apply(parse_event(json.dumps({"type": "progress_update", **state["progress"]})))
    return fold


def state_of(fold: ConversationFold) -> dict[str, Any]:
    thread = None if fold.thread is None else plain(fold.thread)
    if thread is not None:
        thread.pop("items", None)
    progress = None if fold.progress is None else plain(fold.progress)
    if progress is not None:
        progress.pop("type")
    state = {"thread": thread, "items": [plain(item) for item in fold.items], "progress": progress}
    if fold.image_progress:
        state["image_progress"] = fold.image_progress
    return state


@pytest.mark.parametrize("case", cases())
def test_a_stream_of_events_makes_the_expected_conversation(case: dict[str, Any]) -> None:
    fold = start(case["initial"])
    ignored = [at for at, raw in enumerate(case["events"]) if not fold.apply(parse_event(json.dumps(raw)))]
    if case.get("ended"):
        fold.end()
    assert state_of(fold) == case["expected"]
    assert ignored == case.get("ignored", [])


@pytest.mark.parametrize("case", cases())
def test_folding_changes_no_event(case: dict[str, Any]) -> None:
    events = [parse_event(json.dumps(raw)) for raw in case["events"]]
    before = [plain(event) for event in events]
    fold = start(case["initial"])
    for event in events:
        fold.apply(event)
    assert [plain(event) for event in events] == before
