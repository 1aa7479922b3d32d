"""``orc explain``: the page of a code, or a segment in English beside its SQL."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.options import as_of_option, format_option
from orchestrator.cli.say import facts, on_terminal
from orchestrator.cli.sql_layout import beside, folded
from orchestrator.model.errors import UsageError

if TYPE_CHECKING:
    from orchestrator.compile import Query
    from orchestrator.model.diagnostic import CodePage

NARROW, WIDE = 80, 140
"""Signs of a line where nobody watches, and from which on there is room for two columns."""
CODE = re.compile(r"[A-Z]{1,3}\d{2,4}")


@click.command()
@click.argument("what", metavar="CODE|NAME")
@click.option("--dialect", metavar="NAME", help="The engine whose SQL is shown; that of the warehouse by default.")
@as_of_option
@format_option("text", "json")
@pass_here
def explain(here: Here, what: str, dialect: str | None, as_of: dt.datetime | None, format_: str) -> None:
    """Explain a code such as E102, or say a definition or a campaign in English beside its SQL.

    Below the words stands what each name in them means.

    On a wide terminal the words stand to the left of the SQL, on a narrow one above it. `orc compile` prints SQL to
    paste.
    """
    if CODE.fullmatch(what.upper()):
        _page(what.upper(), format_)
        return
    from orchestrator.compile import DIALECTS

    spelled = dialect or here.dialect
    if spelled not in DIALECTS:
        raise UsageError(f"there is no dialect `{spelled}`", f"dialects are {', '.join(DIALECTS)}")
    _definition(here, what, as_of, format_, spelled)


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


def _definition(here: Here, name: str, as_of: dt.datetime | None, format_: str, dialect: str) -> None:
    from orchestrator.cli.compile import asked, printed, queries
    from orchestrator.cli.here import referred
    from orchestrator.cli.refresh import membership_notes
    from orchestrator.compile import english, where, with_values
    from orchestrator.model.segment import EventDef, ListDef, Segment

    workspace = here.usable([name])
    frozen = here.as_of(as_of)
    reference = referred(name)
    base = reference.name
    definition = workspace.definitions.get(base)
    campaign = None if definition is not None else workspace.campaigns[base]
    if isinstance(definition, Segment) and reference.args:
        definition = with_values(workspace, reference)
    words = english(workspace, campaign.audience if campaign else definition or base)
    used = where(workspace, campaign or definition or workspace.definitions[base])
    spoken = isinstance(definition, EventDef | ListDef)  # these have SQL only where a segment uses them
    made = [] if spoken else list(queries(workspace, asked(workspace, [name]), frozen, dialect))
    notes = membership_notes(here, workspace, base)
    if format_ == "json":
        rows = [printed(n, q, here.state_dialect) for n, q in made]
        shown = {"name": name, "english": words, "where": used, "as_of": frozen, "dialect": dialect}
        facts(shown | {"queries": rows, "notes": notes})
        return
    place = campaign.path if campaign else str(workspace.definitions[base].span)
    click.echo(f"{click.style(name, bold=True)}  {click.style(place, dim=True)}\n")
    if campaign and campaign.exclude is not None:
        words += f"\n\nwithout:\n{english(workspace, campaign.exclude)}"
    if campaign and workspace.policies.exclude is not None:
        words += f"\n\nnever:\n{english(workspace, workspace.policies.exclude)}"
    if used:
        words += f"\n\n{used}"
    for note in notes:
        words += f"\n\nnote: {note}"
    doc = getattr(definition, "doc", "")
    _draw(f"{doc}\n\n{words}" if doc else words, made, frozen, here.state_dialect)


def _draw(words: str, made: Sequence[tuple[str, Query]], as_of: dt.datetime, state: str) -> None:
    """Print the words beside the SQL where the terminal is wide enough, above it where it is not."""
    from orchestrator.cli.compile import remarks, statement

    width = shutil.get_terminal_size((NARROW, 24)).columns if on_terminal() else NARROW
    wide = width >= WIDE and len(made) == 1
    if not wide:
        click.echo(folded(words, width))
    for title, query in made:
        column = width * 2 // 5 if wide else 0
        sql = statement(title, query, as_of, width - (column + 3 if wide else 0))
        click.echo(beside(folded(words, column), sql, column) if wide else f"\n{sql}")
        remarks(title, query, as_of, state, width)
