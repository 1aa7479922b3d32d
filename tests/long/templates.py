"""Mutated templates: each is a letter, or an error with its place, within a second of CPU time and 300 MB.

    python -m tests.long.templates --count 1000000 --seed 1

Starts from the templates of the starter and from made-up ones, and changes their text and tags by grammar: pieces
are lost, doubled, swapped, wrapped in loops, conditions and macros; expressions grow, numbers become huge. Prints one
line of JSON with how many were letters and errors, the slowest, the peak of memory, and the numbers of the defects
(``--seed N --count 1`` repeats one); status 1 when there are any.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import sys
import time

from orchestrator.model.diagnostic import NOWHERE
from orchestrator.render import RenderError
from orchestrator.render.filters import FILTERS, TESTS
from orchestrator.starter import workspace_files
from tests.render.letters import letter, write

SLOWEST, MOST_MEMORY = 1.0, 300 * 1024
_PIECES = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)
FACTS = {"first_name": "Ada", "name": None, "points": 12, "city": "Lyon", "email": "ada@example.com"}
FILES = {path.removeprefix("templates/"): text for path, text in workspace_files().items() if path.endswith(".j2")}
SEEDS = (
    *FILES.values(),
    "<p>{{ person.first_name | default('you') }}</p>{% for a in range(9) %}{{ loop.index }}{% endfor %}",
    "{% macro m(n) %}<b>{{ n }}</b>{% endmacro %}{{ m(1) }}{{ m(2) }}",
    "{% set x = [1, 2, 3] %}{{ x | join(', ') }}{% if x %}{{ x[0] + 1 }}{% else %}no{% endif %}",
    "<table>{% for r in [[1, 2], [3, 4]] %}<tr>{% for c in r %}<td>{{ c }}</td>{% endfor %}</tr>{% endfor %}</table>",
)
ATOMS = (
    "1", "0", "-1", "9" * 30, "1e308", "10**9", "'a'", "''", "'a' * 1000", "[1, 2]", "[]", "{'a': 1}", "none", "true",
    "person", "person.first_name", "person.name", "person.points", "person.nobody", "campaign.name", "loop.index",
    "range(1000)", "range(10**9)", "x", "m(3)", "links.unsubscribe", "caller()",
)  # fmt: skip
OPERATORS = ("+", "-", "*", "/", "//", "%", "~", "==", "<", "in", "and", "or", "not in", "**")
WRAPS = (
    ("{% for a in range(1000) %}", "{% endfor %}"),
    ("{% if person.points > 3 %}", "{% endif %}"),
    ("{% macro m(n) %}", "{% endmacro %}{{ m(1) }}"),
    ("{% set x %}", "{% endset %}{{ x }}"),
    ("{% filter upper %}", "{% endfilter %}"),
    ("{% call m(1) %}", "{% endcall %}"),
    ("{% with x = 'a' * 90000 %}", "{% endwith %}"),
    ("{% raw %}", "{% endraw %}"),
    ("<div>", "</div>"),
    ("<style>", "</style>"),
)


def expression(dice: random.Random, depth: int = 0) -> str:
    """Give an expression, most of them allowed, many of them wrong in type or size."""
    draw = dice.random() if depth < 5 else 0.0
    if draw < 0.35:
        return dice.choice(ATOMS)
    one = expression(dice, depth + 1)
    if draw < 0.55:
        return f"({one} {dice.choice(OPERATORS)} {expression(dice, depth + 1)})"
    if draw < 0.8:
        given = f"({expression(dice, depth + 1)})" if dice.random() < 0.4 else ""
        return f"{one} | {dice.choice(sorted(FILTERS))}{given}"
    if draw < 0.87:
        return f"({one} if {expression(dice, depth + 1)} else {dice.choice(ATOMS)})"
    if draw < 0.93:
        return f"({one} is {dice.choice(sorted(TESTS))})"
    return f"[{one}, {expression(dice, depth + 1)}]" if draw < 0.97 else f"{one}[{dice.choice(ATOMS)}]"


def mutated(dice: random.Random) -> str:
    """Give one of the templates after one to six changes."""
    pieces = [piece for piece in _PIECES.split(dice.choice(SEEDS)) if piece]
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(pieces)) if pieces else 0
        draw = dice.random()
        if not pieces or draw < 0.3:
            pieces.insert(at, "{{ " + expression(dice) + " }}")
        elif draw < 0.4:
            del pieces[at]
        elif draw < 0.5:
            pieces[at:at] = pieces[at : at + dice.randint(1, 9)] * dice.choice([1, 1, 1, 30, 300])
        elif draw < 0.6:
            other = dice.randrange(len(pieces))
            pieces[at], pieces[other] = pieces[other], pieces[at]
        elif draw < 0.8:
            before, after = dice.choice(WRAPS)
            end = min(len(pieces), at + dice.randint(1, 9))
            times = dice.choice([1, 1, 1, 2, 3, 60])
            pieces[at:end] = [before * times, *pieces[at:end], after * times]
        elif draw < 0.9:
            pieces[at] = re.sub(r"\d+", lambda found: str(int(found.group()[:9]) * 10**9), pieces[at])
        else:
            cut = dice.randrange(len(pieces[at]) + 1)
            pieces[at] = pieces[at][:cut] + dice.choice(["", "{{", "%}", "{#", "'", ")", "<", "\0", "{{ '\\ud800' }}"])
    return "".join(pieces)


def tried(number: int) -> tuple[str, float, str]:
    """Try one: give ``letter`` or ``error``, its CPU seconds, and what is wrong with it ('' when nothing is)."""
    source = mutated(random.Random(number))
    begun, wrong = time.process_time(), ""
    try:
        parts = write(letter(source, FILES, subject="s"), **FACTS)
        kind = "letter"
        if len(parts.html or "") > 2_000_000:
            wrong = f"a letter of {len(parts.html or '')} characters"
    except RenderError as error:
        kind = "error"
        wrong = f"an error without a place: {error}" if error.span is NOWHERE else ""
    except Exception as error:
        kind, wrong = "error", f"{type(error).__name__}: {error}"[:200]
    took = time.process_time() - begun
    return kind, took, wrong or (f"{took:.1f} s" if took > SLOWEST else "")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=24 * 60, help="begin no further one after so long")
    given = parser.parse_args()
    kinds = {"letter": 0, "error": 0}
    slowest, defects = (0.0, 0), list[str]()
    begun, used = time.monotonic(), time.process_time()
    for number in range(given.seed, given.seed + given.count):
        if time.monotonic() - begun > given.minutes * 60:
            break
        kind, took, wrong = tried(number)
        kinds[kind] += 1
        slowest = max(slowest, (round(took, 2), number))
        defects += [f"{number}: {wrong}"] if wrong else []
        if wrong:
            print(f"{number}: {wrong}", file=sys.stderr, flush=True)
        if number % 1000 == 0:
            print(f"{sum(kinds.values())} tried, {len(defects)} defects", file=sys.stderr, flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if memory > MOST_MEMORY:
        defects.append(f"{memory // 1024} MB of memory")
    cpu = round(time.process_time() - used, 1)
    said = {
        "count": sum(kinds.values()),
        "seed": given.seed,
        **kinds,
        "cpu_s": cpu,
        "slowest_s": slowest[0],
        "slowest_seed": slowest[1],
    }
    print(json.dumps({**said, "peak_mb": memory // 1024, "defects": defects[:50]}))
    raise SystemExit(1 if defects else 0)


if __name__ == "__main__":
    main()
