"""Write the widget language as JSON Schema from the Python models, for the gallery and whoever else checks widgets.

    python scripts/generate_widget_schema.py           writes web/gallery/widgets.schema.json
    python scripts/generate_widget_schema.py --check   exits 1 when that file is not what would be written

A definition's title is the Python class, its description the class's docstring. Components are told apart by `type`.
"""

import json
import sys
from pathlib import Path
from typing import Any, cast

from generated import main
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


if __name__ == "__main__":
    sys.exit(main({TARGET: json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"}, __doc__))
