"""What the element promises, as ids; see docs/element-conformance.md.

A test says which of them it shows, with `@pytest.mark.shows("option:frameTitle")`, or runs once for each of many, with
`@pytest.mark.parametrize("id", ids_of("field:{Box,Row}.*"))`. It claims an id only if it would fail without it.
"""

import json
import re
from pathlib import Path
from typing import Any

__all__ = ["INVENTORY", "field_of", "ids_of", "values_of"]

ROOT = Path(__file__).resolve().parents[2]
INVENTORY: dict[str, dict[str, Any]] = json.loads(
    (ROOT / "web/tests/conformance/inventory.json").read_text(encoding="utf-8")
)


def matching(pattern: str) -> list[str]:
    """The ids that match: `*` is one name, `**` any, `{a,b}` one of several. One that matches none is a mistake."""
    spelled = {"**": ".*", "*": "[^.]*"}
    parts = re.split(r"(\*\*|\*|\{[^}]*\})", pattern)
    choices = [f"(?:{part[1:-1].replace(',', '|')})" if part.startswith("{") else re.escape(part) for part in parts]
    expression = re.compile("".join(spelled.get(part, choice) for part, choice in zip(parts, choices, strict=True)))
    found = [name for name in INVENTORY if expression.fullmatch(name)]
    if not found:
        raise ValueError(f"no id matches {pattern}")
    return found


def ids_of(*patterns: str) -> list[str]:
    """The ids that match one of the patterns."""
    return [name for pattern in patterns for name in matching(pattern)]


def values_of(name: str) -> list[Any]:
    """All the values that the types allow for it."""
    return INVENTORY[name]["values"]


def field_of(name: str) -> tuple[str, str]:
    """Component and field of `field:Component.field`; `Table.Row` is a component."""
    path = name.removeprefix("field:")
    components = [each.removeprefix("component:") for each in INVENTORY if each.startswith("component:")]
    component = max((each for each in components if path.startswith(f"{each}.")), key=len)
    return component, path.removeprefix(f"{component}.")
