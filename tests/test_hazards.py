"""Every hazard of the table has its rule in the code and a test that brings it about."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "docs"))

from hazards import HAZARDS, Hazard  # noqa: E402

PROMISED = {*range(1, 6), *range(7, 10), 11, *range(15, 25)}
"""The hazards of which this release keeps the whole rule, or of 24 the part that the table names."""


def test_every_hazard_of_the_promise_is_there_once() -> None:
    """Nineteen whole ones, and the parts of two others that are kept already."""
    numbers = [one.number for one in HAZARDS]
    assert numbers == sorted(set(numbers))
    assert set(numbers) == PROMISED | {10, 12}


@pytest.mark.parametrize("one", HAZARDS, ids=lambda one: f"hazard {one.number}")
def test_its_rule_and_its_tests_exist(one: Hazard) -> None:
    """The code is imported, the tests are found in their files."""
    module, _, names = one.code.partition(":")
    found: object = importlib.import_module(module)
    for name in names.split(".") if names != "*" else ():
        found = getattr(found, name)
    assert one.tests
    for test in one.tests:
        file, _, name = test.partition("::")
        tree = ast.parse((ROOT / "tests" / file).read_text())
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, test
