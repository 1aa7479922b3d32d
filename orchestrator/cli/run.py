"""``orc run``: the daemon, and the same work done once."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING

import click

from orchestrator.cli.door import INTERRUPTED
from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.options import Address, Moment, format_option
from orchestrator.cli.say import counted, facts, table
from orchestrator.model.errors import UsageError

if TYPE_CHECKING:
    from orchestrator.ledger import Occurrence
    from orchestrator.run import House
    from orchestrator.schedule import Turn


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now, then stop.")
@click.option(
    "--as-of",
    "as_of",
    type=Moment(),
    metavar="MOMENT",
    help="With --once: rehearse as if it were that moment. Only into an outbox.",
)
@click.option(
    "--listen",
    type=Address(),
    metavar="HOST:PORT",
    help="Answer /metrics, /healthz and /readyz there while it runs.",
)
@format_option("text", "json")
@pass_here
def run(here: Here, once: bool, as_of: dt.datetime | None, listen: tuple[str, int] | None, format_: str) -> int:
    """Send what is due, each slot once, however many daemons run. Only what is applied is sent.

    Without --once it stays and works until SIGTERM or Ctrl-C; what is in flight is finished first. With --once, too,
    which then ends with status 130; a second Ctrl-C ends it at once. Slots that passed while nobody ran are sent or
    recorded as missed, as each campaign's `late` says. In a copy that rehearses (after `orc demo`), --as-of also
    moves its clock forward to that moment.
    """
    from orchestrator.cli.progress import progress
    from orchestrator.cli.settings import move_rehearsal, read_settings
    from orchestrator.run import run_loop
    from orchestrator.schedule import configure, serve_forever

    before = here.settings.rehearsal
    if as_of is not None:
        if not once:
            raise UsageError("--as-of is a rehearsal, and a daemon lives now", "orc run --once --as-of MOMENT")
        here.rehearse(here.as_of(as_of))
    if listen is not None and once:
        raise UsageError("--listen is for a daemon, and --once ends before anybody asks", "orc run --listen HOST:PORT")
    if not once:
        with here.house(sends=True) as house:
            if house.ledger.current_number() is None:
                click.echo("nothing is applied yet: waiting for `orc plan` and `orc apply`", err=True)
            configure(terminal=sys.stdout.isatty())
            run_loop(serve_forever(house, listen=listen, reread=lambda: read_settings(here.root)))
        return 0
    with progress() as shown, here.house(shown, sends=True) as house:
        if house.ledger.current_number() is None:
            raise UsageError("nothing is applied yet", "orc plan, then orc apply PLAN")
        if as_of is not None and before is not None and before < here.as_of(as_of):
            move_rehearsal(here.root, here.as_of(as_of))  # before anything is written down at that time
        turn, told = run_loop(_once(house))
        stopped, held = house.ledger.stopped(), sorted(house.ledger.paused())
        queued = [house.ledger.occurrence(o.id) for o in turn.walked.frozen]
    _tell(turn, queued, stopped, held, format_)
    if turn.walked.errors:
        raise turn.walked.errors[0]
    if told:
        click.echo("stopped: what has not left waits for the next `orc run`", err=True)
        return INTERRUPTED
    return 3 if turn.walked.halted else 0


async def _once(house: House) -> tuple[Turn, bool]:
    """Do what is due and tell whether somebody wanted it to end before."""
    from orchestrator.schedule import run_once, until_told

    def told() -> None:
        click.echo("stopping: what is in flight is finished first", err=True)

    with until_told(told) as stop:
        return await run_once(house, stop), stop()


def _held_last(count: tuple[str, int]) -> bool:
    return count[0] == "held"


def missed_lines(missed: list[tuple[str, str]]) -> list[str]:
    """Give one line for each campaign, its slot that was found too late or how many between which ones, and why."""
    slots: dict[str, list[str]] = {}
    for campaign, slot in missed:
        slots.setdefault(campaign, []).append(slot)
    said = []
    for campaign, names in slots.items():
        days = sorted(name.partition("[")[0] for name in names)
        if len(names) == 1:
            said.append(f"missed: {campaign} {names[0]}")
        else:
            when = days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
            said.append(f"missed: {campaign} {counted(len(names), 'slot')}, {when}")
    why = "found too late: `late:` of a campaign says how old a slot may be, and if the last of several is sent or all"
    return [*said, why] if said else []


def _tell(turn: Turn, queued: list[Occurrence], stopped: bool, held: list[str], format_: str) -> None:
    sent = turn.walked.sent.summary()
    frozen = [(o.campaign, o.slot, o.audience, o.planned) for o in queued]
    halted = [(o.campaign, o.slot, reason) for o, reason in turn.walked.halted]
    missed = [(due.campaign, due.slot.name) for due in turn.due if due.missed]
    if format_ == "json":
        names = ("campaign", "slot", "audience", "planned")
        facts(
            {
                "queued": [dict(zip(names, row, strict=True)) for row in frozen],
                "missed": [{"campaign": campaign, "slot": slot} for campaign, slot in missed],
                "halted": [{"campaign": c, "slot": slot, "reason": reason} for c, slot, reason in halted],
                "sent": dict(sent),
                "stopped": stopped,
                "paused": held,
            }
        )
        return
    if stopped:
        click.echo("the deployment is stopped: `orc resume --all` lifts it")
    if held:
        click.echo(f"on hold: {', '.join(held)}")
    if frozen:
        table(("campaign", "slot", "people", "planned"), frozen, right=(2, 3))
    for line in missed_lines(missed):
        click.echo(line)
    for campaign, slot, reason in halted:
        click.echo(click.style(f"halted: {campaign} {slot}: {reason}", fg="red"))
    for doubt in dict.fromkeys(f"{occurrence.campaign}: {warning}" for occurrence, warning in turn.walked.warnings):
        click.echo(click.style(f"warning: {doubt}", fg="yellow"), err=True)  # slots of many zones share one
    counts = {name: n for name, n in sent.items() if isinstance(n, int) and n and name != "claimed"}
    called = {
        "held": "kept back by the last look (quiet hours, caps, consent; see `orc status`)",
        "broken": "could not be written (see `orc status`)",
    }
    words = [f"{n:,} {called.get(name, name.replace('_', ' '))}" for name, n in sorted(counts.items(), key=_held_last)]
    if words:
        click.echo(f"messages: {', '.join(words)}")
    elif not (frozen or missed or halted):
        click.echo("nothing is due: `orc status` shows what lies ahead")
    if sent.get("unknown"):
        click.echo(f"{counted(int(sent['unknown']), 'message')} may or may not have arrived: orc unknown list")
