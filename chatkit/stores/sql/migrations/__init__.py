"""The history of the schema, as Alembic migrations. `chatkit.stores.sql.migration` runs it."""
