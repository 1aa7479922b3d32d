"""``orc audit --ledger``: does every row add up."""

from __future__ import annotations

import click

from orchestrator.cli.here import FOUND, Here, pass_here
from orchestrator.cli.options import format_option
from orchestrator.cli.say import counted, facts
from orchestrator.model.errors import UsageError


@click.command()
@click.option("--ledger", "ledger_", is_flag=True, help="Check the ledger against itself.")
@format_option("text", "json")
@pass_here
def audit(here: Here, ledger_: bool, format_: str) -> int:
    """Check that the ledger adds up: everybody planned is settled, open or unknown, and nobody is there twice.

    Exit status 1: something does not add up.
    """
    if not ledger_:
        raise UsageError("say what to audit", "orc audit --ledger")
    with here.ledger() as ledger:
        found = ledger.audit()
        occurrences = ledger.status(limit=1_000_000)
    total = sum(status.total() for status in occurrences)
    if format_ == "json":
        rows = [{"code": finding.code, "text": finding.text, "n": finding.n} for finding in found]
        facts({"findings": rows, "occurrences": len(occurrences), "messages": total})
    else:
        for finding in found:
            click.echo(f"{click.style(finding.code, fg='red', bold=True)} {finding.text}: {finding.n:,}")
        if not found:
            looked = f"{counted(total, 'message')} in {counted(len(occurrences), 'occurrence')}"
            click.echo(f"{click.style('the ledger adds up', fg='green')}: {looked}")
    return FOUND if found else 0
