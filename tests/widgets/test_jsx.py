"""Widgets written as JSX: what sources of the shapes that people write give, and what a source cannot do."""

import base64
import json
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Template
from pydantic import BaseModel

from chatkit.widgets import BasicRoot, DynamicWidgetRoot, WidgetTemplate, WidgetTemplateError, widget_fields

CORPUS = sorted(path.stem for path in (Path(__file__).parent / "corpus").glob("*.widget"))


def build(source: str, data: dict[str, Any] | None = None) -> Any:
    return json.loads(WidgetTemplate(source).build(data or {}).model_dump_json(exclude_none=True))


def value(expression: str, data: dict[str, Any] | None = None) -> Any:
    """What an expression is as a field of a component; `missing` when it is left out."""
    built = build(f"<Card><Thing it={{{expression}}} /></Card>", data)
    return built["children"][0].get("it", "missing")


def refusal(source: str, data: dict[str, Any] | None = None) -> str:
    with pytest.raises(WidgetTemplateError) as caught:
        WidgetTemplate({"version": "1.0", "name": "mine", "template": source}).build(data or {})
    assert str(caught.value).startswith("Widget template 'mine', line ")
    return str(caught.value).removeprefix("Widget template 'mine', ")


# --- the corpus -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CORPUS)
def test_sources_as_people_write_them_give_their_widget(name: str) -> None:
    expected = json.loads((Path(__file__).parent / "corpus" / f"{name}.json").read_text("utf-8"))
    template = WidgetTemplate.from_file(f"corpus/{name}.widget")
    with widget_fields("off"):
        built = template.build(expected["data"], validate=bool(template.data_schema))
    assert template.name == name
    assert isinstance(built, DynamicWidgetRoot)
    assert json.loads(built.model_dump_json(exclude_none=True)) == _without_nulls(expected["widget"])


def _without_nulls(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _without_nulls(each) for name, each in node.items() if each is not None}
    return [_without_nulls(each) for each in node] if isinstance(node, list) else node


def test_the_corpus_is_there() -> None:
    assert len(CORPUS) >= 5


# --- where a source may stand ---------------------------------------------------------------------------------------

SOURCE = "<Card><Text value={name} /></Card>"
CARD = {"type": "Card", "children": [{"type": "Text", "value": "Ada"}]}


@pytest.mark.parametrize(
    "definition",
    [
        SOURCE,
        f"\ufeff\n// Names\n/* of\npeople */ {SOURCE};",
        f"{{/* Names */}}\n{SOURCE}",
        f"export default ({{ name }}) => {SOURCE}",
        f"export default function ({{ name }}) {{ return {SOURCE} }}",
        f"const Names = (props) => {{ const {{ name }} = props; return ({SOURCE}); }};",
        "<Card><Text value={props.name} /></Card>",
        "<Card><Text value={data['name']} /></Card>",
        "<Card><Text value={state?.name} /></Card>",
        "<><Card><Text>{name}</Text></Card></>",
        {"version": "1.0", "name": "n", "template": SOURCE},
        {"id": "w", "name": "n", "view": SOURCE, "schema": {"type": "object"}, "schemaMode": "json"},
        {"id": "w", "name": "n", "view": SOURCE, "schema": "export default z.object({ name: z.string() })"},
        {"version": "1.0", "encodedWidget": base64.urlsafe_b64encode(json.dumps({"view": SOURCE}).encode()).decode()},
        {"version": "1.0", "template": Template('{"type":"Card","children":[{"type":"Text","value":"{{ name }}"}]}')},
        {"version": "1.0", "template": '{"type":"Card","children":[{"type":"Text","value":{{ name | tojson }}}]}'},
    ],
)
def test_each_form_of_definition_is_recognised(definition: Any) -> None:
    built = WidgetTemplate(definition).build({"name": "Ada"})
    assert built.model_dump(exclude_none=True) == CARD


def test_a_source_gives_a_basic_root_too() -> None:
    with pytest.deprecated_call():
        assert isinstance(WidgetTemplate("<Basic><Text value='a' /></Basic>").build_basic(), BasicRoot)


