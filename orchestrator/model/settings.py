"""How one deployment is wired: from the environment, else from ``profiles.yml`` outside git.

Only doors read these; everything below takes what it needs as arguments.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """URLs and keys of one deployment. ``token_key`` signs unsubscribe links; ``deployment`` names this copy."""

    warehouse_url: str
    state_url: str
    outbox: Path
    deployment: str = ""
    token_key: str = ""
    in_flight: int = 64
