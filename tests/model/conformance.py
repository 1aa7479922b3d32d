"""What a real state database saw its messages do, held against the edges of the model.

A trigger on the table of messages writes every change of a state down, whichever statement made it; so nothing that
goes around ``claims.move`` goes unseen. Edges are (from, to, epoch raised by, tries raised by).
"""

from __future__ import annotations

import sqlalchemy as sa

Edge = tuple[str, str, int, int]

EDGES: frozenset[Edge] = frozenset(
    {
        ("pending", "claimed", 1, 0),
        ("retry", "claimed", 1, 0),
        ("claimed", "attempting", 0, 1),
        ("claimed", "pending", 0, 0),  # given back, stopped, paused, quiet hours
        ("claimed", "pending", 1, 0),  # its lease has ended
        ("claimed", "skipped", 0, 0),
        ("claimed", "expired", 0, 0),
        ("claimed", "cancelled", 0, 0),
        ("claimed", "failed", 0, 0),  # cannot be written
        ("claimed", "failed", 1, 0),  # poison
        ("attempting", "accepted", 0, 0),
        ("attempting", "failed", 0, 0),
        ("attempting", "retry", 0, 0),
        ("attempting", "expired", 0, 0),
        ("attempting", "cancelled", 0, 0),
        ("attempting", "unknown", 0, 0),
        ("unknown", "accepted", 0, 0),  # late evidence, or an operator
        ("unknown", "failed", 0, 0),
        ("unknown", "retry", 0, 0),
        ("unknown", "retry", 1, 0),  # the policy resend
        ("unknown", "expired", 0, 0),
        ("unknown", "cancelled", 0, 0),
        ("pending", "expired", 0, 0),
        ("retry", "expired", 0, 0),
        ("pending", "cancelled", 0, 0),
        ("retry", "cancelled", 0, 0),
        ("pending", "unknown", 0, 0),  # an end, of a message that may have arrived by an earlier try
        ("retry", "unknown", 0, 0),
        ("claimed", "unknown", 0, 0),
        ("claimed", "unknown", 1, 0),
    }
)
"""Every transition that the walks of ``test_ledger_model`` make; that test holds this list to them."""

_SQLITE = (
    "create table seen_move (was text, became text, epoch int, tries int, n int, "
    "primary key (was, became, epoch, tries))",
    "create trigger see_move after update of state on orc_message when old.state <> new.state "
    "begin insert into seen_move "
    "values (old.state, new.state, new.epoch - old.epoch, new.tries - old.tries, 1) "
    "on conflict (was, became, epoch, tries) do update set n = n + 1; end",
)
_POSTGRESQL = (
    "create table public.seen_move (was text, became text, epoch int, tries int, n int default 1)",
    "create function public.see_move() returns trigger language plpgsql as $$ begin insert into public.seen_move "
    "values (old.state, new.state, new.epoch - old.epoch, new.tries - old.tries); return null; end $$",
    "create trigger see_move after update on orc.orc_message for each row when (old.state <> new.state) "
    "execute function public.see_move()",
)


def watch(state_url: str) -> None:
    """Let a migrated state write its messages' transitions down from now on."""
    engine = sa.create_engine(state_url)
    with engine.begin() as connection:
        for statement in _SQLITE if engine.dialect.name == "sqlite" else _POSTGRESQL:
            connection.exec_driver_sql(statement)
    engine.dispose()


def moves(state_url: str) -> dict[Edge, int]:
    """Give the transitions that were made and not rolled back, with how often."""
    engine = sa.create_engine(state_url)
    table = "seen_move" if engine.dialect.name == "sqlite" else "public.seen_move"
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            f"select was, became, epoch, tries, sum(n) from {table} group by was, became, epoch, tries"
        ).all()
    engine.dispose()
    return {(row[0], row[1], row[2], row[3]): int(row[4]) for row in rows}