def test_a_file_that_is_neither_json_nor_jsx_says_so(tmp_path: Path) -> None:
    path = tmp_path / "odd.widget"
    path.write_text("hello")
    with pytest.raises(WidgetTemplateError, match="not valid JSON at line 1"):
        WidgetTemplate.from_file(str(path))


# --- the language ---------------------------------------------------------------------------------------------------

DATA: dict[str, Any] = {
    "name": "Ada",
    "user": {"name": "Bo", "tags": ["x", "y"], "address": None},
    "items": [{"id": 1, "n": 3}, {"id": 2, "n": 1}, {"id": 3, "n": 2}],
    "numbers": [3, 10, 2],
    "empty": [],
    "zero": 0,
    "price": 1234.5,
    "constructor": "mine",
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a' + 1 + 2", "a12"),
        ("1 + 2 + 'a'", "3a"),
        ("'5' * '4' - '1'", 19),
        ("7 / 2", 3.5),
        ("6 / 2", 3),
        ("1 / 0", "missing"),
        (
            "`${1 / 0} ${-1 / 0} ${0 / 0} ${0.1 + 0.2} ${1e21} ${1e-7} ${1.50} ${-7 % 3} ${2 ** 10}`",
            "Infinity -Infinity NaN 0.30000000000000004 1e+21 1e-7 1.5 -1 1024",
        ),
        ("`${null} ${undefined} ${true} ${[1, [2, null]]} ${{a: 1}}`", "null undefined true 1,2, [object Object]"),
        ("'\\u00e9\\x41\\n\\'\\ud83d\\ude00' + `\\`\\${x}`", "éA\n'😀`${x}"),
        ("1 === '1'", False),
        ("1 == '1'", True),
        ("true === 1", False),
        ("null == undefined", True),
        ("null === undefined", False),
        ("[] === []", False),
        ("zero || 'none'", "none"),
        ("zero ?? 'none'", 0),
        ("user.address ?? 'nowhere'", "nowhere"),
        ("empty && 'lists are true'", "lists are true"),
        ("'' && 'never'", ""),
        ("!name", False),
        ("!!user.missing", False),
        ("numbers.length > 2 ? 'many' : 'few'", "many"),
        ("'b' > 'a' && 10 > 9", True),
        ("'10' < '9'", True),
        ("user.missing", "missing"),
        ("user.missing?.deep.deeper", "missing"),
        ("user.missing?.[0]", "missing"),
        ("user.missing?.toUpperCase()", "missing"),
        ("user.address?.street ?? 'none'", "none"),
        ("user['na' + 'me']", "Bo"),
        ("user.tags[1]", "y"),
        ("user.tags[7]", "missing"),
        ("name[0]", "A"),
        ("typeof nowhere === 'undefined' ? 'no' : 'yes'", "no"),
        ("typeof null + typeof 1 + typeof 'a' + typeof true + typeof items", "objectnumberstringbooleanobject"),
        ("void 0", "missing"),
        ("undefined", "missing"),
        ("'name' in user", True),
        (
            "{ a: 1, 'b-c': 2, [name]: 3, name, ...{ d: 4 }, gone: undefined }",
            {"a": 1, "b-c": 2, "Ada": 3, "name": "Ada", "d": 4},
        ),
        ("[1, ...numbers, , 'x']", [1, 3, 10, 2, None, "x"]),
        ("items.map((item, index) => item.id * 10 + index)", [10, 21, 32]),
        ("items.map(({ id, n = 9, gone = 'd' }) => `${id}${n}${gone}`)", ["13d", "21d", "32d"]),
        ("[[1, 2], [3, 4]].map(([one, ...rest]) => rest[0] - one)", [1, 1]),
        ("items.filter((item) => item.n > 1).map((item) => item.id).join(', ')", "1, 3"),
        ("[...items].sort((a, b) => a.n - b.n).map((item) => item.id)", [2, 3, 1]),
        ("numbers.sort()", [10, 2, 3]),
        ("numbers.slice().reverse()", [2, 10, 3]),
        ("numbers.slice(-2)", [10, 2]),
        ("numbers.reduce((sum, each) => sum + each, 0)", 15),
        ("Math.max(...numbers) + Math.min(1, 2) + Math.round(2.5) + Math.floor(-1.5)", 12),
        ("numbers.includes(10) && !numbers.includes('10') && numbers.indexOf(2) === 2", True),
        ("items.find((item) => item.id === 2).n", 1),
        ("items.find((item) => item.id === 9)?.n ?? 'none'", "none"),
        ("items.some((item) => item.n === 3) && !items.every((item) => item.n === 3)", True),
        ("[[1], [[2]]].flat()", [1, [2]]),
        ("[1, 2].flatMap((each) => [each, each * 2])", [1, 2, 2, 4]),
        ("[0, 1, '', 'a', null].filter(Boolean)", [1, "a"]),
        ("[1, 2].map(String)", ["1", "2"]),
        ("Array.from({ length: 3 }, (_, index) => index)", [0, 1, 2]),
        ("Object.entries({ a: 1, b: 2 }).map(([key, each]) => `${key}=${each}`).join('&')", "a=1&b=2"),
        ("Object.keys(user).length", 3),
        ("JSON.stringify({ a: [1, undefined], b: undefined })", '{"a":[1,null]}'),
        ("price.toFixed(1) + (1.005).toFixed(2) + (2.5).toFixed()", "1234.51.003"),
        ("price.toLocaleString()", "1,234.5"),
        ("price.toLocaleString('en-US', { style: 'currency', currency: 'USD' })", "$1,234.50"),
        ("(0.256).toLocaleString(undefined, { style: 'percent', maximumFractionDigits: 1 })", "25.6%"),
        ("name.toUpperCase() + name.toLowerCase() + ' x '.trim()", "ADAadax"),
        ("name.split('').join('-')", "A-d-a"),
        ("'a-b-c'.replace('-', '+') + 'a-b-c'.replaceAll('-', '')", "a+b-cabc"),
        ("'7'.padStart(3, '0') + 'ab'.repeat(2) + 'abc'.at(-1) + 'abc'.slice(1)", "007ababcbc"),
        ("name.startsWith('A') && name.endsWith('a') && name.includes('d')", True),
        ("Number('12.50') + parseInt('12px') + parseFloat('1.5em')", 26),
        ("isNaN(Number('x')) && Number.isInteger(4)", True),
        ("encodeURIComponent('a b&c')", "a%20b%26c"),
        ("((a, b = 2) => a + b)(1)", 3),
        (
            "numbers.map(function (n) { if (n > 5) { return 'big' } else if (n > 2) return 'some'; return 'few' })",
            ["some", "big", "few"],
        ),
    ],
)
def test_expressions_mean_what_they_mean_in_javascript(expression: str, expected: Any) -> None:
    assert value(expression, DATA) == expected


