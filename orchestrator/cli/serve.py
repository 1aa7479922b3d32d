"""``orc serve``: the pages behind the links in messages."""

from __future__ import annotations

import click

from orchestrator.cli.here import Here, pass_here
from orchestrator.model.errors import SettingsError


@click.command()
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", metavar="PORT", default=8025, show_default=True, type=click.IntRange(1, 65535), help="Port to listen at."
)
@click.option("--behind-proxy", is_flag=True, help="Believe the address that a proxy on this machine forwards.")
@pass_here
def serve(here: Here, host: str, port: int, behind_proxy: bool) -> None:
    """Answer the links in messages until Ctrl-C: the unsubscribe page, one-click unsubscribe, and who we are.

    Opening a link changes nothing; only its button, or the mail program's own, does. `public_url` of project.yml
    must lead here.
    """
    from orchestrator.render import Tokens
    from orchestrator.serve import build_app, run_server

    with here.ledger(sends=True) as ledger:
        settings = here.settings
        if not settings.token_key:
            raise SettingsError(
                "there is no token key, so nobody could tell our links from made-up ones",
                "set ORC_TOKEN_KEY to the key that the messages were sent with, or run `orc init`",
            )
        project = here.loaded.workspace.project
        name = next((sender.display for sender in project.senders.values() if sender.display), project.name)
        app = build_app(Tokens(settings.token_key, settings.deployment), ledger, settings.deployment, name)
        at = f"http://{host}:{port}"
        if project.public_url and not project.public_url.startswith(at):
            here_ = f"; to try a link on this machine, put {at} in its place" if here.clock else ""
            click.echo(f"{project.public_url} must lead to {at}{here_}", err=True)
        click.echo(f"answering at {at} for deployment {settings.deployment}; Ctrl-C ends it", err=True)
        run_server(app, host, port, behind_proxy)
