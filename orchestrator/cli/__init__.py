"""The command line: arguments in, sentences and an exit status out; one file per verb, loaded when it is called.

Exit statuses: 0 done, 1 findings in the author's files, 2 failure or wrong usage, 3 a gate refused, 4 stale,
5 there are changes (with ``--detailed-exitcode`` only), 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(args: Sequence[str] | None = None) -> int:
    """Run ``orc`` with ``args`` (the process's own without them) and give its exit status."""
    given = sys.argv[1:] if args is None else list(args)
    if given[-1:] == ["check"]:
        from orchestrator.cli.quick import quick_check

        if (line := quick_check(given)) is not None:
            print(line)  # noqa: T201 (the one line of a check that nothing else is loaded for)
            return 0
    from orchestrator.cli.door import run

    return run(args)
