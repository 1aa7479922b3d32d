"""``orc retry``: send again to those whose messages failed, and to nobody else."""

from __future__ import annotations

import click

from orchestrator.cli.ask import sure
from orchestrator.cli.here import Here, pass_here, who
from orchestrator.cli.options import format_option
from orchestrator.cli.say import counted, facts, table
from orchestrator.model.errors import UsageError


@click.command()
@click.argument("campaign")
@click.option("--slot", metavar="SLOT", help="The slot to repeat, as `orc status` prints it; without it, the latest.")
@click.option("--dry-run", is_flag=True, help="Only tell who is meant.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@format_option("text", "json")
@pass_here
def retry(here: Here, campaign: str, slot: str | None, dry_run: bool, yes: bool, format_: str) -> None:
    """Try again with those whose messages of a slot failed, by the files that are applied now.

    Who was accepted, is unknown, or was left out for a reason is not written to. The retry is an occurrence of its own,
    due at once: the next `orc run` sends it, and asks consent, suppression, caps and quiet hours again.
    """
    with here.ledger() as ledger:
        found = ledger.unreached(campaign)
        if not ledger.occurrences(campaign, 1):
            here.campaign_name(campaign)
        newest = slot or (found[0].local_slot if found else None)
        meant = [one for one in found if newest in (one.slot, one.local_slot)]
        if not meant:
            about = f"the slot {slot} of {campaign}" if slot else campaign
            raise UsageError(
                f"no message of {about} failed that is not tried again already",
                "`orc status` shows what became of them",
            )
        version = ledger.current_number()
        if version is None or campaign not in _campaigns(here, version):
            raise UsageError(f"{campaign} is not in the applied files", "apply them first: orc plan, orc apply")
        if format_ == "text":
            rows = [(one.slot, str(reason), f"{n:,}") for one in meant for reason, n in one.reasons.items()]
            table(("slot", "why they failed", "people"), rows)
        people = sum(one.people for one in meant)
        planned: list[str] = []
        if not dry_run:
            sure(f"try again with {counted(people, 'message')} of {campaign}?", yes)
            planned = [ledger.plan_retry(one.occurrence, version, who()) for one in meant]
    if format_ == "json":
        reasons = [{"slot": one.slot, "reasons": {str(r): n for r, n in one.reasons.items()}} for one in meant]
        facts({"campaign": campaign, "people": people, "failed": reasons, "planned": planned})
    elif planned:
        click.echo(f"planned {', '.join(planned)}: the next `orc run` sends it")


def _campaigns(here: Here, version: int) -> set[str]:
    with here.house() as house:
        return set(house.workspace(version).campaigns)
