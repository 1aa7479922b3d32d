"""Print the reference pages from the code: ``python docs/print.py`` writes them, ``--check`` compares.

What can be read off the code is never written by hand: verbs, settings, keys, codes, filters, words of the language.
"""

from __future__ import annotations

import importlib
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel

sys.path.insert(0, str(Path(__file__).parent))

from hazards import HAZARDS
from operators import OPERATORS

from orchestrator.language.said import DEPLOYMENT, PROVIDERS, REQUIRED, SAYS

HERE = Path(__file__).parent
NOTE = "<!-- Printed from the code by docs/print.py: change the code, then run `make docs`. -->\n"


def verbs() -> str:
    """Give the operator's manual: the help of every verb."""
    from orchestrator.cli.door import orc
    from orchestrator.cli.verbs import SECTIONS, VERBS

    lines = ["# The operator's manual", "", "Every verb, as `orc VERB --help` prints it.", ""]
    lines += ["| exit status | meaning |", "|---|---|"]
    lines += [f"| {number} | {meaning} |" for number, meaning in exits()]
    lines += ["", "```text", helped(orc, "orc"), "```"]
    for title, rows in SECTIONS.items():
        lines += ["", f"## {title}"]
        for row in rows:
            for name, command in tree(row.name, VERBS.get(row.name)):
                lines += ["", f"### orc {name}", "", "```text", helped(command, f"orc {name}"), "```"]
    return "\n".join(lines) + "\n"


def exits() -> list[tuple[str, str]]:
    """Give the exit statuses, which the docstring of the door states."""
    import orchestrator.cli

    said = " ".join((orchestrator.cli.__doc__ or "").split("Exit statuses:")[1].split())
    return [(m[1], m[2].strip()) for m in re.finditer(r"(\d+) ([^,.]+)", said)]


