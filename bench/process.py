"""CPU time through `process()`: this package beside the reference, in alternating rounds of one run.

usage: python -m bench.process --reference-python PATH [--rounds 5]

PATH is the interpreter of an environment with `openai-chatkit==1.6.5`; `scripts/test` leaves one in
`.chatkit/reference`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

WORKLOADS = Path(__file__).parent / "workloads.py"
DEFAULT_REFERENCE = Path(__file__).parents[1] / ".chatkit" / "reference" / "bin" / "python"
GOALS = {"text delta": 3.0}
SHORT_REQUEST_GOAL = 25.0


def measure(python: str) -> dict[str, float]:
    """One round under one interpreter: microseconds of CPU time by workload."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(Path(python).absolute()), WORKLOADS], capture_output=True, text=True, env=environment, cwd="/", check=True
    )
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference-python", default=str(DEFAULT_REFERENCE))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rounds = [(measure(options.reference_python), measure(sys.executable)) for _ in range(options.rounds)]
    lines = [f"{'CPU time, µs (median of rounds)':34}{'reference':>12}{'ours':>10}{'ratio':>9}{'goal':>8}"]
    for name in rounds[0][0]:
        theirs, ours = (statistics.median(one[side][name] for one in rounds) for side in (0, 1))
        goal = GOALS.get(name, SHORT_REQUEST_GOAL)
        lines.append(f"{name:34}{theirs:12.2f}{ours:10.2f}{theirs / ours:8.1f}×{goal:7.0f}×")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
