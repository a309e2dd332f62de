"""`chatkit.agents` makes of model events and thread items what the reference makes of them."""

import json
import re
from typing import Any

import pytest

from tests.differential.conftest import Driver

pytestmark = pytest.mark.xdist_group("differential")  # a driver runs once, for all who look at what it printed

Scenarios = tuple[dict[str, Any], dict[str, Any]]

UNIQUE = "Items get ids of our own where the model's are placeholders or taken, so that none overwrites another."
INTENDED = {
    "placeholders for ids": UNIQUE,
    "an id that the thread has": UNIQUE,
    "client tool with a placeholder for an id": UNIQUE,
    "client tool called among tools": "The call's ids are those of the function of that name, not of the newest.",
    "typed citations": "Citations are read as newer releases of the SDK have them, too; the reference fails on them.",
    "convert attachment alone": "A message that is only a file has no empty part of text, which some hosts refuse.",
    "hidden item of the package": "No hidden item ends a workflow; in the reference this kind does.",
    "guardrail after a removed item": "What was removed already is not removed again.",
}
"""Scenario → why it differs. Everything else is equal."""

# What introduces a piece of context in the model's input is each package's own prose; what it introduces is compared.
PROSE = [
    (re.compile(r"^[^\n<]*(pending|answered|skipped)\n(?=<StructuredInput>)"), r"\1 "),
    (re.compile(r"^[^\n<]*\n(?=<(?:Task|HiddenContext)>)"), ""),
    (re.compile(r"^[^\n{]*item_6[^\n{]*(?=\{)"), "widget item_6 "),
    (re.compile(r"^The user[^\n]*:\s*\n(?=(?:the sky|q2?)$)"), "quoted "),
    (re.compile(r"^[^\n]*image was generated[^\n]*$|^[^\n]*generated this image[^\n]*$"), "image"),
    (re.compile(r"^(?=[^@]*@).*canonical names.*$|^.*mentions the entities below.*$", re.DOTALL), "mentions"),
]


def comparable(value: Any) -> Any:
    """An outcome without prose, and without fields that are null."""
    match value:
        # One string here, and no type, so that every host and every release of the SDK takes it.
        case {"role": "assistant", "content": list(parts), "type": "message", **fields}:
            return comparable({"role": "assistant", **fields, "content": "\n\n".join(part["text"] for part in parts)})
        case str():
            for pattern, plain in PROSE:
                value = pattern.sub(plain, value)
            return value
        case dict():
            return {name: comparable(field) for name, field in value.items() if field is not None}
        case list():
            return [comparable(item) for item in value]
        case _:
            return value


@pytest.fixture(scope="module")
def scenarios(compare: Driver) -> Scenarios:
    return compare("agents_driver")


def test_both_packages_play_every_scenario(scenarios: Scenarios) -> None:
    reference, ours = scenarios
    assert list(reference) == list(ours)
    assert len(ours) > 150
    assert not [name for name, outcome in ours.items() if "error" in outcome]


def test_every_scenario_gives_the_same_unless_a_difference_is_intended(scenarios: Scenarios) -> None:
    reference, ours = scenarios
    differing = {
        name: (json.dumps(comparable(reference[name])), json.dumps(comparable(ours[name])))
        for name in ours
        if comparable(reference[name]) != comparable(ours[name])
    }
    assert differing.keys() == INTENDED.keys(), {k: v for k, v in differing.items() if k not in INTENDED}
