"""A safety clause of sending: what is left when it is taken out, and the test that must notice.

``clauses_ledger.py`` and ``clauses_around.py`` list them, ``python -m tests.long.mutants`` takes them out one after
another; ``test_mutants_short.py`` holds the tables to the code, so that no clause moves or goes without a line here.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "orchestrator"


class Clause(NamedTuple):
    """One rule: its name, its file below ``orchestrator/``, its text there (once), the text instead, and the test."""

    rule: str
    module: str
    old: str
    new: str
    test: str
    """``file::function`` below ``tests/`` without ``.py``, with its parameters where one case is enough."""

    @property
    def path(self) -> str:
        """Give the file of the rule below the package."""
        return f"{self.module}.py"

    @property
    def case(self) -> str:
        """Give the test as pytest names it, below ``tests/``."""
        file, _, name = self.test.partition("::")
        return f"{file}.py::{name}"

    def broken(self, text: str) -> str:
        """Give the text of its file without the rule; raises ValueError when it is not there exactly once."""
        if text.count(self.old) != 1:
            raise ValueError(
                f"the text of {self.rule!r} is in {self.path} {text.count(self.old)} times: correct this table"
            )
        return text.replace(self.old, self.new)
