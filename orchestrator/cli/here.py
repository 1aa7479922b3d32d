"""What a verb works on: the workspace it stands in and the deployment around it, each opened when first asked for."""

from __future__ import annotations

import dataclasses
import datetime as dt
import getpass
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestrator.model.errors import OrchestratorError, SettingsError, StateError, UsageError

if TYPE_CHECKING:
    from orchestrator.audience import Warehouse
    from orchestrator.cli.clock import Rehearsal
    from orchestrator.language import Loaded
    from orchestrator.ledger import Ledger
    from orchestrator.model.campaign import Campaign
    from orchestrator.model.condition import SegmentRef
    from orchestrator.model.diagnostic import Diagnostic
    from orchestrator.model.settings import Settings
    from orchestrator.model.workspace import Workspace
    from orchestrator.run import House, Progress

FOUND = 1


class Here:
    """One call of ``orc``: everything below the folder it was started in (or ``-C DIR``)."""

    def __init__(self, start: Path) -> None:
        """Keep the folder; nothing is read."""
        self.start = start.resolve()
        self._rehearsal: dt.datetime | None = None

    @cached_property
    def root(self) -> Path:
        """Give the workspace around the folder; raises UsageError when there is none."""
        from orchestrator.language import find_root

        return find_root(self.start)

    @property
    def settings(self) -> Settings:
        """Give the URLs and keys of this deployment; raises SettingsError."""
        from orchestrator.cli.settings import read_settings

        settings = read_settings(self.root)
        return settings if self._rehearsal is None else dataclasses.replace(settings, rehearsal=self._rehearsal)

    @cached_property
    def loaded(self) -> Loaded:
        """Give the workspace with everything that is wrong in its files by themselves."""
        from orchestrator.language import load_workspace

        return load_workspace(self.root)

    @property
    def dialect(self) -> str:
        """Give the warehouse's dialect by its URL, SQLite where there is none."""
        name = self.settings.warehouse_url.partition(":")[0].partition("+")[0]
        return "postgresql" if name.startswith("postgres") else name or "sqlite"

    @property
    def state_dialect(self) -> str:
        """Give the dialect of the state database by its URL."""
        return "postgresql" if self.settings.state_url.startswith("postgres") else "sqlite"

    @cached_property
    def clock(self) -> Rehearsal | None:
        """Give the clock of a deployment that rehearses at another time, None for one that lives now."""
        from orchestrator.cli.clock import Rehearsal

        return None if self.settings.rehearsal is None else Rehearsal(self.settings.rehearsal)

    def rehearse(self, start: dt.datetime) -> None:
        """Let this call live at another time; from then on messages only go to an outbox."""
        self._rehearsal = start
        self.__dict__.pop("clock", None)

    def now(self) -> dt.datetime:
        """Give the time of this deployment: UTC, whole seconds."""
        return (self.clock.now() if self.clock else self.machine()).replace(microsecond=0)

    def machine(self) -> dt.datetime:
        """Give the time of this machine, UTC."""
        return dt.datetime.now(dt.UTC)

    def as_of(self, moment: dt.datetime | None) -> dt.datetime:
        """Give the frozen moment in UTC with whole seconds: the given one on the project's clock, or now."""
        from orchestrator.model.calendar import in_zone

        if moment is None:
            return self.now()
        if moment.tzinfo is None:
            return in_zone(moment.replace(microsecond=0), self.loaded.workspace.project.zone)
        return moment.astimezone(dt.UTC).replace(microsecond=0)

    def sound(self) -> tuple[Workspace, int]:
        """Give the workspace and its number of warnings; with errors, prints them all and ends with status 1."""
        from orchestrator.review import check_loaded

        found = check_loaded(self.loaded)
        self.refuse(found)
        return self.loaded.workspace, len(found)

    def usable(self, names: Iterable[str]) -> Workspace:
        """Give the workspace when these definitions, and all that they use, are free of errors.

        Errors elsewhere do not matter. Otherwise prints what is wrong and ends with status 1; raises UsageError for
        a name that nothing has.
        """
        from orchestrator.compile import check_one, dependencies

        workspace = self.loaded.workspace
        frame = [d for d in self.loaded.diagnostics if d.is_error and _reserved(d.span.path)]
        self.refuse(frame)
        wanted: dict[str, None] = {}
        for name in names:
            base = name.partition("(")[0].partition(".")[0].strip()
            self._must_exist(base)
            wanted[base] = None
            wanted |= dict.fromkeys(sorted(n for n in dependencies(workspace, base) if not n.startswith("schema:")))
        found = [d for name in wanted for d in check_one(workspace, name)]
        if any(d.is_error for d in found):
            found += [d for d in self.loaded.diagnostics if d.is_error]
        self.refuse(found)
        broken = [name for name in wanted if name in workspace.broken]
        if broken:
            self.refuse([d for d in self.loaded.diagnostics if d.span.path == workspace.campaigns[broken[0]].path])
        return workspace

    def segment(self, name: str) -> Workspace:
        """Give the workspace in which ``name`` is a usable segment, partition, or cell of a partition."""
        from orchestrator.model.segment import Partition, Segment

        workspace = self.usable([name])
        reference = referred(name)
        base, cell = reference.name, reference.cell
        definition = workspace.definitions.get(base)
        if not isinstance(definition, Segment | Partition):
            raise UsageError(f"`{base}` is not a segment", "give a segment, a partition, or a cell: lifecycle.active")
        cells = definition.cells if isinstance(definition, Partition) else ()
        if cell and cell not in cells:
            raise UsageError(f"`{base}` has no cell `{cell}`", f"its cells are {', '.join(cells)}" if cells else "")
        return workspace

    def campaign(self, name: str) -> tuple[Workspace, Campaign]:
        """Give the workspace and the usable campaign of that name; raises UsageError."""
        self.campaign_name(name)
        workspace = self.usable([name])
        return workspace, workspace.campaigns[name]

    def campaign_name(self, name: str) -> None:
        """Raise UsageError, with the closest names, when no file is a campaign of that name."""
        known = self.loaded.workspace.campaigns
        if name not in known:
            from orchestrator.model.suggest import closest

            near = closest(name, known, 2)
            remedy = f"did you mean {' or '.join(near)}?" if near else f"campaigns are {', '.join(sorted(known))}"
            raise UsageError(f"there is no campaign `{name}`", remedy if known else "write one in campaigns/")

    def refuse(self, found: Iterable[Diagnostic]) -> None:
        """Print the findings and end with status 1 when one of them is an error."""
        problems = list(dict.fromkeys(found))
        if any(d.is_error for d in problems):
            from orchestrator.cli.drawing import text

            coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
            drawn = text(problems, self.loaded.workspace.sources.get, coloured)
            click.echo(drawn, err=True)
            raise click.exceptions.Exit(FOUND)

    @contextmanager
    def warehouse(self) -> Iterator[Warehouse]:
        """Open the company's database for reading; raises SettingsError when nobody said where it is."""
        from orchestrator.audience import open_warehouse
        from orchestrator.compile import prepare

        @contextmanager
        def state() -> Iterator[Any]:
            with self.ledger() as ledger, ledger.reading(prepare) as connection:
                yield connection

        url = self.settings.warehouse_url
        if not url:
            raise SettingsError(
                "there is no warehouse to ask",
                "set ORC_WAREHOUSE_URL (postgresql://user@host/db, mysql://user@host/db, duckdb:///shop.duckdb, "
                "sqlite:///shop.db), or run `orc demo`",
            )
        opened = open_warehouse(url, prepare, state, self.settings.state_url)
        try:
            yield opened
        finally:
            opened.dispose()

    def settings_with_deployment(self) -> Settings:
        """Give the settings of a copy that has an id; one whose state is the default file gets its id on the way.

        Raises SettingsError for any other copy without one.
        """
        from orchestrator.cli.settings import PROFILE, is_default_state, write_profile

        settings = self.settings
        if settings.deployment:
            return settings
        fresh = not (self.root / PROFILE).exists() and not os.environ.get("ORC_PROFILES")
        if is_default_state(self.root, settings) and fresh:
            write_profile(self.root)
            click.echo(f"wrote {PROFILE}: the id and the key of this copy, never in git", err=True)
            return self.settings
        raise SettingsError(
            "this copy has no deployment id, so nobody can tell it from a clone",
            f"set ORC_DEPLOYMENT, or write `deployment: some-name` into {PROFILE}",
        )

    @contextmanager
    def ledger(self, sends: bool = False) -> Iterator[Ledger]:
        """Open the state database; the default one, a file in ``.orc``, is made and renewed on the way.

        Whoever ``sends`` must know the id of this copy; others take the one that the database has.
        """
        from orchestrator.cli.settings import is_default_state
        from orchestrator.ledger import open_ledger

        settings = self.settings
        ours = is_default_state(self.root, settings)
        if sends or ours:
            settings = self.settings_with_deployment()
        try:
            opened = open_ledger(
                settings.state_url,
                deployment=settings.deployment or None,
                clock=self.clock,
                in_flight=settings.in_flight,
            )
        except StateError as error:
            if not ours or "orc migrate" not in error.remedy:
                raise
            from orchestrator.ledger import migrate

            migrate(settings.state_url, settings.deployment)
            opened = open_ledger(
                settings.state_url,
                deployment=settings.deployment,
                clock=self.clock,
                in_flight=settings.in_flight,
            )
        try:
            yield opened
        finally:
            opened.close()

    @contextmanager
    def house(self, progress: Progress | None = None, sends: bool = False) -> Iterator[House]:
        """Open both databases for the corridor; who ``sends`` is refused when the state's clock is not this machine's.

        Raises SettingsError, StateError.
        """
        from orchestrator.ledger import refuse_skew
        from orchestrator.run import House

        with self.ledger(sends) as ledger, self.warehouse() as warehouse:
            if sends and self.clock is None:
                before = self.machine()
                refuse_skew(ledger.now(), before, self.machine())
            house = House(warehouse, ledger, self.settings)
            if progress is not None:
                house.progress = progress
            yield house

    def _must_exist(self, name: str) -> None:
        workspace = self.loaded.workspace
        if name in workspace.definitions or name in workspace.campaigns:
            return
        self.refuse([d for d in self.loaded.diagnostics if d.is_error and d.span.path.endswith(".seg")])
        from orchestrator.model.suggest import closest

        known = [*workspace.definitions, *workspace.campaigns]
        near = closest(name, known, 3)
        some = f"there is {', '.join(known[:8])}{' …' if len(known) > 8 else ''}"
        raise UsageError(
            f"nothing is called `{name}`", f"did you mean {' or '.join(f'`{n}`' for n in near)}?" if near else some
        )


def referred(name: str) -> SegmentRef:
    """Give the segment, cell or segment with values that somebody named; raises UsageError."""
    from orchestrator.model.condition import SegmentRef

    if "(" not in name:
        base, _, cell = name.partition(".")
        return SegmentRef(base, cell or None)
    from orchestrator.language import parse_ref

    found, findings = parse_ref(name)
    if found is None:
        message = findings[0].message if findings else "it is not a segment"
        raise UsageError(f"`{name}` cannot be read: {message}", "write it as in 'big_spenders($min = 900 EUR)'")
    return found


def who() -> str:
    """Give the name of the person at the keyboard, for the log of decisions."""
    try:
        return os.environ.get("ORC_USER") or getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def failed(error: OrchestratorError) -> str:
    """Give an error with its remedy on one line."""
    return f"{error} ({error.remedy})" if error.remedy else str(error)


def _reserved(path: str) -> bool:
    return path in ("campaigns/project.yml", "campaigns/schema.yml", "campaigns/policies.yml")


pass_here = click.make_pass_decorator(Here)
