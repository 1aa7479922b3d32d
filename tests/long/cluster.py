"""A PostgreSQL server of our own that may be killed or run out of room, beside the one that tests share."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg


def programs() -> Path:
    """Give the folder with ``initdb`` and ``pg_ctl``: the newest of Debian's, else the one on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    one = str(found[-1]) if found else shutil.which("initdb")
    if one is None:
        raise SystemExit("PostgreSQL's server programs are not here: install postgresql")
    return Path(one).parent


class Cluster:
    """A cluster in ``folder/data``, on a free port of 127.0.0.1, durable as ours must be. Root runs it as postgres."""

    def __init__(self, folder: Path, settings: Sequence[str] = ()) -> None:
        self.data = folder / "data"
        self._user = "postgres" if os.getuid() == 0 else None
        self._settings = ["shared_buffers=16MB", "max_connections=300", "log_min_messages=fatal", *settings]
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        if self._user:
            for place in (folder, *folder.parents[:-2]):  # a temporary folder is its owner's alone
                place.chmod(place.stat().st_mode | 0o055)
            self.data.mkdir()
            shutil.chown(self.data, self._user, self._user)
        self._call("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")

    @property
    def url(self) -> str:
        """Give the URL of the database ``postgres``."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers, after its recovery if it was killed."""
        options = " ".join([f"-p {self.port}", "-k ''", *(f"-c {one}" for one in self._settings)])
        log = self.data.parent / "log"
        log.touch()
        if self._user:
            shutil.chown(log, self._user, self._user)
        try:
            self._call("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", str(log), "-o", options, "start")
        except subprocess.CalledProcessError as error:
            raise RuntimeError(f"the server does not start: {log.read_text()[-1000:]}") from error

    def kill(self) -> int:
        """End every process of it with SIGKILL, the first one first, and wait until all are gone; give their number."""
        first = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(first, signal.SIGSTOP)  # it has no more children while they are counted
        family = [first, *_children(first)]
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(_alive(pid) for pid in family):
            time.sleep(0.01)
        (self.data / "postmaster.pid").unlink()  # where nobody collects the dead, their numbers seem to be in use
        return len(family)

    def stop(self) -> None:
        """End it in order, if it runs."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._call("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """Run one statement of our own."""
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def _call(self, program: str, *words: str) -> None:
        where = {"cwd": "/", "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "user": self._user}
        subprocess.run([str(programs() / program), *words], check=True, **where)  # type: ignore[call-overload]


@contextlib.contextmanager
def cluster(folder: Path, settings: Sequence[str] = ()) -> Iterator[Cluster]:
    """Make and start a cluster in a folder of its own; it is ended with the block."""
    made = Cluster(folder, settings)
    made.start()
    try:
        yield made
    finally:
        made.stop()


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
