"""Forty segments in the mix that a marketing team has, each written by hand as IN, JOIN, EXISTS or anti-join.

Eight look at attributes only, ten count, five add up, five look at both, six say who did not, two filter by category,
two by how long ago, two are compounds.
"""

from __future__ import annotations

from benchmarks.forms import Rivals

NAMES = ("visit", "view_product", "add_to_cart", "purchase", "support_ticket")
_EVENT = """  {name}:
    table: events
    key: customer_id
    at: at
    id: id
    where: {{name: {name}}}
    properties:
      amount: {{type: money, currency: EUR}}
      category: {{type: text}}
"""
SCHEMA = """entities:
  customer:
    table: customers
    key: id
    attributes:
      country: {type: text, nullable: false}
      plan: {type: text}
      language: {type: text}
      age: {type: int}
      points: {type: int, nullable: false}
      created_at: {type: timestamp, nullable: false}
events:
""" + "".join(_EVENT.format(name=name) for name in NAMES)

_DACH = "c.country in ('DE', 'AT', 'CH')"


def _of(event: str, days: int | None = None, more: str = "true") -> str:
    """Give the test of an event's row: its name, before now, in the last ``days``."""
    since = "" if days is None else f" and e.at >= :d{days}"
    extra = "" if more == "true" else f" and {more}"
    return f"e.name = '{event}' and e.at < :now{since}{extra}"


def _only(person: str) -> dict[str, str]:
    return {"where": f"select c.id from customers c where {person}"}


def _measured(test: str, having: str, person: str = "true") -> dict[str, str]:
    """Give the test of one aggregate as IN, as JOIN, and person by person."""
    grouped = f"select e.customer_id from events e where {test} group by e.customer_id having {having}"
    return {
        "in": f"select c.id from customers c where {person} and c.id in ({grouped})",
        "join": f"select c.id from customers c join ({grouped}) m on m.customer_id = c.id where {person}",
        "each": f"select c.id from customers c where {person} and (select case when {having} then 1 end "
        f"from events e where e.customer_id = c.id and {test}) = 1",
    }


def _some(test: str, person: str = "true") -> dict[str, str]:
    """Give "at least one such event" as IN, JOIN and EXISTS."""
    return {
        "in": f"select c.id from customers c where {person} "
        f"and c.id in (select e.customer_id from events e where {test})",
        "join": "select c.id from customers c join (select distinct e.customer_id from events e "
        f"where {test}) m on m.customer_id = c.id where {person}",
        "exists": f"select c.id from customers c where {person} and exists "
        f"(select 1 from events e where e.customer_id = c.id and {test})",
    }


def _none(test: str, person: str = "true") -> dict[str, str]:
    """Give "no such event" as NOT EXISTS and as an anti-join of the distinct people."""
    return {
        "not_exists": f"select c.id from customers c where {person} and not exists "
        f"(select 1 from events e where e.customer_id = c.id and {test})",
        "anti_join": "select c.id from customers c left join (select distinct e.customer_id from events e "
        f"where {test}) m on m.customer_id = c.id where {person} and m.customer_id is null",
    }


