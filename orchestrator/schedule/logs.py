"""The daemon's log lines: their names, and their form, which carries no personal data.

For a terminal they are drawn, for anything else each is one JSON object with ``timestamp``, ``level`` and ``event``.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import structlog

from orchestrator.model.people import without_addresses as hidden

EVENTS = {
    "started": "the daemon runs",
    "stopped": "the daemon ended; what was in flight is recorded",
    "listening": "/metrics, /healthz and /readyz answer",
    "reloaded": "the settings were read again",
    "kept the old settings": "the settings were read again and cannot be used",
    "due": "a slot was written down",
    "missed": "a slot was found too late",
    "queued": "the audience of a slot is frozen, its messages may leave",
    "halted": "a person must look before anything more of a slot leaves",
    "doubtful template": "a message cannot be written for people whom the schema allows",
    "left waiting": "a part of the work could not be done in this beat",
    "cannot work": "the whole beat could not be done",
    "sent": "what became of messages in one beat",
}


def without_addresses(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take whatever looks like a mail address out of a line: servers repeat addresses in their answers."""
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = hidden(value)
    return line


def configure(terminal: bool) -> None:
    """Choose the form of all lines of this process."""
    renderer = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_addresses,
            renderer,
        ]
    )
