"""Sessions: the client secrets that were given out, and which of them were cancelled."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Creates the table and its index."""
    schema = op.get_context().version_table_schema
    id_text = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
    op.create_table(
        "chatkit_sessions",
        sa.Column("id", id_text, nullable=False),
        sa.Column("user_id", id_text, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="chatkit_sessions_pkey"),
        schema=schema,
    )
    op.create_index("chatkit_sessions_by_end", "chatkit_sessions", ["expires_at"], schema=schema)
