"""``orc status``: what is applied, what lies ahead, what is on its way, and what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.options import format_option
from orchestrator.cli.say import counted, facts, harmless, moment, table
from orchestrator.cli.times import next_slots, when

if TYPE_CHECKING:
    from orchestrator.ledger import Ledger, OccurrenceStatus, OpenBreaker


@click.command()
@click.argument("campaign", required=False)
@click.option(
    "--limit", metavar="N", default=15, show_default=True, type=click.IntRange(1, 1000), help="Slots to show."
)
@format_option("text", "json")
@pass_here
def status(here: Here, campaign: str | None, limit: int, format_: str) -> None:
    """Tell what is applied and due, what is on its way, what was done, and what waits for a decision."""
    with here.ledger() as ledger:
        if campaign is not None and not ledger.occurrences(campaign, 1):
            here.campaign_name(campaign)
        found = _facts(here, ledger, campaign, limit)
    if format_ == "json":
        facts(found)
    else:
        _draw(found)


def _facts(here: Here, ledger: Ledger, campaign: str | None, limit: int) -> dict[str, Any]:
    current = ledger.current_version()
    ahead: list[dict[str, Any]] = []
    if current is not None:
        ahead = _ahead(here, dict(current.files), campaign)
    return {
        "deployment": ledger.deployment,
        "now": here.now(),
        "rehearsal": here.clock is not None,
        "version": None
        if current is None
        else {"number": current.number, "at": current.at, "by": current.by, "commit": current.commit},
        "stopped": ledger.stopped(),
        "paused": sorted(ledger.paused()),
        "left_alone": [_breaker(one) for one in ledger.open_breakers()],
        "unknown": len(ledger.unknown(campaign)),
        "suppressed": ledger.suppression_count(),
        "ahead": ahead,
        "slots": [_slot(found, _failures(ledger, found)) for found in ledger.status(campaign, limit)],
    }


def _ahead(here: Here, files: dict[str, str], campaign: str | None) -> list[dict[str, Any]]:
    from orchestrator.language import load_texts
    from orchestrator.model.campaign import Status

    workspace = load_texts(files, here.root).workspace
    found: list[dict[str, Any]] = []
    for name, planned in workspace.campaigns.items():
        if planned.status is Status.ACTIVE and campaign in (None, name):
            slots = next_slots(planned, workspace.project, here.now(), 1)
            found.extend({"campaign": name, "at": slot.at, "local": when(slot, planned)} for slot in slots)
    return sorted(found, key=lambda row: row["at"])


def _failures(ledger: Ledger, found: OccurrenceStatus) -> list[str]:
    """Give what was wrong with messages that failed, in a few sentences, the most frequent first, without addresses."""
    from collections import Counter

    from orchestrator.ledger import MessageState

    if not found.total(MessageState.FAILED):
        return []
    rows = ledger.messages(found.occurrence.id, MessageState.FAILED, limit=1000)
    said = (harmless(row.detail) for row in rows if row.detail)
    return [sentence for sentence, _ in Counter(said).most_common(EXAMPLES)]


def _breaker(found: OpenBreaker) -> dict[str, Any]:
    names = ("provider", "opened_at", "probe_at", "probes", "reason")
    return {name: getattr(found, name) for name in names}


def _slot(found: OccurrenceStatus, failures: list[str]) -> dict[str, Any]:
    by_state: dict[str, int] = {}
    reasons: dict[str, int] = {}
    not_sent: dict[str, int] = {}
    for count in found.counts:
        by_state[count.state.value] = by_state.get(count.state.value, 0) + count.n
        if count.reason is not None:
            reasons[count.reason.value] = reasons.get(count.reason.value, 0) + count.n
            if count.state.value in LEFT:
                not_sent[count.reason.value] = not_sent.get(count.reason.value, 0) + count.n
    o, waits = found.occurrence, found.waits
    shown = {"campaign": o.campaign, "slot": o.slot, "due": o.due_at, "state": o.state.value, "version": o.version}
    return shown | {
        "paused": found.paused,
        "audience": o.audience,
        "messages": by_state,
        "reasons": reasons,
        "not_sent": not_sent,
        "failures": failures,
        "reason": o.reason,
        "waiting": None if waits is None else {"messages": waits[0], "until": waits[1]},
    }


def _draw(found: dict[str, Any]) -> None:
    version = found["version"]
    if version is None:
        click.echo("nothing is applied yet: orc plan, then orc apply PLAN")
    else:
        commit = f", commit {version['commit'][:12]}" if version["commit"] else ""
        click.echo(f"version {version['number']} applied {moment(version['at'])} by {version['by']}{commit}")
    if found["rehearsal"]:
        click.echo(f"rehearsing: it is {moment(found['now'])}, and nothing leaves the outbox")
    if found["stopped"]:
        click.echo(click.style("STOPPED: nothing is handed over; `orc resume --all` lifts it", fg="red", bold=True))
    if found["paused"]:
        click.echo(click.style(f"on hold: {', '.join(found['paused'])}", fg="yellow"))
    for one in found["left_alone"]:
        words = f"provider {one['provider']} is left alone since {moment(one['opened_at'])}: {one['reason']}"
        click.echo(click.style(words, fg="red", bold=True))
        click.echo(f"  tried with one message at {moment(one['probe_at'])}; {counted(one['probes'], 'probe')} so far")
    if found["unknown"]:
        words = f"{counted(found['unknown'], 'message')} may or may not have arrived: orc unknown list"
        click.echo(click.style(words, fg="yellow"))
    if found["ahead"]:
        click.echo("")
        table(("next", "at"), [(row["campaign"], row["local"]) for row in found["ahead"]])
    if found["slots"]:
        click.echo("")
        rows, notes = [_line(row) for row in found["slots"]], [_note(row) for row in found["slots"]]
        table(("campaign", "slot", "state", "people", "accepted", "open"), rows, right=(3, 4, 5), notes=notes)


OPEN = ("pending", "claimed", "attempting", "retry")
DONE = ("accepted", "delivered", "bounced")
LEFT = ("skipped", "failed", "expired", "cancelled")
EXAMPLES = 3


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    by_state = row["messages"]
    state = f"{row['state']}, on hold" if row["paused"] and row["state"] in ("planned", "sending") else row["state"]
    accepted, open_ = (sum(by_state.get(s, 0) for s in states) for states in (DONE, OPEN))
    return row["campaign"], row["slot"], state, row["audience"], accepted, open_ or None


def _note(row: dict[str, Any]) -> str:
    """Give what is not sent and why, and until when open messages wait."""
    names = {"holdout": "held out"}
    left = sorted(row["not_sent"].items(), key=lambda x: -x[1])
    others = [f"{n:,} {names.get(reason, reason.replace('_', ' '))}" for reason, n in left]
    said = [f"not sent: {', '.join(others)}"] if others else []
    said += [f"failed: {detail}" for detail in row["failures"]]
    if unknown := row["messages"].get("unknown"):
        said.append(f"{unknown:,} unknown (orc unknown list)")
    if row["waiting"]:
        waiting = row["waiting"]
        said.append(f"{waiting['messages']:,} open: not before {moment(waiting['until'])} (quiet hours, or a retry)")
    return "; ".join([*said, *([row["reason"]] if row["reason"] else [])])
