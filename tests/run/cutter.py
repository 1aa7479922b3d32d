"""A wire between us and PostgreSQL that breaks at the worst moment."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

COMMIT = b"COMMIT\0"


class Cutter:
    """Listens on ``port`` and passes everything on to a server until it cuts; ``cuts`` counts how often it did.

    ``where`` is ``before`` (a COMMIT is swallowed and the connection ends), ``after`` (the COMMIT is passed on, its
    reply is not), or ``anywhere`` (a packet of either side is not passed on). ``dice`` is asked each time.
    """

    def __init__(self, host: str, port: int, where: str, dice: Callable[[], bool]) -> None:
        self._server, self._where, self._dice = (host, port), where, dice
        self.cuts = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    def __enter__(self) -> Cutter:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                ours, _ = self._listening.accept()
                theirs = socket.create_connection(self._server)
                Wire(self, ours, theirs)

    def decides(self, data: bytes) -> bool:
        """Tell whether to cut at this packet."""
        if self._where == "anywhere":
            cut = self._dice() and self._dice() and self._dice()
        else:
            cut = COMMIT in data and self._dice()
        self.cuts += cut
        return cut

    @property
    def arrives(self) -> bool:
        """Tell whether the packet at which it cuts is passed on."""
        return self._where == "after"


class Wire:
    """One connection, with a thread for each direction."""

    def __init__(self, cutter: Cutter, ours: socket.socket, theirs: socket.socket) -> None:
        self._cutter, self._ours, self._theirs = cutter, ours, theirs
        self._deaf = threading.Event()
        threading.Thread(target=self._pass, args=(ours, theirs), daemon=True).start()
        threading.Thread(target=self._pass, args=(theirs, ours), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while (data := source.recv(65536)) and not self._deaf.is_set():
                if self._cutter.decides(data):
                    self._deaf.set()
                    if self._cutter.arrives:
                        target.sendall(data)
                        self._theirs.recv(1)  # the server has answered; nobody hears it
                    break
                target.sendall(data)
        for one in (self._ours, self._theirs):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
