"""``orc unknown``: messages whose fate nobody knows, and what somebody decides about them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import click

from orchestrator.cli.ask import sure
from orchestrator.cli.here import Here, pass_here, who
from orchestrator.cli.options import format_option
from orchestrator.cli.say import counted, facts, harmless, moment, table
from orchestrator.model.errors import UsageError

if TYPE_CHECKING:
    from orchestrator.ledger import Row


@click.group()
def unknown() -> None:
    """List and settle messages whose fate nobody knows.

    A message is unknown when a connection or a machine died between handing it over and hearing the answer. It may
    have arrived. It is never sent again by itself, unless its category says `on_unknown: resend`.
    """


@unknown.command(name="list")
@click.argument("campaign", required=False)
@format_option("text", "json", "ids")
@pass_here
def list_(here: Here, campaign: str | None, format_: str) -> None:
    """List them, oldest first; without addresses."""
    with here.ledger() as ledger:
        rows = ledger.unknown(campaign)
    if format_ == "json":
        names = ("id", "campaign", "slot", "person", "step", "channel", "variant", "tries", "at", "reason")
        strange = ("detail", "code", "evidence")
        told = [{n: getattr(r, n) and harmless(getattr(r, n)) for n in strange} for r in rows]
        facts([{n: _plain(getattr(r, n)) for n in names} | said for r, said in zip(rows, told, strict=True)])
    elif format_ == "ids":
        for row in rows:
            click.echo(str(row.id))
    elif not rows:
        click.echo("no message is unknown")
    else:
        shown = [(str(r.id), r.campaign, r.slot, r.person, r.reason) for r in rows]
        table(("message", "campaign", "slot", "person", "why"), shown, notes=[_note(r) for r in rows])
        click.echo(f"\n{counted(len(rows), 'message')}. When you know what became of them (ask the provider):")
        click.echo("  orc unknown resolve CAMPAIGN --as accepted | failed | resend")


@unknown.command()
@click.argument("which", nargs=-1, required=True, metavar="CAMPAIGN|ID…")
@click.option(
    "--as",
    "outcome",
    required=True,
    type=click.Choice(("accepted", "failed", "resend")),
    help="accepted: it arrived. failed: it did not, and is given up. resend: send it (again).",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@format_option("text", "json")
@pass_here
def resolve(here: Here, which: tuple[str, ...], outcome: str, yes: bool, format_: str) -> None:
    """Decide what became of unknown messages: of one campaign, or by their ids. The decision is written down."""
    ids = [found for found in map(_id, which) if found is not None]
    names = [name for name in which if _id(name) is None]
    if len(names) > 1 or (names and ids):
        raise UsageError("give one campaign, or ids of messages", "`orc unknown list` shows both")
    with here.ledger() as ledger:
        known = {row.id for row in ledger.unknown(names[0] if names else None)}
        about = known if names else known & set(ids)
        if not about:
            words = f"no message of {names[0]} is unknown" if names else "none of these messages is unknown"
            raise UsageError(words, "`orc unknown list` shows what is")
        if outcome == "resend":
            sure(f"send {counted(len(about), 'message')} again? Whoever has got it already gets it twice.", yes)
        done = ledger.resolve_unknown(
            outcome,  # type: ignore[arg-type]  # one of the three by the option's choice
            who(),
            campaign=names[0] if names else None,
            ids=ids or None,
        )
    if format_ == "json":
        facts({"outcome": outcome, "decided": done, "by": who()})
    else:
        click.echo(f"{counted(done, 'message')} settled as {outcome}, by {who()}")
        if done < len(about):
            click.echo(f"{len(about) - done} left alone: their occurrence was cancelled")


def _note(row: Row) -> str:
    """Give since when a message is unknown, and what was said of its last attempt."""
    code, text = harmless(row.code or ""), harmless(row.evidence or "")
    said = text if text.startswith(code) else f"{code}, {text}".removesuffix(", ")
    return f"since {moment(row.at)}: {said or 'no answer was heard'}"


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _plain(value: object) -> object:
    return str(value) if isinstance(value, uuid.UUID) else value
