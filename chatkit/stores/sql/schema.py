"""The tables. Their names have a prefix, so that they can live in an application's own database."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from chatkit.stores.sql.run_tables import RunTables, run_tables
from chatkit.stores.sql.text_types import id_text

__all__ = ["HEAD", "VERSION_TABLE", "Tables", "tables"]

HEAD = "0004"
"""The newest migration: the revision that this version of the package works with."""

VERSION_TABLE = "chatkit_migrations"
"""Where the database remembers its revision."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one schema.

    `document` is the record's JSON as text: what a newer version wrote is kept to the letter, and nothing that JSON
    allows is refused (PostgreSQL's `jsonb` refuses NUL characters in strings).
    """

    metadata: MetaData
    threads: Table
    items: Table
    attachments: Table
    uses: Table
    """Which threads use an attachment, also threads that are not there (yet, or any more)."""
    probes: Table
    """Written and emptied again to see whether anything can be written."""
    sessions: Table
    """The client secrets that were given out. Expired ones are swept."""
    live: RunTables
    """What live runs need."""


@lru_cache
def tables(schema: str | None = None) -> Tables:
    """The tables in `schema`, or in the connection's default one."""
    metadata = MetaData(schema=schema)
    threads = Table(
        "chatkit_threads",
        metadata,
        Column("id", id_text, nullable=False),
        Column("owner", id_text, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("document", Text, nullable=False),
        PrimaryKeyConstraint("id", name="chatkit_threads_pkey"),
        Index("chatkit_threads_by_owner", "owner", "created_at", "id"),
    )
    items = Table(
        "chatkit_items",
        metadata,
        Column(
            "thread_id",
            id_text,
            ForeignKey(threads.c.id, name="chatkit_items_thread_id_fkey", ondelete="CASCADE"),
            nullable=False,
        ),
        Column("id", id_text, nullable=False),
        Column("place", BigInteger, nullable=False),
        Column("document", Text, nullable=False),
        PrimaryKeyConstraint("thread_id", "id", name="chatkit_items_pkey"),
        Index("chatkit_items_by_place", "thread_id", "place", unique=True),
    )
    attachments = Table(
        "chatkit_attachments",
        metadata,
        Column("id", id_text, nullable=False),
        Column("owner", id_text, nullable=False),
        # The thread that it names now. Only processes of an older version, before `uses`, still read it.
        Column("thread_id", id_text, nullable=True),
        Column("document", Text, nullable=False),
        PrimaryKeyConstraint("id", name="chatkit_attachments_pkey"),
        Index("chatkit_attachments_by_thread", "thread_id"),
    )
    uses = Table(
        "chatkit_attachment_uses",
        metadata,
        Column(
            "attachment_id",
            id_text,
            ForeignKey(attachments.c.id, name="chatkit_attachment_uses_attachment_id_fkey", ondelete="CASCADE"),
            nullable=False,
        ),
        Column("thread_id", id_text, nullable=False),
        PrimaryKeyConstraint("attachment_id", "thread_id", name="chatkit_attachment_uses_pkey"),
        Index("chatkit_attachment_uses_by_thread", "thread_id"),
    )
    probes = Table(
        "chatkit_probes",
        metadata,
        Column("id", id_text, nullable=False),
        Column("document", Text, nullable=False),
        PrimaryKeyConstraint("id", name="chatkit_probes_pkey"),
    )
    sessions = Table(
        "chatkit_sessions",
        metadata,
        Column("id", id_text, nullable=False),
        Column("user_id", id_text, nullable=False),
        Column("expires_at", Double, nullable=False),
        Column("cancelled", Boolean, nullable=False),
        Column("files", Integer, nullable=False),
        Column("document", Text, nullable=False),
        PrimaryKeyConstraint("id", name="chatkit_sessions_pkey"),
        Index("chatkit_sessions_by_end", "expires_at"),
    )
    return Tables(metadata, threads, items, attachments, uses, probes, sessions, run_tables(metadata))
