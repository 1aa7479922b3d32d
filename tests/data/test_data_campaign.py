"""A campaign to a real segment over SMTP to a real server process: what arrived is what the ledger says."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.audience import open_warehouse
from orchestrator.compile import prepare
from orchestrator.ledger import NewVersion, migrate, open_ledger
from orchestrator.model.settings import Settings
from orchestrator.run import House
from orchestrator.schedule import run_once

HERE = Path(__file__).parent / "online_retail"
SLOT = dt.datetime(2011, 12, 9, 13, tzinfo=dt.UTC)
ROOT = Path(__file__).parents[2]

PROJECT = """
public_url: https://mail.example.com
unsubscribe: external
postal_address: Example Gifts, 1 Road, London
teams: {crm: [ann]}
senders:
  shop: {address: shop@example.com, display: "Example Gifts"}
providers:
  relay: {kind: smtp, host: 127.0.0.1, port: "PORT", tls: none}
categories:
  offers: {topic: offers, consent: false}
"""
CAMPAIGN = """name: loyal
owner: crm
status: active
audience: in segment frequent
exclude: in segment cancelled_in_autumn
trigger:
  once: 2011-12-09T13:00
steps:
  - id: thanks
    send:
      channel: email
      provider: relay
      category: offers
      from: shop
      template: thanks.html.j2
      variants:
        - {name: plain, weight: 1, subject: "Thank you"}
        - {name: country, weight: 2, subject: "Thank you from {{ person.country | default('afar') }}"}
experiment:
  holdout: 10%
"""
LETTER = """<p>You ordered {{ person.invoices }} times.</p><p><a href="{{ links.unsubscribe }}">no more</a></p>"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Start a mail server in a process of its own; give its port and the file in which it writes who got mail."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "arrived.txt"
    code = f"from pathlib import Path; from tests.long.crash import sink; sink({port}, Path({str(log)!r}), 0.0)"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield port, log
    process.kill()
    process.wait()


def people_with_addresses(retail: Any, path: Path) -> None:
    """Copy the real shop and give everybody an address; one shares a mailbox, one has none, one attacks."""
    source = retail.warehouses[0].label.removeprefix("sqlite://")
    if not Path(source).is_file():
        with retail.warehouses[0].read() as connection:
            source = connection.exec_driver_sql("pragma database_list").fetchone()[2]
    shutil.copy(source, path)
    with sqlite3.connect(path) as db:
        db.execute("alter table customers add column email text")
        db.execute("update customers set email = 'c' || customer_id || '@example.com'")


def test_what_arrived_is_what_the_ledger_says(retail: Any, server: tuple[int, Path], tmp_path: Path) -> None:
    """Address by address: accepted rows and delivered mails are the same set, and everybody else has a reason."""
    port, log = server
    people_with_addresses(retail, tmp_path / "shop.db")
    members = sorted(retail.members("frequent") - retail.members("cancelled_in_autumn"))
    shared, nobody, attacker = members[1], members[2], members[3]
    with sqlite3.connect(tmp_path / "shop.db") as db:
        db.execute("update customers set email = ? where customer_id = ?", (f"C{members[0]}@EXAMPLE.com", shared))
        db.execute("update customers set email = null where customer_id = ?", (nobody,))
        db.execute("update customers set email = ? where customer_id = ?", ("x@example.com\nBcc: y@z.org", attacker))
    files = {str(path.relative_to(HERE)): path.read_text() for path in HERE.rglob("*") if path.is_file()}
    files["campaigns/project.yml"] += PROJECT.replace("PORT", str(port))
    email = "    addresses: {email: email}\n    attributes:\n      email: {type: text, tags: [personal]}\n"
    schema = files["campaigns/schema.yml"].replace("    attributes:\n", email, 1)
    files |= {"campaigns/schema.yml": schema, "campaigns/loyal.yml": CAMPAIGN, "templates/thanks.html.j2": LETTER}
    state = f"sqlite:///{tmp_path / 'state.db'}"
    migrate(state, "real")
    at = {"now": SLOT - dt.timedelta(hours=1)}
    ledger = open_ledger(state, deployment="real", clock=lambda _: at["now"])
    ledger.publish(NewVersion("d", files, "ann"), None)
    at["now"] = SLOT + dt.timedelta(seconds=5)
    warehouse = open_warehouse(f"sqlite:///{tmp_path / 'shop.db'}", prepare)
    settings = Settings(f"sqlite:///{tmp_path / 'shop.db'}", state, tmp_path / "outbox", "real", "k" * 32)
    asyncio.run(run_once(House(warehouse, ledger, settings)))

    with sqlite3.connect(tmp_path / "state.db") as db:
        rows = {int(p): (s, r) for p, s, r in db.execute("select person, state, reason from orc_message")}
    arrived = Counter(line.split()[-1].lower() for line in log.read_text().splitlines())
    accepted = {person for person, (state_, _) in rows.items() if state_ == "accepted"}
    assert sorted(rows) == members
    assert rows[shared][1] == "duplicate_address"
    assert rows[nobody][1] == "no_address"
    assert rows[attacker][1] == "invalid_address"
    assert arrived == Counter(f"c{person}@example.com" for person in accepted)
    assert max(arrived.values()) == 1
    held = {person for person, (_, reason) in rows.items() if reason == "holdout"}
    assert len(accepted) + len(held) + 3 == len(members)
    assert 0.02 < len(held) / len(members) < 0.2
    assert ledger.audit() == []
    ledger.close()
