"""``orc demo``: the whole way of a campaign on a simulated shop, from files to an outbox, in one go."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.here import Here, pass_here, who
from orchestrator.cli.say import counted
from orchestrator.model.errors import DeliveryError, GateError, UsageError

if TYPE_CHECKING:
    from orchestrator.model.campaign import Campaign
    from orchestrator.model.workspace import Workspace
    from orchestrator.run import House

PLACE = "orc-demo"
NOTE = "demo.json"
SEED = 7
CUSTOMERS = 20_000
BEGIN = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
"""When the simulated story begins at the earliest: the day before the starter's launch."""
LATE = dt.timedelta(hours=6)


@dataclass(frozen=True)
class Story:
    """Where a demo plays and what it sends. It begins a day before the first slot (UTC) and ends a day after it."""

    here: Here
    workspace: Workspace
    campaign: Campaign
    first: dt.datetime

    @property
    def begin(self) -> dt.datetime:
        """Give the moment at which the files are planned and applied."""
        return self.first - dt.timedelta(days=1)

    @property
    def end(self) -> dt.datetime:
        """Give the moment at which it is over everywhere on earth."""
        return self.first + dt.timedelta(days=1)


@click.command()
@click.option(
    "--customers",
    metavar="N",
    type=click.IntRange(50, 2_000_000),
    help=f"Size of the shop; default: {CUSTOMERS:,}, or that of the demo before.",
)
@click.option("--campaign", "name", metavar="NAME", help="Which campaign is sent; default: the one with most variants.")
@click.option("--fresh", is_flag=True, help="Put an earlier demo's data and messages aside and begin again.")
@pass_here
def demo(here: Here, customers: int | None, name: str | None, fresh: bool) -> None:
    """See the whole way work, without any server and without real mail.

    Simulates a shop of two years, checks the files, plans, applies, and sends one campaign into a local outbox that
    you can open in a browser. Inside a workspace it uses that one; elsewhere it writes a small one into ./orc-demo.
    """
    from orchestrator.cli.demo_end import end

    begun = time.monotonic()
    at = _place(here)
    before = _before(at.root)
    size = customers or int(str(before.get("customers", CUSTOMERS)))
    if fresh or (before and size != before["customers"]):
        _put_aside(at.root / ".orc")
    story = _story(at, name)
    with progress_() as shown:
        rows, took = _seed(story, size, shown)
    _done(f"a shop of {size:,} customers with two years of history, {rows:,} rows", took)
    _plan_and_apply(story)
    _send(story)
    with story.here.house() as house:
        end(story, house, time.monotonic() - begun)


@contextmanager
def progress_() -> Iterator[object]:
    """Show progress while something lasts."""
    from orchestrator.cli.progress import progress

    with progress() as shown:
        yield shown


def _done(words: str, seconds: float | None = None) -> None:
    took = "" if seconds is None else click.style(f"  {seconds:.1f} s", dim=True)
    click.echo(f"{click.style('✓', fg='green')} {words}{took}")


def _place(here: Here) -> Here:
    """Give the workspace around, or the one in ./orc-demo, which is written when it is not there."""
    from orchestrator.cli.init import write_profile_beside, write_workspace
    from orchestrator.language import find_root

    try:
        root = find_root(here.start)
    except UsageError:
        root = here.start / PLACE
    _only_files(root)
    if not (root / "campaigns" / "project.yml").exists():
        _done(f"a workspace in ./{PLACE}: {counted(len(write_workspace(root)), 'file')} to read and change")
    write_profile_beside(root)
    return Here(root)


def _only_files(root: Path) -> None:
    """Refuse a workspace that is wired to databases of its own: a demo must not fill them or send from them."""
    from orchestrator.cli.settings import VARIABLES, is_default_state, read_settings, warehouse_file

    settings = read_settings(root)
    ours = ("", f"sqlite:///{warehouse_file(root)}")
    if settings.warehouse_url not in ours or not is_default_state(root, settings):
        named = [VARIABLES[key] for key in ("warehouse_url", "state_url") if os.environ.get(VARIABLES[key])]
        if named:
            raise UsageError(
                f"{' and '.join(named)} names a database of your own, and a demo leaves those alone",
                f"unset {' '.join(named)}, then orc demo",
            )
        raise UsageError(
            f"{root} is wired to databases of its own, and a demo leaves those alone",
            "run it in an empty folder: mkdir try && cd try && orc demo",
        )


def _before(root: Path) -> dict[str, object]:
    """Give what the shop of the demo before was made from, empty when there was none."""
    note = root / ".orc" / NOTE
    known: dict[str, object] = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
    return known


def _put_aside(folder: Path) -> None:
    if (folder / "state.sqlite").exists():
        other = folder / f"before-{time.strftime('%Y%m%d-%H%M%S')}"
        other.mkdir()
        for path in [p for p in folder.iterdir() if not p.name.startswith("before-")]:
            path.rename(other / path.name)
        _done(f"the earlier demo is put aside in {other}")


