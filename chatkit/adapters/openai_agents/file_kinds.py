"""What a file is by its bytes: browsers and systems name kinds as they like, or not at all."""

import codecs
import re
from collections.abc import Mapping
from typing import Final

__all__ = ["as_text", "by_its_beginning", "may_be_text"]

_TEXT_ENDING: Final = re.compile(
    r"""
    txt|text|md|markdown|mdx|rst|adoc|tex|log|csv|tsv|json|jsonl|ndjson|json5|geojson|ipynb|xml|html?|xhtml|svg|css|scss|less
    |[mc]?[jt]s|[jt]sx|vue|svelte|pyi?|rb|php|pl|lua|r|jl|go|rs|c|h|cc|cpp|cxx|hpp|cs|java|kts?|scala|swift|mm?|dart|exs?
    |erl|hs|ml|fs|clj|lisp|el|sql|graphql|proto|sh|bash|zsh|fish|ps1|bat|cmd|ya?ml|toml|ini|cfg|conf|env|properties|gradle
    |cmake|make|mk|dockerfile|tf|hcl|diff|patch|srt|vtt|ics|vcf|eml|bib|pot?|asc
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BARE_NAMES: Final = frozenset({"dockerfile", "makefile", "readme", "license", "changelog", "gemfile", "procfile"})
_NAMELESS: Final = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/unknown", "*/*"})
_BINARY: Final = re.compile(
    r"application/(vnd\.|zip|gzip|pdf|msword|x-(tar|7z|rar|bzip|gzip|msdownload|shockwave)|java-)"
)
_BEGINNINGS: Final[Mapping[bytes, str]] = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"%PDF-": "application/pdf",
}
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LOOKED_AT: Final = 4096


def may_be_text(name: str, kind: str) -> bool:
    """Whether a file of that name and kind is worth a look."""
    stem, _, ending = name.rpartition(".")
    if ending.lower() in _BARE_NAMES if not stem and not name.startswith(".") else _TEXT_ENDING.fullmatch(ending):
        return True
    if kind.startswith("text/") or kind in _NAMELESS or kind.endswith(("+json", "+xml")):
        return True
    return kind.startswith("application/") and not _BINARY.match(kind)


def by_its_beginning(kind: str, data: bytes) -> str:
    """The kind of a file that was sent without one, if it is an image or a PDF; else the kind as it is."""
    if kind not in _NAMELESS:
        return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((known for beginning, known in _BEGINNINGS.items() if data.startswith(beginning)), kind)


def as_text(data: bytes) -> str | None:
    """The text in the bytes: UTF-8, UTF-16 with a mark or without, or Windows' Latin letters. None if they are none."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding)
    text = _decoded(data, _unmarked(data))
    return text if text is not None or b"\0" in data else _decoded(data, "cp1252")


def _unmarked(data: bytes) -> str:
    """UTF-16 of Western text has a zero in every other place."""
    start = data[: _LOOKED_AT - _LOOKED_AT % 2]
    for zeros, others, encoding in ((start[1::2], start[::2], "utf-16-le"), (start[::2], start[1::2], "utf-16-be")):
        if len(data) % 2 == 0 and zeros.count(0) * 2 > len(zeros) and not others.count(0):
            return encoding
    return "utf-8"


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text
