"""The gate before real mail: who may be written to must be able to find us and to say no."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

from orchestrator.deliver.channel import open_channel
from orchestrator.deliver.egress import Refused, fetch
from orchestrator.model.errors import DeliveryError
from orchestrator.model.project import Project, Provider

WELL_KNOWN = "/.well-known/orc"
"""Where ``orc serve`` says which deployment it is."""


async def ready(provider: Provider, project: Project, deployment: str, token_key: str) -> None:
    """Return when this provider may write to people; raises DeliveryError with a remedy when it may not.

    Raises SettingsError where a key that is to sign cannot be read.

    The outbox always may. Everything else needs ``public_url``, ``postal_address``, a token key and a working
    unsubscribe: the public URL answers with this deployment's id, or the project says ``unsubscribe: external``.
    """
    if provider.kind == "outbox":
        return
    if any(name.startswith("dkim.") for name in provider.settings):
        open_channel(provider, None, Path())  # a key that cannot be read is known before anybody is written to

    def refuse(what: str, remedy: str) -> DeliveryError:
        return DeliveryError(f"provider {provider.name!r} writes to real people, and {what}", remedy)

    if not project.postal_address:
        raise refuse("the project has no postal_address", "postal_address: Company, Street 1, City  # in project.yml")
    if not token_key:
        raise refuse("there is no key to sign unsubscribe links with", "set ORC_TOKEN_KEY (orc init makes one)")
    if not deployment:
        raise refuse("this deployment has no id", "set ORC_DEPLOYMENT (orc init makes one)")
    if not project.public_url:
        raise refuse("the project has no public_url for unsubscribe links", "public_url: https://mail.example.com")
    if urlsplit(project.public_url).scheme not in ("http", "https"):
        raise refuse("its public_url is not an https address", "public_url: https://mail.example.com")
    if project.unsubscribe == "external":
        return
    url = project.public_url.rstrip("/") + WELL_KNOWN
    host = urlsplit(project.public_url).hostname or ""
    private = str(provider.settings.get("allow_private", "")).lower() in ("true", "yes", "1")
    remedy = "run `orc serve` behind public_url, or write `unsubscribe: external` if another system takes care of it"
    try:
        answer = await fetch(url, {host}, private=private)
    except Refused as error:
        raise refuse(f"its unsubscribe page does not work: {error}", remedy) from None
    if answer.status != 200:
        raise refuse(f"its unsubscribe page does not work: {url} answers {answer.status}", remedy)
    try:
        said = json.loads(answer.body)
        there = said.get("deployment") if isinstance(said, dict) else None
    except ValueError:
        there = None
    if not isinstance(there, str):
        raise refuse(f"{url} is not the page of an orc deployment", remedy)
    if there != deployment:
        raise refuse(
            "its public_url belongs to another deployment",
            "point public_url to this deployment's `orc serve`, or give both the same ORC_DEPLOYMENT",
        )
