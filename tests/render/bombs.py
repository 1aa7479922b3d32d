"""Templates and people that want time, memory or the stack, and what each may take: ``python -m tests.render.bombs``.

Every bomb goes off in a process of its own, forked from one that has loaded everything. It prints a line of JSON for
each: seconds of CPU, megabytes that its memory grew by at the most, and what came of it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from orchestrator.model.diagnostic import NOWHERE
from orchestrator.render import RenderError
from tests.render.letters import letter, write

HANGS = 20
"""Seconds of CPU after which the system ends a bomb."""
KILOBYTES = 1 if sys.platform != "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Bomb:
    """A hostile letter: ``says`` is in its error; ``""`` where it must become a letter. ``facts`` are the person's."""

    kind: str
    template: str
    says: str
    seconds: float = 2.0
    megabytes: int = 48
    facts: dict[str, Any] = field(default_factory=dict)
    name: str = "body.html.j2"


def doubled(how: str, first: str) -> str:
    """Give forty values, each made of two of the one before."""
    sets = "".join(f"{{% set a{n + 1} = {how.replace('OLD', f'a{n}' if n > 1 else first)} %}}" for n in range(1, 40))
    return sets + "{{ a40 }}"


def inside(block: str, times: int, body: str, end: str) -> str:
    """Give ``body`` in so many blocks."""
    return block * times + body + end * times


def blocks(count: int, body: str) -> str:
    """Give so many blocks, one after the other."""
    return "".join(f"{{% block a{n} %}}{body}{{% endblock %}}" for n in range(count))


