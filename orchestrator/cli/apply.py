"""``orc apply``: a saved plan becomes the version that is sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.here import Here, pass_here, who
from orchestrator.cli.options import format_option
from orchestrator.cli.say import facts
from orchestrator.model.errors import UsageError

if TYPE_CHECKING:
    from orchestrator.ledger import Ledger
    from orchestrator.review import Plan


@click.command()
@click.argument("plan", metavar="PLAN")
@format_option("text", "json")
@pass_here
def apply(here: Here, plan: str, format_: str) -> None:
    """Make a saved plan (its id, or the file of `orc plan --out`) the version that is sent.

    Refused when the files changed since, when another version was applied meanwhile, when the plan is older than a
    day (status 4), or when one of its expectations did not hold (status 3). What is on its way keeps the version
    that it began with.
    """
    from orchestrator.review import apply_plan, commit_of

    workspace, _ = here.sound()
    with here.ledger() as ledger:
        saved = find(ledger, plan)
        commit = commit_of(here.root)
        number = apply_plan(saved, workspace, ledger, here.now(), who(), commit)
    if format_ == "json":
        facts({"version": number, "plan": saved.id, "digest": saved.digest, "by": who(), "commit": commit})
        return
    behind = f" from commit {commit[:12]}{'+ with changes on top' if commit.endswith('+') else ''}" if commit else ""
    click.echo(f"applied version {click.style(str(number), bold=True)}: plan {saved.id} by {who()}{behind}")
    click.echo("next: `orc run` sends what is due, at its time; `orc status` shows what lies ahead")


def find(ledger: Ledger, plan: str) -> Plan:
    """Give the plan in a file, or the saved one whose id begins so; raises UsageError."""
    from orchestrator.review import load_plan

    path = Path(plan)
    if path.suffix == ".json" or path.is_file():
        try:
            return load_plan(path.read_text(encoding="utf-8"), plan)
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"the plan {plan} cannot be read", "make one: orc plan --out plan.json") from error
    saved = ledger.load_plan(plan)
    if saved is None:
        known = [other.id for other in ledger.plans(3)]
        remedy = f"the latest are {', '.join(known)}" if known else "make one: orc plan"
        raise UsageError(f"no saved plan is called `{plan}`", remedy)
    return load_plan(saved.body, f"plan {saved.id}")
