"""The files of the small workspace that ``orc init`` writes."""

from __future__ import annotations

from pathlib import Path


def workspace_files() -> dict[str, str]:
    """Give the text of every file by its path in the new workspace (with ``/``), in order of the paths."""
    root = Path(__file__).parent / "files"
    paths = sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}