GREW = "grew beyond"
TAGS, PARTS, STEPS = "more than 1000 tags", "parts", "more than 50000 steps"
DEEP, BLOCKS = "nested more than 100 levels", "nested more than 20 deep"
WORDS, STYLED = "<p>{{ person.name }}</p>", "<style>p{color:red}</style>"
MJML = "<mjml><mj-body><mj-section><mj-column>{}</mj-column></mj-section></mj-body></mjml>"
LAYOUT = WORDS + "".join(f"{{% block a{n} %}}" for n in range(3_000)) + "x" + "{% endblock %}" * 3_000
ABOVE = "{% extends 'base.html.j2' %}"
MAIL = "body.mjml.j2"
BOMBS = {
    "a text times a hundred million": Bomb("output", "{{ 'a' * 100000000 }}", GREW),
    "a list times a hundred million": Bomb("output", "{{ [1] * 100000000 }}", GREW),
    "texts doubled by ~": Bomb("output", doubled("OLD ~ OLD", "'x'"), GREW),
    "texts doubled by +": Bomb("output", doubled("OLD + OLD", "'x'"), GREW),
    "texts doubled by join": Bomb("output", doubled("[OLD, OLD] | join", "'x'"), GREW),
    "texts grown by replace": Bomb("output", doubled("OLD | replace('x', 'xxxxxxxxxx')", "'x'"), GREW),
    "numbers squared": Bomb("output", doubled("OLD * OLD", "9"), "grew beyond 256 bits"),
    "a number with many digits": Bomb("output", "{{ 1 | round(99999999) }}", ""),
    "a number written long and replaced": Bomb("output", "{{ 1 | number(999) | replace('0', 'a' * 90000) }}", GREW),
    "a long text a thousand times": Bomb("output", "{% for a in range(1000) %}{{ 'b' * 90000 }}{% endfor %}", "longer"),
    "a text that is too large": Bomb("output", "x" * 600_000, "longer than 500000"),
    "many elements": Bomb("output", "<p>" * 160_000, "more than 20000 elements"),
    "many ampersands": Bomb("output", STYLED + "&" * 490_000, "longer than 1000000"),
    "a long name many times": Bomb("output", "{{ person.name }}" * 1_000, "longer", facts={"name": "n" * 70_000}),
    "loops in loops": Bomb("loop", inside("{% for a in range(1000) %}", 3, "x", "{% endfor %}"), STEPS),
    "loops with much text into a variable": Bomb(
        "loop",
        "{% set x %}" + inside("{% for a in range(1000) %}", 2, "y" * 5_000, "{% endfor %}") + "{% endset %}",
        STEPS,
    ),
    "a loop over too many numbers": Bomb("loop", "{% for x in range(100000) %}{{ x }}{% endfor %}", "at most 1000"),
    "a range that is shown": Bomb("loop", "{{ range(100000000) }}", "at most 1000"),
    "rounds of a modest person": Bomb(
        "loop", inside("{% for a in range(person.n) %}", 3, "x", "{% endfor %}"), "", facts={"n": 2}
    ),
    "rounds of a greedy person": Bomb(
        "loop", inside("{% for a in range(person.n) %}", 3, "x", "{% endfor %}"), STEPS, facts={"n": 1000}
    ),
    "macros that call themselves": Bomb(
        "recursion", "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(1) }}", "too deeply"
    ),
    "macros that call themselves twice": Bomb(
        "recursion", "{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}", "too deeply"
    ),
    "macros that call themselves thrice to an end": Bomb(
        "recursion",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(30) }}",
        STEPS,
    ),
    "macros with much text into a variable": Bomb(
        "recursion",
        "{% macro m(n) %}" + "z" * 50_000 + "{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}"
        "{% set x = m(20) %}",
        "longer than 1000000",
    ),
    "a file that includes itself": Bomb("recursion", "{% include 'body.html.j2' %}", "circle"),
    "brackets": Bomb("recursion", "{{ " + inside("(", 5_000, "1", ")") + " }}", "nested too deeply"),
    "not not not": Bomb("recursion", "{{ " + "not " * 4_000 + "1 }}", "nested too deeply"),
    "a long sum": Bomb("recursion", "{{ 1" + " + 1" * 4_000 + " }}", DEEP),
    "ifs in ifs": Bomb("recursion", inside("{% if 1 %}", 500, "", "{% endif %}"), "nested too deeply"),
    "macros in macros": Bomb(
        "recursion", inside("{% macro m(n) %}", 60, "{{ n }}" * 800, "{% endmacro %}{{ m(1) }}"), BLOCKS
    ),
    "calls in calls": Bomb(
        "recursion",
        "{% macro m(n) %}{{ caller() }}{% endmacro %}" + inside("{% call m(1) %}", 40, "x", "{% endcall %}"),
        BLOCKS,
    ),
    "elements in elements with styles": Bomb("recursion", STYLED + "<div>" * 19_000, ""),
    "other elements in elements with styles": Bomb("recursion", STYLED + "<b><i></u></b>" * 9_000, ""),
    "a long chain of comparisons": Bomb("time", "{{ 1" + " < 1" * 4_000 + " }}", "more than 1000 parts"),
    "a tag that is too long": Bomb("time", "{{ 1" + " < 1" * 50_000 + " }}", "longer than 20000"),
    "a long row of joined texts": Bomb("time", "{{ 1" + " ~ 1" * 50_000 + " }}", "longer than 20000"),
    "a large mapping": Bomb("time", "{{ {" + "1: 1, " * 80_000 + "} | length }}", "longer than 20000"),
    "a number of many digits": Bomb("time", "{{ " + "9" * 5_000 + " }}", "too many digits"),
    "many lists": Bomb("time", ("{{ [" + "1," * 900 + "] | length }}") * 60, PARTS),
    "four thousand divisions": Bomb("time", "{{ 7 // 3 }}" * 4_000, TAGS),
    "as many divisions as there may be": Bomb("time", "{{ 7 // 3 }}" * 900, ""),
    "chains of divisions": Bomb("time", ("{{ 1" + " / 1" * 90 + " }}") * 18, ""),
    "five hundred macros": Bomb("time", inside("{% macro m(n) %}", 3, "1", "{% endmacro %}") * 160 + WORDS, ""),
    "many tags above a layout": Bomb("time", ABOVE + "{% set a = 1 %}" * 15_000 + "{% macro m() %}" * 3_000, TAGS),
    "many blocks of a layout": Bomb("time", ABOVE + blocks(9_000, "y"), "nested more than 50 deep"),
    "blocks in blocks of a layout": Bomb("recursion", ABOVE + blocks(3_000, "y"), "nested more than 50 deep"),
    "super of super of super": Bomb("memory", ABOVE + blocks(30, "{{ super() }}{{ super() }}"), "more than 50000 tags"),
    "operands without a line": Bomb("recursion", "{{ " + inside("1 not in (", 60, "1", ")") + " }}", DEEP),
    "the same a level deeper": Bomb("recursion", "{{ -(" + inside("1 not in (", 60, "1", ")") + ") }}", DEEP),
    "filters around filters": Bomb("recursion", inside("{% filter upper %}", 60, WORDS, "{% endfilter %}"), BLOCKS),
    "many tags": Bomb("time", "{{ 1 }}" * 30_000, TAGS),
    "braces that are text": Bomb("time", "{% raw %}" + "{{" * 100_000 + "{% endraw %}", TAGS),
    "comments never closed": Bomb("time", STYLED + "<!--" * 120_000, ""),
    "styles never closed": Bomb("time", "<style>a{" * 19_000, ""),
    "blanks behind a style": Bomb("time", STYLED + WORDS + "\n" * 480_000, ""),
    "a rule with many declarations": Bomb(
        "memory", "<style>p{" + "".join(f"a{n}:r;" for n in range(9_000)) + "}</style>" + "<p>x</p>" * 2_000, ""
    ),
    "a declaration that is very long": Bomb(
        "memory", "<style>p{background:" + "x" * 90_000 + "}</style>" + "<p>x</p>" * 3_000, ""
    ),
    "a rule for everything": Bomb(
        "time", "<style>p" + ",p" * 49_000 + "{color:red}</style>" + "<p>x</p>" * 900, "", 4.0
    ),
    "a style with many backslashes": Bomb("time", "<style>p{content:'" + "\\" * 200_000 + "}</style><p>x</p>", ""),
    "styles with many brackets": Bomb("recursion", "<style>p{--a:" + "(" * 90_000 + "}</style><p>x</p>", ""),
    "selectors in selectors": Bomb(
        "recursion", "<style>" + inside("p:not(", 10_000, "p", ")") + "{color:red}</style><p>x</p>", ""
    ),
    "MJML in MJML": Bomb("recursion", MJML.format("<mj-column>" * 5_000), "stand in one another", name=MAIL),
    "MJML with much HTML": Bomb(
        "recursion", MJML.format("<mj-text>" + inside("<div>", 9_000, "x", "</div>") + "</mj-text>"), "", name=MAIL
    ),
    "a subject as long as a book": Bomb("output", WORDS, "subject", facts={"name": "n" * 70_000}),
}  # fmt: skip


