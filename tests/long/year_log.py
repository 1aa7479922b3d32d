"""The notebook of the world outside: what the provider took, who left, what operators ordered; one JSON row each.

Rows are written in the order in which things happened. ``at`` is true time (UTC, ISO); the database's clock may say
otherwise. ``in_flight`` are the ids of messages that stood as being attempted at that moment.

- ``crowd``: zones (person: the zone that the person lives in, the project's where nobody knows)
- ``merged``: version, ``promises`` (campaign: number of occurrences it will have), ``texts`` (campaign: revision)
- ``ends``: promises (as above, where the year was ended before its last day)
- ``taken``: id, to, subject
- ``silent``: id (the provider gave no answer; a ``taken`` row before it says whether it arrived)
- ``away`` / ``mute`` / ``well``: the provider refuses everything, or answers nothing, or is itself again from now on
- ``died``: worker, in_flight (only its own)
- ``left``: to, in_flight
- ``paused`` / ``resumed`` / ``cancelled``: campaign, in_flight
- ``stopped`` / ``started``: in_flight
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

Row = dict[str, Any]


class Notebook:
    """Writes rows to a file."""

    def __init__(self, path: Path) -> None:
        """Begin an empty file."""
        self._file: IO[str] = path.open("w", encoding="utf-8")

    def write(self, kind: str, at: str, **more: Any) -> None:
        """Add a row."""
        self._file.write(json.dumps({"kind": kind, "at": at, **more}) + "\n")

    def close(self) -> None:
        """Put everything on the disk."""
        self._file.close()


def rows(path: Path) -> Iterator[Row]:
    """Give all rows in their order."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
