"""Threads, their items, and attachments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Creates the three tables and their indexes."""
    schema = op.get_context().version_table_schema
    id_text = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
    threads = op.create_table(
        "chatkit_threads",
        sa.Column("id", id_text, nullable=False),
        sa.Column("owner", id_text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="chatkit_threads_pkey"),
        schema=schema,
    )
    op.create_index("chatkit_threads_by_owner", "chatkit_threads", ["owner", "created_at", "id"], schema=schema)
    op.create_table(
        "chatkit_items",
        sa.Column("thread_id", id_text, nullable=False),
        sa.Column("id", id_text, nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("thread_id", "id", name="chatkit_items_pkey"),
        sa.ForeignKeyConstraint(["thread_id"], [threads.c.id], name="chatkit_items_thread_id_fkey", ondelete="CASCADE"),
        schema=schema,
    )
    op.create_index("chatkit_items_by_place", "chatkit_items", ["thread_id", "place"], unique=True, schema=schema)
    op.create_table(
        "chatkit_attachments",
        sa.Column("id", id_text, nullable=False),
        sa.Column("owner", id_text, nullable=False),
        sa.Column("thread_id", id_text, nullable=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="chatkit_attachments_pkey"),
        schema=schema,
    )
    op.create_index("chatkit_attachments_by_thread", "chatkit_attachments", ["thread_id"], schema=schema)
