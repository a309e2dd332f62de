"""The gallery's states, and its page in the browser."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from playwright.async_api import Page
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from chatkit.types import Attachment, ThreadItem, ThreadMetadata, ThreadStreamEvent
from chatkit.widgets import WidgetRoot
from scripts.serve_gallery import FIXTURES

__all__ = ["NAMES", "STATES", "Fixture", "StateOfGallery", "go", "item_of", "widgets"]

Json = dict[str, Any]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Turn(_Strict):
    """An answer: events without what the server fills in, or `{"say": text}`."""

    events: list[Json]
    end: Literal["hold", "break"] | None = None


class Refusal(_Strict):
    """An HTTP answer that is not what was asked for."""

    status: int
    type: str | None = None
    body: str | None = None


Fault = Literal["network", "never"] | Refusal


class HistoryEntry(_Strict):
    title: str | None
    days: int
    answering: bool = False


class StateOfGallery(_Strict):
    """One state as its fixture has it; see `web/gallery/src/fixtures.ts`."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    about: str | None = None
    widget: Json | None = None
    items: list[Json] = []
    repeat: int = 1
    thread: Json | None = None
    history: list[HistoryEntry] = []
    options: Json = {}
    configured: bool = True
    attributes: dict[str, str] = {}
    slots: dict[str, str] = {}
    turns: list[Turn] = []
    faults: dict[str, Fault] = {}
    entities: list[Json] = []
    commands: list[Json] = []
    preview: Json | None = None
    tool: Json | Literal["never"] | None = None
    extensions: list[Literal["edit", "runs"]] = []
    uploads: list[Literal["done", "never"] | Annotated[float, Field(ge=0, le=1)] | Refusal] = []
    microphone: Literal["tone", "denied"] | None = None
    attachments: list[Attachment] = []
    steps: list[Json] = []


class Fixture(_Strict):
    """A file: `shared` is what all its states have."""

    title: str
    about: str | None = None
    shared: Json = {}
    states: list[StateOfGallery] = Field(min_length=1)


def _read(path: Path) -> Iterator[tuple[str, StateOfGallery]]:
    raw = json.loads(path.read_text(encoding="utf-8"))
    fixture = Fixture.model_validate(raw)
    topic = re.sub(r"^\d+-", "", path.stem)
    for state in raw["states"]:
        whole = {**fixture.shared, **state}
        yield f"{topic}.{state['id']}", StateOfGallery.model_validate(whole)


STATES: dict[str, StateOfGallery] = {
    name: state for path in sorted(FIXTURES.glob("*.json")) for name, state in _read(path)
}
"""Every state, by the name that its address has."""

NAMES = list(STATES)


def item_of(fields: Json) -> ThreadItem:
    """An item with what the server fills in. Raises `ValidationError`."""
    filled: Json = {"id": "item", "thread_id": "thr", "created_at": datetime.now(UTC)}
    if fields["type"] == "user_message":
        filled["inference_options"] = {}
    return TypeAdapter[ThreadItem](ThreadItem).validate_python(filled | fields)


def event_of(fields: Json) -> ThreadStreamEvent:
    """An event with what the server fills in of its item. Raises `ValidationError`."""
    whole = fields | {"item": item_of(fields["item"])} if "item" in fields else fields
    return TypeAdapter[ThreadStreamEvent](ThreadStreamEvent).validate_python(whole)


def thread_of(fields: Json) -> ThreadMetadata:
    """A thread with what the server fills in. Raises `ValidationError`."""
    return ThreadMetadata.model_validate({"id": "thr", "created_at": datetime.now(UTC)} | fields)


def widgets() -> Iterator[tuple[str, WidgetRoot]]:
    """Every widget in the fixtures, with the name of its state. Raises `ValidationError`."""
    adapter = TypeAdapter[WidgetRoot](WidgetRoot)
    for name, state in STATES.items():
        inner = [item["widget"] for item in state.items if item["type"] == "widget"]
        for widget in filter(None, [state.widget, state.preview, *inner]):
            yield name, adapter.validate_python(widget)


async def go(page: Page, name: str, *, locale: str = "en", scheme: str = "light") -> None:
    """Shows a state, in the page that is open, without its surroundings. Raises `AssertionError` when it cannot be."""
    query = f"?state={name}&scheme={scheme}&locale={locale}&bare="
    await page.evaluate(
        "(query) => { history.replaceState(null, '', query); dispatchEvent(new PopStateEvent('popstate')); }", query
    )
    problem = await page.wait_for_function(
        """(name) => {
            const { shown, failed } = document.documentElement.dataset;
            return shown === name ? 'none' : failed?.startsWith(`${name}:`) ? failed : '';
        }""",
        arg=name,
    )
    assert await problem.json_value() == "none", await problem.json_value()
