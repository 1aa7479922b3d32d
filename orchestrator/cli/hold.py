"""``orc pause``, ``resume``, ``cancel`` and ``stop``: what an operator does when something must not go on."""

from __future__ import annotations

import click

from orchestrator.cli.ask import sure
from orchestrator.cli.here import Here, pass_here, who
from orchestrator.cli.options import format_option
from orchestrator.cli.say import counted, facts, table
from orchestrator.model.errors import UsageError

NOTHING_RESTORED = "no restore waits for a decision; nothing was changed"


@click.command()
@click.argument("campaign")
@format_option("text", "json")
@pass_here
def pause(here: Here, campaign: str, format_: str) -> None:
    """Hold a campaign at once: nothing more of it is handed over until `orc resume`. What has left, has left."""
    with here.ledger() as ledger:
        _must_exist(here, campaign, {o.campaign for o in ledger.occurrences(campaign, 1)})
        done = ledger.pause(campaign, who())
    words = f"{campaign} is on hold" if done else f"{campaign} was on hold already"
    _tell(format_, {"campaign": campaign, "paused": True, "changed": done}, f"{words}; `orc resume {campaign}` lets go")


@click.command()
@click.argument("campaign", required=False)
@click.option("--all", "everything", is_flag=True, help="Lift `orc stop`. Paused campaigns stay paused.")
@click.option("--after-restore", is_flag=True, help="Decide what a restored state may have sent since its backup.")
@click.option("--older", is_flag=True, help="With --after-restore: it is an older copy, though nothing here says so.")
@click.option("--yes", is_flag=True, help="With --after-restore: do not ask.")
@format_option("text", "json")
@pass_here
def resume(
    here: Here, campaign: str | None, everything: bool, after_restore: bool, older: bool, yes: bool, format_: str
) -> None:
    """Let a paused campaign go on, or with --all the whole deployment after `orc stop`.

    With --after-restore, for a state database that is older than what was sent from it: messages that may have left
    become unknown (`orc unknown` settles them), slots that may have been sent are halted or recorded as missed, and
    the deployment may send what comes next. A state that was put back by other means than `orc restore`, on a
    machine that never sent from it, bears no sign of it: say --older.
    """
    if sum((campaign is not None, everything, after_restore)) != 1:
        raise UsageError("say what may go on", "give a campaign, --all to lift `orc stop`, or --after-restore")
    if older and not after_restore:
        raise UsageError("--older says something about a restore", "orc resume --after-restore --older")
    if after_restore:
        _after_restore(here, older, yes, format_)
        return
    with here.ledger() as ledger:
        if campaign is None:
            was = ledger.stopped()
            ledger.resume_all(who())
            held = sorted(ledger.paused())
            words = "the deployment goes on" if was else "the deployment was not stopped"
            left = f"; still on hold: {', '.join(held)}" if held else ""
            _tell(format_, {"stopped": False, "changed": was, "paused": held}, words + left)
            return
        if campaign not in ledger.paused():
            _must_exist(here, campaign, {o.campaign for o in ledger.occurrences(campaign, 1)})
        done = ledger.resume(campaign, who())
        stopped = ledger.stopped()
    words = f"{campaign} goes on" if done else f"{campaign} was not on hold"
    if stopped:
        words += ", but the whole deployment is stopped: `orc resume --all` lifts that"
    _tell(format_, {"campaign": campaign, "paused": False, "changed": done, "stopped": stopped}, words)


@click.command()
@click.argument("campaign")
@click.option("--yes", is_flag=True, help="Do not ask.")
@format_option("text", "json")
@pass_here
def cancel(here: Here, campaign: str, yes: bool, format_: str) -> None:
    """Give up what a campaign has begun and not sent: its open slots end. Its later slots stay."""
    with here.ledger() as ledger:
        _must_exist(here, campaign, {o.campaign for o in ledger.occurrences(campaign, 1)})
        sure(f"give up every message of {campaign} that has not left yet?", yes)
        done = ledger.cancel(campaign, who())
    words = f"cancelled {counted(done, 'message')} of {campaign}; what has left, has left"
    _tell(format_, {"campaign": campaign, "cancelled": done}, words)


@click.command()
@format_option("text", "json")
@pass_here
def stop(here: Here, format_: str) -> None:
    """Stop the whole deployment at once: nothing is handed over by any daemon until `orc resume --all`."""
    with here.ledger() as ledger:
        ledger.stop(who())
    _tell(format_, {"stopped": True}, "stopped: nothing more is handed over; `orc resume --all` lifts it")


def _after_restore(here: Here, older: bool, yes: bool, format_: str) -> None:
    from orchestrator.run import forget_mark, undecided

    with here.ledger(sends=True) as ledger:

        def waits() -> bool:
            return older or undecided(ledger, here.settings) is not None

        if not waits():
            _tell(format_, {"restored": [], "changed": False}, NOTHING_RESTORED)
            return
        found = ledger.uncertain()
        if format_ == "text":
            rows = [(one.campaign, f"{one.messages:,}", f"{one.slots:,}") for one in found]
            if rows:
                table(("campaign", "messages become unknown", "slots are halted"), rows)
            click.echo("slots that were due until now and are not in this state are recorded as missed")
        sure("nobody sends from another copy of this state, and this is what shall become of it?", yes)
        if not waits():  # somebody else has answered meanwhile
            _tell(format_, {"restored": [], "changed": False}, NOTHING_RESTORED)
            return
        found = ledger.resume_after_restore(who())
        forget_mark(here.settings)
    facts_ = [{"campaign": one.campaign, "unknown": one.messages, "halted": one.slots} for one in found]
    words = "decided, and written down; what was unknown: orc unknown list"
    _tell(format_, {"restored": facts_, "changed": True}, words)


def _must_exist(here: Here, campaign: str, known: set[str]) -> None:
    if campaign not in known:
        here.campaign_name(campaign)


def _tell(format_: str, found: dict[str, object], words: str) -> None:
    if format_ == "json":
        facts(found)
    else:
        click.echo(words)
