"""How long `orc --help` takes, against the bare interpreter: whole processes, interleaved, median of the rounds."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path


def timed(command: list[str]) -> float:
    """Give the milliseconds of one process."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=env)
    return (time.perf_counter() - started) * 1000


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=25)
    args = parser.parse_args()
    orc = str(Path(sys.executable).with_name("orc"))
    pairs = [(timed([orc, "--help"]), timed([sys.executable, "-c", "pass"])) for _ in range(args.rounds + 1)][1:]
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    line = {
        "benchmark": "startup",
        "help_ms": round(ours, 1),
        "python_ms": round(bare, 1),
        "ratio": round(ours / bare, 2),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
