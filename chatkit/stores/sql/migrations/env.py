"""What Alembic runs: the migrations, on the connection that `chatkit.stores.sql.migration` gives, or as SQL text."""

from alembic import context

from chatkit.stores.sql.schema import VERSION_TABLE, tables

_attributes = context.config.attributes
_schema: str | None = _attributes["schema"]

context.configure(
    connection=_attributes.get("connection"),
    dialect_name=_attributes["dialect"],
    dialect_opts={"paramstyle": "named"},  # others would double the percent signs of names in SQL text
    target_metadata=tables(_schema).metadata,
    version_table=VERSION_TABLE,
    version_table_schema=_schema,
    output_buffer=_attributes.get("output"),
    literal_binds=context.is_offline_mode(),
)
with context.begin_transaction():
    context.run_migrations()
