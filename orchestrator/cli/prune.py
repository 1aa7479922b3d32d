"""``orc prune``: what is over for long becomes numbers."""

from __future__ import annotations

import datetime as dt

import click

from orchestrator.cli.ask import sure
from orchestrator.cli.here import Here, pass_here, who
from orchestrator.cli.options import format_option
from orchestrator.cli.say import counted, facts
from orchestrator.model.errors import UsageError

LEAST = 90


@click.command()
@click.option(
    "--older-than", "days", type=click.IntRange(LEAST), required=True, metavar="DAYS", help="At least 90 days."
)
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@format_option("text", "json")
@pass_here
def prune(here: Here, days: int, dry_run: bool, yes: bool, format_: str) -> None:
    """Forget who got which message of slots that are over for so long; their sums stay, and the audit adds up.

    Addresses and facts are forgotten long before, when a message is settled. Suppressions and withdrawals are never
    pruned, and slots with unknown messages are kept until somebody decides. Segments that ask for messages of older
    times (`did receive_message … ever`) no longer see them. Run it once a day, for example from cron.
    """
    with here.house() as house:
        longest = _longest_cap(house)
        if days <= longest:
            raise UsageError(
                f"a cap counts messages of the last {longest} days", f"keep more: orc prune --older-than {longest + 1}"
            )
        before = house.ledger.now() - dt.timedelta(days=days)
        found = house.ledger.old(before)
        if not dry_run and found.messages:
            sure(f"forget {counted(found.messages, 'message')} from before {before:%Y-%m-%d}?", yes)
            found = house.ledger.prune(before, who())
    if format_ == "json":
        facts({"before": before, "occurrences": found.occurrences, "messages": found.messages, "kept": found.kept})
        return
    done = "would forget" if dry_run else "forgot"
    click.echo(
        f"{done} {counted(found.messages, 'message')} of {counted(found.occurrences, 'slot')} "
        f"from before {before:%Y-%m-%d}; their sums stay"
    )
    if found.kept:
        click.echo(f"kept {counted(found.kept, 'slot')} with unknown messages: `orc unknown list` shows them")


def _longest_cap(house: object) -> int:
    """Give the days, rounded up, of the longest window in which an applied category counts messages."""
    from orchestrator.model.calendar import later
    from orchestrator.run import House

    assert isinstance(house, House)
    number = house.ledger.current_number()
    if number is None:
        return 0
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)  # a leap year: the longest a calendar unit can get
    project = house.workspace(number).project
    windows = [later(start, cap.per, "UTC") - start for one in project.categories.values() for cap in one.caps]
    return max((window.days + 1 for window in windows), default=0)
