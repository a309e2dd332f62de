"""The element beside its peers, in Debian's Chromium, in one run: speed, memory, weight.

    python -m bench.element                          all contestants, 3 rounds
    python -m bench.element --only ours bare --rounds 1 --scenes answer

Contestants take turns, each measurement has a browser of its own, and every figure is the median of the rounds.
`bare` is the floor: text nodes without Markdown or framework, which is what the page and the measuring cost by
themselves. Needs the built element (`scripts/setup` makes it), Node.js with npm, which fetches the peers at the first
run, and Playwright.

Main-thread time is processor time of the browser's main thread in all its tasks: scripts, style, layout, painting,
collecting garbage (`TaskDuration` of the DevTools protocol in thread ticks). The longest task, the time to shown and
the time to paint are by the clock; 0 as the longest task means that none took 50 ms.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from playwright.async_api import Error as BrowserError
from playwright.async_api import Playwright, async_playwright

from bench.element import material, site
from bench.element.browser import NotDone, Stage, Typing, Weight, Work, stage, weigh

CONTESTANTS = {
    "ours": "<openai-chatkit>",
    "assistant-ui": "assistant-ui",
    "assistant-ui-virtual": "assistant-ui, virtual list",
    "deep-chat": "deep-chat",
    "streamdown": "Streamdown in a list",
    "bare": "bare text (floor)",
}
BURST = 5_000
"""Deltas a second when an answer comes all at once, as one that is resumed."""
LONG_THREADS = (10_000, 3_000, 1_000)
"""Messages in the thread that is typed in: as many as a contestant survives."""


@dataclass(frozen=True)
class LongThread:
    """A thread of `count` messages: opening it, and typing in it where that can be done."""

    count: int
    work: Work
    typing: Typing | None


T = TypeVar("T")
Result = Work | Weight | LongThread
Scene = Callable[[Playwright, str, str, argparse.Namespace], Awaitable[Result]]


async def load(playwright: Playwright, address: str, name: str, options: argparse.Namespace) -> Weight:
    async with stage(playwright, address, name) as at:
        return await weigh(at, options.element)


async def _answer(at: Stage, options: argparse.Namespace, before: int, per_second: float) -> Work:
    pieces = material.deltas(material.answer(options.size), options.deltas)
    await at.call("open", material.thread(before))
    await at.page.wait_for_function("bench.ready()")
    return await at.work("answer", pieces, per_second, material.END)


async def answer(playwright: Playwright, address: str, name: str, options: argparse.Namespace) -> Work:
    async with stage(playwright, address, name) as at:
        return await _answer(at, options, before=0, per_second=options.per_second)


async def answer_in_burst(playwright: Playwright, address: str, name: str, options: argparse.Namespace) -> Work:
    async with stage(playwright, address, name) as at:
        return await _answer(at, options, before=0, per_second=BURST)


async def answer_in_thread(playwright: Playwright, address: str, name: str, options: argparse.Namespace) -> Work:
    async with stage(playwright, address, name) as at:
        return await _answer(at, options, before=options.messages, per_second=options.per_second)


async def open_thread(playwright: Playwright, address: str, name: str, options: argparse.Namespace) -> Work:
    async with stage(playwright, address, name) as at:
        return await at.work("open", material.thread(options.messages))


async def type_in_thread(playwright: Playwright, address: str, name: str, options: argparse.Namespace) -> LongThread:
    for count in LONG_THREADS:
        try:
            async with stage(playwright, address, name) as at:
                work = await at.work("open", material.thread(count))
                return LongThread(count=count, work=work, typing=await at.typing())
        except (NotDone, BrowserError) as error:
            sys.stderr.write(f"{name} with {count} messages: {error}\n")
    raise NotDone(f"not even {LONG_THREADS[-1]} messages")


def grow(kind: str) -> Scene:
    """An answer that is one long block."""

    async def scene(playwright: Playwright, address: str, name: str, options: argparse.Namespace) -> Work:
        async with stage(playwright, address, name) as at:
            await at.call("open", [])
            await at.page.wait_for_function("bench.ready()")
            pieces = material.deltas(material.growing(kind), options.deltas)
            return await at.work("answer", pieces, options.per_second, material.END)

    return scene


def freeze(kind: str) -> Scene:
    """Opening a thread with a text that has frozen pages."""

    async def scene(playwright: Playwright, address: str, name: str, options: argparse.Namespace) -> Work:
        async with stage(playwright, address, name) as at:
            return await at.work("open", material.hostile(kind))

    return scene


SCENES: dict[str, Scene] = {
    "load": load,
    "answer": answer,
    "answer-in-burst": answer_in_burst,
    "answer-in-thread": answer_in_thread,
    "open": open_thread,
    "type": type_in_thread,
    **{f"grow-{kind}": grow(kind) for kind in material.GROWING},
    **{f"freeze-{kind}": freeze(kind) for kind in material.HOSTILE},
}


def middle(results: list[T]) -> T:
    """Field by field the median of results of one kind."""
    first: Any = results[0]
    values: dict[str, Any] = {}
    for field in fields(first):
        found = [value for result in results if (value := getattr(result, field.name)) is not None]
        if not found:
            values[field.name] = None
        else:
            values[field.name] = median(found) if isinstance(found[0], (int, float)) else middle(found)
    return type(first)(**values)


def number(value: float, digits: int = 0) -> str:
    return f"{value:,.{digits}f}"


def row_of_load(result: Any) -> list[str]:
    return [number(result.first / 1000, 1), number(result.all / 1000, 1)]


def row_of_answer(result: Any, options: argparse.Namespace) -> list[str]:
    parts = [number(each) for each in (result.script, result.style, result.layout, result.longest)]
    shown = [number(result.updates), number(result.shown)]
    kept = [number(result.heap, 1), number(result.memory)]
    return [number(result.main), number(result.main / options.deltas, 3), *parts, *shown, *kept]


def row_of_open(result: Any) -> list[str]:
    parts = [number(each) for each in (result.shown, result.idle, result.main, result.longest)]
    return [*parts, number(result.heap, 1), number(result.memory)]


def row_of_typing(result: Any) -> list[str]:
    typed = ["-", "-"] if result.typing is None else [number(result.typing.main, 1), number(result.typing.paint, 1)]
    return [number(result.count), *typed, *row_of_open(result.work)]


KEPT_TITLES = ["heap MB", "memory MB"]
ANSWER_TITLES = ["main ms", "ms/delta", "script", "style", "layout", "longest", "updates", "shown ms", *KEPT_TITLES]
OPEN_TITLES = ["shown ms", "idle ms", "main ms", "longest", *KEPT_TITLES]


def table(title: str, titles: list[str], rows: dict[str, list[str] | None]) -> str:
    """Lines of text, in the order of the contestants."""
    lines = [title, f"  {'':28}" + "".join(f"{each:>12}" for each in titles)]
    for name, cells in rows.items():
        shown = "  did not finish" if cells is None else "".join(f"{cell:>12}" for cell in cells)
        lines.append(f"  {CONTESTANTS[name]:28}{shown}")
    return "\n".join(lines)


def report(found: dict[str, dict[str, list[Result]]], options: argparse.Namespace) -> str:
    """All tables."""
    size = f"{options.size / 1000:g} kB in {options.deltas:,} deltas, {options.per_second:g} a second"
    layouts: dict[str, tuple[str, list[str], Callable[[Any], list[str]]]] = {
        "load": ("Initial load, scripts and styles with gzip", ["first kB", "all kB"], row_of_load),
        "answer": (f"An answer of {size}", ANSWER_TITLES, lambda each: row_of_answer(each, options)),
        "answer-in-burst": (
            f"The same at {BURST:,} a second, where who cannot keep up draws less often",
            ANSWER_TITLES,
            lambda each: row_of_answer(each, options),
        ),
        "answer-in-thread": (
            f"The same in a thread of {options.messages:,} messages",
            ANSWER_TITLES,
            lambda each: row_of_answer(each, options),
        ),
        "open": (f"Opening a thread of {options.messages:,} messages", OPEN_TITLES, row_of_open),
        "type": (
            "A key press in a long thread, and opening it",
            ["messages", "ms/press", "to paint", *OPEN_TITLES],
            row_of_typing,
        ),
    }
    for kind in material.GROWING:
        title = f"An answer that is one long block: {kind}, {options.deltas:,} deltas, {options.per_second:g} a second"
        layouts[f"grow-{kind}"] = (title, ANSWER_TITLES, lambda each: row_of_answer(each, options))
    for kind in material.HOSTILE:
        layouts[f"freeze-{kind}"] = (f"Opening a thread with a text that froze pages: {kind}", OPEN_TITLES, row_of_open)
    tables: list[str] = []
    for scene in options.scenes:
        title, titles, row = layouts[scene]
        rows = {name: row(middle(results)) if results else None for name, results in found[scene].items()}
        tables.append(table(title, titles, rows))
    return "\n\n".join([f"{datetime.now(UTC):%Y-%m-%d}, medians of {options.rounds} rounds", *tables])


async def measure(options: argparse.Namespace) -> dict[str, dict[str, list[Result]]]:
    """Every scene with every contestant, in turns; a contestant that did not finish twice is left out."""
    found: dict[str, dict[str, list[Result]]] = {scene: {name: [] for name in options.only} for scene in options.scenes}
    failed: dict[tuple[str, str], int] = {}
    async with async_playwright() as playwright:
        with site.served(options.element) as address:
            for turn in range(options.rounds):
                order = options.only if turn % 2 == 0 else options.only[::-1]
                for scene in options.scenes:
                    for name in order:
                        if failed.get((scene, name), 0) > 1:
                            continue
                        try:
                            result = await SCENES[scene](playwright, address, name, options)
                            found[scene][name].append(result)
                            sys.stderr.write(f"{scene}, {name}: {result}\n")
                        except (NotDone, BrowserError) as error:
                            failed[scene, name] = failed.get((scene, name), 0) + 1
                            sys.stderr.write(f"{scene}, {name}: {error}\n")
    return found


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=list(CONTESTANTS), default=list(CONTESTANTS))
    parser.add_argument("--scenes", nargs="+", choices=list(SCENES), default=list(SCENES))
    parser.add_argument("--size", type=int, default=20_000, help="characters of the answer")
    parser.add_argument("--deltas", type=int, default=5_000)
    parser.add_argument("--per-second", type=float, default=500, help="pace of the deltas")
    parser.add_argument("--messages", type=int, default=1_000, help="messages of the thread that is opened")
    parser.add_argument("--element", type=Path, default=site.ELEMENT, help="folder of the built element")
    parser.add_argument("--no-build", action="store_true", help="take the pages as they were built")
    return parser.parse_args()


def main() -> None:
    options = parse_arguments()
    if not options.no_build:
        site.build(options.only)
    print(report(asyncio.run(measure(options)), options))


if __name__ == "__main__":
    main()
