"""How ids are kept."""

from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

__all__ = ["id_text"]

id_text = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text that sorts by code point in every database, whatever the database's own collation is."""
