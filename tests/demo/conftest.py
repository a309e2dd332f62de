"""The demo, on a data folder of its own, with an offline model that does not pause."""

import os
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from chatkit.agents import AgentSettings, OfflineModel
from chatkit.demo import create_app
from chatkit.demo.server import INTENTS
from chatkit.http import ChatKit, Settings
from tests.demo.visitors import Visitor

MakeApp = Callable[[], ChatKit]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the environment must not reach the tests."""
    for name in os.environ:
        if name.startswith(("CHATKIT_", "BRAND_", "OPENAI_", "AZURE_")):
            monkeypatch.delenv(name)


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    """Makes the app; a second time is a restart."""

    def make() -> ChatKit:
        return create_app(
            Settings(data_dir=tmp_path / "data", secret_key="not-so-secret-in-tests"),
            model=AgentSettings(model_provider="offline"),
            offline_model=OfflineModel(INTENTS, delay=0),
        )

    return make


@pytest.fixture
async def app(make_app: MakeApp) -> AsyncGenerator[ChatKit]:
    made = make_app()
    async with made.lifespan():
        yield made


@pytest.fixture
def ada(app: ChatKit) -> Visitor:
    return Visitor(app, "ada")


@pytest.fixture
def bob(app: ChatKit) -> Visitor:
    return Visitor(app, "bob")
