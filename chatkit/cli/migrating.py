"""`chatkit migrate`."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import typer

from chatkit.cli.problems import UsageProblem
from chatkit.settings import Settings

__all__ = ["Where", "check", "sql", "up", "where"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Where:
    """Which database, and which schema in it."""

    url: str
    schema: str | None


def where(database: str | None, schema: str | None) -> Where:
    """From the options, else from the settings. Raises `UsageProblem` when neither names a database."""
    settings = Settings.load(env_file=".env")
    known = settings.database_url.get_secret_value() if settings.database_url is not None else None
    url = database or known
    if url is None:
        raise UsageProblem("Name the database: chatkit migrate --database URL, or set CHATKIT_DATABASE_URL.")
    return Where(url, schema or settings.database_schema)


async def _reading(work: Coroutine[Any, Any, T]) -> T:
    """Says what is wrong with a URL or an installation in words."""
    try:
        return await work
    except (ImportError, ValueError) as error:
        raise UsageProblem(str(error)) from None


def up(place: Where) -> None:
    """Creates or upgrades the tables."""
    from chatkit.stores.sql import check, upgrade

    async def run() -> list[str]:
        pending = (await check(place.url, place.schema)).pending
        await upgrade(place.url, place.schema)
        return pending

    done = asyncio.run(_reading(run()))
    typer.echo("\n".join(["Migrated:", *(f"  {step}" for step in done)]) if done else "The tables are up to date.")


def check(place: Where) -> None:
    """Says what is pending or different, and exits with 1 if anything is."""
    from chatkit.stores.sql import check

    state = asyncio.run(_reading(check(place.url, place.schema)))
    if state.is_current:
        typer.echo(f"The tables are up to date (revision {state.head}).")
        return
    if state.pending:
        typer.echo("\n".join(["Pending; `chatkit migrate` will do it:", *(f"  {step}" for step in state.pending)]))
    if state.differences:
        typer.echo("\n".join(["Not as this version made it:", *(f"  {found}" for found in state.differences)]))
    raise typer.Exit(1)


def sql(place: Where, since: str | None) -> None:
    """Prints the statements."""
    from chatkit.stores.sql import sql_preview

    async def run() -> str:
        return sql_preview(place.url, place.schema, since=since)

    typer.echo(asyncio.run(_reading(run())), nl=False)
