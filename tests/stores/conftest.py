"""Databases for the stores' tests."""

from tests.support.databases import postgres, postgres_schema, sqlite_url

__all__ = ["postgres", "postgres_schema", "sqlite_url"]
