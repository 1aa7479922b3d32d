"""CPU of the sender for one ready 10 KB message, against Postfix's ``smtp-source``, aiosmtplib and nodemailer.

All send to one ``smtp-sink`` (package postfix; ``apt-get install postfix``), over ten connections, one after the
other in each round, each in a process of its own. Ours is the sender of the product, unhappy paths compiled in, and
what it gets are ready bytes, as with the others: MIME is measured by ``benchmarks.messages``. What counts is the CPU
time of the whole process of the sender, start-up taken off, and the ratio of each round. The start-up of a side is
the median of runs with few messages before and behind each long one: an interpreter needs as long for its imports as
for some thousand messages, so that the one start-up of a round would say more about the ratio than the messages.
``--node FOLDER`` is a folder with ``node_modules/nodemailer``; without it that side is left out and said to be.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import importlib.util
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import uuid
from pathlib import Path

SIZE = 10_240
CONNECTIONS = 10
FEW = 200
NODE = """
const nodemailer = require('nodemailer');
const [port, count] = process.argv.slice(1).map(Number);
const raw = require('fs').readFileSync(0);
const way = nodemailer.createTransport({host: '127.0.0.1', port, secure: false, ignoreTLS: true, pool: true,
  maxConnections: CONNECTIONS, maxMessages: Infinity, name: 'localhost'});
let next = 0;
const work = async () => { while (next < count) { const n = next++; await way.sendMail({raw,
  envelope: {from: 'news@example.com', to: [`person${n}@example.com`]}}); } };
Promise.all(Array.from({length: CONNECTIONS * 2}, work)).then(() => way.close());
""".replace("CONNECTIONS", str(CONNECTIONS))


def letter() -> bytes:
    """Give the bytes that all of them send."""
    head = (
        "From: News <news@example.com>\r\nTo: person@example.com\r\nSubject: News\r\n"
        "Date: Mon, 23 Nov 2026 09:00:00 +0000\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: 7bit\r\n\r\n'
    )
    line = "wool blankets and iron kettles for long evenings by the lake, made to last\r\n"
    return (head + line * ((SIZE - len(head)) // len(line))).encode()


def ours(port: int, count: int) -> int:
    """Send with the product's channel and give the number of accepted messages."""
    from orchestrator.deliver.email.mime import Mail
    from orchestrator.deliver.providers import smtp
    from orchestrator.model.delivery import Message, Outcome
    from orchestrator.run import run_loop

    data = letter()
    smtp.assemble = lambda message, eight_bit=False: Mail("news@example.com", message.to, data)  # type: ignore
    now = dt.datetime.now(dt.UTC)
    base = uuid.uuid4().int

    batch = [
        Message(uuid.UUID(int=base ^ n), f"person{n}@example.com", "news@example.com", "News", "x", None, date=now)
        for n in range(640)
    ]

    async def go() -> int:
        settings = {"host": "127.0.0.1", "port": str(port), "tls": "none", "hostname": "localhost"}
        way = smtp.open_smtp("mail", {**settings, "connections": str(CONNECTIONS)}, Path())
        await way.open()
        accepted = 0
        for first in range(0, count, 640):
            async for receipt in way.deliver(batch[: count - first]):
                accepted += receipt.outcome is Outcome.ACCEPTED
        await way.close()
        return accepted

    return run_loop(go())


def aiosmtplib(port: int, count: int) -> int:
    """Send with aiosmtplib and give the number of accepted messages."""
    import aiosmtplib as library

    data = letter()

    async def go() -> int:
        waiting = iter(range(count))

        async def work() -> int:
            known = {"hostname": "127.0.0.1", "port": port, "start_tls": False, "local_hostname": "localhost"}
            async with library.SMTP(**known) as client:
                done = 0
                for n in waiting:
                    await client.sendmail("news@example.com", [f"person{n}@example.com"], data)
                    done += 1
                return done

        return sum(await asyncio.gather(*(work() for _ in range(CONNECTIONS))))

    return asyncio.run(go())


