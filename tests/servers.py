"""A MariaDB for tests: the server that ORC_TEST_MYSQL names, else the usual local ones."""

from __future__ import annotations

import os
from typing import Any

GUESSES = (
    "mysql+pymysql://root@127.0.0.1:3306/",
    "mysql+pymysql://root:root@127.0.0.1:3306/",
    "mysql+pymysql://orc_ci:orc_ci@127.0.0.1:3306/",
)


def connect(url: str) -> Any:
    """Give the driver's connection to a URL of SQLAlchemy's kind."""
    import pymysql
    from sqlalchemy.engine import make_url

    place = make_url(url)
    return pymysql.connect(
        host=place.host or "127.0.0.1",
        port=place.port or 3306,
        user=place.username,
        password=place.password or "",
        database=place.database or None,
        connect_timeout=3,
        autocommit=True,
    )


def run(url: str, *statements: str) -> None:
    """Run statements on a server."""
    with connect(url) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _answers(url: str) -> str | None:
    """Give None when the server answers and lets us create databases, else the reason."""
    name = f"orc_test_{os.getpid()}_try"
    try:
        run(url, f"create database {name}", f"drop database {name}")
    except ImportError:
        return "pymysql is not installed"
    except Exception as error:
        return str(error).strip().splitlines()[0]
    return None


def find() -> tuple[str | None, str]:
    """Give the URL of a server whose user may create databases, or None and why there is none."""
    given = os.environ.get("ORC_TEST_MYSQL")
    reasons = []
    for url in [given] if given else GUESSES:
        reason = _answers(url)
        if reason is None:
            return url, ""
        reasons.append(f"{url}: {reason}")
    return None, "no MariaDB for tests; set ORC_TEST_MYSQL. Tried " + "; ".join(reasons)