def _story(here: Here, name: str | None) -> Story:
    """Check the files and choose the campaign and its day; prints what is wrong and ends with status 1."""
    from orchestrator.cli.times import next_slots
    from orchestrator.model.campaign import Status

    begun = time.monotonic()
    workspace, warnings = here.sound()
    words = f"{counted(len(workspace.definitions), 'definition')}, {counted(len(workspace.campaigns), 'campaign')}"
    _done(f"checked {words}: {counted(warnings, 'warning') if warnings else 'no problems'}", time.monotonic() - begun)
    if name is not None:
        here.campaign_name(name)
        chosen = [workspace.campaigns[name]]
    else:
        active = [c for c in workspace.campaigns.values() if c.status is Status.ACTIVE]
        chosen = sorted(active, key=lambda c: (-len(c.steps[0].variants), -c.holdout, c.trigger.once is None))
    for campaign in chosen:
        slots = next_slots(campaign, workspace.project, BEGIN, 1)
        if slots:
            return Story(here, workspace, campaign, slots[0].at)
    raise UsageError(
        f"no active campaign has a slot after {BEGIN:%Y-%m-%d}",
        "set `status: active` and a later `once:` in one",
    )


def _seed(story: Story, customers: int, shown: object) -> tuple[int, float]:
    """Fill the warehouse, unless it holds just this shop; give its rows and the seconds it took."""
    from orchestrator.cli.settings import warehouse_file, write_rehearsal
    from orchestrator.starter import generate

    begun = time.monotonic()
    file = warehouse_file(story.here.root)
    until = (story.end + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = {"customers": customers, "seed": SEED, "until": until.isoformat()}
    note = file.with_name(NOTE)
    known = _before(story.here.root) if file.exists() else {}
    if {key: known.get(key) for key in wanted} != wanted:
        rows = generate(file, customers, SEED, until=until, progress=shown)  # type: ignore[arg-type]
        known = wanted | {"rows": sum(rows.values())}
        note.write_text(json.dumps(known), encoding="utf-8")
    write_rehearsal(story.here.root, story.begin)
    story.here.rehearse(story.begin)
    return int(str(known["rows"])), time.monotonic() - begun


def _plan_and_apply(story: Story) -> None:
    """Plan the files and apply the plan; what is applied already is left alone."""
    from orchestrator.cli.plan import make
    from orchestrator.review import apply_plan, commit_of

    begun = time.monotonic()
    here = story.here
    with here.ledger() as ledger:
        plan = make(here, story.begin) if ledger.current_number() is None else make(here, None)
        if plan.broken:
            raise GateError(plan.broken[0].sentence, "change the expectation or the segment, then `orc demo` again")
        if plan.is_empty:
            _done("planned: what is applied and what the files say mean the same", time.monotonic() - begun)
            return
        run = next(run for run in plan.runs if run.campaign == story.campaign.name)
        words = f"{run.recipients:,} messages of {run.campaign} for {run.audience or 0:,} people, by the day before"
        _done(f"planned {counted(len(plan.changes), 'change')}: {words}", time.monotonic() - begun)
        number = apply_plan(plan, story.workspace, ledger, here.now(), who(), commit_of(here.root))
    _done(f"applied version {number}: plan {plan.id} by {who()}")


def _send(story: Story) -> None:
    """Let the campaign's slot come round the earth, zone by zone, and send each one into the outbox."""
    from orchestrator.cli.settings import write_rehearsal
    from orchestrator.run import ready_to_send, walk

    begun = time.monotonic()
    clock = story.here.clock
    if clock is None:
        raise RuntimeError("a demo always rehearses")
    with progress_() as shown, story.here.house(shown, sends=True) as house:  # type: ignore[arg-type]
        version = house.ledger.current_number() or 0
        asyncio.run(ready_to_send(house, version))
        slots = _slots(story, house)
        sent = 0
        for zone, at, local in slots:
            clock.move(at + dt.timedelta(seconds=5))
            house.ledger.plan_occurrence(
                story.campaign.name,
                f"{local}[{zone}]",
                at,
                at + LATE,
                version=version,
                local_slot=local,
                zone=zone,
            )
            walked = asyncio.run(walk(house, f"demo:{zone}"))
            if walked.errors:
                raise walked.errors[0]
            if walked.halted:
                raise GateError(f"halted: {walked.halted[0][1]}", "raise the limit or narrow the audience")
            if walked.sent.failed or walked.sent.unknown:
                raise DeliveryError("the outbox could not take every message", "orc status; orc unknown list")
            sent += walked.sent.accepted
    story.here.rehearse(story.end)
    write_rehearsal(story.here.root, story.end)
    seconds = time.monotonic() - begun
    if sent:
        where = f" in {counted(len(slots), 'time zone')}" if len(slots) > 1 else ""
        _done(f"sent {sent:,} messages{where} into the outbox", seconds)
    else:
        _done("nothing to send: this slot was sent before, and nobody gets a message twice (--fresh begins again)")


def _slots(story: Story, house: House) -> list[tuple[str, dt.datetime, str]]:
    """Give (zone, instant, wall clock) of the campaign's slot in every zone that it has, in the order of time."""
    from orchestrator.audience import zones
    from orchestrator.model.calendar import in_zone, known_zone

    trigger, home = story.campaign.trigger, story.workspace.project.zone
    zone = home if trigger.zone in ("project", "person") else trigger.zone
    from zoneinfo import ZoneInfo

    wall = story.first.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    everywhere = {zone}
    if trigger.zone == "person":
        with house.warehouse.read() as connection:
            everywhere |= {z for z in zones(connection, story.workspace.schema.first) if known_zone(z)}
    found = [(z, in_zone(wall, z), wall.strftime("%Y-%m-%dT%H:%M")) for z in everywhere]
    return sorted(found, key=lambda slot: (slot[1], slot[0]))
