"""`ChatKitServer.process()` gives what the reference gives: the same bytes, hook calls and store writes."""

import json
import re
from typing import Any

import pytest

from tests.differential.conftest import Driver
from tests.differential.intended import ADDED, INTENDED

pytestmark = pytest.mark.xdist_group("differential")  # a driver runs once, for all who look at what it printed

TIME = re.compile(r'(\\"created_at\\":\\")2(?!020)[^"]*(\\")')


def without_added(seen: Any) -> Any:
    """What was seen of this package, without what is meant to be there in addition."""
    return json.loads(re.sub("|".join(ADDED), "", json.dumps(seen)))


def masked(seen: Any) -> Any:
    """What was seen, without the times of items made now. Ids are the driver's own, so they need no mask."""
    return json.loads(TIME.sub(r"\1now\2", json.dumps(seen)))


@pytest.fixture(scope="module")
def scenarios(compare: Driver) -> tuple[dict[str, Any], dict[str, Any]]:
    return compare("server")


def test_both_packages_play_every_scenario(scenarios: tuple[dict[str, Any], dict[str, Any]]) -> None:
    reference, ours = scenarios
    assert list(reference) == list(ours)
    assert len(ours) > 100
    assert INTENDED.keys() <= ours.keys()


def test_every_scenario_gives_the_same_unless_a_difference_is_intended(
    scenarios: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    reference, ours = scenarios
    differing = {name for name in ours if masked(reference[name]) != masked(without_added(ours[name]))}
    assert differing == INTENDED.keys()


@pytest.mark.parametrize("pattern", ADDED)
def test_what_is_meant_to_be_added_is_there(scenarios: tuple[dict[str, Any], dict[str, Any]], pattern: str) -> None:
    reference, ours = scenarios
    assert re.search(pattern, json.dumps(ours))
    assert not re.search(pattern, json.dumps(reference))
