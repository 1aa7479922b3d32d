"""All benchmarks, one after another, one line of JSON per measure: ``python -m benchmarks [NAME …]``."""

from __future__ import annotations

import runpy
import sys

ALL = ("startup", "check", "segments", "forty", "letters", "messages", "senders", "ledger", "memory")


def main() -> None:
    """Run the named benchmarks, all of them when none is named."""
    names = sys.argv[1:] or list(ALL)
    if wrong := [name for name in names if name not in ALL]:
        raise SystemExit(f"no benchmark is called {', '.join(wrong)}; there are: {', '.join(ALL)}")
    for name in names:
        sys.argv = [f"benchmarks.{name}"]
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
