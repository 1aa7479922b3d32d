"""Personalised messages per core-second, from the ledger to an SMTP sink, against the usual stack of libraries.

Ours is the whole way: claim from a PostgreSQL ledger, sandboxed rendering with signed links, MIME, guard and record
in the ledger, SMTP, in uvloop where it is installed. The naive stack has no ledger at all: recipients lie in memory,
Jinja's sandbox renders, the standard library's ``email.message`` makes MIME, aiosmtplib sends over four connections.
Both send the same 10 KB letter to the same sink. Each round runs both, one after the other, each in a process of its
own; what counts is the CPU time of the sender, set-up excluded (and that of the database's server), and the ratio of
each round.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import hashlib
import importlib
import json
import resource
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from benchmarks.fresh import fresh_database

CITIES = ("Lyon", "Hamburg", "Köln", "Graz", "Porto")
WORDS = "wool blankets and iron kettles for long evenings by the lake, made to last and to be repaired. "
ROW = (
    '<tr><td style="padding:6px 12px;font:400 15px/22px Helvetica,Arial,sans-serif;color:#33403b">{{ name }}</td>'
    '<td style="padding:6px 12px;font:400 15px/22px Helvetica,Arial,sans-serif;color:#33403b">'
    "{{ price | money }}</td></tr>"
)
BODY = (
    "<!doctype html><html><head><title>News</title></head><body>"
    "<p>Dear {{ person.first_name | default('friend') }} {{ person.last_name }} of {{ person.city }},</p>"
    "<p>You have {{ person.points }} points as a {{ person.tier }} member and bought {{ person.orders }} times; "
    "in {{ person.favourite }} most of all, last in {{ person.last_month }}.</p>"
    "{% for name, price in [('Ull blanket', 129), ('Glod kettle', 49), ('Birk jacket', 219), ('Kvist poles', 74), "
    "('Nord tent', 349)] %}" + ROW + "{% endfor %}"
    "{% if person.tier == 'gold' %}<p>The gold shelf is open for {{ person.first_name }}.</p>{% endif %}"
    + "".join(
        f'<p style="margin:0 0 16px;font:400 16px/26px Helvetica,Arial,sans-serif;color:#33403b">{WORDS * 3}'
        "{{ person." + fact + " }}</p>"
        for fact in (
            "city",
            "tier",
            "favourite",
            "points",
            "orders",
            "last_month",
            "last_name",
            "city",
            "tier",
            "points",
        )
        * 2
    )
    + '<p><a href="{{ links.unsubscribe }}">Unsubscribe</a></p><p>{{ campaign.postal_address }}</p></body></html>'
)
TEXT = (
    "Dear {{ person.first_name | default('friend') }},\n\n"
    "read this letter in your browser.\n\n{{ links.unsubscribe }}\n"
)
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
  smtp: {kind: smtp, host: 127.0.0.1, port: PORT, tls: none, hostname: localhost}
categories:
  promotional: {topic: promotions}
"""
SCHEMA = """entities:
  customer:
    table: customers
    key: id
    addresses: {email: email}
    attributes:
      email: {type: text}
FIELDS
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
      text: big.txt.j2
      subject: "News for {{ person.first_name | default('you') }}"
"""


def facts(n: int) -> dict[str, str | int]:
    """Give what is known of person ``n``."""
    return {
        "first_name": f"Zoë{n}",
        "last_name": "O'Neil",
        "city": CITIES[n % 5],
        "points": n % 900,
        "tier": ("gold", "silver", "plain")[n % 3],
        "orders": n % 17,
        "favourite": "garden",
        "last_month": "October",
    }


def ours(port: int, count: int) -> tuple[float, float, int]:
    """Give (CPU seconds, wall seconds, accepted) of our sender."""
    from orchestrator.audience import open_warehouse
    from orchestrator.ledger import NewVersion, Planned, migrate, open_ledger
    from orchestrator.model.people import address_hash
    from orchestrator.model.settings import Settings
    from orchestrator.run import run_loop
    from orchestrator.run.house import House
    from orchestrator.run.send import send

    with tempfile.TemporaryDirectory() as folder, fresh_database() as url:
        migrate(url, "bench")
        ledger = open_ledger(url, deployment="bench")
        fields = "\n".join(
            f"      {name}: {{type: {'int' if isinstance(value, int) else 'text'}}}" for name, value in facts(1).items()
        )
        files = {
            "campaigns/project.yml": PROJECT.replace("PORT", str(port)),
            "campaigns/schema.yml": SCHEMA.replace("FIELDS", fields),
            "campaigns/big.yml": CAMPAIGN,
            "templates/big.html.j2": BODY,
            "templates/big.txt.j2": TEXT,
        }
        version = ledger.publish(NewVersion(hashlib.sha256(BODY.encode()).hexdigest(), files, "bench"), None)
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        late = now + dt.timedelta(days=1)
        ledger.plan_occurrence("big", "slot", now - dt.timedelta(minutes=1), late, version=version, local_slot="slot")
        taken = ledger.take_occurrence("bench")
        assert taken is not None
        assert ledger.begin_snapshot(taken)
        for start in range(0, count, 5000):
            rows = [
                Planned(
                    str(n), "mail", "email", "promotional", "only", f"person{n}@example.com",
                    address_hash(f"person{n}@example.com"), None, json.dumps(facts(n)), expires_at=late,
                )
                for n in range(start, min(count, start + 5000))
            ]  # fmt: skip
            ledger.enqueue(taken, rows, start)
        ledger.finish_snapshot(taken, count)
        settings = Settings("", url, Path(folder) / "outbox", "bench", "k1:a-key-for-the-benchmark-only")
        shop = Path(folder) / "shop.db"
        sqlite3.connect(shop).close()
        house = House(open_warehouse(f"sqlite:///{shop}", None), ledger, settings)
        house.writing(version, "big", "mail", "only")  # set-up, as what the naive side imports and compiles
        importlib.import_module("orchestrator.deliver.providers.smtp")
        cpu, wall = _cpu(), time.perf_counter()
        sent = run_loop(send(house, "bench", lambda: False))
        found = (_cpu() - cpu, time.perf_counter() - wall, sent.accepted)
        ledger.close()
        return found


