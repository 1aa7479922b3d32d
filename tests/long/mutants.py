"""Every safety clause taken out, one after another: the test that promises it must fail.

    python -m tests.long.mutants                       all of them; needs a PostgreSQL for some
    python -m tests.long.mutants --only "kill switch"  those whose name has these words

First every test runs on an unchanged copy of the program, where it must pass; then each clause is deleted from the
copy and its test runs again, where it must fail. Prints a table (clause, file, noticed by, seconds) and one line of
JSON; status 1 when a deletion was not noticed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.long.clause import PACKAGE, ROOT, Clause
from tests.long.clauses_around import AROUND
from tests.long.clauses_ledger import LEDGER

TESTS = ROOT / "tests"
CLAUSES = LEDGER + AROUND
FAILED = 1
"""What pytest ends with when tests ran and some failed; an error of collection is another status."""


class Copy:
    """A copy of the program in ``folder`` from which one clause at a time is missing."""

    def __init__(self, folder: Path) -> None:
        """Copy the package, with its compiled files, and the grammars beside it."""
        self.folder = folder
        self.package = folder / "orchestrator"
        shutil.copytree(PACKAGE, self.package)
        shutil.copytree(ROOT / "grammar", folder / "grammar")

    def run(self, cases: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run tests of ours against the copy; give how pytest ended."""
        environment = {
            **os.environ,
            "PYTHONPATH": f"{self.folder}{os.pathsep}{ROOT}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
        words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *cases]
        return subprocess.run(words, cwd=TESTS, env=environment, capture_output=True, text=True)

    def without(self, clause: Clause) -> subprocess.CompletedProcess[str]:
        """Take one clause out, run its test, and put the clause back; give how pytest ended."""
        target = self.package / clause.path
        text = target.read_text(encoding="utf-8")
        for compiled in (target.parent / "__pycache__").glob(f"{target.stem}.*.pyc"):
            compiled.unlink()  # it may look as old and as long as the changed file
        target.write_text(clause.broken(text), encoding="utf-8")
        try:
            return self.run([clause.case])
        finally:
            target.write_text(text, encoding="utf-8")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", default="", help="only clauses whose name contains this")
    given = parser.parse_args()
    chosen = [clause for clause in CLAUSES if given.only in clause.rule]
    begun = time.monotonic()
    missed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="orc-mutants-") as folder:
        copy = Copy(Path(folder))
        whole = copy.run(sorted({clause.case for clause in chosen}))
        if whole.returncode:
            print(whole.stdout, whole.stderr, file=sys.stderr)
            raise SystemExit("the tests fail on the unchanged program")
        print("| clause | file | noticed by | seconds |\n|---|---|---|---:|", flush=True)
        for clause in chosen:
            start = time.monotonic()
            done = copy.without(clause)
            noticed = done.returncode == FAILED
            if not noticed:
                missed.append(clause.rule)
                print(done.stdout, done.stderr, file=sys.stderr)
            by = clause.case if noticed else "NOBODY"
            print(f"| {clause.rule} | {clause.path} | {by} | {time.monotonic() - start:.1f} |", flush=True)
    seconds = round(time.monotonic() - begun)
    print(
        json.dumps({"deleted": len(chosen), "noticed": len(chosen) - len(missed), "missed": missed, "seconds": seconds})
    )
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