@pytest.mark.parametrize(
    ("inside", "children"),
    [
        ("Hello", [{"type": "Text", "value": "Hello"}]),
        ("\n  Hello &amp;\n  {name}!\n", [{"type": "Text", "value": "Hello &Ada!"}]),
        ("{' '}{name}", [{"type": "Text", "value": "Ada"}]),
        ("{false}{null}{undefined}{true}{''}{[]}{/* nothing */}", []),
        ("{0}", [{"type": "Text", "value": "0"}]),
        ("<>{[<A />, [<B />]]}<C /></>", [{"type": "A"}, {"type": "B"}, {"type": "C"}]),
        ("{node}", [{"type": "Badge", "label": "x"}]),
        ("<Text>a{'  '}b</Text>", [{"type": "Text", "value": "a  b"}]),
        ("<Text>{1} {2}</Text>", [{"type": "Text", "value": "1 2"}]),
        ("<Button>Go {name}</Button>", [{"type": "Button", "label": "Go Ada"}]),
        ("<Button><Icon name='bolt' /></Button>", [{"type": "Button", "children": [{"type": "Icon", "name": "bolt"}]}]),
        (
            "<A b c='&lt;' d=\"it's\" e={<F />} {...{g: 1}} />",
            [{"type": "A", "b": True, "c": "<", "d": "it's", "e": {"type": "F"}, "g": 1}],
        ),
        ("<A key={3} id={4} />", [{"type": "A", "key": "3", "id": "4"}]),
        ("<Transition><A /></Transition>", [{"type": "Transition", "children": {"type": "A"}}]),
        ("<Row></Row><ListViewItem />", [{"type": "Row"}, {"type": "ListViewItem", "children": []}]),
    ],
)
def test_what_stands_between_tags_becomes_children_or_text(inside: str, children: Any) -> None:
    data = {"name": "Ada", "node": {"type": "Badge", "label": "x"}}
    assert build(f"<Card>{inside}</Card>", data) == {"type": "Card", "children": children}


