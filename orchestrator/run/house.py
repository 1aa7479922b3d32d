"""The rooms, opened for one deployment: the two databases, the applied files, the letters made from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from orchestrator.audience import Warehouse, zones
from orchestrator.compile import fact_fields
from orchestrator.language import load_texts
from orchestrator.ledger import Ledger
from orchestrator.model.calendar import known_zone
from orchestrator.model.campaign import Campaign
from orchestrator.model.errors import StateError
from orchestrator.model.schema import Field
from orchestrator.model.settings import Settings
from orchestrator.model.workspace import Workspace
from orchestrator.render import Tokens
from orchestrator.run.writing import Writing, draft

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many are done and how many there are (None where nobody knows)."""

ZONES_LAST = dt.timedelta(minutes=10)
"""How long the list of people's zones is trusted. A zone that is new within it gets its slot late, not never."""


def silent(what: str, done: int, total: int | None) -> None:
    """Take progress and say nothing."""


def frozen(as_of: dt.datetime) -> dt.datetime:
    """Give a moment in UTC with whole seconds, the form in which an audience is computed."""
    return as_of.astimezone(dt.UTC).replace(microsecond=0)


@lru_cache(8)
def _tokens(key: str, deployment: str) -> Tokens:
    return Tokens(key, deployment)


@dataclass
class House:
    """Everything one process needs to walk: handed to the corridor, never to a room."""

    warehouse: Warehouse
    ledger: Ledger
    settings: Settings
    progress: Progress = silent
    _workspaces: dict[int, Workspace] = field(default_factory=dict)
    _writings: dict[tuple[int, str, str, str | None], Writing] = field(default_factory=dict)
    _zones: tuple[dt.datetime, list[str]] | None = None

    @property
    def tokens(self) -> Tokens:
        """Give the maker of signed links. Without a key they only hold within this deployment's outbox."""
        key = self.settings.token_key or f"outbox:{self.settings.deployment or 'local'}-only-for-the-outbox"
        return _tokens(key, self.settings.deployment)

    def workspace(self, version: int) -> Workspace:
        """Give the files of an applied version, read once; raises StateError when that version is not there."""
        if version not in self._workspaces:
            stored = self.ledger.version(version)
            loaded = load_texts(stored.files, Path())
            if broken := [d for d in loaded.diagnostics if d.is_error]:
                raise StateError(
                    f"applied version {version} can no longer be read: {broken[0].message}",
                    "apply the files again with this release: orc plan, then orc apply",
                )
            self._workspaces[version] = loaded.workspace
        return self._workspaces[version]

    def writing(self, version: int, campaign: str, step: str, variant: str | None) -> Writing:
        """Give what messages of one variant are written with, made once per version; raises KeyError."""
        key = (version, campaign, step, variant)
        if key not in self._writings:
            workspace = self.workspace(version)
            found = workspace.campaigns[campaign]
            its_step = next(s for s in found.steps if s.id == step)
            its_variant = next(v for v in its_step.variants if v.name == variant)
            self._writings[key] = draft(workspace, found, its_step, its_variant)
        return self._writings[key]

    def zones(self, version: int, now: dt.datetime) -> list[str]:
        """Give the zones that people live in and that exist, with the project's; asked at most every ten minutes."""
        workspace = self.workspace(version)
        if self._zones is None or not dt.timedelta() <= now - self._zones[0] < ZONES_LAST:
            with self.warehouse.read() as connection:
                self._zones = (now, [zone for zone in zones(connection, workspace.schema.first) if known_zone(zone)])
        return sorted({workspace.project.zone, *self._zones[1]})

    def facts(self, version: int, campaign: Campaign) -> list[Field]:
        """Give the fields of a person that the campaign's messages read."""
        every = [(step, variant) for step in campaign.steps for variant in step.variants]
        uses = [self.writing(version, campaign.name, step.id, variant.name) for step, variant in every]
        names = {name for use in uses for name in use.letter.facts}
        return list(fact_fields(self.workspace(version), sorted(names)))
