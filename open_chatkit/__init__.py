"""What goes on working when another distribution has overwritten the package `chatkit`, as `openai-chatkit` does.

It lies beside that package, not in it, and needs nothing but Python: the command's entry, which says what happened, and
the empty distribution that keeps the other one out (`open_chatkit.shim`).
"""

import sys

from open_chatkit.overwritten import overwritten

__all__ = ["main", "overwritten"]


def main() -> None:
    """The command `chatkit`; where its package is not whole, says so instead, with exit code 1."""
    fault = overwritten(only_if_suspected=True)
    if fault is None:
        try:
            from chatkit.cli import main as command

            command()
        except (ImportError, AttributeError):
            fault = overwritten()
            if fault is None:
                raise
    sys.exit(fault)
