"""Templates: what they build, and what they say when they cannot."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from chatkit.widgets import BasicRoot, WidgetTemplate, WidgetTemplateError

CARD = '{"type":"Card","children":[{"type":"Text","value":{{ (name) | tojson }}}]}'
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


def template(source: str = CARD, **fields: Any) -> WidgetTemplate:
    return WidgetTemplate({"version": "1.0", "name": "greeting", "template": source, "jsonSchema": SCHEMA, **fields})


def test_data_may_be_a_dict_or_a_model() -> None:
    class Data(BaseModel):
        name: str

    built = template().build({"name": 'Quo"te\n'})
    assert built == template().build(Data(name='Quo"te\n'))
    assert built.model_dump(exclude_none=True)["children"][0]["value"] == 'Quo"te\n'


def test_a_relative_path_starts_at_the_caller(tmp_path: Path) -> None:
    (tmp_path / "card.widget").write_text(json.dumps({"version": "1.0", "name": "n", "template": CARD}))
    (tmp_path / "caller.py").write_text(
        "from chatkit.widgets import WidgetTemplate\ntemplate = WidgetTemplate.from_file('card.widget')\n"
    )
    scope: dict[str, Any] = {}
    path = tmp_path / "caller.py"
    exec(compile(path.read_text(), str(path), "exec"), scope)  # noqa: S102 - code that lies in another folder
    assert scope["template"].build({"name": "a"}).type == "Card"


@pytest.mark.parametrize(
    ("source", "data", "message"),
    [
        (CARD, {}, "'name' is undefined"),
        ('{"type": {{ name }} }', {"name": "x"}, "invalid JSON at line 1"),
        ("{{ ''.__class__.__mro__ }}", {}, "unsafe"),
    ],
)
def test_what_cannot_be_rendered_says_why(source: str, data: dict[str, Any], message: str) -> None:
    with pytest.raises(WidgetTemplateError, match=message) as caught:
        template(source).build(data)
    assert "greeting" in str(caught.value)


def test_a_template_that_is_not_jinja_says_where() -> None:
    with pytest.raises(WidgetTemplateError, match="line 2"):
        template("{\n{% if %}")


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(WidgetTemplateError, match=r"version '2\.0'"):
        template(version="2.0")


def test_data_is_checked_when_asked() -> None:
    with pytest.raises(WidgetTemplateError, match="name: 3 is not of type 'string'"):
        template().build({"name": 3}, validate=True)
    assert template().build({"name": 3}).model_dump(exclude_none=True)["children"][0]["value"] == 3


def test_build_basic_still_builds() -> None:
    basic = template('{"type":"Basic","children":[]}')
    with pytest.deprecated_call():
        assert isinstance(basic.build_basic(), BasicRoot)