def tree(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Yield a verb and, where it is a group, the verbs below it."""
    yield name, command
    if isinstance(command, click.Group):
        for below in command.list_commands(click.Context(command)):
            found = command.get_command(click.Context(command), below)
            if found is not None:
                yield from tree(f"{name} {below}", found)


def helped(command: click.Command, name: str) -> str:
    """Give the help text of one command at a fixed width."""
    context = click.Context(
        command, info_name=name, terminal_width=100, max_content_width=100, help_option_names=["-h", "--help"]
    )
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


def files() -> str:
    """Give every key of every YAML file, and the keys that a later version will read."""
    lines = [
        "# The keys of all files",
        "",
        "Files are read strictly: an unknown key, a key given twice or a value of the wrong kind is an error with its "
        "place. An empty cell needs no word.",
        "",
    ]
    for title, module, model in FILES:
        home = importlib.import_module(f"orchestrator.language.{module}")
        lines += [f"## {title}", "", "| key | | |", "|---|---|---|"]
        for key, needed in keys(getattr(home, model), ""):
            lines.append(f"| `{key}` | {'required' if needed or key in REQUIRED else ''} | {SAYS[module][key]} |")
        later: Mapping[str, str] = getattr(home, "LATER", {})
        if later:
            lines += ["", 'Refused with "comes later":', ""]
            lines += [f"- `{key}`: {what}" for key, what in later.items()]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


FILES = (
    ("A campaign: `campaigns/<name>.yml`", "campaign_keys", "CampaignKeys"),
    ("`campaigns/project.yml`", "project_file", "ProjectKeys"),
    ("`campaigns/schema.yml`", "schema_keys", "SchemaKeys"),
    ("`campaigns/policies.yml`", "policies_file", "PolicyKeys"),
    ("Tests: `campaigns/tests/*.yml`", "tests_file", "TestKeys"),
)


def keys(annotation: Any, before: str) -> Iterator[tuple[str, bool]]:
    """Yield (dotted key, is it required) for a set of keys; ``[]`` stands behind a list, ``<name>`` for any name."""
    annotation = plain(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            key = f"{before}.{info.alias or name}".lstrip(".")
            yield key, info.is_required()
            if not key.endswith(">.of"):  # what an entry holds is described like a property
                yield from keys(info.annotation, key)
        return
    inner = typing.get_args(annotation)
    if typing.get_origin(annotation) is dict and inner[1] is not Any:
        yield f"{before}.<name>", False
        yield from keys(inner[1], f"{before}.<name>")
    elif typing.get_origin(annotation) is list and typing.get_origin(plain(inner[0])) is not dict:
        yield from keys(inner[0], f"{before}[]")


def plain(annotation: Any) -> Any:
    """Give an annotation without its validators and without None."""
    while True:
        if typing.get_origin(annotation) is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif typing.get_origin(annotation) in (typing.Union, types.UnionType):
            annotation = next(part for part in typing.get_args(annotation) if part is not type(None))
        else:
            return annotation


def settings() -> str:
    """Give the settings of a deployment and those of the providers."""
    from orchestrator.cli.settings import VARIABLES
    from orchestrator.language.provider_keys import INSTEAD, SETTINGS, Several

    lines = ["# Settings of a deployment", ""]
    lines += [
        "URLs and keys never stand in campaign files. The environment wins over `profiles.yml`, which `orc init`",
        "",
    ]
    lines[-2] += " writes beside the workspace and which never goes into git."
    lines += ["| key of `profiles.yml` | environment variable | |", "|---|---|---|"]
    lines += [f"| `{key}` | `{name}` | {DEPLOYMENT[key]} |" for key, name in VARIABLES.items()]
    replaced = {name for names in INSTEAD.values() for name in names}
    lines += ["", "## Settings of providers", "", "`providers:` of `project.yml`, by `kind`.", ""]
    for kind, known in SETTINGS.items():
        lines += [f"### {kind}", ""]
        for key, how in known.items():
            says = PROVIDERS[kind][key]
            if isinstance(how, Several):
                entries = f"for each {how.named}" if how.named else "a list, each with"
                lines.append(f"- `{key}` ({entries}): {says}")
                lines += [f"  - `{inner}`: {spelled(below)}" for inner, below in how.keys.items()]
            else:
                kept = how.removesuffix("!") if key in replaced else how
                lines.append(f"- `{key}` ({spelled(kept)}): {says}")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def spelled(how: Any) -> str:
    """Give the kind of a setting's value in words."""
    words = {"whole": "a whole number", "number": "a number", "yes": "true or false", "text": "a text"}
    words |= {"secret": "a secret, as `${NAME}`"}
    text = str(how)
    plain_text = text.removesuffix("!")
    choice = " or ".join(f"`{part}`" for part in plain_text.split("|"))
    return words.get(plain_text, choice) + (", required" if text.endswith("!") else "")


def codes() -> str:
    """Give every diagnostic code, its rule and its examples."""
    from orchestrator.cli.explain import pages

    lines = [
        "# What `orc check` can say",
        "",
        "`orc explain CODE` prints one of these. E is an error, W a warning.",
        "",
    ]
    for code, page in pages().items():
        lines += [f"## {code}: {page.title}", "", page.explanation, ""]
        for label, example in (("Not", page.bad), ("But", page.good)):
            if example:
                lines += [f"{label}:", "", "```text", example.rstrip(), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def templates() -> str:
    """Give the filters and tests of templates."""
    from orchestrator.render.filters import ALIASES, FILTERS, TESTS

    lines = [
        "# What templates can do",
        "",
        "Templates are Jinja in a sandbox. They see `person` (attributes and traits), `campaign` (`campaign.params`, "
        "`campaign.postal_address`), `variant`, `links` (`links.unsubscribe`) and `content` (`content.subject`, "
        "`content.preheader`). An unknown value without `default` is an error before anything is sent.",
        "",
    ]
    lines += ["| filter | gives | example | result |", "|---|---|---|---|"]
    for name, row in FILTERS.items():
        lines.append(f"| `{name}` | {row.does} | {cell(f'`{row.example}`')} | {cell(row.gives)} |")
    lines += ["", "Other names: " + ", ".join(f"`{a}` for `{b}`" for a, b in ALIASES.items()) + "."]
    lines += ["", "Tests behind `is`: " + ", ".join(f"`{name}`" for name in TESTS) + "."]
    return "\n".join([*lines, *mjml()]) + "\n"


def mjml() -> list[str]:
    """Give the table of the elements of MJML."""
    from orchestrator.render.mjml_words import ELEMENTS, FREE

    lines = [
        "",
        "## MJML",
        "",
        "Templates whose names end with `.mjml.j2` are [MJML](../how-to/write-letters-in-mjml.md). Every element of a "
        "body also has `css-class` and `mj-class`. Attributes in *italics* may hold Jinja.",
        "",
        "| element | holds | attributes |",
        "|---|---|---|",
    ]
    for name, row in ELEMENTS.items():
        holds = "text" if name in ("mj-title", "mj-preview") else "CSS" if name == "mj-style" else "HTML"
        inside = holds if row.content else ", ".join(f"`{child}`" for child in sorted(row.children)) or "nothing"
        known = sorted(row.attributes - {"css-class", "mj-class", "data-utm"})
        said = ", ".join(f"*{word}*" if word in FREE and name != "mj-body" else word for word in known)
        if name in ("mj-all", "mj-class"):
            said = ("name, " if name == "mj-class" else "") + "any of an element below"
        elif name == "mj-attributes":
            inside = "`mj-all`, `mj-class`, any element below `mj-body`"
        lines.append(f"| `{name}` | {inside} | {said} |")
    return lines


def cell(text: str) -> str:
    """Give a text that cannot break a table; code between backticks shows its signs as they are."""
    pieces = text.replace("|", "\\|").split("`")
    return "`".join(piece if n % 2 else piece.replace("<", "&lt;") for n, piece in enumerate(pieces))


def words() -> str:
    """Give the language itself: its grammar, the words that cannot be names, and what comes later."""
    from orchestrator.language.segment_later import LATER

    grammar = (HERE.parent / "grammar" / "segment.lark").read_text(encoding="utf-8").rstrip()
    lines = [
        "# The grammar",
        "",
        "The [language in one page](../language.md) explains it, this defines it. A word in capitals is a keyword.",
        "",
    ]
    lines += ["## Read, but not run yet", "", "These are refused with E190 instead of half working.", ""]
    lines += [f"- {what}" for what in LATER.values()]
    lines += ["", "## The rules", "", "```lark", grammar, "```"]
    return "\n".join(lines) + "\n"


def operators() -> str:
    """Give the union of operators that the leading tools offer, with the sentence that says each."""
    covered = [row for row in OPERATORS if row.how != "missing"]
    rewritten = sum(row.how == "rewriting" for row in covered)
    lines = [
        "# Every operator",
        "",
        "What the leading tools for segments offer, and how it is said here, in the words of the example shop: "
        f"{len(covered)} of {len(OPERATORS)}, {rewritten} of them by a rewriting in other words. Every sentence is "
        "read, checked, compiled for each engine and said in English by a test.",
    ]
    family = ""
    for row in OPERATORS:
        if row.family != family:
            family = row.family
            lines += ["", f"## {family}", "", "| operator | is said | |", "|---|---|---|"]
        said = "<br>".join(cell(f"`{sentence}`") for sentence in row.says)
        how = {"words": "", "rewriting": "rewriting", "missing": "not covered"}[row.how]
        lines.append(f"| {row.name} | {said} | {': '.join(filter(None, (how, row.note)))} |")
    return "\n".join(lines) + "\n"


def outcomes() -> str:
    """Give what each answer of an SMTP server makes of a message, from the one table that decides it."""
    from orchestrator.deliver.email.outcomes import TABLE
    from orchestrator.model.delivery import Outcome

    names = {None: "goes on", Outcome.ACCEPTED: "accepted", Outcome.RETRY: "tried again later"}
    names |= {Outcome.FAILED: "failed", Outcome.UNKNOWN: "**unknown**"}
    lines = [
        "# What an SMTP answer means",
        "",
        "*Accepted* is a definite yes; *failed* and *tried again later* are definite noes; *unknown* is neither and is "
        "never sent again without a decision: see [deal with unknown](../how-to/deal-with-unknown.md). `body` is "
        "everything from the first byte of a message to the answer behind its final dot.",
        "",
        "| at | the server answers | the message is | because | the connection |",
        "|---|---|---|---|---|",
    ]
    for row in TABLE:
        phases = ", ".join(f"`{phase.value}`" for phase in row.phases)
        end = "is over" if row.ends else "stays"
        lines.append(f"| {phases} | {row.answer.value} | {names[row.outcome]} | {row.why} | {end} |")
    lines += [
        "",
        "A message whose connection is over before its body goes over the next connection at once; only when that is "
        "lost too it waits. Where a refusal states one time (`try again in 300 seconds`), it is not tried before.",
    ]
    return "\n".join(lines) + "\n"


def hazards() -> str:
    """Give the hazards of sending that are answered, with the code and the tests that answer them."""
    lines = [
        "# What can go wrong while sending, and what holds then",
        "",
        "Each row names the code that keeps the rule and the tests that bring the hazard about.",
        "",
        "| | hazard | rule | code | tests |",
        "|--:|---|---|---|---|",
    ]
    for one in HAZARDS:
        tests = "<br>".join(f"`{test}`" for test in one.tests)
        lines.append(f"| {one.number} | {one.hazard} | {one.rule} | `{one.code.removesuffix(':*')}` | {tests} |")
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "codes.md": codes,
    "files.md": files,
    "hazards.md": hazards,
    "language.md": words,
    "operators.md": operators,
    "outcomes.md": outcomes,
    "settings.md": settings,
    "templates.md": templates,
    "verbs.md": verbs,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` tell which are out of date."""
    stale = []
    for name, page in PAGES.items():
        path = HERE / "reference" / name
        text = NOTE + page()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(f"docs/reference/{name}")
            if "--check" not in arguments:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if stale and "--check" in arguments:
        sys.stderr.write(f"out of date: {', '.join(stale)}. Run `make docs`.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
