"""A process that has everything imported and forks real workers: a life begins in milliseconds instead of a second.

    python -m tests.long.nursery FOLDER          reads ``go`` lines; prints a pid for each, and ``ended`` when it has

Each worker is a process of its own that runs ``orc run --once`` with nothing inherited but imported code: the nursery
never opens a database, a socket or a file of the workspace. Whoever wants a worker dead sends SIGKILL to its pid.
"""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import select
import signal
import subprocess
import sys
from pathlib import Path


class Life:
    """One worker that the nursery has forked."""

    def __init__(self, pid: int, nursery: Nursery) -> None:
        self.pid, self._nursery, self._ended = pid, nursery, False

    def alive(self) -> bool:
        """Tell whether nobody has seen its end yet."""
        if not self._ended and select.select([self._nursery.output], [], [], 0)[0]:
            self.wait()
        return not self._ended

    def kill(self) -> None:
        """End it as the power cut would; it is gone when this returns."""
        if not self._ended:
            os.kill(self.pid, signal.SIGKILL)  # the nursery keeps the pid until the next one is asked for
            self.wait()

    def wait(self) -> None:
        """Wait for its end."""
        if not self._ended:
            self._ended = self._nursery.output.readline() == b"ended\n"
            if not self._ended:
                raise RuntimeError("the nursery is gone")


class Nursery:
    """The forking process, started for one workspace with the workers' environment."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(folder)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        assert self._process.stdout is not None
        self.output = self._process.stdout

    def bear(self) -> Life:
        """Start a worker; the one before must have ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")
        return Life(int(self.output.readline()), self)

    def close(self) -> None:
        """End the nursery."""
        self._process.kill()
        self._process.wait()


def _serve(folder: str) -> None:
    import orchestrator
    from orchestrator.cli import main

    for module in pkgutil.walk_packages(orchestrator.__path__, "orchestrator."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            importlib.import_module(module.name)
    for name in ("aiosmtplib", "psycopg", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite"):
        importlib.import_module(name)
    gc.freeze()  # what is imported is shared with every worker, and looked at by none
    pid = 0
    while os.read(0, 3) == b"go\n":
        if pid:
            os.waitpid(pid, 0)
        pid = os.fork()
        if pid == 0:
            nowhere = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(nowhere, number)
            os._exit(main(["-C", folder, "run", "--once"]))
        os.write(1, f"{pid}\n".encode())
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # it stays a zombie, so that its pid means nobody else
        os.write(1, b"ended\n")


if __name__ == "__main__":
    _serve(sys.argv[1])
