"""Planned messages in, settled messages out, each at most once; and who must not be written to.

``migrate`` makes or renews the tables, ``open_ledger`` gives the :class:`Ledger`; the values of its calls are in
``values``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.table import exports

if TYPE_CHECKING:
    from orchestrator.ledger.breaker import FAILURES as FAILURES
    from orchestrator.ledger.copying import Backup as Backup
    from orchestrator.ledger.copying import backup as backup
    from orchestrator.ledger.copying import restore as restore
    from orchestrator.ledger.ledger import Ledger as Ledger
    from orchestrator.ledger.ledger import open_ledger as open_ledger
    from orchestrator.ledger.migrate import migrate as migrate
    from orchestrator.ledger.opening import refuse_skew as refuse_skew
    from orchestrator.ledger.store import Clock as Clock
    from orchestrator.ledger.values import OPEN as OPEN
    from orchestrator.ledger.values import SETTLED as SETTLED
    from orchestrator.ledger.values import Action as Action
    from orchestrator.ledger.values import Claimed as Claimed
    from orchestrator.ledger.values import Count as Count
    from orchestrator.ledger.values import Enqueued as Enqueued
    from orchestrator.ledger.values import Finding as Finding
    from orchestrator.ledger.values import MessageState as MessageState
    from orchestrator.ledger.values import NewVersion as NewVersion
    from orchestrator.ledger.values import Occurrence as Occurrence
    from orchestrator.ledger.values import OccurrenceState as OccurrenceState
    from orchestrator.ledger.values import OccurrenceStatus as OccurrenceStatus
    from orchestrator.ledger.values import OpenBreaker as OpenBreaker
    from orchestrator.ledger.values import Passage as Passage
    from orchestrator.ledger.values import Planned as Planned
    from orchestrator.ledger.values import Reaped as Reaped
    from orchestrator.ledger.values import Reason as Reason
    from orchestrator.ledger.values import Recorded as Recorded
    from orchestrator.ledger.values import Refreshed as Refreshed
    from orchestrator.ledger.values import Row as Row
    from orchestrator.ledger.values import Rules as Rules
    from orchestrator.ledger.values import SavedPlan as SavedPlan
    from orchestrator.ledger.values import Sum as Sum
    from orchestrator.ledger.values import Suppression as Suppression
    from orchestrator.ledger.values import Version as Version

__getattr__ = exports(
    __name__,
    {"FAILURES": "breaker", "Backup": "copying", "backup": "copying", "restore": "copying"}
    | {"Ledger": "ledger", "open_ledger": "ledger", "migrate": "migrate", "Clock": "store"}
    | {"refuse_skew": "opening"}
    | dict.fromkeys(
        (
            *("OPEN", "SETTLED", "Action", "Claimed", "Count", "Enqueued", "Finding", "MessageState", "NewVersion"),
            *(
                "Occurrence",
                "OccurrenceState",
                "OccurrenceStatus",
                "OpenBreaker",
                "Passage",
                "Planned",
                "Reaped",
                "Reason",
                "Recorded",
                "Refreshed",
                "Row",
            ),
            *("Refreshed", "Rules", "SavedPlan", "Sum", "Suppression", "Version"),
        ),
        "values",
    ),
)
