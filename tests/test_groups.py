"""Tests of one group run in one worker, which is told so in their names."""

import pytest


@pytest.mark.xdist_group("told")
def test_the_group_is_in_the_name(request: pytest.FixtureRequest) -> None:
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("only with --dist loadgroup")
    assert request.node.nodeid.endswith("@told")