# --- data -----------------------------------------------------------------------------------------------------------


class Size(Enum):
    LARGE = "lg"


class Trip(BaseModel):
    city: str
    day: date
    price: Decimal
    size: Size = Size.LARGE


def test_data_may_be_a_model_and_anything_that_has_a_form_in_json() -> None:
    source = "<Card size={size}><Text>{city} {day} {price} {size.length}</Text></Card>"
    built = WidgetTemplate(source).build(Trip(city="Oslo", day=date(2026, 5, 1), price=Decimal("9.90")))
    assert built.model_dump(exclude_none=True)["children"] == [{"type": "Text", "value": "Oslo 2026-05-01 9.90 2"}]


def test_data_without_a_form_in_json_is_refused() -> None:
    assert "no form in JSON" in refusal("<Card />", {"x": object()})


def test_a_name_that_the_schema_declares_is_undefined_when_the_data_lacks_it() -> None:
    source = "<Card>{note ? <Text value={note} /> : null}</Card>"
    assert "'note' is not defined" in refusal(source)
    schema = {"type": "object", "properties": {"note": {"type": "string"}}}
    assert WidgetTemplate({"version": "1.0", "template": source, "jsonSchema": schema}).build({}).children == []


def test_a_schema_written_with_zod_checks_the_data() -> None:
    source = (
        "const Id = z.string().min(1);\n"
        "const Item = z.object({ id: Id, n: z.number().int().nullable(), at: z.iso.date().optional() });\n"
        "const Kind = z.enum(['a', 'b']), On = z.boolean().default(true);\n"
        "const State = z.strictObject({ kind: Kind, items: z.array(Item).max(2), on: On });\n"
        "export default State;\n"
        "<Card>{items.map((item) => <Text value={`${kind}${item.n}`} />)}</Card>"
    )
    template = WidgetTemplate(source)
    right = {"kind": "a", "items": [{"id": "1", "n": None}]}
    assert template.build(right, validate=True).type == "Card"
    wrong: list[tuple[dict[str, Any], str]] = [
        ({**right, "kind": "c"}, "kind: 'c' is not one of"),
        ({"kind": "a"}, "'items' is a required property"),
        ({**right, "items": [{"id": "1", "n": 1.5}]}, "items.0.n: "),
        ({**right, "items": [{"id": "", "n": 1}]}, "items.0.id: "),
        ({**right, "items": [{"id": "1", "n": 1}] * 3}, "items: "),
        ({**right, "more": 1}, "the data: Additional properties"),
    ]
    for data, message in wrong:
        with pytest.raises(WidgetTemplateError, match=message):
            template.build(data, validate=True)


