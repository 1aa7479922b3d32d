"""The worked example at the top and the starter: without a flaw, covered by their own tests, alive on the shop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from starter.conftest import Opener

from orchestrator.audience import Warehouse, cells, ids, open_warehouse
from orchestrator.cli import main
from orchestrator.compile import audience_query, cells_query, check, members_query, prepare
from orchestrator.language import load_workspace
from orchestrator.model.condition import SegmentRef
from orchestrator.model.people import Fact
from orchestrator.model.schema import Type
from orchestrator.model.segment import Partition, Segment, Trait
from orchestrator.model.workspace import Workspace
from orchestrator.render import compile_letter
from orchestrator.starter import generate, workspace_files

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT
STARTER = ROOT / "orchestrator" / "starter" / "files"
BOTH = pytest.mark.parametrize("root", [EXAMPLE, STARTER], ids=["example", "starter"])
AS_OF = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Shop:
    """The simulated shop, opened."""

    warehouse: Warehouse
    people: int


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, records: Opener) -> Iterator[Shop]:
    path = tmp_path_factory.mktemp("shop") / "shop.db"
    counts = generate(path, 4_000, until=AS_OF)
    with ExitStack() as stack:
        warehouse = open_warehouse(f"sqlite:///{path}", prepare, records)
        stack.callback(warehouse.dispose)
        yield Shop(warehouse, counts["customers"])


def workspace(root: Path) -> Workspace:
    return load_workspace(root).workspace


@BOTH
def test_there_is_nothing_to_complain_about(root: Path) -> None:
    """What newcomers copy has no error and no warning."""
    loaded = load_workspace(root)
    assert [f"{d.span}: {d.code} {d.message}" for d in (*loaded.diagnostics, *check(loaded.workspace))] == []
    assert main(["-C", str(root), "check"]) == 0


@BOTH
def test_their_own_tests_pass(root: Path) -> None:
    """The example's claims about its segments are tested with people on every edge."""
    assert workspace(root).tests
    assert main(["-C", str(root), "test"]) == 0


@BOTH
def test_they_are_in_the_one_form(root: Path) -> None:
    """`orc fmt` has nothing to do."""
    assert main(["-C", str(root), "fmt", "--check"]) == 0


NOBODY_YET = ("fatigued", "curious_not_converted")
"""Who was sent something, which nobody was in a fresh shop."""


def segments(root: Path) -> list[str]:
    return [name for name, d in workspace(root).definitions.items() if isinstance(d, Segment)]


@pytest.mark.parametrize("name", segments(EXAMPLE))
def test_every_segment_finds_somebody(name: str, shop: Shop) -> None:
    """On the simulated shop no segment of the example is empty but those about letters, and none is everybody."""
    query = members_query(workspace(EXAMPLE), SegmentRef(name), AS_OF, "sqlite")
    with shop.warehouse.read() as connection:
        found = len(list(ids(connection, query)))
    assert (found > 0) is (name not in NOBODY_YET)
    assert found < shop.people


@pytest.mark.parametrize("name", segments(STARTER))
def test_every_segment_of_the_starter_finds_somebody(name: str, shop: Shop) -> None:
    """A newcomer's first `orc show` shows people."""
    query = members_query(workspace(STARTER), SegmentRef(name), AS_OF, "sqlite")
    with shop.warehouse.read() as connection:
        assert 0 < len(list(ids(connection, query))) < shop.people


@pytest.mark.parametrize("name", [n for n, d in workspace(EXAMPLE).definitions.items() if isinstance(d, Partition)])
def test_every_cell_finds_somebody_and_nobody_stands_in_two(name: str, shop: Shop) -> None:
    """Partitions of the example cut the shop into cells that are all alive and never overlap."""
    found = workspace(EXAMPLE)
    partition = found.definitions[name]
    assert isinstance(partition, Partition)
    with shop.warehouse.read() as connection:
        placed = list(cells(connection, cells_query(found, name, AS_OF, "sqlite")))
    assert len({person for person, _ in placed}) == len(placed)
    assert {cell for _, cell in placed} == set(partition.cells)
    if partition.among is None:
        assert len(placed) == shop.people


def test_all_models_of_segmentation_are_shown() -> None:
    """At least twelve segments: demographic, geographic, psychographic, behavioural, technographic, value."""
    found = workspace(EXAMPLE)
    tags = {tag for d in found.definitions.values() for tag in d.tags}
    models = {"demographic", "geographic", "psychographic", "behavioural", "technographic", "value", "lifecycle"}
    assert models <= tags
    assert len(segments(EXAMPLE)) >= 16
    assert any(isinstance(d, Trait) for d in found.definitions.values())


@BOTH
def test_every_campaign_reaches_somebody(root: Path, shop: Shop) -> None:
    """On the simulated shop each audience has people, policies taken off, on the day of the test."""
    found = workspace(root)
    for campaign in found.campaigns.values():
        query = audience_query(found, campaign, AS_OF, "sqlite", (), (), ("email",), None)
        with shop.warehouse.read() as connection:
            assert len(list(ids(connection, query))) > 0, campaign.name


@BOTH
def test_every_letter_can_be_written_for_everybody(root: Path) -> None:
    """Nothing in a letter breaks for somebody of whom all is known, or for somebody of whom hardly anything is."""
    found = workspace(root)
    known: dict[str, Fact] = {}
    hardly: dict[str, Fact] = {}
    for name, field in found.schema.first.attributes.items():
        known[name] = {
            Type.TEXT: field.values[0] if field.values else "Jürgen <b>O'Brien</b>", Type.INT: 3, Type.BOOL: True,
            Type.DATE: dt.date(1990, 2, 28), Type.TIMESTAMP: AS_OF, Type.DECIMAL: 1.5, Type.MONEY: 12,
            Type.PLACE: 45.76, Type.VERSION: "4.2", Type.LIST: ["outdoor"],
        }[field.type]  # fmt: skip
        hardly[name] = None if field.nullable else known[name]
    for campaign in found.campaigns.values():
        for step in campaign.steps:
            for variant in step.variants:
                letter = compile_letter(found.templates, step, variant, found.project)
                for facts in (known, hardly):
                    traits: dict[str, Fact] = {n: ("hiking" if n == "first_category" else 2) for n in letter.facts}
                    if facts is hardly:
                        traits = {n: 0 if n == "orders_ever" else None for n in traits}
                    names = {"name": campaign.name, "title": campaign.title}
                    links = {"unsubscribe": "https://mail.example/u"}
                    parts = letter.render({**traits, **facts}, names, {}, links)
                    assert parts.subject.strip()
                    assert "None" not in (parts.html or "") + (parts.text or "")
                    assert "<b>O'Brien" not in (parts.html or "")


def test_the_starter_is_what_init_copies() -> None:
    """Every file of the starter travels, and nothing else."""
    files = workspace_files()
    assert {"campaigns/project.yml", "campaigns/schema.yml", "templates/layout/base.html.j2"} <= set(files)
    assert set(files) == {p.relative_to(STARTER).as_posix() for p in STARTER.rglob("*") if p.is_file()}
