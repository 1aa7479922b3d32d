"""Makes a saved plan the applied version, or says why it no longer fits."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

from orchestrator.ledger import Ledger, NewVersion
from orchestrator.model.errors import GateError, StaleError
from orchestrator.model.workspace import Workspace
from orchestrator.review.meaning import digest
from orchestrator.review.plan import Plan

VALID = dt.timedelta(hours=24)


def apply_plan(plan: Plan, workspace: Workspace, ledger: Ledger, now: dt.datetime, by: str, commit: str) -> int:
    """Store the files of ``workspace`` as the applied version and give its number.

    Raises StaleError when the files mean something else than the plan says, when another version was applied since,
    or when the plan is older than a day; GateError when one of its expectations did not hold.
    """
    if plan.broken:
        raise GateError(
            f"the plan {plan.id} breaks {len(plan.broken)} expectation(s): {plan.broken[0].sentence}",
            "change the files or the expectation, then `orc plan` again",
        )
    if digest(workspace) != plan.meaning:
        raise StaleError(f"the files changed after the plan {plan.id} was made", "look at the change: orc plan")
    if now - plan.made_at > VALID:
        raise StaleError(f"the plan {plan.id} is older than 24 hours", "people come and go: run `orc plan` again")
    if plan.made_at - now > dt.timedelta(minutes=10):
        raise StaleError(f"the plan {plan.id} was made in the future", "set the clocks right, then `orc plan` again")
    version = NewVersion(plan.meaning, dict(workspace.sources), by, commit, plan.digest, plan.people)
    return ledger.publish(version, plan.base)


def commit_of(root: Path) -> str:
    """Give the commit that is checked out at ``root``, with ``+`` when files differ from it, empty without git."""
    try:
        head = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--", "campaigns", "templates")
    except (OSError, subprocess.SubprocessError):
        return ""
    return head + ("+" if changed else "")


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, timeout=20, check=True)
    return done.stdout.strip()
