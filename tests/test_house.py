"""The house keeps its shape: who may import whom, which library lives where, how long a file may get.

Each message says where to go instead. The drawing is the docstring of ``orchestrator/__init__.py``.
"""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

import orchestrator

ROOT = Path(orchestrator.__file__).parent
GROUND = {"model", "table"}
ROOMS = {"language", "compile", "audience", "experiment", "ledger", "render", "deliver"}
CORRIDOR = {"run"}
FLOORS = {"schedule", "review"}
DOORS = {"cli", "serve"}
DATA = {"starter"}  # files that `orc init` copies and the generator of the demo's shop

MAY_IMPORT: dict[str, set[str]] = {
    "model": {"model"},
    "table": set(),
    **{room: GROUND | {room} for room in ROOMS},
    "run": GROUND | ROOMS | CORRIDOR,
    "schedule": GROUND | ROOMS | CORRIDOR | {"schedule"},
    "review": GROUND | ROOMS | CORRIDOR | {"schedule", "review"},  # a plan shows the next run times
    "cli": GROUND | ROOMS | CORRIDOR | FLOORS | DOORS | DATA,
    "serve": GROUND | ROOMS | CORRIDOR | FLOORS | {"serve"},
    "starter": GROUND | {"starter"},
}

HOMES: dict[str, set[str]] = {
    "lark": {"language"},
    "yaml": {"language"},
    "pydantic": {"language"},
    "sqlalchemy": {"compile", "audience", "ledger"},
    "sqlglot": {"compile"},
    "alembic": {"ledger"},
    "duckdb": {"audience"},
    "duckdb_sqlalchemy": {"audience"},
    "pymysql": {"audience"},
    "jinja2": {"render"},
    "css_inline": {"render"},
    "mjml": {"render"},
    "inscriptis": {"render"},
    "email_validator": {"audience"},
    "aiosmtplib": {"deliver"},
    "httpx": {"deliver"},
    "cryptography": {"deliver"},
    "uvloop": {"run"},
    "apscheduler": {"schedule"},
    "cronsim": {"schedule"},
    "prometheus_client": {"schedule"},
    "structlog": CORRIDOR | FLOORS | DOORS,
    "click": {"cli"},
    "rich": {"cli"},
    "fastapi": {"serve"},
    "uvicorn": {"serve", "cli"},
}

FILES = sorted(p for p in ROOT.rglob("*.py") if "versions" not in p.parts)


def place(path: Path) -> str:
    """Give the room a file belongs to: its folder, or its own name at the top."""
    parts = path.relative_to(ROOT).parts
    return parts[0] if len(parts) > 1 else parts[0].removesuffix(".py")


