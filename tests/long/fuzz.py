"""Throw a million texts at parser and loader: ``python -m tests.long.fuzz --inputs 1000000 --jobs 2``.

Texts are derived from the grammar (and then often broken by a few words), cut and mixed from the files of the example
workspace, or plain bytes. Whatever comes back must be findings with a code and a place inside the text, or a tree;
anything else is a defect and is printed with the seed that makes it again (``--seed N``). No text may cost a second of
processor time.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from lark import Lark
from lark.grammar import NonTerminal, Rule, Terminal

from orchestrator.language import load_texts, load_workspace, parse_definitions, parse_expectation, parse_expression
from orchestrator.language.grammars import parser
from orchestrator.model.diagnostic import Diagnostic

ROOT = Path(__file__).resolve().parents[2]
SLOW = 1.0
DEEP = 14
_NAMES = "country purchase customer tags age lifecycle at_risk amount x sql entry left"
NAMES = tuple(_NAMES.split(" "))
WORDS: dict[str, Sequence[str]] = {
    "NAME": NAMES,
    "PROP": tuple(f".{name}" for name in NAMES),
    "PARAM": ("$min", "$days", "$x"),
    "STRING": ('"DE"', '""', '"ä\\n%_\'"', '"\\\\"', '"\u202e\u0130"', '"' + "y" * 300 + '"'),
    "INT": ("0", "1", "3", "30", "10_000", "9" * 40),
    "DECIMAL": ("0.5", "1.000", "3.14", "1_0.25"),
    "PERCENT": ("5%", "0%", "100%", "12.5%"),
    "DATE": ("2026-12-01", "2026-02-30", "0001-01-01"),
    "DATETIME": ("2026-10-25T02:30", "2026-13-01T00:00", "2026-12-01T10:00Z"),
    "CURRENCY": ("EUR", "JPY", "XXX"),
    "UNIT": ("days", "month", "hours", "quarter", "years"),
    "AGG": ("sum", "median", "max"),
    "DIST": ("km", "mi", "m"),
    "TEXTOP": ("contains", "starts with", "matches"),
    "TEXTINF": ("contain", "end with", "match"),
    "TIMES": ("times", "time"),
    "CMP": ("<", ">=", "<=", ">"),
    "SQLBODY": ("{ select 1 }", "{ select '}' as id }", "{}"),
}  # fmt: skip
_CROOKED = "( ) not and or = != ' \" # ; IN between - , { } $ % 1.000 where segment"
CROOKED = (*_CROOKED.split(" "), "\x00", "\ufeff", "\u2028", "\ud800", "in last")
BYTES = bytes(range(256))


@cache
def rules() -> dict[str, list[list[NonTerminal | Terminal]]]:
    """Give the expansions of every rule of the grammar."""
    made: Lark = parser()
    found: dict[str, list[list[NonTerminal | Terminal]]] = {}
    rule: Rule
    for rule in made.rules:
        found.setdefault(rule.origin.name, []).append(list(rule.expansion))
    return found


@cache
def shortest() -> dict[str, int]:
    """Give how deep a derivation of each rule must at least be."""
    depth: dict[str, int] = {}
    changed = True
    while changed:
        changed = False
        for name, options in rules().items():
            sizes = [
                1 + max((depth.get(s.name, 10**6) for s in option if not s.is_term), default=0) for option in options
            ]
            if (best := min(sizes)) < depth.get(name, 10**6):
                depth[name], changed = best, True
    return depth


def derive(rng: random.Random, name: str, room: int) -> list[str]:
    """Give the words of one derivation."""
    options = rules()[name]
    if room <= shortest()[name]:
        least = min(_height(option) for option in options)
        options = [option for option in options if _height(option) == least]
    words: list[str] = []
    for symbol in rng.choice(options):
        if symbol.is_term:
            words.append(word(rng, symbol.name))
        else:
            words += derive(rng, symbol.name, room - 1)
    return words


def _height(option: Sequence[NonTerminal | Terminal]) -> int:
    return max((shortest()[s.name] for s in option if not s.is_term), default=0)


@cache
def _spellings() -> dict[str, str]:
    return {terminal.name: terminal.pattern.value for terminal in parser().terminals}


def word(rng: random.Random, name: str) -> str:
    """Give a spelling of a terminal."""
    if name in WORDS:
        return rng.choice(WORDS[name])
    value = _spellings()[name]
    return value.replace("\\b", "").replace("\\", "") if name.isalpha() or "\\b" in value else value.replace("\\", "")


@cache
def corpus() -> dict[str, str]:
    """Give the files of the example workspace by path."""
    folder = ROOT / "campaigns"
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted([*folder.rglob("*.seg"), *folder.rglob("*.yml")])
    }


def broken(rng: random.Random, words: list[str]) -> list[str]:
    """Break a text by a few words: left out, doubled, exchanged, put in."""
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(words)) if words else 0
        kind = rng.randrange(4)
        if kind == 0 and words:
            del words[at]
        elif kind == 1 and words:
            words.insert(at, words[at])
        elif kind == 2 and words:
            other = rng.randrange(len(words))
            words[at], words[other] = words[other], words[at]
        else:
            words.insert(at, rng.choice(CROOKED))
    return words


def mixed(rng: random.Random, text: str) -> str:
    """Cut a text and put bytes, pieces of itself and odd characters into it."""
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice((0, 1, 3, 20)))
        piece = rng.choice(
            (
                rng.choice(CROOKED),
                "".join(map(chr, rng.choices(BYTES, k=rng.randint(1, 4)))),
                text[end : end + 15],
                " " * rng.randint(1, 5),
                "\n",
                ": ",
                "- ",
                "",
            )
        )
        text = text[:start] + piece + text[end:]
    return text


def from_grammar(rng: random.Random) -> tuple[str, Sequence[Diagnostic], object]:
    """Read a derivation as what it is."""
    start = rng.choice(STARTS)
    read = READERS.get(start, parse_expression)
    words = derive(rng, start, rng.randint(4, DEEP))
    text = " ".join(broken(rng, words) if rng.random() < 0.6 else words)
    made, findings = read(text, "made.seg")
    return text, findings, made


def from_file(rng: random.Random) -> tuple[str, Sequence[Diagnostic], object]:
    """Read a definition of the example workspace after it was mixed up."""
    path = rng.choice([path for path in corpus() if path.endswith(".seg")])
    text = corpus()[path]
    cut = rng.randrange(len(text))
    text = mixed(rng, text[cut : cut + rng.randint(20, 600)])
    made, findings = parse_definitions(text, path)
    return text, findings, made


def from_bytes(rng: random.Random) -> tuple[str, Sequence[Diagnostic], object]:
    """Read bytes; what is no UTF-8 stays in the text as lone surrogates."""
    data = bytes(rng.choices(BYTES, k=rng.randint(0, 80)))
    text = data.decode("utf-8", "surrogateescape")
    made, findings = rng.choice((parse_expression, parse_definitions))(text, "bytes.seg")
    return text, findings, made


def from_yaml(rng: random.Random) -> tuple[str, Sequence[Diagnostic], object]:
    """Load a workspace one of whose YAML files was mixed up."""
    path = rng.choice([path for path in corpus() if path.endswith(".yml")])
    text = corpus()[path]
    if rng.random() < 0.5:
        cut = rng.randrange(len(text))
        text = text[cut : cut + 400]
    text = mixed(rng, text)
    small = {"campaigns/project.yml": "edition: 1\nname: fuzz\n", "campaigns/schema.yml": SCHEMA, path: text}
    loaded = load_texts(small, Path("."))
    return text, [d for d in loaded.diagnostics if d.span.path == path], loaded.workspace


def from_disk(rng: random.Random) -> tuple[str, Sequence[Diagnostic], object]:
    """Load a folder that holds a file of bytes."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        path = rng.choice(("campaigns/segments/a.seg", "campaigns/project.yml", "campaigns/a.yml", "templates/a.j2"))
        (root / path).parent.mkdir(parents=True)
        data = bytes(rng.choices(BYTES, k=rng.randint(0, 200)))
        (root / path).write_bytes(data)
        loaded = load_workspace(root)
        text = data.decode("utf-8", "replace")
        return text, [d for d in loaded.diagnostics if d.span.path == path], loaded.workspace


