"""Every name, field, default, abstract method and parameter of the reference exists here."""

from typing import Any

import pytest

from tests.differential.conftest import Driver
from tests.differential.intended import INTERFACE

pytestmark = pytest.mark.xdist_group("differential")  # a driver runs once, for all who look at what it printed

# Documented at these paths although they are made elsewhere.
RE_EXPORTS = {"types.Action", "server.stream_widget", "server.diff_widget", "server.agents_sdk_user_agent_override"}


@pytest.fixture(scope="module")
def interfaces(compare: Driver) -> tuple[dict[str, Any], dict[str, Any]]:
    return compare("interface")


def test_every_public_name_exists(interfaces: tuple[dict[str, Any], dict[str, Any]]) -> None:
    reference, ours = interfaces
    documented = {name for name, seen in reference.items() if seen["at_home"]} | RE_EXPORTS
    assert len(documented) > 200
    assert documented - ours.keys() == set()


def test_every_field_default_and_literal_is_the_same(interfaces: tuple[dict[str, Any], dict[str, Any]]) -> None:
    reference, ours = interfaces
    wrong: list[str] = []
    for name in reference.keys() & ours.keys():
        theirs, mine = reference[name], ours[name]
        for kind in ("fields", "keys", "members", "value"):
            expected, found = theirs.get(kind, {}), mine.get(kind, {})
            if isinstance(expected, dict):
                wrong += [
                    f"{name}.{key}: {value} {found.get(key)}"
                    for key, value in expected.items()
                    if found.get(key) != value
                ]
            elif expected != found:
                wrong.append(f"{name}: {expected} {found}")
        if not set(theirs.get("literals", [])) <= set(mine.get("literals", [])):
            wrong.append(f"{name}: {set(theirs['literals']) - set(mine.get('literals', []))}")
    intended = {line.partition(":")[0] for line in wrong} & INTERFACE.keys()
    assert intended == INTERFACE.keys()
    assert [line for line in wrong if line.partition(":")[0] not in intended] == []


def test_models_have_their_fields_in_the_same_order(interfaces: tuple[dict[str, Any], dict[str, Any]]) -> None:
    reference, ours = interfaces
    for name in reference.keys() & ours.keys():
        expected = list(reference[name].get("fields", {}))
        assert [field for field in ours[name].get("fields", {}) if field in expected] == expected, name


def test_every_method_takes_the_same_parameters(interfaces: tuple[dict[str, Any], dict[str, Any]]) -> None:
    reference, ours = interfaces
    wrong: list[str] = []
    for name in reference.keys() & ours.keys():
        calls = {"": reference[name].get("parameters"), **reference[name].get("methods", {})}
        found = {"": ours[name].get("parameters"), **ours[name].get("methods", {})}
        for call, expected in calls.items():
            mine = found.get(call)
            if expected is None or mine == expected:
                continue
            # What is ours alone comes after, by keyword or with a default.
            extends = isinstance(mine, list) and mine[: len(expected)] == expected
            if not (extends and all(kind == "KEYWORD_ONLY" or default for _, kind, default in mine[len(expected) :])):
                wrong.append(f"{name}.{call}: {expected} {mine}")
    assert wrong == []


def test_the_same_methods_are_abstract(interfaces: tuple[dict[str, Any], dict[str, Any]]) -> None:
    reference, ours = interfaces
    for name in reference.keys() & ours.keys():
        assert ours[name].get("abstract") == reference[name].get("abstract"), name
