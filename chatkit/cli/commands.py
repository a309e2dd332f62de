"""The commands and their options. What they do is in the modules beside this one."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from chatkit.cli import migrating, running
from chatkit.cli.copying import copy_element
from chatkit.cli.doctor import examine
from chatkit.cli.problems import readable_problems
from chatkit.version import __version__
from open_chatkit.shim import VERSION as SHIM_VERSION
from open_chatkit.shim import write_shim

__all__ = ["app"]

app = typer.Typer(
    name="chatkit",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
migrate = typer.Typer(
    help="""Bring a database's tables up to date. Without a subcommand, does `up`.

\b
Examples:
  chatkit migrate --database postgresql+psycopg://chat:secret@db/chat
  chatkit migrate check
  chatkit migrate sql > upgrade.sql
""",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(migrate, name="migrate")

Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
Database = Annotated[
    str | None, typer.Option(help="Database URL; CHATKIT_DATABASE_URL unless given.", metavar="URL", show_default=False)
]
Schema = Annotated[
    str | None, typer.Option(help="PostgreSQL schema; CHATKIT_DATABASE_SCHEMA unless given.", show_default=False)
]


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"open-chatkit {__version__}")
        raise typer.Exit


@app.callback()
def chatkit(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Self-hosted ChatKit: run a chat server with its interface.

    \b
    Examples:
      chatkit demo                        try it: a todo assistant, no key needed
      chatkit serve myapp:server          serve your own ChatKitServer
      chatkit doctor                      find out what is wrong
    """


@app.command()
def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder for the demo's database; CHATKIT_DATA_DIR unless given.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
) -> None:
    """Run the demo: a todo assistant with widgets, on SQLite.

    It answers with an offline model until a real one is configured, for example with OPENAI_API_KEY.

    \b
    Examples:
      chatkit demo
      chatkit demo --port 0 --no-browser
      OPENAI_API_KEY=sk-… chatkit demo
    """
    with readable_problems():
        running.run_demo(host, port, data_dir, browser=browser)


@app.command()
def serve(
    target: Annotated[
        str,
        typer.Argument(
            metavar="MODULE:NAME", help="A ChatKitServer (instance, class or function that makes one), or an ASGI app."
        ),
    ],
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    database: Database = None,
    redis: Annotated[
        str | None,
        typer.Option(
            help="Redis or Valkey for running answers; CHATKIT_LIVE_URL unless given.",
            metavar="URL",
            show_default=False,
        ),
    ] = None,
    reload: Annotated[bool, typer.Option("--reload", help="Restart when the code changes.")] = False,
) -> None:
    """Serve a ChatKitServer with its interface.

    The page is at /, the endpoint at /chatkit. A class is given a store: the database's, or a SQLite file in .chatkit
    when no database is named. Settings are read from the environment (CHATKIT_…, BRAND_…) and from a file .env.

    \b
    Examples:
      chatkit serve myapp:server
      chatkit serve myapp:MyServer --database postgresql+psycopg://chat:secret@db/chat --workers 4
      BRAND_NAME="Acme Assist" chatkit serve myapp:server --port 9000 --reload
    """
    with readable_problems():
        running.run_server(target, host, port, workers=workers, database=database, redis=redis, reload=reload)


@migrate.callback()
def migrate_default(context: typer.Context, database: Database = None, schema: Schema = None) -> None:
    """Keeps the options for the subcommand; does `up` when there is none."""
    with readable_problems():
        context.obj = migrating.where(database, schema)
        if context.invoked_subcommand is None:
            migrating.up(context.obj)


@migrate.command()
def up(context: typer.Context) -> None:
    """Create or upgrade the tables."""
    with readable_problems():
        migrating.up(context.obj)


@migrate.command()
def check(context: typer.Context) -> None:
    """Say what is pending. Exit code 1 when the tables are not as they should be."""
    with readable_problems():
        migrating.check(context.obj)


@migrate.command()
def sql(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="The revision the database has; from empty unless given.", show_default=False)
    ] = None,
) -> None:
    """Print the SQL that `up` would run, without connecting."""
    with readable_problems():
        migrating.sql(context.obj, since)


@app.command()
def shim(
    out: Annotated[Path, typer.Option(help="Folder for the wheel.")] = Path(),
    version: Annotated[str, typer.Option(help="The version of openai-chatkit that it stands for.")] = SHIM_VERSION,
) -> None:
    """Write an empty distribution openai-chatkit, for packages that require that name.

    Installed, it keeps the real one away, which would overwrite this package's files.

    \b
    Examples:
      chatkit shim && pip install ./openai_chatkit-*.whl
      chatkit shim --out wheels
    """
    with readable_problems():
        typer.echo(write_shim(out, version))


@app.command()
def element(
    out: Annotated[Path, typer.Option(help="Folder to copy the files into; made if need be.")],
) -> None:
    """Copy the element's files, for any server of static files.

    chatkit.js is what pages load; the rest lies in chatkit/ beside it.

    \b
    Examples:
      chatkit element --out static
    """
    with readable_problems():
        typer.echo(f"{copy_element(out)} files in {out}. Load chatkit.js from there.")


@app.command()
def doctor() -> None:
    """Check the installation and the settings.

    What is wrong comes with how to mend it. The exit code is 1 if anything is.

    \b
    Examples:
      chatkit doctor
      CHATKIT_DATABASE_URL=postgresql+psycopg://… chatkit doctor
    """
    findings = asyncio.run(examine())
    for finding in findings:
        typer.echo(finding.shown())
    if any(finding.level == "wrong" for finding in findings):
        raise typer.Exit(1)
