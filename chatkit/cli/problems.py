"""Errors that the user of the command line can do something about, shown in words."""

from collections.abc import Generator
from contextlib import contextmanager

import typer

from chatkit._shown import shown
from chatkit.settings import SettingsError
from chatkit.store import StoreUnavailableError

__all__ = ["UsageProblem", "readable_problems"]


class UsageProblem(Exception):
    """Something the user can mend; the message says how."""


@contextmanager
def readable_problems() -> Generator[None]:
    """Ends the command with a message and exit code 1 for what the user can mend; anything else keeps its traceback."""
    try:
        yield
    except SettingsError as error:
        typer.echo(f"Wrong settings:\n{error}", err=True)
    except (UsageProblem, StoreUnavailableError) as error:
        typer.echo(f"Error: {shown(error, 2000)}", err=True)
    else:
        return
    raise typer.Exit(1)
