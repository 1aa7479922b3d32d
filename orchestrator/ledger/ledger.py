"""The ledger as one thing to hold: open it, and everything that happens to messages goes through it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from orchestrator.ledger.attempts import Attempts
from orchestrator.ledger.audit import Audit
from orchestrator.ledger.breaker import Breaker
from orchestrator.ledger.claims import Claims
from orchestrator.ledger.control import Control
from orchestrator.ledger.enqueue import Enqueue
from orchestrator.ledger.guard import IN_FLIGHT
from orchestrator.ledger.looking import Looking
from orchestrator.ledger.membership import Membership
from orchestrator.ledger.occurrences import Occurrences
from orchestrator.ledger.opening import ready, refuse_another
from orchestrator.ledger.people import People
from orchestrator.ledger.place import refuse_shared_disk
from orchestrator.ledger.pruning import Pruning
from orchestrator.ledger.reaper import Reaper
from orchestrator.ledger.restoring import Restoring
from orchestrator.ledger.retrying import Retrying
from orchestrator.ledger.store import Clock, database_clock, open_engine, state_error
from orchestrator.ledger.versions import Versions
from orchestrator.model.errors import StateError


class Ledger(
    Membership,
    Versions,
    Occurrences,
    Enqueue,
    Claims,
    Attempts,
    Reaper,
    Control,
    People,
    Looking,
    Audit,
    Breaker,
    Pruning,
    Restoring,
    Retrying,
):
    """Everything about messages that must survive: each part of it is a file of this room.

    Safe to use from several threads; every call is one short transaction (or a few) of its own.
    """


def open_ledger(
    url: str, *, deployment: str | None = None, clock: Clock | None = None, in_flight: int = IN_FLIGHT
) -> Ledger:
    """Open the state database, or say why not: raises StateError when it is down, not migrated, or another's.

    So it does for a SQLite file on a network file system.

    ``deployment`` is the id that this copy goes by; None takes the one in the database. ``clock`` is for tests;
    without it the database's own time counts. ``in_flight`` is the most messages that one guard lets out, and so
    the most that a crash of one worker leaves unknown.
    """
    engine = open_engine(url)
    if engine.dialect.name == "sqlite":
        file = Path(engine.url.database or "")
        refuse_shared_disk(file)
        if not file.exists():
            raise StateError(f"there is no state database at {file}", "run `orc migrate`")
    try:
        with engine.connect() as connection:
            found = ready(connection)
            if deployment is not None:
                refuse_another(found, deployment)
    except SQLAlchemyError as error:
        engine.dispose()
        raise state_error(error) from error
    except Exception:
        engine.dispose()
        raise
    ledger = Ledger(engine, clock or database_clock, found)
    ledger.in_flight = in_flight
    return ledger
