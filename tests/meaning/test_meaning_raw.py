"""SQL in a segment: the people whose key is among the ids, the true complement, and texts full of traps."""

from __future__ import annotations

import pytest

PEOPLE = {"P": {"country": "DE", "age": 40}, "Q": {"country": "AT"}, "R": {"country": "DE", "age": 10}}
EVENTS = {
    "purchase": [
        ("P", "2026-11-01", {"items": 5, "coupon": "a"}),
        ("P", "2026-11-02", {"items": 4}),
        ("Q", "2026-11-03", {"items": 2, "coupon": "b"}),
        (None, "2026-11-04", {"items": 9}),
        ("gone", "2026-11-04", {"items": 9}),
    ]
}
BIG = "sql (id: text) { select customer_id as id from orders where items > 3 }"


def test_the_people_among_the_ids(ask):
    """P bought twice and is in once; an order of nobody, and of somebody unknown, changes nothing."""
    assert ask(BIG, PEOPLE, EVENTS) == "P"
    assert ask(f"not ({BIG})", PEOPLE, EVENTS) == "QR"
    assert ask(f"{BIG} or age < 20", PEOPLE, EVENTS) == "PR"
    assert ask(f'none of ({BIG}, country is "AT")', PEOPLE, EVENTS) == "R"
    assert ask(f"at least 2 of ({BIG}, did purchase ever, age > 30)", PEOPLE, EVENTS) == "P"


def test_joins_groups_and_set_operators(ask):
    """What plain SQL is for."""
    often = "select customer_id as id, count(*) as n from orders group by customer_id having count(*) >= 2"
    assert ask(f"sql (id: text, n: int) {{ {often} }}", PEOPLE, EVENTS) == "P"
    union = "select id from customers where age < 20 union select customer_id from orders where items = 2"
    assert ask(f"sql (id: text) {{ {union} }}", PEOPLE, EVENTS) == "QR"
    named = "with few as (select o.customer_id as who from orders o where o.items < 5) select f.who as id from few f "
    named += "join customers c on c.id = f.who where c.country = 'DE'"
    assert ask(f"sql (id: text) {{ {named} }}", PEOPLE, EVENTS) == "P"
    without = "select c.id from customers c where not exists (select 1 from orders o where o.customer_id = c.id)"
    assert ask(f"sql (id: text) {{ {without} }}", PEOPLE, EVENTS) == "R"


@pytest.mark.parametrize(
    "value",
    ["100%", "%s", "%(name)s", "%%", ":name", "a:b", "::", "\\:x", "\\", "a\\b", "it''s", '"', "{x}", "}", "#", "--",
     ";", "?", "$1", "@x", "ü\u00df", "/* x */", "[POST_x]"],
)  # fmt: skip
def test_letters_in_quotes_are_letters(ask, value):
    """Marks of parameters, of comments and of the fence itself are letters like others."""
    people = {"P": {"name": value.replace("''", "'")}, "Q": {"name": "other"}, "R": {}}
    sentence = f"sql (id: text) {{ select id from customers where name = '{value}' }}"
    assert ask(sentence, people) == "P"
    assert ask(f"not ({sentence})", people) == "QR"
