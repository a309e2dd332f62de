"""What all contestants are fed: an answer in Markdown, its deltas, and threads. The same in every run."""

import random
from itertools import pairwise
from typing import TypedDict

WORDS = [
    *("time", "year", "people", "way", "day", "thing", "man", "world", "life", "hand", "part", "child", "eye", "place"),
    *("work", "week", "case", "point", "company", "number", "group", "problem", "fact", "light", "water", "house"),
    *("river", "engine", "garden", "letter", "signal", "morning", "window", "paper", "stone", "market", "bridge"),
]
END = "This is where it ends."


class Message(TypedDict):
    """One message of a thread, as the pages take it."""

    id: str
    role: str
    text: str


def _sentence(chosen: random.Random, words: int) -> str:
    picked = [chosen.choice(WORDS) for _ in range(words)]
    for index in range(0, words, 7):
        picked[index] = chosen.choice(("**{}**", "*{}*", "`{}`", "[{}](https://example.org/page)")).format(
            picked[index]
        )
    return " ".join(picked) + "."


def _paragraph(chosen: random.Random) -> str:
    return " ".join(_sentence(chosen, chosen.randint(8, 16)) for _ in range(4))


def _list(chosen: random.Random) -> str:
    return "\n".join(f"- {_sentence(chosen, 9)}" for _ in range(6))


def _table(chosen: random.Random) -> str:
    rows = [f"| {chosen.choice(WORDS)} | {chosen.randint(1, 999)} | {_sentence(chosen, 4)} |" for _ in range(6)]
    return "\n".join(["| Name | Number | Remark |", "| --- | ---: | --- |", *rows])


def _code(chosen: random.Random) -> str:
    lines = [f"    {chosen.choice(WORDS)} = {chosen.choice(WORDS)}({chosen.randint(1, 99)})" for _ in range(10)]
    return "\n".join(["```python", "def main() -> None:", *lines, "```"])


def answer(size: int) -> str:
    """Markdown of about `size` characters: headings, paragraphs, lists, tables, code."""
    chosen = random.Random(1)  # noqa: S311  the same text in every run
    text = ""
    section = 0
    while len(text) < size:
        section += 1
        blocks = (_paragraph, _list, _paragraph, _table, _paragraph, _code)
        text += f"## Section {section}\n\n" + "".join(f"{block(chosen)}\n\n" for block in blocks)
    whole = text[: text.rfind("\n\n", 0, size)]
    return f"{whole}\n\n{END}\n"


def _long_table(chosen: random.Random) -> str:
    rows = [f"| {chosen.choice(WORDS)} | {chosen.randint(1, 999)} | {_sentence(chosen, 4)} |" for _ in range(500)]
    return "\n".join(["| Name | Number | Remark |", "| --- | ---: | --- |", *rows])


def _long_list(chosen: random.Random) -> str:
    return "\n".join(f"- {_sentence(chosen, 8)}" for _ in range(300))


def _long_code(chosen: random.Random) -> str:
    lines = [f"    {chosen.choice(WORDS)} = {chosen.choice(WORDS)}({chosen.randint(1, 99)})" for _ in range(600)]
    return "\n".join(["```python", "def main() -> None:", *lines, "```"])


def _formulas(chosen: random.Random) -> str:
    lines = [f"{chosen.choice(WORDS)} $x_{{{n}}} = \\frac{{{n}}}{{\\sqrt{{y}}}}$" for n in range(150)]
    return " and ".join(lines)


GROWING = {"table": _long_table, "list": _long_list, "code": _long_code, "formulas": _formulas}
"""Blocks that are long before they are complete."""


def growing(kind: str) -> str:
    """An answer that is one long block."""
    return f"{GROWING[kind](random.Random(3))}\n\n{END}\n"  # noqa: S311  the same text in every run


HOSTILE = {
    "closers": "https://a.b/" + ")" * 10_000,
    "brackets": "[a " * 10_000,
    "formulas": "\\(" * 10_000,
    "stars": "**a " * 8_000,
    "paragraphs": "A short one.\n\n" * 16_000,
    "marks": "e" + "\u0301" * 16_000,
    "cells": "| a | b |\n|---|---|\n" + "| c | d |\n" * 4_000,
}
"""Texts that have frozen pages."""


def hostile(kind: str) -> list[Message]:
    """A thread whose answer is such a text. A question follows, to tell when all is there."""
    return [
        {"id": "msg_00000", "role": "user", "text": "Tell me everything."},
        {"id": "msg_00001", "role": "assistant", "text": HOSTILE[kind]},
        {"id": "msg_00002", "role": "assistant", "text": END},
    ]


def deltas(text: str, count: int) -> list[str]:
    """`text` in `count` pieces of nearly the same length."""
    cuts = [round(index * len(text) / count) for index in range(count + 1)]
    return [text[start:end] for start, end in pairwise(cuts)]


def thread(count: int) -> list[Message]:
    """A conversation of `count` messages, questions and answers in turns."""
    chosen = random.Random(2)  # noqa: S311  the same text in every run
    messages: list[Message] = []
    for number in range(count):
        if number % 2 == 0:
            text = f"Question {number}: {' '.join(chosen.choice(WORDS) for _ in range(12))}?"
        else:
            text = f"{_paragraph(chosen)}\n\n{_list(chosen)}\n\nThat was answer {number}."
        messages.append({"id": f"msg_{number:05}", "role": "user" if number % 2 == 0 else "assistant", "text": text})
    return messages