def explode(name: str) -> dict[str, Any]:
    """Set one off in this process and say what it took."""
    bomb = BOMBS[name]
    resource.setrlimit(resource.RLIMIT_CPU, (HANGS, HANGS + 1))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    try:
        subject = "{{ person.name }}" if "subject" in name else "s"
        made = letter(None, {bomb.name: bomb.template, "base.html.j2": LAYOUT}, template=bomb.name, subject=subject)
        parts = write(made, **{"name": "Ada", **bomb.facts})
        kind, said, at = "letter", f"{len(parts.html or '')} characters", ""
    except RenderError as error:
        kind, said, at = "error", error.message, "" if error.span is NOWHERE else str(error.span)
    took = time.process_time() - begun
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // KILOBYTES // 1024
    return {"name": name, "kind": kind, "said": said, "at": at, "seconds": round(took, 2), "megabytes": grown}


def all_of_them() -> Iterator[dict[str, Any]]:
    """Set off one after the other, each in a process of its own."""
    for name in BOMBS:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                found = explode(name)
            except BaseException as error:
                found = {"name": name, "kind": type(error).__name__, "said": str(error), "at": ""}
            with os.fdopen(writing, "w") as pipe:
                pipe.write(json.dumps(found))
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        died = f"ended by signal {os.waitstatus_to_exitcode(status)}"
        yield json.loads(said) if said else {"name": name, "kind": "dead", "said": died, "at": ""}


if __name__ == "__main__":
    for mjml in ("body.html.j2", "body.mjml.j2"):  # what is loaded only when it is needed
        body = STYLED + WORDS if mjml == "body.html.j2" else MJML.format("<mj-text>x</mj-text>")
        write(letter(None, {mjml: body}, template=mjml, subject="s"), name="Ada")
    for line in all_of_them():
        print(json.dumps(line), flush=True)
