"""Everything that can be said about the files without a database: one call, one result, kept while nothing changes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.language import list_files
from orchestrator.model.diagnostic import Diagnostic
from orchestrator.review import kept as kept_
from orchestrator.review.unchanged import FORM, RECENT, folders, keep_path, load, release

if TYPE_CHECKING:
    from orchestrator.language import Loaded
    from orchestrator.model.statistics import Statistics


@dataclass(frozen=True)
class CheckResult:
    """All findings in the order of the files, and how much was looked at. ``cached``: nothing had changed."""

    diagnostics: tuple[Diagnostic, ...]
    definitions: int
    campaigns: int
    files: int
    cached: bool = False

    @property
    def has_errors(self) -> bool:
        """Tell whether something must be put right."""
        return any(finding.is_error for finding in self.diagnostics)


def check(root: Path, *, cache: Path | None) -> CheckResult:
    """Check the workspace in ``root``; ``cache`` is the user's cache folder, None to neither read nor keep."""
    if cache is None:
        return _cold(root, len(list_files(root)[0]))
    path = Path(keep_path(str(cache), str(root)))
    kept = load(str(path)) or {}
    kept_folders = folders(str(root))
    files, problems = list_files(root)
    shape = [f"{finding.span.path} {finding.code}" for finding in problems]
    installed = release()
    old: dict[str, Any] = kept.get("stamps", {}) if kept.get("release") == installed else {}
    now = kept_.stamps(root, files, old, kept.get("checked", 0))
    if old and kept_.same(old, now) and kept.get("shape") == shape:
        try:
            found = tuple(kept_.from_json(row) for row in kept["findings"])
            result = CheckResult(found, kept["definitions"], kept["campaigns"], len(files), cached=True)
        except (KeyError, ValueError, TypeError, IndexError):
            pass
        else:
            if now != old or kept.get("folders") != kept_folders or not _trusted(now, kept_folders, kept["checked"]):
                _keep(path, shape, installed, now, result, kept_folders)
            return result
    result = _cold(root, len(files), cache)
    after = kept_.stamps(root, list_files(root)[0], {}, 0)
    if kept_.same(now, after):  # otherwise somebody saved a file while we were reading
        _keep(path, shape, installed, now, result, kept_folders)
    return result


def check_loaded(loaded: Loaded, statistics: Statistics | None = None) -> tuple[Diagnostic, ...]:
    """Give the findings of every room about a workspace that was read already, in the order of the files.

    ``statistics`` are what `orc doctor` last counted, said beside the warnings.
    """
    from orchestrator.compile import check as check_meaning
    from orchestrator.language import without_echoes
    from orchestrator.review.campaign_rules import check_campaigns
    from orchestrator.review.letters import check_letters

    workspace = loaded.workspace
    found = [*loaded.diagnostics, *check_letters(workspace), *check_campaigns(workspace)]
    if workspace.schema.entities:  # without them every name would be unknown, and the reason was said
        found += check_meaning(workspace, statistics)
    return tuple(sorted(set(without_echoes(found, workspace)), key=_order))


def _cold(root: Path, files: int, cache: Path | None = None) -> CheckResult:
    from orchestrator.language import load_workspace

    loaded = load_workspace(root)
    workspace = loaded.workspace
    statistics = None
    if cache is not None:
        from orchestrator.review.statistics import kept_statistics

        statistics = kept_statistics(cache, root)
    return CheckResult(check_loaded(loaded, statistics), len(workspace.definitions), len(workspace.campaigns), files)


def _trusted(stamps: dict[str, Any], places: dict[str, list[int]], checked: int) -> bool:
    """Tell whether everything was last touched well before the kept check, so that its times alone are enough."""
    return all(max(stamp[0], stamp[1]) < checked - RECENT for stamp in (*stamps.values(), *places.values()))


def _keep(
    path: Path,
    shape: list[str],
    installed: str,
    stamps: dict[str, Any],
    result: CheckResult,
    places: dict[str, list[int]],
) -> None:
    newest = max((stamp[1] for stamp in stamps.values()), default=0)
    kept_.save(
        path,
        {
            "form": FORM,
            "release": installed,
            "folders": places,
            "checked": max(newest, _disk_time(path)),
            "shape": shape,
            "stamps": stamps,
            "findings": [kept_.to_json(finding) for finding in result.diagnostics],
            "definitions": result.definitions,
            "campaigns": result.campaigns,
        },
    )


def _disk_time(path: Path) -> int:
    """Give the clock of the file system, in nanoseconds: the time of a file that was just written."""
    probe = path.with_suffix(".time")
    try:
        probe.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.write_bytes(b"")
        os.utime(probe)
        return probe.stat().st_mtime_ns
    except OSError:
        return 0


def _order(finding: Diagnostic) -> tuple[str, int, int, str, str]:
    span = finding.span
    return span.path, span.line, span.column, finding.code, finding.message