SCHEMA = "entities:\n  customer: {table: customers, key: id, attributes: {country: text, age: int}}\n"
_CONDITIONS = "expr comparison comparison event_cond event_cond relation rank consent moved raw_sql group member"
_DEFINITIONS = ("item", "segment", "partition", "trait")
STARTS = (*_CONDITIONS.split(" "), *_DEFINITIONS, "_expect_body")
READERS = dict.fromkeys(_DEFINITIONS, parse_definitions) | {"_expect_body": parse_expectation}
Maker = Callable[[random.Random], tuple[str, Sequence[Diagnostic], object]]
MAKERS: tuple[tuple[Maker, int], ...] = (
    (from_grammar, 60), (from_file, 20), (from_bytes, 12), (from_yaml, 7), (from_disk, 1)
)  # fmt: skip


def one(seed: int) -> tuple[str, str | None, float]:
    """Try one seed: its kind, what is wrong with it (None: nothing), and the seconds of processor time."""
    rng = random.Random(seed)
    maker = rng.choices([m for m, _ in MAKERS], [w for _, w in MAKERS])[0]
    began = time.process_time()
    try:
        text, findings, made = maker(rng)
    except Exception as error:
        return maker.__name__, f"{type(error).__name__}: {error}"[:500], time.process_time() - began
    took = time.process_time() - began
    wrong = None
    lines = text.count("\n") + text.count("\r") + 1
    for found in findings:
        place = found.span
        if not found.code or not found.message or not place.path or place.line < 0 or place.line > lines + 1:
            wrong = f"a finding without a place: {found}"
    if made is None and not findings:
        wrong = "neither a tree nor a finding"
    if took > SLOW:
        wrong = f"took {took:.2f} s"
    return maker.__name__, None if wrong is None else f"{wrong}\n{text!r}"[:1500], took


