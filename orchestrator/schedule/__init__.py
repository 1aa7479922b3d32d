"""The schedule floor: at the due time walk, once, however many daemons run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.table import exports

if TYPE_CHECKING:
    from orchestrator.schedule.catch_up import plan_due as plan_due
    from orchestrator.schedule.daemon import run_once as run_once
    from orchestrator.schedule.daemon import serve_forever as serve_forever
    from orchestrator.schedule.daemon import until_told as until_told
    from orchestrator.schedule.logs import configure as configure
    from orchestrator.schedule.when import Slot as Slot
    from orchestrator.schedule.when import is_cron as is_cron
    from orchestrator.schedule.when import slots as slots

__getattr__ = exports(
    __name__,
    {
        "Slot": "when",
        "configure": "logs",
        "is_cron": "when",
        "plan_due": "catch_up",
        "run_once": "daemon",
        "serve_forever": "daemon",
        "slots": "when",
        "until_told": "daemon",
    },
)