def naive(port: int, count: int) -> tuple[float, float, int]:
    """Give (CPU seconds, wall seconds, accepted) of Jinja's sandbox, email.message and aiosmtplib."""
    import base64
    import hmac
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import format_datetime, formataddr

    import aiosmtplib
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    environment.filters["money"] = lambda value: f"€{value:,.2f}"
    plain = environment.overlay(autoescape=False)
    body, text = environment.from_string(BODY), plain.from_string(TEXT)
    subject = plain.from_string("News for {{ person.first_name | default('you') }}")
    people = [facts(n) for n in range(count)]
    now = dt.datetime.now(dt.UTC)

    def compose(n: int) -> EmailMessage:
        identity = uuid.uuid5(uuid.NAMESPACE_DNS, str(n))
        token = base64.urlsafe_b64encode(identity.bytes + hmac.digest(b"key", identity.bytes, "sha256")[:16]).decode()
        link = f"https://mail.example.com/u/{token}"
        names = {"person": people[n], "links": {"unsubscribe": link}, "campaign": {"postal_address": "Example Ltd"}}
        message = EmailMessage(policy=SMTP)
        message["From"] = formataddr(("News", "news@example.com"))
        message["To"] = f"person{n}@example.com"
        message["Subject"] = subject.render(names)
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{identity}@example.com>"
        message["List-Unsubscribe"] = f"<{link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(text.render(names))
        message.add_alternative(body.render(names), subtype="html")
        return message

    async def go() -> int:
        waiting = iter(range(count))
        clients = [
            aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="localhost")
            for _ in range(4)
        ]
        for client in clients:
            await client.connect()

        async def work(client: aiosmtplib.SMTP) -> int:
            done = 0
            for n in waiting:
                await client.send_message(compose(n))
                done += 1
            return done

        accepted = sum(await asyncio.gather(*(work(client) for client in clients)))
        for client in clients:
            await client.quit()
        return accepted

    cpu, wall = _cpu(), time.perf_counter()
    accepted = asyncio.run(go())
    return _cpu() - cpu, time.perf_counter() - wall, accepted


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def one(side: str, port: int, count: int) -> tuple[float, float]:
    """Run one side in a process of its own and give (microseconds of CPU, of wall) per message."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.messages",
        "--side",
        side,
        "--port",
        str(port),
        "--messages",
        str(count),
    ]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    cpu, wall, accepted = json.loads(out.splitlines()[-1])
    if accepted != count:
        raise SystemExit(f"{side}: {accepted} of {count} were accepted")
    return cpu / count * 1e6, wall / count * 1e6


def main() -> None:
    """Print one JSON line, or with --side what one side needed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--side", choices=("ours", "naive"))
    parser.add_argument("--port", type=int, default=0)
    args = parser.parse_args()
    if args.side:
        print(json.dumps((ours if args.side == "ours" else naive)(args.port, args.messages)))
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = subprocess.Popen([sys.executable, "-m", "benchmarks.sink", str(port)])
    try:
        time.sleep(0.7)
        rounds = []
        for n in range(args.rounds + 1):
            pair = {}
            for side in (("ours", "naive"), ("naive", "ours"))[n % 2]:
                pair[side] = one(side, port, args.messages // (1 if n else 5))
            if n:  # the first round warms up
                rounds.append(pair)
    finally:
        sink.kill()
    cpu = {side: statistics.median(pair[side][0] for pair in rounds) for side in ("ours", "naive")}
    wall = {side: statistics.median(pair[side][1] for pair in rounds) for side in ("ours", "naive")}
    ratios = sorted(pair["naive"][0] / pair["ours"][0] for pair in rounds)
    line = {
        "benchmark": "messages",
        "messages": args.messages,
        "rounds": args.rounds,
        "bytes_of_template": len(BODY),
        "ours_per_core_second": round(1e6 / cpu["ours"]),
        "naive_per_core_second": round(1e6 / cpu["naive"]),
        "ours_cpu_us": round(cpu["ours"]),
        "naive_cpu_us": round(cpu["naive"]),
        "ours_wall_us": round(wall["ours"]),
        "naive_wall_us": round(wall["naive"]),
        "ratio": round(statistics.median(ratios), 2),
        "ratio_range": [round(ratios[0], 2), round(ratios[-1], 2)],
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
