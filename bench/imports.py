"""What `import chatkit.server` costs: this package beside the reference and beside pydantic alone, in one run.

usage: python -m bench.imports [--reference-python PATH] [--rounds 9]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

from bench.process import DEFAULT_REFERENCE

GOAL = 0.35
PROGRAM = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
start = time.perf_counter()
import {module}
print(json.dumps([time.perf_counter() - start, len(sys.modules)]))
"""


def measure(python: str, module: str) -> tuple[float, int]:
    """Seconds of one import in a new interpreter, and how many modules are loaded after it."""
    program = PROGRAM.format(module=module)
    environment = dict(os.environ)
    if python != sys.executable:
        # It would lead the other interpreter to this package.
        environment.pop("PYTHONPATH", None)
    done = subprocess.run([python, "-c", program], capture_output=True, text=True, env=environment, cwd="/", check=True)
    seconds, modules = json.loads(done.stdout)
    return seconds, modules


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference-python", default=str(DEFAULT_REFERENCE))
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    cases = {
        "pydantic alone (floor)": (sys.executable, "pydantic.main"),
        "chatkit.server, ours": (sys.executable, "chatkit.server"),
        "chatkit.server, reference": (options.reference_python, "chatkit.server"),
    }
    rounds = [{name: measure(*case) for name, case in cases.items()} for _ in range(options.rounds)]
    sys.stdout.write(f"{'import':28}{'median s':>10}{'modules':>9}   goal {GOAL} s\n")
    for name in cases:
        seconds = statistics.median(one[name][0] for one in rounds)
        sys.stdout.write(f"{name:28}{seconds:10.3f}{rounds[0][name][1]:9}\n")


if __name__ == "__main__":
    main()
