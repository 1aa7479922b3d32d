"""The documentation says what is: printed pages are fresh, links lead somewhere, commands and examples work."""

from __future__ import annotations

import importlib.util
import re
import shlex
import tomllib
from pathlib import Path
from types import ModuleType

import click
import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
WRITTEN = [page for page in PAGES if "reference" not in page.parts]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)|<img[^>]*src=\"([^\"]+)\"")
FENCE = re.compile(r"^```(\w+)?[^\n]*\n(.*?)^```", re.S | re.M)


def printer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("print_docs", ROOT / "docs" / "print.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PRINTER = printer()


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PRINTER.PAGES)
def test_what_is_printed_from_code_is_fresh(page: str) -> None:
    """Nobody reads a manual of last month: `make docs` prints it again."""
    printed = PRINTER.NOTE + PRINTER.PAGES[page]()
    assert (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8") == printed, "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """A link inside the repository names a file that is there, and a heading that is in it."""
    for groups in LINK.findall(page.read_text(encoding="utf-8")):
        target = next(filter(None, groups))
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, heading = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{name(page)} links to {target}"
        if heading:
            assert heading in anchors(file), f"{name(page)} links to {target}: no such heading"


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def commands(text: str) -> list[str]:
    """Give every `orc …` of a page: in code spans, and at the start of lines of shell blocks."""
    found = re.findall(r"`(orc [^`\n]+)`", FENCE.sub("", text))
    for language, block in FENCE.findall(text):
        if language in ("sh", "shell", "bash", "console", "yaml"):
            found += re.findall(r"^\s*(?:\$ |run: |entry: )?(?:[A-Z_]+=\S+ )*(orc [^\n]+)$", block, re.M)
    return found


def holds(line: str, where: str) -> None:
    """Fail unless the verb and the flags of a command line exist."""
    from orchestrator.cli.verbs import VERBS

    words = shlex.split(re.split(r"\s#|\s[|>&]|…", line)[0])[1:]
    if words[:1] == ["-C"]:
        words = words[2:]
    if not words or words[0].startswith("-") or words[0] == "VERB":
        return
    assert words[0] in VERBS, f"{where}: `{line}`"
    command = VERBS.get(words[0])
    rest = words[1:]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        below = command.get_command(click.Context(command), rest[0])
        assert below is not None, f"{where}: `{line}`"
        command, rest = below, rest[1:]
    flags = {"--help", "-h"}
    for parameter in command.params:
        flags |= {*parameter.opts, *parameter.secondary_opts}
    for word in rest:
        if word.startswith("-"):
            assert word.split("=")[0] in flags, f"{where}: `{line}` has no flag {word}"


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_every_command_exists(page: Path) -> None:
    """A reader can type every `orc …` that the documentation names: the verb and its flags are there."""
    for line in commands(page.read_text(encoding="utf-8")):
        holds(line, name(page))


@pytest.mark.parametrize(
    "path", [".github/actions/orc-plan/action.yml", ".pre-commit-hooks.yaml", "Makefile", "docs/how-to/recover.md"]
)
def test_what_machines_call_exists(path: str) -> None:
    """The action, the hooks and the Makefile call verbs and flags that are there."""
    text = (ROOT / path).read_text(encoding="utf-8")
    found = re.findall(r"(?:run: |entry: |/|^\s+|`)(orc [a-z][^|>;`\n]*)", text, re.M)
    assert found
    for line in found:
        holds(line, path)


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_every_segment_in_the_docs_is_one(page: Path) -> None:
    """Examples can be copied: each block of segments is read without a complaint."""
    from orchestrator.language import parse_definitions

    for language, block in FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "seg":
            definitions, problems = parse_definitions(block, name(page))
            assert definitions, block
            assert not problems, f"{name(page)}: {problems[0].message}"


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_the_docs_promise_no_more_than_we_keep(page: Path) -> None:
    """Nobody can promise that a message arrives one time and no more; we never say those words."""
    text = page.read_text(encoding="utf-8").lower()
    assert "exactly" + " once" not in text
    assert "/home/" not in text


def test_every_library_has_a_reason() -> None:
    """A dependency that nobody can justify goes: docs/decisions.md names each one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"]]
    for extra, names in project["optional-dependencies"].items():
        wanted += names if extra != "test" else []
    text = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8").split("## ", 2)[1]
    rows = {
        word.strip()
        for row in re.findall(r"^\| ([^|]+) \|", text, re.M)
        for word in re.sub(r"\(.*?\)", "", row).split(",")
    }
    libraries = {re.split(r"[\[<>=!; ]", entry)[0].lower() for entry in wanted}
    assert libraries - rows == set(), "in pyproject.toml, but not in docs/decisions.md"
    assert rows - libraries - {"library", "---"} == set(), "in docs/decisions.md, but not in pyproject.toml"


def test_every_key_has_a_meaning() -> None:
    """The reference of the files explains each key, and none that is gone."""
    for _, module, model in PRINTER.FILES:
        home = importlib.import_module(f"orchestrator.language.{module}")
        there = {key for key, _ in PRINTER.keys(getattr(home, model), "")}
        assert there == set(PRINTER.SAYS[module])


def test_every_setting_has_a_meaning() -> None:
    """The reference of the settings explains each one of a deployment and of a provider, and none that is gone."""
    from orchestrator.cli.settings import VARIABLES
    from orchestrator.language.provider_keys import SETTINGS

    assert set(PRINTER.DEPLOYMENT) == set(VARIABLES)
    assert {kind: set(says) for kind, says in PRINTER.PROVIDERS.items()} == {
        kind: set(known) for kind, known in SETTINGS.items()
    }
