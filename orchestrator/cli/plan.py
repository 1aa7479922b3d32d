"""``orc plan``: what the files would change, before anything does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.options import as_of_option, format_option
from orchestrator.cli.times import next_slots, when

if TYPE_CHECKING:
    from orchestrator.review import Plan

REFUSED = 3
CHANGES = 5


@click.command()
@as_of_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Also write the plan into this file.")
@click.option("--detailed-exitcode", "detailed", is_flag=True, help="Exit with 5 when there are changes.")
@format_option("text", "markdown", "json")
@pass_here
def plan(here: Here, as_of: dt.datetime | None, out: Path | None, detailed: bool, format_: str) -> int:
    """Compare the files with what is applied: definitions, people who enter and leave, messages, run times.

    Nothing is changed. The plan is saved, and `orc apply` takes only a saved plan. markdown is the same as a
    pull-request comment, without data of persons. Exit status 3: an expectation does not hold.
    """
    from orchestrator.review import comment, dump_plan

    made = make(here, as_of)
    if out is not None:
        out.write_text(dump_plan(made), encoding="utf-8")
    if format_ == "json":
        click.echo(dump_plan(made))
    elif format_ == "markdown":
        click.echo(comment(made))
    else:
        from orchestrator.cli.plan_text import draw

        draw(made)
    if made.broken:
        return REFUSED
    return CHANGES if detailed and not made.is_empty else 0


def make(here: Here, as_of: dt.datetime | None) -> Plan:
    """Check the files, make the plan and save it; with errors in the files, print them and end with status 1."""
    from orchestrator.cli.progress import progress
    from orchestrator.model.campaign import Campaign
    from orchestrator.review import dump_plan, make_plan

    workspace, warnings = here.sound()
    frozen = here.as_of(as_of)

    def times(campaign: Campaign) -> list[str]:
        return [when(slot, campaign) for slot in next_slots(campaign, workspace.project, frozen, 5)]

    with progress() as shown, here.house(shown) as house:
        made = make_plan(workspace, house, frozen, here.now(), times, warnings)
        house.ledger.save_plan(made.id, made.digest, dump_plan(made))
    return made