# --- what is refused, and where -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "<Card>\n  <Text value={titel} />\n</Card>",
            "line 2, column 16: 'titel' is not defined; did you mean 'title'?",
        ),
        (
            "<Card>\n  <Text value={nothing.name} />\n</Card>",
            "line 2, column 16: nothing is null, so it has no members",
        ),
        ("<Card><Text value={user.address.street} /></Card>", "column 20: user.address is undefined"),
        ("<Card>é<Text value={titel} /></Card>", "line 1, column 21: 'titel'"),
        (
            "<Card>{title.toUpperCas()}</Card>",
            "column 14: toUpperCas() is not supported on a text; did you mean 'toUpperCase'?",
        ),
        ("<Card>{title.length.map(x => x)}</Card>", "map() is not supported on a number"),
        ("<Card>{[1].map()}</Card>", "map() needs a function"),
        ("<Card>{title()}</Card>", "title is not a function"),
        ("<Card>{Math.random()}</Card>", "random() is not supported on an object"),
        ("<Card>{title.toUpperCase}</Card>", "toUpperCase is a method: call it"),
        ("<Card>\n<Text></Card>", "line 2, column 1: <Text> is not closed before </Card>"),
        ("<Card>\n<Text></Text>", "line 1, column 1: <Card> is not closed"),
        ("<Card><Row></Col></Card>", "column 7: <Row> is not closed before </Col>"),
        ("<Card>{</Card>", "line 1"),
        ("<Card>{new Date()}</Card>", "column 8: new is not supported"),
        ("<Card>{/a/.test(title)}</Card>", "a regular expression is not supported"),
        ("<Card>{title = 1}</Card>", "assigning is not supported"),
        ("<Card>{[1].map((x) => { for (;;) {} })}</Card>", "a loop (use .map()) is not supported"),
        ("<Card>{[1].map(async (x) => x)}</Card>", "async is not supported"),
        ("<Card>{tag`x`}</Card>", "a tagged template is not supported"),
        ("<Card>{title & 1}</Card>", "the operator & is not supported"),
        ("<Card>{this.title}</Card>", "this is not supported"),
        ("const a = 1; class A {}\n<Card />", "a class is not supported"),
        ("const a = 1; while (true) {}\n<Card />", "a loop is not supported"),
        ("<div />", "<div> is no widget component"),
        ("<a:b />", "a name with a colon is not supported"),
        ("<Card><Input type='email' /></Card>", "type is the name of the component"),
        ("<Card><Button onClick={() => 1} /></Card>", "onClick is a function; the client gets data only"),
        ("<Card><Button go={{ here: [() => 1] }} /></Card>", "children.0.go.here.0 is a function"),
        ("<Card>{{ a: 1 }}</Card>", "only components and text can stand here"),
        ("<Card><Text value='a'>b</Text></Card>", "<Text> has both value and text"),
        ("<Transition><A /><B /></Transition>", "<Transition> takes one child, not 2"),
        ("<Card {...title} />", "only an object can be spread here"),
        ("<Card /> ; <Card />", "a source has one widget, and this is a second"),
        ("const a = 1;", "there is no widget"),
        ("<><Card /><Card /></>", "a widget is one element, not 2 of them"),
        ("export default 'text' + title", "a widget is one element, not a text"),
        ("<Card x={price.toLocaleString('de-DE')} />", "toLocaleString() writes English only"),
    ],
)
def test_what_a_source_cannot_do_is_named_with_its_place(source: str, message: str) -> None:
    assert message in refusal(source, {"title": "T", "nothing": None, "user": {}, "price": 1})


@pytest.mark.parametrize(
    "expression",
    [
        "''.constructor",
        "[].constructor",
        "(() => 1).constructor",
        "data.__class__",
        "''.__proto__",
        "data.__proto__",
        "''['__class__']",
        "Math['__class__']",
        "data.constructor",
        "[].__len__",
        "(5).__add__",
        "data.keys",
    ],
)
def test_nothing_of_python_or_of_prototypes_can_be_reached(expression: str) -> None:
    try:
        built = value(f"typeof {expression}", {"a": 1})
    except WidgetTemplateError as error:
        assert "is not supported" in str(error)
    else:
        assert built == "undefined"


@pytest.mark.parametrize(
    "name",
    ["__import__", "globalThis", "window", "process", "require", "eval", "Function", "self", "fetch", "z", "Symbol"],
)
def test_nothing_is_named_but_the_data_and_a_short_list(name: str) -> None:
    assert f"'{name}' is not defined" in refusal(f"<Card>{{{name}}}</Card>")


