"""Widgets are compared, streamed, parsed and built as the reference does it."""

from tests.differential.conftest import Driver
from tests.differential.intended import WIDGETS


def test_widgets_give_the_same_unless_a_difference_is_intended(compare: Driver) -> None:
    reference, ours = compare("widgets")
    assert list(reference) == list(ours)
    assert len(ours) > 40
    assert {name for name in ours if reference[name] != ours[name]} == WIDGETS.keys()
