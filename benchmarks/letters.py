"""Writing a letter and making its bytes: the standard library's way, encoded whole, and in slots.

``python -m benchmarks.letters``. All three write the letter of ``benchmarks.messages`` to the same people, HTML and
text, quoted-printable; nothing is sent. ``naive`` is Jinja's sandbox and ``email.message``; ``whole`` is our letter
encoded anew for each person; ``slots`` is our letter with its static parts encoded at compile time. ``eight_bit`` is
what a server with 8BITMIME gets. Each round runs all of them; what counts is CPU time and the ratio of each round.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import time
import uuid
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from benchmarks.messages import BODY as ONE_LINE
from benchmarks.messages import TEXT, facts
from orchestrator.deliver.email.mime import assemble
from orchestrator.model.campaign import Step, Variant
from orchestrator.model.delivery import Message
from orchestrator.model.project import Project
from orchestrator.render import compile_letter

BODY = ONE_LINE.replace("<p", "\n<p").replace("<tr>", "\n<tr>")
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
LINKS = {"unsubscribe": "https://mail.example.com/u/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}


def ways() -> dict[str, Callable[[int], bytes]]:
    """Give each way as a function from a person's number to the bytes of the message."""
    variant = Variant("only", template="big.html.j2", text="big.txt.j2", subject="News for {{ person.first_name }}")
    step = Step("mail", "email", "smtp", "promotional", (variant,))
    project = Project(1, "bench", postal_address="Example Ltd")
    letter = compile_letter({"big.html.j2": BODY, "big.txt.j2": TEXT}, step, variant, project)
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    environment.filters["money"] = lambda value: f"€{value:,.2f}"
    plain = environment.overlay(autoescape=False)
    body, text = environment.from_string(BODY), plain.from_string(TEXT)
    subject = plain.from_string("News for {{ person.first_name }}")

    def message(n: int) -> Message:
        parts = letter.render(facts(n), {"name": "big", "title": "big"}, {}, LINKS)
        identity = uuid.UUID(int=n)
        return Message(
            identity, f"person{n}@example.com", "news@example.com", parts.subject, parts.rich, parts.plain,
            message_id=f"{identity}@example.com", date=NOW,
        )  # fmt: skip

    def naive(n: int) -> bytes:
        names = {"person": facts(n), "links": LINKS, "campaign": {"postal_address": "Example Ltd"}}
        made = EmailMessage(policy=SMTP)
        made["From"], made["To"] = "news@example.com", f"person{n}@example.com"
        made["Subject"] = subject.render(names)
        made["Message-ID"] = f"<{uuid.UUID(int=n)}@example.com>"
        made.set_content(text.render(names))
        made.add_alternative(body.render(names), subtype="html")
        return made.as_bytes()

    def whole(n: int) -> bytes:
        one = message(n)
        return assemble(one._replace(rich=one.html, plain=one.text)).data

    return {
        "naive": naive,
        "whole": whole,
        "slots": lambda n: assemble(message(n)).data,
        "eight_bit": lambda n: assemble(message(n), eight_bit=True).data,
    }


def main() -> None:
    """Print one JSON line: microseconds of CPU per message and the ratios, with their range over the rounds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    made = ways()
    rounds: list[dict[str, float]] = []
    for turn in range(args.rounds + 1):
        found = {}
        for name in sorted(made, reverse=turn % 2 == 1):
            count = args.messages // (10 if name == "naive" else 1)
            start = time.process_time()
            for n in range(count):
                made[name](n)
            found[name] = (time.process_time() - start) / count * 1e6
        if turn:  # the first round warms up
            rounds.append(found)
    line: dict[str, object] = {"benchmark": "letters", "bytes_of_template": len(BODY), "rounds": args.rounds}
    for name in made:
        line[f"{name}_cpu_us"] = round(statistics.median(found[name] for found in rounds), 1)
        line[f"{name}_bytes"] = len(made[name](1))
    for name in ("whole", "slots", "eight_bit"):
        ratios = sorted(found["naive"] / found[name] for found in rounds)
        line[f"naive_to_{name}"] = [round(ratio, 2) for ratio in (statistics.median(ratios), ratios[0], ratios[-1])]
    ratios = sorted(found["whole"] / found["slots"] for found in rounds)
    line["whole_to_slots"] = [round(ratio, 2) for ratio in (statistics.median(ratios), ratios[0], ratios[-1])]
    print(json.dumps(line))


if __name__ == "__main__":
    main()
