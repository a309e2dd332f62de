"""The command `chatkit`. `main` is its entry point; the commands need the extra `serve`."""

import sys

__all__ = ["main"]


def main() -> None:
    """Runs the command line. Without the extra that it needs, says which one and how to install it."""
    try:
        from chatkit.cli.commands import app
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "chatkit":
            raise
        sys.exit(f"The chatkit command needs the package {error.name!r}: pip install 'open-chatkit[serve]'")
    except ImportError as error:
        sys.exit(str(error))
    app(prog_name="chatkit")
