"""The way out: what every provider offers, and the table that finds one by its kind."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from orchestrator.model.delivery import Message, Receipt
from orchestrator.model.errors import SettingsError
from orchestrator.model.project import Provider
from orchestrator.table import Table


class Channel(Protocol):
    """A provider, opened with its settings. One channel serves one event loop, one batch after the other."""

    async def open(self) -> None:
        """Get ready to deliver; raises DeliveryError when the provider cannot be used at all."""

    def deliver(self, messages: Sequence[Message]) -> AsyncIterator[Receipt]:
        """Yield one receipt for each message, in any order, each as soon as it is known.

        Nothing raises for one message's sake. Whoever stops listening gets no receipt for what is in flight; one who is
        cancelled may first be given what is known by then.
        """

    async def close(self) -> None:
        """Let go of connections and files; may be called twice."""


PROVIDERS = Table(
    "provider",
    {
        "outbox": "orchestrator.deliver.providers.outbox:open_outbox",
        "smtp": "orchestrator.deliver.providers.smtp:open_smtp",
    },
    group="campaign_orchestrator.providers",
)


def open_channel(provider: Provider, settings: Mapping[str, str] | None, outbox: Path) -> Channel:
    """Give the channel of a provider, not yet opened.

    ``settings`` (texts, ``${NAME}`` already replaced) win over those of the file; with None the file's are taken
    and ``${NAME}`` is read from the environment. Raises SettingsError for an unknown kind, an unknown setting,
    one that cannot be understood, or a variable that is not set.
    """
    if provider.kind not in PROVIDERS:
        raise SettingsError(
            f"provider {provider.name!r} is of the unknown kind {provider.kind!r}",
            f"kinds are: {', '.join(PROVIDERS.names())}",
        )
    merged = {key: str(value) for key, value in provider.settings.items()}
    merged.update(settings or {})
    channel: Channel = PROVIDERS.get(provider.kind)(provider.name, resolved(provider.name, merged, os.environ), outbox)
    return channel


_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def resolved(provider: str, settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Give the settings with each ``${NAME}`` replaced; raises SettingsError naming a variable that is not set."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in environment:
            raise SettingsError(
                f"provider {provider!r} needs the variable {name}, which is not set", f"export {name}=…"
            )
        return environment[name]

    return {key: _VARIABLE.sub(value, text) for key, text in settings.items()}


async def deliver_all(channel: Channel, messages: Sequence[Message]) -> list[Receipt]:
    """Give all receipts of some messages at once, for callers that have nothing to record in between."""
    return [receipt async for receipt in channel.deliver(messages)]