def command(side: str, port: int, count: int, node: str) -> list[str]:
    """Give the process of one side."""
    if side == "smtp-source":
        source = shutil.which("smtp-source") or "/usr/sbin/smtp-source"
        flags = f"-d -s {CONNECTIONS} -m {count} -l {SIZE} -f news@example.com -t person@example.com".split()
        return [source, *flags, f"127.0.0.1:{port}"]
    if side == "nodemailer":
        return ["node", "-e", NODE.replace("require('nodemailer')", f"require('{node}/node_modules/nodemailer')"),
                str(port), str(count)]  # fmt: skip
    return [sys.executable, "-m", "benchmarks.senders", "--side", side, "--port", str(port), "--messages", str(count)]


def cpu(side: str, port: int, count: int, node: str) -> float:
    """Run one side and give the CPU seconds of its process."""
    hidden = {**os.environ, "ORC_BENCH_PLAIN": "1"} if side == "ours, asyncio" else dict(os.environ)
    with subprocess.Popen(
        command(side, port, count, node), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=hidden
    ) as process:
        assert process.stdin is not None
        process.stdin.write(letter())
        process.stdin.close()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{side} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print one JSON line, or with --side run one side."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--node", default="")
    parser.add_argument("--side")
    parser.add_argument("--port", type=int, default=0)
    args = parser.parse_args()
    if args.side:
        if os.environ.get("ORC_BENCH_PLAIN"):
            sys.modules["uvloop"] = None  # type: ignore[assignment]
        accepted = (aiosmtplib if args.side == "aiosmtplib" else ours)(args.port, args.messages)
        raise SystemExit(0 if accepted == args.messages else f"{accepted} of {args.messages} were accepted")
    sink = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
    if not Path(sink).exists():
        print(json.dumps({"benchmark": "senders", "left_out": "smtp-sink is not here: apt-get install postfix"}))
        return
    if importlib.util.find_spec("uvloop") is None:
        raise SystemExit("uvloop is not here, and without it one of the sides would be another: pip install uvloop")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    as_user = ["-u", "nobody"] if os.getuid() == 0 else []
    server = subprocess.Popen([sink, *as_user, f"127.0.0.1:{port}", "256"], cwd="/tmp")
    sides = ["smtp-source", "ours, uvloop", "ours, asyncio", "aiosmtplib", *(["nodemailer"] if args.node else [])]
    try:
        time.sleep(0.5)
        few: dict[str, list[float]] = {side: [] for side in sides}
        many: list[dict[str, float]] = []
        for n in range(args.rounds + 1):
            used = {}
            for side in sides if n % 2 else sides[::-1]:
                few[side].append(cpu(side, port, FEW, args.node))
                used[side] = cpu(side, port, FEW + args.messages, args.node)
                few[side].append(cpu(side, port, FEW, args.node))
            if n:  # the first round warms up
                many.append(used)
    finally:
        server.kill()
        server.wait()
    start = {side: statistics.median(few[side]) for side in sides}
    rounds = [{side: (used[side] - start[side]) / args.messages * 1e6 for side in sides} for used in many]
    line: dict[str, object] = {"benchmark": "senders", "messages": args.messages, "rounds": args.rounds, "bytes": SIZE}
    for side in sides:
        ratios = sorted(found[side] / found["smtp-source"] for found in rounds)
        to_ours = sorted(found[side] / found["ours, uvloop"] for found in rounds)
        line[side] = {
            "cpu_us": round(statistics.median(found[side] for found in rounds), 1),
            "to_smtp_source": round(statistics.median(ratios), 2),
            "range": [round(ratios[0], 2), round(ratios[-1], 2)],
            "to_ours_uvloop": round(statistics.median(to_ours), 2),
            "to_ours_range": [round(to_ours[0], 2), round(to_ours[-1], 2)],
        }
    if not args.node:
        line["nodemailer"] = "left out: --node FOLDER names where it is installed"
    print(json.dumps(line))


if __name__ == "__main__":
    main()
