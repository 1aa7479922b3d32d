"""The last screen of ``orc demo``: what happened to everybody, where to look, and what to try next."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.say import on_terminal, table
from orchestrator.cli.times import next_slots
from orchestrator.model.campaign import Status
from orchestrator.model.condition import InSegment
from orchestrator.model.segment import Segment

if TYPE_CHECKING:
    from orchestrator.cli.demo import Story
    from orchestrator.ledger import OccurrenceStatus
    from orchestrator.run import House

WORDS = {
    "no_address": "have no address",
    "invalid_address": "have an address that cannot work",
    "duplicate_address": "share a mailbox with somebody else",
    "suppressed": "unsubscribed",
    "no_consent": "never consented to this topic",
    "capped": "got enough mail this week",
    "render_error": "their letter could not be written",
}
Row = tuple[str, int, str]


def end(story: Story, house: House, seconds: float) -> None:
    """Write the gallery and print the summary."""
    found = house.ledger.status(story.campaign.name, 200)
    newest = max((s.occurrence.local_slot for s in found), default="")
    slots = [s for s in found if s.occurrence.local_slot == newest]
    people = sum(s.occurrence.audience or 0 for s in slots)
    rows = _rows(slots)
    gallery = _gallery(story, house, slots)
    title = f"{story.campaign.title or story.campaign.name}: what became of {people:,} people"
    click.echo("")
    if on_terminal():
        _draw(title, rows, people)
    else:
        click.echo(title)
        table(("", "people", ""), [(kind, n, words) for kind, n, words in rows], right=(1,))
    _try_next(story, gallery, seconds)


def _rows(slots: list[OccurrenceStatus]) -> list[Row]:
    """Give (kind, number, words) for each variant and each reason, sent first."""
    sent: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for status in slots:
        for count in status.counts:
            if count.state.value in ("accepted", "delivered"):
                sent[count.variant or "only"] += count.n
            else:
                left[count.reason.value if count.reason else count.state.value] += count.n
    rows: list[Row] = [("accepted", n, f"variant {name}") for name, n in sorted(sent.items())]
    if "holdout" in left:
        rows.append(("held out", left.pop("holdout"), "the control group, to compare with"))
    return rows + [("skipped", n, WORDS.get(reason, reason.replace("_", " "))) for reason, n in left.most_common()]


def _draw(title: str, rows: list[Row], people: int) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    colours = {"accepted": "green", "held out": "cyan", "skipped": "yellow"}
    drawn = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE, show_header=False, pad_edge=False)
    drawn.add_column(no_wrap=True)
    drawn.add_column(justify="right", no_wrap=True)
    drawn.add_column(justify="right", no_wrap=True, style="dim")
    drawn.add_column()
    drawn.add_column(no_wrap=True, style="dim")
    widest = max((n for _, n, _ in rows), default=1) or 1
    for kind, n, words in rows:
        share = f"{n / people:.1%}" if people else ""
        drawn.add_row(Text(kind, style=colours[kind]), f"{n:,}", share, words, "█" * round(12 * n / widest))
    Console().print(drawn)


def _gallery(story: Story, house: House, slots: list[OccurrenceStatus]) -> Path:
    from orchestrator.deliver import GalleryRow, write_gallery
    from orchestrator.ledger import MessageState

    rows = []
    for status in slots:
        found = house.ledger.messages(status.occurrence.id, MessageState.ACCEPTED, limit=200)
        rows += [GalleryRow(str(m.id), m.campaign, m.variant or "", m.person, m.slot) for m in found]
    folder = house.settings.outbox
    folder.mkdir(parents=True, exist_ok=True)
    rows.sort(key=lambda row: row.id)
    return write_gallery(folder, f"{story.workspace.project.name}: the outbox", rows or None)


def _try_next(story: Story, gallery: Path, seconds: float) -> None:
    root = story.here.root
    segments = sorted((root / "campaigns" / "segments").glob("*.seg"))
    file = segments[0].relative_to(root).as_posix() if segments else "campaigns/"
    there = "" if Path.cwd() == root else f"cd {_short(root)}"
    click.echo(f"\nLook at the messages:  {click.style(gallery.resolve().as_uri(), fg='cyan', underline=True)}")
    click.echo(click.style(f"Nobody was written to; it took {seconds:.0f} seconds.\n", dim=True))
    click.echo(click.style("Try next", bold=True))
    segment = _segment(story)
    tries = [(there, "the workspace: all of it is text")] if there else []
    switch = Path(sys.executable).parent / "activate"
    if shutil.which("orc") is None and switch.exists():
        tries.insert(0, (f". {_short(switch)}", "so that this shell finds `orc`"))
    tries += [
        (f"orc explain {segment}", "a segment in English, beside its SQL"),
        (f"orc show {segment}", "how many people, and a masked sample"),
        (f"edit {file}", "change a number, say 90 days into 30"),
        ("orc check", "every problem at once"),
        ("orc plan", "who enters and leaves by your change"),
        ("orc apply PLAN", "make it true"),
    ]
    later = _next_slot(story)
    if later is not None:
        tries.append((f"orc run --once --as-of {later:%Y-%m-%dT%H:%M}Z", "let time pass, send what is due"))
    tries.append(("orc status", "what lies ahead, and what was done"))
    widest = max(len(command) for command, _ in tries)
    for command, why in tries:
        click.echo(f"  {click.style(command.ljust(widest), fg='green')}  {why}")


def _next_slot(story: Story) -> dt.datetime | None:
    """Give a moment (UTC) shortly after the next slot of any campaign, None when nothing lies ahead."""
    active = [c for c in story.workspace.campaigns.values() if c.status is Status.ACTIVE]
    ahead = [slot.at for c in active for slot in next_slots(c, story.workspace.project, story.end, 1)]
    return min(ahead) + dt.timedelta(minutes=5) if ahead else None


def _segment(story: Story) -> str:
    """Give the segment that the campaign's audience names first, for the newcomer to look at."""
    waiting: list[object] = [story.campaign.audience]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, InSegment):
            return str(node.ref)
        waiting += getattr(node, "items", ())
    return next(iter(story.workspace.of_kind(Segment)), "NAME")


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
