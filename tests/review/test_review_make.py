"""A plan against real databases: what it reads, what it survives, and that it adds up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.audience import open_warehouse
from orchestrator.compile import prepare
from orchestrator.language import load_texts
from orchestrator.ledger import NewVersion, migrate, open_ledger
from orchestrator.model.campaign import Campaign
from orchestrator.model.errors import GateError, StaleError
from orchestrator.model.settings import Settings
from orchestrator.model.workspace import Workspace
from orchestrator.review import Plan, apply_plan, make_plan
from orchestrator.run import House
from orchestrator.starter import generate, workspace_files

AS_OF = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
SEG = "campaigns/segments/customers.seg"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a small simulated shop."""
    path = tmp_path_factory.mktemp("shop") / "shop.sqlite"
    generate(path, 300, until=dt.datetime(2026, 12, 3, tzinfo=dt.UTC))
    return path


@pytest.fixture
def house(shop: Path, tmp_path: Path) -> Iterator[House]:
    """Give the shop and a fresh state."""
    url = f"sqlite:///{tmp_path / 'state.sqlite'}"
    migrate(url, "test")
    ledger = open_ledger(url, deployment="test", clock=lambda _: AS_OF)
    warehouse = open_warehouse(f"sqlite:///{shop}", prepare)
    yield House(warehouse, ledger, Settings(f"sqlite:///{shop}", url, tmp_path, "test", "key"))
    ledger.close()
    warehouse.dispose()


def workspace(**edits: str) -> Workspace:
    """Give the starter, with whole files replaced where asked (``customers`` or ``schema``)."""
    files = workspace_files()
    names = {"customers": SEG, "schema": "campaigns/schema.yml", "project": "campaigns/project.yml"}
    files |= {names[name]: text for name, text in edits.items()}
    return load_texts(files, Path("/nowhere")).workspace


def planned(house: House, files: Workspace) -> Plan:
    """Make a plan as of the test's moment."""

    def times(campaign: Campaign) -> list[str]:
        return [f"soon {campaign.name}"]

    return make_plan(files, house, AS_OF, AS_OF, times)


def applied(house: House, files: Workspace) -> Plan:
    """Make a plan and apply it."""
    plan = planned(house, files)
    apply_plan(plan, files, house.ledger, AS_OF, "ada", "")
    return plan


def test_cells_add_up_before_and_after(house: House) -> None:
    """A partition's cells are compared one by one, and together they are everybody."""
    text = workspace_files()[SEG]
    stages = "\npartition stage\n  case buyer when did purchase in last {} days\n  otherwise other\n"
    applied(house, workspace(customers=text + stages.format(30)))
    plan = planned(house, workspace(customers=text + stages.format(365)))
    sizes = {size.what: size for size in plan.sizes}
    buyer, other, whole = sizes["cell stage.buyer"], sizes["cell stage.other"], sizes["partition stage"]
    assert buyer.entered == other.left
    assert buyer.left == other.entered == 0
    assert (buyer.after or 0) + (other.after or 0) == whole.after == whole.before == 300


def test_the_size_at_the_last_apply_is_remembered(house: House) -> None:
    """What moved by itself can be told from what a change moves."""
    files = workspace()
    first = applied(house, files)
    again = planned(house, files)
    assert again.is_empty
    assert {size.what: size.last for size in again.still} == {size.what: size.after for size in first.sizes}


def test_what_was_applied_may_be_unreadable(house: House) -> None:
    """A version that this release cannot read any more is replaced, and the plan says why nothing was compared."""
    house.ledger.publish(NewVersion("x", {"campaigns/project.yml": "edition: 99\n"}, "ada"), None)
    plan = planned(house, workspace())
    assert any("can no longer be read" in note for note in plan.notes)
    assert all(size.before is None for size in plan.sizes)
    assert apply_plan(plan, workspace(), house.ledger, AS_OF, "ada", "") == 2


def test_a_table_that_is_gone_does_not_stop_the_plan_that_mends_it(house: House) -> None:
    """The applied files name a table that is no longer there; the new ones are counted all the same."""
    schema = workspace_files()["campaigns/schema.yml"]
    house.ledger.publish(
        NewVersion("x", dict(workspace(schema=schema.replace("orders", "old_orders")).sources), "ada"), None
    )
    plan = planned(house, workspace())
    (buyers,) = [size for size in plan.sizes if size.what == "segment buyers"]
    assert buyers.before is None
    assert (buyers.after or 0) > 0


def test_a_removed_segment_shows_whom_it_held(house: House) -> None:
    """Taking something away is a change for people, too."""
    text = workspace_files()[SEG]
    applied(house, workspace(customers=text + "\nsegment extra\nwhere did purchase ever\n"))
    plan = planned(house, workspace())
    (extra,) = [size for size in plan.sizes if size.what == "segment extra"]
    assert extra.after is None
    assert extra.left == extra.before
    assert (extra.before or 0) > 0


def test_a_change_beyond_what_is_expected_is_refused(house: House) -> None:
    """`expect change under` compares with the size last applied; without one there is nothing to compare."""
    text = workspace_files()[SEG].replace(
        "segment buyers\nwhere did purchase in last 365 days\n",
        "segment buyers\nwhere did purchase in last 365 days\nexpect change under 25%\n",
    )
    applied(house, workspace(customers=text))
    files = workspace(customers=text.replace("in last 365 days\nexpect change", "in last 10 days\nexpect change"))
    plan = planned(house, files)
    assert [line.what for line in plan.broken] == ["segment buyers"]
    with pytest.raises(GateError):
        apply_plan(plan, files, house.ledger, AS_OF, "ada", "")


def test_a_plan_from_the_future_is_refused(house: House) -> None:
    """Two clocks that disagree are set right before anything is applied."""
    files = workspace()
    plan = planned(house, files)
    with pytest.raises(StaleError, match="future"):
        apply_plan(plan, files, house.ledger, AS_OF - dt.timedelta(hours=1), "ada", "")


def test_only_one_of_two_plans_is_applied(house: House) -> None:
    """Whoever comes second looks again at what is applied now."""
    files = workspace()
    first, second = planned(house, files), planned(house, files)
    apply_plan(first, files, house.ledger, AS_OF, "ada", "")
    with pytest.raises(StaleError, match="version 1 is applied"):
        apply_plan(second, files, house.ledger, AS_OF, "noor", "")
    assert house.ledger.current_number() == 1


def test_a_plan_tells_who_is_tied_at_the_edge_of_a_rank(house: House) -> None:
    """A30: in ranks that its campaigns depend on, also through other segments; the others are no matter of the plan."""
    text = workspace_files()[SEG]
    more = "\nsegment few($people: int = 3)\nwhere in top $people by count of purchase where (amount < 0 EUR) ever\n"
    more += "\nsegment through\nwhere in segment few\n\nsegment unused\nwhere in top 7 by points\n"
    files = {
        name: text for name, text in workspace_files().items() if name.startswith("campaigns/") and "audience:" in text
    }
    name, campaign = sorted(files.items())[0]
    audience = next(line for line in campaign.splitlines() if line.startswith("audience:"))
    changed = campaign.replace(audience, "audience: in segment through")
    made = load_texts({**workspace_files(), SEG: text + more, name: changed}, Path("/nowhere")).workspace
    notes = [note for note in planned(house, made).notes if "tied" in note]
    words = "in top $people by count of purchase where (amount < 0 EUR) ever"
    assert notes == [f"few: 300 people are tied at the edge of `{words}`; 3 of them are in, by the hash of their id"]
