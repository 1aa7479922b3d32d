"""Where a state file may lie: on a disk of this machine, since locks on a shared one cannot be relied on."""

from __future__ import annotations

from pathlib import Path

from orchestrator.model.errors import StateError

MOUNTS = Path("/proc/mounts")
"""What is mounted where, as Linux says it; other systems have no such file, and nothing is refused there."""
SHARED = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "9p", "afs", "ceph", "lustre", "beegfs", "glusterfs", "davfs"),
    *("fuse.sshfs", "fuse.s3fs", "fuse.gcsfuse", "fuse.rclone", "fuse.glusterfs", "fuse.ceph", "fuse.davfs2"),
}
"""File systems over a network, by their names in that table."""


def refuse_shared_disk(file: Path, mounts: Path | None = None) -> None:
    """Raise StateError when a SQLite file lies, or would lie, on a network file system."""
    place = file.resolve()
    kind, point = _mounted(place, mounts or MOUNTS)
    if kind in SHARED and not (kind == "9p" and point == Path("/")):  # the root of a container, which nobody shares
        raise StateError(
            f"the state database {file} lies on a network file system ({kind} at {point}), where SQLite's locks do not "
            "hold: two workers could send the same message",
            "put it on a disk of this machine (ORC_STATE_URL=sqlite:////var/lib/orc/state.db), or use PostgreSQL",
        )


def _mounted(place: Path, mounts: Path) -> tuple[str, Path]:
    """Give kind and mount point of the file system that a path is on; what is mounted last lies on top."""
    found = ("", Path("/"))
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return found
    for line in lines:
        words = line.split(" ")
        if len(words) < 3:
            continue
        point = Path(_plain(words[1]))
        if place.is_relative_to(point) and len(point.parts) >= len(found[1].parts):
            found = (words[2], point)
    return found


def _plain(text: str) -> str:
    """Give a path of that table as it is: blanks and the like are written there as octal numbers."""
    for code, sign in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, sign)
    return text
