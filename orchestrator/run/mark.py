"""The high-water mark: the last attempt that this machine saw confirmed, kept in a file beside the journal.

A state database that does not know that attempt has forgotten what it had confirmed: an older backup was restored, or
a replica took over that had lagged behind. Sending from it would write to people again, so nobody starts.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import uuid
from dataclasses import dataclass, field
from pathlib import Path

NAME = "high-water.json"
ROOM = 100
"""Characters for what a mark says beside its deployment: all of one deployment are equally long."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An attempt that was confirmed: its message and the epoch of its claim."""

    message: uuid.UUID
    epoch: int
    at: dt.datetime | None = field(default=None, compare=False)
    """When the mark was written (UTC), by this machine's clock; None for one that is being written."""


class HighWater:
    """The mark of one deployment in ``folder``."""

    def __init__(self, folder: Path, deployment: str) -> None:
        """Keep the place; nothing is read or written yet."""
        self.path = folder / NAME
        self.deployment = deployment

    def rise(self, seen: Seen) -> None:
        """Remember this attempt instead of an earlier one; not flushed, since an older mark is a true one too."""
        line = {"deployment": self.deployment, "message": str(seen.message), "epoch": seen.epoch}
        text = json.dumps(line).ljust(ROOM + len(json.dumps(self.deployment)))
        try:
            _overwrite(self.path, text)
        except FileNotFoundError:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _overwrite(self.path, text)

    def seen(self) -> Seen | None:
        """Give the attempt of the mark; None where there is none, where it was cut off, or where it is another's."""
        try:
            line = json.loads(self.path.read_text(encoding="ascii"))
            at = dt.datetime.fromtimestamp(self.path.stat().st_mtime, dt.UTC)
            found = Seen(uuid.UUID(line["message"]), int(line["epoch"]), at)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if line.get("deployment") == self.deployment else None

    def forget(self) -> None:
        """Take the mark away: somebody decided what becomes of what it stood for."""
        self.path.unlink(missing_ok=True)


def _overwrite(path: Path, text: str) -> None:
    """Write a short text over what the file held, in one piece, and cut off what another deployment's had more.

    Not cut off first: a file that was emptied and written again is flushed by ext4 when it is closed, before every
    batch of messages.
    """
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
    try:
        os.write(file, text.encode("ascii"))
        os.ftruncate(file, len(text))
    finally:
        os.close(file)
