"""What clients send of a run: a position in it, and the request that began it."""

import hashlib
import re

from chatkit.types import StreamingReq

__all__ = ["digest_of", "parse_position"]

_POSITION = re.compile(r"(\d{1,15})-(\d{1,15})", re.ASCII)


def parse_position(text: str) -> tuple[int, int] | None:
    """The fence and the number in a frame's id; None for what is none."""
    found = _POSITION.fullmatch(text)
    return None if found is None else (int(found[1]), int(found[2]))


def digest_of(request: StreamingReq) -> str:
    """The same for requests that ask for the same. `metadata` is the page's own, which may change with each attempt."""
    told = request.model_dump_json(include={"type", "params"})
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()
