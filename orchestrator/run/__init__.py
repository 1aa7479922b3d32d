"""The corridor: it calls the rooms in order and holds no behaviour of its own. Start with ``walk.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.table import exports

if TYPE_CHECKING:
    from orchestrator.run.expectations import Verdict as Verdict
    from orchestrator.run.expectations import reach as reach
    from orchestrator.run.expectations import verdicts as verdicts
    from orchestrator.run.forecast import Forecast as Forecast
    from orchestrator.run.forecast import forecast as forecast
    from orchestrator.run.house import House as House
    from orchestrator.run.house import Progress as Progress
    from orchestrator.run.house import frozen as frozen
    from orchestrator.run.letters import compose as compose
    from orchestrator.run.loop import run_loop as run_loop
    from orchestrator.run.refresh import refresh as refresh
    from orchestrator.run.refresh import unrefreshed as unrefreshed
    from orchestrator.run.trust import forget_mark as forget_mark
    from orchestrator.run.trust import undecided as undecided
    from orchestrator.run.walk import Walked as Walked
    from orchestrator.run.walk import ready_to_send as ready_to_send
    from orchestrator.run.walk import walk as walk
    from orchestrator.run.writing import draft as draft

__getattr__ = exports(
    __name__,
    {
        "Forecast": "forecast",
        "House": "house",
        "Progress": "house",
        "Verdict": "expectations",
        "Walked": "walk",
        "forget_mark": "trust",
        "compose": "letters",
        "draft": "writing",
        "forecast": "forecast",
        "frozen": "house",
        "reach": "expectations",
        "ready_to_send": "walk",
        "refresh": "refresh",
        "run_loop": "loop",
        "undecided": "trust",
        "unrefreshed": "refresh",
        "verdicts": "expectations",
        "walk": "walk",
    },
)
