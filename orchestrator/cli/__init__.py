"""The command line: arguments in, sentences and an exit status out; one file per verb, loaded when it is called.

Exit statuses: 0 done, 1 findings in the author's files, 2 failure or wrong usage, 3 a gate refused, 4 stale,
5 there are changes (with ``--detailed-exitcode`` only), 130 interrupted.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(args: Sequence[str] | None = None) -> int:
    """Run ``orc`` with ``args`` (the process's own without them) and give its exit status."""
    from orchestrator.cli.door import run

    return run(args)
