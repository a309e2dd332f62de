"""The wiring: settings, database, stores, server, and the ASGI app around them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from chatkit.agents import AgentSettings, OfflineModel
from chatkit.demo.page import demo_branding, demo_page
from chatkit.demo.server import TodoServer
from chatkit.demo.store import DemoStore
from chatkit.demo.todos.cards import TodoCards
from chatkit.demo.todos.database import TodoDatabase
from chatkit.http import Branding, ChatKit, Settings

__all__ = ["create_app"]


def create_app(
    settings: Settings | None = None,
    *,
    branding: Branding | None = None,
    model: AgentSettings | None = None,
    offline_model: OfflineModel | None = None,
) -> ChatKit:
    """The demo as an ASGI app. What is not given is read from the environment and a file `.env`.

    Conversations and todos are kept in `settings.database_url`, else in a SQLite file in `settings.data_dir`, which is
    made if need be. They are opened when the app starts and closed when it stops. `offline_model` answers when `model`
    names none.
    """
    settings = settings or Settings.load(env_file=".env")
    url = _database_url(settings)
    todos = TodoDatabase(url)
    live = settings.live_url.get_secret_value() if settings.live_url is not None else None
    store = DemoStore(url, TodoCards(todos), live)
    model = model or AgentSettings.load(env_file=".env")
    server = TodoServer(store, todos, settings=model, offline_model=offline_model)
    page = demo_page(offline=model.provider == "offline")

    @asynccontextmanager
    async def lifespan() -> AsyncGenerator[None, None]:
        await todos.open()
        try:
            yield
        finally:
            await todos.close()

    return ChatKit(server, settings=settings, branding=branding or demo_branding(), page=page, lifespan=lifespan)


def _database_url(settings: Settings) -> str:
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return f"sqlite+aiosqlite:///{settings.data_dir.resolve() / 'demo.sqlite3'}"
