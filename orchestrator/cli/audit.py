"""``orc audit --ledger``: does every row add up."""

from __future__ import annotations

from collections import Counter

import click

from orchestrator.cli.here import FOUND, Here, pass_here
from orchestrator.cli.options import format_option
from orchestrator.cli.say import counted, facts
from orchestrator.ledger import Sum
from orchestrator.model.errors import UsageError


@click.command()
@click.option("--ledger", "ledger_", is_flag=True, help="Check the ledger against itself.")
@format_option("text", "json")
@pass_here
def audit(here: Here, ledger_: bool, format_: str) -> int:
    """Check that the ledger adds up: everybody planned is settled, open or unknown, and nobody is there twice.

    Prints for every occurrence and in total: planned = accepted + failed + skipped + expired + cancelled + unknown
    (+ open, while it is being sent).

    Exit status 1: something does not add up.
    """
    if not ledger_:
        raise UsageError("say what to audit", "orc audit --ledger")
    with here.ledger() as ledger:
        found = ledger.audit()
        sums = ledger.sums()
    total = Sum("in total", "", sum(one.planned for one in sums), sum((Counter(one.rows) for one in sums), Counter()))
    messages = sum(total.rows.values())
    if format_ == "json":
        rows = [{"code": finding.code, "text": finding.text, "n": finding.n} for finding in found]
        of = [{"campaign": one.campaign, "slot": one.slot, **numbers(one)} for one in sums]
        facts({"findings": rows, "occurrences": len(sums), "messages": messages, "total": numbers(total), "sums": of})
    else:
        for one in [*sums, total]:
            click.echo(equation(one))
        for finding in found:
            click.echo(f"{click.style(finding.code, fg='red', bold=True)} {finding.text}: {finding.n:,}")
        if not found:
            looked = f"{counted(messages, 'message')} in {counted(len(sums), 'occurrence')}"
            click.echo(f"{click.style('the ledger adds up', fg='green')}: {looked}")
    return FOUND if found else 0


def numbers(one: Sum) -> dict[str, int]:
    """Give the terms of a sum by name."""
    return {"planned": one.planned, **{term: one.rows.get(term, 0) for term in (*Sum.TERMS, "open")}} | {
        "missing": one.missing()
    }


def equation(one: Sum) -> str:
    """Write a sum out, with what is missing."""
    terms = [f"{one.rows.get(term, 0):,} {term}" for term in Sum.TERMS]
    if one.rows.get("open"):
        terms.append(f"{one.rows['open']:,} open")
    missing = one.missing()
    sign = "is not" if missing else "="
    says = f"{one.campaign} {one.slot}".rstrip() + f": {one.planned:,} planned {sign} {' + '.join(terms)}"
    return says + (f": {abs(missing):,} {'missing' if missing > 0 else 'too many'}" if missing else "")
