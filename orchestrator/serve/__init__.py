"""The serve door: the web pages that strangers reach. Today: unsubscribe, and who we are.

It reads tokens and writes suppressions through a small interface; the command line passes the ledger. Without the
``web`` extra, building the app raises a UsageError that names the install command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.table import exports

if TYPE_CHECKING:
    from orchestrator.serve.app import Suppressions as Suppressions
    from orchestrator.serve.app import build_app as build_app
    from orchestrator.serve.run import run_server as run_server

__getattr__ = exports(__name__, {"Suppressions": "app", "build_app": "app", "run_server": "run"})
