"""Memory while many people are queued and sent: is it flat?

Runs `orc run --once` as a process of its own over a SQLite warehouse of ``--people`` (300,000) and of a tenth of
it, to an SMTP sink, and samples its resident memory every 50 ms. Flat means: the ratio of the two peaks is near 1.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = """edition: 1
name: bench
zone: UTC
public_url: https://mail.example.com
unsubscribe: external
postal_address: Example Ltd, 1 Road, Town
teams: {crm: [ann]}
senders:
  news: {address: news@example.com, display: News}
providers:
  smtp: {kind: smtp, host: 127.0.0.1, port: PORT, tls: none}
categories:
  promotional: {topic: promotions, consent: false}
"""
SCHEMA = """entities:
  customer:
    table: customers
    key: id
    addresses: {email: email}
    attributes:
      email: {type: text, tags: [personal]}
      first_name: {type: text, nullable: false}
      city: {type: text, nullable: false}
"""
CAMPAIGN = """name: big
owner: crm
status: active
audience: everyone
trigger:
  cron: "* * * * *"
steps:
  - id: mail
    send:
      channel: email
      provider: smtp
      category: promotional
      from: news
      template: big.html.j2
      subject: "News for {{ person.first_name }}"
"""
TEMPLATE = """<html><body><p>Dear {{ person.first_name }} of {{ person.city }},</p>
<p>FILLER</p><p><a href="{{ links.unsubscribe }}">unsubscribe</a></p></body></html>
"""


def workspace(root: Path, people: int, port: int) -> None:
    """Write files and people."""
    (root / "campaigns").mkdir(parents=True)
    (root / "templates").mkdir()
    (root / "campaigns" / "project.yml").write_text(PROJECT.replace("PORT", str(port)))
    (root / "campaigns" / "schema.yml").write_text(SCHEMA)
    (root / "campaigns" / "big.yml").write_text(CAMPAIGN)
    (root / "templates" / "big.html.j2").write_text(TEMPLATE.replace("FILLER", "warm words " * 800))
    with sqlite3.connect(root / "shop.db") as db:
        db.execute("create table customers (id integer primary key, email text, first_name text, city text)")
        rows = ((n, f"p{n}@example.com", f"Ann{n}", "Lyon") for n in range(people))
        db.executemany("insert into customers values (?, ?, ?, ?)", rows)


def peak_of(root: Path, env: dict[str, str]) -> tuple[float, float, int]:
    """Give (peak MiB, seconds, accepted) of one run."""
    orc = str(Path(sys.executable).with_name("orc"))
    for verb in (["migrate"], ["plan", "--out", "plan.json"], ["apply", "plan.json"]):
        subprocess.run([orc, "-C", str(root), *verb], check=True, env=env, capture_output=True, cwd=root)
    time.sleep(61 - time.time() % 60)  # the campaign is due at the next full minute
    started = time.perf_counter()
    process = subprocess.Popen([orc, "-C", str(root), "run", "--once"], env=env, stdout=subprocess.PIPE, cwd=root)
    peak = 0.0
    while process.poll() is None:
        try:
            pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            break
        peak = max(peak, pages * os.sysconf("SC_PAGE_SIZE") / 2**20)
        time.sleep(0.05)
    process.wait()
    with sqlite3.connect(root / "state.db") as db:
        (accepted,) = db.execute("select count(*) from orc_message where state = 'accepted'").fetchone()
    return peak, time.perf_counter() - started, accepted


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=300_000)
    args = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = subprocess.Popen([sys.executable, "-m", "benchmarks.sink", str(port)])
    time.sleep(0.5)
    found = {}
    try:
        for people in (args.people // 10, args.people):
            with tempfile.TemporaryDirectory() as folder:
                root = Path(folder)
                workspace(root, people, port)
                env = {
                    **os.environ,
                    "ORC_WAREHOUSE_URL": f"sqlite:///{root}/shop.db",
                    "ORC_STATE_URL": f"sqlite:///{root}/state.db",
                    "ORC_TOKEN_KEY": "a-key-for-the-benchmark-only",
                    "ORC_DEPLOYMENT": "benchmark",
                }
                found[people] = peak_of(root, env)
    finally:
        sink.kill()
    small, large = found[args.people // 10], found[args.people]
    line = {
        "benchmark": "memory",
        "people": args.people,
        "accepted": large[2],
        "seconds": round(large[1], 1),
        "peak_mib": round(large[0], 1),
        "peak_mib_of_a_tenth": round(small[0], 1),
        "ratio": round(large[0] / small[0], 3),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
