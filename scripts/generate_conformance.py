"""Write docs/element-conformance.md: what the element promises, and the tests that show each part of it.

    python scripts/generate_conformance.py           writes the table and the inventory that the tests are typed with
    python scripts/generate_conformance.py --check   exits 1 when they are not what would be written

What is promised is read by the compiler from the installed types of `@openai/chatkit`, from the protocol's generated
types and from the Python widgets; our own additions are named in scripts/conformance.toml. What is shown is read from
the tests: `shows(…)` and `idsOf(…)` in web/tests, `@pytest.mark.shows(…)` and `ids_of(…)` in tests. Both have to agree:
an id that no test shows is an error, and so is a claim of something that does not exist, or by a test that is skipped.
"""

import ast
import json
import re
import subprocess
import sys
import tomllib
import typing
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generated import main
from pydantic import BaseModel

from chatkit import widgets
from chatkit.widgets import DynamicWidgetComponent, DynamicWidgetRoot

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
PAGE = ROOT / "docs/element-conformance.md"
INVENTORY = WEB / "tests/conformance/inventory.json"
WORDS = ROOT / "scripts/conformance.toml"
OFF = {"skip", "skipif", "xfail"}

HEAD = """\
# What the element does, and the tests that show it

Written by `scripts/generate_conformance.py`: do not edit. Every option, method, parameter, event, component and field
of `@openai/chatkit` {version}, every kind of the protocol, and our own additions, each with the tests that would fail
if it did not work. The left side is read from the installed types by the TypeScript compiler, the right side from the
tests themselves; `scripts/check` fails when something is promised that no test shows, or shown that nobody promised.
That the types are equal is shown by the compiler: [parity.test-d.ts](../web/tests/parity.test-d.ts).

{count} ids, shown by {tests} tests.
"""


@dataclass(frozen=True)
class Claim:
    """A test and what it shows."""

    file: str
    title: str


@dataclass(frozen=True)
class Section:
    """Ids with one beginning, and what the page says of them."""

    prefix: str
    title: str
    text: str = ""


SECTIONS = (
    Section(
        "option:",
        "Options",
        "A list's entries are written `[]`. A wrong option throws an `Error` that names its path.",
    ),
    Section("method:", "Methods"),
    Section("event:", "Events", "The type is that of `detail`. All bubble and cross the shadow boundary."),
    Section("type:", "Values that options, methods and widgets share"),
    Section("component:", "Widget components"),
    Section("field:", "Fields of widget components"),
    Section("item:", "Thread items"),
    Section("task:", "Tasks of a workflow"),
    Section("workflow:", "Workflows"),
    Section("source:", "Sources"),
    Section("annotation:", "Annotations"),
    Section("question:", "Structured input"),
    Section("thread:", "Threads"),
    Section("status:", "Status of a thread"),
    Section("event-kind:", "Events of the stream"),
    Section("update-kind:", "Updates of items"),
    Section("stream-options:", "Options of a stream"),
    Section("upload:", "Two-phase uploads"),
    Section("operation:", "Operations that the element asks for"),
    Section("own:", "Our own additions", "Beyond the published types."),
)


def server_only(published: set[str]) -> dict[str, dict[str, str]]:
    """Components and fields that the server's widgets have and the published types of the element do not."""
    found: dict[str, dict[str, str]] = {}
    for name in widgets.__all__:
        model = getattr(widgets, name)
        if not (isinstance(model, type) and issubclass(model, BaseModel)) or model in (
            DynamicWidgetComponent,
            DynamicWidgetRoot,
        ):
            continue
        kind = model.model_fields.get("type")
        values = typing.get_args(kind.annotation) if kind is not None else ()
        if len(values) != 1 or not str(values[0])[0].isupper():
            continue
        if f"component:{values[0]}" not in published:
            found[f"component:{values[0]}"] = {}
        for field, info in model.model_fields.items():
            name = f"field:{values[0]}.{info.serialization_alias or info.alias or field}"
            if field != "type" and not any(
                one == name or one.startswith((f"{name}.", f"{name}[]")) for one in published
            ):
                found[name] = {}
    return found


def matching(pattern: str, ids: list[str]) -> list[str]:
    """The ids that a pattern matches: `*` is one name, `**` any, `{a,b}` one of several."""
    spelled = {"**": ".*", "*": "[^.]*"}
    parts = re.split(r"(\*\*|\*|\{[^}]*\})", pattern)
    choices = [f"(?:{part[1:-1].replace(',', '|')})" if part.startswith("{") else re.escape(part) for part in parts]
    expression = re.compile("".join(spelled.get(part, choice) for part, choice in zip(parts, choices, strict=True)))
    return [name for name in ids if expression.fullmatch(name)]


def marks(decorators: list[ast.expr]) -> Iterator[tuple[str, list[ast.expr]]]:
    """Name and arguments of each pytest mark."""
    for decorator in decorators:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        arguments = decorator.args if isinstance(decorator, ast.Call) else []
        if isinstance(call, ast.Attribute) and ast.unparse(call.value) == "pytest.mark":
            yield call.attr, arguments


def table_ids(decorators: list[ast.expr], known: list[str]) -> Iterator[str]:
    """The ids for each of which a test runs: `parametrize("name", ids_of("pattern", …))`."""
    for decorator in decorators:
        for node in ast.walk(decorator):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ids_of":
                for argument in node.args:
                    yield from matching(str(ast.literal_eval(argument)), known)