DOUBLING = "".join(f"const a{index + 1} = [a{index}, a{index}];" for index in range(60))
HOSTILE = {
    "a text that doubles": "const a0 = 'xx'; "
    + "".join(f"const a{index + 1} = a{index} + a{index};" for index in range(60))
    + "<Card>{a60}</Card>",
    "a text that repeats": "<Card>{'x'.repeat(1e9)}</Card>",
    "padding": "<Card>{'x'.padEnd(1e9, 'abc')}</Card>",
    "replacing": "<Card>{'x'.repeat(900000).replaceAll('x', 'y'.repeat(900000))}</Card>",
    "an array from a length": "<Card>{Array.from({ length: 1e9 }).length}</Card>",
    "shared arrays": f"const a0 = [1]; {DOUBLING}<Card x={{a60}} />",
    "shared arrays as text": f"const a0 = [1]; {DOUBLING}<Card>{{`${{a60}}`}}</Card>",
    "shared arrays as JSON": f"const a0 = [1]; {DOUBLING}<Card>{{JSON.stringify(a60)}}</Card>",
    "shared arrays, flat": f"const a0 = [1]; {DOUBLING}<Card>{{a60.flat(99).length}}</Card>",
    "shared elements": "const a0 = <A />; "
    + "".join(f"const a{index + 1} = <B>{{a{index}}}{{a{index}}}</B>;" for index in range(60))
    + "<Card>{a60}</Card>",
    "loops in loops": "const n = Array.from({ length: 300 });"
    "<Card>{n.map(() => n.map(() => n.map(() => n.length)))}</Card>",
    "numbers that grow": "const a0 = 9; "
    + "".join(f"const a{index + 1} = a{index} ** a{index};" for index in range(40))
    + "<Card>{a40}</Card>",
    "recursion": "const f = (g) => g(g); <Card>{f(f)}</Card>",
    "named recursion": "function f(n) { return f(n + 1); } <Card>{f(1)}</Card>",
    "nesting": "<Card>{" + "(" * 5000 + "1" + ")" * 5000 + "}</Card>",
    "nested elements": "<Box>" * 3000 + "</Box>" * 3000,
    "a deep widget": "const wrap = (node) => <Box>{node}</Box>; const n = Array.from({ length: 500 });"
    "<Card>{n.reduce((node) => wrap(node), <A />)}</Card>",
    "a long source": "<Card>" + "<A />" * 200_000 + "</Card>",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_source_cannot_do_more_work_than_a_widget_needs(case: str) -> None:
    before, limit = time.process_time(), sys.getrecursionlimit()
    try:
        assert len(json.dumps(build(HOSTILE[case]))) < 10_000
    except WidgetTemplateError as error:
        assert "line " in str(error)
    assert time.process_time() - before < 10
    assert sys.getrecursionlimit() == limit


def test_a_list_of_thousands_is_no_problem() -> None:
    source = "<ListView>{items.map((item) => <ListViewItem key={item}><Text>{item}</Text></ListViewItem>)}</ListView>"
    assert len(build(source, {"items": list(range(5000))})["children"]) == 5000


def test_a_template_builds_again_and_again_with_other_data() -> None:
    template = WidgetTemplate(SOURCE)
    assert [template.build({"name": name}).model_dump()["children"][0]["value"] for name in ("a", "b")] == ["a", "b"]


def test_the_parser_is_imported_for_sources_only() -> None:
    code = (
        "import sys, chatkit.widgets, chatkit.server; print('tree_sitter' in sys.modules, 'jsonschema' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_without_the_extra_a_source_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from chatkit.widgets.jsx import tree

    tree._language.cache_clear()
    monkeypatch.setitem(sys.modules, "tree_sitter_javascript", None)
    with pytest.raises(ImportError, match=r"pip install 'open-chatkit\[templates\]'"):
        WidgetTemplate(SOURCE)
    tree._language.cache_clear()