_FEW = _of("purchase", 365)
_CASES: dict[str, tuple[str, dict[str, str]]] = {
    # ---- attributes only
    "a1": ('country is "DE"', _only("c.country = 'DE'")),
    "a2": ('country is one of ("DE", "AT", "CH") and plan is "pro"', _only(f"{_DACH} and c.plan = 'pro'")),
    "a3": ("age is between 18 and 34", _only("c.age between 18 and 34")),
    "a4": ("created_at is in last 30 days", _only("c.created_at >= :d30 and c.created_at < :now")),
    "a5": ("points >= 500", _only("c.points >= 500")),
    "a6": ("plan is missing", _only("c.plan is null")),
    "a7": ('language is not "en"', _only("(c.language <> 'en' or c.language is null)")),
    "a8": ("points > 900 or age < 25", _only("(c.points > 900 or c.age < 25)")),
    # ---- counts
    "c1": ("did purchase in last 30 days", _some(_of("purchase", 30))),
    "c2": ("did purchase at least 3 times in last 90 days", _measured(_of("purchase", 90), "count(*) >= 3")),
    "c3": ("did visit at least 10 times in last 30 days", _measured(_of("visit", 30), "count(*) >= 10")),
    "c4": (
        "did view_product between 2 and 5 times in last 7 days",
        _measured(_of("view_product", 7), "count(*) between 2 and 5"),
    ),
    "c5": ("did purchase exactly 1 time ever", _measured(_of("purchase"), "count(*) = 1")),
    "c6": ("did support_ticket in last 3 days", _some(_of("support_ticket", 3))),
    "c7": ("did add_to_cart more than 2 times in last 14 days", _measured(_of("add_to_cart", 14), "count(*) > 2")),
    "c8": ("did visit in last 1 day", _some(_of("visit", 1))),
    "c9": (
        "did purchase fewer than 2 times in last 365 days",
        {
            "not_in": "select c.id from customers c where c.id not in (select e.customer_id from events e "
            f"where {_FEW} group by e.customer_id having count(*) >= 2)",
            "join": "select c.id from customers c left join (select e.customer_id, count(*) n from events e "
            f"where {_FEW} group by e.customer_id) m on m.customer_id = c.id where coalesce(m.n, 0) < 2",
        },
    ),
    "c10": ("did view_product at least 20 times in last 90 days", _measured(_of("view_product", 90), "count(*) >= 20")),
    # ---- sums
    "s1": ("sum of purchase.amount in last 90 days > 200 EUR", _measured(_of("purchase", 90), "sum(e.amount) > 200")),
    "s2": ("sum of purchase.amount ever >= 1_000 EUR", _measured(_of("purchase"), "sum(e.amount) >= 1000")),
    "s3": (
        "sum of add_to_cart.amount in last 30 days > 300 EUR",
        _measured(_of("add_to_cart", 30), "sum(e.amount) > 300"),
    ),
    "s4": ("avg of purchase.amount ever > 60 EUR", _measured(_of("purchase"), "avg(e.amount) > 60")),
    "s5": (
        "max of purchase.amount in last 180 days >= 140 EUR",
        _measured(_of("purchase", 180), "max(e.amount) >= 140")
        | {"first": _some(_of("purchase", 180, "e.amount >= 140"))["in"]},
    ),
    # ---- both
    "b1": ('country is "DE" and did purchase in last 30 days', _some(_of("purchase", 30), "c.country = 'DE'")),
    "b2": (
        'plan is "pro" and did visit at least 5 times in last 30 days',
        _measured(_of("visit", 30), "count(*) >= 5", "c.plan = 'pro'"),
    ),
    "b3": (
        "age < 30 and sum of purchase.amount in last 90 days > 100 EUR",
        _measured(_of("purchase", 90), "sum(e.amount) > 100", "c.age < 30"),
    ),
    "b4": (
        "created_at is in last 90 days and did purchase at least 2 times ever",
        _measured(_of("purchase"), "count(*) >= 2", "c.created_at >= :d90 and c.created_at < :now"),
    ),
    "b5": (
        'country is one of ("FR", "AT") and did support_ticket in last 30 days',
        _some(_of("support_ticket", 30), "c.country in ('FR', 'AT')"),
    ),
    # ---- who did not
    "n1": ("did not purchase in last 90 days", _none(_of("purchase", 90))),
    "n2": ("did not visit in last 30 days", _none(_of("visit", 30))),
    "n3": ("did not purchase ever", _none(_of("purchase"))),
    "n4": ('country is "DE" and did not visit in last 60 days', _none(_of("visit", 60), "c.country = 'DE'")),
    "n5": ("did not support_ticket ever and points > 500", _none(_of("support_ticket"), "c.points > 500")),
    "n6": (
        "did add_to_cart in last 7 days and did not purchase in last 7 days",
        {
            "in": _some(_of("add_to_cart", 7))["in"]
            + " and not exists (select 1 from events p where p.customer_id = c.id and p.name = 'purchase' "
            "and p.at < :now and p.at >= :d7)",
            "join": "select c.id from customers c join (select distinct e.customer_id from events e "
            f"where {_of('add_to_cart', 7)}) m on m.customer_id = c.id left join (select distinct e.customer_id "
            f"from events e where {_of('purchase', 7)}) p on p.customer_id = c.id where p.customer_id is null",
        },
    ),
    # ---- a category
    "k1": (
        'did purchase where (category is "garden") in last 90 days',
        _some(_of("purchase", 90, "e.category = 'garden'")),
    ),
    "k2": (
        'did view_product where (category is one of ("hiking", "camping")) at least 3 times in last 30 days',
        _measured(_of("view_product", 30, "e.category in ('hiking', 'camping')"), "count(*) >= 3"),
    ),
    # ---- how long ago
    "r1": (
        "days since last purchase is between 60 and 119",
        _measured(_of("purchase"), "max(e.at) <= :d60 and max(e.at) > :d120"),
    ),
    "r2": ("days since last visit >= 31", _measured(_of("visit"), "max(e.at) <= :d31")),
    # ---- compounds
    "x1": (
        "(did purchase at least 2 times in last 90 days or sum of purchase.amount in last 365 days > 500 EUR)"
        ' and did not support_ticket in last 30 days and country is one of ("DE", "AT", "CH")',
        {
            "join": "select c.id from customers c left join (select e.customer_id, count(*) n from events e "
            f"where {_of('purchase', 90)} group by e.customer_id) a on a.customer_id = c.id left join "
            f"(select e.customer_id, sum(e.amount) v from events e where {_FEW} group by e.customer_id) b "
            f"on b.customer_id = c.id where (a.n >= 2 or b.v > 500) and {_DACH} and not exists (select 1 from events p "
            "where p.customer_id = c.id and p.name = 'support_ticket' and p.at < :now and p.at >= :d30)",
            "one_scan": "select c.id from customers c join (select e.customer_id from events e "
            f"where {_FEW} group by e.customer_id having sum(case when e.at >= :d90 then 1 else 0 end) >= 2 "
            f"or sum(e.amount) > 500) a on a.customer_id = c.id where {_DACH} and not exists (select 1 from events p "
            "where p.customer_id = c.id and p.name = 'support_ticket' and p.at < :now and p.at >= :d30)",
        },
    ),
    "x2": (
        "did visit at least 3 times in last 30 days and did not purchase in last 90 days and points >= 300",
        {
            "in": _measured(_of("visit", 30), "count(*) >= 3", "c.points >= 300")["in"]
            + " and not exists (select 1 from events p where p.customer_id = c.id and p.name = 'purchase' "
            "and p.at < :now and p.at >= :d90)",
            "join": "select c.id from customers c join (select e.customer_id from events e "
            f"where {_of('visit', 30)} group by e.customer_id having count(*) >= 3) m on m.customer_id = c.id "
            "left join "
            f"(select distinct e.customer_id from events e where {_of('purchase', 90)}) p on p.customer_id = c.id "
            "where p.customer_id is null and c.points >= 300",
        },
    ),
}

FORTY = Rivals(
    "forty", SCHEMA, {name: case[0] for name, case in _CASES.items()}, {name: case[1] for name, case in _CASES.items()}
)
