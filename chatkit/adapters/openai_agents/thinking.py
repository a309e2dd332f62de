"""Reasoning that a model writes into its text, between `<think>` and `</think>`, told from the answer.

Hosts that do not know a model's format pass its tags through. They count where models write them: at the beginning, one
block after the other, or on a new line outside of code. Elsewhere they are text that speaks of them.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

__all__ = ["Piece", "ThinkingSplitter", "without_thinking"]

_TAG: Final = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)
_TAGS: Final = ("<think>", "</think>", "<thinking>", "</thinking>")
_LONGEST: Final = max(map(len, _TAGS))
_FENCE: Final = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)


class Piece(NamedTuple):
    """A piece of what the model writes.

    `text` is of the answer, `thought` of its reasoning, which is whole at `closed`. `misread` says that all text so far
    was reasoning: models whose prompt ends with the opening tag write the closing one alone.
    """

    kind: Literal["text", "thought", "closed", "misread"]
    text: str


class ThinkingSplitter:
    """Splits one text, which comes in deltas that are cut anywhere."""

    def __init__(self) -> None:
        self.thought = False
        """Whether there was any reasoning."""
        self._depth = 0
        self._rest = ""
        """What cannot be told yet: white space at the beginning, or what may become a tag."""
        self._shown: list[str] = []
        self._written = False
        """Whether text was shown."""
        self._since_closed: list[str] | None = None
        """Reasoning since a tag was closed inside of another: the answer, if the outer one is never closed."""

    def is_plain(self, delta: str, *, blank: bool) -> bool:
        """Whether the delta is text as it is, as nearly all are. Then it counts as read. `blank` is whether it may be
        white space before all text.
        """
        if "<" in delta or self._depth or self._rest or not (self._written or (blank and not self.thought)):
            return False
        self._shown.append(delta)
        self._written = self._written or bool(delta.strip())
        return True

    def read(self, delta: str) -> list[Piece]:
        """The pieces that are certain by now, without those that are empty."""
        self._rest += delta
        pieces = [*self._complete()]
        certain = len(self._rest) - _may_become_tag(self._rest)
        ready = self._rest[:certain]
        if self._depth or self._written or ready.strip():  # else white space, before whatever comes
            self._rest = self._rest[certain:]
            pieces += self._take(ready)
        return _without_empty(pieces)

    def finish(self) -> list[Piece]:
        """The rest, when no more comes."""
        rest, self._rest = self._rest, ""
        pieces = [*self._take(rest)]
        if self._depth and self._since_closed is not None:
            self._depth = 0
            pieces += self._take("".join(self._since_closed))
        return _without_empty(pieces)

    def _complete(self) -> Iterator[Piece]:
        """What is certain up to the last whole tag."""
        while (tag := _TAG.search(self._rest)) is not None:
            before, self._rest = self._rest[: tag.start()], self._rest[tag.end() :]
            yield from self._tag(before, tag[0], closes=bool(tag[1]))

    def _tag(self, before: str, tag: str, *, closes: bool) -> Iterator[Piece]:
        if self._depth:
            yield from self._take(before)
            self._depth += -1 if closes else 1
            self._since_closed = [] if closes and self._depth else None
            if not self._depth:
                yield Piece("closed", "")
            return
        shown = "".join(self._shown) + before
        if closes and not self.thought and _begins_line(shown) and shown.strip():
            self.thought, self._written = True, False
            self._shown.clear()
            yield Piece("misread", shown)
        elif not closes and _begins_line(shown):
            if shown.strip():
                yield from self._take(before)
            self._depth, self.thought = 1, True
        elif closes and not shown.strip():
            return  # reasoning that is empty
        else:
            yield from self._take(before + tag)

    def _take(self, text: str) -> Iterator[Piece]:
        if self._depth:
            if self._since_closed is not None:
                self._since_closed.append(text)
            yield Piece("thought", text)
            return
        if self.thought and not self._written:
            text = text.lstrip()  # between the reasoning and the answer
        if text:
            self._shown.append(text)
            self._written = self._written or bool(text.strip())
            yield Piece("text", text)


def _without_empty(pieces: Iterable[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.text or piece.kind == "closed"]


def _begins_line(before: str) -> bool:
    """Whether what follows this text begins a line, and is no code."""
    line = before[before.rfind("\n") + 1 :]
    return not line.strip() and len(_FENCE.findall(before)) % 2 == 0


def _may_become_tag(text: str) -> int:
    """How many characters at the end may be the beginning of a tag."""
    start = text.rfind("<", -_LONGEST)
    tail = text[start:].lower() if start >= 0 else ""
    return len(tail) if tail and any(tag.startswith(tail) for tag in _TAGS) else 0


def without_thinking(text: str) -> tuple[str, str]:
    """The answer in a whole text, and the reasoning in it. A text without reasoning stays as it is."""
    if "<" not in text:
        return text, ""
    splitter = ThinkingSplitter()
    return _joined([*splitter.read(text), *splitter.finish()])


def _joined(pieces: Iterable[Piece]) -> tuple[str, str]:
    answer, reasoning = "", ""
    for kind, text in pieces:
        match kind:
            case "text":
                answer += text
            case "thought":
                reasoning += text
            case "misread":
                answer, reasoning = "", text
            case "closed":
                pass
    return answer, reasoning
