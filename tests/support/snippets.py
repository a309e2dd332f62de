"""The documentation's snippets that have a file name: ```` ```tsx src/Chat.tsx ````."""

import re
from pathlib import Path

__all__ = ["DOCS", "snippets"]

DOCS = Path(__file__).parents[2] / "docs"


def snippets(page: str) -> dict[str, str]:
    """The snippets of a page of `docs/`, by file name. Raises `ValueError` when two have the same."""
    found: dict[str, str] = {}
    for name, text in re.findall(r"^```\w+ (\S+)\n(.*?)^```$", (DOCS / page).read_text(), re.DOTALL | re.MULTILINE):
        if name in found:
            raise ValueError(f"docs/{page} has two files named {name}")
        found[name] = text
    return found
