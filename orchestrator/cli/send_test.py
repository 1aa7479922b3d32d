"""``orc send-test``: one test message to one address, past the ledger."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.cli.options import as_of_option, format_option
from orchestrator.cli.say import facts
from orchestrator.model.errors import DeliveryError, OrchestratorError, UsageError

if TYPE_CHECKING:
    from orchestrator.model.delivery import Message, Receipt
    from orchestrator.model.project import Project, Provider


@click.command(name="send-test")
@click.argument("campaign")
@click.option("--to", required=True, metavar="ADDRESS", help="Where the test goes.")
@click.option("--person", metavar="ID", help="Write it with the facts of this member of the audience.")
@click.option("--variant", metavar="NAME", help="Which variant; default: every one.")
@as_of_option
@format_option("text", "json")
@pass_here
def send_test(
    here: Here,
    campaign: str,
    to: str,
    person: str | None,
    variant: str | None,
    as_of: dt.datetime | None,
    format_: str,
) -> None:
    """Send a campaign's message, as the files say it now, to one address through its real provider.

    The subject begins with [test]. Without --person it is written for a generated person. The ledger does not know
    of it: it takes nobody's turn, counts for no cap, and can be sent again and again.
    """
    from orchestrator.audience import check_address
    from orchestrator.cli.preview import people_for
    from orchestrator.render import RenderError, Tokens
    from orchestrator.review import arms, written

    address = check_address(to)
    if address is None:
        raise UsageError(f"`{to}` is not an address", "write it like ada@example.com")
    workspace, found = here.campaign(campaign)
    chosen = arms(found, variant)
    who = people_for(here, workspace, found, person, None, as_of)
    settings = here.settings
    tokens = Tokens(settings.token_key or "a-test-without-a-key", settings.deployment)
    rows = []
    for step, arm in chosen:
        try:
            (made,) = written(workspace, found, [(step, arm)], who, tokens, here.as_of(as_of), to=address)
        except RenderError as error:
            raise OrchestratorError(f"the message cannot be written: {error}", f"orc preview {campaign}") from error
        message = made.message._replace(subject=f"[test] {made.message.subject}")
        provider = workspace.project.providers[step.provider]
        receipt = asyncio.run(_send(here, provider, workspace.project, message))
        rows.append((step.provider, arm.name, message, receipt))
    if format_ == "json":
        facts([_facts(provider, name, message, receipt) for provider, name, message, receipt in rows])
    for provider_name, name, message, receipt in rows:
        if format_ == "text":
            mark = click.style("✓", fg="green") if receipt.outcome == "accepted" else click.style("✗", fg="red")
            said = f"{receipt.outcome} {receipt.code} {receipt.evidence}".rstrip()
            click.echo(f"{mark} {name} to {message.to} through {provider_name}: {said}")
            click.echo(f"    Subject: {message.subject}")
        if receipt.outcome != "accepted":
            said = receipt.evidence or receipt.code
            raise DeliveryError(f"the test was not accepted: {said}", "see the provider's settings")
    if format_ == "text" and any(workspace.project.providers[row[0]].kind == "outbox" for row in rows):
        click.echo(f"open it in {settings.outbox}")


async def _send(here: Here, provider: Provider, project: Project, message: Message) -> Receipt:
    from orchestrator.deliver import open_channel, ready

    settings = here.settings
    if settings.rehearsal is not None and provider.kind != "outbox":
        raise DeliveryError("this deployment rehearses, and only an outbox takes its messages", "unset ORC_REHEARSAL")
    await ready(provider, project, settings.deployment, settings.token_key)
    channel = open_channel(provider, None, settings.outbox)
    await channel.open()
    try:
        async for receipt in channel.deliver([message]):
            return receipt
    finally:
        await channel.close()
    raise DeliveryError(f"provider {provider.name} said nothing", "see its settings in project.yml")


def _facts(provider: str, variant: str, message: Message, receipt: Receipt) -> dict[str, object]:
    return {
        "provider": provider,
        "variant": variant,
        "id": str(message.id),
        "to": message.to,
        "subject": message.subject,
        "outcome": receipt.outcome.value,
        "code": receipt.code,
        "evidence": receipt.evidence,
    }