def python_claims(known: set[str]) -> tuple[dict[str, list[Claim]], list[str]]:
    """What the pytest suites claim to show."""
    claims: dict[str, list[Claim]] = defaultdict(list)
    problems: list[str] = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if "node_modules" in path.parts:
            continue
        source = path.read_text(encoding="utf-8")
        if "mark.shows" not in source:
            continue
        file = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            found = list(marks(node.decorator_list))
            ids = [argument for name, arguments in found if name == "shows" for argument in arguments]
            ids += [ast.Constant(name) for name in table_ids(node.decorator_list, list(known))]
            if ids and not node.name.startswith("test_"):
                problems.append(f"{file}: {node.name} is no test")
            if ids and any(name in OFF for name, _ in found):
                problems.append(f"{file}: {node.name} may be skipped and shows nothing")
            for argument in ids:
                match argument:
                    case ast.Constant(value=str(name)) if name in known:
                        claims[name].append(Claim(file, node.name))
                    case _:
                        problems.append(f"{file}: {node.name} claims {ast.unparse(argument)}, which does not exist")
    return claims, problems


@dataclass
class Report:
    """All that the page is made of."""

    version: str
    inventory: dict[str, dict[str, Any]]
    claims: dict[str, list[Claim]]
    words: dict[str, dict[str, str]]
    problems: list[str]

    @classmethod
    def read(cls) -> "Report":
        words: dict[str, dict[str, str]] = tomllib.loads(WORDS.read_text(encoding="utf-8"))
        # The published ids are known only after the compiler ran; what is only the server's is told apart below.
        own = words["own"]
        extra = [*own, *server_only(set())]
        ran = subprocess.run(
            ["npm", "run", "--silent", "conformance"],
            cwd=WEB,
            input=json.dumps(extra),
            text=True,
            stdout=subprocess.PIPE,
            check=True,
        )
        told = json.loads(ran.stdout)
        inventory: dict[str, dict[str, Any]] = {**told["published"], **told["protocol"]}
        inventory |= server_only(set(inventory)) | {name: {} for name in own}
        claims, problems = python_claims(set(inventory))
        for claim in told["claims"]:
            for name in claim["ids"]:
                claims[name].append(Claim(f"web/{claim['file']}", claim["title"]))
        problems += told["problems"]
        deviations = words["deviations"]
        problems += [f"no test shows {name}" for name in inventory if name not in claims and name not in deviations]
        problems += [
            f"{WORDS.name} speaks of {name}, which does not exist"
            for table in words.values()
            for name in table
            if name not in inventory
        ]
        return cls(told["version"], inventory, claims, words, problems)

    def page(self) -> str:
        tests = len({claim for claims in self.claims.values() for claim in claims})
        parts = [HEAD.format(version=self.version, count=len(self.inventory), tests=tests)]
        for section in SECTIONS:
            ids = [name for name in self.inventory if name.startswith(section.prefix)]
            parts.append(f"## {section.title}\n" + (f"\n{section.text}\n" if section.text else ""))
            if section.prefix == "field:":
                parts += [
                    f"### {name}\n\n{self.table(fields, f'field:{name}.')}" for name, fields in self.by_component(ids)
                ]
            else:
                parts.append(self.table(ids, section.prefix))
        if self.words["deviations"]:
            rows = "".join(f"| `{name}` | {reason} |\n" for name, reason in self.words["deviations"].items())
            parts.append(f"## Deviations\n\n| id | why |\n|---|---|\n{rows}")
        return "\n".join(parts)

    def by_component(self, ids: list[str]) -> Iterator[tuple[str, list[str]]]:
        names = [name.removeprefix("component:") for name in self.inventory if name.startswith("component:")]
        for component in names:
            others = [f"field:{name}." for name in names if name.startswith(f"{component}.")]
            own = [
                name for name in ids if name.startswith(f"field:{component}.") and not name.startswith(tuple(others))
            ]
            yield component, own

    def table(self, ids: list[str], prefix: str) -> str:
        meant = self.words["meanings"] | self.words["own"]
        columns = [
            "id",
            *(["type"] if any("type" in self.inventory[name] for name in ids) else []),
            *(["what"] if any(name in meant for name in ids) else []),
            "shown by",
        ]
        rows = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
        for name in ids:
            cells = {
                "id": f"`{name.removeprefix(prefix)}`",
                "type": code(self.inventory[name].get("type", "")),
                "what": meant.get(name, ""),
                "shown by": "<br>".join(self.links(name)) or "see Deviations",
            }
            rows.append("| " + " | ".join(cells[column] for column in columns) + " |")
        return "\n".join(rows) + "\n"

    def links(self, name: str) -> Iterator[str]:
        for claim in dict.fromkeys(self.claims.get(name, [])):
            yield f"[{plain(claim.title)}](../{claim.file})"


def plain(title: str) -> str:
    """A title that is no Markdown."""
    words = title.replace("_", " ").removeprefix("test ") if " " not in title else title
    return "".join(f"\\{char}" if char in "[]|*_`<>\\" else char for char in words.replace("\n", " "))


def code(text: str) -> str:
    short = text if len(text) <= 100 else text[:97] + "…"
    return f"`{short.replace('|', chr(92) + '|')}`" if text else ""


def texts(report: Report) -> dict[Path, str]:
    """What the files should hold."""
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in report.inventory.items())
    return {PAGE: report.page(), INVENTORY: f"{{\n{lines}\n}}\n"}


if __name__ == "__main__":
    found = Report.read()
    sys.exit(main(texts(found), __doc__, found.problems))
