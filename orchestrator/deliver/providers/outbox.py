"""The outbox: every message becomes a file ``<message id>.eml`` in a folder. Nobody is written to.

A batch is written to temporary files, flushed to the disk together, and then renamed, so that a file is there
whole or not at all. A message that is there already is not written again: ``again.log`` gets a line instead, and
its receipt says ``again``.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from orchestrator.deliver.email.mime import InvalidMessage, assemble
from orchestrator.model.delivery import Message, Outcome, Receipt
from orchestrator.model.errors import DeliveryError, SettingsError

AGAIN = "again.log"
BATCH = 64


def open_outbox(name: str, settings: Mapping[str, str], outbox: Path) -> Outbox:
    """Give the outbox of a provider: the folder ``folder`` of its settings, else the deployment's."""
    if unknown := sorted(set(settings) - {"folder", "flush"}):
        raise SettingsError(f"provider {name!r} has the unknown setting {unknown[0]!r}", "an outbox has: folder, flush")
    folder = Path(settings["folder"]) if settings.get("folder") else outbox
    return Outbox(folder, flush=settings.get("flush", "yes").lower() not in ("no", "false", "off", "0"))


class Outbox:
    """A channel into a folder."""

    def __init__(self, folder: Path, flush: bool = True) -> None:
        """Keep the folder; ``flush`` false leaves it to the system when bytes reach the disk."""
        self.folder = folder
        self._flush = flush

    async def open(self) -> None:
        """Make the folder; raises DeliveryError where it cannot be written to."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise DeliveryError(
                f"the outbox {self.folder} cannot be written to: {error.strerror}", "choose another folder, or free it"
            ) from None

    async def deliver(self, messages: Sequence[Message]) -> AsyncIterator[Receipt]:
        """Write the messages in batches; a message that cannot be written is ``retry``, never lost."""
        for start in range(0, len(messages), BATCH):
            for receipt in await asyncio.to_thread(self._write, messages[start : start + BATCH]):
                yield receipt

    async def close(self) -> None:
        """Do nothing: every batch is closed when it is written."""

    def _write(self, batch: Sequence[Message]) -> list[Receipt]:
        receipts: list[Receipt] = []
        written: list[tuple[Message, Path, Path]] = []
        again: list[Message] = []
        waiting: set[Path] = set()
        for message in batch:
            target = self.folder / f"{message.id}.eml"
            if target in waiting or target.exists():
                again.append(message)
                continue
            try:
                written.append((message, self._temporary(assemble(message).data), target))
                waiting.add(target)
            except InvalidMessage as error:
                receipts.append(Receipt(message.id, Outcome.FAILED, error.code, str(error)))
            except OSError as error:
                receipts.append(_not_written(message, error))
        for message, temporary, target in written:
            try:
                os.link(temporary, target)  # unlike a rename it never replaces what is there
                receipts.append(Receipt(message.id, Outcome.ACCEPTED, "written", "", target.name))
            except FileExistsError:
                again.append(message)
            except OSError as error:
                receipts.append(_not_written(message, error))
            with contextlib.suppress(OSError):
                temporary.unlink()
        receipts += self._noted(again)
        self._settle()
        return receipts

    def _temporary(self, data: bytes) -> Path:
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=self.folder)
        try:
            with open(handle, "wb") as file:
                file.write(data)
                if self._flush:
                    file.flush()
                    os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        return Path(name)

    def _noted(self, again: Sequence[Message]) -> list[Receipt]:
        """Tell of messages that were written before: a second sending is visible, and not doubled."""
        receipts = []
        for message in again:
            try:
                with (self.folder / AGAIN).open("a", encoding="ascii") as file:
                    file.write(f"{message.id}\n")
                receipts.append(
                    Receipt(message.id, Outcome.ACCEPTED, "again", "was there already", f"{message.id}.eml")
                )
            except OSError as error:
                receipts.append(_not_written(message, error))
        return receipts

    def _settle(self) -> None:
        if not self._flush or os.name == "nt":
            return
        with contextlib.suppress(OSError):
            handle = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _not_written(message: Message, error: OSError) -> Receipt:
    return Receipt(message.id, Outcome.RETRY, "not_written", error.strerror or type(error).__name__)
