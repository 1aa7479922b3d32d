"""What a verb works on: the workspace it stands in and the deployment around it, each opened when first asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from orchestrator.audience import Warehouse
    from orchestrator.language import Loaded
    from orchestrator.model.settings import Settings


class Here:
    """One call of ``orc``: everything below the folder it was started in (or ``-C DIR``)."""

    def __init__(self, start: Path) -> None:
        """Keep the folder; nothing is read."""
        self.start = start.resolve()

    @cached_property
    def root(self) -> Path:
        """Give the workspace around the folder; raises UsageError when there is none."""
        from orchestrator.language import find_root

        return find_root(self.start)

    @cached_property
    def settings(self) -> Settings:
        """Give the URLs and keys of this deployment; raises SettingsError."""
        from orchestrator.cli.settings import read_settings

        return read_settings(self.root)

    @cached_property
    def loaded(self) -> Loaded:
        """Give the workspace with everything that is wrong in it."""
        from orchestrator.language import load_workspace

        return load_workspace(self.root)

    def as_of(self, moment: dt.datetime | None) -> dt.datetime:
        """Give the frozen moment in UTC: the given one on the project's clock, or now."""
        from orchestrator.cli.options import instant

        return instant(moment, self.loaded.workspace.project.zone)

    @contextmanager
    def warehouse(self) -> Iterator[Warehouse]:
        """Open the company's database for reading."""
        from orchestrator.audience import open_warehouse
        from orchestrator.compile import prepare

        opened = open_warehouse(self.settings.warehouse_url, prepare)
        try:
            yield opened
        finally:
            opened.dispose()


pass_here = click.make_pass_decorator(Here)
