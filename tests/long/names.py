"""Throw a million names at the way from a row to bytes: ``python -m tests.long.names --count 1000000``.

Every name stands in the subject, in the HTML, in the text, and in the name of the mailbox of a message. What comes
out is read again by the parser of the standard library, which raises on every defect, and by one of our own: the
headers are those that were meant, each as often as meant; there is one recipient; no CR or LF stands alone; no line
is longer than 998 bytes. A name that is refused must have a reason that can be seen in it. What is wrong is printed
with the seed that makes it again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import email
import email.policy
import json
import random
import re
import sys
import time
import unicodedata
import uuid
from collections import Counter
from functools import cache
from pathlib import Path

from orchestrator.deliver.email.mime import InvalidMessage, Mail, assemble
from orchestrator.language import load_texts
from orchestrator.model.delivery import Message
from orchestrator.render import RenderError, Tokens
from orchestrator.run.facts import dumps, loads
from orchestrator.run.letters import compose
from orchestrator.run.writing import Writing, draft

MOMENT = dt.datetime(2026, 11, 28, 7, tzinfo=dt.UTC)
PIECES = (
    *("Ann", "Zoë", "O'Neil", "日本太郎", "\U0001f600", "Smith, John", '"Bob"', "a@b.example", "<c@d.example>", "\\"),
    *(" ", "  ", "\t", "\r", "\n", "\r\n", "\0", "\x0b", "\x0c", "\x1b[31m", "\x7f", "\x85", "\x9f", "\u2028"),
    *("\r\nBcc: evil@example.com", "\nBcc: e@example.com\n\n", "\r\n.\r\n", "\n.\n", "\r.\r", "\n.\r\n", "\r\n..\r\n"),
    *("=?utf-8?q?Bob=0D=0ABcc=3A_evil=40example.com?=", "=?utf-8?b?DQpCY2M6IGVAeC5leGFtcGxl?=", "=?utf-8?q?=C3=A9?="),
    *("=?utf-7?q?+AA0ACg-?=", "=?x?q?", "?=", "=?", "=?utf-8?q?=3D=3Futf-8=3Fq=3F=0A=3F=3D?=", "=0D=0A", "%0d%0a"),
    *("\u202e", "\u200f", "\u2066", "\u200b", "\ufeff", "\u00ad", "\ud800", "\udfff", "\udc80", "é" * 40, "x" * 70),
    *("{{ 7*7 }}", "{% raw %}", "${x}", "<script>", "&amp;", ":", ";", "(c)", ",", "[", "--=_orc_alternative_=_"),
    *("DATA", "MAIL FROM:<e@example.com>", "QUIT", ".", "..", "From ", ">From ", "\u0130", "ſ", "а", "-", "=", "=20"),
)  # fmt: skip
STRICT = email.policy.compat32.clone(raise_on_defect=True)
LENGTHS = (1, 1, 2, 3, 4, 6, 9)
REFUSED = {"invalid_header", "invalid_message", "render_error"}
_ALONE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
FILES = {
    "campaigns/project.yml": "edition: 1\nname: names\nzone: UTC\npublic_url: https://mail.example.com\n"
    "unsubscribe: external\npostal_address: Example Ltd\nteams: {crm: [ann]}\n"
    "senders:\n  news: {address: news@example.com, display: News}\nproviders:\n  out: {kind: outbox}\n"
    "categories:\n  promotional: {topic: promotions}\n",
    "campaigns/schema.yml": "entities:\n  customer:\n    table: customers\n    key: id\n    addresses: {email: email}\n"
    "    attributes:\n      email: {type: text}\n      first_name: {type: text}\n",
    "campaigns/big.yml": "name: big\nowner: crm\nstatus: active\naudience: everyone\ntrigger:\n  cron: '0 9 * * *'\n"
    "steps:\n  - id: mail\n    send:\n      channel: email\n      provider: out\n      category: promotional\n"
    "      from: news\n      template: a.html.j2\n      text: a.txt.j2\n      subject: 'Hi {{ person.first_name }}!'\n",
    "templates/a.html.j2": "<html><body><p>Dear {{ person.first_name }},</p><p>{{ links.unsubscribe }} "
    "{{ campaign.postal_address }}</p></body></html>",
    "templates/a.txt.j2": "{{ person.first_name }}\n{{ person.first_name }} {{ links.unsubscribe }}\n",
}


@cache
def writing() -> tuple[Writing, Tokens]:
    """Give what every message is written with."""
    workspace = load_texts(FILES, Path()).workspace
    campaign = workspace.campaigns["big"]
    step = campaign.steps[0]
    return draft(workspace, campaign, step, step.variants[0]), Tokens("k1:a-key-for-the-names-only", "names")


def name_of(seed: int) -> str:
    """Give the name of a seed: pieces that have done harm somewhere, beside any characters at all."""
    dice = random.Random(seed)
    if dice.random() < 0.005:
        piece = dice.choice(PIECES)
        return piece * (dice.choice((500, 5_000, 70_000)) // len(piece))
    if dice.random() < 0.2:
        return "".join(chr(dice.randrange(0x110000)) for _ in range(dice.choice(LENGTHS)))
    return "".join(dice.choices(PIECES, k=dice.choice(LENGTHS)))


def may_be_refused(name: str) -> bool:
    """Tell whether a reason to refuse can be seen in a name: control characters, half ones, words, or its length."""
    odd = any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in name)
    long = len(name.encode("utf-8", "replace")) + sum(map(name.count, '"\\')) > 600  # those two are written as two
    return odd or "=?" in name or "=0" in name or long


def try_name(name: str, eight_bit: bool) -> tuple[str, str | None]:
    """Give what became of a name (``sent`` or why not) and what is wrong with that, None when nothing is."""
    use, tokens = writing()
    try:
        facts = loads(dumps({"first_name": name}))
        message = compose(tokens, uuid.UUID(int=7), "ann@example.com", facts, use, MOMENT)
        message = message._replace(to_name=message.subject.removeprefix("Hi "), sender_name=message.subject[:200])
        mail = assemble(message, eight_bit)
    except RenderError:
        return "render_error", None if may_be_refused(name) else "refused without a reason"
    except InvalidMessage as error:
        if error.code not in REFUSED:
            return error.code, "refused by a code that is none of a name's"
        return error.code, None if may_be_refused(name) else f"refused without a reason: {error}"
    return "sent", wrong_with(mail, message)


def wrong_with(mail: Mail, meant: Message) -> str | None:
    """Give what two parsers find in a finished message that was not meant."""
    if (mail.sender, mail.to) != (meant.sender, meant.to):
        return "the envelope is not the one that was meant"
    if _ALONE.search(mail.data):
        return "a CR or LF stands alone"
    lines = mail.data.split(b"\r\n")
    if max(map(len, lines)) > 998:
        return "a line is longer than 998 bytes"
    names: list[str] = []
    for line in lines[: lines.index(b"")]:
        if line[:1] in b" \t":
            if not line.strip() or not names:
                return "a header is continued by nothing"
        else:
            names.append(line.partition(b":")[0].decode("ascii"))
    expected = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", *meant.headers]
    expected += ["Content-Transfer-Encoding"] * mail.eight_bit
    if Counter(names) != Counter(expected):
        return f"the headers are {names}"
    parsed = email.message_from_bytes(mail.data, policy=STRICT)
    if Counter(key for key, _ in parsed.raw_items()) != Counter(expected):
        return f"the standard library reads the headers {parsed.keys()}"
    head = b"To:" + mail.data.partition(b"\r\nTo:")[2].partition(b"\r\nSubject:")[0] + b"\r\n\r\n"
    to = email.message_from_bytes(head, policy=email.policy.default)["To"].addresses
    if [one.addr_spec for one in to] != [meant.to]:
        return f"the standard library reads {len(to)} recipients"
    if [part.get_content_type() for part in parsed.walk()] != ["multipart/alternative", "text/plain", "text/html"]:
        return "the parts are not those that were meant"
    return None


def many(first: int, count: int) -> tuple[Counter[str], list[tuple[int, str]]]:
    """Try the names of ``count`` seeds; give how many went which way, and (seed, what is wrong)."""
    ways: Counter[str] = Counter()
    wrong: list[tuple[int, str]] = []
    for seed in range(first, first + count):
        way, problem = try_name(name_of(seed), eight_bit=seed % 2 == 0)
        ways[way] += 1
        if problem:
            wrong.append((seed, problem))
    return ways, wrong


def main() -> int:
    """Try names and print what became of them; 1 when anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    args = parser.parse_args()
    total: Counter[str] = Counter()
    failures, begun = 0, time.process_time()
    for first in range(args.seed, args.seed + args.count, 10_000):
        ways, wrong = many(first, min(10_000, args.seed + args.count - first))
        total += ways
        failures += len(wrong)
        for seed, problem in wrong[:5]:
            print(f"seed {seed}: {problem}: {name_of(seed)[:120]!r}", flush=True)
        print(f"{sum(total.values())} names, {failures} wrong", file=sys.stderr, flush=True)
    cpu = round(time.process_time() - begun, 1)
    print(json.dumps({"seed": args.seed, "names": sum(total.values()), **total, "cpu_s": cpu, "wrong": failures}))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
