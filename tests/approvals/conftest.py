"""Databases, and no settings of whoever runs the tests."""

import os

import pytest

from tests.stores.conftest import postgres, postgres_schema, sqlite_url

__all__ = ["postgres", "postgres_schema", "sqlite_url"]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "AZURE_", "CHATKIT_")):
            monkeypatch.delenv(name)
