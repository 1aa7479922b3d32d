"""What was handed over and could not be written down: kept in a file until the ledger answers again.

The rule is: no ledger, no sending. A worker that cannot record stops, and leaves its receipts here; the next
start records them before anything else. One JSON object a line, flushed to the disk before anybody goes on.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestrator.model.delivery import Outcome, Receipt
from orchestrator.model.settings import Settings


def journal_folder(settings: Settings) -> Path:
    """Give the folder in which receipts wait that could not be recorded, and in which the high-water mark lies."""
    return settings.outbox.parent / "journal"


class Journal:
    """The receipts of one owner that wait to be recorded, in ``folder/<owner>.jsonl``."""

    def __init__(self, folder: Path, owner: str) -> None:
        """Keep the place; nothing is written until there is something to keep."""
        self.owner = owner
        self.path = folder / f"{owner.replace('/', '_')}.jsonl"
        self._left = self.path.with_suffix(".left")

    def keep(self, receipts: Sequence[Receipt], epochs: Mapping[uuid.UUID, int]) -> None:
        """Append receipts with the epochs of their claims, durable when this returns.

        Raises OSError when the disk takes no more; nothing half-written stays behind, and what was kept before does.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        before = self.path.stat().st_size if self.path.exists() else 0
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.writelines(_line(self.owner, receipt, epochs[receipt.id]) for receipt in receipts)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            if before:
                os.truncate(self.path, before)
            else:
                self.done()
            raise

    def done(self) -> None:
        """Forget everything: it is in the ledger now."""
        self.path.unlink(missing_ok=True)

    def leave(self) -> None:
        """Say that this owner gives up in order, so that what it still has claimed is no crash; never raises."""
        with contextlib.suppress(OSError):  # no room: its leases end, and count
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._left.write_text(self.owner, encoding="utf-8")


def _line(owner: str, receipt: Receipt, epoch: int) -> str:
    line = {
        "owner": owner,
        "id": str(receipt.id),
        "epoch": epoch,
        "outcome": receipt.outcome.value,
        "code": receipt.code,
        "evidence": receipt.evidence,
        "provider_id": receipt.provider_id,
        "outage": receipt.outage,
    }
    return json.dumps(line) + "\n"  # in ASCII: a stranger's text has no line break and no half character there


def waiting(folder: Path) -> list[Path]:
    """Give the journals of all owners that were left behind, oldest first."""
    found = []
    for path in folder.glob("*.jsonl") if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):  # another process recovers at the same time
            found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found)]


def gave_up(folder: Path) -> list[tuple[Path, str]]:
    """Give the marks of owners that gave up in order, each with its owner."""
    found = []
    for path in sorted(folder.glob("*.left")) if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):  # as above
            found.append((path, path.read_text(encoding="utf-8")))
    return found


def read(path: Path) -> tuple[str, list[Receipt], dict[uuid.UUID, int]]:
    """Give owner, receipts and epochs of one journal; a last line that was cut off by a crash is left out.

    A journal that another process has recovered meanwhile is empty.
    """
    owner, receipts, epochs = path.stem, list[Receipt](), dict[uuid.UUID, int]()
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        lines = []
    for text in lines:
        try:
            line = json.loads(text)
            receipt = Receipt(
                uuid.UUID(line["id"]),
                Outcome(line["outcome"]),
                line["code"],
                line["evidence"],
                line["provider_id"],
                outage=line.get("outage", False),
            )
            epochs[receipt.id] = int(line["epoch"])
            owner = line["owner"]
        except (ValueError, KeyError):
            continue
        receipts.append(receipt)
    return owner, receipts, epochs
