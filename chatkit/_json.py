"""Is a body JSON that is worth parsing? Looked at as bytes, each a bounded number of times, before any object is made.

The parser refuses what is nested deeper than 200 on its own, and is linear. What it makes is not small, though: two
megabytes of `[[],[],…` are 700,000 lists, and half a second of every other user's time.
"""

from itertools import accumulate
from typing import Final

__all__ = ["MOST_CONTAINERS", "objection"]

MOST_CONTAINERS: Final = 50_000
"""Arrays and objects of one body."""

_NOT_STRUCTURE: Final = bytes(set(range(256)) - set(b'[]{}"'))
_STEPS: Final = bytes.maketrans(b"[{]}", bytes([1, 1, 255, 255]))
"""As signed bytes: one level down, one level up."""
_AT_ONCE: Final = 8192


def objection(body: bytes | bytearray, *, depth: int) -> str | None:
    """What speaks against parsing the body, as a clause; None if nothing does.

    It must not have arrays and objects nested deeper than `depth`, nor more than `MOST_CONTAINERS` of them. Whether it
    is JSON at all, the parser says. One count settles it for nearly every body.
    """
    if body.count(b"[") + body.count(b"{") <= min(depth, MOST_CONTAINERS):
        return None
    brackets = _brackets(body)
    if brackets.count(b"[") + brackets.count(b"{") > MOST_CONTAINERS:
        return f"it has more than {MOST_CONTAINERS} arrays and objects"
    return f"it is nested deeper than {depth}" if _is_deeper(brackets, depth) else None


def _brackets(body: bytes | bytearray) -> bytes:
    """The brackets outside strings: those that an even number of quotes comes before.

    Escapes go first, so that each quote left begins or ends a string. Then the strings without brackets go: two quotes
    side by side change nothing for any bracket.
    """
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    quoted = unescaped.translate(None, _NOT_STRUCTURE).replace(b'""', b"")
    return bytes(b"".join(quoted.split(b'"')[::2]))


def _is_deeper(brackets: bytes, depth: int) -> bool:
    """Whether more than `depth` are open at once. It stops where more are closed than were opened: that is no JSON."""
    steps = memoryview(brackets.translate(_STEPS)).cast("b")
    level = 0
    for start in range(0, len(steps), _AT_ONCE):
        levels = list(accumulate(steps[start : start + _AT_ONCE], initial=level))
        if max(levels) > depth:
            return True
        if min(levels) < 0:
            return False
        level = levels[-1]
    return False
