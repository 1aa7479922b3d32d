"""``orc preview``: a campaign's messages as files to look at."""

from __future__ import annotations

import datetime as dt
import html
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.here import FOUND, Here, pass_here
from orchestrator.cli.options import as_of_option, format_option
from orchestrator.cli.say import counted, facts

if TYPE_CHECKING:
    from orchestrator.model.campaign import Campaign
    from orchestrator.model.people import Person
    from orchestrator.model.workspace import Workspace
    from orchestrator.review import Preview

LINES = 8


@click.command()
@click.argument("campaign")
@click.option("--person", metavar="ID", help="Write it for this member of the audience.")
@click.option(
    "--n", "count", metavar="N", type=click.IntRange(1, 50), help="Write it for the first N members of the audience."
)
@click.option("--variant", metavar="NAME", help="Only this variant.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder; default: .orc/preview/CAMPAIGN.")
@as_of_option
@format_option("text", "json")
@pass_here
def preview(
    here: Here,
    campaign: str,
    person: str | None,
    count: int | None,
    variant: str | None,
    out: Path | None,
    as_of: dt.datetime | None,
    format_: str,
) -> int:
    """Render the messages of a campaign, every variant, into HTML and text files. Nothing is sent.

    Without --person and --n they are written for a generated person, and no database is asked.
    """
    from orchestrator.render import RenderError, Tokens
    from orchestrator.review import arms, written

    workspace, found = here.campaign(campaign)
    chosen = arms(found, variant)
    persons = people_for(here, workspace, found, person, count, as_of)
    folder = out or here.root / ".orc" / "preview" / campaign
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    tokens = Tokens("previews-sign-nothing-that-anybody-accepts", "preview")
    for step, arm in chosen:
        for who in persons:
            try:
                (made,) = written(workspace, found, [(step, arm)], [who], tokens, here.as_of(as_of))
            except RenderError as error:
                click.echo(f"{click.style('error', fg='red', bold=True)}: {arm.name} for {who.id}: {error}", err=True)
                rows.append({"step": step.id, "variant": arm.name, "person": who.id, "error": str(error)})
                continue
            rows.append(_write(folder, made))
            if format_ == "text":
                _show(made, rows[-1]["file"])
    if format_ == "json":
        facts(rows)
    else:
        click.echo(f"\nwrote {counted(sum('file' in row for row in rows), 'message')} into {folder}")
    return FOUND if any("error" in row for row in rows) else 0


def people_for(
    here: Here,
    workspace: Workspace,
    campaign: Campaign,
    person: str | None,
    count: int | None,
    as_of: dt.datetime | None,
) -> list[Person]:
    """Give the people that messages are written for: members of the audience, or somebody who does not exist."""
    from orchestrator.model.errors import OrchestratorError
    from orchestrator.render import RenderError
    from orchestrator.review import audience_members, check_letters, generated_person

    try:
        if person is None and count is None:
            return [generated_person(workspace, campaign)]
        with here.warehouse() as warehouse:
            return audience_members(warehouse, workspace, campaign, here.as_of(as_of), count or 1, person)
    except RenderError as error:  # a template that nobody's letter can be made from
        here.refuse(check_letters(workspace, campaign.name))
        raise OrchestratorError(f"the message cannot be written: {error}", "orc check") from error


def _write(folder: Path, made: Preview) -> dict[str, str]:
    plain = "".join(c if c.isalnum() or c in "-_" else "_" for c in made.person)[:60]
    stem = f"{made.step}-{made.variant}-{plain}"
    shown = made.message.html or f"<pre>{html.escape(made.message.text or '')}</pre>"
    page = folder / f"{stem}.html"
    page.write_text(shown, encoding="utf-8")
    (folder / f"{stem}.txt").write_text(made.message.text or "", encoding="utf-8")
    found = {"step": made.step, "variant": made.variant, "person": made.person}
    return found | {"subject": made.message.subject, "file": str(page)}


def _show(made: Preview, file: str) -> None:
    title = f"{made.step}/{made.variant}"
    click.echo(f"\n{click.style(title, bold=True)}  for {made.person}  {click.style(file, dim=True)}")
    click.echo(f"  From:    {made.message.sender_name} <{made.message.sender}>")
    click.echo(f"  Subject: {click.style(made.message.subject, bold=True)}")
    lines = [line for line in (made.message.text or "").splitlines() if line.strip()]
    for line in lines[:LINES]:
        click.echo(f"  │ {line}")
    if len(lines) > LINES:
        click.echo(f"  │ … {counted(len(lines) - LINES, 'more line')}")
