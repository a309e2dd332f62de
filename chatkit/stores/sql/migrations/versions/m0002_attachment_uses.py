"""The threads that use an attachment, and a place to try writing in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Creates the two tables. Attachments are used by the thread that they name so far."""
    schema = op.get_context().version_table_schema
    id_text = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
    attachments = sa.table("chatkit_attachments", sa.column("id"), sa.column("thread_id"), schema=schema)
    uses = op.create_table(
        "chatkit_attachment_uses",
        sa.Column("attachment_id", id_text, nullable=False),
        sa.Column("thread_id", id_text, nullable=False),
        sa.PrimaryKeyConstraint("attachment_id", "thread_id", name="chatkit_attachment_uses_pkey"),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["chatkit_attachments.id" if schema is None else f"{schema}.chatkit_attachments.id"],
            name="chatkit_attachment_uses_attachment_id_fkey",
            ondelete="CASCADE",
        ),
        schema=schema,
    )
    op.create_index("chatkit_attachment_uses_by_thread", "chatkit_attachment_uses", ["thread_id"], schema=schema)
    known = sa.select(attachments.c.id, attachments.c.thread_id).where(attachments.c.thread_id.is_not(None))
    op.execute(uses.insert().from_select(["attachment_id", "thread_id"], known))
    op.create_table(
        "chatkit_probes",
        sa.Column("id", id_text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="chatkit_probes_pkey"),
        schema=schema,
    )
