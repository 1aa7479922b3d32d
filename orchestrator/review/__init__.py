"""The review floor: two versions of the files in; what changes, for whom, and how many, out.

``check`` judges the files alone, ``run_tests`` runs their tests in memory, ``make_plan`` compares them with what is
applied against the company's data, ``comment`` says it for a pull request, ``apply_plan`` makes it true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.table import exports

if TYPE_CHECKING:
    from orchestrator.review.apply import apply_plan as apply_plan
    from orchestrator.review.apply import commit_of as commit_of
    from orchestrator.review.check import CheckResult as CheckResult
    from orchestrator.review.check import check as check
    from orchestrator.review.check import check_loaded as check_loaded
    from orchestrator.review.codes import CODES as CODES
    from orchestrator.review.comment import comment as comment
    from orchestrator.review.diff import Change as Change
    from orchestrator.review.diff import How as How
    from orchestrator.review.letters import check_letters as check_letters
    from orchestrator.review.make import make_plan as make_plan
    from orchestrator.review.meaning import digest as digest
    from orchestrator.review.mend import Mended as Mended
    from orchestrator.review.mend import mend as mend
    from orchestrator.review.plan import Plan as Plan
    from orchestrator.review.plan import Run as Run
    from orchestrator.review.plan import dump_plan as dump_plan
    from orchestrator.review.plan import load_plan as load_plan
    from orchestrator.review.preview import Preview as Preview
    from orchestrator.review.preview import arms as arms
    from orchestrator.review.preview import audience_members as audience_members
    from orchestrator.review.preview import generated_person as generated_person
    from orchestrator.review.preview import written as written
    from orchestrator.review.sizes import Size as Size
    from orchestrator.review.statistics import collect as collect
    from orchestrator.review.statistics import keep_statistics as keep_statistics
    from orchestrator.review.tests import TestResult as TestResult
    from orchestrator.review.tests import run_tests as run_tests
    from orchestrator.review.unchanged import unchanged as unchanged

__getattr__ = exports(
    __name__,
    {
        "CODES": "codes",
        "Change": "diff",
        "CheckResult": "check",
        "How": "diff",
        "Plan": "plan",
        "Preview": "preview",
        "arms": "preview",
        "audience_members": "preview",
        "generated_person": "preview",
        "written": "preview",
        "Run": "plan",
        "Size": "sizes",
        "TestResult": "tests",
        "apply_plan": "apply",
        "check": "check",
        "collect": "statistics",
        "keep_statistics": "statistics",
        "check_letters": "letters",
        "check_loaded": "check",
        "comment": "comment",
        "commit_of": "apply",
        "digest": "meaning",
        "dump_plan": "plan",
        "load_plan": "plan",
        "Mended": "mend",
        "make_plan": "make",
        "mend": "mend",
        "run_tests": "tests",
        "unchanged": "unchanged",
    },
)
