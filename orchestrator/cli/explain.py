"""``orc explain``: the page of a code, or a segment in English beside its SQL."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.options import as_of_option, format_option
from orchestrator.cli.say import facts, on_terminal
from orchestrator.model.errors import UsageError

if TYPE_CHECKING:
    from orchestrator.model.diagnostic import CodePage

CODE = re.compile(r"[A-Z]{1,3}\d{2,4}")


@click.command()
@click.argument("what", metavar="CODE|NAME")
@as_of_option
@format_option("text", "json")
@pass_here
def explain(here: Here, what: str, as_of: dt.datetime | None, format_: str) -> None:
    """Explain a code such as E102, or say a segment, trait or campaign in English beside its SQL."""
    if CODE.fullmatch(what.upper()):
        _page(what.upper(), format_)
    else:
        _definition(here, what, as_of, format_)


def pages() -> Mapping[str, CodePage]:
    """Give the page of every code, of all rooms."""
    from orchestrator.audience import DOCTOR
    from orchestrator.compile import CODES as MEANING
    from orchestrator.language import CODES as SPELLING
    from orchestrator.render import CODES as TEMPLATES
    from orchestrator.review import CODES as TOGETHER

    return dict(sorted({**SPELLING, **MEANING, **TEMPLATES, **TOGETHER, **DOCTOR}.items()))


def _page(code: str, format_: str) -> None:
    known = pages()
    if code not in known:
        near = [other for other in known if other[:2] == code[:2]]
        raise UsageError(
            f"there is no code {code}",
            f"codes that begin like it: {', '.join(near)}" if near else "`orc check` prints the code of each problem",
        )
    page = known[code]
    if format_ == "json":
        facts({"code": code, "title": page.title, "explanation": page.explanation, "bad": page.bad, "good": page.good})
        return
    click.echo(f"{click.style(code, bold=True)}  {page.title}\n")
    click.echo(click.wrap_text(page.explanation, 100 if on_terminal() else 1000))
    for title, text, colour in (("not", page.bad, "red"), ("but", page.good, "green")):
        if text:
            click.echo(f"\n{click.style(title, fg=colour, bold=True)}")
            click.echo("\n".join(f"    {line}" for line in text.splitlines()))


def _definition(here: Here, name: str, as_of: dt.datetime | None, format_: str) -> None:
    from orchestrator.cli.compile import asked, printed, queries
    from orchestrator.cli.here import referred
    from orchestrator.cli.refresh import membership_notes
    from orchestrator.compile import english, with_values
    from orchestrator.model.segment import Segment

    workspace = here.usable([name])
    moment = here.as_of(as_of)
    reference = referred(name)
    base = reference.name
    campaign = workspace.campaigns.get(base) if base not in workspace.definitions else None
    definition = workspace.definitions.get(base)
    if isinstance(definition, Segment) and reference.args:
        definition = with_values(workspace, reference)
    words = english(workspace, campaign.audience if campaign else definition or base)
    made = list(queries(workspace, asked(workspace, [name]), moment, here.dialect))
    notes = membership_notes(here, workspace, base)
    if format_ == "json":
        rows = [printed(n, q, here.state_dialect) for n, q in made]
        facts(
            {"name": name, "english": words, "as_of": moment, "dialect": here.dialect, "queries": rows, "notes": notes}
        )
        return
    place = campaign.path if campaign else str(workspace.definitions[base].span)
    click.echo(f"{click.style(name, bold=True)}  {click.style(place, dim=True)}\n")
    click.echo(words)
    if campaign and campaign.exclude is not None:
        click.echo(f"\nwithout: {english(workspace, campaign.exclude)}")
    if campaign and workspace.policies.exclude is not None:
        click.echo(f"\nnever: {english(workspace, workspace.policies.exclude)}")
    for note in notes:
        click.echo(f"\n{click.style('note', fg='yellow')}: {note}")
    from orchestrator.cli.compile import show

    for title, query in made:
        click.echo("")
        show(title, query, moment, here.state_dialect)
