"""What the generators have in common: files that are written, or with `--check` compared with what would be."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["main"]


def main(texts: Mapping[Path, str], about: str | None, problems: Sequence[str] = ()) -> int:
    """Writes the texts to their files, or reports which differ; the exit status, 1 if anything is wrong.

    `about` is the generator's docstring. `problems` are those that it has found itself, in what it read.
    """
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when something is out of date")
    check: bool = parser.parse_args().check
    wrong = list(problems)
    for path, text in texts.items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if check:
            wrong.append(f"{path.name} is out of date: run python scripts/{Path(sys.argv[0]).name}")
        else:
            path.write_text(text, encoding="utf-8")
    for problem in wrong:
        print(problem, file=sys.stderr)
    return 1 if wrong else 0
