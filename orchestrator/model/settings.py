"""How one deployment is wired: from the environment, else from ``profiles.yml`` outside git.

Only doors read these; everything below takes what it needs as arguments.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """URLs and keys of one deployment. ``token_key`` signs unsubscribe links; ``deployment`` names this copy.

    ``rehearsal`` is a moment (UTC) at which this deployment's clock starts in every process, instead of now: a
    demo or a rehearsal over old data. With it, messages only ever go to the outbox.
    ``repr`` leaves out what holds a key or a password.
    """

    warehouse_url: str = field(repr=False)
    state_url: str = field(repr=False)
    outbox: Path
    deployment: str = ""
    token_key: str = field(default="", repr=False)
    in_flight: int = 64
    rehearsal: dt.datetime | None = None
