"""``orc doctor`` examines the warehouse, and ``orc check`` then knows how many people its warnings are about."""

from __future__ import annotations

import json
import sqlite3

from tests.cli.conftest import Desk

LATER = ("--as-of", "2026-12-03T12:00Z")
SEG = "campaigns/segments/more.seg"
MORE = """
trait worth: money = sum of purchase.amount ever

segment abroad where country is not "DE"

segment rare where did purchase at most 1 time ever

segment best where in top 90% by worth

partition tier
  case golden when tier is "gold" and points > 100_000
  case other when worth > 0 EUR
  otherwise rest

partition reach
  case wide when in top 90% by worth
  otherwise narrow
"""


def test_the_shop_is_well(desk: Desk) -> None:
    """The simulated shop has all indexes; one taken away is told with its statement."""
    said = desk("doctor", *LATER)
    assert said.status == 0, said.out
    assert said.out.endswith("is well\n")
    shop = sqlite3.connect(desk.root / ".orc" / "warehouse.sqlite")
    for (name,) in shop.execute(
        "select name from sqlite_master where type = 'index' and tbl_name = 'orders'"
    ).fetchall():
        if not name.startswith("sqlite_"):
            shop.execute(f'drop index "{name}"')
    shop.commit()
    shop.close()
    said = desk("doctor", *LATER, "--no-statistics")
    assert said.status == 1
    assert "CREATE INDEX ix_orders_customer_id_ordered_at ON orders (customer_id, ordered_at);" in said.out


def test_json_has_findings_and_counts(desk: Desk) -> None:
    """For machines: everything that people see."""
    found = json.loads(desk("doctor", *LATER, "--format", "json").out)
    assert found["findings"] == []
    assert found["statistics"]["people"]["customer"] == 400
    assert 0 <= found["statistics"]["unknown"]["customer.country"] <= 1
    assert found["statistics"]["cells"]["buyers"]["people"] > 0


def test_check_says_how_many_a_warning_is_about(desk: Desk) -> None:
    """Before the doctor came: no numbers. Afterwards: the share, and as of when; offline as before."""
    (desk.root / SEG).write_text(MORE)
    desk.edit("campaigns/project.yml", "\nteams:", "\nsegments: {floor: 20, revenue: worth}\n\nteams:")
    before = desk("check")
    assert "counted by" not in before.out
    assert desk("doctor", *LATER).status == 0
    said = desk("check")
    assert said.status == 0
    assert "`customer.country` is unknown in" in said.out
    assert "of all people never did one (counted by `orc doctor` on 2026-12-03)" in said.out
    assert "warning[W242]: the cell `tier.golden` has" in said.out
    assert "warning[W243]: the cell `tier.rest` brings 0.00% of `worth`" in said.out
    assert "warning[W327]: the rank in `best` reaches down to people with the value 0" in said.out
    assert "warning[W327]: the rank in the cell `reach.wide` reaches down to people with the value 0" in said.out
    assert desk("check").out == said.out


RANKS = """
trait worth: money = sum of purchase.amount ever
trait lately: money = sum of purchase.amount in last 30 days
segment owners where did purchase ever

segment best where in top 90% by worth

segment better where in top 90% by lately among segment owners

segment good where in top 90% by lately among segment owners and lately > 0 EUR

segment either where points > 100_000 or in top 90% by worth

segment both where in top 1 by worth or in top 90% by worth

segment few($people: int = 1) where in top $people by worth

segment some($people: int) where in top $people by worth

partition reach among segment owners
  case wide when in top 90% by worth
  case broad when in top 99% by lately
  otherwise narrow
"""


def test_a_rank_that_reaches_down_to_nothing_has_the_right_remedy(desk: Desk) -> None:
    """W327: at the rank, with a text that ends the warning; `among` is not proposed where it stands already."""
    (desk.root / SEG).write_text(RANKS)
    assert desk("doctor", *LATER).status == 0
    found = {
        warning["message"].partition(" reaches")[0]: (
            warning.get("help", []),
            warning["notes"][0],
            warning["range"]["start"]["line"],
        )
        for warning in json.loads(desk("check", "--format", "json").out)
        if warning["code"] == "W327"
    }
    among = "rank only those who have something: `among segment …`, or ask for the value too"
    owners = "`owners` holds people with 0, too: ask for the value"
    better = "in top 90% by lately among segment owners and lately > 0 EUR"
    assert found == {
        "the rank in `best`": (["in top 90% by worth and worth > 0 EUR"], among, 6),
        "the rank in `better`": ([better], owners, 8),
        "the rank in `either`": (["(in top 90% by worth and worth > 0 EUR)"], among, 12),
        "the rank in `both`": ([], among, 14),
        "the rank in the cell `reach.broad`": (["in top 99% by lately and lately > 0 EUR"], owners, 22),
    }
    desk.edit(SEG, "best where in top 90% by worth", "best where in top 90% by worth and worth > 0 EUR")
    assert desk("doctor", *LATER).status == 0
    assert "the rank in `best`" not in desk("check").out


def test_a_trait_for_revenue_must_be_there(desk: Desk) -> None:
    """A misspelt name is an error, not a silent nothing."""
    desk.edit("campaigns/project.yml", "\nteams:", "\nsegments: {revenue: revenue_356}\n\nteams:")
    said = desk("check")
    assert said.status == 1
    assert "error[E202]: `segments.revenue` names no trait: `revenue_356`" in said.out
    assert "revenue: revenue_365" in said.out


def test_unused_definitions_are_told_when_asked_for(desk: Desk) -> None:
    """Only where project.yml says so."""
    assert "W241" not in desk("check").out
    desk.edit("campaigns/project.yml", "\nteams:", "\nsegments: {unused: true}\n\nteams:")
    said = desk("check").out
    assert "warning[W241]: nobody uses the segment `best_customers`" in said
    assert "gone_quiet" not in said


def test_what_every_campaign_does_anyway_is_told(desk: Desk) -> None:
    """The consent of the category, and the people of policies.yml (A47)."""
    (desk.root / "campaigns/policies.yml").write_text("exclude: country is missing\n")
    desk.edit(
        "campaigns/winback.yml",
        "audience: in segment gone_quiet\n",
        "audience: in segment gone_quiet and consents to email for promotions\nexclude: country is missing\n",
    )
    said = desk("check").out
    assert "warning[W240]: the category asks for this consent anyway, for `promotions`" in said
    assert "warning[W240]: policies.yml takes these people out of every audience" in said