def many(first: int, count: int) -> tuple[Counter[str], list[tuple[int, str]], float, int]:
    """Try seeds in a row: how many of each kind, what is wrong, and the slowest one."""
    kinds: Counter[str] = Counter()
    wrong: list[tuple[int, str]] = []
    slowest, which = 0.0, first
    for seed in range(first, first + count):
        kind, said, took = one(seed)
        kinds[kind] += 1
        if said is not None:
            wrong.append((seed, said))
        if took > slowest:
            slowest, which = took, seed
    return kinds, wrong, slowest, which


def main() -> int:
    """Run all seeds; give 1 when something was wrong."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--inputs", type=int, default=1_000_000)
    ask.add_argument("--start", type=int, default=0, help="the first seed")
    ask.add_argument("--seed", type=int, help="only this one, with its text")
    ask.add_argument("--jobs", type=int, default=2)
    given = ask.parse_args()
    if given.seed is not None:
        print(*one(given.seed), sep="\n")
        return 0
    began, step = time.monotonic(), 2_000
    total: Counter[str] = Counter()
    wrong: list[tuple[int, str]] = []
    slowest, which = 0.0, 0
    starts = range(given.start, given.start + given.inputs, step)
    with ProcessPoolExecutor(given.jobs) as pool:
        for kinds, said, took, seed in pool.map(many, starts, [step] * len(starts)):
            total += kinds
            for number, text in said:
                print(f"seed {number}: {text}\n", flush=True)
            wrong += said
            if took > slowest:
                slowest, which = took, seed
            if total.total() % 50_000 < step:
                print(f"{total.total():,} in {time.monotonic() - began:.0f} s, {len(wrong)} wrong, "
                      f"slowest {slowest:.3f} s (seed {which})", flush=True)  # fmt: skip
    print(f"{total.total():,} inputs, {dict(total)}, {len(wrong)} wrong, slowest {slowest:.3f} s of processor time "
          f"(seed {which}), {time.monotonic() - began:.0f} s in all")  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
