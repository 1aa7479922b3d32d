"""An empty PostgreSQL database for one benchmark, dropped afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


@contextmanager
def fresh_database() -> Iterator[str]:
    """Give its URL on the server that ORC_TEST_POSTGRES names, else on a local one without a password."""
    import sqlalchemy as sa

    base = sa.make_url(os.environ.get("ORC_TEST_POSTGRES", SERVER))
    name = f"orc_bench_{os.getpid()}"
    server = sa.create_engine(base, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    try:
        yield base.set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"drop database {name} with (force)")
        server.dispose()
