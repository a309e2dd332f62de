"""What the documentation shows runs, and what it lists exists."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chatkit.http import Branding, Settings
from chatkit.settings import AgentSettings
from chatkit.widgets import WidgetTemplate, widget_fields
from chatkit.widgets.jsx.globals import GLOBALS
from chatkit.widgets.jsx.methods import LIST_METHODS, NUMBER_METHODS, TEXT_METHODS
from tests.server.conftest import message

ROOT = Path(__file__).parents[2]


def block(page: str, number: int) -> str:
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)[number]


@pytest.mark.parametrize(("page", "number"), [("README.md", 0), ("docs/server.md", 0)])
async def test_the_first_server_answers(page: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from chatkit.server import StreamingResult

    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    scope: dict[str, Any] = {"__name__": "example"}
    exec(block(page, number), scope)  # noqa: S102 - the documentation's own
    request = {"type": "threads.create", "params": {"input": message("hello")}}
    result = await scope["server"].process(json.dumps(request), None)
    assert isinstance(result, StreamingResult)
    frames = [frame async for frame in result]
    assert any(b'"type":"assistant_message"' in frame for frame in frames)
    assert not any(b'"type":"error"' in frame for frame in frames)


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "serving.md").read_text()
    names = [f"CHATKIT_{name.upper()}" for model in (Settings, AgentSettings) for name in model.model_fields]
    names += [f"BRAND_{name.upper()}" for name in Branding.model_fields]
    assert [name for name in names if name not in page] == []


def test_links_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_widget_source_of_the_documentation_builds() -> None:
    source = re.findall(r"```jsx\n(.*?)```", (ROOT / "docs" / "server.md").read_text(), re.DOTALL)[0]
    lines = [{"id": 1, "what": "Tea", "price": 3.5}]
    with widget_fields(validate="strict"):
        built = WidgetTemplate(source).build({"number": 7, "lines": lines, "note": "Thanks"})
    assert built.model_dump(exclude_none=True)["children"][1]["children"][2]["value"] == "€3.50"


def test_every_method_and_global_of_widget_sources_is_documented() -> None:
    page = (ROOT / "docs" / "server.md").read_text()
    names = {*LIST_METHODS, *TEXT_METHODS, *NUMBER_METHODS, *GLOBALS} - {"Infinity", "NaN"}
    assert [name for name in sorted(names) if name not in page and not name.startswith("toLocale")] == []
