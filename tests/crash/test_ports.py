"""No effect leaves the process without a point: the ports' methods are counted against the table of points."""

from __future__ import annotations

import ast
from pathlib import Path

import orchestrator
from tests.crash.ports import EFFECTS, HARMLESS

PACKAGE = Path(orchestrator.__file__).parent

#: The only files that may ask for the time, wait, flush, or open a socket, with what they need it for.
ADAPTERS: dict[str, set[str]] = {
    "time.sleep": {"ledger/store.py", "run/send.py"},
    "time.time": set(),
    "datetime.now": {"cli/here.py"},
    "asyncio.sleep": {"deliver/providers/smtp.py", "run/loop.py"},  # for no time: the loop's next turn
    "os.fsync": {"run/journal.py", "deliver/providers/outbox.py", "ledger/copying.py"},
    "os.link": {"deliver/providers/outbox.py", "ledger/copying.py"},  # a backup, which no worker makes
}
LIBRARIES: dict[str, set[str]] = {
    "aiosmtplib": {"deliver/email/connection.py"},
    "httpx": {"deliver/egress.py"},
    "smtplib": set(),
    "requests": set(),
}


def dotted(node: ast.AST) -> str:
    """Give the last two names of a dotted expression."""
    if isinstance(node, ast.Attribute):
        inner = node.value
        left = inner.attr if isinstance(inner, ast.Attribute) else inner.id if isinstance(inner, ast.Name) else ""
        return f"{left}.{node.attr}"
    return ""


def files() -> list[tuple[str, ast.Module]]:
    """Give every source file but the generator of the demo's shop."""
    return [
        (path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text()))
        for path in sorted(PACKAGE.rglob("*.py"))
        if "starter" not in path.parts
    ]


def test_effects_happen_only_in_adapters() -> None:
    """Nobody asks a clock, waits, flushes, or speaks to the network outside the files that are known for it."""
    found = [
        f"{name}: {dotted(node)} at line {node.lineno}"
        for name, tree in files()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and dotted(node) in ADAPTERS and name not in ADAPTERS[dotted(node)]
    ]
    assert found == [], "hand it in as an argument, or name the adapter in tests/crash/test_ports.py with its points"


def test_libraries_of_the_network_live_in_one_file_each() -> None:
    """A second place that opens connections would be a port without points."""
    found = []
    for name, tree in files():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [
                f"{name} imports {one}" for one in names if one.split(".")[0] in LIBRARIES
                and name not in LIBRARIES[one.split(".")[0]]
            ]  # fmt: skip
    assert found == []


def test_every_method_of_a_transport_is_a_point_or_harmless() -> None:
    """What the dialogue asks of its connection, and what a connection may tell it, is in one of the two tables."""
    tree = ast.parse((PACKAGE / "deliver/email/dialogue.py").read_text())
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and dotted(node.value) == "self._transport"
    }
    assert "write" in used
    assert used - {*EFFECTS["socket"], *HARMLESS} == set()


def test_every_method_of_the_journal_and_the_outbox_is_a_point_or_reads() -> None:
    """Whatever writes into a file is wrapped: the journal's methods, and the outbox's one way to its folder."""
    from orchestrator.deliver.providers.outbox import Outbox
    from orchestrator.run.journal import Journal
    from orchestrator.run.mark import HighWater

    assert {name for name in vars(Journal) if not name.startswith("__")} == set(EFFECTS["journal"])
    assert {name for name in vars(HighWater) if not name.startswith("__")} == {*EFFECTS["mark"], "seen", "forget"}
    inside = {"_temporary", "_noted", "_settle"}  # called by _write alone, and flushed through os.fsync
    assert {name for name in vars(Outbox) if callable(getattr(Outbox, name)) and not name.startswith("__")} == {
        *EFFECTS["outbox"], *inside, "open", "deliver", "close",
    }  # fmt: skip


def test_every_way_to_the_database_is_a_point() -> None:
    """SQLAlchemy's dialect reaches a database by these methods; the list is the library's, not ours."""
    from sqlalchemy.engine.interfaces import Dialect

    ways = {name for name in vars(Dialect) if name.startswith("do_")}
    two_phase = {name for name in ways if "twophase" in name or "savepoint" in name or "set_input_sizes" in name}
    connecting = {"do_ping", "do_close", "do_terminate"}
    known = {*EFFECTS["statement"], *EFFECTS["transaction"], *HARMLESS, *two_phase, *connecting}
    assert ways - known == set()
    source = "".join(path.read_text() for path in (PACKAGE / "ledger").glob("*.py"))
    assert "begin_nested" not in source
    assert "prepare()" not in source
