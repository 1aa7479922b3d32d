"""Asked before anything is sent: whether the state is the one that this machine has seen, and has it for itself."""

from __future__ import annotations

import uuid
from pathlib import Path

from orchestrator.ledger import Ledger
from orchestrator.model.errors import StateError
from orchestrator.model.settings import Settings
from orchestrator.run.house import House
from orchestrator.run.journal import journal_folder
from orchestrator.run.mark import HighWater, Seen

AFTER_RESTORE = "see what it may have sent, and decide: orc resume --after-restore"


def trust(house: House) -> None:
    """Raise StateError when the state is an older copy of itself, or when another machine uses its SQLite file."""
    ledger = house.ledger
    if why := undecided(ledger, house.settings):
        raise StateError(why, AFTER_RESTORE)
    if ledger.dialect == "sqlite" and (other := ledger.other_machine(machine())):
        raise StateError(
            f"another machine ({other[0]}) uses this SQLite state, last at {other[1]:%H:%M:%S} UTC",
            "one machine at a time: stop that one and wait ten minutes, or keep the state in PostgreSQL",
        )


def undecided(ledger: Ledger, settings: Settings) -> str | None:
    """Say how this state is known to be older than what was sent from it; None when it is not, or was decided."""
    if moment := ledger.restored():
        return f"this state was restored from a backup of {moment[:16]} UTC: what was sent since then is not in it"
    seen = HighWater(journal_folder(settings), settings.deployment).seen()
    if seen is None or ledger.remembers(seen.message, seen.epoch) or _settled(ledger, seen):
        return None
    return (
        "the state database has forgotten an attempt that it had confirmed to this machine: it is an older copy "
        "(a restored backup, or a replica that had lagged behind)"
    )


def _settled(ledger: Ledger, seen: Seen) -> bool:
    """Tell whether a mark is of before what was pruned, or of before what another machine decided after a restore.

    That decision covered every attempt of before it, so the mark says nothing new; one of after it was written from
    another copy.
    """
    known = [moment for moment in (ledger.pruned_before(), ledger.slots_since()) if moment is not None]
    return bool(known) and seen.at is not None and seen.at < max(known)


def forget_mark(settings: Settings) -> None:
    """Take this machine's high-water mark away, once somebody decided about what the state has forgotten."""
    HighWater(journal_folder(settings), settings.deployment).forget()


def machine() -> str:
    """Give a name that this machine keeps when it starts again."""
    try:
        return Path("/etc/machine-id").read_text(encoding="ascii").strip()[:12] or f"{uuid.getnode():012x}"
    except OSError:
        return f"{uuid.getnode():012x}"
