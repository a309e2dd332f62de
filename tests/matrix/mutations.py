"""Right requests made wrong: a few places of a JSON document changed, as sloppy or hostile clients do."""

import copy
import json
from typing import Any

from hypothesis import strategies as st

__all__ = ["bodies"]

DEEP: Any = "bottom"
for _ in range(70):
    DEEP = [DEEP]

STRANGE: list[Any] = [
    None,
    True,
    0,
    -1,
    10**30,
    1e308,
    2.5,
    "",
    " ",
    "\0",
    "\ud800",
    "\ud83d\ude00",
    "..",
    "../../etc/passwd",
    "x" * 300,
    "y" * 5000,
    "\x1b[31mred\r\nERROR forged",
    "\u202egnol",
    "💥" * 40,
    "null",
    "%s%n{0}",
    "' OR 1=1 --",
    "<script>",
    [],
    {},
    [[]],
    {"": ""},
    {"__proto__": {}, "a.b": 1, "$ref": "#"},
    [1] * 200,
    ["same"] * 200,
    DEEP,
]


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        found += _places(inner, (*path, key))
    return found


def _holder(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        document = document[key]
    return document


@st.composite
def _mutated(draw: st.DrawFn, document: Any, ids: list[str]) -> Any:
    """The document with up to three places changed: replaced, taken away, doubled, or named otherwise."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(0, 3))):
        places = _places(document)
        if not places:
            break
        path = draw(st.sampled_from(places))
        holder, key = _holder(document, path), path[-1]
        match draw(st.sampled_from(["replace", "replace", "replace", "id", "remove", "double", "rename", "extra"])):
            case "replace":
                holder[key] = copy.deepcopy(draw(st.sampled_from(STRANGE)))
            case "id":
                holder[key] = draw(st.sampled_from(ids))
            case "remove":
                del holder[key]
            case "double":
                holder[key] = [holder[key]] * 2
            case "rename" if isinstance(holder, dict):
                holder[draw(st.sampled_from(["type", "id", "x", ""]))] = holder.pop(key)
            case _:
                if isinstance(holder, dict):
                    holder["unknown"] = copy.deepcopy(draw(st.sampled_from(STRANGE)))
    return document


@st.composite
def bodies(draw: st.DrawFn, documents: list[Any], ids: list[str]) -> bytes:
    """A request's bytes: a mutated document, now and then cut or with bytes in it that do not belong there."""
    document = draw(_mutated(draw(st.sampled_from(documents)), ids))
    body = json.dumps(document, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    match draw(st.integers(0, 9)):
        case 0:
            return body[: draw(st.integers(0, len(body)))]
        case 1:
            at = draw(st.integers(0, len(body)))
            return body[:at] + draw(st.binary(max_size=4)) + body[at:]
        case _:
            return body
