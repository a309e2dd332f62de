"""Whatever can be imported from a module of the reference can be imported from the same module here."""

import importlib
from typing import Any

import pytest

import chatkit.agents
import chatkit.server
import chatkit.types
from tests.differential.conftest import Driver
from tests.differential.drivers.names import kind

pytestmark = pytest.mark.xdist_group("differential")  # a driver runs once, for all who look at what it printed

PYTHONS = "Python's own, which the reference happens to import there."
MISSING = {
    "chatkit.actions.annotations": PYTHONS,
    "chatkit.actions.get_origin": PYTHONS,
    "chatkit.logger.os": PYTHONS,
    "chatkit.logger.log_level": "Read once from the environment there; here the application sets levels.",
    "chatkit.version.importlib": PYTHONS,
}
"""What does not resolve, with the reason. It must not, so that the list cannot outlive its reasons."""
FROM_TYPING = [f"chatkit.server.{name}" for name in ("AsyncGenerator", "AsyncIterable", "Callable")]
"""`typing`'s aliases there, the classes themselves here."""
DECORATOR = "chatkit.widgets._direct_usage_of_named_widget_types_deprecated"
"""An object that decorates there, a function here."""


@pytest.fixture(scope="module")
def reference(compare: Driver) -> dict[str, dict[str, str]]:
    return compare("names")[0]


def test_every_name_of_every_module_resolves(reference: dict[str, dict[str, str]]) -> None:
    assert len(reference) == 11
    assert sum(len(names) for names in reference.values()) > 450
    missing = {
        f"{module}.{name}"
        for module, names in reference.items()
        for name in names
        if not hasattr(importlib.import_module(module), name)
    }
    assert missing == set(MISSING)


def test_what_resolves_is_what_its_name_says(reference: dict[str, dict[str, str]]) -> None:
    other = {
        f"{module}.{name}": (expected, found)
        for module, names in reference.items()
        for name, expected in names.items()
        if f"{module}.{name}" not in MISSING
        and (found := kind(getattr(importlib.import_module(module), name))) != expected
    }
    assert other == dict.fromkeys(FROM_TYPING, ("value", "class")) | {DECORATOR: ("value", "function")}


def test_a_model_is_one_class_wherever_it_is_imported_from(reference: dict[str, dict[str, str]]) -> None:
    for module in ("agents", "server", "store"):
        home = importlib.import_module(f"chatkit.{module}")
        for name in reference[f"chatkit.{module}"].keys() & set(chatkit.types.__all__):
            assert getattr(home, name) is getattr(chatkit.types, name), f"{module}.{name}"


@pytest.mark.parametrize("module", ["types", "widgets", "store", "server", "agents"])
def test_a_name_that_nobody_has_is_an_import_error_as_ever(module: str) -> None:
    home = importlib.import_module(f"chatkit.{module}")
    with pytest.raises(AttributeError, match=f"chatkit.{module}.*NoSuchName"):
        home.NoSuchName  # noqa: B018 - asking is the test


PRIVATE = ["merged", "queued", "converted", "calls", "nulls"]


@pytest.mark.parametrize("scenario", PRIVATE)
def test_private_names_that_public_code_uses_do_what_they_do_there(scenario: str, compare: Driver) -> None:
    reference, ours = _private(compare)
    assert ours[scenario] == reference[scenario]


def _private(compare: Driver) -> tuple[dict[str, Any], dict[str, Any]]:
    global _seen
    _seen = _seen or compare("private_names")
    return _seen


_seen: tuple[dict[str, Any], dict[str, Any]] | None = None
