"""Write the widget language as JSON Schema from the Python models, for the gallery and whoever else checks widgets.

    python scripts/generate_widget_schema.py           writes web/gallery/widgets.schema.json
    python scripts/generate_widget_schema.py --check   exits 1 when that file is not what would be written

A definition's title is the Python class, its description the class's docstring. Components are told apart by `type`.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter

from chatkit.widgets import WidgetRoot

TARGET = Path(__file__).resolve().parents[1] / "web/gallery/widgets.schema.json"


def schema() -> dict[str, Any]:
    """The schema of a widget, without what says nothing: titles of fields, defaults that mean absence."""
    whole = TypeAdapter[Any](WidgetRoot).json_schema()
    for definition in whole["$defs"].values():
        for field in cast("dict[str, Any]", definition.get("properties", {})).values():
            field.pop("title", None)
            if field.get("default", ...) is None:
                del field["default"]
                _drop_null(field)
    return whole


def _drop_null(field: dict[str, Any]) -> None:
    """A field that may be absent is said to be optional, not to take null as well."""
    members = [member for member in field.get("anyOf", []) if member != {"type": "null"}]
    if len(members) == 1:
        del field["anyOf"]
        field.update(members[0])
    elif members:
        field["anyOf"] = members


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file is out of date")
    check: bool = parser.parse_args().check
    text = json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
    if check:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
            print(f"{TARGET.name} is out of date: run python scripts/generate_widget_schema.py", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
