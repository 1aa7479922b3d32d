"""A plan as an operator reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from orchestrator.cli.say import counted, number, people, table
from orchestrator.review import How

if TYPE_CHECKING:
    from orchestrator.review import Change, Plan, Run, Size

MARKS = {
    How.ADDED: ("+", "green"),
    How.CHANGED: ("~", "yellow"),
    How.REMOVED: ("-", "red"),
    How.AFFECTED: ("·", "cyan"),
}
SHOWN = 12
MOVED = 0.05
MANY = 10
"""From which share and from how many people on something that moved by itself is worth a line."""


def draw(plan: Plan) -> None:
    """Print the whole plan, most important things first."""
    from zoneinfo import ZoneInfo

    local = plan.as_of.astimezone(ZoneInfo(plan.zone))
    base = "nothing is applied yet" if plan.base is None else f"against version {plan.base}"
    title = click.style(f"Plan {plan.id}", bold=True)
    click.echo(f"{title}  {base} · people as of {local:%Y-%m-%d %H:%M} {plan.zone}")
    if plan.is_empty:
        click.echo("\nNo changes: what is applied and what the files say mean the same.")
    for change in plan.changes:
        _change(change)
    _sizes(plan)
    _moved(plan)
    if not plan.is_empty:
        for run in _touched(plan):
            _run(run)
    _expectations(plan)
    for note in plan.notes:
        click.echo(f"\nnote: {note}")
    _next(plan)


def _change(change: Change) -> None:
    mark, colour = MARKS[change.how]
    via = f"  uses {', '.join(change.via)}" if change.via else ""
    place = click.style(change.place, dim=True)
    click.echo(f"  {click.style(mark, fg=colour, bold=True)} {change.what}{via}  {place}")
    for line in change.lines[:SHOWN]:
        tint = {"-": "red", "+": "green"}.get(line[:1])
        click.echo(f"      {click.style(line, fg=tint) if tint else line}")
    if len(change.lines) > SHOWN:
        click.echo(f"      … {counted(len(change.lines) - SHOWN, 'more line')}")


def _heading(text: str) -> None:
    click.echo(f"\n{click.style(text, bold=True)}")


def _sizes(plan: Plan) -> None:
    rows = [_row(size) for size in plan.sizes]
    if not rows:
        return
    _heading("People")
    if plan.base is None:
        table(("", "people"), [(name, after) for name, _, after, *_ in rows], right=(1,))
    else:
        table(("", "before", "after", "", "entered", "left"), rows, right=(1, 2, 3, 4, 5))


def _row(size: Size) -> tuple[object, ...]:
    if size.after is None:
        return size.what, size.before, None, "gone", None, size.left
    if size.before is None:
        return size.what, None, size.after, "new", None, None
    share = f"{size.moved / size.before:+.0%}" if size.moved and size.before else ""
    return size.what, size.before, size.after, share, size.entered, size.left


def _moved(plan: Plan) -> None:
    """Say what moved by itself since the last apply: numbers only, and only the larger ones."""
    rows = []
    for size in plan.still:
        if size.last is not None and size.after is not None:
            share = (size.after - size.last) / max(size.last, 1)
            if abs(share) >= MOVED and abs(size.after - size.last) >= MANY:
                rows.append((abs(share), size.what, size.last, size.after, f"{share:+.0%}" if size.last else ""))
    if rows:
        rows.sort(reverse=True)
        _heading("Moved by itself since the last apply")
        table(("", "then", "now", ""), [row[1:] for row in rows[:SHOWN]], right=(1, 2, 3))


def _touched(plan: Plan) -> Iterator[Run]:
    names = {change.what.partition(" ")[2] for change in plan.changes if change.what.startswith("campaign ")}
    yield from (run for run in plan.runs if run.campaign in names or plan.base is None)


def _run(run: Run) -> None:
    state = "" if run.status == "active" else f" ({run.status}: not sent)"
    _heading(f"{run.campaign}{state}")
    if run.note:
        click.echo(f"  {run.note}")
        return
    limit = ""
    if run.limit is not None and run.recipients > run.limit:
        limit = click.style(f", over its limit of {run.limit:,}: it would be halted", fg="red")
    click.echo(f"  {counted(run.recipients, 'message')} to an audience of {people(run.audience or 0)}{limit}")
    rows = [(name.partition("/")[2] if _one_step(run) else name, n) for name, n in run.variants.items()]
    rows += [(_reason(reason), n) for reason, n in run.skipped.items() if n]
    widest = max(len(name) for name, _ in rows) if rows else 0
    for name, n in rows:
        tint = not any(name in full for full in run.variants)
        click.echo(click.style(f"    {name.ljust(widest)}  {number(n):>10}", dim=tint))
    for n, time in enumerate(run.times):
        click.echo(f"  {'next' if n == 0 else 'then'} {time}")
    if run.status == "active" and not run.times:
        click.echo("  no run lies ahead")


def _one_step(run: Run) -> bool:
    return len({name.partition("/")[0] for name in run.variants}) == 1


def _reason(reason: str) -> str:
    return "held out" if reason == "holdout" else f"skipped: {reason.replace('_', ' ')}"


def _expectations(plan: Plan) -> None:
    if not plan.expectations:
        return
    good = len(plan.expectations) - len(plan.broken)
    _heading("Expectations")
    if good:
        click.echo(f"  {click.style('✓', fg='green')} {good} {'holds' if good == 1 else 'hold'}")
    for line in plan.broken:
        place = click.style(line.place, dim=True)
        click.echo(f"  {click.style('✗', fg='red', bold=True)} {line.sentence}  {place}")


def _next(plan: Plan) -> None:
    if plan.warnings:
        click.echo(f"\n{counted(plan.warnings, 'warning')} in the files: orc check")
    if plan.broken:
        click.echo(click.style("\nThis plan cannot be applied: an expectation does not hold.", fg="red"))
    elif not plan.is_empty:
        click.echo(f"\napply it within 24 hours:  {click.style(f'orc apply {plan.id}', bold=True)}")
