"""The short form of ``mutants.py``: every clause is where its table says, and two deletions are noticed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.long.clause import PACKAGE, ROOT, Clause
from tests.long.mutants import CLAUSES, FAILED, Copy


def test_every_clause_has_its_own_line() -> None:
    """No rule twice, and every kind of safety clause that the promise names is among them."""
    rules = [clause.rule for clause in CLAUSES]
    assert len(rules) == len(set(rules))
    named = ("epoch", "state", "suppression", "kill switch", "cap", "expiry", "lease", "deadline", "header", "journal")
    assert [word for word in named if not any(word in rule for rule in rules)] == []


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.rule)
def test_a_clause_is_there_once_and_its_test_exists(clause: Clause) -> None:
    """Its text stands in its file exactly once, the file without it can still be read, and the test is there."""
    text = (PACKAGE / clause.path).read_text(encoding="utf-8")
    assert ast.dump(ast.parse(clause.broken(text))) != ast.dump(ast.parse(text))
    file, _, case = clause.case.partition("::")
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert case.partition("[")[0] in names


def test_two_deletions_are_noticed(tmp_path: Path) -> None:
    """One clause inside the ledger and one outside; the unchanged copy passes both tests."""
    chosen = [clause for clause in CLAUSES if clause.rule in ("the epoch", "the deadline after the guard")]
    copy = Copy(tmp_path)
    whole = copy.run([clause.case for clause in chosen])
    assert whole.returncode == 0, whole.stdout + whole.stderr
    for clause in chosen:
        done = copy.without(clause)
        assert done.returncode == FAILED, f"without {clause.rule}:\n{done.stdout}{done.stderr}"
