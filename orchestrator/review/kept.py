"""What the last check of a workspace said, kept in the user's cache folder while no file has changed.

A file counts as unchanged when its time, size and inode are the same and it was last touched well before the
check; otherwise its content is hashed. A release of orc, or an edited installation, starts afresh. The standard
library is enough here: an unchanged workspace is answered without loading what parses.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestrator.model.diagnostic import Diagnostic, Fix, Related, Severity, Span
from orchestrator.review.unchanged import RECENT

Stamp = list[Any]


def save(path: Path, kept: Mapping[str, Any]) -> None:
    """Write a result beside its place and move it there; a folder that cannot be written is no problem."""
    import tempfile

    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=".check-", delete=False, encoding="utf-8"
        ) as file:
            temporary = file.name
            json.dump(kept, file, ensure_ascii=False, separators=(",", ":"))
        os.replace(temporary, path)
    except OSError:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def stamps(root: Path, paths: Sequence[str], before: Mapping[str, Stamp], checked: int) -> dict[str, Stamp]:
    """Give [time, change time, size, inode, hash] of each file; hashes of untouched files come from ``before``.

    ``checked`` is the file system's time, in nanoseconds, at which ``before`` was written. A file that cannot be
    read has an empty hash.
    """
    found: dict[str, Stamp] = {}
    for path in paths:
        full = f"{root}/{path}"
        try:
            stat = os.stat(full)
        except OSError:
            found[path] = [0, 0, -1, 0, ""]
            continue
        now = [stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino]
        old = before.get(path)
        if old is not None and old[:4] == now and max(now[0], now[1]) < checked - RECENT and old[4]:
            found[path] = old
            continue
        found[path] = [*now, _hash(full)]
    return found


def same(one: Mapping[str, Stamp], other: Mapping[str, Stamp]) -> bool:
    """Tell whether the same files have the same contents."""
    return one.keys() == other.keys() and all(one[path][4] and one[path][4] == other[path][4] for path in one)


def _hash(path: str) -> str:
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()


def to_json(finding: Diagnostic) -> list[Any]:
    """Give a finding as a list that JSON can hold, complete."""
    fix = None if finding.fix is None else [_span(finding.fix.span), finding.fix.text, finding.fix.safe]
    related = [[_span(related.span), related.message] for related in finding.related]
    return [
        _span(finding.span),
        finding.code,
        finding.message,
        list(finding.help),
        finding.label,
        list(finding.notes),
        finding.severity.value,
        fix,
        related,
    ]


def from_json(row: Sequence[Any]) -> Diagnostic:
    """Give the finding back; raises ValueError, TypeError or IndexError for anything else."""
    span, code, message, help, label, notes, severity, fix, related = row
    return Diagnostic(
        Span(*span),
        code,
        message,
        tuple(help),
        label,
        tuple(notes),
        Severity(severity),
        None if fix is None else Fix(Span(*fix[0]), fix[1], fix[2]),
        tuple(Related(Span(*place), said) for place, said in related),
    )


def _span(span: Span) -> list[Any]:
    return [span.path, span.line, span.column, span.end_line, span.end_column, span.start, span.end]
