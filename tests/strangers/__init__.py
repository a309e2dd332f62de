"""Sloppy servers, written after the shapes that public code has, and what comes of them here and in the reference."""