def imports(path: Path) -> list[tuple[int, str]]:
    """Give (line, dotted module) of every import, lazy ones included, relative ones resolved."""
    found = []
    package = ["orchestrator", *path.relative_to(ROOT).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = package[: len(package) - node.level + 1]
                found.append((node.lineno, ".".join([*base, *([node.module] if node.module else [])])))
            elif node.module == "orchestrator":
                found += [(node.lineno, f"orchestrator.{alias.name}") for alias in node.names]
            else:
                found.append((node.lineno, node.module or ""))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_imports_downwards_only(path: Path) -> None:
    """Rooms meet in model only; what one needs of another, the corridor passes."""
    here = place(path)
    if here == "__init__":
        assert not [name for _, name in imports(path) if name.startswith("orchestrator.")]
        return
    if here == "__main__":
        here = "cli"
    assert here in MAY_IMPORT, f"{here}/ is a new room: draw it in orchestrator/__init__.py and give it a row here"
    for line, name in imports(path):
        parts = name.split(".")
        if parts[0] != "orchestrator" or len(parts) == 1:
            continue
        target = parts[1]
        if target == "__version__":
            continue
        assert target in MAY_IMPORT[here], (
            f"{path}:{line} imports {name}: {here}/ may import {', '.join(sorted(MAY_IMPORT[here]))}. "
            "Let run/ pass the value instead."
        )
        if target not in (here, "model", "cli") and len(parts) > 2:
            raise AssertionError(
                f"{path}:{line} imports the inner file {name}: export the name in {target}/__init__.py and import that"
            )


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_library_has_one_home(path: Path) -> None:
    """A library is replaced by touching one room."""
    here = place(path)
    for line, name in imports(path):
        homes = HOMES.get(name.split(".")[0])
        assert homes is None or here in homes, f"{path}:{line} imports {name}, which lives in {', '.join(homes)}/ only"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_has_one_subject(path: Path) -> None:
    """Over 400 lines a file has become two; each says in its first line what it is for."""
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400, f"{path} is over 400 lines: split it by subject"
    assert ast.get_docstring(ast.parse(text)), f"{path} has no docstring"


def test_half_of_the_files_are_short() -> None:
    """The median stays under 200 lines."""
    lengths = sorted(p.read_text(encoding="utf-8").count("\n") for p in FILES)
    assert lengths[len(lengths) // 2] < 200


def test_the_map_names_every_room() -> None:
    """The docstring of the package is the map; it names what is there and nothing else."""
    drawing = (orchestrator.__doc__ or "").split("::")[1]
    drawn = {word for word in drawing.replace("\n", " ").split() if word.isidentifier()}
    there = {place(p) for p in FILES} - {"__init__", "__main__"} - DATA
    assert there <= drawn, f"not on the map: {sorted(there - drawn)}"
    rooms = GROUND | ROOMS | CORRIDOR | FLOORS | DOORS
    assert drawn & rooms <= there, f"on the map, but not there: {sorted((drawn & rooms) - there)}"


def only_types(path: Path) -> set[int]:
    """Give the lines of imports that stand under ``if TYPE_CHECKING``."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            found |= {child.lineno for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom)}
    return found


def imported_names(path: Path, line: int) -> set[str]:
    """Give the names that the import in this line brings."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.lineno == line:
            return {alias.name for alias in node.names}
    return set()


def test_no_import_goes_round() -> None:
    """No cycle between files, lazy imports included; what only types need is none."""
    names = {
        ".".join(["orchestrator", *p.relative_to(ROOT).with_suffix("").parts]).removesuffix(".__init__"): p
        for p in FILES
    }
    graph: dict[str, set[str]] = {}
    for name, path in names.items():
        typed = only_types(path)
        graph[name] = {found for line, found in imports(path) if found in names and found != name and line not in typed}
        for line, found in imports(path):  # `from orchestrator.room import file` means the file
            if found in names and names[found].name == "__init__.py" and line not in typed:
                files = {f"{found}.{item}" for item in imported_names(path, line)} & names.keys()
                if files:
                    graph[name] = (graph[name] - {found}) | files
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, "imports go round: " + " -> ".join([*trail[trail.index(name) :], name])
        if name in done:
            return
        for target in graph[name]:
            walk(target, (*trail, name))
        done.add(name)

    for name in graph:
        walk(name, ())


FORBIDDEN_CALLS = {"now", "utcnow", "today"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_doors_and_the_schedule_look_at_a_clock(path: Path) -> None:
    """Time is an argument: the same inputs give the same audience tomorrow and in a test."""
    here = place(path)
    if here in DOORS | {"schedule"}:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FORBIDDEN_CALLS:
            owner = ast.unparse(node.func.value)
            assert owner.split(".")[-1] not in {"datetime", "date", "dt"}, (
                f"{path}:{node.lineno} asks for the time: take `as_of` or a clock as an argument"
            )


def test_every_dependency_is_used_and_has_its_reason() -> None:
    """What a user must install is imported somewhere, and docs/decisions.md says why it was chosen."""
    top = ROOT.parent
    project = tomllib.loads((top / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["postgres"], *extras["web"], *extras["fast"]]
    wanted += [*extras["duckdb"], *extras["mysql"]]
    modules = {"pyyaml": "yaml"}
    # read by zoneinfo, named in a URL, imported by its name
    by_name = {"tzdata", "psycopg", "uvloop", "duckdb", "duckdb-sqlalchemy", "pymysql"}
    used = {name.split(".")[0] for path in FILES for _, name in imports(path)}
    reasons = (top / "docs" / "decisions.md").read_text(encoding="utf-8").partition("## Libraries")[2]
    table = [line.split("|")[1] for line in reasons.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    for line in wanted:
        name = re.split(r"[\[<>=; ]", line)[0]
        assert any(name in cell for cell in table), f"docs/decisions.md does not say why {name} is needed"
        assert name in by_name or modules.get(name, name.replace("-", "_")) in used, f"nothing imports {name}"


def test_nothing_pickles() -> None:
    """A pickle in a database is code that runs when it is read."""
    for path in FILES:
        assert not [name for _, name in imports(path) if name.split(".")[0] in {"pickle", "marshal", "shelve"}], path
