"""What every suite shares."""

import asyncio
import functools
import os
from collections.abc import Callable, Coroutine
from inspect import iscoroutinefunction
from typing import Any

import pytest

# Tests speak to loopback servers only: a proxy of the environment must not get in between.
for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(name, None)

LONGEST_SECONDS = 120
"""No test takes half as long. What waits in vain ends then, and the traceback shows what it waited for.

Fixtures, which may install packages, are bounded by `timeout` in pyproject.toml.
"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Bounds the tests that are coroutines, and has `--dist loadgroup` know the groups.

    xdist 3.8 writes them where pytest 9.2 no longer reads them: https://github.com/pytest-dev/pytest-xdist/issues/1386
    """
    grouped = getattr(config.option, "loadgroup", False)
    for item in items:
        if isinstance(item, pytest.Function) and iscoroutinefunction(item.obj):
            item.obj = _bounded(item.obj)
        if grouped and hasattr(item, "_id") and (group := item.get_closest_marker("xdist_group")):
            item._id = item.id.parse(f"{item.nodeid}@{group.args[0]}")


def _bounded(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Coroutine[Any, Any, None]]:
    @functools.wraps(test)
    async def run(*arguments: Any, **named: Any) -> None:
        async with asyncio.timeout(LONGEST_SECONDS):
            await test(*arguments, **named)

    return run


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--all` adds the longest matrices: every set of versions that is supported."""
    parser.addoption("--all", action="store_true", help="the longest matrices too")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leaves out what is marked `all`, unless it is asked for."""
    if item.get_closest_marker("all") and not item.config.getoption("--all"):
        pytest.skip("only with --all")
